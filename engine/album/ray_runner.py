"""The same job on a Ray cluster: one actor for each device holds the model, tasks read, find faces and paste.

Only the driver touches the journal. Workers put finished results into the hidden folder of the output, which
must be reachable from every node (a shared folder); the driver announces each one, renames it to its place
and marks it as done, exactly as on one machine. When a worker dies, Ray gives its photos to another; a result
that was staged twice is the same file.
"""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.album.album import Album, Summary
from engine.album.database import OutputFull
from engine.album.journal import Record
from engine.album.progress import Cancelled, Control, Event
from engine.album.settings import AlbumSettings
from engine.album.steps import Staged, Work, commit, discard, find_faces, open_photo, sentence_of, stage
from engine.errors import DeviceError, DeviceOutOfMemory, HeirloomError, ModelError, UsageError
from engine.faces import FaceDetector
from engine.faces.centerface import open_network
from engine.restore import Restorer

_BLOCK = 2
"""Photos that a task takes at once, and does again when its worker dies."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """What every worker must know.

    Attributes
    ----------
    settings : AlbumSettings
    scratch : Path
        Hidden folder for unfinished results.
    model : str
        Its name, or its folder, as `Restorer` takes it.
    model_name : str
        Its name and version, for the results' metadata.
    sizes : tuple of int
        Sides that a crop may have, px.
    device : str
        As `Restorer` takes it.
    """

    settings: AlbumSettings
    scratch: Path
    model: str
    model_name: str
    sizes: tuple[int, ...]
    device: str


def run_on_ray(
    album: Album,
    address: str | None = None,
    device: str = "auto",
    control: Control | None = None,
    observe: Callable[[Event], None] | None = None,
    workers: int | None = None,
) -> Summary:
    """Run a job on a Ray cluster; as `Album.run`.

    Parameters
    ----------
    address : str, optional
        Of the cluster; a Ray of this machine is started when None.
    device : str
        ``auto`` takes a GPU for each actor where the cluster has any.
    workers : int, optional
        Actors that hold the model; one for each GPU, or for each two CPUs, when None.

    Raises
    ------
    UsageError
        When Ray is not installed or the cluster can't be reached.
    OutputError, DeviceError, ModelError
        As `Album.run`.
    """
    try:
        import ray
        from ray.data import DataContext
    except ImportError as error:
        raise UsageError("Ray is not installed: install it with  pip install 'heirloom[ray]'.") from error
    started_here = not ray.is_initialized()
    if started_here:
        try:
            ray.init(address=address, log_to_driver=False, include_dashboard=False, logging_level="ERROR")
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise UsageError(f"The Ray cluster {address or ''} can't be reached ({error}).") from error
    DataContext.get_current().enable_progress_bars = False
    gpus = 0 if device == "cpu" else int(ray.cluster_resources().get("GPU", 0))
    cpus = int(ray.cluster_resources().get("CPU", 1))
    count = workers or gpus or max(1, cpus // 2)
    call = Call(
        album.settings,
        album.scratch,
        album.model.reference,
        f"{album.model.name} {album.model.version}",
        album.model.sizes,
        device if gpus else "cpu",
    )

    def work(control: Control, ended: Callable[[Record], None]) -> None:
        originals = album.originals
        # All that wait at once: actors load their model once for a flow. What is retried meanwhile follows.
        while records := album.journal.take_all():
            for work, result in _flow(records, call, count, bool(gpus)):
                control.checkpoint()
                ended(_settle(work, result, album, originals))
                discard(work)

    def until_cancelled(control: Control, ended: Callable[[Record], None]) -> None:
        with suppress(Cancelled):
            work(control, ended)

    try:
        return album.run_with(until_cancelled, control, observe)
    finally:
        if started_here:
            ray.shutdown()


def _flow(records: list[Record], call: Call, workers: int, on_gpu: bool) -> Iterator[tuple[Work, Any]]:
    """Let the cluster work on photos; gives each with what came of it, a `Staged` or an error."""
    import ray

    rows = [{"work": pickle.dumps(Work(record)), "result": b""} for record in records]
    flow = ray.data.from_items(rows, override_num_blocks=-(-len(rows) // _BLOCK))
    options: dict[str, Any] = {"num_gpus": 1} if on_gpu else {"num_cpus": 0.5}
    flow = flow.map(_opened, fn_args=(call,), num_cpus=0.25)
    pool = ray.data.ActorPoolStrategy(size=workers)
    flow = flow.map(_Model, fn_constructor_args=(call,), compute=pool, **options)
    flow = flow.map(_staged, fn_args=(call,), num_cpus=0.25)
    for row in flow.iter_rows():
        yield pickle.loads(row["work"]), pickle.loads(row["result"])


def _settle(work: Work, result: Any, album: Album, originals: Any) -> Record:
    """Put a result in its place, or note the failure; what concerns all photos is raised."""
    if isinstance(result, Staged):
        try:
            return commit(result, work, album.journal, album.output, originals, album.overwrite)
        except HeirloomError as error:
            if _concerns_all(error):
                raise
            result = error
    if _concerns_all(result):
        raise result
    sentence, code = sentence_of(result, work.record.source)
    return album.journal.fail(work.record, sentence, code, work.stamp)


def _concerns_all(error: BaseException) -> bool:
    fatal = isinstance(error, OutputFull | DeviceError | ModelError)
    return fatal and not isinstance(error, DeviceOutOfMemory)


def _step(row: Row, body: Callable[[Work], Any]) -> Row:
    """Do a step for a photo that has not failed yet; a failure travels on as the result."""
    if row["result"]:
        return row
    work: Work = pickle.loads(row["work"])
    result = b""
    try:
        done = body(work)
        if done is not None:
            result = pickle.dumps(done)
            work.forget()
    except Exception as error:
        work.forget()
        result = pickle.dumps(error)
    return {"work": pickle.dumps(work), "result": result}


def _opened(row: Row, call: Call) -> Row:
    """Read a photo and find its faces."""

    def body(work: Work) -> None:
        work.started = time.monotonic()
        open_photo(work, call.scratch)
        find_faces(work, _detector(), call.sizes, call.settings)

    return _step(row, body)


def _staged(row: Row, call: Call) -> Row:
    """Paste, and write the result into the hidden folder."""
    return _step(row, lambda work: stage(work, call.settings, call.model_name, call.scratch))


class _Model:
    """The actor that holds the model."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._restorer = Restorer(device=call.device, model=call.model, threads=1)

    def __call__(self, row: Row) -> Row:
        """Draw the faces of a photo, one by one, so that results are the same wherever they are made."""

        def body(work: Work) -> None:
            choose = work.rule(self._call.settings).choose
            work.drawn = [face for crop in work.crops for face in self._restorer.redraw([crop], [choose])]

        return _step(row, body)


_detectors: dict[int, FaceDetector] = {}


def _detector() -> FaceDetector:
    """Give this process its detector; opened once."""
    if os.getpid() not in _detectors:
        _detectors[os.getpid()] = FaceDetector(open_network(threads=1))
    return _detectors[os.getpid()]
