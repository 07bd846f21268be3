"""Which module reads and writes which format, and how a file's first bytes tell its format."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from engine.photo import foreign, jpeg, png, tiff, webp
from engine.photo.codec import Decoded, SizeCheck
from engine.photo.exif import Buffer
from engine.photo.photo import Metadata, Photo, PhotoFormat


class Codec(Protocol):
    """What a format's module offers: add a module with these two functions to add a format."""

    def decode(self, data: bytearray, check: SizeCheck) -> Decoded:
        """Decode a whole file, which it may overwrite; call ``check`` with width and height before that."""

    def encode(self, photo: Photo, metadata: Metadata, quality: int | None) -> Sequence[Buffer]:
        """Return the parts of a file that holds the photo with these metadata."""


CODECS: dict[PhotoFormat, Codec] = {
    PhotoFormat.JPEG: jpeg,
    PhotoFormat.PNG: png,
    PhotoFormat.WEBP: webp,
    PhotoFormat.TIFF: tiff,
}


class Reader(NamedTuple):
    """What reads a file.

    Attributes
    ----------
    decode : callable
        See `Codec.decode`.
    copies : PhotoFormat
        Format of the file, or the nearest one that is written.
    foreign : bool
        Whether the file has a format that is not written.
    """

    decode: Callable[[bytearray, SizeCheck], Decoded]
    copies: PhotoFormat
    foreign: bool = True


_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"avis")
_JPEG_2000_STARTS = (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")  # of files, and of codestreams alone
_OTHERS = (
    (0, b"GIF8", "a GIF picture or animation"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (0, b"FUJIFILM", "a camera raw file"),
    (0, b"IIU\0", "a camera raw file"),
    (0, b"IIRO", "a camera raw file"),
    (4, b"ftypcrx", "a camera raw file"),
    (4, b"ftyp", "a film"),
)


def recognise(start: bytes) -> Reader | None:
    """Return what reads a file that begins with these (16) bytes, None if nothing does."""
    format_ = _own(start)
    if format_ is not None:
        return Reader(CODECS[format_].decode, format_, foreign=False)
    if start[4:8] == b"ftyp" and start[8:12] in _HEIF_BRANDS:
        return Reader(foreign.decode_heif, PhotoFormat.JPEG)
    if start.startswith(_JPEG_2000_STARTS):
        return Reader(foreign.decode_jpeg2000, PhotoFormat.PNG)
    if start[:2] == b"BM" and start[6:10] == bytes(4):
        return Reader(foreign.decode_bmp, PhotoFormat.PNG)
    return None


def _own(start: bytes) -> PhotoFormat | None:
    if start.startswith(b"\xff\xd8\xff"):
        return PhotoFormat.JPEG
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return PhotoFormat.PNG
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return PhotoFormat.WEBP
    return PhotoFormat.TIFF if start.startswith(_TIFF_STARTS) else None


def describe(start: bytes) -> str:
    """Say what a file of no format of ours is, for the user: "a GIF picture or animation", "no picture"."""
    for offset, mark, name in _OTHERS:
        if start[offset : offset + len(mark)] == mark:
            return name
    return "no picture"
