"""A bounded queue between two stages of a pipeline, that ends or breaks for both sides at once."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

from engine.album.progress import Cancelled

T = TypeVar("T")


class Channel(Generic[T]):
    """A bounded queue.

    Parameters
    ----------
    capacity : int
        Items that may wait in it; `put` blocks beyond.
    producers : int
        Threads that put; when each has said `end`, the queue ends behind its last item.
    """

    def __init__(self, capacity: int, producers: int) -> None:
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._producers = producers
        self._broken = False
        self._changed = threading.Condition()

    def put(self, item: T) -> None:
        """Add an item, waiting for room.

        Raises
        ------
        Cancelled
            After `break_off`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._broken or len(self._items) < self._capacity)
            if self._broken:
                raise Cancelled
            self._items.append(item)
            self._changed.notify_all()

    def get(self, most: int = 1) -> list[T]:
        """Take what waits, waiting for the first item only.

        Parameters
        ----------
        most : int
            Items to take at most.

        Returns
        -------
        list
            Empty at the queue's end.

        Raises
        ------
        Cancelled
            After `break_off`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._broken or self._items or not self._producers)
            if self._broken:
                raise Cancelled
            taken = [self._items.popleft() for _ in range(min(most, len(self._items)))]
            self._changed.notify_all()
            return taken

    def end(self) -> None:
        """Say that one producer puts no more."""
        with self._changed:
            self._producers -= 1
            self._changed.notify_all()

    def break_off(self) -> None:
        """Let everyone who waits, or comes later, leave with `Cancelled`."""
        with self._changed:
            self._broken = True
            self._changed.notify_all()
