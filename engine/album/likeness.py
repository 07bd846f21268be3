"""Names that tell a result from an original: of this album, of a former one, or of ``heirloom restore``."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path

from engine.photo import EXTENSIONS

SUFFIX = "-restored"
"""Ends the stem of every restored photo, so that it is never taken for its original."""

_RESULT = re.compile(rf"(.+){SUFFIX}(?:-(?:[2-9]|[1-9][0-9]))?", re.DOTALL)
"""No number above 99: -restored-1987 is a year, which only a person writes."""


def alike(name: str) -> str:
    """Give names that some file system takes for the same."""
    return unicodedata.normalize("NFC", name).casefold()


def beginnings(paths: Iterable[Path]) -> dict[Path, set[str]]:
    """What the names of photos' results begin with, see `name_results`, by the folder of the photos."""
    found: dict[Path, set[str]] = defaultdict(set)
    for path in paths:
        if path.suffix.lower() in EXTENSIONS:
            found[path.parent] |= {alike(path.stem), alike(f"{path.stem}-{path.suffix[1:]}")}
    return found


def is_like_a_result(path: Path, those_beside: Collection[str]) -> bool:
    """Whether a photo is called as the result of another one beside it, by the `beginnings` there."""
    name = _RESULT.fullmatch(alike(path.stem))
    return name is not None and name[1] in those_beside
