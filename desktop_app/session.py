"""Between the window and the engine: which photo is open, what is under way, what came back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QImage

from desktop_app.document import Document, Setting
from desktop_app.messages import (
    AddFace,
    Answer,
    Copied,
    CopyPhoto,
    DrawSheet,
    EngineReady,
    FaceAdded,
    FaceRead,
    FacesFound,
    Failed,
    FindFaces,
    Listed,
    ListPhotos,
    Opened,
    OpenPhoto,
    Prepare,
    Present,
    Presented,
    ReadFace,
    Render,
    Rendered,
    Request,
    Saved,
    SavePhoto,
    SaveSheet,
    Settle,
    SheetDrawn,
)
from desktop_app.photo_series import FaceSettings, PhotoSeries
from desktop_app.restorers import Restorers
from desktop_app.worker import Mailbox, Room, Tell, WorkerThread

_SETTLES_AFTER = 120
"""Milliseconds without a move of the dial until faces that were drawn quickly are drawn finely."""


@dataclass(frozen=True, eq=False)
class _Writing:
    """A file that is being written, of which document, and with what decisions; a sheet holds none."""

    path: Path
    document: Document
    decisions: dict[int, Setting] | None = None


class Session(QObject):
    """Posts requests, takes answers, and keeps the presentation model.

    Parameters
    ----------
    restorers : Restorers
        Shared with the album.
    """

    opening = Signal(str)
    """A photo is being read; its name."""
    opened = Signal(object)
    """`Opened`: `document` is the new one."""
    searched = Signal(object)
    """`FacesFound`."""
    presented = Signal(object)
    """`Presented`."""
    rendered = Signal(object)
    """`Rendered`."""
    engineReady = Signal(object)
    """`EngineReady`."""
    sheetDrawn = Signal(object)
    """`SheetDrawn`."""
    saved = Signal(object)
    """`Saved`."""
    copied = Signal(object)
    """QImage of the whole photo."""
    failed = Signal(object)
    """`Failed`."""
    busyChanged = Signal()

    def __init__(self, restorers: Restorers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document: Document | None = None
        self.series = PhotoSeries()
        """The photos that were opened together, and the open one's place."""
        self.engine: EngineReady | None = None
        self.is_opening = self.is_searching = False
        self.unread = 0
        """How many faces wait to be read."""
        self._stamp = 0
        self._quarters, self._enlargement = 0, 1  # how the photo is to be shown, and soon is
        self._coming: PhotoSeries | None = None  # of the photo that is being opened
        self._unreadable: list[Failed] = []  # what was passed over on the way to it
        self._writing: deque[_Writing] = deque()  # in the order in which they are written
        mailbox = Mailbox()
        make_room = partial(_make_room, restorers, mailbox.holds)
        self._thread = WorkerThread("engine", make_room, self, mailbox)
        self._thread.answered.connect(self._receive)
        self._resting = QTimer(self, interval=_SETTLES_AFTER, singleShot=True)
        self._resting.timeout.connect(self._settle)

    def prepare(self) -> None:
        """Load the model in the background."""
        self._thread.post(Prepare(self._stamp))

    def open_paths(self, paths: list[Path]) -> None:
        """Open files and folders: the first photo is shown, the others wait for their turn."""
        if paths:
            self.opening.emit(paths[0].name)
            self._set_busy(is_opening=True)
            self._thread.post(ListPhotos(self._stamp, tuple(paths)))

    def open_among(
        self, photos: tuple[Path, ...], index: int, settings_of: Callable[[int], FaceSettings]
    ) -> None:
        """Open one of several photos that are known to be photos.

        Parameters
        ----------
        photos : tuple of Path
        index : int
            Of the one to open.
        settings_of : callable
            Gives the settings of the photo at a place, where nothing is remembered of it.
        """
        self._go_to(PhotoSeries(photos, index, settings_of=settings_of))

    def open_picture(self, source: bytes | QImage) -> None:
        """Open what the clipboard held."""
        self._open(source, PhotoSeries())

    def step(self, by: int) -> None:
        """Go to the next photo (1) or the one before (-1) that can be read, from the one asked for last."""
        self._go_to((self._coming or self.series).moved(by))

    @property
    def is_saving(self) -> bool:
        """Whether a file is being written."""
        return bool(self._writing)

    @property
    def being_written(self) -> Collection[Path]:
        """The files that are being written, or wait for it."""
        return tuple(one.path for one in self._writing)

    def is_being_saved(self, document: Document) -> bool:
        """Tell whether a copy of a photo is being written as it is now shown."""
        return any(one.document is document and one.decisions == document.decisions for one in self._writing)

    def add_face(self, box: QRectF) -> None:
        """Add the face in a box, pixels of the photo as it is shown."""
        if self.document is not None:
            self._set_busy(is_searching=True)
            self._thread.post(AddFace(self.document.stamp, box))

    def enlarge(self, enlargement: int) -> None:
        """Show the photo so many times as wide and high as its file."""
        self._present(self._quarters, enlargement)

    def turn(self, quarters: int) -> None:
        """Turn the photo by quarters of a circle, anticlockwise."""
        self._present((self._quarters + quarters) % 4, self._enlargement)

    def draw_sheet(self, document: Document, face: int, levels: tuple[float, ...]) -> None:
        """Ask for a face at several levels."""
        self._thread.post(DrawSheet(document.stamp, face, levels))

    def save_sheet(
        self,
        document: Document,
        face: int,
        levels: tuple[float, ...],
        captions: tuple[str, ...],
        path: Path,
        overwrite: bool,
    ) -> None:
        """Write the contact sheet of a face."""
        request = SaveSheet(document.stamp, face, levels, captions, path, overwrite)
        self._write(request, _Writing(path, document))

    def save(
        self,
        document: Document,
        path: Path,
        format_: str,
        quality: int | None,
        overwrite: bool,
        enlargement: int,
    ) -> None:
        """Write a copy of a photo as it is now shown, `enlargement` times as wide and high.

        It fails if another one has been opened since: its path was chosen for this one.
        """
        how = (path, format_, quality, overwrite, enlargement)
        request = SavePhoto(document.stamp, document.settings, document.absent, *how)
        self._write(request, _Writing(path, document, document.decisions))

    def copy(self) -> None:
        """Ask for the whole photo as it is now shown."""
        if self.document is not None:
            self._thread.post(CopyPhoto(self.document.stamp, self.document.settings))

    def stop(self) -> None:
        """End the engine's thread."""
        self._resting.stop()
        self._thread.stop()

    def _open(self, source: Path | bytes | QImage, series: PhotoSeries) -> None:
        self._coming = series
        self._stamp += 1
        self.opening.emit(source.name if isinstance(source, Path) else "")
        self._set_busy(is_opening=True)
        self._thread.post(OpenPhoto(self._stamp, source, series.settings))

    def _go_to(self, series: PhotoSeries | None) -> bool:
        """Open the photo that is meant, if there is one."""
        if series is None or series.path is None:
            return False
        self._open(series.path, series)
        return True

    def _write(self, request: SavePhoto | SaveSheet, writing: _Writing) -> None:
        self._writing.append(writing)
        self._thread.post(request)
        self.busyChanged.emit()

    def _render(self) -> None:
        document = self.document
        if document is not None and document.searched and (document.levels or not self.unread):
            self._resting.stop()
            self._thread.post(Render(document.stamp, document.levels))

    def _present(self, quarters: int, enlargement: int) -> None:
        if self.document is not None and self.document.searched:
            self._quarters, self._enlargement = quarters, enlargement
            self._thread.post(Present(self.document.stamp, quarters, enlargement))

    def _settle(self) -> None:
        if self.document is not None:
            self._thread.post(Settle(self.document.stamp))

    def _read(self, left: int) -> None:
        """Have the next face read, if there is one left."""
        self.unread = left
        if left and self.document is not None:
            self._thread.post(ReadFace(self.document.stamp))
        self.busyChanged.emit()

    def _set_busy(self, is_opening: bool | None = None, is_searching: bool | None = None) -> None:
        self.is_opening = self.is_opening if is_opening is None else is_opening
        self.is_searching = self.is_searching if is_searching is None else is_searching
        if self.document is not None:
            self.document.is_leaving = self.is_opening
        self.busyChanged.emit()

    def _receive(self, answer: Answer) -> None:
        document = self.document
        is_current = document is not None and document.stamp == answer.stamp
        match answer:
            case EngineReady():
                self.engine = answer
                self.engineReady.emit(answer)
            case Listed():
                self._go_to(PhotoSeries(answer.paths, 0, answer.folder, onward=1))
            case Opened() if answer.stamp == self._stamp:
                self._show(answer)
            case FacesFound() if is_current and document is not None:
                self._set_busy(is_searching=False)
                self._read(sum(face.waits for face in answer.faces))
                document.set_found(answer)
                self.searched.emit(answer)
            case FaceRead() if is_current and document is not None:
                document.set_read(answer)  # whereupon it is drawn first, as reading can wait
                self._read(answer.left)
            case FaceAdded() if is_current and document is not None:
                self._set_busy(is_searching=False)
                document.add(answer.face)
            case Presented() if is_current and document is not None:
                document.set_presented(answer)
                self._read(sum(face.waits for face in answer.faces))
                self.presented.emit(answer)
            case Rendered() if is_current and document is not None:
                document.set_rendered(answer)
                newest = all(answer.levels.get(face, at) == at for face, at in document.levels.items())
                if newest and not answer.settled:  # else a request waits whose answer will be the newest
                    self._resting.start()
                self.rendered.emit(answer)
            case SheetDrawn() if is_current:
                self.sheetDrawn.emit(answer)
            case Saved():
                written = self._written()
                if written.document is document and written.decisions == document.decisions:
                    document.undo.setClean()  # else it was turned further meanwhile
                self.saved.emit(answer)
            case Copied():
                self.copied.emit(answer.image)
            case Failed():
                self._fail(answer)

    def _written(self) -> _Writing:
        """Give the file that was written, or could not be: the one that was asked for first."""
        written = self._writing.popleft()
        self.busyChanged.emit()
        return written

    def _show(self, answer: Opened) -> None:
        if self.document is not None:
            self.document.deleteLater()
        self.document = Document(answer, self)
        self._quarters, self._enlargement = answer.quarters, answer.enlargement
        self.series, self._coming = self._coming or PhotoSeries(), None
        self.document.settingsChanged.connect(self._render)
        self._set_busy(is_opening=False, is_searching=True)
        self.unread = 0
        self.opened.emit(answer)
        self._thread.post(FindFaces(answer.stamp))
        self._tell_unreadable()

    def _resume(self, document: Document) -> None:
        """Ask again for what was dropped in favour of a photo that then turned out to be unreadable."""
        self._quarters, self._enlargement = document.quarters, document.enlargement
        self._set_busy(is_searching=not document.searched)
        if not document.searched:
            self._thread.post(FindFaces(document.stamp))
        self._read(self.unread)
        self._render()

    def _fail(self, answer: Failed) -> None:
        is_current = self.document is not None and self.document.stamp == answer.stamp
        match answer.request:
            case OpenPhoto() if answer.stamp == self._stamp:
                self._pass_over(answer)
                return
            case ListPhotos():
                self._set_busy(is_opening=False)
            case OpenPhoto():
                return  # nobody waits for that photo any more
            case FindFaces() | AddFace() if is_current:
                self._set_busy(is_searching=False)
            case ReadFace() if is_current:
                self._read(0)
            case SavePhoto() | SaveSheet():
                self._written()
            case Present() if is_current and self.document is not None:
                self._quarters, self._enlargement = self.document.quarters, self.document.enlargement
        self.failed.emit(answer)

    def _pass_over(self, unreadable: Failed) -> None:
        """Go on to the next photo of the series where one can't be read; that is told when one is open."""
        self._unreadable.append(unreadable)
        coming, self._coming = self._coming, None
        if coming is not None and self._go_to(coming.behind_unreadable(self.series)):
            return
        self._set_busy(is_opening=False)
        if self.document is not None:
            self._resume(self.document)
        self._tell_unreadable()

    def _tell_unreadable(self) -> None:
        """Tell of the first photo that could not be read, with the others among the details."""
        failures, self._unreadable = self._unreadable, []
        if failures:
            details = "\n\n".join([*(one.sentence for one in failures[1:]), failures[0].details])
            self.failed.emit(replace(failures[0], details=details))


def _make_room(restorers: Restorers, waits: Callable[[type[Request]], bool], tell: Tell) -> Room:
    from desktop_app.engine_room import EngineRoom  # here: it takes its time

    return EngineRoom(tell, restorers, waits)
