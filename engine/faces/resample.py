"""Move pixels along a similarity: without aliasing, without drift, touching only what is needed."""

from __future__ import annotations

import cv2
import numpy as np

from engine.faces.geometry import invert, transform

_REACH = 3  # samples to each side that cubic interpolation and the averaging may read


def resample(
    pixels: np.ndarray, matrix: np.ndarray, size: tuple[int, int], outside: int | None = None
) -> np.ndarray:
    """Draw a picture into another frame.

    Where the frame is coarser than the picture, the picture is averaged over whole blocks of pixels, as large
    as still leaves one block for each pixel of the frame, sampled twice as densely as the frame (cubic), and
    averaged again. Only the part of the picture that the frame covers is touched, so the cost does not grow
    with the picture.

    Parameters
    ----------
    pixels : (H, W) or (H, W, C) array of uint8, uint16 or float32
        C ≤ 4.
    matrix : (2, 3) float64 array
        Similarity from the picture's to the frame's continuous coordinates.
    size : (width, height)
        Of the frame, in pixels.
    outside : int or None
        Value outside the picture; None mirrors the picture at its edges, as in the training faces.

    Returns
    -------
    (height, width) or (height, width, C) array, dtype of ``pixels``.
    """
    width, height = size
    back = invert(matrix)
    corners = transform(back, np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float64))
    step = float(np.hypot(back[0, 0], back[1, 0]))  # picture pixels for one pixel of the frame
    block = max(1, int(step + 1e-6))
    dense = 2 if step > 1 + 1e-6 else 1
    x0, y0 = (int(value) for value in np.floor(corners.min(axis=0)) - _REACH * block)
    x1, y1 = (int(value) for value in np.ceil(corners.max(axis=0)) + _REACH * block)
    x1 += (x0 - x1) % block
    y1 += (y0 - y1) % block
    part = _part(pixels, x0, y0, x1, y1, outside)
    if block > 1:
        part = cv2.resize(part, ((x1 - x0) // block, (y1 - y0) // block), interpolation=cv2.INTER_AREA)
    # part → frame coordinates, then both to OpenCV's convention of pixel centres at whole numbers
    linear = matrix[:, :2] * (block * dense)
    shift = (matrix[:, :2] @ (x0, y0) + matrix[:, 2]) * dense + linear @ (0.5, 0.5) - 0.5
    sampled = cv2.warpAffine(
        part, np.column_stack((linear, shift)), (width * dense, height * dense), flags=cv2.INTER_CUBIC
    )
    return cv2.resize(sampled, size, interpolation=cv2.INTER_AREA) if dense > 1 else sampled


def _part(pixels: np.ndarray, x0: int, y0: int, x1: int, y1: int, outside: int | None) -> np.ndarray:
    """Cut out columns x0..x1 and rows y0..y1 of a picture, which may reach beyond it."""
    height, width = pixels.shape[:2]
    if x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height:
        return pixels[y0:y1, x0:x1]
    if outside is None:
        return pixels[_mirror(np.arange(y0, y1), height)[:, None], _mirror(np.arange(x0, x1), width)]
    part = np.full((y1 - y0, x1 - x0, *pixels.shape[2:]), outside, pixels.dtype)
    left, right = np.clip((x0, x1), 0, width)
    top, bottom = np.clip((y0, y1), 0, height)
    part[top - y0 : bottom - y0, left - x0 : right - x0] = pixels[top:bottom, left:right]
    return part


def _mirror(index: np.ndarray, length: int) -> np.ndarray:
    """Fold indices back into 0..length-1, repeating the edge pixel once, as often as it takes."""
    index = index % (2 * length)
    return np.minimum(index, 2 * length - 1 - index)
