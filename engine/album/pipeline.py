"""The flow of an album through one machine: read → find faces → draw → paste and write, all at the same time.

Bounded queues stand between the stages, and the pixels under way are limited, so memory does not grow with
the album. Each finder runs its network on one thread. The model runs on all cores on the CPU, as drawing
takes most of the time there, and the other stages get what it leaves.

Results do not depend on the order or the company in which photos come. On the CPU the model takes one face at
a time, which is as fast there as batches are, and exactly repeatable; on a GPU it takes batches that are
always filled up to one size, which the journal keeps. (Measured in ONNX Runtime on the CPU: features and
pictures are bit-identical in batches of 1 and 4 and with 1 and 2 threads; only α(x) differs, by 4e-6, which
rounding levels to hundredths hides but for one face in some thousands.)
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from engine.album.channel import Channel
from engine.album.database import OutputFull
from engine.album.journal import Journal, Record
from engine.album.places import Output
from engine.album.progress import Cancelled, Control
from engine.album.settings import AlbumSettings
from engine.album.steps import (
    Originals,
    Staged,
    Work,
    commit,
    discard,
    find_faces,
    open_photo,
    sentence_of,
    stage,
)
from engine.errors import DeviceError, DeviceOutOfMemory, ModelError
from engine.faces import FaceDetector
from engine.faces.centerface import open_network
from engine.restore import DrawnFace, Restorer

_GPU_BATCH = 16
_PIXELS_UNDER_WAY = 150_000_000
"""About 2 GB with everything that is made of them; one larger photo goes through alone."""

Ended = Callable[[Record], None]
"""Called with each photo that came to an end."""


@dataclass(frozen=True)
class Crew:
    """How many threads work at each stage.

    Attributes
    ----------
    readers, finders, writers : int
    """

    readers: int
    finders: int
    writers: int

    @classmethod
    def for_cores(cls, cores: int) -> Crew:
        """Choose for a number of cores; on a GPU finding faces takes the most time, by far."""
        return cls(max(1, cores // 6), max(1, cores), max(1, cores // 3))

    @property
    def under_way(self) -> int:
        """Photos that may be begun and not ended."""
        return 2 * (self.readers + self.finders + self.writers)


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pixels:
    """Limits the pixels under way; a photo above the limit may go alone."""

    def __init__(self, limit: int) -> None:
        self._limit, self._used = limit, 0
        self._broken = False
        self._changed = threading.Condition()

    def acquire(self, amount: int) -> None:
        """Wait for room. Raises Cancelled after `break_off`."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._broken or not self._used or self._used + amount <= self._limit
            )
            if self._broken:
                raise Cancelled
            self._used += amount

    def release(self, amount: int) -> None:
        """Make room."""
        with self._changed:
            self._used -= amount
            self._changed.notify_all()

    def break_off(self) -> None:
        """Let everyone who waits leave with `Cancelled`."""
        with self._changed:
            self._broken = True
            self._changed.notify_all()


class Pipeline:
    """Takes waiting photos from a journal until none is left.

    Parameters
    ----------
    journal : Journal
    settings : AlbumSettings
    output : Output
    restorer : Restorer
        Its model does the drawing. The faces are found by detectors of the pipeline's own.
    control : Control
    scratch : Path
        Hidden folder for unfinished results.
    originals : Originals
        Files that are never replaced.
    overwrite : bool
        Whether files that are not the job's own results may be replaced.
    ended : callable
        Called from the pipeline's threads.
    crew : Crew, optional
        Chosen for this machine's cores when None.
    """

    def __init__(
        self,
        journal: Journal,
        settings: AlbumSettings,
        output: Output,
        restorer: Restorer,
        control: Control,
        scratch: Path,
        originals: Originals,
        overwrite: bool,
        ended: Ended,
        crew: Crew | None = None,
    ) -> None:
        self._journal, self._settings, self._output = journal, settings, output
        self._restorer, self._control, self._scratch = restorer, control, scratch
        self._originals, self._overwrite, self._ended = originals, overwrite, ended
        self._crew = crew or Crew.for_cores(usable_cores())
        self._on_gpu = restorer.report.provider != "CPU"
        job = journal.job()
        self._batch = (job.batch if job else None) or (_GPU_BATCH if self._on_gpu else 1)
        self._pixels = Pixels(_PIXELS_UNDER_WAY)
        self._read: Channel[Work] = Channel(1, self._crew.readers)
        self._found: Channel[Work] = Channel(max(2, self._batch), self._crew.finders)
        self._drawn: Channel[Work] = Channel(2, 1)
        self._under_way = 0
        self._count = threading.Condition()
        self._error: BaseException | None = None
        self._over: list[threading.Thread] = []

    def run(self) -> None:
        """Work until no photo waits, or the control cancels; then every photo is ended or waiting.

        Raises
        ------
        OutputError
            When the journal can't be written, or the disk takes no more results.
        DeviceError, ModelError
            When the model can't run any more.
        """
        stages: list[tuple[str, int, Callable[[], None], Channel[Work] | None]] = [
            ("read", self._crew.readers, self._read_photos, self._read),
            ("find", self._crew.finders, self._find_faces, self._found),
            ("draw", 1, self._draw_faces, self._drawn),
            ("write", self._crew.writers, self._write_results, None),
        ]
        threads = [
            threading.Thread(target=self._guarded, args=(body, channel), name=f"album-{name}-{number}")
            for name, count, body, channel in stages
            for number in range(count)
        ]
        opencv_threads = cv2.getNumThreads()
        cv2.setNumThreads(1)  # the stages share the cores already; its helpers cost a tenth of the time
        for thread in threads:
            thread.start()
        try:
            interruption = self._wait_for(threads)
        finally:
            cv2.setNumThreads(opencv_threads)
        if (error := interruption or self._error) is not None:
            raise error

    def _wait_for(self, threads: Sequence[threading.Thread]) -> BaseException | None:
        """Wait until all threads end; gives what interrupted this.

        However often Ctrl-C is pressed: a thread that was left behind would write into a folder that the job
        has given away.
        """
        interruption: BaseException | None = None
        while True:
            try:
                # Not is_alive(): Python 3.11 takes a thread for dead when waiting for it was interrupted.
                running = [thread for thread in threads if thread not in self._over]
                if not running:
                    for thread in threads:
                        thread.join()  # its last steps
                    return interruption
                if interruption is None:
                    running[0].join(0.2)  # in pieces: Windows lets no Ctrl-C through an endless wait
                    continue
                self._control.cancel()
                self._break_off()
                time.sleep(0.1)
            except BaseException as error:
                interruption = interruption or error

    def _guarded(self, body: Callable[[], None], following: Channel[Work] | None) -> None:
        try:
            body()
        except Cancelled:
            self._break_off()
        except BaseException as error:
            self._error = self._error or error
            self._control.cancel()
            self._break_off()
        finally:
            if following is not None:
                following.end()
            self._over.append(threading.current_thread())

    def _break_off(self) -> None:
        for channel in (self._read, self._found, self._drawn):
            channel.break_off()
        self._pixels.break_off()
        with self._count:
            self._count.notify_all()

    def _read_photos(self) -> None:
        while work := self._next_work():
            try:
                open_photo(work, self._scratch)
            except Exception as error:
                self._fail(work, error)
                continue
            assert work.photo is not None
            work.pixels = work.photo.width * work.photo.height * self._settings.enlargement**2
            self._pixels.acquire(work.pixels)
            self._read.put(work)

    def _next_work(self) -> Work | None:
        """Take a photo from the journal; wait as long as one that fails now might be retried."""
        while True:
            self._control.checkpoint()
            with self._count:
                if self._under_way < self._crew.under_way:
                    record = self._journal.take()
                    if record is not None:
                        self._under_way += 1
                        return Work(record)
                    if not self._under_way:
                        self._count.notify_all()
                        return None
                self._count.wait(0.5)

    def _find_faces(self) -> None:
        detector = FaceDetector(open_network(threads=1))
        while works := self._read.get():
            for work in works:
                self._control.checkpoint()
                try:
                    find_faces(work, detector, self._restorer.info.sizes, self._settings)
                except ModelError:
                    raise
                except Exception as error:
                    self._fail(work, error)
                else:
                    self._found.put(work)

    def _draw_faces(self) -> None:
        while works := self._found.get(self._batch):
            self._control.checkpoint()
            try:
                self._draw(works)
            except DeviceOutOfMemory as error:  # even one face was too many
                for work in works:
                    self._fail(work, error)
                continue
            for work in works:
                self._drawn.put(work)

    def _draw(self, works: Sequence[Work]) -> None:
        """Draw the faces of photos, in batches of one size."""
        crops = [crop for work in works for crop in work.crops]
        rules = [work.rule(self._settings).choose for work in works for _ in work.crops]
        drawn: list[DrawnFace] = []
        while len(drawn) < len(crops):
            self._control.checkpoint()
            start, count = len(drawn), min(self._batch, len(crops) - len(drawn))
            # Filled up with repetitions: cuDNN computes batches of another size by other algorithms.
            filled = [start + i % count for i in range(self._batch)]
            try:
                drawn += self._restorer.redraw([crops[i] for i in filled], [rules[i] for i in filled])[:count]
            except DeviceOutOfMemory:
                if self._batch == 1:
                    raise
                self._batch //= 2
                self._journal.set_batch(self._batch)
        faces = iter(drawn)
        for work in works:
            work.drawn = [next(faces) for _ in work.crops]

    def _write_results(self) -> None:
        while works := self._drawn.get():
            for work in works:
                self._control.checkpoint()
                try:
                    staged = stage(work, self._settings, self._restorer.model_name, self._scratch)
                    record = self._committed(staged, work)
                except OutputFull:
                    raise
                except Exception as error:
                    self._fail(work, error)
                else:
                    self._leave(work, record)

    def _committed(self, staged: Staged, work: Work) -> Record:
        return commit(staged, work, self._journal, self._output, self._originals, self._overwrite)

    def _fail(self, work: Work, error: Exception) -> None:
        """Note a photo's failure; what concerns all of them ends the job instead."""
        if isinstance(error, Cancelled) or (
            isinstance(error, DeviceError) and not isinstance(error, DeviceOutOfMemory)
        ):
            raise error
        sentence, code = sentence_of(error, work.record.source)
        self._leave(work, self._journal.fail(work.record, sentence, code, work.stamp))

    def _leave(self, work: Work, record: Record) -> None:
        discard(work)
        self._pixels.release(work.pixels)
        with self._count:
            self._under_way -= 1
            self._count.notify_all()
        self._ended(record)
