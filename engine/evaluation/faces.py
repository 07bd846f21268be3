"""The faces that a table is made of: a folder of aligned faces, or of photos."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import PhotoError, UsageError, named
from engine.faces import FaceDetector, align
from engine.photo import read_photo

Rgb8 = NDArray[np.uint8]

_IMAGES = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"}


@dataclass(frozen=True, eq=False)
class TestFace:
    """A sharp face.

    Attributes
    ----------
    name : str
        Path relative to the folder, with ``/``; faces of a photo have their number after a ``#``.
    file : str
        The file's name, which seeds the damage.
    group : str
        What the data call its group: the first sub-folder, or what stands before ``_`` in the file's name;
        empty where there is neither.
    pixels : (S, S, 3) uint8, RGB
    digest : str
        Of the pixels: results belong to a face, whatever its file is called.
    """

    __test__ = False  # pytest takes its name for a test's

    name: str
    file: str
    group: str
    pixels: Rgb8
    digest: str


def find_images(folder: Path, limit: int | None) -> list[Path]:
    """List a folder's images, or `limit` of them, spread over it.

    Raises
    ------
    UsageError
        When the folder does not exist or holds no images.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _IMAGES) if folder.is_dir() else []
    if not paths:
        raise UsageError(f"There are no face images in {named(folder)}.")
    if limit is not None and limit < len(paths):
        paths = [paths[i * len(paths) // limit] for i in range(limit)]
    return paths


def some_of(paths: list[Path], folder: Path, count: int) -> set[Path]:
    """Choose `count` images at random, always the same ones: for what takes too long for all."""
    return set(sorted(paths, key=lambda path: _hash(path.relative_to(folder).as_posix().encode()))[:count])


class FaceReader:
    """Reads faces: a square picture is an aligned face; in any other the faces are found and aligned.

    Parameters
    ----------
    folder : Path
        What names are relative to.
    size : int
        Side of a face, px.
    notice : callable
        Takes a sentence about each picture that is skipped or changed.
    """

    def __init__(self, folder: Path, size: int, notice: Callable[[str], None]):
        self._folder, self._size, self._notice = folder, size, notice
        self._detector: FaceDetector | None = None

    def __call__(self, path: Path) -> Iterator[TestFace]:
        """Yield the faces of a picture; none when it can't be read."""
        name = path.relative_to(self._folder).as_posix()
        try:
            pixels = read_photo(path).rgb8()
        except PhotoError as error:
            self._notice(f"skipped: {error}")
            return
        height, width = pixels.shape[:2]
        if height != width:
            yield from self._found(name, pixels)
            return
        if width != self._size:
            self._notice(f"{name} is resized from {width}×{height} to {self._size}×{self._size}")
            size = (self._size, self._size)
            method = cv2.INTER_AREA if width > self._size else cv2.INTER_CUBIC
            pixels = np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)
        yield self._face(name, pixels)

    def _found(self, name: str, photo: Rgb8) -> Iterator[TestFace]:
        self._detector = self._detector or FaceDetector()
        faces = [face for face in self._detector(photo) if face.refusal is None]
        if not faces:
            self._notice(f"skipped: no face that can be used is found in {name}")
        for number, face in enumerate(faces, 1):
            yield self._face(
                f"{name}#{number}", np.ascontiguousarray(align(photo, face.landmarks, self._size).pixels)
            )

    def _face(self, name: str, pixels: Rgb8) -> TestFace:
        *folders, file = name.split("/")
        prefix = file.split("_")[0] if "_" in file else ""
        return TestFace(name, file, folders[0] if folders else prefix, pixels, _hash(pixels.tobytes()))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
