"""From a :class:`Photo` to a file: all of it or nothing, and never over an original."""

import errno
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.errors import OutputError, named
from engine.paths import is_folder, is_same
from engine.photo.codec import Unwritable
from engine.photo.exif import Buffer
from engine.photo.formats import CODECS
from engine.photo.photo import Photo, PhotoFormat, Stamp
from engine.photo.xmp import AiEdit, mark, of_copy

_PIECE = 2**20  # bytes copied at once

_CAUSES = {
    errno.ENOSPC: "the disk is full; make room or choose another folder",
    errno.EDQUOT: "your disk quota is used up; make room or choose another folder",
    errno.EFBIG: "the file is larger than the disk or a limit allows; choose another folder",
    errno.EACCES: "the folder may not be written to; choose another one",
    errno.EPERM: "the folder may not be written to; choose another one",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.ENOTDIR: "a part of its path is a file, not a folder; choose another folder",
    errno.EEXIST: "a part of its path is a file, not a folder; choose another folder",
    errno.ENAMETOOLONG: "its name is too long; choose a shorter one",
}


def write_photo(
    photo: Photo,
    path: str | os.PathLike[str],
    *,
    original: str | os.PathLike[str] | None = None,
    format: PhotoFormat | None = None,
    quality: int | None = None,
    edit: AiEdit | None = None,
    overwrite: bool = False,
) -> None:
    """Write a photo to a file, atomically.

    A photo that was not edited and keeps its format is copied byte for byte from the file it was read from,
    as long as that file is unchanged; one of a foreign format, if it keeps its extension, too. Every other
    photo is encoded: PNG, TIFF and lossless WebP give the same pixels back; JPEG and lossy WebP compress
    again, JPEG with the quantisation tables of its source.
    Bytes go to a hidden temporary file in the same folder, are flushed to the disk and then renamed.

    Parameters
    ----------
    photo : Photo
        What to write.
    path : path-like
        Output; missing folders are made.
    original : path-like or None
        One more file that must not be written to, beside ``photo.path``.
    format : PhotoFormat or None
        None for the format that the extension of ``path`` names, or the photo's own if it names none.
    quality : int or None
        1 to 100 for JPEG and lossy WebP; None stays close to the source.
    edit : AiEdit or None
        What AI did to the photo, to be said in its metadata.
    overwrite : bool
        Whether an existing file (never an original) may be replaced.

    Raises
    ------
    OutputError
        With one sentence that names the output. Nothing half-written is left behind.
    ValueError
        If ``quality`` is out of range.
    """
    if quality is not None and not 1 <= quality <= 100:
        raise ValueError(f"quality must be 1 to 100, not {quality}")
    path = Path(path)
    originals = [Path(file) for file in (photo.path, original) if file is not None]
    _guard(path, originals, overwrite)
    format_ = format or PhotoFormat.of_name(path) or photo.format
    if (
        not photo.edited
        and edit is None
        and quality is None
        and format_ == photo.format
        and photo.path
        and (not photo.foreign or path.suffix == photo.path.suffix)
        and photo.stamp
    ):
        with suppress(_Changed):
            _write_atomically(path, _copied(photo.path, photo.stamp), originals, overwrite)
            return
    _write_atomically(path, _encoded(photo, path, format_, quality, edit), originals, overwrite)


class _Changed(Exception):
    """The file that a photo was read from is gone or was changed since."""


def _copied(source: Path, stamp: Stamp) -> Iterator[Buffer]:
    """Yield the bytes of the file that a photo was read from.

    Read again instead of kept: an uncompressed TIFF would double the memory of every open photo.
    """
    try:
        with source.open("rb") as file:
            status = os.fstat(file.fileno())
            if Stamp(status.st_size, status.st_mtime_ns) != stamp:
                raise _Changed
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise _Changed from error


def _encoded(
    photo: Photo, path: Path, format_: PhotoFormat, quality: int | None, edit: AiEdit | None
) -> Sequence[Buffer]:
    metadata = photo.metadata
    if metadata.xmp is not None:
        metadata = replace(metadata, xmp=of_copy(metadata.xmp))
    if edit is not None:
        metadata = replace(metadata, xmp=mark(metadata.xmp, edit))
    try:
        return CODECS[format_].encode(photo, metadata, quality)
    except Unwritable as error:
        raise OutputError(f"{named(path)} {error}") from error
    except MemoryError as error:
        raise OutputError(f"{named(path)} needs more memory than is free; close other programs.") from error
    except Exception as error:  # an encoder's own words would not help the user
        raise OutputError(
            f"{named(path)} can't be encoded as {format_.value.upper()}; choose another format."
        ) from error


def _guard(path: Path, originals: Iterable[Path], overwrite: bool) -> None:
    """Refuse an output that is an original, under whatever name, or exists already."""
    for original in originals:
        if is_same(path, original):
            raise OutputError(
                f"{named(path)} is the original photo, which Heirloom never writes to; choose another name."
            )
    if is_folder(path):
        raise OutputError(f"{named(path)} is a folder; name a file in it.")
    if not overwrite and os.path.lexists(path):
        raise OutputError(f"{named(path)} exists already; choose another name, or allow it to be replaced.")


def _write_atomically(
    path: Path, parts: Iterable[Buffer], originals: Sequence[Path], overwrite: bool
) -> None:
    temporary = path.parent / f".heirloom-{secrets.token_hex(8)}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not tempfile: its files are for the owner alone (0600), a photo gets what the user's umask says.
        try:
            with temporary.open("xb") as file:
                for part in parts:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            _guard(path, originals, overwrite)  # once more: encoding took a while
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        _flush_folder(path.parent)
    except (OSError, ValueError) as error:  # ValueError: a zero character in the name
        number = getattr(error, "errno", None)
        cause = _CAUSES.get(number or 0) or getattr(error, "strerror", None) or str(error)
        raise OutputError(f"{named(path)} was not written: {cause}.") from error


def _flush_folder(folder: Path) -> None:
    """Make the new name survive a power failure; Windows offers no way to."""
    if os.name != "posix":
        return
    with suppress(OSError):  # some network folders can't be flushed; the file itself is
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
