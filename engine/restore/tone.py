"""Faded, dark and discoloured faces: the network is shown them with as much contrast as others have.

The network learnt from faces that have something nearly black and something nearly white in them. Of one that
has not it takes less away, draws less, and knows less who it is, though nothing but its tone differs. So each
channel is stretched until it has both, and what was drawn gets the photo's tone again: a faded photo stays as
faded as it was. A colour cast is a channel of little contrast, and gone while the network looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

_SEEN = 64  # side, px, of the version of a picture of which black and white are taken
_FEW = 0.01  # part of it that may be darker than black, and lighter than white
_ENOUGH, _LITTLE = 0.5, 0.42
"""Contrast, from black to white, of the channel with least: a picture with the first stays as it is, one with
the second is stretched wholly. One in 30 sharp faces has less than the first, one in 200 than the other."""

_BLACK, _WHITE = 0.12, 0.8  # of each channel of a picture that is stretched wholly, unless it has them
_LEAST = 0.1  # contrast: what has less is mostly noise


@dataclass(frozen=True, eq=False)
class Tone:
    """How a picture's channels are stretched for the network.

    Attributes
    ----------
    gain, offset : (3,) float32
        Of red, green and blue; 1 and 0 where there is contrast enough.
    """

    gain: NDArray[np.float32]
    offset: NDArray[np.float32]

    @classmethod
    def of(cls, crop: NDArray[np.uint8] | NDArray[np.uint16]) -> Self:
        """Find the tone of a picture; noise, scratches and other small things count for little.

        Parameters
        ----------
        crop : (S, S, 3) uint8 or uint16, RGB
        """
        small = cv2.medianBlur(cv2.resize(crop, (_SEEN, _SEEN), interpolation=cv2.INTER_AREA), 3)
        pixels = small.reshape(-1, 3) / np.iinfo(crop.dtype).max
        black, white = np.quantile(pixels, (_FEW, 1 - _FEW), axis=0)
        missing = np.maximum(_LEAST - (white - black), 0) / 2
        black, white = black - missing, white + missing
        share = np.clip((_ENOUGH - (white - black).min()) / (_ENOUGH - _LITTLE), 0, 1)
        becomes_black = black - share * np.maximum(black - _BLACK, 0)
        becomes_white = white + share * np.maximum(_WHITE - white, 0)
        gain = (becomes_white - becomes_black) / (white - black)
        return cls(gain.astype(np.float32), (becomes_black - gain * black).astype(np.float32))

    @property
    def is_usual(self) -> bool:
        """Whether nothing is stretched, as in most pictures: each move of the dial would pay for it."""
        return bool((self.gain == 1).all() and (self.offset == 0).all())

    def stretched(self, face: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the picture as the network is to see it.

        Parameters
        ----------
        face : (S, S, 3) float32, RGB, 0 to 1

        Returns
        -------
        (S, S, 3) float32, RGB, 0 to 1
            What is far beyond black or white, such as a glint on a dark photo, is 0 or 1.
        """
        return face if self.is_usual else np.clip(face * self.gain + self.offset, 0, 1)

    def given_back(self, drawn: NDArray[np.float32], face: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give a drawing of the stretched picture the photo's tone.

        A glint is as light as it was where the drawing is still white, and a scratch that is gone is not.

        Parameters
        ----------
        drawn, face : (S, S, 3) float32, RGB, 0 to 1
            What was drawn, and what had been stretched for it.

        Returns
        -------
        (S, S, 3) float32, RGB, 0 to 1
            Of the stretched picture itself it is the photo.
        """
        if self.is_usual:
            return drawn
        stretched = face * self.gain + self.offset
        lighter = np.maximum(stretched - 1, 0) * np.clip((drawn - _WHITE) / (1 - _WHITE), 0, 1)
        darker = np.maximum(-stretched, 0) * np.clip((_BLACK - drawn) / _BLACK, 0, 1)
        return np.clip((drawn + lighter - darker - self.offset) / self.gain, 0, 1)
