"""Formats that are read only: what telephones, old scanners and archives write. A copy takes the nearest one.

HEIC by libheif (`pi_heif`, which decodes and can't encode), AVIF, JPEG 2000 and BMP by Pillow; each is
imported where it is needed, as few photos need it.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from PIL.ImageFile import ImageFile

from engine.photo import exif as exif_block
from engine.photo import xmp as xmp_packet
from engine.photo.codec import DAMAGED, SEVERAL_FRAMES, Decoded, SizeCheck, Unreadable, arrays, in_rgb
from engine.photo.photo import Metadata

_ICC_METHODS = b"\2", b"\3"  # of a JPEG 2000 file's colour box
_UUIDS = {
    bytes.fromhex("be7acfcb97a942e89c71999491e3afac"): "xmp",
    b"JpgTiffExif->JP2": "exif",
}
"""What a JPEG 2000 file keeps in boxes with these marks."""
_BRANDS = 8, 64  # where a file's brands stand: after the size and name of its first box, some of four bytes


def decode_heif(data: bytearray, check: SizeCheck) -> Decoded:
    """Decode the main picture of a HEIC or AVIF file.

    Parameters
    ----------
    data : bytearray
        The whole file.
    check : callable
        Called with width and height before pixels are decoded.

    Returns
    -------
    Decoded
        RGB, uint8, or uint16 where HEIC has more bits; upright already where HEIC says how.

    Raises
    ------
    Unreadable
        If the file is an animation, or names what it holds in a way that libheif's wrapper does not survive.
    """
    is_avif = b"avif" in data[_BRANDS[0] : min(_BRANDS[1], int.from_bytes(data[:4], "big"))]
    return _decode_avif(data, check) if is_avif else _decode_heic(data, check)


def _decode_heic(data: bytearray, check: SizeCheck) -> Decoded:
    import pi_heif

    _check_names(data)
    file = pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    width, height = file.size
    check(width, height)
    pixels, said = np.array(file), file.info  # a copy: what the file lends goes with it
    if pixels.dtype == np.uint16:  # the upper bits of 16 are there: the lower ones repeat them
        pixels = pixels | pixels >> np.uint16(said["bit_depth"])
    alpha = pixels[..., 3] if pixels.ndim == 3 and pixels.shape[2] == 4 else None
    metadata = _metadata(said)
    if metadata.exif is not None:  # it still says how the camera was held
        metadata = replace(metadata, exif=exif_block.upright(metadata.exif, width, height))
    if metadata.xmp is not None:
        metadata = replace(metadata, xmp=xmp_packet.upright(metadata.xmp))
    return Decoded(pixels[..., :3] if pixels.ndim == 3 else pixels, alpha, metadata)


def _check_names(data: bytearray) -> None:
    """Refuse a file whose items have types that are no ASCII: pi_heif would end the process over them.

    ISO/IEC 14496-12, item information: version and flags, number of the item (four bytes from version 3 on),
    protection, from version 2 on four letters of type, then the item's name and its content type.
    """
    for kind, content in _boxes(memoryview(data)):
        if kind == b"infe":
            version = content[0] if len(content) else 0
            begin = 8 if version <= 2 else 10
            end = begin if version < 2 else begin + 4
            _, _, types = bytes(content[end:]).partition(b"\0")
            if not (bytes(content[begin:end]) + types).isascii():
                raise Unreadable(DAMAGED)


def _decode_avif(data: bytearray, check: SizeCheck) -> Decoded:
    from PIL import AvifImagePlugin

    image = AvifImagePlugin.AvifImageFile(io.BytesIO(data))
    return _decoded(image, check, _metadata(image.info))


def _metadata(said: dict[Any, Any]) -> Metadata:
    exif = said.get("exif")
    return Metadata(
        exif=None if exif is None else exif.removeprefix(b"Exif\0\0"),
        icc=said.get("icc_profile"),
        xmp=said.get("xmp"),
    )


def decode_bmp(data: bytearray, check: SizeCheck) -> Decoded:
    """Decode a Windows bitmap, see `decode_heif`; uint8."""
    from PIL import BmpImagePlugin

    image = BmpImagePlugin.BmpImageFile(io.BytesIO(data))
    return _decoded(image, check, Metadata(dpi=image.info.get("dpi")))


def decode_jpeg2000(data: bytearray, check: SizeCheck) -> Decoded:
    """Decode a JPEG 2000 file or codestream, see `decode_heif`; uint8, or uint16 if it is grey and deeper."""
    from PIL import Jpeg2KImagePlugin

    image = Jpeg2KImagePlugin.Jpeg2KImageFile(io.BytesIO(data))
    known = {}
    for kind, content in _boxes(memoryview(data)):
        if kind == b"colr" and bytes(content[:1]) in _ICC_METHODS:
            known["icc_profile"] = bytes(content[3:])
        elif kind == b"uuid" and bytes(content[:16]) in _UUIDS:
            known[_UUIDS[bytes(content[:16])]] = bytes(content[16:])
    return _decoded(image, check, replace(_metadata(known), dpi=image.info.get("dpi")))


def _boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Give names and contents of a file's boxes, and of those in them; none of a codestream.

    ISO/IEC 15444-1, annex I, and 14496-12: four bytes of length, four of name; a length of 1 stands for eight
    bytes of it behind the name, 0 for all that follows.
    """
    while len(data) >= 8:
        length, kind, begin = int.from_bytes(data[:4], "big"), bytes(data[4:8]), 8
        if length == 1:
            length, begin = int.from_bytes(data[8:16], "big"), 16
        length = length or len(data)
        if length < begin:
            return
        content = data[begin:length]
        inner = _inner(kind, content)
        if inner is None:
            yield kind, content
        else:
            yield from _boxes(inner)
        data = data[length:]


def _inner(kind: bytes, content: memoryview) -> memoryview | None:
    """Return what holds further boxes: a JPEG 2000 header, or what a HEIC file says of its items."""
    if kind == b"jp2h":
        return content
    if kind == b"meta":
        return content[4:]  # version and flags
    if kind == b"iinf":
        return content[6 if bytes(content[:1]) == b"\0" else 8 :]  # how many there are, too
    return None


def _decoded(image: ImageFile, check: SizeCheck, metadata: Metadata) -> Decoded:
    """Decode what Pillow has opened."""
    check(*image.size)
    if getattr(image, "is_animated", False):
        raise Unreadable(SEVERAL_FRAMES)
    image.load()
    converted, icc = in_rgb(image, metadata.icc)
    pixels, alpha = arrays(converted)
    return Decoded(pixels, alpha, replace(metadata, icc=icc))
