"""A job in its output folder: opened, run, watched, steered. What command line and desktop drive."""

from __future__ import annotations

import hashlib
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from engine.album.journal import FOLDER, Journal, Record, State
from engine.album.pipeline import Crew, Pipeline
from engine.album.places import FolderLock, Output, gone, is_url, open_output, stamp_of
from engine.album.progress import Control, Event, Meter, Progress
from engine.album.recovery import ENDED, begin, look_again, settle, still_holds, take_in
from engine.album.settings import LEVEL_MAX, AlbumSettings, describe_changes
from engine.album.sources import find_photos
from engine.album.steps import Originals
from engine.errors import HeirloomError, UsageError, named
from engine.restore import Restorer
from engine.runtime import ModelInfo, find_model


@dataclass(frozen=True)
class Summary:
    """How a run ended.

    Attributes
    ----------
    total, done, no_face, failed, waiting : int
        Photos of the job by state.
    seconds : float
        Length of the run.
    cancelled : bool
        Whether it was stopped before its end.
    """

    total: int
    done: int
    no_face: int
    failed: int
    waiting: int
    seconds: float
    cancelled: bool

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return asdict(self) | {"seconds": round(self.seconds, 2)}


@dataclass(frozen=True)
class Job:
    """What a job was asked to do.

    Attributes
    ----------
    settings : AlbumSettings
    model : str
        Name of the model, or its folder, as `find_model` takes it.
    inputs : tuple of str
        Folders, photos, patterns or URLs.
    overwrite : bool
        Whether existing files may be replaced.
    """

    settings: AlbumSettings
    model: str
    inputs: tuple[str, ...]
    overwrite: bool


class Album:
    """A job in its output folder. Make one by `open` or `reopen`; use it as a context manager, or `close` it.

    All methods may be called from any thread, also while `run` runs in another.

    Attributes
    ----------
    settings : AlbumSettings
    output : Output
    notices : tuple of str
        Sentences for the user about how the job was opened: a new job because of changed settings, folders
        left out.
    """

    def __init__(
        self,
        output: Output,
        journal: Journal,
        lock: FolderLock,
        settings: AlbumSettings,
        model: ModelInfo,
        overwrite: bool,
        notices: Sequence[str],
        left_out: Sequence[Path],
    ) -> None:
        self.output, self.settings, self.notices = output, settings, tuple(notices)
        self._journal, self._lock, self._model, self._overwrite = journal, lock, model, overwrite
        self._left_out = left_out
        self._guard = threading.RLock()  # an observer may ask
        self._meter: Meter | None = None
        self._control: Control | None = None

    @classmethod
    def open(
        cls,
        inputs: Sequence[str],
        output: str,
        settings: AlbumSettings | None = None,
        *,
        resume: bool = False,
        overwrite: bool = False,
        model: str | None = None,
    ) -> Album:
        """Open a job: begin it, or go on with the one that its output folder holds.

        Photos whose original changed, or whose result was removed, wait again. Other settings (or another
        model) than those of the job in the folder begin a new job; `notices` says so.

        Parameters
        ----------
        inputs : sequence of str
            Folders, photos, patterns or URLs.
        output : str
            Folder (or URL) for the results and the journal; made if missing.
        settings : AlbumSettings, optional
        resume : bool
            Go on with a job that is there already; harmless when there is none. A job that may overwrite
            still may.
        overwrite : bool
            Whether existing files may be replaced by results; never an original. Without `resume` it begins
            anew.
        model : str, optional
            Name of a model of the store, or a folder with one; the default one when None.

        Raises
        ------
        UsageError
            When an input does not exist, there are no photos, the folder holds a job and `resume` was not
            asked for, or results of a job with other settings would have to be replaced.
        PhotoError
            When an input may not be looked at.
        OutputError
            When the output folder can't be written, or another job is running in it.
        ModelError
            When the model is missing.
        """
        place, settings, info = open_output(output), settings or AlbumSettings(), find_model(model)
        local = None if is_url(output) else place.folder
        goes_on = resume and Journal.exists(place.folder)
        found = find_photos(inputs, local, settings.only, strict=not goes_on)
        if not found.sources and not goes_on:
            why = " ".join(found.notices) or (
                "Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP."
            )
            raise UsageError(f"There are no photos in {', '.join(map(named, inputs))}; {why}")
        lock = FolderLock(place.folder / FOLDER / "lock")
        try:
            journal = Journal(place.folder)
            try:
                settle(journal, place)
                notices = begin(journal, place, _wanted(settings, info), inputs, resume, overwrite)
                notices += [*found.notices, *take_in(journal, found, place)]
                look_again(journal, place)
                job = journal.job()
                assert job is not None
            except BaseException:
                journal.close()
                raise
        except BaseException:
            lock.release()
            raise
        return cls(place, journal, lock, settings, info, job.overwrite, notices, found.left_out)

    @classmethod
    def reopen(cls, output: str) -> Album:
        """Open the job that an output folder holds, as it was: after the application was closed, for example.

        Raises
        ------
        UsageError
            When the folder holds none, or its model is no longer installed.
        OutputError
            As `open`.
        """
        job = cls.job(output)
        if job is None:
            raise UsageError(f"There is no album job in {named(output)}.")
        return cls.open(
            job.inputs, output, job.settings, resume=True, overwrite=job.overwrite, model=job.model
        )

    @staticmethod
    def job(output: str) -> Job | None:
        """Tell what the job that an output folder holds was asked to do; None when it holds none.

        Raises
        ------
        OutputError
            When its journal can't be read.
        """
        place = open_output(output)
        if not Journal.exists(place.folder):
            return None
        journal = Journal(place.folder, read_only=True)
        try:
            row = journal.job()
        finally:
            journal.close()
        if row is None:
            return None
        # Jobs of earlier versions say its name only: before version and checksum.
        model = row.settings.get("model_reference") or str(row.settings["model"]).rsplit(" ", 2)[0]
        return Job(AlbumSettings.from_dict(row.settings), model, row.inputs, row.overwrite)

    @staticmethod
    def look(output: str) -> Progress | None:
        """Tell where the job that an output folder holds stands, without opening it; None when it holds none.

        Raises
        ------
        OutputError
            When its journal can't be read.
        """
        place = open_output(output)
        if not Journal.exists(place.folder):
            return None
        journal = Journal(place.folder, read_only=True)
        try:
            return Meter(journal.counts()).progress() if journal.job() else None
        finally:
            journal.close()

    @staticmethod
    def kept(
        output: str, settings: AlbumSettings, model: ModelInfo, moved: Mapping[int, str]
    ) -> Iterator[Record]:
        """Give the photos that a job which is gone on with would leave as they are, without opening it.

        Those are the ones that came to an end with the same settings and model, whose original is the same
        still, and whose result is in its place. `moved` says where originals are now that were elsewhere.

        Raises
        ------
        OutputError
            When the journal can't be read.
        """
        place = open_output(output)
        if not Journal.exists(place.folder):
            return
        journal = Journal(place.folder, read_only=True)
        try:
            job = journal.job()
            if job is None or describe_changes(job.settings, _wanted(settings, model)):
                return
            for record in journal.records(*ENDED):
                now = replace(record, source=moved.get(record.id, record.source))
                if still_holds(now, place, stamp_of(now.source)):
                    yield now
        finally:
            journal.close()

    @property
    def model(self) -> ModelInfo:
        """The model of the job."""
        return self._model

    def run(
        self,
        restorer: Restorer,
        control: Control | None = None,
        observe: Callable[[Event], None] | None = None,
        crew: Crew | None = None,
    ) -> Summary:
        """Restore every waiting photo. Blocks; steer it by `control` from elsewhere.

        Parameters
        ----------
        restorer : Restorer
            With the job's model.
        control : Control, optional
            Pauses, resumes, cancels.
        observe : callable, optional
            Called after each photo, from the pipeline's threads, one call at a time; keep it short.
        crew : Crew, optional
            Threads; chosen for this machine when None.

        Raises
        ------
        UsageError
            When the restorer has another model, or a run is going on already.
        OutputError
            When the disk is full or the journal can't be written. Nothing is lost: make room and run again.
        DeviceError, ModelError
            When the model can't run any more.
        """
        if _identity(restorer.info) != _identity(self._model):
            raise UsageError(
                f"This album is restored with {self._model.name} {self._model.version},"
                f" not with {restorer.model_name}."
            )

        def work(control: Control, ended: Callable[[Record], None]) -> None:
            Pipeline(
                self._journal,
                self.settings,
                self.output,
                restorer,
                control,
                self.scratch,
                self.originals,
                self._overwrite,
                ended,
                crew,
            ).run()

        return self.run_with(work, control, observe)

    def run_with(
        self,
        work: Callable[[Control, Callable[[Record], None]], None],
        control: Control | None = None,
        observe: Callable[[Event], None] | None = None,
    ) -> Summary:
        """Let something else than the pipeline of this machine do the work; otherwise as `run`.

        Parameters
        ----------
        work : callable
            Takes the control and a function to call with each photo that came to an end; returns when none
            waits.
        """
        control = control or Control()
        with self._guard:
            if self._control is not None:
                raise UsageError("This album is being restored already.")
            self._control, self._meter = control, Meter(self._journal.counts(), control.clock)
        started = time.monotonic()

        def ended(record: Record) -> None:
            with self._guard:
                assert self._meter is not None
                progress = self._meter.count(record.state)
                if observe is not None:
                    observe(Event(record, progress))

        failure: BaseException | None = None
        try:
            self._make_scratch()
            work(control, ended)
        except BaseException as error:
            failure = error
            raise
        finally:
            try:
                self._journal.release()
                shutil.rmtree(self.scratch, ignore_errors=True)
            except HeirloomError:  # a full disk: the next `open` does it
                if failure is None:
                    raise
            with self._guard:
                self._control = self._meter = None
        counts = self._journal.counts()
        return Summary(
            sum(counts.values()),
            counts[State.DONE],
            counts[State.NO_FACE],
            counts[State.FAILED],
            counts[State.WAITING],
            time.monotonic() - started,
            control.cancelled and counts[State.WAITING] > 0,
        )

    def _make_scratch(self) -> None:
        try:
            self.scratch.mkdir(exist_ok=True)
        except FileNotFoundError as error:
            raise gone(self.output.folder) from error

    def retry_failed(self, ids: Collection[int] | None = None) -> int:
        """Let failed photos wait again; a run that is going on takes them too.

        Parameters
        ----------
        ids : collection of int, optional
            Which; all when None.

        Returns
        -------
        int
            Their number.
        """
        with self._guard:
            again = [r.id for r in self._journal.records(State.FAILED) if ids is None or r.id in ids]
            self._journal.wait_again(again)
            if self._meter is not None:
                self._meter.wait_again(State.FAILED, len(again))
        return len(again)

    def set_level(self, id_: int, level: float | None) -> None:
        """Choose the level of all faces of one photo, which then waits to be restored again.

        Parameters
        ----------
        id_ : int
            Of its record.
        level : float or None
            0 to 150; None for the job's setting.

        Raises
        ------
        UsageError
            For a level outside the dial, or while the photo is being restored.
        """
        if level is not None and not 0 <= level <= LEVEL_MAX:
            raise UsageError(f"The level must lie between 0 and {LEVEL_MAX:.0f}, not at {level:g}.")
        with self._guard:
            state = self._journal.record(id_).state
            if not self._journal.set_own_level(id_, level):
                raise UsageError("This photo is being restored right now; choose its level when it is done.")
            if self._meter is not None and state is not State.WAITING:
                self._meter.wait_again(state, 1)

    def records(self, *states: State) -> Iterator[Record]:
        """Give the photos in order, of some states or of all."""
        return self._journal.records(*states)

    def record(self, id_: int) -> Record:
        """Give one photo. Raises KeyError when there is none of that number."""
        return self._journal.record(id_)

    def progress(self) -> Progress:
        """Tell where the job stands; rate and ETA only while it runs."""
        with self._guard:
            return (self._meter or Meter(self._journal.counts())).progress()

    @property
    def exit_code(self) -> int:
        """Exit code of the first failed photo; 0 when none failed."""
        return self._journal.first_code()

    @property
    def journal(self) -> Journal:
        """The journal, for those who do the work themselves (`run_with`)."""
        return self._journal

    @property
    def scratch(self) -> Path:
        """Hidden folder for unfinished results; empty between runs."""
        return self._journal.path.parent / "unfinished"

    @property
    def overwrite(self) -> bool:
        """Whether files that are not the job's own results may be replaced."""
        return self._overwrite

    @property
    def originals(self) -> Originals:
        """What is on this machine and is never replaced."""
        return Originals.of(self._journal.column("source"), self._left_out)

    def close(self) -> None:
        """Close the journal and let others into the folder. End a run first."""
        self._journal.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _identity(model: ModelInfo) -> str:
    """Name, version and weights of a model: as earlier versions gave it, then a checksum of all its parts."""
    parts = "".join(f"{part} {model.files[part].sha256}\n" for part in sorted(model.files))
    whole = hashlib.sha256(parts.encode()).hexdigest()
    return f"{model.name} {model.version} {model.files['decode'].sha256[:12]} {whole[:12]}"


def _wanted(settings: AlbumSettings, model: ModelInfo) -> dict[str, Any]:
    """Give the settings as a journal keeps them."""
    return settings.to_dict() | {"model": _identity(model), "model_reference": model.reference}
