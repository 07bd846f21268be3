"""Light and dark: one set of colours each, one style sheet for both, icons drawn in the text's colour."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable

from PySide6.QtCore import QByteArray, QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication


class Scheme(StrEnum):
    """What the user asks for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Colours:
    """The colours of a theme, as the style sheet names them.

    Attributes
    ----------
    window, surface, hover, border
        Background, what lies on it (cards, fields), what the mouse is over, lines.
    canvas
        Around the photo: neutral, so that it does not tint what is judged beside it.
    text, muted
        Writing, and writing of less weight.
    accent, accent_hover, accent_text
        The one colour: what is chosen, and writing on it.
    danger
        Errors.
    """

    window: str
    surface: str
    hover: str
    border: str
    canvas: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    accent_text: str
    danger: str


LIGHT = Colours(
    window="#f6f5f3",
    surface="#ffffff",
    hover="#ebe9e5",
    border="#d9d6d0",
    canvas="#e4e3e1",
    text="#24211e",
    muted="#6b665f",
    accent="#97512a",
    accent_hover="#7f4220",
    accent_text="#ffffff",
    danger="#b3261e",
)
DARK = Colours(
    window="#232221",
    surface="#2d2c2a",
    hover="#3a3836",
    border="#45423f",
    canvas="#191919",
    text="#eceae7",
    muted="#a39e97",
    accent="#dc9a68",
    accent_hover="#e8ad80",
    accent_text="#231a13",
    danger="#ff8a80",
)


class Theme(QObject):
    """Dresses the application, and again whenever the system or the user changes between light and dark."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._sheet = _resource("styles", "heirloom.qss").read_text(encoding="utf-8")
        self.colours = LIGHT
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._dress)
        self._dress()

    def choose(self, scheme: Scheme) -> None:
        """Follow the system, or stay light or dark."""
        wanted = {
            Scheme.SYSTEM: Qt.ColorScheme.Unknown,
            Scheme.LIGHT: Qt.ColorScheme.Light,
            Scheme.DARK: Qt.ColorScheme.Dark,
        }[scheme]
        self._wanted = wanted
        self._application.styleHints().setColorScheme(wanted)
        self._dress()

    _wanted = Qt.ColorScheme.Unknown

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are shown."""
        return self.colours is DARK

    def icon(self, name: str) -> QIcon:
        """Draw an icon of ``resources/icons`` in the text's colour, for both normal and high-dpi screens."""
        return icon(name, self.colours)

    def _dress(self) -> None:
        present = self._application.styleHints().colorScheme()
        scheme = present if self._wanted == Qt.ColorScheme.Unknown else self._wanted
        self.colours = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        self._application.setPalette(_palette(self.colours))
        sheet = self._sheet
        for name, value in sorted(asdict(self.colours).items(), key=lambda item: -len(item[0])):
            sheet = sheet.replace(f"@{name}", value)
        icons = str(_resource("icons", "dark" if self.is_dark else "light")).replace("\\", "/")
        self._application.setStyleSheet(sheet.replace("@icons", icons))
        self.changed.emit()


def icon(name: str, colours: Colours) -> QIcon:
    """Draw an icon in the text's colour, and paler where it is disabled."""
    drawing = _resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    result = QIcon()
    for mode, colour in (
        (QIcon.Mode.Normal, colours.text),
        (QIcon.Mode.Disabled, colours.border),
    ):
        renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))
        for side in (20, 40, 80):
            image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            renderer.render(painter, QRectF(0, 0, side, side))
            painter.end()
            result.addPixmap(QPixmap.fromImage(image), mode)
    return result


def drawing(name: str, colour: str, side: int, ratio: float) -> QPixmap:
    """Draw an SVG of ``resources/icons`` in one colour, `side` logical pixels wide."""
    source = _resource("icons", f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap


def is_palette_change(event: QEvent) -> bool:
    """Whether a widget must draw its icons again."""
    return event.type() == QEvent.Type.PaletteChange


def _palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for target, value in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.hover),
        (role.Text, colours.text),
        (role.Button, colours.surface),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.danger),
        (role.ToolTipBase, colours.surface),
        (role.ToolTipText, colours.text),
        (role.PlaceholderText, colours.muted),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.accent_text),
        (role.Link, colours.accent),
        (role.Mid, colours.border),
        (role.Midlight, colours.hover),
        (role.Dark, colours.canvas),  # around the photo
    ):
        palette.setColor(target, QColor(value))
    for target in (role.WindowText, role.Text, role.ButtonText):
        pale = QColor(colours.muted)
        pale.setAlpha(130)
        palette.setColor(QPalette.ColorGroup.Disabled, target, pale)
    return palette


def _resource(*parts: str) -> Traversable:
    return resources.files("resources").joinpath(*parts)
