"""What a photo is inside Heirloom: upright pixels, and everything else its file said."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

_DTYPES = (np.dtype(np.uint8), np.dtype(np.uint16))

Pixels = NDArray[Any]
"""An array of uint8 or uint16."""


class PhotoFormat(StrEnum):
    """A file format that photos are written to, and most are read from."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"

    @property
    def extensions(self) -> tuple[str, ...]:
        """File name extensions in lower case with their dot, the usual one first."""
        return _EXTENSIONS[self]

    @property
    def sources(self) -> tuple[str, ...]:
        """Extensions of all files whose copies have this format, also of those that are read only."""
        return self.extensions + _READ_ONLY.get(self, ())

    def extension(self, path: PurePath) -> str:
        """Return the extension for a copy of a file: the file's own, .JPG or .jpeg, if it fits the format."""
        return path.suffix if path.suffix.lower() in self.extensions else self.extensions[0]

    @classmethod
    def of_name(cls, path: Path) -> "PhotoFormat | None":
        """Return the format that the name's extension promises, None for an unknown extension."""
        suffix = path.suffix.lower()
        return next((format_ for format_ in cls if suffix in format_.extensions), None)


_EXTENSIONS = {
    PhotoFormat.JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    PhotoFormat.PNG: (".png",),
    PhotoFormat.WEBP: (".webp",),
    PhotoFormat.TIFF: (".tif", ".tiff"),
}
_READ_ONLY = {
    PhotoFormat.JPEG: (".heic", ".heif", ".hif", ".avif"),
    PhotoFormat.PNG: (".jp2", ".jpx", ".jpf", ".j2k", ".bmp", ".dib"),
}
EXTENSIONS = frozenset(extension for format_ in PhotoFormat for extension in format_.sources)
"""Of all files that are read, in lower case with their dot."""


@dataclass(frozen=True)
class Coding:
    """How the source file was encoded, so that its copy is encoded alike.

    Attributes
    ----------
    tables : tuple of tuple of int
        JPEG: quantisation tables of 64 numbers, row by row, for luma and chroma (or each component);
        empty where unknown.
    subsampling : int
        JPEG: 0 for 4:4:4, 1 for 4:2:2, 2 for 4:2:0, as Pillow counts them.
    progressive : bool
        JPEG: several scans, from coarse to fine.
    lossless : bool
        WebP: encoded without loss.
    compressed : bool
        TIFF: strips are compressed.
    """

    tables: tuple[tuple[int, ...], ...] = ()
    subsampling: int = 0
    progressive: bool = False
    lossless: bool = False
    compressed: bool = True


@dataclass(frozen=True)
class Metadata:
    """What a photo's file says beside its pixels.

    Attributes
    ----------
    exif : bytes or None
        EXIF as a small TIFF ("II*" or "MM" first), orientation 1, without the embedded thumbnail.
    icc : bytes or None
        ICC colour profile of the pixels.
    xmp : bytes or None
        XMP packet.
    iptc : bytes or None
        IPTC caption record (IIM), kept by JPEG and TIFF.
    dpi : (float, float) or None
        Resolution in pixels per inch, horizontally and vertically as the pixels lie.
    dpi_unit : {"inch", "cm"}
        Unit in which a JPEG or TIFF file states the resolution.
    comment : bytes or None
        JPEG comment.
    chunks : tuple of (bytes, bytes)
        PNG: type and data of the small chunks that pass through unread (gamma, chromaticities, texts).
    coding : Coding
        How the source was encoded.
    """

    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    dpi: tuple[float, float] | None = None
    dpi_unit: Literal["inch", "cm"] = "inch"
    comment: bytes | None = None
    chunks: tuple[tuple[bytes, bytes], ...] = ()
    coding: Coding = field(default=Coding())


@dataclass(frozen=True)
class Stamp:
    """Size and time of a file when it was read: tells whether it still is the same file.

    Attributes
    ----------
    size : int
        Bytes.
    modified : int
        Time of the last change, in nanoseconds.
    """

    size: int
    modified: int


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo, upright and in memory.

    Attributes
    ----------
    pixels : (H, W, 3) RGB or (H, W) grey array of uint8 or uint16
        The whole range of the dtype, C-contiguous and read-only; EXIF orientation is already applied.
    alpha : (H, W) array or None
        Opacity, dtype of ``pixels``; colours are not premultiplied.
    format : PhotoFormat
        Format of the file it was read from, by content, or the nearest that is written.
    metadata : Metadata
        Everything else that goes back into a file.
    path : Path or None
        File it was read from, never written to.
    stamp : Stamp or None
        State of that file when it was read.
    edited : bool
        False as long as the pixels are those of the file; a copy of such a photo is the file, byte for byte.
    foreign : bool
        Whether the file has a format that is not written.

    Raises
    ------
    ValueError
        If shapes or dtypes are not as above.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    format: PhotoFormat = PhotoFormat.PNG
    metadata: Metadata = field(default=Metadata())
    path: Path | None = None
    stamp: Stamp | None = None
    edited: bool = False
    foreign: bool = False

    def __post_init__(self) -> None:
        shape, dtype = self.pixels.shape, self.pixels.dtype
        if dtype not in _DTYPES or not (len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)):
            raise ValueError(f"pixels must be (H, W) or (H, W, 3), uint8 or uint16, not {shape} {dtype}")
        if min(shape) < 1:
            raise ValueError(f"a photo needs at least one pixel, not {shape}")
        object.__setattr__(self, "pixels", _read_only(self.pixels))
        if self.alpha is not None:
            if self.alpha.shape != shape[:2] or self.alpha.dtype != dtype:
                raise ValueError(
                    f"alpha must be {shape[:2]} {dtype}, not {self.alpha.shape} {self.alpha.dtype}"
                )
            object.__setattr__(self, "alpha", _read_only(self.alpha))

    @property
    def width(self) -> int:
        """Columns of the upright picture."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Rows of the upright picture."""
        return int(self.pixels.shape[0])

    def with_pixels(self, pixels: Pixels) -> "Photo":
        """Return this photo with other pixels, marked as edited.

        Parameters
        ----------
        pixels : array of the shape and dtype of ``self.pixels``
            Not copied when it is C-contiguous: hand it over and leave it alone.

        Raises
        ------
        ValueError
            If shape or dtype differ: an edit never changes size, bit depth, or grey into colour.
        """
        if pixels.shape != self.pixels.shape or pixels.dtype != self.pixels.dtype:
            raise ValueError(
                f"pixels must stay {self.pixels.shape} {self.pixels.dtype}, not {pixels.shape} {pixels.dtype}"
            )
        return replace(self, pixels=pixels, edited=True)

    def rgb8(self) -> NDArray[np.uint8]:
        """Return the pixels as (H, W, 3) uint8 RGB, read-only, for detection and display."""
        pixels = eight_bits(self.pixels)
        return _read_only(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if pixels.ndim == 2 else pixels)

    @cached_property
    def is_grey(self) -> bool:
        """True if red = green = blue in every pixel (or there is one channel only).

        A difference of one 8-bit step counts as equal: decoders of lossy formats round grey to it.
        """
        if self.pixels.ndim == 2:
            return True
        if not _is_grey(self.pixels[::61, ::67]):  # almost every colour photo is known after a few pixels
            return False
        rows = max(1, 2**18 // self.width)  # blocks that stay in the processor's cache
        blocks = (self.pixels[top : top + rows] for top in range(0, self.height, rows))
        return all(_is_grey(block) for block in blocks)


def eight_bits(pixels: Pixels) -> NDArray[np.uint8]:
    """Return pixels as uint8, rounding value / 257 for uint16; uint8 comes back as it is, without a copy.

    Parameters
    ----------
    pixels : array of uint8 or uint16, any shape
        Whole range of the dtype.
    """
    if pixels.dtype == np.uint8:
        return pixels
    # OpenCV does it in one pass without a float copy of the photo.
    return cv2.convertScaleAbs(pixels, alpha=1 / 257).reshape(pixels.shape).astype(np.uint8, copy=False)


def halved(pixels: Pixels) -> Pixels:
    """Give a picture half as wide and high: each 2 × 2 pixels averaged.

    An odd last row or column counts twice, so that the grid stays where it is.

    Parameters
    ----------
    pixels : (H, W) or (H, W, C) array of uint8 or uint16
    """
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = cv2.copyMakeBorder(pixels, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    size = (pixels.shape[1] // 2, pixels.shape[0] // 2)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _is_grey(rgb: Pixels) -> bool:
    step = np.iinfo(rgb.dtype).max / 255
    red, green, blue = cv2.split(rgb)
    return cv2.norm(red, green, cv2.NORM_INF) <= step and cv2.norm(green, blue, cv2.NORM_INF) <= step


def _read_only(array: Pixels) -> Pixels:
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
