"""What the scripts that search whole photos share: the photos, and how far two finds lie apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.errors import PhotoError
from engine.faces import Face
from engine.photo import read_photo


def photos_in(folder: Path) -> list[np.ndarray]:
    """Read the photos of a folder, (H, W, 3) uint8 RGB, by name; say which can't be read."""
    photos = []
    for path in sorted(folder.iterdir()):
        try:
            photos.append(read_photo(path).rgb8())
        except PhotoError as error:
            print(error)
    return photos


def offset(one: Face, other: Face) -> float:
    """Mean distance of two faces' landmarks, in lengths of the other face."""
    return float(np.hypot(*(one.landmarks - other.landmarks).T).mean() / other.length)
