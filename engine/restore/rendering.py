"""A photo whose levels change: only what a change touches is drawn and pasted again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.faces import Change, Region, apply_changes, plan_paste
from engine.photo import Photo
from engine.restore.analysis import AnalysedFace, Analysis

LEVEL_MIN, LEVEL_MAX = 0.0, 150.0

Draw = Callable[[Sequence[tuple[AnalysedFace, float]]], Sequence[NDArray[np.float32]]]


class Rendering:
    """The photo at the present levels of its faces.

    Parameters
    ----------
    analysis : Analysis
        What is rendered.
    draw : callable
        Draws faces at levels, as `Restorer.draw` does.

    Attributes
    ----------
    levels : dict of int to float
        Level of each restorable face by number. Read it; change it by `set_levels`.
    pixels : array, shape and dtype of the photo's pixels
        The present state. Read it; each change replaces the touched regions in place.
    """

    def __init__(self, analysis: Analysis, draw: Draw) -> None:
        self.analysis = analysis
        self.levels = {face.number: 0.0 for face in analysis.restorable}
        self.pixels: NDArray[Any] = analysis.photo.pixels
        self._draw = draw
        self._faces = {face.number: face for face in analysis.restorable}
        aligned = [face.aligned for face in analysis.restorable if face.aligned is not None]
        self._plans = dict(zip(self._faces, plan_paste(analysis.photo.pixels, aligned), strict=True))
        self._changes: dict[int, Change] = {}

    def set_levels(self, levels: Mapping[int, float]) -> tuple[Region, ...]:
        """Move faces to other levels.

        Parameters
        ----------
        levels : mapping of int to float
            By number, 0 to 150; other faces stay as they are.

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
        moved = {n: float(level) for n, level in levels.items() if float(level) != self.levels[n]}
        if not moved:
            return ()
        drawn = self._draw([(self._faces[n], level) for n, level in moved.items() if level > 0])
        crops = iter(drawn)
        for number, level in moved.items():
            self.levels[number] = level
            if level > 0:
                self._changes[number] = self._plans[number].change(next(crops))
            else:
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
