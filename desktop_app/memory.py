"""What Heirloom remembers of photos that it saved, so that opening one again brings its levels back.

One small JSON file for each photo, in the user's data folder, named by a fingerprint of the photo's content:
moving or renaming the photo loses nothing. Pictures are never stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.wording import ENLARGEMENTS

_PIECE = 2**20


@dataclass(frozen=True)
class Remembered:
    """How a photo was left.

    Attributes
    ----------
    settings : mapping of int to (float, bool)
        Level of each face by number, and whether it is on.
    by_hand : tuple of (x0, y0, x1, y1)
        Boxes of the faces that the user added, in pixels of the photo's file, in their order.
    original : Path or None
        For a copy: the photo that it was made from.
    quarters, enlargement : int
        How it was shown: turned by quarters, as ``numpy.rot90`` counts them, and so many times as large.
    """

    settings: Mapping[int, tuple[float, bool]] = field(default_factory=dict)
    by_hand: tuple[tuple[float, float, float, float], ...] = ()
    original: Path | None = None
    quarters: int = 0
    enlargement: int = 1


def fingerprint(path: Path) -> str:
    """Tell a photo's content from others by its size, its first and its last megabyte.

    Raises
    ------
    OSError
        When the file can't be read.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        digest.update(file.read(_PIECE))
        file.seek(max(0, size - _PIECE))
        digest.update(file.read(_PIECE))
    return digest.hexdigest()[:32]


def remember(folder: Path, key: str, what: Remembered) -> None:
    """Store how a photo was left.

    Raises
    ------
    OSError
        When the folder can't be written to.
    """
    content = {
        "settings": {str(number): [level, on] for number, (level, on) in what.settings.items()},
        "by_hand": [list(box) for box in what.by_hand],
        "original": None if what.original is None else str(what.original),
        "quarters": what.quarters,
        "enlargement": what.enlargement,
    }
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{key}.partial"
    partial.write_text(json.dumps(content), encoding="utf-8")
    partial.replace(folder / f"{key}.json")


def recall(folder: Path, key: str) -> Remembered:
    """Return how a photo was left; empty where nothing, or nothing sensible, is stored."""
    try:
        content = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
        settings = {
            int(number): (min(150.0, max(0.0, float(level))), bool(on))
            for number, (level, on) in content["settings"].items()
        }
        by_hand = tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in content["by_hand"])
        original = content["original"]
        quarters, enlargement = int(content.get("quarters", 0)) % 4, int(content.get("enlargement", 1))
        return Remembered(
            settings,
            by_hand,
            None if original is None else Path(original),
            quarters,
            enlargement if enlargement in ENLARGEMENTS else 1,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Remembered()
