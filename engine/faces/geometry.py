"""Similarities between photo and crop: fit, invert, apply; and where a photo ends.

A map is a (2, 3) float64 array M that takes the point p = (x, y) to ``M[:, :2] @ p + M[:, 2]``.
"""

from __future__ import annotations

import numpy as np

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


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
    """Map (..., 2) points (x, y) by a (2, 3) affine map."""
    return np.asarray(points, np.float64) @ matrix[:, :2].T + matrix[:, 2]


def quarter_turn(quarters: int, width: float, height: float) -> np.ndarray:
    """Map places of a photo to where they are after ``numpy.rot90(photo, quarters)``.

    Parameters
    ----------
    quarters : int
        Any whole number.
    width, height : float
        Of the photo before it is turned.

    Returns
    -------
    (2, 3) float64 array
    """
    turned = {
        0: ((1, 0, 0), (0, 1, 0)),
        1: ((0, 1, 0), (-1, 0, width)),
        2: ((-1, 0, width), (0, -1, height)),
        3: ((0, -1, height), (1, 0, 0)),
    }
    return np.array(turned[quarters % 4], np.float64)


def length(box: Box) -> float:
    """Longer side of a face's box: from forehead to chin, whichever way the face lies."""
    return max(box[2] - box[0], box[3] - box[1])


def overlaps(box: Box, boxes: np.ndarray) -> np.ndarray:
    """Intersection over union of a box with each of (N, 4) boxes, as (N,) array."""
    common, areas, area = _areas(box, boxes)
    return common / (areas + area - common)


def same_face(box: Box, boxes: np.ndarray) -> np.ndarray:
    """Whether a face's box and each of others describe one face.

    They do when their intersection over union exceeds 0.3, or when one of them lies for three quarters inside
    the other and their sizes differ by less than a factor of 2.5 (a part of a face taken for a face).

    Parameters
    ----------
    box : (x0, y0, x1, y1) of float
    boxes : (N, 4) float array

    Returns
    -------
    (N,) bool array
    """
    common, areas, area = _areas(box, boxes)
    ratio = np.sqrt(areas / area)
    inside = (common / np.minimum(areas, area) > 0.75) & (np.maximum(ratio, 1 / ratio) < 2.5)
    return (common / (areas + area - common) > 0.3) | inside


def _areas(box: Box, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Give the areas that a box shares with each of (N, 4) boxes, the areas of these, and its own."""
    size = np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2])
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return np.prod(np.clip(size, 0, None), axis=1), areas, (box[2] - box[0]) * (box[3] - box[1])


def mapped_box(matrix: np.ndarray, box: Box) -> Box:
    """Map a box by a map that takes axes to axes."""
    corners = transform(matrix, np.reshape(box, (2, 2)))
    (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return x0, y0, x1, y1


def steps_to_edge(
    shape: tuple[int, ...], x: np.ndarray | float, y: np.ndarray | float, step: np.ndarray
) -> np.ndarray:
    """How many steps lead from a place to where the photo ends.

    Parameters
    ----------
    shape : (H, W, ...)
        Of the photo.
    x, y : arrays that broadcast to (h, w), or numbers
        Places in photo coordinates.
    step : (2,) array
        One step (x, y), in photo coordinates.

    Returns
    -------
    (h, w) array
    """
    along = [
        (extent - place if one > 0 else place) / max(abs(one), 1e-6)
        for place, extent, one in zip((x, y), shape[1::-1], step.tolist(), strict=True)
    ]
    return np.minimum(*along)
