"""Albums of small photos with a real face, and a restorer that draws them quickly."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.album import Album
from engine.restore import Restorer


@pytest.fixture
def restorer(small_model: str) -> Iterator[Restorer]:
    with Restorer(device="cpu", threads=1) as restorer:
        yield restorer


@pytest.fixture(scope="session")
def portrait(astronaut: np.ndarray) -> np.ndarray:
    """(240, 240, 3) uint8 RGB, one face."""
    return np.ascontiguousarray(astronaut[:240, 100:340])


@pytest.fixture
def save(portrait: np.ndarray) -> Callable[..., Path]:
    """Save a variation of the portrait; numbers differ in brightness only."""

    def save(path: Path, number: int = 0, pixels: np.ndarray | None = None) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = cv2.convertScaleAbs(portrait, beta=number % 50) if pixels is None else pixels
        extension = ".jpg" if path.suffix.lower() in (".jpeg", ".jpg") else path.suffix
        cv2.imencode(extension, picture[..., ::-1])[1].tofile(path)
        return path

    return save


@pytest.fixture
def meadow() -> np.ndarray:
    """A picture without a face."""
    return np.full((120, 160, 3), (90, 160, 60), np.uint8)


@pytest.fixture
def make_album(tmp_path: Path, save: Callable[..., Path]) -> Callable[..., Path]:
    """Make a folder of photos with one face each."""

    def make(count: int = 4, folder: str = "photos") -> Path:
        for number in range(count):
            save(tmp_path / folder / f"{number // 3}" / f"photo{number:03}.jpg", number)
        return tmp_path / folder

    return make


@pytest.fixture(scope="session")
def checksums() -> Callable[[Path], dict[str, str]]:
    """SHA-256 of every file of a folder but the job's own, by relative path."""

    def checksums(folder: Path) -> dict[str, str]:
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and ".heirloom-album" not in path.parts
        }

    return checksums


@pytest.fixture(scope="session")
def states() -> Callable[[Album], dict[str, str]]:
    """State of each photo of a job by the name of its file."""

    def states(album: Album) -> dict[str, str]:
        return {Path(record.source).name: record.state.value for record in album.records()}

    return states
