"""Photos that more than one benchmark measures with."""

from __future__ import annotations

from pathlib import Path

import cv2
from skimage import data

from engine.photo import Photo, PhotoFormat, write_photo


def portrait(folder: Path, width: int = 3000, height: int = 4000) -> Path:
    """Write a photo that one face fills, as JPEG."""
    path = folder / f"portrait-{width}.jpg"
    photo = cv2.resize(data.astronaut()[:300, 110:335], (width, height), interpolation=cv2.INTER_CUBIC)
    write_photo(Photo(photo), path, format=PhotoFormat.JPEG, quality=90)
    return path
