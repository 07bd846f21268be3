"""The album at work: what each request of its panel does.

On a thread of its own, where nothing takes long: what does (a run, a dry run, the report) goes to threads
beside it and answers from there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial, singledispatchmethod
from pathlib import Path
from typing import Any

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
    PhotoRow,
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
    WatchAlbum,
    Watched,
    WriteReport,
)
from desktop_app.messages import Request
from desktop_app.pictures import to_image
from desktop_app.restorers import Restorers
from desktop_app.worker import Tell, failure
from engine.album import (
    Album,
    AlbumSettings,
    Cancelled,
    Control,
    Event,
    LevelRule,
    Progress,
    Record,
    State,
    WithoutFaces,
    face_pair,
    preview,
    write_report,
)
from engine.album.places import open_output
from engine.errors import HeirloomError, UsageError
from engine.faces import length
from engine.paths import is_same
from engine.photo import PhotoFormat

_PIECE = 1000  # rows in one answer
_LONG = 4  # a run, a report, a dry run, and the one before that is about to end
_SHOWN = 60  # photos in pictures in the report


class AlbumRoom:
    """One album at a time.

    Parameters
    ----------
    tell : callable
        Takes each answer, from any thread.
    restorers : Restorers
        Shared with the viewer.
    """

    def __init__(self, tell: Tell, restorers: Restorers) -> None:
        self._tell, self._restorers = tell, restorers
        self._album: Album | None = None
        self._stamp = 0
        self._looking, self._running, self._reporting = Control(), Control(), Control()
        self._run: Future[None] | None = None
        self._long = ThreadPoolExecutor(_LONG, thread_name_prefix="album-long")

    def close(self) -> None:
        """End everything, and close the album; it can be opened again."""
        for control in (self._looking, self._running, self._reporting):
            control.cancel()
        self._long.shutdown()
        self._close_album()

    @singledispatchmethod
    def handle(self, request: Request) -> None:
        """Do what a request asks for and answer it; what is about another album than the open one is dropped.

        Raises
        ------
        HeirloomError
            With one sentence for the user.
        """
        raise TypeError(f"nobody handles {type(request).__name__}")

    # Before there is a job

    @handle.register
    def _preview(self, request: PreviewAlbum) -> None:
        self._looking.cancel()
        self._looking = Control()
        self._long.submit(self._look_through, request, self._looking)

    @handle.register
    def _end_preview(self, request: EndPreview) -> None:
        self._looking.cancel()

    def _look_through(self, request: PreviewAlbum, control: Control) -> None:
        choice = request.choice
        try:
            restorer = self._restorers.get()
            control.checkpoint()
            settings = _settings(choice)
            seen = preview([choice.folder], choice.output, settings, restorer, control=control)
        except Cancelled:
            return
        except Exception as error:
            self._tell(failure(request, error))
            return
        self._tell(
            Previewed(
                request.stamp,
                choice,
                seen.photos,
                seen.finished,
                seen.sampled,
                seen.unreadable,
                seen.faces,
                seen.seconds,
                seen.bytes,
                seen.free_bytes,
            )
        )

    @handle.register
    def _look(self, request: LookAtAlbum) -> None:
        progress = Album.look(request.output)
        standing = None if progress is None else _standing(progress)
        self._tell(AlbumSeen(request.stamp, request.output, standing))

    @handle.register
    def _open(self, request: OpenAlbum) -> None:
        choice = request.choice
        wanted = [choice.folder], choice.output, _settings(choice)
        opens = partial(Album.open, *wanted, resume=True, overwrite=choice.overwrite)
        self._replace(request, choice.output, opens)

    @handle.register
    def _reopen(self, request: ReopenAlbum) -> None:
        self._replace(request, request.output, partial(Album.reopen, request.output))

    def _replace(self, request: Request, output: str, opens: Callable[[], Album]) -> None:
        """Open another album in the place of the open one, which stays where that can't be."""
        self._end_work()
        former = self._album
        try:
            if former is not None and is_same(former.output.folder, open_output(output).folder):
                self._close_album()  # its lock would keep the other one out
            album = opens()
        except Exception:
            if former is not None:
                with suppress(HeirloomError):  # what is told is why the other one can't be opened
                    self._take_in(request, self._album or Album.reopen(former.output.shown("")), stays=True)
            raise
        self._close_album()
        self._take_in(request, album)

    def _take_in(self, request: Request, album: Album, stays: bool = False) -> None:
        self._album, self._stamp = album, request.stamp
        job = album.journal.job()
        folders = job.inputs if job is not None else ()
        settings = album.settings
        choice = AlbumChoice(
            ", ".join(folders),
            album.output.shown("").rstrip("/\\"),
            str(settings.level),
            None if settings.format is None else settings.format.value,
            settings.quality,
            settings.enlargement,
            settings.upright,
            settings.without_faces is WithoutFaces.COPY,
            album.overwrite,
        )
        model = f"{album.model.name} {album.model.version}"
        standing = _standing(album.progress())
        self._tell(AlbumOpened(request.stamp, choice, model, standing, album.notices, stays))
        piece: list[PhotoRow] = []
        for record in album.records():
            piece.append(_row(album, record))
            if len(piece) == _PIECE:
                self._tell(RowsRead(request.stamp, tuple(piece)))
                piece.clear()
        self._tell(RowsRead(request.stamp, tuple(piece)))

    @handle.register
    def _end(self, request: CloseAlbum) -> None:
        self._close_album()

    def _end_work(self) -> None:
        self._running.cancel()
        self._reporting.cancel()
        if self._run is not None:
            wait([self._run])
            self._run = None

    def _close_album(self) -> None:
        self._end_work()
        if self._album is not None:
            self._album.close()
            self._album = None

    # The job

    @handle.register
    def _start(self, request: RunAlbum) -> None:
        album = self._opened(request)
        if self._run is not None:
            wait([self._run])  # it has said already that it is over
        self._running = Control()
        self._tell(AlbumRuns(request.stamp, self._running))
        self._run = self._long.submit(self._restore, request, album, self._running)

    def _restore(self, request: RunAlbum, album: Album, control: Control) -> None:
        def observe(event: Event) -> None:
            row, standing = _row(album, event.record), _standing(event.progress)
            self._tell(PhotoEnded(request.stamp, row, standing))

        stopped = True
        try:
            restorer = self._restorers.get(album.model.reference)
            stopped = album.run(restorer, control, observe).cancelled
        except Exception as error:
            self._tell(failure(request, error))
        finally:
            self._tell(AlbumRan(request.stamp, _standing(album.progress()), stopped))

    @handle.register
    def _watch(self, request: WatchAlbum) -> None:
        running = self._opened(request).records(State.RUNNING)
        self._tell(Watched(request.stamp, frozenset(record.id for record in running)))

    @handle.register
    def _set_levels(self, request: SetLevels) -> None:
        album = self._opened(request)
        busy: UsageError | None = None
        for id_ in request.ids:
            try:
                album.set_level(id_, request.level)
            except UsageError as error:
                busy = error
        self._tell_changed(request, album, request.ids)
        if busy is not None:
            raise busy

    @handle.register
    def _retry(self, request: RetryFailed) -> None:
        album = self._opened(request)
        failed = [record.id for record in album.records(State.FAILED)]
        again = failed if request.ids is None else [id_ for id_ in failed if id_ in request.ids]
        album.retry_failed(again)
        self._tell_changed(request, album, again)

    def _tell_changed(self, request: Request, album: Album, ids: Collection[int]) -> None:
        rows = tuple(_row(album, album.record(id_)) for id_ in ids)
        self._tell(RowsChanged(request.stamp, rows, _standing(album.progress())))

    @handle.register
    def _report(self, request: WriteReport) -> None:
        self._reporting.cancel()
        self._reporting = Control()
        output = self._opened(request).output.shown("")
        self._long.submit(self._write_report, request, output, self._reporting)

    def _write_report(self, request: WriteReport, output: str, control: Control) -> None:
        try:
            path = write_report(output, most=_SHOWN, control=control)
        except Cancelled:
            return
        except Exception as error:
            self._tell(failure(request, error))
            return
        self._tell(ReportWritten(request.stamp, path))

    @handle.register
    def _show_face(self, request: ShowFace) -> None:
        album = self._opened(request)
        record = album.record(request.id)
        faces = [face for face in record.faces if face.level is not None]
        if record.output is None or record.state is not State.DONE or not faces:
            return
        largest = max(faces, key=lambda face: length(face.box))
        copy = Path(album.output.shown(record.output))
        before, after = face_pair(Path(record.source), copy, largest.box, largest.turned, request.side)
        self._tell(FaceShown(request.stamp, request.id, to_image(before), to_image(after)))

    def _opened(self, request: Request) -> Album:
        if self._album is None or request.stamp != self._stamp:
            raise UsageError("This album is not open any more; open it again.")
        return self._album


def _settings(choice: AlbumChoice) -> AlbumSettings:
    return AlbumSettings(
        LevelRule.parse(choice.level),
        None if choice.format is None else PhotoFormat(choice.format),
        choice.quality,
        choice.enlargement,
        choice.upright,
        WithoutFaces.COPY if choice.copies else WithoutFaces.SKIP,
    )


def _standing(progress: Progress) -> Standing:
    return Standing(
        progress.total, progress.done, progress.no_face, progress.failed, progress.rate, progress.eta
    )


def _row(album: Album, record: Record) -> PhotoRow:
    numbered: Iterable[tuple[int, Any]] = enumerate(record.faces, 1)
    drawn = [(number, face.level) for number, face in numbered if face.level is not None]
    has_ended = record.state in (State.DONE, State.NO_FACE)
    return PhotoRow(
        id=record.id,
        source=record.source,
        name=record.relative,
        state=record.state.value,
        levels=tuple(level for _, level in drawn) if has_ended else (),
        faces=tuple(number for number, _ in drawn) if has_ended else (),
        left_alone=tuple((n, face.refusal) for n, face in enumerate(record.faces, 1) if face.refusal)
        if has_ended
        else (),
        # The row says which photo: its whole path would leave no room for what is wrong.
        sentence=(record.sentence or "").replace(record.source, record.source.rpartition("/")[2])
        if record.state is State.FAILED
        else "",
        output=album.output.shown(record.output) if has_ended and record.output is not None else "",
        own_level=record.own_level,
        unsure=has_ended and record.unsure,
    )
