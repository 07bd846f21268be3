"""What is known of a photo: its faces, each aligned, encoded, and with its automatic level."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import UsageError
from engine.faces import AlignedFace, Face, Refusal
from engine.photo import Photo
from engine.restore.model import EncodedFace
from engine.restore.screen import Screen
from engine.restore.tint import Tint


@dataclass(frozen=True, eq=False)
class AnalysedFace:
    """A face of a photo.

    Attributes
    ----------
    number : int
        From 1, in the order in which the faces were found.
    face : Face
        Where it is, and why it can't be restored, if it can't.
    aligned : AlignedFace or None
        Its upright crop; None for a face that can't be restored, or is not encoded yet.
    encoded : EncodedFace or None
        The same as the network sees it.
    tint : Tint or None
        Of a crop that is grey or of one tint (sepia), to which restoration must not add colour.
    screen : Screen or None
        That the crop was printed with.
    """

    number: int
    face: Face
    aligned: AlignedFace | None = None
    encoded: EncodedFace | None = None
    tint: Tint | None = None
    screen: Screen | None = None

    @property
    def left_alone(self) -> Refusal | None:
        """Why it is left as it is if nobody says otherwise; None for a face that is restored."""
        if self.encoded is not None and self.encoded.automatic is None:
            return Refusal.UNRECOGNISABLE
        return self.face.refusal

    @property
    def level(self) -> float | None:
        """The automatic level, 0 to 150: α(x), or 0 if it is unrecognisable; None if it isn't encoded."""
        return None if self.encoded is None else self.encoded.automatic or 0.0

    @property
    def automatic_level(self) -> float:
        """The same for a face that can be restored.

        Raises
        ------
        UsageError
            For a face that can't.
        """
        if self.level is None:
            reason = self.face.refusal.sentence if self.face.refusal else ""
            raise UsageError(f"Face {self.number} is left alone: {reason}")
        return self.level


@dataclass(frozen=True, eq=False)
class Analysis:
    """A photo and its faces.

    Attributes
    ----------
    photo : Photo
        As it was read, or arranged.
    faces : tuple of AnalysedFace
        All that were found, also those that are left alone; where they are in `photo`.
    """

    photo: Photo
    faces: tuple[AnalysedFace, ...]

    @property
    def restorable(self) -> tuple[AnalysedFace, ...]:
        """The faces that have a dial."""
        return tuple(face for face in self.faces if face.encoded is not None)

    @property
    def waiting(self) -> tuple[AnalysedFace, ...]:
        """The faces that can be restored and are not encoded yet."""
        return tuple(face for face in self.faces if face.encoded is None and face.face.refusal is None)
