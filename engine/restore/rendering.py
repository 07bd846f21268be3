"""A photo whose levels change: only what a change touches is drawn and pasted again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.faces import Region, pasted_region
from engine.photo import Photo, halved
from engine.restore.analysis import AnalysedFace, Analysis
from engine.restore.canvas import Canvas
from engine.restore.model import Drawing

LEVEL_MIN, LEVEL_MAX = 0.0, 150.0
MOST_STEPS = 4
"""How often a photo is halved at most, to be shown while the dial turns."""


def never() -> bool:
    """Say that nothing has to be stopped."""
    return False


class Draw(Protocol):
    """Draws faces at levels, as `Restorer.draw` does."""

    def __call__(
        self,
        wanted: Sequence[tuple[AnalysedFace, float]],
        details: Sequence[NDArray[np.float32] | None] = (),
    ) -> Sequence[Drawing]:
        """Draw `wanted`, with `details` of drawings at other levels where there are some."""


@dataclass(frozen=True, eq=False)
class Part:
    """A part of the photo that changed.

    Attributes
    ----------
    region : (slice, slice)
        Its rows and columns in the photo.
    step : int
        How often the photo was halved to show it.
    pixels : array, dtype of the photo
        The whole photo, halved so often, in its present state.
    """

    region: Region
    step: int
    pixels: NDArray[Any]


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
    """

    def __init__(self, analysis: Analysis, draw: Draw) -> None:
        self.analysis = analysis
        self.levels = {face.number: 0.0 for face in analysis.restorable}
        self._draw = draw
        self._faces = {face.number: face for face in analysis.restorable}
        self._canvases: dict[int, Canvas] = {}  # by how often the photo was halved for them
        self._drawn: dict[int, NDArray[np.float32]] = {}
        self._details: dict[int, NDArray[np.float32] | None] = {}
        self._roughly: set[int] = set()  # faces that were drawn with the details of a level before

    @property
    def pixels(self) -> NDArray[Any]:
        """The present state, but for `unsettled` faces: shape and dtype of the photo's. Read it only."""
        return self._canvases[0].pixels if 0 in self._canvases else self.analysis.photo.pixels

    @property
    def unsettled(self) -> set[int]:
        """Faces that were drawn quickly, and are not in `pixels` yet as they will be."""
        stale = self._canvases[0].stale(self._drawn) if 0 in self._canvases else self._drawn.keys()
        return self._roughly | stale

    def extend(self, analysis: Analysis) -> None:
        """Go on with an analysis of the same photo in which more faces are encoded; these are at level 0.

        Faces that new ones meet share the photo with them from now on, and are `unsettled` until it shows.
        """
        self.analysis = analysis
        new = [face for face in analysis.restorable if face.number not in self._faces]
        self._faces |= {face.number: face for face in new}
        self.levels |= {face.number: 0.0 for face in new}
        for canvas in self._canvases.values():
            canvas.extend(new)

    def set_levels(
        self, levels: Mapping[int, float], quickly: bool = False, stop: Callable[[], bool] = never
    ) -> tuple[Part, ...]:
        """Move faces to other levels.

        Parameters
        ----------
        levels : mapping of int to float
            By number, 0 to 150; other faces stay as they are.
        quickly : bool
            Whether a face may keep, for now, what its second drawing gave at the level before, and its finest
            details, and a large one be shown in a halved photo alone, which holds all that is drawn: while
            the dial turns, time counts for more.
        stop : callable, optional
            Asked again and again. Where it says True, what is not shown yet stays `unsettled`.

        Returns
        -------
        tuple of Part
            What changed and is shown; they may overlap.

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
        unsettled = set() if quickly else self.unsettled
        moved = {n: float(at) for n, at in levels.items() if float(at) != self.levels[n] or n in unsettled}
        if not moved:
            return ()
        self._redraw(moved, quickly)
        steps = {n: _step(self._faces[n]) if quickly else 0 for n in moved}
        for step in set(steps.values()):
            canvas = self._canvas(step)
            here = [n for n in moved if steps[n] == step]
            canvas.paint(canvas.stale(self._drawn) if step else here, self._drawn, stop)
        at = {n: self._canvas(step) for n, step in steps.items()}
        shown = [n for n in moved if n not in at[n].stale(self._drawn)]
        return tuple(Part(self._region(n), steps[n], at[n].pixels) for n in shown)

    def photo(self) -> Photo:
        """Give the present state, settled, as a photo; the input itself when all levels are 0."""
        self.set_levels({n: self.levels[n] for n in self.unsettled})
        return self.analysis.photo.with_pixels(self._canvas(0).keep()) if self._drawn else self.analysis.photo

    def _redraw(self, moved: Mapping[int, float], quickly: bool) -> None:
        """Draw faces that are not drawn yet as they are to be."""
        wanted = {
            n: self._details.get(n) if quickly else None
            for n, level in moved.items()
            if level > 0 and (level != self.levels[n] or n in self._roughly)
        }
        drawn = self._draw([(self._faces[n], moved[n]) for n in wanted], list(wanted.values()))
        for number, drawing in zip(wanted, drawn, strict=True):
            self._drawn[number], self._details[number] = drawing.pixels, drawing.details
        self._roughly -= moved.keys()
        self._roughly |= {n for n, details in wanted.items() if details is not None}
        for number, level in moved.items():
            self.levels[number] = level
            if level == 0:
                self._drawn.pop(number, None)

    def _canvas(self, step: int) -> Canvas:
        """Give the photo, halved so often, with its faces; it is made when it is needed first."""
        if step not in self._canvases:
            pixels = self.analysis.photo.pixels
            for _ in range(step):
                pixels = halved(pixels)
            self._canvases[step] = Canvas(pixels, self.analysis.restorable, step)
        return self._canvases[step]

    def _region(self, number: int) -> Region:
        aligned = self._faces[number].aligned
        assert aligned is not None
        return pasted_region(self.analysis.photo.pixels.shape, aligned)

    def _why_not(self, number: int) -> str:
        refused = next((face.face.refusal for face in self.analysis.faces if face.number == number), None)
        return refused.sentence if refused else f"the photo has {len(self.analysis.faces)} faces."


def _step(face: AnalysedFace) -> int:
    """Tell how often a photo can be halved so that it still holds all of a face's crop."""
    assert face.aligned is not None
    step = 0
    while step < MOST_STEPS and face.aligned.scale * 2 ** (step + 1) <= 1:
        step += 1
    return step
