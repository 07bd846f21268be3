"""Where originals come from and results go: folders of this machine, or anything that fsspec reaches (s3://…)."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from engine.album.database import OutputFull
from engine.errors import OutputError, PhotoError, UsageError, named
from engine.folders import user_data_folder
from engine.paths import identity

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""What no other photo's result would survive either: the job stops and can be resumed."""


def is_url(text: str) -> bool:
    """Whether a name is a URL such as ``s3://bucket/photos`` and no path."""
    return "://" in text


def file_checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp_of(source: str) -> str | None:
    """Tell the state of an original without reading it; None when it can't be looked at.

    Size and times of a file: as long as they stay, its content does. For a URL, what its store says of it.
    """
    if is_url(source):
        try:
            info = file_system(source).info(source)
        except Exception:  # each store raises what it likes
            return None
        known = {
            key: str(info[key])
            for key in ("size", "ETag", "etag", "mtime", "created", "LastModified")
            if key in info
        }
        return json.dumps(known, sort_keys=True)
    try:
        status = Path(source).stat()
    except (OSError, ValueError):
        return None
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def fetch(source: str, scratch: Path) -> Path:
    """Give an original as a local file: itself, or, for a URL, a copy in `scratch`.

    Raises
    ------
    PhotoError
        When a URL can't be fetched.
    """
    if not is_url(source):
        return Path(source)
    copy = scratch / f"{hashlib.sha256(source.encode()).hexdigest()[:16]}.original"
    try:
        file_system(source).get_file(source, str(copy))
    except Exception as error:  # each store raises what it likes
        raise PhotoError(f"{named(source)} can't be fetched ({type(error).__name__}: {error}).") from error
    return copy


def file_system(url: str) -> Any:
    """Open the fsspec file system of a URL.

    Raises
    ------
    UsageError
        When fsspec, or what it needs for this kind of URL, is not installed.
    """
    try:
        import fsspec

        return fsspec.core.url_to_fs(url)[0]
    except (ImportError, ValueError) as error:
        raise UsageError(
            f"{named(url)} can't be reached ({error}); install it with  pip install 'heirloom[ray]'."
        ) from error


class Output(Protocol):
    """The output folder of a job.

    Attributes
    ----------
    folder : Path
        Local folder with the journal.
    """

    folder: Path

    def checksum(self, relative: str) -> str | None:
        """SHA-256 of a result; None when it is not there."""

    def is_there(self, relative: str) -> bool:
        """Whether something of that name is there."""

    def identity(self, relative: str) -> tuple[int, int] | None:
        """Device and inode of what is there, through links; None where that is unknown."""

    def publish(self, staged: Path, relative: str) -> None:
        """Move a flushed file to its place, whole or not at all.

        Raises
        ------
        OutputFull
            When the disk is full or read-only, or the output folder is gone.
        OutputError
            When this name can't be written.
        """

    def shown(self, relative: str) -> str:
        """Path or URL of a result, for a message."""


class LocalOutput:
    """A folder of this machine; see `Output`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def checksum(self, relative: str) -> str | None:
        """See `Output`."""
        try:
            return file_checksum(self.folder / relative)
        except OSError:
            return None

    def is_there(self, relative: str) -> bool:
        """See `Output`."""
        return os.path.lexists(self.folder / relative)

    def identity(self, relative: str) -> tuple[int, int] | None:
        """See `Output`."""
        return identity(self.folder / relative)

    def publish(self, staged: Path, relative: str) -> None:
        """See `Output`."""
        target = self.folder / relative
        try:
            _make_below(self.folder, target.parent)
            _move(staged, target)
            _flush_folder(target.parent)
        except OSError as error:
            if not self.folder.is_dir():
                raise gone(self.folder) from error
            kind = OutputFull if error.errno in FULL else OutputError
            raise kind(f"{named(target)} was not written: {error.strerror}.") from error

    def shown(self, relative: str) -> str:
        """See `Output`."""
        return str(self.folder / relative)


class RemoteOutput:
    """A folder that fsspec reaches, with its journal on this machine; see `Output`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.folder = user_data_folder() / "albums" / hashlib.sha256(self.url.encode()).hexdigest()[:16]
        self._files = file_system(url)

    def checksum(self, relative: str) -> str | None:
        """See `Output`."""
        try:
            with self._files.open(f"{self.url}/{relative}", "rb") as file:
                digest = hashlib.sha256()
                while piece := file.read(2**20):
                    digest.update(piece)
                return digest.hexdigest()
        except FileNotFoundError:
            return None

    def is_there(self, relative: str) -> bool:
        """See `Output`."""
        return bool(self._files.exists(f"{self.url}/{relative}"))

    def identity(self, relative: str) -> tuple[int, int] | None:
        """See `Output`."""
        return None

    def publish(self, staged: Path, relative: str) -> None:
        """See `Output`; object stores show an object only when it is complete."""
        target = f"{self.url}/{relative}"
        try:
            self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(staged), target)
            staged.unlink()
        except Exception as error:  # each store raises what it likes
            raise OutputError(
                f"{named(target)} was not written ({type(error).__name__}: {error})."
            ) from error

    def shown(self, relative: str) -> str:
        """See `Output`."""
        return f"{self.url}/{relative}"


def open_output(name: str) -> Output:
    """Give the output folder of that path or URL; nothing is made yet.

    Raises
    ------
    UsageError
        When the name is empty.
    """
    if not name:
        raise UsageError("The name of the folder for the results is empty; say which you mean.")
    return RemoteOutput(name) if is_url(name) else LocalOutput(Path(os.path.abspath(name)))  # noqa: PTH100 (keeps links)


def gone(folder: Path) -> OutputFull:
    """Say that a running job's folder was moved or deleted."""
    return OutputFull(
        f"{named(folder)} or the album's journal in it was moved or deleted while photos were restored;"
        " put it back and resume, or begin again."
    )


def _make_below(root: Path, folder: Path) -> None:
    """Make a folder and those above it, but not `root`: results would go where their journal is not."""
    between = [folder, *folder.parents][: len(folder.relative_to(root).parts)]
    for step in reversed(between):
        step.mkdir(exist_ok=True)


def _move(file: Path, target: Path) -> None:
    """Put a file in its place, whole or not at all; on another disk its copy."""
    try:
        file.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # A folder of the output is a link to another disk: only what lies beside the target can become it.
        part = target.with_name(f".{file.name}.heirloom-part")
        try:
            with file.open("rb") as source, part.open("wb") as copy:
                shutil.copyfileobj(source, copy)
                copy.flush()
                os.fsync(copy.fileno())
            part.replace(target)
        except OSError:
            with suppress(OSError):
                part.unlink()
            raise


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    with suppress(OSError):  # some network folders can't be flushed; the file itself is
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class FolderLock:
    """Keeps two jobs out of one output folder. A killed process holds it no more.

    Raises
    ------
    OutputError
        When another process has it, or the folder can't be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+b")
        except OSError as error:
            raise OutputError(
                f"{named(path.parent.parent)} can't be written to ({error.strerror});"
                " choose another output folder."
            ) from error
        try:
            _lock_function()(self._file.fileno())
        except OSError as error:
            self._file.close()
            raise OutputError(
                f"Another album job is running in {named(path.parent.parent)};"
                " wait for it or choose another output folder."
            ) from error

    def release(self) -> None:
        """Let others in."""
        self._file.close()


def _lock_function() -> Callable[[int], None]:
    if os.name == "nt":
        import msvcrt

        return lambda number: msvcrt.locking(number, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    import fcntl

    return lambda number: fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
