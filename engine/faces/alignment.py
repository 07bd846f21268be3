"""Bring a face upright to the place and size that the network was trained on, and know the way back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

TEMPLATE = (
    np.array(
        ((192.98, 239.95), (318.90, 240.19), (256.63, 314.02), (201.26, 371.41), (313.09, 371.15)),
        dtype=np.float64,
    )
    / 512
)
"""Where an aligned face has its five landmarks, as fractions of the crop's side (FFHQ template)."""


@dataclass(frozen=True, eq=False)
class AlignedFace:
    """An upright face crop and its place in the photo.

    Attributes
    ----------
    pixels : (S, S, 3) array, dtype of the photo
        RGB; a grey photo gives three equal channels.
    matrix : (2, 3) float64 array
        Similarity from photo coordinates to crop coordinates (both continuous, see :mod:`engine.faces.face`).
    """

    pixels: np.ndarray
    matrix: np.ndarray

    @property
    def size(self) -> int:
        """Side of the crop in pixels."""
        return int(self.pixels.shape[0])

    @property
    def scale(self) -> float:
        """Crop pixels for one photo pixel; below 1 the crop holds less detail than the photo."""
        return float(np.hypot(self.matrix[0, 0], self.matrix[1, 0]))


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Least-squares similarity (rotation, one scale, shift; no mirroring) that maps points on points.

    In the plane the solution of S. Umeyama, "Least-squares estimation of transformation parameters between
    two point patterns" (IEEE PAMI 13(4), 1991), needs no singular value decomposition: with centred points as
    complex numbers z and w, rotation and scale are the one factor ``k = Σ conj(z)·w / Σ |z|²``.

    Parameters
    ----------
    source, target : (N, 2) array
        Points (x, y), N ≥ 2.

    Returns
    -------
    (2, 3) float64 array M with ``target ≈ source @ M[:, :2].T + M[:, 2]``.

    Raises
    ------
    ValueError
        All source points coincide.
    """
    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    z = (source - source_mean) @ (1, 1j)
    w = (target - target_mean) @ (1, 1j)
    spread = np.vdot(z, z).real
    if not spread > 0:
        raise ValueError("the landmarks coincide, so the face has neither size nor direction")
    factor = np.vdot(z, w) / spread
    linear = np.array(((factor.real, -factor.imag), (factor.imag, factor.real)))
    return np.column_stack((linear, target_mean - linear @ source_mean))


def invert(matrix: np.ndarray) -> np.ndarray:
    """Inverse of a (2, 3) affine map, as (2, 3) float64 array."""
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack((linear, -linear @ matrix[:, 2]))


def transform(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Map (N, 2) points (x, y) by a (2, 3) affine map."""
    return np.asarray(points, np.float64) @ matrix[:, :2].T + matrix[:, 2]


def crop(pixels: np.ndarray, matrix: np.ndarray, size: int, outside: int | None = None) -> np.ndarray:
    """Cut a square out of a picture along a similarity, without aliasing.

    Where the crop is smaller than its source, the source is averaged over whole blocks of pixels, as large as
    still leaves one block for each crop pixel, sampled twice as densely as the crop, and averaged again.
    Only the region that the crop covers is touched, so the cost does not grow with the photo.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) array of uint8 or uint16
    matrix : (2, 3) float64 array
        Similarity from photo to crop coordinates.
    size : int
        Side of the crop in pixels.
    outside : int or None
        Value of what lies outside the photo; None mirrors the photo at its edges, as the training faces do.

    Returns
    -------
    (size, size) or (size, size, 3) array, dtype of ``pixels``.
    """
    back = invert(matrix)
    corners = transform(back, np.array(((0, 0), (size, 0), (size, size), (0, size)), np.float64))
    step = float(np.hypot(back[0, 0], back[1, 0]))  # photo pixels for one crop pixel
    factor = max(1, int(step + 1e-6))
    margin = 5 * factor  # what Lanczos (4 samples to each side) reads beyond the corners
    x0, y0 = (int(value) for value in np.floor(corners.min(axis=0)) - margin)
    x1, y1 = (int(value) for value in np.ceil(corners.max(axis=0)) + margin)
    x1 += (x0 - x1) % factor
    y1 += (y0 - y1) % factor
    region = _region(pixels, x0, y0, x1, y1, outside)
    if factor > 1:
        region = cv2.resize(region, ((x1 - x0) // factor, (y1 - y0) // factor), interpolation=cv2.INTER_AREA)
    dense = 2 if step > 1 else 1
    # region → crop coordinates, then both to OpenCV's convention of pixel centres at whole numbers
    linear = matrix[:, :2] * (factor * dense)
    shift = (matrix[:, :2] @ (x0, y0) + matrix[:, 2]) * dense + linear @ (0.5, 0.5) - 0.5
    sampled = cv2.warpAffine(
        region, np.column_stack((linear, shift)), (size * dense, size * dense), flags=cv2.INTER_LANCZOS4
    )
    return cv2.resize(sampled, (size, size), interpolation=cv2.INTER_AREA) if dense > 1 else sampled


def align(pixels: np.ndarray, landmarks: np.ndarray, size: int = 256) -> AlignedFace:
    """Cut out a face, upright and at the network's size.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) array of uint8 or uint16
        The photo, grey or RGB.
    landmarks : (5, 2) array
        Left eye, right eye, nose, left and right mouth corner in photo coordinates.
    size : int
        Side of the crop in pixels.

    Returns
    -------
    AlignedFace

    Raises
    ------
    ValueError
        The landmarks coincide.
    """
    matrix = similarity(landmarks, TEMPLATE * size)
    cut = crop(pixels, matrix, size)
    if cut.ndim == 2:
        cut = np.repeat(cut[:, :, None], 3, axis=2)
    return AlignedFace(cut, matrix)


def _region(pixels: np.ndarray, x0: int, y0: int, x1: int, y1: int, outside: int | None) -> np.ndarray:
    """Copy columns x0..x1 and rows y0..y1 of a picture, which may reach beyond it (see :func:`crop`)."""
    height, width = pixels.shape[:2]
    columns, rows = np.arange(x0, x1), np.arange(y0, y1)
    if x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height:
        return pixels[y0:y1, x0:x1]
    region = pixels[_mirror(rows, height)[:, None], _mirror(columns, width)]
    if outside is not None:
        region[(rows < 0) | (rows >= height)] = outside
        region[:, (columns < 0) | (columns >= width)] = outside
    return region


def _mirror(index: np.ndarray, length: int) -> np.ndarray:
    """Fold indices back into 0..length-1, repeating the edge pixel once, as often as it takes."""
    index = index % (2 * length)
    return np.minimum(index, 2 * length - 1 - index)
