"""How a photo is shown and saved beside how it lies in its file: turned, and enlarged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.faces import quarter_turn
from engine.photo import Photo, enlarged, turned


@dataclass(frozen=True)
class Arrangement:
    """What is done to a whole photo before its faces are restored.

    Attributes
    ----------
    quarters : int
        By which it is turned, as ``numpy.rot90`` counts them.
    enlargement : int
        How many times as wide and high it is made, see `engine.photo.enlarged`.
    """

    quarters: int = 0
    enlargement: int = 1

    def of(self, photo: Photo) -> Photo:
        """Give the photo as it is shown.

        Raises
        ------
        UsageError
            When it can't be enlarged so far.
        """
        return enlarged(turned(photo, self.quarters), self.enlargement)

    def matrix(self, photo: Photo) -> np.ndarray:
        """Map places of the photo in its file to those of `of(photo)`, as (2, 3) float64 array."""
        return self.enlargement * quarter_turn(self.quarters, photo.width, photo.height)
