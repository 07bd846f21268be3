"""Printing screens: what is left of their dots, or of moiré, in a restored face is taken away.

A screen covers a whole face with the same few waves, which are peaks in the picture's spectrum, high above
all that is around them. The network has learnt to draw without dots, but keeps those of fine screens, and
moiré, as if they were skin. They are peaks in the spectrum of what it draws as well, and are brought down
there to what is around them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.restore.fine_detail import CHANNELS, finer_than, strength

_LONGEST, _SHORTEST = 14.0, 1.45  # waves that are looked for, px
_AROUND = 0.12  # side of the part of a spectrum that a peak is compared with, as a share of the whole
_APART = 0.05  # of the part that has no second peak
_SURE = 4.2  # logarithm of the power of a screen's wave in a face of 256 px, beyond the power around it
_ALIKE = 1.4  # most that its two waves are behind the highest: lines of an engraving have one, and its echoes
_SEEN = 3.3  # of other waves that come with it
_OTHER_WAY = np.radians(25)  # least angle between two waves of a screen
_AS_LONG = 1.1  # most that one of them is longer than the other
_FURTHER = 1.0  # than to the power around it a wave is brought down, as that is of dots as well
_LEFT = 1.0  # of one of the photo's waves that is left in a drawing
_NOTHING = 1e-9  # square of a strength that is none
_WIDTH = 0.13  # of the notches, as a share of the longest wave's frequency

_Waves = NDArray[np.float64]  # (k, 2): cycles per px, down and across; of each pair ±f one


@dataclass(frozen=True, eq=False)
class Screen:
    """The screen that a picture was printed with.

    Attributes
    ----------
    waves : (k, 2) float64
        Cycles per px, down and across.
    """

    waves: _Waves

    @classmethod
    def of(cls, face: NDArray[np.uint8] | NDArray[np.uint16]) -> Self | None:
        """Find the screen of a picture.

        Parameters
        ----------
        face : (S, S, 3) uint8 or uint16, RGB

        Returns
        -------
        Screen or None
            None where no two waves stand out that are as long as each other and run in different directions.
        """
        waves, heights = _peaks(_heights(face))
        least = _SURE + np.log(len(face) / 256)  # a larger picture has more of the same wave
        sure = waves[heights > max(least, heights.max(initial=0) - _ALIKE)]
        lengths, angles = np.hypot(*sure.T), np.arctan2(*sure.T)
        between = np.abs(angles[:, None] - angles)
        crossed = np.minimum(between, np.pi - between) > _OTHER_WAY
        as_long = lengths[:, None] < _AS_LONG * lengths
        return cls(waves) if (crossed & as_long & as_long.T).any() else None

    def taken_from(self, drawn: NDArray[np.float32], share: float) -> NDArray[np.float32]:
        """Take what is left of the screen out of a drawing of the picture.

        Parameters
        ----------
        drawn : (S, S, 3) float32, RGB, 0 to 1
            As large as the picture was.
        share : float
            Of it that is taken, in [0, 1].

        Returns
        -------
        (S, S, 3) float32, RGB, 0 to 1
        """
        if not share:
            return drawn
        size, heights = len(drawn), _heights(drawn)
        left_over = heights[tuple(np.rint(size * self.waves).astype(int).T)] > _LEFT
        # Drawing bends waves: there are some beside those of the photo.
        waves = np.concatenate([self.waves[left_over], _peaks(heights)[0]])
        longest = 1 / float(np.hypot(*self.waves.T).min())
        near = _near(waves, size, _WIDTH / longest)
        taken = (near * (1 - np.exp(-np.maximum(heights + _FURTHER, 0) / 2)))[..., None]
        left = np.dstack([_whole(_spectrum(channel) * taken) for channel in cv2.split(drawn)])
        # Waves of the whole are also where the drawing has none: there they would be drawn, not taken away.
        fine = finer_than(longest / 3, drawn)
        there = strength(fine, longest / 2) / (strength(left, longest / 2) + _NOTHING)
        left *= np.float32(share) * np.clip(there, 0, 1)[..., None] ** 2
        return np.asarray(np.clip(drawn - left, 0, 1), np.float32)


def _heights(face: NDArray[Any]) -> NDArray[np.float32]:
    """Give how high a face's waves, (S, S, 3), stand out of those around them: (S, S), as in `_spectrum`."""
    size, grey = len(face), face.astype(np.float32) @ CHANNELS
    within = np.hanning(size).astype(np.float32)
    fine = finer_than(size / 32, grey) * within * within[:, None]
    power = np.fft.fftshift(np.square(_spectrum(fine)).sum(2))
    heights = cv2.GaussianBlur(np.log(power + power.mean() * 1e-9 + _NOTHING), (0, 0), 1)
    return np.asarray(np.fft.ifftshift(heights - cv2.blur(heights, 2 * (_odd(_AROUND * size),))))


def _spectrum(channel: NDArray[Any]) -> NDArray[np.float32]:
    """Give the spectrum of a channel, (S, S): (S, S, 2), in the order of `numpy.fft.fftfreq` both ways."""
    return np.asarray(cv2.dft(channel, flags=cv2.DFT_COMPLEX_OUTPUT), np.float32)


def _whole(spectrum: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the channel, (S, S), of a spectrum, (S, S, 2)."""
    return np.asarray(cv2.idft(spectrum, flags=cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT), np.float32)


def _peaks(heights: NDArray[np.float32]) -> tuple[_Waves, NDArray[np.float32]]:
    """Find the waves that stand out, and how high."""
    size = len(heights)
    highest = cv2.dilate(np.fft.fftshift(heights), np.ones(2 * (_odd(_APART * size),)))
    peaks = np.nonzero((heights > _SEEN) & (heights == np.fft.ifftshift(highest)))
    waves = np.fft.fftfreq(size)[np.stack(peaks, 1)]
    length = np.hypot(*waves.T)
    half = (waves[:, 0] > 0) | ((waves[:, 0] == 0) & (waves[:, 1] > 0))
    kept = half & (length > 1 / _LONGEST) & (length < 1 / _SHORTEST)
    return waves[kept], heights[peaks][kept]


def _near(waves: _Waves, size: int, width: float) -> NDArray[np.float32]:
    """Give how near each wave of a spectrum, (S, S), is to one of `waves`: 1 at it, 0 far from it."""
    at = np.fft.fftfreq(size)[:, None]
    down, across = (np.exp(-0.5 * ((at - f) / width) ** 2) for f in np.concatenate([waves, -waves]).T)
    return np.minimum(down @ across.T, 1).astype(np.float32)


def _odd(side: float) -> int:
    return 2 * int(side / 2) + 1
