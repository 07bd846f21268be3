"""Where things lie that Heirloom keeps or reads; imports nothing heavy, since a starting window asks."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path


def user_data_folder() -> Path:
    """Folder for what Heirloom keeps for its user; it need not exist.

    ``heirloom`` in the platform's folder for program data: ``%LOCALAPPDATA%`` on Windows,
    ``~/Library/Application Support`` on macOS, ``$XDG_DATA_HOME`` or ``~/.local/share`` elsewhere.
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or _home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = _home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or _home() / ".local" / "share"
    return Path(base) / "heirloom"


def _home() -> Path:
    """The user's home; for users without one, as in containers, a folder that nobody has."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(os.sep, "nonexistent")


def package_folders(name: str) -> tuple[Path, ...]:
    """Folders of an installed package, which is not imported for it; none where it is missing."""
    spec = importlib.util.find_spec(name)
    return tuple(Path(folder) for folder in (spec.submodule_search_locations or ())) if spec else ()
