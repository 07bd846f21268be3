"""Below the photo: which one it is, what is under way, and what the model runs on."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar, QToolButton, QWidget

from desktop_app.engine_text import in_users_language
from desktop_app.session import Session
from desktop_app.wording import ElidedLabel


class StatusBar(QStatusBar):
    """Tells of a session.

    Parameters
    ----------
    session : Session
    device : QAction
        What a click on the device does.
    """

    def __init__(self, session: Session, device: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizeGripEnabled(False)
        self.photo = ElidedLabel(self)
        self.photo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.zoom, self.time, self.model = (QLabel(self) for _ in range(3))
        self.busy, self.progress = QLabel(self), QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(110)
        self.device = QToolButton(self)
        self.device.setAutoRaise(True)
        self.device.clicked.connect(device.trigger)
        left: tuple[QWidget, ...] = (self.photo, self.progress, self.busy)
        right: tuple[QWidget, ...] = (self.time, self.zoom, self.model, self.device)
        for widget in left:
            self.addWidget(widget)
        for widget in right:
            self.addPermanentWidget(widget)

    def refresh(self, is_seen: bool) -> None:
        """Bring all but zoom and time up to date.

        Parameters
        ----------
        is_seen : bool
            Whether the session's photo, if there is one, is what the window shows.
        """
        document, engine = self._session.document, self._session.engine
        if document is None or not is_seen:
            self.photo.set_whole("")
        else:
            name = document.name or self.tr("From the clipboard")
            self.photo.set_whole(f"{name}   {document.width} × {document.height}")
        for label in (self.time, self.zoom):
            label.setVisible(document is not None and is_seen)
        busy = self._busy_with()
        self.busy.setText(busy)
        for widget in (self.busy, self.progress):
            widget.setVisible(bool(busy))
        self.model.setText("" if engine is None else engine.model)
        self.device.setVisible(engine is not None)
        if engine is not None:
            self.device.setText(engine.device)
            told = engine.fallback if engine.device == "CPU" else None
            self.device.setToolTip(in_users_language(told) if told else self.tr("What the model runs on"))

    def show_zoom(self, zoom: float) -> None:
        """Show how large the photo is seen, 1 for a pixel by pixel."""
        self.zoom.setText(f"{zoom * 100:.0f} %")

    def show_time(self, milliseconds: float | None) -> None:
        """Show how long the last rendering took; None before the first one."""
        taken = "" if milliseconds is None else self.tr("{time} ms").format(time=round(milliseconds))
        self.time.setText(taken)
        self.time.setToolTip(self.tr("Time of the last rendering"))

    def _busy_with(self) -> str:
        session = self._session
        if session.is_opening:
            return self.tr("Opening…")
        if session.is_saving:
            return self.tr("Saving…")
        if session.is_searching:
            return self.tr("Looking for faces…")
        if session.unread:
            return self.tr("Reading faces, {count} left…").format(count=session.unread)
        return ""
