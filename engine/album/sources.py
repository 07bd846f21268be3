"""Which photos a job has, and what their results are called."""

from __future__ import annotations

import glob
import os
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.album.journal import FOLDER
from engine.album.places import file_system, is_url
from engine.errors import UsageError, named
from engine.photo import PhotoFormat

SUFFIX = "-restored"
"""Ends the stem of every restored photo, so that it is never taken for its original."""


@dataclass(frozen=True)
class Source:
    """An original.

    Attributes
    ----------
    source : str
        Absolute path, or URL.
    relative : str
        Below the input folder (several: below the folder that they share), with /.
    """

    source: str
    relative: str


@dataclass(frozen=True)
class Found:
    """What was found in the inputs.

    Attributes
    ----------
    sources : tuple of Source
        Sorted by `relative`.
    notices : tuple of str
        Sentences about folders that can't be read.
    """

    sources: tuple[Source, ...]
    notices: tuple[str, ...] = ()


def find_photos(
    inputs: Sequence[str], output: Path | None, formats: Collection[PhotoFormat] = tuple(PhotoFormat)
) -> Found:
    """Find all photos of folders (with the folders in them), files, patterns and URLs.

    Photos are told by the extension of their name; a file that is named itself is taken whatever its
    extension. Hidden files and folders, the output folder if it lies inside an input folder, and results of
    earlier runs beside their original are left out. Links to folders are not followed.

    Parameters
    ----------
    inputs : sequence of str
    output : Path or None
        The output folder, where it is on this machine.
    formats : collection of PhotoFormat
        What is looked for in folders.

    Raises
    ------
    UsageError
        When an input does not exist.
    """
    extensions = tuple(extension for format_ in formats for extension in format_.sources)
    roots: list[Path] = []
    files: set[Path] = set()
    notices: list[str] = []
    remote: list[Source] = []
    for name in inputs:
        if is_url(name):
            remote += _remote_photos(name, extensions)
            continue
        for match in _expanded(name):
            path = Path(os.path.abspath(match))  # noqa: PTH100 (resolve() would follow links)
            if path.is_dir():
                roots.append(path)
                files.update(_walk(path, output, extensions, notices))
            else:
                roots.append(path.parent)
                files.add(path)
    base = _shared_folder(roots)
    local = [
        Source(str(path), _below(path, base))
        for path in files
        if output is None or not _is_result(path, output, files)
    ]
    sources = {source.source: source for source in (*local, *remote)}
    return Found(tuple(sorted(sources.values(), key=lambda s: (s.relative, s.source))), tuple(notices))


def name_results(sources: Sequence[Source], taken: Collection[str] = ()) -> list[str]:
    """Name the results of photos, without extension and below the output folder, each once.

    ``a/x.jpg`` becomes ``a/x-restored``. Where originals of one folder share a stem, theirs is part of the
    name: ``x.jpg`` and ``x.png`` become ``x-jpg-restored`` and ``x-png-restored``. Names also differ on file
    systems that ignore case, and from the stem of every original in the folder, so that a result never
    replaces an original or its copy.

    Parameters
    ----------
    sources : sequence of Source
        Sorted, for the same names every time.
    taken : collection of str
        Results that have a name already.

    Returns
    -------
    list of str
    """
    stems = [_alike(_stem(source.relative)) for source in sources]
    shared = {stem for stem, number in Counter(stems).items() if number > 1}
    used = {_alike(name) for name in taken} | set(stems)
    names: list[str] = []
    for source, stem in zip(sources, stems, strict=True):
        wish = _stem(source.relative)
        if stem in shared:
            wish += "-" + PurePosixPath(source.relative).suffix[1:].lower()
        name, number = wish + SUFFIX, 2
        while _alike(name) in used:
            name, number = f"{wish}{SUFFIX}-{number}", number + 1
        used.add(_alike(name))
        names.append(name)
    return names


def _alike(name: str) -> str:
    """Give names that some file system takes for the same."""
    return unicodedata.normalize("NFC", name).casefold()


def _stem(relative: str) -> str:
    path = PurePosixPath(relative)
    return str(path.with_name(path.stem))


def _expanded(name: str) -> Iterator[str]:
    if Path(name).exists() or os.path.lexists(name):
        yield name
        return
    matches = sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else []  # noqa: PTH207 (absolute patterns)
    if not matches:
        raise UsageError(f"There is no photo or folder {named(name)}; check the name.")
    yield from matches


def _walk(root: Path, output: Path | None, extensions: tuple[str, ...], notices: list[str]) -> Iterator[Path]:
    def note(error: OSError) -> None:
        notices.append(
            f"{named(error.filename)} can't be looked into ({error.strerror}); its photos are left out."
        )

    for folder, folders, names in os.walk(root, onerror=note):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and Path(folder, f) != output)
        for name in names:
            if name.lower().endswith(extensions) and not name.startswith("."):
                yield Path(folder, name)


def _remote_photos(url: str, extensions: tuple[str, ...]) -> list[Source]:
    files = file_system(url)
    try:
        found = [files.unstrip_protocol(path) for path in files.find(url)]
    except Exception as error:  # each store raises what it likes
        raise UsageError(f"{named(url)} can't be listed ({type(error).__name__}: {error}).") from error
    root = files.unstrip_protocol(files._strip_protocol(url)).rstrip("/")
    relatives = [(path, path.removeprefix(root).lstrip("/") or path.rpartition("/")[2]) for path in found]
    return [
        Source(path, relative)
        for path, relative in relatives
        if relative.lower().endswith(extensions) and f"/{FOLDER}/" not in path
    ]


def _shared_folder(roots: Sequence[Path]) -> Path | None:
    try:
        return Path(os.path.commonpath(roots)) if roots else None
    except ValueError:  # several drives of Windows share none
        return None


def _below(path: Path, base: Path | None) -> str:
    if base is not None:
        return path.relative_to(base).as_posix()
    return "/".join((path.drive.rstrip(":\\").lstrip("\\") or "photos", *path.parts[1:]))


def _is_result(path: Path, output: Path, files: Collection[Path]) -> bool:
    """Whether a photo inside the output folder is the result of an earlier run, beside its original."""
    stem, mark, rest = path.stem.rpartition(SUFFIX)
    if not mark or rest.strip("-0123456789") or output not in path.parents:
        return False
    return any(
        Path(path.parent, stem + extension) in files or Path(path.parent, stem + extension.upper()) in files
        for format_ in PhotoFormat
        for extension in format_.sources
    )
