"""WebP files, by way of Pillow; lossless ones stay lossless.

A lossy file is encoded again at a fixed high quality: how strongly it was quantised is not worth the parsing.
"""

import io
import struct
from collections.abc import Iterator, Sequence

from PIL import Image, WebPImagePlugin

from engine.photo import exif as exif_block
from engine.photo.codec import SEVERAL_FRAMES, Decoded, SizeCheck, Unreadable, Unwritable, arrays, interleaved
from engine.photo.exif import Buffer
from engine.photo.photo import Coding, Metadata, Photo, eight_bits

_MAX_SIDE = 16_383
_DEFAULT_QUALITY = 92
_LOSSLESS_EFFORT = 20  # of 100: a third of the time for files a few per cent larger


def _chunks(data: bytearray) -> Iterator[tuple[bytes, memoryview]]:
    """Yield name and data of the chunks that lie completely in the file."""
    view, at = memoryview(data), 12
    while at + 8 <= len(view):
        name, size = struct.unpack_from("<4sI", view, at)
        if at + 8 + size > len(view):
            return
        yield name, view[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _size(name: bytes, chunk: memoryview) -> tuple[int, int] | None:
    """Return width and height if the chunk states them (WebP container specification, RFC 9649)."""
    if name == b"VP8X" and len(chunk) >= 10:
        width, height = (int.from_bytes(chunk[at : at + 3], "little") + 1 for at in (4, 7))
        return width, height
    if name == b"VP8L" and len(chunk) >= 5:
        bits = int.from_bytes(chunk[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 " and len(chunk) >= 10:
        width, height = struct.unpack_from("<HH", chunk, 6)
        return width & 0x3FFF, height & 0x3FFF
    return None


def decode(data: bytearray, check: SizeCheck) -> Decoded:
    """Decode a WebP file with one frame.

    Parameters
    ----------
    data : bytearray
        The whole file.
    check : callable
        Called with width and height before pixels are decoded.

    Returns
    -------
    Decoded
        RGB, uint8.

    Raises
    ------
    Unreadable
        If the file is an animation.
    """
    exif = xmp = icc = None
    frames, lossless = 0, False
    for name, chunk in _chunks(data):
        if (size := _size(name, chunk)) is not None:
            check(*size)  # every chunk that states one: the decoder believes the last
        lossless |= name == b"VP8L"
        frames += name == b"ANMF"
        if name == b"EXIF":
            exif = bytes(chunk).removeprefix(b"Exif\0\0")
        elif name == b"XMP ":
            xmp = bytes(chunk)
        elif name == b"ICCP":
            icc = bytes(chunk)
    if frames > 1:
        raise Unreadable(SEVERAL_FRAMES)
    image = WebPImagePlugin.WebPImageFile(io.BytesIO(data))
    image.load()
    pixels, alpha = arrays(image)
    dpi = exif_block.resolution_of(exif)
    return Decoded(
        pixels, alpha, Metadata(exif=exif, icc=icc, xmp=xmp, dpi=dpi, coding=Coding(lossless=lossless))
    )


def encode(photo: Photo, metadata: Metadata, quality: int | None) -> Sequence[Buffer]:
    """Encode a photo as WebP; 16-bit pixels are rounded to 8, grey becomes RGB.

    Parameters
    ----------
    photo : Photo
        At most 16,383 px a side.
    metadata : Metadata
        Replaces that of the photo; its coding says whether to encode without loss.
    quality : int or None
        1 to 100 for a lossy file; None for lossless if the source was, else 92.

    Raises
    ------
    Unwritable
        If the photo is too large.
    """
    if max(photo.width, photo.height) > _MAX_SIDE:
        raise Unwritable(f"can't be a WebP with more than {_MAX_SIDE:,} pixels a side; choose PNG or TIFF.")
    exif = metadata.exif if metadata.dpi is None else exif_block.with_resolution(metadata.exif, metadata.dpi)
    lossless = quality is None and metadata.coding.lossless
    stream = io.BytesIO()
    picture = eight_bits(interleaved(photo, 0, photo.height))
    Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture).save(
        stream,
        "WEBP",
        lossless=lossless,
        exact=True,  # keeps colours under full transparency
        quality=_LOSSLESS_EFFORT if lossless else _DEFAULT_QUALITY if quality is None else quality,
        exif=exif or b"",
        icc_profile=metadata.icc or b"",
        xmp=metadata.xmp or b"",
    )
    return [stream.getbuffer()]
