"""Photos that were opened together, and which of them is meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

FaceSettings = Mapping[int, tuple[float, bool]]
"""Level by face number, and whether it is on."""


@dataclass(frozen=True)
class PhotoSeries:
    """A place in a series of photos; empty for a picture that is no file.

    Attributes
    ----------
    photos : tuple of Path
    index : int or None
        Of the photo that is meant, from 0.
    folder : Path or None
        The folder that they came from, where a folder was opened and nobody has gone on from its first photo.
    onward : int
        Where to look for another one if it can't be read: 1 or -1, and 0 for nowhere.
    settings_of : callable, optional
        Gives the settings of the photo at a place, where nothing is remembered of it.
    """

    photos: tuple[Path, ...] = ()
    index: int | None = None
    folder: Path | None = None
    onward: int = 0
    settings_of: Callable[[int], FaceSettings] | None = None

    @property
    def path(self) -> Path | None:
        """The photo that is meant."""
        return None if self.index is None else self.photos[self.index]

    @property
    def settings(self) -> FaceSettings:
        """Those of the photo that is meant, where nothing is remembered of it."""
        return {} if self.index is None or self.settings_of is None else self.settings_of(self.index)

    def moved(self, by: int) -> PhotoSeries | None:
        """Give the place so many photos further, None where the series ends before."""
        if not by or self.index is None or not 0 <= self.index + by < len(self.photos):
            return None
        return replace(self, index=self.index + by, folder=None, onward=by)

    def behind_unreadable(self, shown: PhotoSeries) -> PhotoSeries | None:
        """Give the place to try next where the photo here can't be read, None where there is none.

        At the end of a series, of which a photo is `shown`, those between the two are tried: whoever goes on
        quickly has not seen them.
        """
        onward = self.moved(self.onward)
        if self.photos is shown.photos:
            onward = onward or self.moved(-self.onward)
            return None if onward is None or onward.index == shown.index else onward
        return None if onward is None else replace(onward, folder=self.folder)
