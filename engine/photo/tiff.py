"""TIFF files, 8 and 16 bits.

The first directory is read here; decoders then see a directory of layout tags only, so that no hostile EXIF
or private tag reaches them and none turns the picture on its own. Pillow decodes 8 bits, OpenCV 16 (Pillow
would cut them to 8), tifffile what OpenCV does not know (separate planes, grey with alpha). Writing is ours:
EXIF's inner directories fit neither OpenCV nor tifffile.
Source: TIFF 6.0.
"""

import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from PIL import TiffImagePlugin

from engine.photo import exif as exif_block
from engine.photo import iptc
from engine.photo.codec import (
    DAMAGED,
    ENDS_EARLY,
    MAX_BLOCK,
    SEVERAL_FRAMES,
    Decoded,
    SizeCheck,
    Unreadable,
    Unwritable,
    arrays,
    in_rgb,
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

_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_STRIPS, _SAMPLES, _ROWS, _STRIP_BYTES, _PLANAR, _PREDICTOR = 273, 277, 278, 279, 284, 317
_TILES, _TILE_BYTES, _EXTRA, _FORMAT = 324, 325, 338, 339
_XMP, _IPTC, _PHOTOSHOP, _ICC = 700, 33723, 34377, 34675
_RAW_MARKS = (50706, 33421)  # DNG version, colour filter array

_LAYOUT = (
    _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, 266, _STRIPS, _SAMPLES, _ROWS, _STRIP_BYTES,
    _PLANAR, 292, 293, _PREDICTOR, 320, 322, 323, _TILES, _TILE_BYTES, 332, 334, _EXTRA, _FORMAT, 347, 512,
    513, 514, 529, 530, 531, 532,
)  # fmt: skip
# What describes the old file and not the photo, or is kept elsewhere; 330 and 37724 hold previews and layers.
_NOT_EXIF = (
    *_LAYOUT, _SUBFILE, 255, 263, 280, 281, 282, 283, 288, 289, 290, 291, 296, 330, 340, 341, 515, 517, 518,
    519, 520, 521, _XMP, _IPTC, _PHOTOSHOP, _ICC, 37724,
)  # fmt: skip

_NONE, _DEFLATE = 1, 8
_GREY_WHITE_IS_0, _GREY, _RGB = 0, 1, 2
_ASSOCIATED = 1
_MAX_PAGES = 100
_STRIP = 2**20  # bytes of a strip before compression
_LEVEL = 3  # of 9
_MAX_FILE = 2**32 - 2**24  # classic TIFF counts bytes in 32 bits


def decode(data: bytearray, check: SizeCheck) -> Decoded:
    """Decode a TIFF file with one page.

    Parameters
    ----------
    data : bytearray
        The whole file; its first directory is overwritten.
    check : callable
        Called with width and height before pixels are decoded.

    Returns
    -------
    Decoded
        Grey or RGB, uint8 or (16-bit grey and RGB files) uint16; CMYK and Lab are converted to RGB of 8 bits.

    Raises
    ------
    Unreadable
        If the file has several pages, is a camera raw, ends early or holds floating-point pixels.
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
    if not (integers(ifd, _WIDTH, order) and integers(ifd, _HEIGHT, order)):
        raise Unreadable("is damaged: it does not say how large its picture is; try another copy of it.")
    check(integers(ifd, _WIDTH, order)[0], integers(ifd, _HEIGHT, order)[0])
    if _has_more_pages(data, header, following):
        raise Unreadable(SEVERAL_FRAMES)
    _check_strips(data, ifd, order)
    metadata = _metadata(data, header, ifd)
    layout = {
        tag: integers(ifd, tag, order) for tag in (_BITS, _SAMPLES, _PHOTOMETRIC, _PLANAR, _EXTRA, _FORMAT)
    }
    _leave_layout_only(data, header)
    if set(layout[_FORMAT]) - {1, 4} or max(layout[_BITS], default=1) > 16:
        raise Unreadable("holds floating-point or 32-bit pixels; save it with 8 or 16 bits for each colour.")
    if set(layout[_BITS]) == {16} and layout[_PHOTOMETRIC][:1] in ((_GREY_WHITE_IS_0,), (_GREY,), (_RGB,)):
        pixels, alpha = _sixteen_bits(data, layout)
        return Decoded(pixels, alpha, metadata)
    image = TiffImagePlugin.TiffImageFile(io.BytesIO(data))
    image.load()
    converted, icc = in_rgb(image, metadata.icc)
    pixels, alpha = arrays(converted)
    if icc is not metadata.icc:
        metadata = replace(metadata, icc=icc)
    return Decoded(pixels, alpha, metadata)


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


def _check_strips(data: bytearray, ifd: Ifd, order: str) -> None:
    for offset_tag, length_tag in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        offsets, lengths = integers(ifd, offset_tag, order), integers(ifd, length_tag, order)
        if any(offset + length > len(data) for offset, length in zip(offsets, lengths, strict=False)):
            raise Unreadable(ENDS_EARLY)


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
        coding=Coding(compressed=integers(ifd, _COMPRESSION, order)[:1] != (_NONE,)),
    )


def _bytes(ifd: Ifd, tag: int) -> bytes | None:
    entry = ifd.get(tag)
    return bytes(entry.data) if entry is not None and 0 < len(entry.data) <= MAX_BLOCK else None


def _leave_layout_only(data: bytearray, header: Header) -> None:
    """Rewrite the first directory so that it holds layout tags and no successor."""
    size_format, entry_size = ("Q", 20) if header.big else ("H", 12)
    start = header.first + struct.calcsize("=" + size_format)
    (length,) = struct.unpack_from(header.order + size_format, data, header.first)
    end = start + length * entry_size
    entries = [bytes(data[at : at + entry_size]) for at in range(start, end, entry_size)]
    kept = [entry for entry in entries if struct.unpack_from(header.order + "H", entry)[0] in _LAYOUT]
    table = b"".join(kept)
    struct.pack_into(header.order + size_format, data, header.first, len(kept))
    data[start:end] = table + bytes(end - start - len(table))
    if len(kept) == length:  # no zeros follow the table: the successor must be unlinked
        data[end : end + (8 if header.big else 4)] = bytes(len(data[end : end + (8 if header.big else 4)]))


def _sixteen_bits(data: bytearray, layout: dict[int, tuple[int, ...]]) -> tuple[Pixels, Pixels | None]:
    samples = (layout[_SAMPLES] or (1,))[0]
    colours = 3 if layout[_PHOTOMETRIC][0] == _RGB else 1
    if layout[_PLANAR][:1] != (2,) and samples in (1, 3, 4) and samples >= colours:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if decoded is not None and decoded.ndim == 3:
            decoded = cv2.cvtColor(
                decoded, cv2.COLOR_BGR2RGB if decoded.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
            )
    else:
        import tifffile  # rarely needed, and one of the slowest imports

        decoded = tifffile.imread(io.BytesIO(data))
        if layout[_PLANAR][:1] == (2,) and samples > 1:
            decoded = np.moveaxis(decoded, 0, -1)
    if decoded is None or decoded.dtype != np.uint16 or decoded.shape[2:] not in ((), (samples,)):
        raise Unreadable(DAMAGED)
    channels = decoded.reshape(*decoded.shape[:2], -1)
    pixels = channels[..., :colours] if colours == 3 else channels[..., 0]
    if layout[_PHOTOMETRIC][0] == _GREY_WHITE_IS_0:
        pixels = np.invert(pixels)
    extra = layout[_EXTRA][:1]
    if channels.shape[2] == colours or extra not in ((1,), (2,)):
        return pixels, None  # a fourth channel without meaning is no alpha
    alpha = channels[..., colours].copy()
    return _not_premultiplied(pixels, alpha) if extra == (_ASSOCIATED,) else pixels, alpha


def _not_premultiplied(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Divide colours by alpha (16 bits, whole range), as the 8-bit decoder does on its own."""
    wide = pixels.astype(np.uint32) * 65_535
    divisor = np.maximum(alpha, 1).astype(np.uint32).reshape(*alpha.shape, *[1] * (pixels.ndim - 2))
    return np.minimum(wide // divisor, 65_535).astype(np.uint16)


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
        _STRIPS: numbers(LONG, starts[:-1], order),
        _STRIP_BYTES: numbers(LONG, lengths, order),
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
        _BITS: [photo.pixels.dtype.itemsize * 8] * channels,
        _COMPRESSION: [_DEFLATE if compressed else _NONE],
        _PHOTOMETRIC: [_RGB if colours == 3 else _GREY],
        exif_block.ORIENTATION: [1],
        _SAMPLES: [channels],
        _PLANAR: [1],
    }
    if compressed:
        shorts[_PREDICTOR] = [2]
    if photo.alpha is not None:
        shorts[_EXTRA] = [2]
    ifd = {tag: numbers(SHORT, values, order) for tag, values in shorts.items()}
    for tag, value in ((_WIDTH, photo.width), (_HEIGHT, photo.height), (_ROWS, rows)):
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
