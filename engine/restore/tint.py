"""Grey and sepia: a picture of one tint has one colour for each brightness, and keeps it when restored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

_SEEN = 128  # side, px, of the version of a picture of which the tint is taken
_MOST = 3.7  # levels of 255 by which nine of ten channels may be off the tint, in cells of 4 px of that
"""Between 96 of the evaluation's old faces (most: 3.2) and its 200 sharp ones in colour (least: 4.2)."""

_CONTRAST = 0.4  # between dark and light; of a picture that has less, the colours have faded as well

_LUMINANCE = np.array((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601
_STEPS = 256  # of brightness, for which the colour is known
_ALIKE = 6.0  # steps, within which colours are averaged
_OWN = 10 / 255  # change of brightness at which most of a place's own deviation from the tint is gone
_COARSE = 64  # side, px, of the version of which smooth means are taken
_LEAST = 1e-3  # weight in them, also where everything changes
_AROUND = 128  # part of a face's side, to each side of a place, where that change counts


@dataclass(frozen=True, eq=False)
class Tint:
    """The tint of a picture.

    Attributes
    ----------
    colours : (256, 3) float32
        What a colour of brightness 0 to 1 has in red, green and blue beyond the brightness itself.
    """

    colours: NDArray[np.float32]

    @classmethod
    def of(cls, crop: NDArray[np.uint8] | NDArray[np.uint16]) -> Self | None:
        """Find the tint of a picture.

        Parameters
        ----------
        crop : (S, S, 3) uint8 or uint16, RGB

        Returns
        -------
        Tint or None
            None for a picture in colour: one that is not of one colour for each brightness. Noise, scratches
            and other small things count for little.
        """
        small = cv2.medianBlur(cv2.resize(crop, (_SEEN, _SEEN), interpolation=cv2.INTER_AREA), 5)
        pixels = small.reshape(-1, 3) / np.float32(np.iinfo(crop.dtype).max)
        brightness = pixels @ _LUMINANCE
        steps = np.rint(brightness * (_STEPS - 1)).astype(int)
        beyond = pixels - brightness[:, None]
        sums = np.stack([np.bincount(steps, weight, _STEPS) for weight in (None, *beyond.T)], 1)
        number, *total = cv2.GaussianBlur(sums, (1, 0), 0, sigmaY=_ALIKE).T
        some = np.flatnonzero(number > 1e-3)
        colours = [np.interp(range(_STEPS), some, channel[some] / number[some]) for channel in total]
        tint = cls(_within_range(np.stack(colours, 1)))
        off = pixels.reshape(_SEEN, _SEEN, 3) - tint._coloured(brightness.reshape(_SEEN, _SEEN))
        cells = cv2.resize(off, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        contrast = float(np.ptp(np.quantile(brightness, (0.01, 0.99))))
        most = _MOST / 255 * min(1.0, contrast / _CONTRAST)
        return tint if np.quantile(np.abs(cells), 0.9) <= most else None

    def keep(self, before: NDArray[np.float32], drawn: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give a picture the brightness of another, along its tint.

        A scratch's white or a spot's brown would stay as a stain if brightness alone changed. So a place
        whose brightness stays keeps its own colour, as does the tinted cheek of a hand-coloured photo; one
        that is drawn anew takes what such places around it have.

        Parameters
        ----------
        before : (S, S, 3) float32, RGB, 0 to 1
            Of this tint.
        drawn : (S, S, 3) float32, RGB, 0 to 1
            Its colours do not count.

        Returns
        -------
        (S, S, 3) float32, RGB, 0 to 1
            Equal to `before` where the brightness is, there and next to it.
        """
        was, becomes = before @ _LUMINANCE, np.clip(drawn @ _LUMINANCE, 0, 1)
        around = 2 * round(len(was) / _AROUND) + 1
        stays = np.exp(-(((becomes - was) / _OWN) ** 2))
        stays = cv2.blur(cv2.erode(stays, np.ones((around, around))), (around, around))[..., None]
        own = before - self._coloured(was)
        return np.clip(self._coloured(becomes) + stays * own + (1 - stays) * _spread(own, stays), 0, 1)

    def _coloured(self, brightness: NDArray[Any]) -> NDArray[np.float32]:
        at = np.asarray(brightness * (_STEPS - 1), np.float32)
        beyond = cv2.remap(self.colours[None], at, np.zeros_like(at), cv2.INTER_LINEAR)
        return np.asarray(brightness[..., None] + beyond, np.float32)


def _spread(values: NDArray[np.float32], weight: NDArray[Any]) -> NDArray[np.float32]:
    """Give the smooth mean of values, (S, S, 3), around each place, each with its weight, (S, S, 1)."""
    size = len(values)
    both = np.dstack((values * (weight + _LEAST), weight + _LEAST))
    coarse = cv2.GaussianBlur(cv2.resize(both, (_COARSE, _COARSE), interpolation=cv2.INTER_AREA), (0, 0), 2)
    mean = np.asarray(coarse[..., :3] / coarse[..., 3:], np.float32)
    return np.asarray(cv2.resize(mean, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)


def _within_range(colours: NDArray[np.float64]) -> NDArray[np.float32]:
    """Make colours, (256, 3), paler near black and white, as far as all channels need to stay in 0 to 1."""
    brightness = np.linspace(0, 1, _STEPS)[:, None]
    room = np.where(colours < 0, brightness, 1 - brightness)
    pale = np.minimum(1, room / np.maximum(np.abs(colours), 1e-9)).min(1, keepdims=True)
    return (colours * pale).astype(np.float32)
