"""Turn a photo: as EXIF says, or because it was scanned lying on its side."""

from dataclasses import replace

import numpy as np

from engine.photo import exif, xmp
from engine.photo.photo import Metadata, Photo, Pixels

_ORIENTATIONS = {1: 8, 2: 3, 3: 6}  # what EXIF says of pixels that are to be turned by so many quarters


def turned(photo: Photo, quarters: int) -> Photo:
    """Turn a photo by quarters of a circle, without loss; its metadata follow.

    Parameters
    ----------
    photo : Photo
    quarters : int
        Anticlockwise, as ``numpy.rot90`` counts them; any whole number.

    Returns
    -------
    Photo
        Marked as edited; `photo` itself when it stays as it is.
    """
    quarters %= 4
    return upright(replace(photo, edited=True), _ORIENTATIONS[quarters]) if quarters else photo


def upright(photo: Photo, orientation: int) -> Photo:
    """Turn pixels as EXIF says, and let the metadata say that they are upright.

    Parameters
    ----------
    photo : Photo
        Its pixels and metadata as stored.
    orientation : int
        1 to 8, see `oriented`.
    """
    photo = replace(
        photo,
        pixels=oriented(photo.pixels, orientation),
        alpha=None if photo.alpha is None else oriented(photo.alpha, orientation),
    )
    return replace(photo, metadata=_upright(photo.metadata, orientation, photo.width, photo.height))


def oriented(pixels: Pixels, orientation: int) -> Pixels:
    """Turn stored pixels upright.

    Parameters
    ----------
    pixels : (H, W) or (H, W, C) array
        As stored.
    orientation : int
        1 to 8, tag 274 of TIFF 6.0 and EXIF: where the first row and column of the stored pixels belong.

    Returns
    -------
    (H, W) or (H, W, C) array, for 5 to 8 (W, H) or (W, H, C)
    """
    transposed = pixels.swapaxes(0, 1) if orientation >= 5 else pixels
    flip_rows = orientation in (3, 4, 7, 8)
    flip_columns = orientation in (2, 3, 6, 7)
    return np.ascontiguousarray(transposed[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1])


def _upright(metadata: Metadata, orientation: int, width: int, height: int) -> Metadata:
    if metadata.exif is not None:
        metadata = replace(metadata, exif=exif.upright(metadata.exif, width, height))
    if metadata.xmp is not None and orientation != 1:
        metadata = replace(metadata, xmp=xmp.upright(metadata.xmp))
    if metadata.dpi is not None and orientation >= 5:
        metadata = replace(metadata, dpi=metadata.dpi[::-1])
    return metadata
