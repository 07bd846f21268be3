"""What an album job is asked to do: which photos it takes, and what their results look like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import UsageError
from engine.photo import PhotoFormat

LEVEL_MAX = 150.0

_DIGITS = 2
"""Decimals of a level. The network's own level differs by 4e-6 between batch sizes; results must not."""

_WITHOUT_EFFECT = ("only", "model_reference")
"""What a job says that makes no result look different."""

_AUTO = re.compile(r"auto(?:([+-]\d+(?:\.\d+)?))?")


class WithoutFaces(StrEnum):
    """What becomes of a photo without a face that can be restored."""

    SKIP = "skip"
    COPY = "copy"


@dataclass(frozen=True)
class LevelRule:
    """How the level of each face is chosen.

    Attributes
    ----------
    fixed : float or None
        This level for every face, 0 to 150; None for the automatic one.
    offset : float
        Added to the automatic level; the sum stays between 0 and 150.
    """

    fixed: float | None = None
    offset: float = 0.0

    @classmethod
    def parse(cls, text: str) -> LevelRule:
        """Read ``auto``, ``auto+10``, ``auto-20`` or a level like ``60``.

        Raises
        ------
        UsageError
            For anything else, or a level outside 0 to 150.
        """
        word = text.strip().lower()
        if match := _AUTO.fullmatch(word):
            return cls(offset=float(match[1] or 0))
        try:
            level = float(word)
        except ValueError:
            level = -1.0
        if not 0 <= level <= LEVEL_MAX:
            raise UsageError(
                f"The level must be auto, auto+N, auto-N or a number from 0 to 150, not '{text}'."
            )
        return cls(fixed=level)

    def choose(self, automatic: float | None) -> float:
        """Give the level, in hundredths, for a face whose automatic level is `automatic`.

        It is None where too little of the person is left: at the automatic level such a face stays as it is.
        """
        if self.fixed is not None:
            level = self.fixed
        else:
            level = 0.0 if automatic is None else automatic + self.offset
        return round(min(max(level, 0.0), LEVEL_MAX), _DIGITS)

    def __str__(self) -> str:
        if self.fixed is not None:
            return f"{self.fixed:g}"
        return f"auto{self.offset:+g}" if self.offset else "auto"


@dataclass(frozen=True)
class AlbumSettings:
    """Settings of a job. Change one but `only`, and every result would look different: it is another job.

    Attributes
    ----------
    level : LevelRule
        Level of each face.
    format : PhotoFormat or None
        Format of the results; each photo's own when None.
    quality : int or None
        1 to 100, of JPEG and lossy WebP; close to the source when None.
    enlargement : int
        How many times as wide and high photos with faces are made, see `engine.photo.enlarged`.
    upright : bool
        Whether photos are turned so that most of their faces stand.
    without_faces : WithoutFaces
        What becomes of photos without a face to restore.
    only : tuple of PhotoFormat
        What is looked for in folders, HEIC and AVIF with JPEG, JPEG 2000 and BMP with PNG; files that are
        named themselves are taken anyway.
    """

    level: LevelRule = LevelRule()
    format: PhotoFormat | None = None
    quality: int | None = None
    enlargement: int = 1
    upright: bool = False
    without_faces: WithoutFaces = WithoutFaces.SKIP
    only: tuple[PhotoFormat, ...] = tuple(PhotoFormat)

    def to_dict(self) -> dict[str, str | int | None]:
        """Give the settings as JSON can hold them."""
        return {
            "level": str(self.level),
            "format": self.format.value if self.format else None,
            "quality": self.quality,
            "enlargement": self.enlargement,
            "upright": self.upright,
            "without_faces": self.without_faces.value,
            "only": " ".join(self.only),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, str | int | None]) -> AlbumSettings:
        """Read what `to_dict` gave; what a job of an earlier version does not say is as it was then."""
        data = {**cls().to_dict(), **data}
        return cls(
            LevelRule.parse(str(data["level"])),
            PhotoFormat(str(data["format"])) if data["format"] else None,
            None if data["quality"] is None else int(data["quality"]),
            int(data["enlargement"] or 1),
            bool(data["upright"]),
            WithoutFaces(str(data["without_faces"])),
            tuple(PhotoFormat(word) for word in str(data["only"] or " ".join(PhotoFormat)).split()),
        )


def describe_changes(old: Mapping[str, object], new: Mapping[str, object]) -> str:
    """Name what would make results look different: ``level auto → 60``; empty when nothing does."""
    words = {"without_faces": "photos without faces"}

    def told(value: object) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        return "unset" if value is None else str(value)

    old = {**AlbumSettings().to_dict(), **old}  # jobs of earlier versions do not say all
    if str(new.get("model")).startswith(f"{old.get('model')} "):  # nor all of the model
        old["model"] = new["model"]
    changed = [key for key in new if key not in _WITHOUT_EFFECT and old.get(key) != new[key]]
    return ", ".join(f"{words.get(key, key)} {told(old.get(key))} → {told(new[key])}" for key in changed)
