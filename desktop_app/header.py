"""Above the photo: what is done most often."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from desktop_app.actions import Actions


class Header(QFrame):
    """A row of buttons for actions; those that need a photo are there while one is seen.

    Parameters
    ----------
    actions : Actions
    """

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._actions = actions
        self._open = self._text_button(actions.open)
        self._album = self._text_button(actions.show_album)
        self._undoing = [self._icon_button(action) for action in (actions.undo, actions.redo)]
        self._previous, self._next = (self._icon_button(one) for one in (actions.previous, actions.next))
        self._place = QLabel(self)
        self._place.setProperty("role", "muted")
        self._modes = QFrame(self)
        self._modes.setObjectName("modes")
        looking = (actions.fit, actions.full, actions.outlines)
        self._looking = [self._icon_button(action) for action in looking]
        self.save = QPushButton(self)
        self.save.setObjectName("save")
        self.save.setProperty("role", "primary")
        self.save.clicked.connect(actions.save.trigger)
        actions.save.enabledChanged.connect(self.save.setEnabled)
        self._lay_out()

    def _lay_out(self) -> None:
        segments = QHBoxLayout(self._modes)
        segments.setContentsMargins(0, 0, 0, 0)
        segments.setSpacing(0)
        for action in self._actions.modes.values():
            button = QToolButton(self._modes)
            button.setDefaultAction(action)
            segments.addWidget(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(4)
        for button in (self._open, self._album, *self._undoing):
            row.addWidget(button)
        row.addSpacing(8)
        for widget in (self._previous, self._place, self._next):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._modes)
        row.addStretch(1)
        for button in self._looking:
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self.save)

    def retranslate(self) -> None:
        """Take the texts of the present language; those of the actions come with them."""
        self.save.setText(self.tr("Save a copy"))
        self._open.setText(self.tr("Open"))

    def refresh(self, has_photo: bool, has_album: bool, index: int | None, count: int) -> None:
        """Show what there is a use for.

        Parameters
        ----------
        has_photo : bool
            Whether a photo is seen.
        has_album : bool
            Whether an album is open.
        index : int or None
            Place of the photo among those that were opened with it, from 0.
        count : int
            How many these are.
        """
        for widget in (self._modes, self.save, *self._undoing, *self._looking):
            widget.setVisible(has_photo)
        self._album.setVisible(has_album)
        several = has_photo and index is not None and count > 1
        for widget in (self._previous, self._next, self._place):
            widget.setVisible(several)
        if index is not None:
            self._place.setText(self.tr("{place} of {count}").format(place=index + 1, count=count))

    def _icon_button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setIconSize(QSize(20, 20))
        return button

    def _text_button(self, action: QAction) -> QToolButton:
        button = self._icon_button(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button
