"""The program's icon, drawn from its SVG in the sizes that menus and Windows ask for."""

from __future__ import annotations

import io
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "icons" / "heirloom.svg"
MENU_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
"""Pixels; the folders of the freedesktop icon theme ``hicolor``."""
_ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)


def draw(side: int) -> bytes:
    """Draw the icon as PNG.

    Parameters
    ----------
    side : int
        Width and height in pixels.
    """
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImage, QImageWriter, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(content.data())


def write_ico(path: Path) -> Path:
    """Write the icon of a Windows program, every size drawn and not scaled; gives `path` back."""
    from PIL import Image

    images = [Image.open(io.BytesIO(draw(side))) for side in _ICO_SIZES]
    path.parent.mkdir(parents=True, exist_ok=True)
    images[-1].save(path, sizes=[(side, side) for side in _ICO_SIZES], append_images=images[:-1])
    return path
