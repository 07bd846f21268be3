"""Which photos a job has, and what their results are called."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.album.journal import FOLDER
from engine.album.likeness import SUFFIX, alike, beginnings, is_like_a_result
from engine.album.places import file_system, is_url
from engine.errors import HeirloomError, PhotoError, UsageError, named
from engine.paths import identity, is_folder
from engine.photo import EXTENSIONS, PhotoFormat


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
    left_out : tuple of Path
        Photos that were not named, and are called like results of others beside them. Who made them is not
        known: they may be originals.
    """

    sources: tuple[Source, ...]
    notices: tuple[str, ...] = ()
    left_out: tuple[Path, ...] = ()


def find_photos(
    inputs: Sequence[str],
    output: Path | None,
    formats: Collection[PhotoFormat] = tuple(PhotoFormat),
    strict: bool = True,
) -> Found:
    """Find all photos of folders (with the folders in them), files, patterns and URLs.

    Photos are told by the extension of their name; a file that is named itself is taken whatever its
    extension and name. Hidden files and folders, what is called like a result (also of ``heirloom restore``)
    of a photo beside it, and what lies in the output folder are left out; where all inputs lie in that, its
    photos are taken. Links to folders are not followed.

    Parameters
    ----------
    inputs : sequence of str
    output : Path or None
        The output folder, where it is on this machine.
    formats : collection of PhotoFormat
        What is looked for in folders.
    strict : bool
        Whether an input that can't be found stops all; else it is told in a notice, as long as others hold
        photos.

    Raises
    ------
    UsageError
        When an input does not exist, or its name is empty.
    PhotoError
        When one may not be looked at.
    """
    if "" in inputs:  # would be the current folder
        raise UsageError("The name of a photo or folder is empty; say which you mean.")
    extensions = tuple(extension for format_ in formats for extension in format_.sources)
    remote = [source for name in inputs if is_url(name) for source in _remote_photos(name, extensions)]
    place = None if output is None else identity(output)
    notices: list[str] = []
    local: list[_Input] = []
    missing: dict[str, HeirloomError] = {}
    for name in inputs:
        try:
            local += [] if is_url(name) else _expanded(name)
        except (UsageError, PhotoError) as error:
            if strict:
                raise
            missing[name] = error
    within = {folder: _lies_in(folder, place) for folder in {one.folder for one in local}}
    if not all(within.values()):
        notices += [_left_out(one) for one in local if one.is_folder and within[one.folder]]
        local = [one for one in local if not within[one.folder] or one.is_named_file]
    left_out: set[Path] = set()
    files = _files([one for one in local if not one.is_folder], left_out)
    for one in local:
        if one.is_folder:
            files.update(_walk(one.path, place, extensions, notices, left_out))
    base = shared_folder([*(one.folder for one in local), *map(_former_folder, missing)])
    found = [*remote, *(Source(str(path), _below(path, base)) for path in files)]
    if missing and not found:
        raise next(iter(missing.values()))
    notices += [f"{named(name)} can't be found; the album goes on without it." for name in missing]
    sources = {source.source: source for source in found}
    ordered = sorted(sources.values(), key=lambda source: (source.relative, source.source))
    return Found(tuple(ordered), tuple(notices), tuple(sorted(left_out - files)))


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
    stems = [alike(_stem(source.relative)) for source in sources]
    shared = {stem for stem, number in Counter(stems).items() if number > 1}
    used = {alike(name) for name in taken} | set(stems)
    names: list[str] = []
    for source, stem in zip(sources, stems, strict=True):
        wish = _stem(source.relative)
        if stem in shared:
            wish += "-" + PurePosixPath(source.relative).suffix[1:].lower()
        name, number = wish + SUFFIX, 2
        while alike(name) in used:
            name, number = f"{wish}{SUFFIX}-{number}", number + 1
        used.add(alike(name))
        names.append(name)
    return names


def _stem(relative: str) -> str:
    path = PurePosixPath(relative)
    return str(path.with_name(path.stem))


@dataclass(frozen=True)
class _Input:
    """A file or folder of this machine that was named, or that a pattern found."""

    path: Path  # absolute, links are kept
    folder: Path  # itself, or that of the file
    by_pattern: bool

    @property
    def is_folder(self) -> bool:
        return self.path == self.folder

    @property
    def is_named_file(self) -> bool:
        return not self.is_folder and not self.by_pattern


def _expanded(name: str) -> Iterator[_Input]:
    try:
        is_there = Path(name).exists() or os.path.lexists(name)
    except OSError as error:
        raise PhotoError(
            f"{named(name)} can't be read ({error.strerror}); check the name, and whether you may open its"
            " folder."
        ) from error
    matches = [name] if is_there else []
    if not is_there and glob.has_magic(name):
        matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 (absolute patterns)
    if not matches:
        raise UsageError(f"There is no photo or folder {named(name)}; check the name.")
    for match in matches:
        path = Path(os.path.abspath(match))  # noqa: PTH100 (resolve() would follow links)
        yield _Input(path, path if is_folder(path) else path.parent, not is_there)


def _former_folder(name: str) -> Path:
    """Guess the folder of an input that is gone: it counts for the one that all inputs share."""
    path = Path(os.path.abspath(name))  # noqa: PTH100
    return path.parent if path.suffix else path


def _lies_in(folder: Path, place: tuple[int, int] | None) -> bool:
    """Whether a folder is the one of that device and inode or lies in it, whatever they are called."""
    real = Path(os.path.realpath(folder))
    return place is not None and any(identity(one) == place for one in (real, *real.parents))


def _files(inputs: Sequence[_Input], left_out: set[Path]) -> set[Path]:
    """Give files, but of those that a pattern found none that is called like a result of another."""
    known = beginnings(one.path for one in inputs)
    for one in inputs:
        if one.by_pattern and is_like_a_result(one.path, known[one.folder]):
            left_out.add(one.path)
    return {one.path for one in inputs if one.is_named_file or one.path not in left_out}


def _left_out(one: _Input) -> str:
    return f"The photos in {named(one.path)} are left out: the results go there."


def _walk(
    root: Path,
    place: tuple[int, int] | None,
    extensions: tuple[str, ...],
    notices: list[str],
    left_out: set[Path],
) -> Iterator[Path]:
    def note(error: OSError) -> None:
        notices.append(
            f"{named(error.filename)} can't be looked into ({error.strerror}); its photos are left out."
        )

    for folder, folders, names in os.walk(root, onerror=note):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and (place is None or identity(Path(folder, name)) != place)
        )
        paths = [Path(folder, name) for name in names if not name.startswith(".")]
        known = beginnings(paths)[Path(folder)]
        for path in paths:
            if is_like_a_result(path, known):
                left_out |= {path} if path.suffix.lower() in EXTENSIONS else set()
            elif path.name.lower().endswith(extensions):
                yield path


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


def shared_folder(roots: Sequence[Path]) -> Path | None:
    """Give the folder in which all lie, if there is one."""
    try:
        return Path(os.path.commonpath(roots)) if roots else None
    except ValueError:  # several drives of Windows share none
        return None


def _below(path: Path, base: Path | None) -> str:
    if base is not None:
        return path.relative_to(base).as_posix()
    return "/".join((path.drive.rstrip(":\\").lstrip("\\") or "photos", *path.parts[1:]))
