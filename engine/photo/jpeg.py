"""JPEG files, by way of Pillow.

Writing compresses the pixels again, with the quantisation tables and the chroma subsampling of the source, so
that almost all coefficients come out as they were: outside an edited region nothing changes that an eye could
see. It is not lossless; a format that is keeps every pixel.
"""

import io
import struct
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image, JpegImagePlugin

from engine.photo import exif as exif_block
from engine.photo import iptc
from engine.photo.codec import Decoded, SizeCheck, Unwritable, arrays, in_rgb
from engine.photo.exif import Buffer
from engine.photo.photo import Coding, Metadata, Photo, eight_bits

_EXIF_MARK, _PHOTOSHOP_MARK = b"Exif\0\0", b"Photoshop 3.0\0"
_EXIF_BEGINS = (b"II*\0", b"MM\0*")
_MAX_SEGMENT = 65_533  # bytes in one JPEG segment behind its length
_MAX_XMP = _MAX_SEGMENT - 29  # the segment begins with a name of 29 bytes
_MAX_SIDE = 65_535
_DEFAULT_QUALITY = 95


def decode(data: bytearray, check: SizeCheck) -> Decoded:
    """Decode a JPEG file; of a multi-picture file (MPO, gain map) the main picture.

    Parameters
    ----------
    data : bytearray
        The whole file.
    check : callable
        Called with width and height before pixels are decoded.

    Returns
    -------
    Decoded
        Grey or RGB, uint8; CMYK is converted to RGB.
    """
    # The class itself, not Image.open: that would make an MPO of a phone's photo, and has a limit of its own.
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    check(*image.size)
    image.load()
    metadata = _metadata(image)
    converted, icc = in_rgb(image, metadata.icc)
    pixels, alpha = arrays(converted)
    return Decoded(pixels, alpha, replace(metadata, icc=icc))


def _metadata(image: JpegImagePlugin.JpegImageFile) -> Metadata:
    info = image.info
    exif = _exif(_segments(image, "APP1", _EXIF_MARK))
    unit = info.get("jfif_unit")
    dpi = exif_block.resolution_of(exif)
    if unit in (1, 2) and min(info["jfif_density"]) > 0:
        scale = 2.54 if unit == 2 else 1.0
        across, down = info["jfif_density"]
        dpi = across * scale, down * scale
    subsampling = JpegImagePlugin.get_sampling(image)
    captions = _segments(image, "APP13", _PHOTOSHOP_MARK)
    return Metadata(
        exif=exif,
        icc=info.get("icc_profile"),
        xmp=info.get("xmp"),
        iptc=iptc.unpack(captions[0]) if captions else None,
        dpi=dpi,
        dpi_unit="cm" if unit == 2 else "inch",
        comment=info.get("comment"),
        coding=Coding(
            tables=_tables(image),
            subsampling=subsampling if subsampling in (0, 1, 2) else 0,
            progressive="progressive" in info,
        ),
    )


def _segments(image: JpegImagePlugin.JpegImageFile, kind: str, mark: bytes) -> list[bytes]:
    """Return what the segments with a mark hold behind it, without those that hold nothing."""
    found = [data[len(mark) :] for name, data in image.applist if name == kind and data.startswith(mark)]
    return [content for content in found if content]


def _exif(segments: Sequence[bytes]) -> bytes | None:
    """Join the segments over which EXIF of more than 64 kB goes; one that begins anew is no part of it."""
    more = [content for content in segments[1:] if not content.startswith(_EXIF_BEGINS)]
    return b"".join((*segments[:1], *more)) or None


def _tables(image: JpegImagePlugin.JpegImageFile) -> tuple[tuple[int, ...], ...]:
    """Return the tables of the components that a copy has: one for grey, two (luma, chroma) or three."""
    components = image.layer[: 1 if image.layers == 1 else 3]
    if any(component[3] not in image.quantization for component in components):
        return ()
    tables = tuple(tuple(image.quantization[component[3]]) for component in components)
    return tables[:2] if tables[1:2] == tables[2:] else tables


def encode(photo: Photo, metadata: Metadata, quality: int | None) -> Sequence[Buffer]:
    """Encode a photo as JPEG; 16-bit pixels are rounded to 8.

    Parameters
    ----------
    photo : Photo
        Opaque.
    metadata : Metadata
        Replaces that of the photo.
    quality : int or None
        1 to 100; None for the tables of the source, or 95 where the source was no JPEG.

    Raises
    ------
    Unwritable
        If the photo has transparency or more than 65,535 px a side, or metadata do not fit a JPEG.
    """
    if photo.alpha is not None and photo.alpha.min() < np.iinfo(photo.alpha.dtype).max:
        raise Unwritable("would lose the photo's transparency as a JPEG; choose PNG, WebP or TIFF.")
    if max(photo.width, photo.height) > _MAX_SIDE:
        raise Unwritable(f"can't be a JPEG with more than {_MAX_SIDE:,} pixels a side; choose PNG or TIFF.")
    exif = b"" if metadata.exif is None else _EXIF_MARK + metadata.exif
    if len(exif) > _MAX_SEGMENT or len(metadata.xmp or b"") > _MAX_XMP:
        raise Unwritable("can't be a JPEG: its EXIF or XMP data exceed 64 kB; choose PNG or TIFF.")
    image = Image.fromarray(eight_bits(photo.pixels))
    coding = metadata.coding
    components = 1 if image.mode == "L" else 3
    options: dict[str, object] = {"subsampling": coding.subsampling if coding.tables else 0}
    if quality is None and coding.tables:
        options["qtables"] = [list(table) for table in coding.tables[:components]]
    else:
        options["quality"] = _DEFAULT_QUALITY if quality is None else quality
    stream = io.BytesIO()
    image.save(
        stream,
        "JPEG",
        progressive=coding.progressive,
        exif=exif,
        icc_profile=metadata.icc,
        xmp=metadata.xmp,
        comment=metadata.comment,
        extra=_caption_segment(metadata.iptc),
        **options,
    )
    encoded = stream.getbuffer()
    _state_density(encoded, metadata)
    return [encoded]


def _caption_segment(caption: bytes | None) -> bytes:
    if caption is None:
        return b""
    block = _PHOTOSHOP_MARK + iptc.pack(caption)
    if len(block) > _MAX_SEGMENT:
        raise Unwritable("can't be a JPEG: its IPTC caption exceeds 64 kB; choose TIFF.")
    return b"\xff\xed" + struct.pack(">H", len(block) + 2) + block


def _state_density(encoded: memoryview, metadata: Metadata) -> None:
    """Write resolution and its unit into the JFIF header: Pillow knows the inch only."""
    if metadata.dpi is None or bytes(encoded[6:11]) != b"JFIF\0":
        return
    scale = 2.54 if metadata.dpi_unit == "cm" else 1.0
    across, down = (round(value / scale) for value in metadata.dpi)
    if min(across, down) >= 1 and max(across, down) <= 65_535:
        struct.pack_into(">BHH", encoded, 13, 2 if metadata.dpi_unit == "cm" else 1, across, down)
