"""What is fine in a face, and how strong it is from place to place."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

CHANNELS = np.full(3, 1 / 3, np.float32)
"""Weights of red, green and blue in their mean: detail counts alike in all of them."""


def finer_than(sigma: float, face: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give what a Gaussian blur of `sigma` px takes from a face, (S, S) or (S, S, 3)."""
    return face - cv2.GaussianBlur(face, (0, 0), sigma)


def strength(detail: NDArray[Any], sigma: float) -> NDArray[np.float32]:
    """Give the mean square of detail, (S, S, 3), around each place, (S, S).

    Parameters
    ----------
    detail : (S, S, 3) float32
    sigma : float
        Standard deviation of the Gaussian that says what is around a place, px.
    """
    return np.asarray(cv2.GaussianBlur(detail * detail @ CHANNELS, (0, 0), sigma), np.float32)
