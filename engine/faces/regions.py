"""Parts of a photo: rectangles of whole pixels."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import cv2

Region = tuple[slice, slice]
"""Rows and columns of a photo, to index its pixels with; start and stop are given."""

_STRIP = 2**18  # pixels that are worked on at a time: they stay in the processor's cache
_MOST_AT_ONCE = 3  # strips: pasting takes some 30 MB for each


def whole(shape: tuple[int, ...]) -> Region:
    """Give all rows and columns of a picture, (H, W, ...)."""
    return slice(0, shape[0]), slice(0, shape[1])


def strips(region: Region) -> Iterator[Region]:
    """Cut a region into some of its rows after the other, about a quarter of a million pixels each."""
    rows, columns = region
    step = max(1, _STRIP // max(columns.stop - columns.start, 1))
    for top in range(rows.start, rows.stop, step):
        yield slice(top, min(top + step, rows.stop)), columns


def on_strips(work: Callable[[Region], None], region: Region) -> None:
    """Work on each strip of a region, on several at once where OpenCV, too, may use several threads.

    Parameters
    ----------
    work : callable
        Takes a strip, and may be called from any thread.
    region : (slice, slice)
    """
    parts = list(strips(region))
    left = iter(parts)

    def help_along() -> None:
        for part in left:  # the same for all threads: each takes the next
            work(part)

    threads = min(len(parts), cv2.getNumThreads(), _MOST_AT_ONCE)
    helpers = [_helpers().submit(help_along) for _ in range(threads - 1)]
    try:
        help_along()
    finally:
        begun = [helper for helper in helpers if not helper.cancel()]
        wait(begun)
    for helper in begun:
        helper.result()  # raises what it met with


@functools.cache
def _helpers() -> ThreadPoolExecutor:
    """Threads that stay, and the memory that they have worked with; that of new ones would come on top."""
    return ThreadPoolExecutor(_MOST_AT_ONCE - 1, thread_name_prefix="strips")


def intersection(a: Region, b: Region) -> Region:
    """Give the rows and columns that two regions share; empty slices when there are none."""
    rows, columns = (
        slice(max(one.start, two.start), max(one.start, two.start, min(one.stop, two.stop)))
        for one, two in zip(a, b, strict=True)
    )
    return rows, columns


def overlap(a: Region, b: Region) -> bool:
    """Tell whether two regions share any pixel."""
    return all(side.start < side.stop for side in intersection(a, b))


def within(part: Region, region: Region) -> Region:
    """Give a part's rows and columns counted from the beginning of a region."""
    rows, columns = (
        slice(one.start - two.start, one.stop - two.start) for one, two in zip(part, region, strict=True)
    )
    return rows, columns


def widened(part: Region, by: int, shape: tuple[int, ...]) -> Region:
    """Give a part of a picture, (H, W, ...), with up to so many pixels around it."""
    rows, columns = (
        slice(max(side.start - by, 0), min(side.stop + by, length))
        for side, length in zip(part, shape, strict=False)
    )
    return rows, columns
