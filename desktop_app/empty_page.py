"""What is shown while no photo is open: how to open one, and the recent ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.theme import Theme, drawing, is_palette_change
from desktop_app.wording import without_mnemonic

_SHOWN = 5


class EmptyPage(QWidget):
    """An invitation."""

    openWanted = Signal()
    albumWanted = Signal()
    photoWanted = Signal(object)
    """Path of a recent photo."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("empty")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._paths: list[Path] = []
        self._picture, self._title, self._text, self._promise = (QLabel(self) for _ in range(4))
        self._title.setProperty("role", "title")
        self._text.setProperty("role", "muted")
        self._promise.setProperty("role", "muted")
        self.open_button = QPushButton(self)
        self.open_button.setProperty("role", "primary")
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self.openWanted)
        self.album_button = QPushButton(self)
        self.album_button.clicked.connect(self.albumWanted)
        self._recent = QWidget(self)
        self._recent.setObjectName("recent")
        self._list = QVBoxLayout(self._recent)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._recent_title = QLabel(self._recent)
        self._recent_title.setProperty("role", "heading")
        self._list.addWidget(self._recent_title, 0, Qt.AlignmentFlag.AlignHCenter)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 24, 32, 20)
        layout.setSpacing(8)
        layout.addStretch(3)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(self._picture, 0, centre)
        layout.addSpacing(6)
        layout.addWidget(self._title, 0, centre)
        layout.addWidget(self._text, 0, centre)
        layout.addSpacing(14)
        layout.addWidget(self.open_button, 0, centre)
        layout.addWidget(self.album_button, 0, centre)
        layout.addSpacing(22)
        layout.addWidget(self._recent, 0, centre)
        layout.addStretch(4)
        layout.addWidget(self._promise, 0, centre)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the texts of the present language, and the colours of the present theme."""
        self._title.setText(self.tr("Open an old photo"))
        self._text.setText(self.tr("or drop it here, or paste it"))
        self.open_button.setText(self.tr("Open…"))
        self.album_button.setText(self.tr("Restore a whole folder…"))
        self._recent_title.setText(self.tr("Recent"))
        self._promise.setText(self.tr("Nothing leaves this computer. Your originals are never changed."))
        self._picture.setPixmap(drawing("photo", self._theme.colours.muted, 112, self.devicePixelRatioF()))

    def set_recent(self, paths: Sequence[Path]) -> None:
        """Offer recent photos."""
        for button in self._recent.findChildren(QPushButton):
            self._list.removeWidget(button)
            button.deleteLater()
        for path in paths[:_SHOWN]:
            button = QPushButton(without_mnemonic(path.name), self._recent)
            button.setToolTip(str(path))
            button.clicked.connect(lambda _=False, path=path: self.photoWanted.emit(path))
            self._list.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._recent.setVisible(bool(paths))
        self._place_picture()

    def _place_picture(self) -> None:
        """Leave the picture out where it would take the room of the other things."""
        self._picture.show()
        if self._layout.totalMinimumSize().height() > self.height():
            self._picture.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make use of the room."""
        super().resizeEvent(event)
        self._place_picture()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        if event.type() == QEvent.Type.LanguageChange or is_palette_change(event):
            self.retranslate()
        super().changeEvent(event)
