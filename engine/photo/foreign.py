"""Formats that are read only: what telephones and old scanners write. A copy takes the format nearest to it.

HEIC by libheif (`pi_heif`, which decodes and can't encode), AVIF and BMP by Pillow; each is imported where it
is needed, as few photos need it.
"""

import io
from dataclasses import replace
from typing import Any

import numpy as np

from engine.photo import exif as exif_block
from engine.photo.codec import SEVERAL_FRAMES, Decoded, SizeCheck, Unreadable, arrays
from engine.photo.photo import Metadata

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
        If the file is an animation.
    """
    is_avif = b"avif" in data[_BRANDS[0] : min(_BRANDS[1], int.from_bytes(data[:4], "big"))]
    return _decode_avif(data, check) if is_avif else _decode_heic(data, check)


def _decode_heic(data: bytearray, check: SizeCheck) -> Decoded:
    import pi_heif

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
    return Decoded(pixels[..., :3] if pixels.ndim == 3 else pixels, alpha, metadata)


def _decode_avif(data: bytearray, check: SizeCheck) -> Decoded:
    from PIL import AvifImagePlugin

    image = AvifImagePlugin.AvifImageFile(io.BytesIO(data))
    check(*image.size)
    if image.is_animated:
        raise Unreadable(SEVERAL_FRAMES)
    image.load()
    pixels, alpha = arrays(image)
    return Decoded(pixels, alpha, _metadata(image.info))


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
    check(*image.size)
    image.load()
    pixels, alpha = arrays(image)
    return Decoded(pixels, alpha, Metadata(dpi=image.info.get("dpi")))
