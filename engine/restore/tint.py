"""Grey and sepia: a picture of one tint has one colour for each brightness, and keeps it when restored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

_SPREAD = 3.0
"""Between 200 sharp colour faces of the evaluation (least: 3.0) and 96 of the 100 old ones (most: 3.1)."""

_LUMINANCE = np.array((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601
_STEPS = 256  # of brightness, for which the colour is known
_ALIKE = 6.0  # steps, within which colours are averaged
_OWN = 10 / 255  # change of brightness at which most of a place's own deviation from the tint is gone
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
            None for a picture in colour: one in which, among pixels of like brightness, the differences of
            the channels vary by three levels of 255 or more (standard deviation). That is measured on a small
            version, so that the noise of a sensor or of JPEG counts for little.
        """
        if _spread(crop) >= _SPREAD:
            return None
        pixels = crop.reshape(-1, 3) / np.float32(np.iinfo(crop.dtype).max)
        brightness = pixels @ _LUMINANCE
        steps = np.rint(brightness * (_STEPS - 1)).astype(int)
        beyond = pixels - brightness[:, None]
        sums = np.stack([np.bincount(steps, weight, _STEPS) for weight in (None, *beyond.T)], 1)
        number, *total = cv2.GaussianBlur(sums, (1, 0), 0, sigmaY=_ALIKE).T
        some = np.flatnonzero(number > 1e-3)
        colours = [np.interp(range(_STEPS), some, channel[some] / number[some]) for channel in total]
        return cls(_within_range(np.stack(colours, 1)))

    def keep(self, before: NDArray[np.float32], drawn: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give a picture the brightness of another, along its tint.

        A scratch's white or a spot's brown would stay as a stain if brightness alone changed: a place whose
        brightness is drawn anew takes the tint's colour, one that stays as it was keeps its own.

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
        own = np.exp(-(((becomes - was) / _OWN) ** 2))
        own = cv2.blur(cv2.erode(own, np.ones((around, around))), (around, around))[..., None]
        return np.clip(self._coloured(becomes) + own * (before - self._coloured(was)), 0, 1)

    def _coloured(self, brightness: NDArray[np.float32]) -> NDArray[np.float32]:
        at = brightness * (_STEPS - 1)
        beyond = cv2.remap(self.colours[None], at, np.zeros_like(at), cv2.INTER_LINEAR)
        return np.asarray(brightness[..., None] + beyond, np.float32)


def _spread(crop: NDArray[Any]) -> float:
    """Tell how much the differences of channels vary, levels of 255, among pixels of like brightness."""
    step = crop.shape[0] // 32
    small = crop[: step * 32, : step * 32].reshape(32, step, 32, step, 3).mean((1, 3)) * (
        255.0 / np.iinfo(crop.dtype).max
    )
    grey = small.mean(2)
    differences = np.stack([small[..., 0] - small[..., 1], small[..., 2] - small[..., 1]], 2).reshape(-1, 2)
    order = np.argsort(grey, axis=None)
    return float(np.mean([part.std(0) for part in np.array_split(differences[order], 16)]))


def _within_range(colours: NDArray[np.float64]) -> NDArray[np.float32]:
    """Make colours, (256, 3), paler near black and white, as far as all channels need to stay in 0 to 1."""
    brightness = np.linspace(0, 1, _STEPS)[:, None]
    room = np.where(colours < 0, brightness, 1 - brightness)
    pale = np.minimum(1, room / np.maximum(np.abs(colours), 1e-9)).min(1, keepdims=True)
    return (colours * pale).astype(np.float32)
