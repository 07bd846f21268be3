"""Questions about paths that have an answer for every path: what can't be told is not there.

`Path.exists` and its like raise an error for a file in a folder that may not be entered, or a name too long.
Imports nothing heavy, since a starting window asks.
"""

from __future__ import annotations

import os
from pathlib import Path


def exists(path: Path) -> bool:
    """Tell whether there is something at a path, through links."""
    return os.path.exists(path)  # noqa: PTH110


def is_file(path: Path) -> bool:
    """Tell whether there is a file at a path, through links."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder at a path, through links."""
    return os.path.isdir(path)  # noqa: PTH112


def identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of what is at a path, through links; None where there is nothing."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # ValueError: a zero character in the name
        return None
    return status.st_dev, status.st_ino


def is_same(path: Path, other: Path) -> bool:
    """Tell whether two paths lead to one file, or would: through links, whatever the case of their names."""
    there = identity(path)
    if there is not None:
        return there == identity(other)
    return os.path.normcase(path.absolute()) == os.path.normcase(other.absolute())
