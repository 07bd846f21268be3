"""From a file to a :class:`Photo`; whatever the file is, the answer is a photo or one sentence."""

import logging
import os
import stat
import warnings
from pathlib import Path
from typing import NoReturn

import cv2

from engine.errors import PhotoError, named
from engine.photo import exif
from engine.photo.codec import Unreadable
from engine.photo.formats import Reader, describe, recognise
from engine.photo.photo import Photo, Stamp
from engine.photo.turning import upright

MAX_PIXELS = 400_000_000
"""Largest photo that is opened, in pixels.

8 x 10 inch film scanned at 2,200 dpi fits; decoding takes up to 3 GB (8 bits), which a desktop machine has.
"""

_MAX_FILE = 4 * 2**30  # bytes; no format of ours at MAX_PIXELS needs more
_START = 16  # bytes that tell the format

# Libraries write to the terminal what the user gets as one sentence from us.
logging.getLogger("PIL").setLevel(logging.CRITICAL)
warnings.filterwarnings("ignore", module=r"PIL\b")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def read_photo(path: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> Photo:
    """Read a photo; its content tells the format, not its name.

    Parameters
    ----------
    path : path-like
        JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 or BMP file with one picture.
    max_pixels : int
        Larger pictures are refused, from their header, before memory is set aside for them.

    Returns
    -------
    Photo
        Upright, with its metadata.

    Raises
    ------
    PhotoError
        With one sentence that names the file, for whatever can be wrong with it.
    """
    path = Path(path)
    data, reader, stamp = _read_file(path)

    def check(width: int, height: int) -> None:
        if width < 1 or height < 1:
            raise Unreadable("is damaged: its picture has no pixels; try another copy of it.")
        if width * height > max_pixels:
            raise Unreadable(
                f"is too large with {width:,} x {height:,} pixels: Heirloom opens up to"
                f" {max_pixels / 1e6:,.0f} megapixels; save a smaller copy."
            )

    try:
        decoded = reader.decode(data, check)
        photo = Photo(
            decoded.pixels,
            decoded.alpha,
            reader.copies,
            decoded.metadata,
            path,
            stamp,
            foreign=reader.foreign,
        )
        return upright(photo, exif.orientation(decoded.metadata.exif))
    except Unreadable as error:
        raise PhotoError(f"{named(path)} {error}") from error
    except MemoryError as error:
        raise PhotoError(f"{named(path)} needs more memory than is free; close other programs.") from error
    except Exception as error:  # whatever a decoder raises over a damaged file, the user gets a sentence
        raise PhotoError(f"{named(path)} is damaged and can't be decoded; try another copy of it.") from error


def _read_file(path: Path) -> tuple[bytearray, Reader, Stamp]:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise PhotoError(f"{named(path)} is a folder; name the photos in it.")
        if not stat.S_ISREG(status.st_mode):
            raise PhotoError(f"{named(path)} is a device or pipe, not a photo.")
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            start = file.read(_START)
            reader = recognise(start)
            if reader is None or status.st_size > _MAX_FILE:
                _refuse(path, start, status.st_size)
            data = bytearray(status.st_size)
            file.seek(0)
            length = file.readinto(data)
    except FileNotFoundError as error:
        raise PhotoError(f"{named(path)} does not exist; check the name and the folder.") from error
    except PermissionError as error:
        raise PhotoError(f"{named(path)} may not be read; ask for permission to read it.") from error
    except (OSError, ValueError) as error:  # ValueError: a zero character in the name
        cause = getattr(error, "strerror", None) or error
        raise PhotoError(f"{named(path)} can't be read: {cause}.") from error
    del data[length:]
    return data, reader, Stamp(status.st_size, status.st_mtime_ns)


def _refuse(path: Path, start: bytes, size: int) -> NoReturn:
    if size == 0:
        raise PhotoError(f"{named(path)} is empty; try another copy of it.")
    if size > _MAX_FILE:
        raise PhotoError(f"{named(path)} is too large: Heirloom opens files of up to 4 GB.")
    raise PhotoError(
        f"{named(path)} is {describe(start)};"
        " Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP."
    )
