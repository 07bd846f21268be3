"""A photo in one size, and on it what restoration makes of its faces."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.faces import (
    Change,
    PastePlan,
    Region,
    apply_changes,
    on_strips,
    overlap,
    plan_paste,
    share_weight,
)
from engine.photo import Pixels
from engine.restore.analysis import AnalysedFace

Drawn = Mapping[int, NDArray[np.float32]]
"""Restored crops, (S, S, 3) float32 RGB, 0 to 1, by face; a face that has none is as it was photographed."""


class Canvas:
    """A photo and what is pasted on it.

    Parameters
    ----------
    photo : (H, W, 3) or (H, W) array of uint8 or uint16
        It is not written to.
    faces : sequence of AnalysedFace
        All that can be restored so far.
    step : int
        How often the photo in which they were found was halved.

    Attributes
    ----------
    pixels : array, shape and dtype of `photo`
        The present state. Read it; `paint` writes to it, unless somebody keeps it.
    """

    def __init__(self, photo: Pixels, faces: Sequence[AnalysedFace], step: int = 0) -> None:
        self.pixels = self._photo = photo
        self._is_kept = True  # by somebody else: it may not be written to
        self._step = step
        self._plans: dict[int, PastePlan] = {}
        self._changes: dict[int, tuple[NDArray[np.float32], Change]] = {}
        self._shown: dict[int, NDArray[np.float32] | None] = {}
        self._unsure: set[int] = set()  # faces of which more, or less, may be there than was shown of them
        self.extend(faces)

    def extend(self, faces: Sequence[AnalysedFace]) -> None:
        """Take in faces that can be restored as well; those that they meet become `stale`."""
        aligned = [face.aligned.shrunk(2**self._step) for face in faces if face.aligned is not None]
        masks = [face.encoded.mask for face in faces if face.encoded is not None]
        plans = plan_paste(self._photo, aligned, masks)
        met = {
            number: plan
            for number, plan in self._plans.items()
            if any(overlap(plan.region, new.region) for new in plans)
        }
        new = dict(zip((face.number for face in faces), plans, strict=True))
        self._plans = dict(sorted((self._plans | new).items()))  # in whatever order they come
        for number, plan in (met | new).items():
            self._plans[number] = share_weight(plan, list(self._plans.values()))
        for number in met:
            self._changes.pop(number, None)
            if self._shown.get(number) is not None:
                self._unsure.add(number)

    def stale(self, drawn: Drawn) -> set[int]:
        """Tell which faces are not shown as they are drawn."""
        return self._unsure | {number for number in self._plans if not self._shows(number, drawn)}

    def _shows(self, number: int, drawn: Drawn) -> bool:
        return self._shown.get(number) is drawn.get(number)

    def keep(self) -> Pixels:
        """Give the present state to somebody who keeps it: it is copied before it changes again."""
        self._is_kept = True
        return self.pixels

    def paint(self, numbers: Iterable[int], drawn: Drawn, stop: Callable[[], bool]) -> None:
        """Show faces as they are drawn, and what others, which overlap with them, change there.

        Parameters
        ----------
        numbers : iterable of int
        drawn : mapping of int to array
            Of all faces, not of these alone.
        stop : callable
            Asked again and again, from any thread, but one at a time. Where it says True, what is not shown
            yet stays `stale`.
        """
        if self._is_kept:
            self.pixels, self._is_kept = self.pixels.copy(), False
        asking, stopped = threading.Lock(), False

        def stops() -> bool:
            nonlocal stopped
            with asking:
                stopped = stopped or stop()
                return stopped

        for number in numbers:
            region = self._plans[number].region
            near = [other for other, plan in self._plans.items() if overlap(region, plan.region)]
            changes = [self._change(other, drawn[other]) for other in near if other in drawn]
            self._unsure.add(number)
            self._unsure |= {other for other in near if not self._shows(other, drawn)}

            def show(strip: Region, changes: Sequence[Change] = changes) -> None:
                if not stops():
                    self.pixels[strip] = apply_changes(self._photo, changes, strip)

            on_strips(show, region)
            if stopped:
                return
            self._shown[number] = drawn.get(number)
            self._unsure.discard(number)
            if number not in drawn:
                self._changes.pop(number, None)

    def _change(self, number: int, drawn: NDArray[np.float32]) -> Change:
        """Give what a drawing changes; that of the last one is kept."""
        known = self._changes.get(number)
        if known is None or known[0] is not drawn:
            known = self._changes[number] = drawn, self._plans[number].change(drawn)
        return known[1]
