"""How a running job is steered and watched, from any thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from engine.album.journal import Record, State

_RECENT = 64
"""Photos over which the rate is measured: long enough to be calm, short enough to follow a change."""


class Cancelled(Exception):
    """The job was asked to stop; raised inside its threads only."""


class Control:
    """Pause, resume and cancel a job. Every step of every photo asks before it begins."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._cancelled = False
        self._paused_since = self._rested = 0.0

    def clock(self) -> float:
        """Seconds, from some moment on, in which the job was not paused."""
        with self._changed:
            now = self._paused_since if self._paused else time.monotonic()
            return now - self._rested

    @property
    def paused(self) -> bool:
        """Whether no new step begins."""
        return self._paused

    @property
    def cancelled(self) -> bool:
        """Whether the job ends with the running steps."""
        return self._cancelled

    def pause(self) -> None:
        """Let the running steps end (at most a few seconds) and begin no other."""
        self._set(paused=True)

    def resume(self) -> None:
        """Go on after `pause`."""
        self._set(paused=False)

    def cancel(self) -> None:
        """End the job; photos that were begun are waiting again. Works during a pause too."""
        self._set(cancelled=True)

    def checkpoint(self) -> None:
        """Wait as long as the job is paused.

        Raises
        ------
        Cancelled
            When the job is to end.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._cancelled or not self._paused)
            if self._cancelled:
                raise Cancelled

    def _set(self, paused: bool | None = None, cancelled: bool = False) -> None:
        with self._changed:
            if paused is not None and paused is not self._paused:
                self._paused, now = paused, time.monotonic()
                if paused:
                    self._paused_since = now
                else:
                    self._rested += now - self._paused_since
            self._cancelled = self._cancelled or cancelled
            self._changed.notify_all()


@dataclass(frozen=True)
class Progress:
    """Where a job stands.

    Attributes
    ----------
    total, done, no_face, failed : int
        Photos of the job; those restored, without a face to restore, and failed.
    rate : float or None
        Photos per second lately; None before the second one.
    eta : float or None
        Seconds that the rest will take at this rate.
    """

    total: int
    done: int
    no_face: int
    failed: int
    rate: float | None
    eta: float | None

    @property
    def remaining(self) -> int:
        """Photos that are neither done nor failed."""
        return self.total - self.done - self.no_face - self.failed


@dataclass(frozen=True)
class Event:
    """One photo came to an end.

    Attributes
    ----------
    record : Record
        The photo as the journal now has it.
    progress : Progress
        Where the job stands with it.
    """

    record: Record
    progress: Progress


class Meter:
    """Measures the rate of a run. Not thread-safe: its owner locks.

    Parameters
    ----------
    counts : dict of State to int
        Of the journal, at the beginning of the run.
    clock : callable
        Gives seconds, those of a pause left out: `Control.clock`.
    """

    def __init__(self, counts: dict[State, int], clock: Callable[[], float] = time.monotonic) -> None:
        self._counts, self._clock = counts, clock
        self._times: deque[float] = deque([clock()], maxlen=_RECENT)

    def count(self, state: State) -> Progress:
        """Note that a photo ended in a state."""
        self._counts[state] += 1
        self._counts[State.WAITING] -= 1
        self._times.append(self._clock())
        return self.progress()

    def wait_again(self, state: State, photos: int) -> None:
        """Note that photos went from a state back to waiting."""
        self._counts[state] -= photos
        self._counts[State.WAITING] += photos

    def progress(self) -> Progress:
        """Where the job stands now."""
        counts = self._counts
        left = counts[State.WAITING] + counts[State.RUNNING]
        span = self._times[-1] - self._times[0]
        rate = (len(self._times) - 1) / span if span > 0 else None
        eta = left / rate if rate else None
        return Progress(
            sum(counts.values()), counts[State.DONE], counts[State.NO_FACE], counts[State.FAILED], rate, eta
        )
