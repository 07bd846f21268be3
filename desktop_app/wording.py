"""Numbers as people say them, in the user's language."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


def duration(seconds: float) -> str:
    """Say a length of time, no more exactly than it can be known."""
    if seconds < 55:
        return QCoreApplication.translate("Wording", "less than a minute")
    minutes = round(seconds / 60)
    if minutes < 60:
        return QCoreApplication.translate("Wording", "about {minutes} min").format(minutes=minutes)
    if minutes < 48 * 60:
        text = QCoreApplication.translate("Wording", "about {hours} h {minutes} min")
        return text.format(hours=minutes // 60, minutes=minutes % 60)
    return QCoreApplication.translate("Wording", "about {days} days").format(days=round(minutes / 60 / 24))


def size(amount: float) -> str:
    """Say an amount of disk space, given in bytes."""
    return f"{amount / 1e9:.1f} GB" if amount >= 1e9 else f"{max(1, round(amount / 1e6))} MB"


def pace(rate: float) -> str:
    """Say a rate, given in photos per second."""
    if rate >= 1:
        return QCoreApplication.translate("Wording", "{number} photos a second").format(number=f"{rate:.1f}")
    number = f"{rate * 60:.0f}" if rate * 60 >= 1 else f"{rate * 60:.1f}"
    return QCoreApplication.translate("Wording", "{number} photos a minute").format(number=number)


def level_rule(level: str) -> str:
    """Say how an album's levels are chosen, given as ``auto``, ``auto+10`` or a number."""
    if level == "auto":
        return QCoreApplication.translate("Wording", "automatic level")
    if level.startswith("auto"):
        offset = level.removeprefix("auto").replace("-", "−")
        return QCoreApplication.translate("Wording", "automatic level {offset}").format(offset=offset)
    return QCoreApplication.translate("Wording", "level {level}").format(level=level)


ENLARGEMENTS = (1, 2, 3, 4)
"""`engine.photo.ENLARGEMENTS`, which can't be imported before the window shows."""


def enlargement(factor: int) -> str:
    """Say how large a copy becomes, given as one of `ENLARGEMENTS`."""
    return {
        1: QCoreApplication.translate("Wording", "Like the photo"),
        2: QCoreApplication.translate("Wording", "Twice as wide and high"),
        3: QCoreApplication.translate("Wording", "Three times as wide and high"),
        4: QCoreApplication.translate("Wording", "Four times as wide and high"),
    }[factor]


def folder_name(folder: str) -> str:
    """Give a folder's own name, or the whole path where it has none (a drive)."""
    return Path(folder).name or folder


def without_mnemonic(name: str) -> str:
    """Write a name for a button or menu, which would take the letter behind an ampersand for a key."""
    return name.replace("&", "&&")


class ElidedLabel(QLabel):
    """Lines of text, each shortened in the middle where there is no room; the whole is its tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def set_whole(self, text: str) -> None:
        """Show a text."""
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self._shorten()

    def sizeHint(self) -> QSize:
        """Have room for the whole, where the policy asks how much that is."""
        return QSize(self._width_of(self._whole) + self._around(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Do with any width."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make use of the room."""
        super().resizeEvent(event)
        self._shorten()

    def _width_of(self, text: str) -> int:
        return max(self.fontMetrics().horizontalAdvance(line) + 1 for line in text.split("\n"))

    def _around(self) -> int:
        """Width of what the style sheet puts around the text."""
        return super().sizeHint().width() - self._width_of(self.text())

    def _shorten(self) -> None:
        room, metrics = max(1, self.width() - self._around()), self.fontMetrics()
        lines = (
            metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, room) for line in self._whole.split("\n")
        )
        self.setText("\n".join(lines))
