"""A photo whose levels change: only what a change touches is drawn and pasted again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.faces import Change, Region, apply_changes, plan_paste
from engine.photo import Photo
from engine.restore.analysis import AnalysedFace, Analysis
from engine.restore.model import Drawing

LEVEL_MIN, LEVEL_MAX = 0.0, 150.0


class Draw(Protocol):
    """Draws faces at levels, as `Restorer.draw` does."""

    def __call__(
        self,
        wanted: Sequence[tuple[AnalysedFace, float]],
        details: Sequence[NDArray[np.float32] | None] = (),
    ) -> Sequence[Drawing]:
        """Draw `wanted`, with `details` of drawings at other levels where there are some."""


class Rendering:
    """The photo at the present levels of its faces.

    Parameters
    ----------
    analysis : Analysis
        What is rendered.
    draw : Draw

    Attributes
    ----------
    levels : dict of int to float
        Level of each restorable face by number. Read it; change it by `set_levels`.
    pixels : array, shape and dtype of the photo's pixels
        The present state. Read it; each change replaces the touched regions in place.
    unsettled : set of int
        Faces whose details are those of a level before. Read it; `set_levels` settles them.
    """

    def __init__(self, analysis: Analysis, draw: Draw) -> None:
        self.analysis = analysis
        self.levels = {face.number: 0.0 for face in analysis.restorable}
        self.pixels: NDArray[Any] = analysis.photo.pixels
        self._draw = draw
        self._faces = {face.number: face for face in analysis.restorable}
        aligned = [face.aligned for face in analysis.restorable if face.aligned is not None]
        masks = [face.encoded.mask for face in analysis.restorable if face.encoded is not None]
        plans = plan_paste(analysis.photo.pixels, aligned, masks)
        self._plans = dict(zip(self._faces, plans, strict=True))
        self._changes: dict[int, Change] = {}
        self.unsettled: set[int] = set()
        self._details: dict[int, NDArray[np.float32] | None] = {}

    def set_levels(self, levels: Mapping[int, float], quickly: bool = False) -> tuple[Region, ...]:
        """Move faces to other levels.

        Parameters
        ----------
        levels : mapping of int to float
            By number, 0 to 150; other faces stay as they are.
        quickly : bool
            Whether a face may keep, for now, what its second drawing gave at the level before, and its finest
            details: while the dial turns, half the time counts for more.

        Returns
        -------
        tuple of (slice, slice)
            Rows and columns of `pixels` that changed; they may overlap.

        Raises
        ------
        UsageError
            For a face that does not exist or is left alone, or for a level outside the dial. Nothing is
            changed then.
        """
        for number, level in levels.items():
            if number not in self._faces:
                raise UsageError(f"Face {number} can't be restored: {self._why_not(number)}")
            if not LEVEL_MIN <= level <= LEVEL_MAX:
                raise UsageError(
                    f"The level must lie between {LEVEL_MIN:.0f} and {LEVEL_MAX:.0f}, not at {level:g}."
                )
        settled = set() if quickly else self.unsettled & levels.keys()
        moved = {n: float(at) for n, at in levels.items() if float(at) != self.levels[n] or n in settled}
        if not moved:
            return ()
        wanted = {n: self._details.get(n) if quickly else None for n, level in moved.items() if level > 0}
        drawn = self._draw([(self._faces[n], moved[n]) for n in wanted], list(wanted.values()))
        self.unsettled -= moved.keys()
        for number, drawing in zip(wanted, drawn, strict=True):
            self._changes[number] = self._plans[number].change(drawing.pixels)
            self._details[number] = drawing.details
            if wanted[number] is not None:
                self.unsettled.add(number)
        for number, level in moved.items():
            self.levels[number] = level
            if level == 0:
                self._changes.pop(number, None)
        if self.pixels is self.analysis.photo.pixels:
            self.pixels = self.pixels.copy()
        regions = tuple(self._plans[number].region for number in moved)
        for region in regions:
            self.pixels[region] = apply_changes(
                self.analysis.photo.pixels, list(self._changes.values()), region
            )
        return regions

    def photo(self) -> Photo:
        """Give the present state as a photo; the input itself when all levels are 0."""
        if not self._changes:
            return self.analysis.photo
        return self.analysis.photo.with_pixels(self.pixels.copy())

    def _why_not(self, number: int) -> str:
        refused = next((face.face.refusal for face in self.analysis.faces if face.number == number), None)
        return refused.sentence if refused else f"the photo has {len(self.analysis.faces)} faces."
