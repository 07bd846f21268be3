"""A dry run: what a job would do, estimated from a sample, without writing anything."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.album.album import Album
from engine.album.journal import Journal, Record, State
from engine.album.known import Known, left_out_notice, recognise
from engine.album.pipeline import usable_cores
from engine.album.places import Output, is_url, open_output
from engine.album.progress import Control
from engine.album.settings import AlbumSettings
from engine.album.sources import Found, find_photos, name_results
from engine.album.steps import Work, discard, find_faces, open_photo, stage
from engine.errors import HeirloomError
from engine.faces import FaceDetector
from engine.restore import Restorer

_SAMPLE = 12


@dataclass(frozen=True)
class Preview:
    """What a job would do.

    Attributes
    ----------
    photos : int
        Photos that were found.
    finished : int
        Of these, how many the job in the output folder has finished already and would not restore again.
    sampled : int
        How many were tried, evenly spread; the estimates follow from them.
    unreadable : int
        Of the sample, how many can't be restored.
    sentences : tuple of str
        Why not.
    faces : int
        Estimate of the faces that would be restored.
    seconds : float
        Estimate of the time.
    bytes : int
        Estimate of the disk space for the results.
    free_bytes : int or None
        Free space at the output; None where that is unknown.
    notices : tuple of str
        Sentences about what would be left out.
    """

    photos: int
    finished: int
    sampled: int
    unreadable: int
    sentences: tuple[str, ...]
    faces: int
    seconds: float
    bytes: int
    free_bytes: int | None
    notices: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return asdict(self) | {"seconds": round(self.seconds, 1)}


def preview(
    inputs: Sequence[str],
    output: str,
    settings: AlbumSettings,
    restorer: Restorer,
    control: Control | None = None,
    *,
    anew: bool = False,
    retry_failed: bool = False,
) -> Preview:
    """Say what a job would do. Nothing is written but temporary files, which are removed.

    Parameters
    ----------
    inputs, output, settings
        As `Album.open`.
    restorer : Restorer
    control : Control, optional
        Asked before each photo that is looked at.
    anew : bool
        Whether a job that is there already begins anew, as `Album.open` lets it that may overwrite and is not
        to resume.
    retry_failed : bool
        Whether photos that failed are tried again, as `Album.retry_failed` lets them.

    Raises
    ------
    Cancelled
        When `control` said so.
    UsageError
        When an input does not exist, and no job is there that would go on without it.
    DeviceError, ModelError
        When the model can't run.
    """
    place, control = open_output(output), control or Control()
    local = None if is_url(output) else place.folder
    goes_on = not anew and Journal.exists(place.folder)
    found = find_photos(inputs, local, settings.only, strict=not goes_on)
    known = _known(found, place)
    kept = {} if anew else _kept(output, settings, restorer, control, known.moved)
    if retry_failed:
        kept = {source: state for source, state in kept.items() if state is not State.FAILED}
    waiting = [s for s in known.photos if s.source not in kept]
    sample = waiting[:: max(1, -(-len(waiting) // _SAMPLE))]
    names = name_results(sample)
    detector = FaceDetector()
    faces, size, busy, sentences = 0, 0, 0.0, []
    with tempfile.TemporaryDirectory(prefix="heirloom-") as scratch:
        if sample:
            restorer.warm_up()
        for number, (source, name) in enumerate(zip(sample, names, strict=True)):
            control.checkpoint()
            work = Work(_record(number, source.source, source.relative, name))
            start = time.perf_counter()
            try:
                open_photo(work, Path(scratch))
                find_faces(work, detector, restorer.info.sizes, settings)
                for crop in work.crops:
                    work.drawn += restorer.redraw([crop], [settings.level.choose])
                staged = stage(work, settings, restorer.model_name, Path(scratch))
                faces += len(work.drawn)
                size += staged.path.stat().st_size if staged.path else 0
            except HeirloomError as error:
                sentences.append(str(error))
            busy += time.perf_counter() - start
            discard(work)
    share = len(waiting) / len(sample) if sample else 0.0
    # The stages overlap: with two cores and more, half of the time that one photo after the other takes.
    overlap = min(2, usable_cores())
    return Preview(
        photos=len(known.photos),
        finished=sum(kept.get(s.source) in (State.DONE, State.NO_FACE) for s in known.photos),
        sampled=len(sample),
        unreadable=len(sentences),
        sentences=tuple(sentences),
        faces=round(faces * share),
        seconds=busy * share / overlap,
        bytes=round(size * share),
        free_bytes=None if is_url(output) else _free(place.folder),
        notices=(*found.notices, *known.notices),
    )


def _known(found: Found, output: Output) -> Known:
    """Look up in the journal, if there is one, what was found."""
    if not Journal.exists(output.folder):
        return Known(found.sources, found.sources, {}, left_out_notice(found.left_out))
    journal = Journal(output.folder, read_only=True)
    try:
        return recognise(journal, found, output)
    finally:
        journal.close()


def _kept(
    output: str, settings: AlbumSettings, restorer: Restorer, control: Control, moved: Mapping[int, str]
) -> dict[str, State]:
    """State, by source, of the photos that a job would leave as they are."""
    kept = {}
    for record in Album.kept(output, settings, restorer.info, moved):
        control.checkpoint()  # many originals may have to be looked at, some of them read
        kept[record.source] = record.state
    return kept


def _free(folder: Path) -> int | None:
    """Free bytes of the disk on which a folder lies or would lie."""
    existing = next((path for path in (folder, *folder.parents) if path.is_dir()), None)
    try:
        return None if existing is None else shutil.disk_usage(existing).free
    except OSError:
        return None


def _record(number: int, source: str, relative: str, result: str) -> Record:
    """Make the row that a journal would hold."""
    return Record(
        id=number,
        source=source,
        relative=relative,
        result=result,
        state=State.WAITING,
        sentence=None,
        code=None,
        stamp=None,
        input_sha=None,
        output=None,
        output_sha=None,
        announced=None,
        faces=(),
        model=None,
        seconds=None,
        own_level=None,
    )
