"""The command ``heirloom``, run in this process, with a small model and photos of one face."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli.main import main


@dataclass(frozen=True)
class Ran:
    """What a call of the command came to."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """What it said on stderr, checked to be one sentence for a user."""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("heirloom: ")
        assert self.err.endswith(".\n")
        assert "Traceback" not in self.err
        return self.err.strip()


@pytest.fixture
def heirloom(capsys: pytest.CaptureFixture, small_model: str, monkeypatch) -> Callable[..., Ran]:
    """A function ``heirloom(*arguments) -> Ran``."""
    monkeypatch.setattr(os, "fsync", lambda _: None)  # do not wait for the disk

    def heirloom(*arguments: object) -> Ran:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:  # argparse
            code = left.code
        return Ran(code, *capsys.readouterr())

    return heirloom


@pytest.fixture(scope="session")
def portrait(astronaut: np.ndarray) -> np.ndarray:
    """(240, 240, 3) uint8 RGB, one face of about 90 × 120 pixels."""
    return np.ascontiguousarray(astronaut[:240, 96:336])


@pytest.fixture
def photo(tmp_path: Path, portrait: np.ndarray) -> Path:
    """A JPEG of one face."""
    path = tmp_path / "grandmother.jpg"
    Image.fromarray(portrait).save(path, quality=92)
    return path
