"""What batches of faces share: they are made ahead of time, and a window shows what the senses look at."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import queue
import threading
from collections.abc import Callable, Generator
from dataclasses import fields, replace
from typing import Any, TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

B = TypeVar("B")

FRESH = 10**9
"""Number of the first of the batches that no training step sees."""


def prefetched(batch: Callable[[int], B], first: int, processes: int = 0) -> Generator[B]:
    """Yield ``batch(first)``, ``batch(first + 1)`` … without end, made ahead of time.

    What a batch holds must depend on its number alone, so that training resumes exactly.

    Parameters
    ----------
    batch : callable
        Makes the batch of a step, a dataclass of arrays (or None); what it raises is raised where that batch
        is awaited.
    first : int
        Number of the first step.
    processes : int
        That make them side by side, as a card needs them; by default one thread does.
    """
    return _from_processes(batch, first, processes) if processes else _from_a_thread(batch, first)


def processes_for(device: str) -> int:
    """Tell how many processes should make batches: for a card all that there is room for, else none."""
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    return max((os.cpu_count() or 1) - 1, 1) if device != "cpu" and can_fork else 0


class _Made(Dataset[Any]):
    """Batches by number, as tensors, which processes share without copying; or what went wrong."""

    def __init__(self, batch: Callable[[int], Any]):
        self._batch = batch

    def __getitem__(self, step: int) -> Any:
        try:
            return _each(torch.from_numpy, self._batch(step))
        except Exception as error:  # to be raised where the batch is awaited
            return error


def _from_processes(batch: Callable[[int], B], first: int, processes: int) -> Generator[B]:
    cv2.setNumThreads(1)  # its threads do not live on in forked processes, which would wait for them for ever
    loader = DataLoader(
        _Made(batch),
        batch_size=None,
        sampler=itertools.count(first),
        num_workers=processes,
        collate_fn=lambda made: made,
        multiprocessing_context="fork",
    )
    for made in loader:
        if isinstance(made, Exception):
            raise made
        yield _each(torch.Tensor.numpy, made)


def _each(change: Callable[[Any], Any], made: Any) -> Any:
    """Change each field of a batch that holds something."""
    held = {one.name: getattr(made, one.name) for one in fields(made)}
    return replace(made, **{name: change(value) for name, value in held.items() if value is not None})


def _from_a_thread(batch: Callable[[int], B], first: int) -> Generator[B]:
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
