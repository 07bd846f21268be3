"""In which directions the fine waves of a face run."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_FREQUENCIES = 0.3, 0.38  # of waves of about 3 px, 1/px
_ALONG, _ASIDE = 0.12, 0.3  # angles to rows or columns, radians


def along_rows_and_columns(face: NDArray[np.float32]) -> float:
    """Give the power of waves of about 3 px that run along rows or columns, by that of all others.

    Power is the mean of a frequency's squared strength. Places of much contrast count as much as others, and
    the outer eighth of a face does not.

    Parameters
    ----------
    face : (S, S, 3) float32, 0 to 1
    """
    size = len(face)
    grey = face.mean(2)[size // 8 : -(size // 8), size // 8 : -(size // 8)]
    fine = grey - cv2.GaussianBlur(grey, (0, 0), 3)
    fine /= np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), 8)) + 1 / 255
    window = np.hanning(len(fine))
    power = np.abs(np.fft.fft2(fine * window * window[:, None])) ** 2
    y, x = np.meshgrid(*[np.abs(np.fft.fftfreq(len(fine)))] * 2, indexing="ij")
    distance, angle = np.hypot(x, y), np.arctan2(y, x)
    aside = np.minimum(angle, np.pi / 2 - angle)
    ring = (distance >= _FREQUENCIES[0]) & (distance < _FREQUENCIES[1])
    return float(power[ring & (aside < _ALONG)].mean() / power[ring & (aside > _ASIDE)].mean())
