"""From the engine's arrays to pictures that Qt can draw. For the engine's thread only: it imports OpenCV."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColorSpace, QFont, QImage, QPainter

from desktop_app.messages import Patch
from engine.faces import Region, whole
from engine.photo import Photo, halved
from engine.photo.photo import eight_bits
from engine.restore import MOST_STEPS, Part

SIZES = 5
"""Most pictures of a pyramid: full size down to a sixteenth."""

_ALIGN = 2 ** max(SIZES - 1, MOST_STEPS)  # photo pixels: a whole one in all that are halved
_SMALLEST = 700  # the longer side at which halving ends, in pixels


def colour_space(icc: bytes | None) -> QColorSpace | None:
    """Return the profile's colour space where display needs a conversion to sRGB, else None."""
    if icc is None:
        return None
    space = QColorSpace.fromIccProfile(icc)
    srgb = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    if not space.isValid() or space.colorModel() != QColorSpace.ColorModel.Rgb or space == srgb:
        return None
    return space


def to_image(rgb: NDArray[np.uint8], space: QColorSpace | None = None) -> QImage:
    """Copy pixels into a picture of its own.

    Parameters
    ----------
    rgb : (H, W, 3) RGB or (H, W) grey array of uint8
    space : QColorSpace, optional
        What the values mean, where that is not sRGB.

    Returns
    -------
    QImage
        RGB32 in sRGB.
    """
    height, width = rgb.shape[:2]
    image = QImage(width, height, QImage.Format.Format_RGB32)
    target = np.frombuffer(image.bits(), np.uint8).reshape(height, width, 4)
    code = cv2.COLOR_GRAY2BGRA if rgb.ndim == 2 else cv2.COLOR_RGB2BGRA
    cv2.cvtColor(rgb, code, dst=target)
    if space is not None:
        image.setColorSpace(space)
        image.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    return image


def to_pixels(image: QImage) -> NDArray[np.uint8]:
    """Copy a picture into an array (H, W, 3) uint8 RGB; what is transparent becomes white."""
    flat = QImage(image.size(), QImage.Format.Format_RGB888)
    flat.fill(Qt.GlobalColor.white)
    painter = QPainter(flat)
    painter.drawImage(0, 0, image)
    painter.end()
    rows = np.frombuffer(flat.constBits(), np.uint8).reshape(flat.height(), flat.bytesPerLine())
    # A copy in any case: `flat` ends here, and its memory with it.
    return rows[:, : flat.width() * 3].reshape(flat.height(), flat.width(), 3).copy()


def pyramid_depth(width: int, height: int) -> int:
    """Count the pictures of a photo's pyramid."""
    depth = 1
    while depth < SIZES and max(width, height) >> (depth - 1) > _SMALLEST:
        depth += 1
    return depth


class Display:
    """How one photo is shown: 8 bits, sRGB, transparent parts over white.

    Parameters
    ----------
    photo : Photo
    """

    def __init__(self, photo: Photo) -> None:
        self._space = colour_space(photo.metadata.icc)
        self._alphas = [photo.alpha]  # as often halved as their place tells
        self._size = photo.height, photo.width
        self._depth = pyramid_depth(photo.width, photo.height)

    def pyramid(self, pixels: NDArray[Any]) -> tuple[QImage, ...]:
        """Show the whole photo, in full size, half, a quarter and so on."""
        return self._pyramid(pixels, whole(pixels.shape))

    def patch(self, part: Part) -> Patch:
        """Show a part, widened so that its pyramid fits the whole photo's, pixel for pixel."""
        rows, columns = (
            slice(side.start // _ALIGN * _ALIGN, min(-(-side.stop // _ALIGN) * _ALIGN, length))
            for side, length in zip(part.region, self._size, strict=True)
        )
        width, height = columns.stop - columns.start, rows.stop - rows.start
        images = self._pyramid(part.pixels, _halved((rows, columns), part.step), part.step)
        return Patch(columns.start, rows.start, width, height, images, part.step)

    def whole(self, pixels: NDArray[Any]) -> QImage:
        """Show the whole photo in full size."""
        return to_image(self._flat(pixels, whole(pixels.shape)), self._space)

    def square(self, pixels: NDArray[Any], box: QRectF, step: int = 0, side: int = 144) -> QImage:
        """Show the square around a box, in pixels of the photo before it was halved `step` times."""
        half = 0.62 * max(box.width(), box.height())
        middle = box.center()
        height, width = self._size
        rows = slice(max(0, round(middle.y() - half)), max(1, min(height, round(middle.y() + half))))
        columns = slice(max(0, round(middle.x() - half)), max(1, min(width, round(middle.x() + half))))
        cut = self._flat(pixels, _halved((rows, columns), step), step)
        scale = side / max(cut.shape[:2])
        size = max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        return to_image(np.asarray(cv2.resize(cut, size, interpolation=method), np.uint8), self._space)

    def face(self, crop: NDArray[np.float32], within: NDArray[np.bool_]) -> QImage:
        """Show an aligned crop, (S, S, 3) float32 RGB, 0 to 1; transparent where not `within` the photo."""
        image = to_image(np.rint(crop * 255).astype(np.uint8), self._space)
        image.setAlphaChannel(to_image(within.astype(np.uint8) * 255))
        return image

    def _flat(self, pixels: NDArray[Any], region: Region, step: int = 0) -> NDArray[np.uint8]:
        cut = eight_bits(np.ascontiguousarray(pixels[region]))
        opacity = self._alpha(step)
        if opacity is None:
            return cut
        alpha = eight_bits(np.ascontiguousarray(opacity[region])).astype(np.float32) / 255
        if cut.ndim == 3:
            alpha = alpha[..., None]
        return np.rint(cut * alpha + 255 * (1 - alpha)).astype(np.uint8)

    def _alpha(self, step: int) -> NDArray[Any] | None:
        while len(self._alphas) <= step:
            last = self._alphas[-1]
            self._alphas.append(None if last is None else halved(last))
        return self._alphas[step]

    def _pyramid(self, pixels: NDArray[Any], region: Region, step: int = 0) -> tuple[QImage, ...]:
        picture = self._flat(pixels, region, step)
        images = [to_image(picture, self._space)]
        for _ in range(step + 1, self._depth):
            picture = halved(picture)
            images.append(to_image(picture, self._space))
        return tuple(images)


def _halved(region: Region, step: int) -> Region:
    """Give a region of a photo where that was halved `step` times."""
    rows, columns = (slice(side.start >> step, -(-side.stop >> step)) for side in region)
    return rows, columns


def contact_sheet(images: tuple[QImage, ...], captions: tuple[str, ...]) -> NDArray[np.uint8]:
    """Lay pictures of one size side by side on white, each with its caption below.

    Returns
    -------
    (H, W, 3) uint8 array, RGB
    """
    side, gap, foot = images[0].width(), 24, 56
    sheet = QImage(len(images) * (side + gap) + gap, side + gap + foot, QImage.Format.Format_RGB888)
    sheet.fill(Qt.GlobalColor.white)
    painter = QPainter(sheet)
    font = QFont()
    font.setPixelSize(18)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.black)
    for index, (image, caption) in enumerate(zip(images, captions, strict=True)):
        left = gap + index * (side + gap)
        painter.drawImage(left, gap, image)
        painter.drawText(QRectF(left, gap + side, side, foot), int(Qt.AlignmentFlag.AlignCenter), caption)
    painter.end()
    return to_pixels(sheet)
