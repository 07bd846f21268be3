"""Takes a fine lattice from what the finer stage draws, most of all into hair.

Its details are learnt, and lie along rows and columns more often than details do: waves of about 3 px have
five to eight times the power there that they have in other directions, where sharp faces have 1.3 times. So
three quarters of these waves are taken off, which leaves as much as other directions have. Strands get weaker
where they lie side by side, 3 px apart, along rows or columns; other lines and edges hardly change.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.restore.fine_detail import CHANNELS

_FREQUENCY = 0.34  # of the waves, 1/px
_SPREAD = 0.03  # standard deviation of it, 1/px
_SLANT = 0.06  # the same across, 1/px
_TAKEN = 0.75  # share of the waves that is taken off

_Kernel = NDArray[np.float32]


def without_lattice(face: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Take the lattice off.

    Parameters
    ----------
    face : (2 S, 2 S, 3) float32, RGB, 0 to 1
        As the finer stage draws it.
    share : float
        Of the photo's own finest details that the drawing replaces, 0 to 1.

    Returns
    -------
    (2 S, 2 S, 3) float32, RGB, 0 to 1
        `face` itself where nothing is replaced.
    """
    if not share:
        return face
    wave, bell = _kernels()
    grey = face @ CHANNELS  # the lattice has hardly any colour
    found = cv2.sepFilter2D(grey, -1, wave, bell) + cv2.sepFilter2D(grey, -1, bell, wave)
    return np.asarray(np.clip(face - np.float32(share * _TAKEN) * found[..., None], 0, 1), np.float32)


@cache
def _kernels() -> tuple[_Kernel, _Kernel]:
    """Give what finds the waves along a row, and what it is averaged with along a column."""
    along, across = _bell(_SPREAD), _bell(_SLANT)
    wave = 2 * along * np.cos(2 * np.pi * _FREQUENCY * (np.arange(len(along)) - len(along) // 2))
    wave -= along * wave.sum()  # nothing of what is even
    return wave.astype(np.float32), across.astype(np.float32)


def _bell(spread: float) -> NDArray[np.float64]:
    """Give a Gaussian, of sum 1, that passes waves with a standard deviation of so many 1/px."""
    sigma = 1 / (2 * np.pi * spread)
    reach = int(np.ceil(3 * sigma))
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.asarray(bell / bell.sum())
