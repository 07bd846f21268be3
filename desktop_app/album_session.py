"""Between the album's panel and its thread: what the job is doing, what a person may do with it."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.album_messages import (
    AlbumChoice,
    AlbumOpened,
    AlbumRan,
    AlbumRuns,
    AlbumSeen,
    CloseAlbum,
    EndPreview,
    FaceShown,
    LookAtAlbum,
    OpenAlbum,
    PhotoEnded,
    PreviewAlbum,
    Previewed,
    ReopenAlbum,
    ReportWritten,
    RetryFailed,
    RowsChanged,
    RowsRead,
    RunAlbum,
    SetLevels,
    ShowFace,
    Standing,
    Steering,
    WatchAlbum,
    Watched,
    WriteReport,
)
from desktop_app.messages import Answer, Failed
from desktop_app.restorers import Restorers
from desktop_app.worker import Room, Tell, WorkerThread

_WATCH = 1000  # milliseconds between two looks at what is being restored


class Phase(Enum):
    """What the album is doing."""

    CLOSED = "closed"
    OPENING = "opening"
    RESTING = "resting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


class AlbumSession(QObject):
    """Posts requests, takes answers, and knows the state of the job.

    Parameters
    ----------
    restorers : Restorers
        Shared with the viewer.
    """

    previewed = Signal(object)
    """`Previewed`."""
    previewFailed = Signal(object)
    """`Failed`."""
    seen = Signal(object)
    """`AlbumSeen`."""
    opening = Signal()
    """Another job is being opened; the rows of the one before are no longer those of an album."""
    opened = Signal(object)
    """`AlbumOpened`: a job is open; its rows follow."""
    closed = Signal()
    rowsRead = Signal(object)
    """Tuple of `PhotoRow`, appended to those before."""
    rowsChanged = Signal(object)
    """Tuple of `PhotoRow`, each in place of the one with its id."""
    watched = Signal(object)
    """Ids of the photos that are being restored."""
    phaseChanged = Signal()
    """Of the job, or how far it is."""
    finished = Signal()
    """The run came to its end; nothing waits."""
    reportWritten = Signal(object)
    """`ReportWritten`."""
    faceShown = Signal(object)
    """`FaceShown`."""
    failed = Signal(object)
    """`Failed`."""

    def __init__(self, restorers: Restorers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = Phase.CLOSED
        self.album: AlbumOpened | None = None
        self.standing = Standing(0, 0, 0, 0)
        self.is_reporting = False
        self._changes = 0  # that photos are to wait again for, and are not known to
        self._stamp = 0
        self._control: Steering | None = None
        self._timer = QTimer(self, interval=_WATCH)
        self._thread = WorkerThread("album", partial(_make_room, restorers), self)
        self._timer.timeout.connect(lambda: self._thread.post(WatchAlbum(self._stamp)))
        self._thread.answered.connect(self._receive)

    @property
    def is_busy(self) -> bool:
        """Whether a run is going on, also a paused one."""
        return self.phase in (Phase.RUNNING, Phase.PAUSED, Phase.STOPPING)

    @property
    def can_be_steered(self) -> bool:
        """Whether a run can be paused, resumed and stopped."""
        return self._control is not None and self.phase in (Phase.RUNNING, Phase.PAUSED)

    @property
    def is_changing(self) -> bool:
        """Whether photos are about to wait again, as a level was chosen or they are to be tried again."""
        return self._changes > 0

    # Before there is a job

    def preview(self, choice: AlbumChoice) -> None:
        """Ask what a job would do."""
        self._thread.post(PreviewAlbum(self._stamp, choice))

    def end_preview(self) -> None:
        """Nobody wants to know any more."""
        self._thread.post(EndPreview(self._stamp))

    def look(self, output: str) -> None:
        """Ask where the job in an output folder stands."""
        self._thread.post(LookAtAlbum(self._stamp, output))

    def start(self, choice: AlbumChoice) -> None:
        """Begin a job, or go on with the one in its output folder."""
        self._begin()
        self._thread.post(OpenAlbum(self._stamp, choice))

    def reopen(self, output: str) -> None:
        """Go on with the job of an output folder."""
        self._begin()
        self._thread.post(ReopenAlbum(self._stamp, output))

    def close(self) -> None:
        """Close the job; a run ends first."""
        self._thread.post(CloseAlbum(self._stamp))
        self._stamp += 1
        self._forget()
        self.closed.emit()

    # The job

    def run(self) -> None:
        """Restore every waiting photo."""
        if self.phase is Phase.RESTING:
            self._set_phase(Phase.RUNNING)
            self._thread.post(RunAlbum(self._stamp))

    def pause(self) -> None:
        """Begin no other photo."""
        if self._control is not None and self.phase is Phase.RUNNING:
            self._control.pause()
            self._set_phase(Phase.PAUSED)

    def resume(self) -> None:
        """Go on after a pause or a stop."""
        if self._control is not None and self.phase is Phase.PAUSED:
            self._control.resume()
            self._set_phase(Phase.RUNNING)
        else:
            self.run()

    def cancel(self) -> None:
        """Stop; photos that were begun wait again."""
        if self._control is not None and self.can_be_steered:
            self._control.cancel()
            self._set_phase(Phase.STOPPING)

    def set_levels(self, ids: Collection[int], level: float | None) -> None:
        """Choose the level of photos; they are restored again at once, or with those that wait."""
        self._change(SetLevels(self._stamp, tuple(ids), level))

    def retry(self, ids: Collection[int] | None = None) -> None:
        """Try failed photos again, all when `ids` is None; at once, or with those that wait."""
        self._change(RetryFailed(self._stamp, None if ids is None else tuple(ids)))

    def write_report(self) -> None:
        """Write the page about the album."""
        if not self.is_reporting:
            self.is_reporting = True
            self._thread.post(WriteReport(self._stamp))
            self.phaseChanged.emit()

    def show_face(self, id_: int, side: int) -> None:
        """Ask for a photo's largest face before and after, `side` pixels wide."""
        self._thread.post(ShowFace(self._stamp, id_, side))

    def stop(self) -> None:
        """End the run and the thread, once the album knows the levels that were chosen."""
        self._timer.stop()
        self._thread.stop()

    def _begin(self) -> None:
        self._stamp += 1
        self._forget()
        self._set_phase(Phase.OPENING)
        self.opening.emit()

    def _change(self, request: SetLevels | RetryFailed) -> None:
        if self.album is not None:  # else its photos are those of another one
            self._changes += 1
            self._thread.post(request)

    def _forget(self) -> None:
        self.album, self._control, self._changes = None, None, 0
        self.standing, self.is_reporting = Standing(0, 0, 0, 0), False
        self._set_phase(Phase.CLOSED)

    def _set_phase(self, phase: Phase) -> None:
        self.phase = phase
        if phase in (Phase.RUNNING, Phase.STOPPING):
            self._timer.start()
        else:
            self._timer.stop()
        self.phaseChanged.emit()

    def _receive(self, answer: Answer) -> None:
        match answer:
            case Previewed():
                self.previewed.emit(answer)
            case AlbumSeen():
                self.seen.emit(answer)
            case Failed() if isinstance(answer.request, PreviewAlbum):
                self.previewFailed.emit(answer)
            case Failed() if isinstance(answer.request, LookAtAlbum | ShowFace | WatchAlbum):
                pass  # an offer, a picture, a light: nobody asked for them
            case _ if answer.stamp != self._stamp:
                pass
            case AlbumOpened():
                self.album, self.standing = answer, answer.standing
                self._set_phase(Phase.RESTING)
                self.opened.emit(answer)
            case RowsRead():
                self.rowsRead.emit(answer.rows)
            case AlbumRuns():
                self._control = answer.control
                self.phaseChanged.emit()
            case PhotoEnded():
                self.standing = answer.standing
                self.rowsChanged.emit((answer.row,))
                self.phaseChanged.emit()
            case Watched():
                self.watched.emit(answer.ids if self.is_busy else frozenset())
            case RowsChanged():
                self._take_changed(answer)
            case AlbumRan():
                self._take_end(answer)
            case ReportWritten():
                self.is_reporting = False
                self.phaseChanged.emit()
                self.reportWritten.emit(answer)
            case FaceShown():
                self.faceShown.emit(answer)
            case Failed():
                self._take_failure(answer)

    def _take_changed(self, answer: RowsChanged) -> None:
        others_wait = self.standing.remaining > 0  # in an album that was stopped: it stays so
        self._changes -= 1
        self.standing = answer.standing
        self.rowsChanged.emit(answer.rows)
        self.phaseChanged.emit()
        if self.standing.remaining and not others_wait:
            self.run()

    def _take_end(self, answer: AlbumRan) -> None:
        self._control, self.standing = None, answer.standing
        self.watched.emit(frozenset())
        self._set_phase(Phase.RESTING)
        if not answer.stopped:
            if answer.standing.remaining:
                self.run()  # one was sent back while the last ones ended
            else:
                self.finished.emit()

    def _take_failure(self, answer: Failed) -> None:
        self._changes -= isinstance(answer.request, SetLevels | RetryFailed)
        if self.phase is Phase.OPENING:
            self._forget()
            self.closed.emit()
        self.is_reporting = self.is_reporting and not isinstance(answer.request, WriteReport)
        self.phaseChanged.emit()
        self.failed.emit(answer)


def _make_room(restorers: Restorers, tell: Tell) -> Room:
    from desktop_app.album_room import AlbumRoom  # here: it takes its time

    return AlbumRoom(tell, restorers)
