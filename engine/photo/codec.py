"""What the file formats share: how they report trouble, and how Pillow's pictures become arrays."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms

from engine.photo.photo import Metadata, Photo, Pixels

MAX_BLOCK = 16_000_000
"""Most bytes that a profile, an XMP packet or an EXIF block may take unpacked; ordinary ones take < 1 MB."""

SEVERAL_FRAMES = "has several frames or pages and is left alone; save the one you want as a file of its own."
DAMAGED = "is damaged and can't be decoded; try another copy of it."
UNKNOWN_WAY = "is stored in a way that Heirloom does not know; save it as plain TIFF or PNG."
ENDS_EARLY = "is damaged: the file ends before the picture does; try another copy of it."

SizeCheck = Callable[[int, int], None]
"""Called by a decoder with width and height from the header, before it decodes; raises to refuse."""


class Unreadable(Exception):
    """A file can't be decoded; the message goes on after the file's name: "is damaged ..."."""


class Unwritable(Exception):
    """A photo can't be encoded; the message goes on after the output's name: "can't hold ..."."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """A decoded file, not yet turned upright.

    Attributes
    ----------
    pixels : (H, W, 3) RGB or (H, W) grey array of uint8 or uint16
        As stored.
    alpha : (H, W) array or None
        Opacity, dtype of ``pixels``.
    metadata : Metadata
        With EXIF as stored: it still says the orientation.
    """

    pixels: Pixels
    alpha: Pixels | None
    metadata: Metadata


_DEEP_GREY = ("I;16", "I;16L", "I;16B")
_MODES = {"1": "L", "L": "L", "LA": "LA", "La": "LA", "RGBA": "RGBA", "RGBa": "RGBA", "PA": "RGBA"}
_MODES |= dict.fromkeys(("P", "RGB", "RGBX", "CMYK", "YCbCr"), "RGB")


def arrays(image: Image.Image) -> tuple[Pixels, Pixels | None]:
    """Return pixels and alpha of a Pillow image without profile conversion.

    Copied in strips: Pillow's own conversion would hold the whole photo three times.

    Parameters
    ----------
    image : Image
        Of any 8-bit mode, or grey with 16 bits.

    Returns
    -------
    pixels : (H, W, 3) RGB or (H, W) grey array of uint8, or grey of uint16
    alpha : (H, W) array of uint8, or None

    Raises
    ------
    Unreadable
        For another mode: Pillow would cut its numbers to 8 bits.
    """
    if image.mode in _DEEP_GREY:
        return np.array(image, np.uint16), None
    if image.mode not in _MODES:
        raise Unreadable(UNKNOWN_WAY)
    mode = _MODES[image.mode]
    if image.mode == "P" and image.has_transparency_data:
        mode = "RGBA"
    if image.mode != mode:
        image = image.convert(mode)
    width, height = image.size
    colours = 3 if mode.startswith("RGB") else 1
    pixels = np.empty((height, width, 3) if colours == 3 else (height, width), np.uint8)
    alpha = np.empty((height, width), np.uint8) if mode.endswith("A") else None
    rows = max(1, 2**20 // width)
    for top in range(0, height, rows):
        strip = np.asarray(image.crop((0, top, width, min(top + rows, height))))
        if alpha is None:
            pixels[top : top + rows] = strip
        else:
            alpha[top : top + rows] = strip[..., -1]
            pixels[top : top + rows] = strip[..., :-1].reshape(pixels[top : top + rows].shape)
    return pixels, alpha


def in_rgb(image: Image.Image, icc: bytes | None) -> tuple[Image.Image, bytes | None]:
    """Turn a CMYK or Lab picture into RGB; every other mode passes unchanged.

    With a usable profile colours are converted to sRGB, and the sRGB profile takes the old one's place;
    CMYK without one gets the plain formula (R = 255 - min(255, C + K)) and no profile.
    """
    if image.mode not in ("CMYK", "LAB"):
        return image, icc
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    try:
        if image.mode == "LAB":
            source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        else:
            source = ImageCms.ImageCmsProfile(io.BytesIO(icc or b""))
        converted = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        if image.mode == "LAB":
            raise
        return image.convert("RGB"), None
    assert converted is not None  # None only comes back with inPlace=True
    return converted, srgb.tobytes()


def interleaved(photo: Photo, top: int, bottom: int) -> Pixels:
    """Return rows ``top`` to ``bottom`` as (rows, W, channels): grey or RGB, then alpha if there is one."""
    strip = photo.pixels[top:bottom]
    strip = strip.reshape(*strip.shape[:2], -1)
    return strip if photo.alpha is None else np.dstack((strip, photo.alpha[top:bottom]))
