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
        return _mirrored(pixels, x0, y0, x1, y1)
    part = np.full((y1 - y0, x1 - x0, *pixels.shape[2:]), outside, pixels.dtype)
    left, right = np.clip((x0, x1), 0, width)
    top, bottom = np.clip((y0, y1), 0, height)
    part[top - y0 : bottom - y0, left - x0 : right - x0] = pixels[top:bottom, left:right]
    return part


def _mirrored(pixels: np.ndarray, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    """Cut out columns and rows of a picture, mirrored at its edges as often as it takes.

    Of the picture, only what is seen is touched. The pixel at an edge comes twice.
    """
    top, bottom, rows, skipped_rows = _seen(y0, y1, pixels.shape[0])
    left, right, columns, skipped_columns = _seen(x0, x1, pixels.shape[1])
    border = cv2.copyMakeBorder(pixels[rows, columns], top, bottom, left, right, cv2.BORDER_REFLECT)
    return border[skipped_rows:, skipped_columns:][: y1 - y0, : x1 - x0]


def _seen(start: int, stop: int, length: int) -> tuple[int, int, slice, int]:
    """Give what start..stop needs of a mirrored 0..length: borders, part, and what is skipped."""
    period = (start + length) // (2 * length) * 2 * length
    start, stop = start - period, stop - period
    before, behind = max(0, -start), max(0, stop - length)
    part = slice(max(0, min(start, length - behind)), min(length, max(stop, before)))
    return before, behind, part, start + before - part.start
