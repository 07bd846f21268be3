"""Which decoder reads which layout of a TIFF picture.

Each gets the picture's data and a directory of layout tags only. Pillow decodes up to 8 bits; OpenCV more,
which Pillow would cut to 8. OpenCV knows neither planes nor grey with alpha, Pillow only some planes: each
plane is given to them as a grey picture, samples side by side as a grey picture so many times as wide.
Source: TIFF 6.0.
"""

import io
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import cv2
import numpy as np
from PIL import TiffImagePlugin

from engine.photo.codec import DAMAGED, ENDS_EARLY, UNKNOWN_WAY, Unreadable, arrays, in_rgb
from engine.photo.exif import LONG, SHORT, Ifd, integers, numbers, serialise
from engine.photo.photo import Pixels

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
STRIPS, SAMPLES, STRIP_BYTES, PLANAR, PREDICTOR = 273, 277, 279, 284, 317
TILE_WIDTH, TILES, TILE_BYTES, EXTRA, FORMAT = 322, 324, 325, 338, 339
GREY_WHITE_IS_0, GREY, RGB, _YCBCR = 0, 1, 2, 6
NONE, DEFLATE = 1, 8

_CCITT = (2, 3, 4)
_MOST = {NONE: 1, 5: 2_731, DEFLATE: 1_032, 32946: 1_032, 32773: 64}
"""Bytes into which one can unpack; LZW, Deflate under both numbers, PackBits. OpenCV decodes these alone."""
_OF_PILLOW = (*_MOST, *_CCITT, 6, 7, 32771, 34925, 50000)  # JPEG old and new, CCITT in words, LZMA, ZSTD
_DEEP = (10, 12, 14, 16)  # bits that OpenCV decodes
_MAX_SAMPLES = 8
_SEPARATE, _DIFFERENCES, _ASSOCIATED = 2, 2, 1


@dataclass(frozen=True)
class _Layout:
    """What a directory says of its picture.

    Attributes
    ----------
    bits : int
        Of each sample; 0 where they differ.
    samples : int
        Of each pixel, alpha and others included.
    colours : int
        Samples of them that are grey or RGB; 0 for every other kind of picture.
    planes : bool
        Each sample has strips or tiles of its own.
    extra : int or None
        What the first sample that is no colour means.
    """

    width: int
    height: int
    bits: int
    samples: int
    compression: int
    photometric: int
    colours: int
    planes: bool
    extra: int | None


def decode(
    data: bytearray, ifd: Ifd, order: str, icc: bytes | None
) -> tuple[Pixels, Pixels | None, bytes | None]:
    """Decode a picture.

    Parameters
    ----------
    data : bytearray
        The whole file, of which nobody else holds a view; its header is overwritten, directories appended.
    ifd : dict of int to Entry
        Tags that say how the picture is laid out, and no others; values of classic TIFF.
    order : {"<", ">"}
        Byte order of the file.
    icc : bytes or None
        Profile of the picture.

    Returns
    -------
    pixels : (H, W, 3) RGB or (H, W) grey array of uint8 or uint16
    alpha : (H, W) array of their dtype, or None
    icc : bytes or None
        Profile of these pixels: CMYK and Lab become sRGB.

    Raises
    ------
    Unreadable
        If nobody here decodes such a picture, or its data end early.
    """
    if set(integers(ifd, FORMAT, order)) - {1, 4} or max(integers(ifd, BITS, order), default=1) > 16:
        raise Unreadable("holds floating-point or 32-bit pixels; save it with 8 or 16 bits for each colour.")
    layout = _layout(ifd, order)
    ifd = _checked(ifd, order, layout, len(data))
    if layout.colours and (layout.bits in _DEEP or (layout.bits == 8 and layout.planes)):
        return *_grey_or_rgb(_channels(data, ifd, order, layout), layout), icc
    _append(data, len(data), ifd, order)
    try:
        image = TiffImagePlugin.TiffImageFile(io.BytesIO(data))
    except SyntaxError as error:  # the directory is sound, so this is what Pillow says of an unknown layout
        raise Unreadable(UNKNOWN_WAY) from error
    image.load()
    converted, icc = in_rgb(image, icc)
    return *arrays(converted), icc


def _layout(ifd: Ifd, order: str) -> _Layout:
    def first(tag: int, default: int) -> int:
        return (integers(ifd, tag, order) or (default,))[0]

    bits, samples = set(integers(ifd, BITS, order)) or {1}, first(SAMPLES, 1)
    compression = first(COMPRESSION, NONE)
    # Where nothing says what the numbers mean, as libtiff takes it.
    unsaid = RGB if samples >= 3 else GREY_WHITE_IS_0 if compression in _CCITT else GREY
    photometric = first(PHOTOMETRIC, unsaid)
    return _Layout(
        width=first(WIDTH, 0),
        height=first(HEIGHT, 0),
        bits=bits.pop() if len(bits) == 1 else 0,
        samples=samples,
        compression=compression,
        photometric=photometric,
        colours={GREY_WHITE_IS_0: 1, GREY: 1, RGB: 3}.get(photometric, 0),
        planes=first(PLANAR, 1) == _SEPARATE and samples > 1,
        extra=next(iter(integers(ifd, EXTRA, order)), None),
    )


def _checked(ifd: Ifd, order: str, layout: _Layout, end: int) -> Ifd:
    """Refuse what is unknown or can't be all there, before memory is set aside for it."""
    deep = layout.colours and layout.bits in _DEEP
    known = layout.compression in (_MOST if deep else _OF_PILLOW)
    if not known or not max(1, layout.colours) <= layout.samples <= _MAX_SAMPLES:
        raise Unreadable(UNKNOWN_WAY)
    place, length = (TILES, TILE_BYTES) if TILES in ifd else (STRIPS, STRIP_BYTES)
    offsets, stated = integers(ifd, place, order), integers(ifd, length, order)
    # YCbCr may have fewer colours than pixels.
    samples = 1 if layout.photometric == _YCBCR else layout.samples
    unpacked = layout.width * layout.height * samples * layout.bits // 8
    lengths = _lengths(offsets, stated, end, unpacked if layout.compression == NONE else 0)
    most = sum(lengths) * _MOST.get(layout.compression, unpacked)
    ends = [offset + length for offset, length in zip(offsets, lengths, strict=True)]
    if not offsets or not all(lengths) or unpacked > most or max(ends) > end:
        raise Unreadable(ENDS_EARLY)
    return ifd | {
        PHOTOMETRIC: numbers(SHORT, [layout.photometric], order),
        length: numbers(LONG, lengths, order),
    }


def _lengths(offsets: Sequence[int], stated: Sequence[int], end: int, least: int) -> list[int]:
    """Return the bytes of each strip or tile, of all together `least` if the file has them.

    Old programs leave out what their reader does not need, or state too little: as libtiff takes it, such a
    strip goes up to the next one, or to the end of the file.
    """
    stops = [*sorted({offset for offset in offsets if offset < end}), end]
    following = (stops[min(bisect_right(stops, offset), len(stops) - 1)] for offset in offsets)
    # At 0 there is the header, and no strip.
    most = [max(0, stop - offset) if offset else 0 for offset, stop in zip(offsets, following, strict=True)]
    pairs = list(zip_longest(stated[: len(offsets)], most, fillvalue=0))
    lengths = [length or rest for length, rest in pairs]
    return lengths if sum(lengths) >= least else [max(pair) for pair in pairs]


def _append(data: bytearray, end: int, ifd: Ifd, order: str) -> None:
    """Let a file consist of its first bytes up to `end` and of one directory, as a classic TIFF."""
    del data[end:]
    data += bytes(end % 2)
    data[:8] = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", len(data))
    data += serialise(ifd, order, len(data))


def _channels(data: bytearray, ifd: Ifd, order: str, layout: _Layout) -> Pixels:
    """Decode samples of 8 to 16 bits as they are stored: (H, W, samples)."""
    end, shape = len(data), (layout.height, layout.width, layout.samples)
    if layout.planes:
        planes = None
        for number, plane in enumerate(_planes(ifd, order, layout)):
            _append(data, end, plane, order)
            decoded = _decoded(data, layout.bits, shape[:2])
            planes = np.empty(shape, decoded.dtype) if planes is None else planes
            planes[..., number] = decoded
        assert planes is not None
        return planes
    if layout.samples == 1 or (layout.colours == 3 and layout.samples in (3, 4)):
        _append(data, end, ifd, order)
        return _decoded(data, layout.bits, shape)
    _append(data, end, _side_by_side(ifd, order, layout), order)
    channels = _decoded(data, layout.bits, (shape[0], shape[1] * shape[2])).reshape(shape)
    if integers(ifd, PREDICTOR, order) == (_DIFFERENCES,):
        across = (integers(ifd, TILE_WIDTH, order) if TILES in ifd else ()) or (layout.width,)
        for left in range(0, layout.width, max(1, across[0])):
            block = channels[:, left : left + across[0]]
            np.add.accumulate(block, axis=1, dtype=block.dtype, out=block)
    return channels


def _grey_picture(ifd: Ifd, order: str, layout: _Layout) -> Ifd:
    others = {tag: entry for tag, entry in ifd.items() if tag not in (EXTRA, FORMAT, PLANAR)}
    said = {BITS: layout.bits, SAMPLES: 1, PHOTOMETRIC: GREY}
    return others | {tag: numbers(SHORT, [value], order) for tag, value in said.items()}


def _planes(ifd: Ifd, order: str, layout: _Layout) -> Iterator[Ifd]:
    """Give each plane as a picture of its own: its strips or tiles follow those of the plane before."""
    grey = _grey_picture(ifd, order, layout)
    tags = (TILES, TILE_BYTES) if TILES in ifd else (STRIPS, STRIP_BYTES)
    count = len(integers(ifd, tags[0], order)) // layout.samples
    for begin in range(0, count * layout.samples, max(1, count)):
        own = {tag: integers(ifd, tag, order)[begin : begin + count] for tag in tags}
        yield grey | {tag: numbers(LONG, values, order) for tag, values in own.items()}
    if not count:
        raise Unreadable(ENDS_EARLY)


def _side_by_side(ifd: Ifd, order: str, layout: _Layout) -> Ifd:
    """Give all samples as one wide grey picture; differences between pixels would be taken for others."""
    grey = _grey_picture(ifd, order, layout)
    grey.pop(PREDICTOR, None)
    widths = {tag: integers(ifd, tag, order) for tag in (WIDTH, TILE_WIDTH)}
    return grey | {
        tag: numbers(LONG, [value[0] * layout.samples], order) for tag, value in widths.items() if value
    }


def _decoded(data: bytearray, bits: int, shape: tuple[int, ...]) -> Pixels:
    """Decode a picture with the channels that its decoder knows; more than 8 bits fill 16."""
    if bits == 8:
        decoded, _ = arrays(TiffImagePlugin.TiffImageFile(io.BytesIO(data)))
    else:
        decoded = _by_opencv(data)
    if decoded.dtype != (np.uint8 if bits == 8 else np.uint16) or decoded.size != np.prod(shape):
        raise Unreadable(DAMAGED)
    if bits in _DEEP[:-1]:
        decoded |= decoded >> np.uint16(bits)  # the upper bits are there: the lower ones repeat them
    return decoded.reshape(shape)


def _by_opencv(data: bytearray) -> Pixels:
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None:
        raise Unreadable(DAMAGED)
    if decoded.ndim == 3:
        decoded = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB if decoded.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)
    return decoded


def _grey_or_rgb(channels: Pixels, layout: _Layout) -> tuple[Pixels, Pixels | None]:
    pixels = channels[..., :3] if layout.colours == 3 else channels[..., 0]
    if layout.photometric == GREY_WHITE_IS_0:
        pixels = np.invert(pixels)
    if layout.samples == layout.colours or layout.extra not in (1, 2):
        return pixels, None  # a fourth channel without meaning is no alpha
    alpha = channels[..., layout.colours].copy()
    return _not_premultiplied(pixels, alpha) if layout.extra == _ASSOCIATED else pixels, alpha


def _not_premultiplied(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Divide colours by alpha, as Pillow does on its own."""
    most = np.iinfo(pixels.dtype).max
    wide = pixels.astype(np.uint32) * most
    divisor = np.maximum(alpha, 1).astype(np.uint32).reshape(*alpha.shape, *[1] * (pixels.ndim - 2))
    return np.minimum(wide // divisor, most).astype(pixels.dtype)
