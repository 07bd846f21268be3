"""What a journal knows of the photos that were found: its own results, and photos that lie elsewhere now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.album.journal import Journal, Record
from engine.album.places import Output, file_checksum, is_url, stamp_of
from engine.album.sources import Found, Source, shared_folder
from engine.errors import named
from engine.paths import identity


@dataclass(frozen=True)
class Known:
    """What was found, as a journal knows it.

    Attributes
    ----------
    photos : tuple of Source
        Without the job's own results.
    new : tuple of Source
        Of these, the ones of which there is no row.
    moved : dict of int to str
        Where photos are, by the number of their row, that were elsewhere.
    notices : tuple of str
        A sentence about photos that are left out as they are called like results.
    """

    photos: tuple[Source, ...]
    new: tuple[Source, ...]
    moved: dict[int, str]
    notices: tuple[str, ...]


def recognise(journal: Journal, found: Found, output: Output) -> Known:
    """Compare what was found with what a journal knows, which is only read."""
    rows = {source for _, source, _ in journal.origins()}
    place_of = _own_places(journal, output)

    def is_own(source: str) -> bool:
        place = place_of(source)
        # By its content, too: whoever put a photo of theirs in the place of a result may name it.
        return place is not None and (is_url(source) or journal.wrote(place, output.checksum(place)))

    photos = tuple(s for s in found.sources if s.source in rows or not is_own(s.source))
    new = tuple(source for source in photos if source.source not in rows)
    moved = _moved(journal, found, new)
    there = set(moved.values())
    strangers = [path for path in found.left_out if place_of(str(path)) is None]
    return Known(photos, tuple(s for s in new if s.source not in there), moved, left_out_notice(strangers))


def has_content(record: Record, source: str) -> bool:
    """Whether a file is what a photo was when it was read, byte for byte."""
    return record.input_sha is not None and _checksum(source) == record.input_sha


def _own_places(journal: Journal, output: Output) -> Callable[[str], str | None]:
    """Give a function that tells the result's place below the output folder of a path or URL."""
    places = journal.outputs()
    by_name = {output.shown(place): place for place in places}
    by_identity = {key: place for place in places if (key := output.identity(place)) is not None}

    def place_of(source: str) -> str | None:
        key = None if is_url(source) else identity(Path(source))
        return by_name.get(source) if key is None else by_identity.get(key)

    return place_of


def left_out_notice(paths: Sequence[Path]) -> tuple[str, ...]:
    """Say, if there are any, that photos are left out which are called like results."""
    if not paths:
        return ()
    where = named(shared_folder([path.parent for path in paths]) or paths[0].parent)
    if len(paths) == 1:
        return (
            f"1 photo in {where} is called like the result of another one beside it and is left out;"
            " name it to take it.",
        )
    return (
        f"{len(paths)} photos in {where} are called like results of others beside them and are left out;"
        " name them to take them.",
    )


def _moved(journal: Journal, found: Found, new: Sequence[Source]) -> dict[int, str]:
    """Tell where known photos are now whose folder was renamed, mounted elsewhere or reached by a link."""
    if not new:
        return {}
    present = {source.source for source in found.sources}
    absent = [(id_, relative) for id_, source, relative in journal.origins() if source not in present]
    moved = _by_place(journal, absent, new)
    there = set(moved.values())
    rest = [photo for photo in new if photo.source not in there]
    return moved | _by_content(journal, [row for row in absent if row[0] not in moved], rest)


def _by_place(journal: Journal, absent: Sequence[tuple[int, str]], new: Sequence[Source]) -> dict[int, str]:
    """Find photos at the same place below the input folders."""
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for id_, relative in absent:
        ids[relative].append(id_)
    moved: dict[int, str] = {}
    for photo in new:
        for id_ in ids.get(photo.relative, ()):
            if id_ not in moved and _is_now(journal.record(id_), photo.source):
                moved[id_] = photo.source
                break
    return moved


def _by_content(journal: Journal, absent: Sequence[tuple[int, str]], new: Sequence[Source]) -> dict[int, str]:
    """Find photos that are gone under their name in any folder, as when one of several was renamed."""
    names = {_name(photo.relative) for photo in new if not is_url(photo.source)}
    gone: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)
    for id_, relative in absent:
        if (name := _name(relative)) in names:
            record = journal.record(id_)
            if record.input_sha and not is_url(record.source) and not _is_there(record.source):
                gone[name, _size(record.stamp)].append(record)
    moved: dict[int, str] = {}
    for photo in new:
        stamp = None if is_url(photo.source) else stamp_of(photo.source)
        alike = gone.get((_name(photo.relative), _size(stamp)), [])
        same = _same(alike, photo.source, stamp) if alike and stamp is not None else None
        if same is not None:
            moved[same.id] = photo.source
            alike.remove(same)
    return moved


def _same(records: Sequence[Record], source: str, stamp: str) -> Record | None:
    """Give the record of a file; it is read only where its times leave it open."""
    if (moved := next((record for record in records if record.stamp == stamp), None)) is not None:
        return moved
    sha = _checksum(source)
    return next((record for record in records if record.input_sha == sha), None)


def _is_now(record: Record, source: str) -> bool:
    """Whether a known photo is what lies at another place below the input folders of the same name."""
    if _is_there(record.source):
        here = None if is_url(source) else identity(Path(source))
        return here is not None and here == identity(Path(record.source))
    # One that only has the same name must not take the place of a result whose original is gone.
    return record.output_sha is None or stamp_of(source) == record.stamp or has_content(record, source)


def _is_there(source: str) -> bool:
    return stamp_of(source) is not None


def _checksum(source: str) -> str | None:
    try:
        return None if is_url(source) else file_checksum(Path(source))
    except OSError:
        return None


def _name(relative: str) -> str:
    return PurePosixPath(relative).name


def _size(stamp: str | None) -> str:
    """Bytes of a file, from its stamp."""
    return (stamp or "").partition(" ")[0]
