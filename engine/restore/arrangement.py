"""How a photo is shown and saved beside how it lies in its file: turned, and enlarged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.faces import Face, quarter_turn, quarters_to_stand
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

    @classmethod
    def wanted(cls, faces: Sequence[Face], upright: bool, enlargement: int) -> Self:
        """Arrange a photo in which `faces` were found: so that they stand, or as it lies; and so large."""
        return cls(quarters_to_stand(faces) if upright else 0, enlargement)

    def of(self, photo: Photo) -> Photo:
        """Give the photo as it is shown.

        Raises
        ------
        UsageError
            When it can't be enlarged so far.
        """
        return enlarged(turned(photo, self.quarters), self.enlargement)

    def with_faces(self, photo: Photo, faces: Sequence[Face]) -> tuple[Photo, list[Face]]:
        """Give the photo as it is shown, and its faces where they are then; raises as `of`."""
        matrix = self.matrix(photo)
        return self.of(photo), [face.mapped(matrix) for face in faces]

    def matrix(self, photo: Photo) -> np.ndarray:
        """Map places of the photo in its file to those of `of(photo)`, as (2, 3) float64 array."""
        return self.enlargement * quarter_turn(self.quarters, photo.width, photo.height)
