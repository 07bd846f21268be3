"""Make a photo larger: room for what restored faces have and a small scan has not."""

from dataclasses import replace

import cv2
import numpy as np

from engine.errors import UsageError, named
from engine.photo import exif, xmp
from engine.photo.photo import Metadata, Photo, Pixels
from engine.photo.reading import MAX_PIXELS

ENLARGEMENTS = (1, 2, 3, 4)
"""How many times as wide and as high a photo can be made; 1 leaves it as it is."""


def enlarged(photo: Photo, factor: int) -> Photo:
    """Make a photo `factor` times as wide and as high, by cubic interpolation.

    Nothing is invented. It prints as large as before: what the metadata say of size and resolution grows with
    the pixels.

    Parameters
    ----------
    photo : Photo
    factor : int
        One of `ENLARGEMENTS`.

    Returns
    -------
    Photo
        Marked as edited; `photo` itself when `factor` is 1.

    Raises
    ------
    UsageError
        When it would have more than `MAX_PIXELS`.
    ValueError
        For another factor.
    """
    if factor not in ENLARGEMENTS:
        raise ValueError(f"a photo is enlarged {ENLARGEMENTS} times, not {factor}")
    if factor == 1:
        return photo
    width, height = factor * photo.width, factor * photo.height
    if width * height > MAX_PIXELS:
        name = "This picture" if photo.path is None else named(photo.path)
        raise UsageError(
            f"{name} would be too large with {width:,} x {height:,} pixels: Heirloom makes up to"
            f" {MAX_PIXELS / 1e6:,.0f} megapixels; enlarge it less."
        )
    return replace(
        photo,
        pixels=_resized(photo.pixels, width, height),
        alpha=None if photo.alpha is None else _resized(photo.alpha, width, height),
        metadata=_grown(photo.metadata, factor, width, height),
        edited=True,
    )


def _resized(pixels: Pixels, width: int, height: int) -> Pixels:
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_CUBIC))


def _grown(metadata: Metadata, factor: int, width: int, height: int) -> Metadata:
    if metadata.exif is not None:
        metadata = replace(metadata, exif=exif.enlarged(metadata.exif, factor, width, height))
    if metadata.xmp is not None:
        metadata = replace(metadata, xmp=xmp.enlarged(metadata.xmp, factor))
    if metadata.dpi is not None:
        across, down = metadata.dpi
        metadata = replace(metadata, dpi=(factor * across, factor * down))
    return metadata
