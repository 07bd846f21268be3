"""Small pictures of an album's photos and faces: for its report, and for lists of thousands of photos."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from engine.errors import PhotoError
from engine.faces import Box, length, mapped_box, quarter_turn
from engine.photo import ENLARGEMENTS, PhotoFormat, read_photo

_AROUND = 1.5  # side of a face's square in longer sides of its box


def thumbnail(path: Path, side: int) -> np.ndarray:
    """Give a photo in small, as fast as its format allows.

    A JPEG is decoded at an eighth of its size or larger, just enough for `side`: forty times as fast as in
    full, with a hundredth of the memory. Colours are not managed.

    Parameters
    ----------
    path : Path
    side : int
        Longer side of the result, pixels; a smaller photo stays as it is.

    Returns
    -------
    (h, w, 3) uint8 array, RGB, upright

    Raises
    ------
    PhotoError
        As `read_photo`.
    """
    if PhotoFormat.of_name(path) is PhotoFormat.JPEG:
        try:
            with Image.open(path, formats=("JPEG",)) as image:
                image.draft("RGB", (side, side))
                upright = ImageOps.exif_transpose(image).convert("RGB")
                return shrunk(np.asarray(upright), side)
        except Exception:  # whatever Pillow raises over it, the careful reader has the sentence
            pass
    return shrunk(read_photo(path).rgb8(), side)


def face_pair(before: Path, after: Path, box: Box, turned: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Give a face of a photo and of its restored copy, see `face_squares`.

    Raises
    ------
    PhotoError
        When one of them can't be read, or one is no copy of the other.
    """
    pictures = read_photo(before).rgb8(), read_photo(after).rgb8()
    (height, width), copied = (picture.shape[:2] for picture in pictures)
    across, down = (height, width) if turned % 2 else (width, height)
    if copied not in [(factor * down, factor * across) for factor in ENLARGEMENTS]:
        raise PhotoError(f"{after.name} is no copy of {before.name} any more.")
    return face_squares(*pictures, box, turned, side)


def face_squares(
    before: np.ndarray, after: np.ndarray, box: Box, turned: int, side: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give a face of a photo and of its copy, each a `face_square`, turned as in the copy and as large.

    Parameters
    ----------
    before, after : (H, W, 3) uint8 array
        The photo, and a copy of any size.
    box : (x0, y0, x1, y1) of float
        In pixels of `before`.
    turned : int
        By how many quarters the copy is turned, as ``numpy.rot90`` counts them.
    side : int
        Longer side of the results, pixels.
    """
    height, width = before.shape[:2]
    factor = after.shape[1] / (height if turned % 2 else width)
    there = mapped_box(factor * quarter_turn(turned, width, height), box)
    return np.rot90(face_square(before, box, side), turned), face_square(after, there, side)


def shrunk(rgb: np.ndarray, side: int) -> np.ndarray:
    """Shrink a picture, (H, W, 3) uint8, until its longer side is `side` pixels; never enlarge it."""
    scale = min(1.0, side / max(rgb.shape[:2]))
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)


def face_square(rgb: np.ndarray, box: Box, side: int) -> np.ndarray:
    """Cut a square around a face, up to the photo's border.

    Parameters
    ----------
    rgb : (H, W, 3) uint8 array
    box : (x0, y0, x1, y1) of float
        In photo pixels.
    side : int
        Longer side of the result, pixels.

    Returns
    -------
    (h, w, 3) uint8 array
    """
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    half = max(8.0, length(box) * _AROUND / 2)
    top, left = max(0, int(y - half)), max(0, int(x - half))
    part = rgb[top : max(top + 1, int(y + half)), left : max(left + 1, int(x + half))]
    if not part.size:
        return np.zeros((1, 1, 3), np.uint8)
    scale = side / max(part.shape[:2])
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    return cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
