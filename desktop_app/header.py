"""Above the photo: what is done most often."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from desktop_app.actions import Actions


class Header(QFrame):
    """A row of buttons for actions; those that need a photo are there while one is seen.

    Where there is no room for all of their texts, the buttons that have an icon as well show it alone.

    Parameters
    ----------
    actions : Actions
    """

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._actions = actions
        self._open, self._album = (self._icon_button(one) for one in (actions.open, actions.show_album))
        self._undoing = [self._icon_button(action) for action in (actions.undo, actions.redo)]
        self._previous, self._next = (self._icon_button(one) for one in (actions.previous, actions.next))
        self._place = QLabel(self)
        self._place.setProperty("role", "muted")
        self._modes = QFrame(self)
        self._modes.setObjectName("modes")
        self._segments = [QToolButton(self._modes) for _ in actions.modes]
        self._shown: tuple[bool, bool, str] | None = None
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
        for segment, action in zip(self._segments, self._actions.modes.values(), strict=True):
            segment.setDefaultAction(action)
            segment.setIconSize(QSize(18, 18))  # no higher than the texts
            segments.addWidget(segment)
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
        self._fit()

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
        place = ""
        if has_photo and index is not None and count > 1:
            place = self.tr("{place} of {count}").format(place=index + 1, count=count)
        if (has_photo, has_album, place) == self._shown:
            return  # a move of the dial changes nothing here
        self._shown = (has_photo, has_album, place)
        for widget in (self._modes, self.save, *self._undoing, *self._looking):
            widget.setVisible(has_photo)
        self._album.setVisible(has_album)
        self._place.setText(place)
        for widget in (self._previous, self._next, self._place):
            widget.setVisible(bool(place))
        self._fit()

    def _fit(self) -> None:
        """Give texts to as many of the buttons as there is room for."""
        named = [self._open, self._album]
        for button in named:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for segment in self._segments:
            segment.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        for buttons in (named, self._segments):
            self._modes.updateGeometry()  # at once, and not only when events are next handled
            if self.sizeHint().width() <= self.width():
                return
            for button in buttons:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make use of the room."""
        super().resizeEvent(event)
        self._fit()

    def _icon_button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setIconSize(QSize(20, 20))
        return button
