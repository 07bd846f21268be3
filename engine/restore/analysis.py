"""What is known of a photo after one look: its faces, each aligned, encoded, and with its automatic level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.faces import AlignedFace, Face
from engine.photo import Photo
from engine.restore.model import EncodedFace

_TINT_SPREAD = 3.0
"""Between 200 sharp colour faces of the evaluation (least: 3.0) and 96 of the 100 old ones (most: 3.1)."""


@dataclass(frozen=True, eq=False)
class AnalysedFace:
    """A face of a photo.

    Attributes
    ----------
    number : int
        From 1, in the order in which the faces were found.
    face : Face
        Where it is, and why it is left alone, if it is.
    aligned : AlignedFace or None
        Its upright crop; None for a face that is left alone.
    encoded : EncodedFace or None
        The same as the network sees it.
    tinted : bool
        Whether the crop is grey or of one tint (sepia), so that restoration must not add colour.
    """

    number: int
    face: Face
    aligned: AlignedFace | None = None
    encoded: EncodedFace | None = None
    tinted: bool = False

    @property
    def level(self) -> float | None:
        """The automatic level α(x), 0 to 150; None for a face that is left alone."""
        return None if self.encoded is None else self.encoded.level

    @property
    def automatic_level(self) -> float:
        """The same for a face that can be restored.

        Raises
        ------
        UsageError
            For a face that is left alone.
        """
        if self.encoded is None:
            reason = self.face.refusal.sentence if self.face.refusal else ""
            raise UsageError(f"Face {self.number} is left alone: {reason}")
        return self.encoded.level


@dataclass(frozen=True, eq=False)
class Analysis:
    """A photo and its faces.

    Attributes
    ----------
    photo : Photo
        As it was read.
    faces : tuple of AnalysedFace
        All that were found, also those that are left alone.
    """

    photo: Photo
    faces: tuple[AnalysedFace, ...]

    @property
    def restorable(self) -> tuple[AnalysedFace, ...]:
        """The faces that have a dial."""
        return tuple(face for face in self.faces if face.encoded is not None)


def is_tinted(crop: NDArray[np.uint8] | NDArray[np.uint16]) -> bool:
    """Whether a picture is grey or of one hue: its colours then lie along one curve from black to white.

    Parameters
    ----------
    crop : (S, S, 3) uint8 or uint16, RGB

    Returns
    -------
    bool
        True when, among pixels of like brightness, the colour differences vary by less than three levels of
        255 (standard deviation). Measured on a small version, so that the noise of a sensor or of JPEG counts
        for little.
    """
    step = crop.shape[0] // 32
    small = crop[: step * 32, : step * 32].reshape(32, step, 32, step, 3).mean((1, 3)) * (
        255.0 / np.iinfo(crop.dtype).max
    )
    grey = small.mean(2)
    differences = np.stack([small[..., 0] - small[..., 1], small[..., 2] - small[..., 1]], 2).reshape(-1, 2)
    order = np.argsort(grey, axis=None)
    spread = np.mean([part.std(0) for part in np.array_split(differences[order], 16)])
    return bool(spread < _TINT_SPREAD)
