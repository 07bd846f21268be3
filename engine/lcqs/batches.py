"""What batches of faces share: they are made ahead of time, and a window shows what the senses look at."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

B = TypeVar("B")


def prefetched(batch: Callable[[int], B], first: int) -> Generator[B]:
    """Yield ``batch(first)``, ``batch(first + 1)`` … without end, made ahead of time by a thread.

    What a batch holds must depend on its number alone, so that training resumes exactly.

    Parameters
    ----------
    batch : callable
        Makes the batch of a step; what it raises is raised where that batch is awaited.
    first : int
        Number of the first step.
    """
    ready: queue.Queue[B | Exception] = queue.Queue(3)
    stop = threading.Event()

    def work() -> None:
        step = first
        while not stop.is_set():
            made: B | Exception
            try:
                made = batch(step)
            except Exception as error:  # to be raised where the batch is awaited
                made = error
            while not stop.is_set():
                try:
                    ready.put(made, timeout=0.1)
                    break
                except queue.Full:
                    continue
            step += 1

    worker = threading.Thread(target=work, daemon=True, name="batches")
    worker.start()
    try:
        while True:
            made = ready.get()
            if isinstance(made, Exception):
                raise made
            yield made
    finally:
        stop.set()
        worker.join()  # a thread that the program's end cuts off in the middle of a picture aborts it


def draw_corner(rng: np.random.Generator, size: int, side: int) -> NDArray[np.int64]:
    """Draw the top left corner, (2,) int, of a window of `side` px about the middle of faces of `size` px."""
    room = size - side
    return rng.integers(room // 4, max(room - room // 4, 1), 2) if room else np.zeros(2, np.int64)


def window(corner: NDArray[Any], side: int) -> tuple[Any, ...]:
    """Index of what the perceptual loss looks at, in faces (n, 3, S, S).

    Parameters
    ----------
    corner : (2,) int
        Top and left.
    side : int
        In px.
    """
    return (..., *(slice(int(c), int(c) + side) for c in corner))
