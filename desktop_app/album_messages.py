"""What the album's panel asks of its thread, and what comes back: plain values, no engine types."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QImage

from desktop_app.messages import Answer, Request

STATES = ("waiting", "running", "done", "no_face", "failed")
"""Values of `engine.album.State`."""


class Steering(Protocol):
    """What the window may do to a run at any time, without waiting: `engine.album.Control`."""

    def pause(self) -> None:
        """Begin no other step."""

    def resume(self) -> None:
        """Go on."""

    def cancel(self) -> None:
        """End."""


@dataclass(frozen=True)
class AlbumChoice:
    """What a person asks for.

    Attributes
    ----------
    folder, output : str
        Where the photos are, and where results go.
    level : str
        ``auto``, ``auto+10``, ``auto-20`` or a level like ``60``.
    format : str or None
        `PhotoFormat` value of the results; each photo's own when None.
    quality : int or None
        1 to 100; like the photo when None.
    enlargement : int
        How many times as wide and high photos with faces become.
    upright : bool
        Whether photos are turned so that their faces stand.
    copies : bool
        Whether photos without faces are copied to the results.
    overwrite : bool
        Whether files that are there already may be replaced; never an original.
    """

    folder: str
    output: str
    level: str = "auto"
    format: str | None = None
    quality: int | None = None
    enlargement: int = 1
    upright: bool = False
    copies: bool = False
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo of the album, as the list shows it.

    Attributes
    ----------
    id : int
    source : str
        Path of the original.
    name : str
        The same below the album's folder.
    state : str
        One of `STATES`.
    levels : tuple of float
        At which its faces were restored.
    faces : tuple of int
        Numbers of these faces, from 1.
    left_alone : tuple of (int, str)
        Number and `Refusal` value of each face that was left alone.
    sentence : str
        Why it failed, English.
    output : str
        Path of the result, "" where there is none.
    own_level : float or None
        Level that a person chose for it.
    unsure : bool
        Whether a person should look at it.
    """

    id: int
    source: str
    name: str
    state: str
    levels: tuple[float, ...]
    faces: tuple[int, ...]
    left_alone: tuple[tuple[int, str], ...]
    sentence: str
    output: str
    own_level: float | None
    unsure: bool


@dataclass(frozen=True)
class Standing:
    """Where a job stands.

    Attributes
    ----------
    total, done, no_face, failed : int
    rate : float or None
        Photos per second lately.
    eta : float or None
        Seconds to go.
    """

    total: int
    done: int
    no_face: int
    failed: int
    rate: float | None = None
    eta: float | None = None

    @property
    def ended(self) -> int:
        """Photos that came to an end."""
        return self.done + self.no_face + self.failed

    @property
    def remaining(self) -> int:
        """Photos that wait or are being restored."""
        return self.total - self.ended


# Requests


@dataclass(frozen=True, eq=False)
class PreviewAlbum(Request):
    """Say what a job would do; a newer one, or `EndPreview`, ends an older one."""

    choice: AlbumChoice

    @property
    def supersedes(self) -> tuple[type[Request], ...]:
        """Only the newest choice counts."""
        return (PreviewAlbum,)


@dataclass(frozen=True, eq=False)
class EndPreview(Request):
    """Nobody wants to know any more."""


@dataclass(frozen=True, eq=False)
class LookAtAlbum(Request):
    """Say where the job in an output folder stands, without opening it."""

    output: str


@dataclass(frozen=True, eq=False)
class OpenAlbum(Request):
    """Begin a job or go on with the one that its output folder holds."""

    choice: AlbumChoice


@dataclass(frozen=True, eq=False)
class ReopenAlbum(Request):
    """Open the job of an output folder as it was left."""

    output: str


@dataclass(frozen=True, eq=False)
class CloseAlbum(Request):
    """End the run and close the job; it can be opened again."""


@dataclass(frozen=True, eq=False)
class RunAlbum(Request):
    """Restore every waiting photo."""


@dataclass(frozen=True, eq=False)
class WatchAlbum(Request):
    """Say which photos are being restored right now."""

    @property
    def supersedes(self) -> tuple[type[Request], ...]:
        """One answer is as good as two."""
        return (WatchAlbum,)


@dataclass(frozen=True, eq=False)
class SetLevels(Request):
    """Choose the level of photos (None: the job's), which then wait to be restored again."""

    must_be_done = True

    ids: tuple[int, ...]
    level: float | None


@dataclass(frozen=True, eq=False)
class RetryFailed(Request):
    """Let failed photos wait again; all when `ids` is None."""

    must_be_done = True

    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, eq=False)
class WriteReport(Request):
    """Write the page about the album."""


@dataclass(frozen=True, eq=False)
class ShowFace(Request):
    """Show a face of a photo before and after, `side` pixels wide."""

    id: int
    side: int

    @property
    def supersedes(self) -> tuple[type[Request], ...]:
        """Only the newest is looked at."""
        return (ShowFace,)


# Answers


@dataclass(frozen=True, eq=False)
class Previewed(Answer):
    """What a job would do; see `engine.album.Preview`.

    Attributes
    ----------
    choice : AlbumChoice
        Of the job.
    photos, finished, sampled, unreadable, faces : int
    seconds : float
    bytes : int
    free_bytes : int or None
    """

    choice: AlbumChoice
    photos: int
    finished: int
    sampled: int
    unreadable: int
    faces: int
    seconds: float
    bytes: int
    free_bytes: int | None


@dataclass(frozen=True, eq=False)
class AlbumSeen(Answer):
    """Where the job in a folder stands; None when it holds none."""

    output: str
    standing: Standing | None


@dataclass(frozen=True, eq=False)
class AlbumOpened(Answer):
    """A job is open; its photos follow.

    Attributes
    ----------
    choice : AlbumChoice
    model : str
        Name and version.
    standing : Standing
    notices : tuple of str
        Sentences, English.
    stays : bool
        Whether it is the one that was open before, as the one that was asked for can't be opened.
    """

    choice: AlbumChoice
    model: str
    standing: Standing
    notices: tuple[str, ...]
    stays: bool


@dataclass(frozen=True, eq=False)
class RowsRead(Answer):
    """Some of the photos, in order."""

    rows: tuple[PhotoRow, ...]


@dataclass(frozen=True, eq=False)
class AlbumRuns(Answer):
    """The job is running and can be steered."""

    control: Steering


@dataclass(frozen=True, eq=False)
class PhotoEnded(Answer):
    """A photo came to an end."""

    row: PhotoRow
    standing: Standing


@dataclass(frozen=True, eq=False)
class Watched(Answer):
    """The photos that are being restored right now."""

    ids: frozenset[int]


@dataclass(frozen=True, eq=False)
class RowsChanged(Answer):
    """Photos wait again."""

    rows: tuple[PhotoRow, ...]
    standing: Standing


@dataclass(frozen=True, eq=False)
class AlbumRan(Answer):
    """The run is over: nothing waits, or it was stopped, by whom or whatever."""

    standing: Standing
    stopped: bool


@dataclass(frozen=True, eq=False)
class ReportWritten(Answer):
    """The page is there."""

    path: Path


@dataclass(frozen=True, eq=False)
class FaceShown(Answer):
    """A face before and after."""

    id: int
    before: QImage
    after: QImage
