"""What the window asks of the engine's thread, and what comes back: plain values, no engine types.

Every request and answer carries the stamp of the photo (or of the album) that it is about, so that what
belongs to one that is no longer shown can be dropped on either side.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage


@dataclass(frozen=True, eq=False)
class Request:
    """Work for a thread in the background.

    Attributes
    ----------
    stamp : int
        Of the photo or the album, counted up with each one that is opened.
    """

    stamp: int

    @property
    def supersedes(self) -> tuple[type[Request], ...]:
        """Kinds of requests that need not run any more once this one waits."""
        return ()

    can_wait: ClassVar[bool] = False
    """Whether all others come first."""

    must_be_done: ClassVar[bool] = False
    """Whether it is done even where the thread is to end: a person decided something that must be kept."""


@dataclass(frozen=True, eq=False)
class Prepare(Request):
    """Load the model before somebody waits for it."""


@dataclass(frozen=True, eq=False)
class OpenPhoto(Request):
    """Read a photo: a file, the encoded bytes of one (from the clipboard), or a picture that Qt holds.

    Attributes
    ----------
    settings : mapping of int to (float, bool)
        Level by face number and whether it is on, where nothing is remembered of the photo.
    """

    source: Path | bytes | QImage
    settings: Mapping[int, tuple[float, bool]] = field(default_factory=dict)

    @property
    def supersedes(self) -> tuple[type[Request], ...]:
        """All that is about the photo before, but what writes a copy of it."""
        return OpenPhoto, FindFaces, ReadFace, Render, Settle, Present, AddFace, DrawSheet


@dataclass(frozen=True, eq=False)
class FindFaces(Request):
    """Find the faces of the open photo; they are told before they are read."""


@dataclass(frozen=True, eq=False)
class ReadFace(Request):
    """Encode the largest face of the open photo that waits for it."""

    can_wait = True

    @property
    def supersedes(self) -> tuple[type[Request], ...]:
        """One at a time."""
        return (ReadFace,)


@dataclass(frozen=True, eq=False)
class Render(Request):
    """Show the photo at these levels, 0 to 150, by face number; quickly. A newer one replaces older ones."""

    levels: Mapping[int, float]

    @property
    def supersedes(self) -> tuple[type[Request], ...]:
        """The latest level wins."""
        return Render, Settle


@dataclass(frozen=True, eq=False)
class Settle(Request):
    """Draw one of the faces anew that were drawn quickly, and give up as soon as another request waits."""

    can_wait = True


@dataclass(frozen=True, eq=False)
class Present(Request):
    """Show the open photo otherwise than it lies in its file, its faces at their levels.

    It is turned by ``quarters`` of a circle, as ``numpy.rot90`` counts them, and ``enlargement`` times as
    wide and high.
    """

    quarters: int
    enlargement: int

    @property
    def supersedes(self) -> tuple[type[Request], ...]:
        """Only the last one is looked at."""
        return (Present,)


@dataclass(frozen=True, eq=False)
class AddFace(Request):
    """Add the face in a box (pixels of the photo as it is shown) that the detector missed."""

    box: QRectF


@dataclass(frozen=True, eq=False)
class DrawSheet(Request):
    """Draw one face at several levels."""

    face: int
    levels: tuple[float, ...]

    @property
    def supersedes(self) -> tuple[type[Request], ...]:
        """Only the newest sheet is looked at."""
        return (DrawSheet,)


@dataclass(frozen=True, eq=False)
class SaveSheet(Request):
    """Write a contact sheet of one face, with a caption under each picture."""

    face: int
    levels: tuple[float, ...]
    captions: tuple[str, ...]
    path: Path
    overwrite: bool


@dataclass(frozen=True, eq=False)
class SavePhoto(Request):
    """Write a copy, `enlargement` times as wide and high as the photo's file.

    ``settings`` are the level of each face and whether it is on; faces that are not named have not been read
    yet, and are saved as they would be shown. ``absent`` are faces whose adding was undone, which are not to
    be remembered. ``format`` is a `PhotoFormat` value, ``quality`` 1 to 100 or None.
    """

    settings: Mapping[int, tuple[float, bool]]
    absent: Collection[int]
    path: Path
    format: str
    quality: int | None
    overwrite: bool
    enlargement: int


@dataclass(frozen=True, eq=False)
class CopyPhoto(Request):
    """Hand the whole photo over for the clipboard; ``settings`` as in `SavePhoto`."""

    settings: Mapping[int, tuple[float, bool]]


@dataclass(frozen=True, eq=False)
class ListPhotos(Request):
    """Turn files and folders into a list of photos."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of a request."""

    stamp: int


@dataclass(frozen=True, eq=False)
class EngineReady(Answer):
    """The model is loaded.

    Attributes
    ----------
    device : str
        ``CPU`` or ``CUDA:N``.
    fallback : str or None
        Why not CUDA, and what to do.
    model, licence, card : str
        Name and version, terms, and the model card as Markdown ("" where there is none).
    """

    device: str
    fallback: str | None
    model: str
    licence: str
    card: str


@dataclass(frozen=True, eq=False)
class Opened(Answer):
    """A photo can be shown.

    Attributes
    ----------
    path : Path or None
        None for a picture from the clipboard.
    name : str
        For the title.
    width, height, bits : int
        Size in pixels as it is shown, bits of a channel.
    format : str
        ``jpeg``, ``png``, ``webp`` or ``tiff``: of the photo, or the nearest to it that is written.
    extension : str
        For a copy of that format.
    foreign : bool
        Whether the photo's file has a format that is not written.
    images : tuple of QImage
        The photo at full size, half, a quarter and so on.
    quarters, enlargement : int
        How it is shown, as it was left, see `Present`.
    restored_at : tuple of float or None
        Levels at which Heirloom made this file, if it did.
    original : Path or None
        The photo that it was made from, where that is known and still there.
    """

    path: Path | None
    name: str
    width: int
    height: int
    bits: int
    format: str
    extension: str
    foreign: bool
    images: tuple[QImage, ...]
    quarters: int = 0
    enlargement: int = 1
    restored_at: tuple[float, ...] | None = None
    original: Path | None = None


@dataclass(frozen=True, eq=False)
class FoundFace:
    """A face of the photo.

    Attributes
    ----------
    number : int
        From 1.
    box : QRectF
        In pixels of the photo as it is shown.
    refusal : str or None
        `Refusal` value: why it is left alone, if nobody gives it a level.
    automatic : float or None
        Its automatic level; None for a face that can't be restored, or has not been read yet.
    printed : bool
        Whether it was printed with a screen, whose dots restoration takes away.
    small : bool
        Whether a larger copy shows more of what it gains.
    picture : QImage
        A small square of it, as the photo shows it.
    """

    number: int
    box: QRectF
    refusal: str | None
    automatic: float | None
    printed: bool
    small: bool
    picture: QImage

    @property
    def waits(self) -> bool:
        """Whether it has not been read yet."""
        return self.automatic is None and self.refusal is None

    @property
    def is_restorable(self) -> bool:
        """Whether it has a dial, or gets one as soon as it is read."""
        return self.automatic is not None or self.waits


@dataclass(frozen=True, eq=False)
class FacesFound(Answer):
    """Where the photo's faces are, and how the user left it.

    Attributes
    ----------
    faces : tuple of FoundFace
        Those that can be restored wait to be read, but for those that were once framed by hand.
    remembered : mapping of int to (float, bool)
        Level of each face by number, and whether it is on.
    standing : int
        Quarters by which it has to be turned, as it lies in its file, for most of its faces to stand.
    """

    faces: tuple[FoundFace, ...]
    remembered: Mapping[int, tuple[float, bool]] = field(default_factory=dict)
    standing: int = 0


@dataclass(frozen=True, eq=False)
class FaceRead(Answer):
    """A face can be drawn.

    Attributes
    ----------
    face : FoundFace
        With all that is known of it.
    left : int
        How many still wait.
    """

    face: FoundFace
    left: int


@dataclass(frozen=True, eq=False)
class Presented(Answer):
    """The photo turned, or at another size.

    Attributes
    ----------
    quarters, enlargement : int
        As in `Present`.
    width, height, images
        As `Opened`.
    faces : tuple of FoundFace
        The same as before, where they are now; they wait to be read once more.
    """

    quarters: int
    enlargement: int
    width: int
    height: int
    images: tuple[QImage, ...]
    faces: tuple[FoundFace, ...]


@dataclass(frozen=True, eq=False)
class FaceAdded(Answer):
    """The face that was framed by hand."""

    face: FoundFace


@dataclass(frozen=True, eq=False)
class Patch:
    """A part of the restored photo.

    Attributes
    ----------
    x, y : int
        Its corner in photo pixels.
    width, height : int
        Its size in photo pixels.
    images : tuple of QImage
        At full size, half, a quarter and so on, like `Opened.images`.
    step : int
        How often the first of them is halved already: what was drawn quickly is not there in full size.
    """

    x: int
    y: int
    width: int
    height: int
    images: tuple[QImage, ...]
    step: int = 0


@dataclass(frozen=True, eq=False)
class Rendered(Answer):
    """The photo at new levels: only what changed.

    Attributes
    ----------
    levels : mapping of int to float
        What is now shown.
    patches : tuple of Patch
        The newest of what changed; each is complete for its place.
    pictures : mapping of int to QImage
        New small squares of the faces that changed.
    milliseconds : float
        From taking the request to this answer.
    settled : bool
        Whether all is as it will be saved; else details are those of a level before, or not there yet.
    """

    levels: Mapping[int, float]
    patches: tuple[Patch, ...]
    pictures: Mapping[int, QImage]
    milliseconds: float
    settled: bool


@dataclass(frozen=True, eq=False)
class SheetDrawn(Answer):
    """One face at several levels, aligned."""

    face: int
    levels: tuple[float, ...]
    images: tuple[QImage, ...]


@dataclass(frozen=True, eq=False)
class Saved(Answer):
    """A file was written: a copy of the photo or a contact sheet."""

    path: Path
    is_sheet: bool


@dataclass(frozen=True, eq=False)
class Copied(Answer):
    """The photo for the clipboard."""

    image: QImage


@dataclass(frozen=True, eq=False)
class Listed(Answer):
    """The photos among files and folders, in the order of their names; and the folder, if it was one."""

    paths: tuple[Path, ...]
    folder: Path | None = None


@dataclass(frozen=True, eq=False)
class Failed(Answer):
    """A request came to nothing.

    Attributes
    ----------
    request : Request
        Which.
    sentence : str
        What the user reads, English; "" where only the details are known.
    details : str
        For those who want to know more.
    """

    request: Request
    sentence: str
    details: str
