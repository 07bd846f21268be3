"""Batches made ahead of time: while one step computes, a thread makes what the next ones learn from."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from typing import TypeVar

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
                    ready.put(made, timeout=0.5)
                    break
                except queue.Full:
                    continue
            step += 1

    threading.Thread(target=work, daemon=True, name="batches").start()
    try:
        while True:
            made = ready.get()
            if isinstance(made, Exception):
                raise made
            yield made
    finally:
        stop.set()
