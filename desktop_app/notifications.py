"""The one place where the application tells people something: a sentence, and details for who wants them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.theme import Theme, is_palette_change

_MARGIN = 16  # between it and the edges, logical pixels
_SHOWN_FOR = 7000  # milliseconds; errors stay until they are closed


@dataclass(frozen=True)
class Notice:
    """Something to tell.

    Attributes
    ----------
    sentence : str
        In the user's language.
    is_error : bool
        Errors stay until they are closed.
    details : str
        For those who want to know more.
    action : str
        Text of a button, "" for none.
    act : callable or None
        What the button does.
    """

    sentence: str
    is_error: bool = False
    details: str = ""
    action: str = ""
    act: Callable[[], None] | None = None


class Notifications(QObject):
    """Takes notices from everywhere and hands them to whoever shows them."""

    told = Signal(object)
    """`Notice`."""

    def tell(self, notice: Notice) -> None:
        """Tell the user."""
        self.told.emit(notice)


class Banner(QFrame):
    """Shows the newest notice, on the lower edge of what is looked at: there it covers no buttons.

    Parameters
    ----------
    notifications : Notifications
    theme : Theme
    parent : QWidget
        On which it lies until `lie_on` says where more exactly.
    """

    def __init__(self, notifications: Notifications, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._theme, self._ground, self._area = theme, parent, parent
        self._act: Callable[[], None] | None = None
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = QPushButton(self)
        self._action.clicked.connect(self._do)
        self._more = QToolButton(self)
        self._more.setCheckable(True)
        self._more.toggled.connect(self._show_details)
        self._close = QToolButton(self)
        self._close.clicked.connect(self.hide)
        self._details = QPlainTextEdit(self)
        self._details.setReadOnly(True)
        self._details.setFixedHeight(130)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._label, 1)
        row.addWidget(self._action)
        row.addWidget(self._more)
        row.addWidget(self._close)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 8, 8, 8)
        self._layout.addLayout(row)
        self._layout.addWidget(self._details)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_FOR)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        notifications.told.connect(self.show_notice)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        """Take the texts of the present language."""
        self._more.setText(self.tr("Details"))
        self._close.setToolTip(self.tr("Close this message"))
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.setIcon(self._theme.icon("close"))

    def lie_on(self, area: QWidget) -> None:
        """Choose the part of the parent on whose lower edge it lies."""
        self._area.removeEventFilter(self)
        self._area = area
        area.installEventFilter(self)
        self._place()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._label.text()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice in place of the one before."""
        self._label.setText(notice.sentence)
        self._act = notice.act
        self._action.setText(notice.action)
        self._action.setVisible(bool(notice.action))
        self._details.setPlainText(notice.details)
        self._more.setVisible(bool(notice.details))
        self._more.setChecked(False)
        self._details.hide()
        self.setProperty("severity", "error" if notice.is_error else "info")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleName(notice.sentence)
        if notice.is_error or notice.action:
            self._timer.stop()
        else:
            self._timer.start()
        self.show()
        self._place()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, notice.sentence))

    def _do(self) -> None:
        act = self._act
        self.hide()
        if act is not None:
            act()

    def _show_details(self, shown: bool) -> None:
        self._details.setVisible(shown)
        if shown:
            self._timer.stop()
        self._place()

    def _place(self) -> None:
        area = QRect(self._area.mapTo(self._ground, QPoint()), self._area.size())
        width = min(720, area.width() - 2 * _MARGIN)
        self._layout.activate()
        height = max(self._layout.totalHeightForWidth(width), self._layout.totalMinimumSize().height())
        corner = QPoint(area.center().x() - width // 2, area.bottom() - height - _MARGIN)
        self.setGeometry(QRect(corner, QSize(width, height)))
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what it lies on."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._place()
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        if event.type() == QEvent.Type.LanguageChange or is_palette_change(event):
            self.retranslate()
        super().changeEvent(event)
