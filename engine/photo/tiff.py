"""TIFF files, 8 and 16 bits.

The first directory is read here; decoders then see a directory of layout tags only, so that no hostile EXIF
or private tag reaches them and none turns the picture on its own. Writing is ours: EXIF's inner directories
fit neither OpenCV nor Pillow.
Source: TIFF 6.0.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.photo import exif as exif_block
from engine.photo import iptc, tiff_pixels
from engine.photo.codec import (
    DAMAGED,
    ENDS_EARLY,
    MAX_BLOCK,
    SEVERAL_FRAMES,
    Decoded,
    SizeCheck,
    Unreadable,
    Unwritable,
    interleaved,
)
from engine.photo.exif import (
    BYTE,
    LONG,
    SHORT,
    UNDEFINED,
    BrokenExif,
    Buffer,
    Entry,
    Header,
    Ifd,
    integers,
    numbers,
    read_header,
    read_ifd,
)
from engine.photo.photo import Coding, Metadata, Photo, Pixels
from engine.photo.tiff_pixels import (
    BITS,
    COMPRESSION,
    DEFLATE,
    EXTRA,
    FORMAT,
    GREY,
    HEIGHT,
    NONE,
    PHOTOMETRIC,
    PLANAR,
    PREDICTOR,
    RGB,
    SAMPLES,
    STRIP_BYTES,
    STRIPS,
    TILE_BYTES,
    TILE_WIDTH,
    TILES,
    WIDTH,
)

_SUBFILE, _ROWS = 254, 278
_XMP, _IPTC, _PHOTOSHOP, _ICC = 700, 33723, 34377, 34675
_RAW_MARKS = (50706, 33421)  # DNG version, colour filter array

_LAYOUT = (
    WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, 266, STRIPS, SAMPLES, _ROWS, STRIP_BYTES,
    PLANAR, 292, 293, PREDICTOR, 320, TILE_WIDTH, 323, TILES, TILE_BYTES, 332, 334, EXTRA, FORMAT, 347, 512,
    513, 514, 529, 530, 531, 532,
)  # fmt: skip
# What describes the old file and not the photo, or is kept elsewhere; 330 and 37724 hold previews and layers.
_NOT_EXIF = (
    *_LAYOUT, _SUBFILE, 255, 263, 280, 281, 282, 283, 288, 289, 290, 291, 296, 330, 340, 341, 515, 517, 518,
    519, 520, 521, _XMP, _IPTC, _PHOTOSHOP, _ICC, 37724,
)  # fmt: skip

_MAX_PAGES = 100
_STRIP = 2**20  # bytes of a strip before compression
_LEVEL = 3  # of 9
_MAX_FILE = 2**32 - 2**24  # classic TIFF counts bytes in 32 bits


def decode(data: bytearray, check: SizeCheck) -> Decoded:
    """Decode a TIFF file with one page.

    Parameters
    ----------
    data : bytearray
        The whole file; directories are appended.
    check : callable
        Called with width and height before pixels are decoded.

    Returns
    -------
    Decoded
        Grey or RGB, uint8 or (grey and RGB of more than 8 bits) uint16; CMYK and Lab become RGB of 8 bits.

    Raises
    ------
    Unreadable
        If the file has several pages, is a camera raw, ends early or holds pixels that nobody here decodes.
    """
    metadata, layout, order = _read(data, check)
    pixels, alpha, icc = tiff_pixels.decode(data, layout, order, metadata.icc)
    return Decoded(pixels, alpha, replace(metadata, icc=icc))


def _read(data: bytearray, check: SizeCheck) -> tuple[Metadata, Ifd, str]:
    """Read the first directory: what goes on into copies, what decoders need, and the byte order.

    Nothing of it is a view of the file, which could not be changed then.
    """
    try:
        header = read_header(data)
        ifd, following = read_ifd(data, header, header.first)
    except BrokenExif as error:
        raise Unreadable(ENDS_EARLY) from error
    order = header.order
    if bytes(data[8:10]) == b"CR" or any(tag in ifd for tag in _RAW_MARKS) or _is_preview(ifd, order):
        raise Unreadable(
            "is a camera raw file or a preview; develop it and save the photo as TIFF, PNG or JPEG."
        )
    if not (integers(ifd, WIDTH, order) and integers(ifd, HEIGHT, order)):
        raise Unreadable("is damaged: it does not say how large its picture is; try another copy of it.")
    check(integers(ifd, WIDTH, order)[0], integers(ifd, HEIGHT, order)[0])
    if _has_more_pages(data, header, following):
        raise Unreadable(SEVERAL_FRAMES)
    layout = {tag: entry for tag, entry in ifd.items() if tag in _LAYOUT}
    if sum(len(entry.data) for entry in layout.values()) > MAX_BLOCK:
        raise Unreadable(DAMAGED)
    return _metadata(data, header, ifd), {tag: _classic(layout, tag, order) for tag in layout}, order


def _classic(ifd: Ifd, tag: int, order: str) -> Entry:
    """Return a copy of an entry whose values have no type of BigTIFF's own."""
    entry = ifd[tag]
    if entry.kind > exif_block.IFD_POINTER:
        return numbers(LONG, integers(ifd, tag, order), order)
    return Entry(entry.kind, entry.count, bytes(entry.data))


def _is_preview(ifd: Ifd, order: str) -> bool:
    """Return whether a directory holds a reduced copy or a mask of another one."""
    return bool((integers(ifd, _SUBFILE, order) or (0,))[0] & 5)


def _has_more_pages(data: bytearray, header: Header, following: int) -> bool:
    """Return whether a further directory holds a picture of its own; scanners and editors append previews."""
    for _ in range(_MAX_PAGES):
        if not following:
            return False
        try:
            ifd, following = read_ifd(data, header, following)
        except BrokenExif:
            return False
        if not _is_preview(ifd, header.order):
            return True
    return True


def _metadata(data: bytearray, header: Header, ifd: Ifd) -> Metadata:
    order = header.order
    dpi, centimetre = exif_block.resolution(ifd, order)
    photoshop = _bytes(ifd, _PHOTOSHOP)
    caption = _bytes(ifd, _IPTC) or (iptc.unpack(photoshop) if photoshop else None)
    return Metadata(
        exif=exif_block.block_of(exif_block.with_directories(data, header, ifd, _NOT_EXIF), order),
        icc=_bytes(ifd, _ICC),
        xmp=_bytes(ifd, _XMP),
        iptc=caption,
        dpi=dpi,
        dpi_unit="cm" if centimetre else "inch",
        coding=Coding(compressed=integers(ifd, COMPRESSION, order)[:1] != (NONE,)),
    )


def _bytes(ifd: Ifd, tag: int) -> bytes | None:
    entry = ifd.get(tag)
    return bytes(entry.data) if entry is not None and 0 < len(entry.data) <= MAX_BLOCK else None


def encode(photo: Photo, metadata: Metadata, quality: int | None) -> Sequence[Buffer]:
    """Encode a photo as TIFF with the photo's own bit depth; identical pixels come back.

    Parameters
    ----------
    photo : Photo
        Any.
    metadata : Metadata
        Replaces that of the photo; its coding says whether to compress (Deflate with differences).
    quality : int or None
        Means nothing to a lossless format.

    Raises
    ------
    Unwritable
        If the file would exceed 4 GB.
    """
    exif, order = exif_block.contents(metadata.exif)
    rows = max(1, _STRIP // (photo.width * photo.pixels.dtype.itemsize))
    strips = [
        _strip(interleaved(photo, top, top + rows), order, metadata.coding.compressed)
        for top in range(0, photo.height, rows)
    ]
    starts = [8]
    for strip in strips:
        starts.append(starts[-1] + len(strip))
    if starts[-1] > _MAX_FILE:
        raise Unwritable("would exceed the 4 GB that a TIFF can hold; choose PNG.")
    padding = bytes(starts[-1] % 2)
    lengths = [len(strip) for strip in strips]
    layout = _layout(photo, metadata, rows, order) | {
        STRIPS: numbers(LONG, starts[:-1], order),
        STRIP_BYTES: numbers(LONG, lengths, order),
    }
    first = starts[-1] + len(padding)
    magic = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", first)
    return [magic, *strips, padding, exif_block.serialise(exif | layout, order, first)]


def _strip(samples: Pixels, order: str, compressed: bool) -> bytes:
    """Return rows of (rows, W, channels) samples as the bytes of a strip."""
    if compressed:
        differences = samples.copy()
        np.subtract(samples[:, 1:], samples[:, :-1], out=differences[:, 1:])
        samples = differences
    ordered = samples.astype(samples.dtype.newbyteorder("<" if order == "<" else ">"), copy=False)
    return zlib.compress(np.ascontiguousarray(ordered).data, _LEVEL) if compressed else ordered.tobytes()


def _layout(photo: Photo, metadata: Metadata, rows: int, order: str) -> Ifd:
    colours = 3 if photo.pixels.ndim == 3 else 1
    channels = colours + (photo.alpha is not None)
    compressed = metadata.coding.compressed
    shorts = {
        BITS: [photo.pixels.dtype.itemsize * 8] * channels,
        COMPRESSION: [DEFLATE if compressed else NONE],
        PHOTOMETRIC: [RGB if colours == 3 else GREY],
        exif_block.ORIENTATION: [1],
        SAMPLES: [channels],
        PLANAR: [1],
    }
    if compressed:
        shorts[PREDICTOR] = [2]
    if photo.alpha is not None:
        shorts[EXTRA] = [2]
    ifd = {tag: numbers(SHORT, values, order) for tag, values in shorts.items()}
    for tag, value in ((WIDTH, photo.width), (HEIGHT, photo.height), (_ROWS, rows)):
        ifd[tag] = numbers(LONG, [value], order)
    if metadata.dpi is not None:
        ifd |= exif_block.resolution_entries(metadata.dpi, metadata.dpi_unit == "cm", order)
    for tag, kind, data in (
        (_XMP, BYTE, metadata.xmp),
        (_IPTC, UNDEFINED, metadata.iptc),
        (_ICC, UNDEFINED, metadata.icc),
    ):
        if data is not None:
            ifd[tag] = Entry(kind, len(data), data)
    return ifd
