"""The journal that a job finds: begun or gone on with, and made true again after whatever happened since.

A process was killed; photos were changed, replaced, repaired, moved with their folder; results were removed.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.album.journal import Journal, Record, State
from engine.album.places import Output, file_checksum, is_url, stamp_of
from engine.album.settings import describe_changes
from engine.album.sources import Found, Source, name_results
from engine.errors import UsageError, named
from engine.paths import identity

ENDED = (State.DONE, State.NO_FACE, State.FAILED)
"""States of photos that no longer wait."""


def settle(journal: Journal, output: Output) -> None:
    """End what a stopped process had begun: a result in its place is finished, all else waits again."""
    shutil.rmtree(journal.path.parent / "unfinished", ignore_errors=True)
    for record in journal.announced():
        if record.output and output.checksum(record.output) == record.announced:
            journal.complete(record)
    journal.release()


def begin(
    journal: Journal,
    output: Output,
    wanted: dict[str, Any],
    inputs: Sequence[str],
    resume: bool,
    overwrite: bool,
) -> list[str]:
    """Begin a job or go on with the one that is there.

    Parameters
    ----------
    wanted : dict
        Settings and model, as the journal keeps them.
    inputs, resume, overwrite
        As `Album.open` takes them.

    Returns
    -------
    list of str
        Sentences for the user.

    Raises
    ------
    UsageError
        When something is done already that was neither to be gone on with nor to be done again.
    """
    job = journal.job()
    names = [name if is_url(name) else str(Path(name).absolute()) for name in inputs]
    if job is None:
        journal.begin_job(wanted, names, overwrite)
        return []
    changes = describe_changes(job.settings, wanted)
    if not changes and resume:
        journal.continue_job(wanted, names, overwrite or job.overwrite)
        return []
    counts = journal.counts()
    ended = sum(counts[state] for state in ENDED)
    if not changes and not overwrite:
        if not ended:  # it came to nothing, for want of memory or by Ctrl-C: begun as if it had not been
            journal.begin_job(wanted, names, overwrite)
            return []
        raise UsageError(
            f"{named(output.folder)} holds this job already ({ended} of {sum(counts.values())} photos done):"
            " add --resume to go on with it, or --overwrite to do it again."
        )
    results = sum(output.is_there(result) for result in journal.column("output"))
    if results and not overwrite:
        raise UsageError(
            f"The settings changed ({changes}), which is a new job,"
            f" and it would replace {results} results of the old one:"
            " add --overwrite, or choose another output folder."
        )
    journal.begin_job(wanted, names, overwrite)
    why = f"The settings changed ({changes})" if changes else "It was not to be resumed"
    return [f"{why}: this is a new job, and all photos are done again."]


def take_in(journal: Journal, found: Found, output: Output) -> None:
    """Make the job's what was found: new photos, those of an earlier job, and known ones at another place.

    The job's own results are no photos.
    """
    known = {source for _, source, _ in journal.origins()}
    results = {output.shown(relative) for relative in journal.outputs()}
    new = [s for s in found.sources if s.source not in known and s.source not in results]
    moved = _moved(journal, found, new)
    journal.move(moved)
    journal.claim([source.source for source in found.sources])
    there = set(moved.values())
    new = [source for source in new if source.source not in there]
    names = name_results(new, journal.column("result"))
    journal.add([(s.source, s.relative, name) for s, name in zip(new, names, strict=True)])


def look_again(journal: Journal, output: Output) -> None:
    """Let ended photos wait again of which what was noted holds no more."""
    again = []
    for record in journal.records(*ENDED):
        stamp = stamp_of(record.source)
        if not still_holds(record, output, stamp):
            again.append(record.id)
        elif stamp is not None and stamp != record.stamp:
            journal.restamp(record, stamp)
    journal.wait_again(again)


def still_holds(record: Record, output: Output, stamp: str | None) -> bool:
    """Whether what came of a photo still stands.

    Parameters
    ----------
    stamp : str or None
        Of its original now, by `stamp_of`.
    """
    if record.output_sha and record.output and not output.is_there(record.output):
        return False
    if stamp is None or stamp == record.stamp:
        return True
    # The checksum that a failed photo has, if any, is of a time when it did not fail.
    return record.state is not State.FAILED and _has_content(record, record.source)


def _moved(journal: Journal, found: Found, new: Sequence[Source]) -> dict[int, str]:
    """Tell where known photos are now whose folder was renamed, mounted elsewhere or reached by a link."""
    if not new:
        return {}
    present = {source.source for source in found.sources}
    absent: defaultdict[str, list[int]] = defaultdict(list)
    for id_, source, relative in journal.origins():
        if source not in present:
            absent[relative].append(id_)
    moved: dict[int, str] = {}
    for photo in new:
        for id_ in absent.get(photo.relative, ()):
            if id_ not in moved and _is_now(journal.record(id_), photo.source):
                moved[id_] = photo.source
                break
    return moved


def _is_now(record: Record, source: str) -> bool:
    """Whether a known photo is what lies at another place below the input folders of the same name."""
    if _is_there(record.source):
        here = None if is_url(source) else identity(Path(source))
        return here is not None and here == identity(Path(record.source))
    # One that only has the same name must not take the place of a result whose original is gone.
    return record.output_sha is None or stamp_of(source) == record.stamp or _has_content(record, source)


def _is_there(source: str) -> bool:
    return stamp_of(source) is not None


def _has_content(record: Record, source: str) -> bool:
    if record.input_sha is None or is_url(source):
        return False
    try:
        return file_checksum(Path(source)) == record.input_sha
    except OSError:
        return False
