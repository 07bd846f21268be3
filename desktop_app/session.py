"""Between the window and the engine: which photo is open, what is under way, what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from desktop_app.restorers import Restorers
from desktop_app.worker import Mailbox, Room, Tell, WorkerThread

_SETTLES_AFTER = 120
"""Milliseconds without a move of the dial until faces that were drawn quickly are drawn finely."""


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
        self.photos: tuple[Path, ...] = ()
        """The photos that were opened together."""
        self.folder: Path | None = None
        """The folder that they came from, when a folder was opened."""
        self.index: int | None = None
        """Place of the open photo among `photos`, from 0."""
        self.engine: EngineReady | None = None
        self.is_opening = self.is_searching = self.is_saving = False
        self.unread = 0
        """How many faces wait to be read."""
        self._stamp = 0
        self._quarters, self._enlargement = 0, 1  # how the photo is to be shown, and soon is
        self._saved: dict[int, Setting] = {}
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
        self, photos: tuple[Path, ...], index: int, settings: Mapping[int, tuple[float, bool]]
    ) -> None:
        """Open one of several photos that are known to be photos.

        Parameters
        ----------
        photos : tuple of Path
        index : int
            Of the one to open.
        settings : mapping of int to (float, bool)
            Level by face number and whether it is on, where nothing is remembered of the photo.
        """
        self.photos = photos
        self.opening.emit(photos[index].name)
        self._open(photos[index], settings)

    def open_picture(self, source: bytes | QImage) -> None:
        """Open what the clipboard held."""
        self.photos = ()
        self.opening.emit("")
        self._open(source)

    def step(self, by: int) -> None:
        """Go to the next photo (1) or the one before (-1)."""
        index = self.index
        if index is not None and 0 <= index + by < len(self.photos):
            self.opening.emit(self.photos[index + by].name)
            self._open(self.photos[index + by])

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
    ) -> None:
        """Write the contact sheet of a face."""
        self._thread.post(SaveSheet(document.stamp, face, levels, captions, path))

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
        self._saved = document.decisions
        self._set_busy(is_saving=True)
        self._thread.post(
            SavePhoto(document.stamp, document.settings, path, format_, quality, overwrite, enlargement)
        )

    def copy(self) -> None:
        """Ask for the whole photo as it is now shown."""
        if self.document is not None:
            self._thread.post(CopyPhoto(self.document.stamp, self.document.settings))

    def stop(self) -> None:
        """End the engine's thread."""
        self._resting.stop()
        self._thread.stop()

    def _open(
        self, source: Path | bytes | QImage, settings: Mapping[int, tuple[float, bool]] | None = None
    ) -> None:
        self._stamp += 1
        self._set_busy(is_opening=True)
        self._thread.post(OpenPhoto(self._stamp, source, settings or {}))

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

    def _set_busy(
        self, is_opening: bool | None = None, is_searching: bool | None = None, is_saving: bool | None = None
    ) -> None:
        self.is_opening = self.is_opening if is_opening is None else is_opening
        self.is_searching = self.is_searching if is_searching is None else is_searching
        self.is_saving = self.is_saving if is_saving is None else is_saving
        self.busyChanged.emit()

    def _receive(self, answer: Answer) -> None:
        document = self.document
        is_current = document is not None and document.stamp == answer.stamp
        match answer:
            case EngineReady():
                self.engine = answer
                self.engineReady.emit(answer)
            case Listed():
                self.photos, self.folder = answer.paths, answer.folder
                self._open(answer.paths[0])
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
                self._set_busy(is_saving=self.is_saving and answer.is_sheet)
                if is_current and document is not None and not answer.is_sheet:
                    self._set_clean(document)
                self.saved.emit(answer)
            case Copied():
                self.copied.emit(answer.image)
            case Failed():
                self._fail(answer)

    def _set_clean(self, document: Document) -> None:
        if document.decisions == self._saved:  # not turned further meanwhile
            document.undo.setClean()

    def _show(self, answer: Opened) -> None:
        if self.document is not None:
            self.document.deleteLater()
        self.document = Document(answer, self)
        self._quarters, self._enlargement = answer.quarters, answer.enlargement
        # Once, not whenever it is asked for: a folder may hold fifty thousand.
        self.index = self.photos.index(answer.path) if answer.path in self.photos else None
        self.document.settingsChanged.connect(self._render)
        self._set_busy(is_opening=False, is_searching=True)
        self.unread = 0
        self.opened.emit(answer)
        self._thread.post(FindFaces(answer.stamp))

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
                self._set_busy(is_opening=False)
                if self.document is not None:
                    self._resume(self.document)
            case ListPhotos():
                self._set_busy(is_opening=False)
            case OpenPhoto():
                return  # nobody waits for that photo any more
            case FindFaces() | AddFace() if is_current:
                self._set_busy(is_searching=False)
            case ReadFace() if is_current:
                self._read(0)
            case SavePhoto():
                self._set_busy(is_saving=False)
            case Present() if is_current and self.document is not None:
                self._quarters, self._enlargement = self.document.quarters, self.document.enlargement
        self.failed.emit(answer)


def _make_room(restorers: Restorers, waits: Callable[[type[Request]], bool], tell: Tell) -> Room:
    from desktop_app.engine_room import EngineRoom  # here: it takes its time

    return EngineRoom(tell, restorers, waits)
