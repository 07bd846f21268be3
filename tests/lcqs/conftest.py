"""Folders of faces that are small enough to train on in seconds."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch")


@pytest.fixture(scope="session")
def faces(tmp_path_factory: pytest.TempPathFactory, astronaut: np.ndarray) -> Path:
    """A folder of six pictures of 64 px, cut at random from around one face."""
    folder = tmp_path_factory.mktemp("faces")
    rng = np.random.default_rng(0)
    for number in range(6):
        left, top = rng.integers(110, 200), rng.integers(0, 80)
        cut = Image.fromarray(astronaut[top : top + 160, left : left + 160])
        cut.resize((64, 64), Image.Resampling.BOX).save(folder / f"{number}.png")
    return folder


@pytest.fixture(autouse=True)
def _short_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is fitted at the end of a run take a second; tests of what it learns ask for more."""
    monkeypatch.setattr("engine.lcqs.head_fit._ROUNDS", 40)
    monkeypatch.setattr("engine.lcqs.head_mask_fit._ROUNDS", 10)


@pytest.fixture(autouse=True)
def _same_teacher_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let head masks be taught by brightness, whether their teacher is installed or not."""
    monkeypatch.setattr(
        "engine.lcqs.head_lessons.Silhouettes", lambda: lambda face: (face.mean(2) > 60) * np.float32(1)
    )


@pytest.fixture
def weights(faces: Path, tmp_path: Path) -> Path:
    """Checkpoint of a network of 64 px."""
    from engine.lcqs.trainer import Paths, Trainer
    from engine.lcqs.training_config import CONFIGS

    run = Trainer(CONFIGS["tiny"], Paths(faces, faces, tmp_path / "network"), 1)
    run.paths.run.mkdir()
    run.save()
    return run.checkpoint
