"""A face found in a photo, and the reasons to leave one alone.

Coordinates everywhere in :mod:`engine.faces` are continuous photo coordinates in pixels: the photo covers
``[0, width] × [0, height]``; the pixel in column ``i``, row ``j`` has its centre at ``(i + 0.5, j + 0.5)``.
They scale and shift without half-pixel corrections and are the coordinates that drawing programs use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from engine.faces.geometry import Box, length, mapped_box, same_face, transform

_SMALL = 115.0  # length, px


class Refusal(StrEnum):
    """Why a face is reported but not restored; an unrecognisable one is, if somebody gives it a level."""

    TOO_SMALL = "too_small"
    TURNED_AWAY = "turned_away"
    UNCERTAIN = "uncertain"
    UNRECOGNISABLE = "unrecognisable"

    @property
    def sentence(self) -> str:
        """What the user reads."""
        return _SENTENCES[self]


_SENTENCES = {
    Refusal.TOO_SMALL: "This face is too small to restore without inventing it, so it is left as it is.",
    Refusal.TURNED_AWAY: "This face is turned away, so it is left as it is.",
    Refusal.UNCERTAIN: "Eyes and mouth can't be told for certain here, so this is left as it is.",
    Refusal.UNRECOGNISABLE: "Too little of this face is left to know the person,"
    " so unless you give it a level, it is left as it is.",
}


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a photo.

    Attributes
    ----------
    box : (x0, y0, x1, y1) of float
        The face from forehead to chin, in photo coordinates; may reach over the photo's border.
    score : float
        How sure the detector is, 0 to 1.
    landmarks : (5, 2) float32 array
        Left eye, right eye, nose tip, left and right mouth corner as (x, y) in photo coordinates;
        left and right as a picture shows them in which the face is upright.
    refusal : Refusal or None
        Why this face is left alone; None when it can be restored.
    by_hand : bool
        Whether a person has framed it.
    """

    box: Box
    score: float
    landmarks: np.ndarray
    refusal: Refusal | None = None
    by_hand: bool = False

    @property
    def width(self) -> float:
        """Width of the box in photo pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Height of the box in photo pixels."""
        return self.box[3] - self.box[1]

    @property
    def length(self) -> float:
        """Longer side of the box in photo pixels: from forehead to chin, whichever way the face lies."""
        return length(self.box)

    @property
    def is_small(self) -> bool:
        """Whether an enlarged copy of the photo shows plainly more of what the face gains.

        Looked at in 39 faces below 230 px: so it was in ten of 15 below the limit, and in one of 24 above.
        """
        return self.length < _SMALL

    def is_same_as(self, other: Face) -> bool:
        """Whether the boxes of this face and another one describe one face."""
        return bool(same_face(self.box, np.array([other.box]))[0])

    def mapped(self, matrix: np.ndarray) -> Face:
        """Give the face where a map takes it that takes axes to axes, see `engine.faces.geometry`."""
        landmarks = transform(matrix, self.landmarks).astype(np.float32)
        return replace(self, box=mapped_box(matrix, self.box), landmarks=landmarks)
