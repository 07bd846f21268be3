"""The journal that a job finds: begun or gone on with, and made true again after whatever happened since.

A process was killed; photos were changed, replaced, repaired, moved with their folder; results were removed.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.album.journal import Journal, Record, State
from engine.album.known import has_content, recognise
from engine.album.places import Output, is_url, stamp_of
from engine.album.settings import describe_changes
from engine.album.sources import Found, name_results
from engine.errors import UsageError, named

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


def take_in(journal: Journal, found: Found, output: Output) -> tuple[str, ...]:
    """Make the job's what was found: new photos, those of an earlier job, and known ones at another place.

    The job's own results are no photos. Returns sentences for the user.
    """
    known = recognise(journal, found, output)
    journal.move(known.moved)
    journal.claim([source.source for source in found.sources])
    names = name_results(known.new, journal.column("result"))
    journal.add([(s.source, s.relative, name) for s, name in zip(known.new, names, strict=True)])
    return known.notices


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
    return record.state is not State.FAILED and has_content(record, record.source)
