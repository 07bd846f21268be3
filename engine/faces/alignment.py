"""Bring a face upright to the place and size that the network was trained on, and know the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.faces.geometry import invert, similarity, steps_to_edge, transform
from engine.faces.resample import resample

TEMPLATE = (
    np.array(
        ((192.98, 239.95), (318.90, 240.19), (256.63, 314.02), (201.26, 371.41), (313.09, 371.15)),
        dtype=np.float64,
    )
    / 512
)
"""Where an aligned face has its five landmarks, as fractions of the crop's side (FFHQ template)."""


_LARGER = 0.8
"""Crop pixels for one photo pixel below which a larger crop is worth its time."""
PASTED = np.array(((0.01, 0.03), (0.99, 0.99)))
"""Upper left and lower right of what is pasted of a crop, in its sides: a network's rims are poor."""
_WIDEST = 1.13
"""A crop may show so much more than the template to hold an edge of the photo; training zooms as far."""


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

    def shrunk(self, times: int) -> AlignedFace:
        """Give the same crop and its place in the same photo, so many times less wide and high."""
        return AlignedFace(self.pixels, self.matrix * (times, times, 1))

    def places(self, cells: int) -> tuple[np.ndarray, np.ndarray]:
        """Give where in the photo the middles of the crop's cells lie.

        Parameters
        ----------
        cells : int
            Along one side of the crop.

        Returns
        -------
        x, y : (cells, cells) arrays
            In photo coordinates.
        """
        middles = (np.arange(cells) + 0.5) * (self.size / cells)
        x, y = np.moveaxis(transform(invert(self.matrix), np.dstack(np.meshgrid(middles, middles))), -1, 0)
        return x, y

    def within(self, shape: tuple[int, ...]) -> np.ndarray:
        """Tell where the crop shows the photo; beyond its edges the photo is mirrored.

        Parameters
        ----------
        shape : (H, W, ...)
            Of the photo.

        Returns
        -------
        (S, S) bool array
        """
        x, y = self.places(self.size)
        return (x > 0) & (x < shape[1]) & (y > 0) & (y < shape[0])


def align(pixels: np.ndarray, landmarks: np.ndarray, size: int = 256, width: float = 1.0) -> AlignedFace:
    """Cut out a face, upright and at the network's size.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) array of uint8 or uint16
        The photo, grey or RGB.
    landmarks : (5, 2) array
        Left eye, right eye, nose, left and right mouth corner in photo coordinates.
    size : int
        Side of the crop in pixels.
    width : float
        How much more the crop shows across and down than the template, around the same middle.

    Returns
    -------
    AlignedFace

    Raises
    ------
    ValueError
        The landmarks coincide.
    """
    matrix = similarity(landmarks, (0.5 + (TEMPLATE - 0.5) / width) * size)
    cut = resample(pixels, matrix, (size, size))
    if cut.ndim == 2:
        cut = np.repeat(cut[:, :, None], 3, axis=2)
    return AlignedFace(cut, matrix)


def align_to_fit(pixels: np.ndarray, landmarks: np.ndarray, sizes: Sequence[int]) -> AlignedFace:
    """Cut out a face at the smallest size that holds what the photo does, or at the largest.

    Where the photo ends just beyond what is pasted of the crop, the crop is made wider, by an eighth at most,
    so that no strip stays as it was.

    Parameters
    ----------
    pixels, landmarks
        See :func:`align`.
    sizes : sequence of int
        Sides that the crop may have, px, smallest first.

    Returns
    -------
    AlignedFace

    Raises
    ------
    ValueError
        The landmarks coincide.
    """
    across = similarity(landmarks, TEMPLATE)[:, 0]
    scale = float(np.hypot(*across))  # of a crop of side 1
    size = next((size for size in sizes if size * scale >= _LARGER), sizes[-1])
    return align(pixels, landmarks, size, _width_to_edges(pixels.shape, landmarks))


def _width_to_edges(shape: tuple[int, ...], landmarks: np.ndarray) -> float:
    """How much wider a crop has to be for the photo's edges just beyond it to lie in what is pasted."""
    to_photo = invert(similarity(landmarks, TEMPLATE))
    ((x, y),) = transform(to_photo, np.array(((0.5, 0.5),)))
    widths = [
        float(steps_to_edge(shape, x, y, to_photo[:, axis] * (side - 0.5)))
        for corner in PASTED
        for axis, side in enumerate(corner)
    ]
    return max((1.0, *(width for width in widths if width < _WIDEST)))
