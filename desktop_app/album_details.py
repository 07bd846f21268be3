"""Beside the list: the chosen photo, its face before and after, and its level."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.album_messages import PhotoRow
from desktop_app.album_model import AlbumModel
from desktop_app.dial import Dial
from desktop_app.wording import ElidedLabel

_WIDTH = 308
_FACE = 132  # side of a face's picture, logical pixels
_SMALLEST = 64  # a picture lower than this tells nothing
_PATIENCE = 700  # milliseconds after the dial's last movement until the level is taken


class _Picture(QWidget):
    """A square picture, smaller where there is little height."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)

    def set_pixmap(self, pixmap: QPixmap) -> None:
        """Show another picture."""
        self._pixmap = pixmap
        self.update()

    def sizeHint(self) -> QSize:
        """Show the picture as it is."""
        return QSize(_FACE, _FACE)

    def minimumSizeHint(self) -> QSize:
        """Stay large enough for a face to be known."""
        return QSize(_FACE, _SMALLEST)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it in the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self.rect()
        side = min(place.width(), place.height())
        place.setSize(QSize(side, side))
        place.moveCenter(self.rect().center())
        painter.drawPixmap(place, self._pixmap)


class AlbumDetails(QWidget):
    """Tells about the chosen photos and takes a level for them.

    Parameters
    ----------
    model : AlbumModel
        What names states and says why.
    """

    levelWanted = Signal(object, object)
    """Ids of photos, and their level or None for the album's."""
    openWanted = Signal()
    retryWanted = Signal(object)
    """Ids of photos."""
    faceWanted = Signal(int, int)
    """Id of a photo whose face is to be shown, and how many pixels wide."""

    def __init__(self, model: AlbumModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        self._model = model
        self._rows: tuple[PhotoRow, ...] = ()
        self._face_of: int | None = None
        self._name, self._state, self._remark = ElidedLabel(self), QLabel(self), QLabel(self)
        self._name.setProperty("role", "heading")
        for label in (self._state, self._remark):
            label.setProperty("role", "muted")
            label.setWordWrap(True)
        self._pictures = QWidget(self)
        self._has_pictures = False
        self._before, self._after = _Picture(self._pictures), _Picture(self._pictures)
        self._captions = QLabel(self._pictures), QLabel(self._pictures)
        self._level_title = QLabel(self)
        self._level_title.setProperty("role", "heading")
        self.dial = Dial(self)
        self.automatic, self.open_button, self.retry_button = (QPushButton(self) for _ in range(3))
        self._hint = QLabel(self)
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._timer.timeout.connect(self._take_level)
        self._lay_out()
        self.dial.turned.connect(self._turn)
        self.dial.automaticWanted.connect(self._go_back)
        self.automatic.clicked.connect(self._go_back)
        self.open_button.clicked.connect(self.openWanted)
        self.retry_button.clicked.connect(self._retry)
        self.retranslate()

    def _lay_out(self) -> None:
        pictures = QHBoxLayout(self._pictures)
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.setSpacing(8)
        for picture, caption in zip((self._before, self._after), self._captions, strict=True):
            caption.setProperty("role", "muted")
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(picture)
            column.addWidget(caption, 0, Qt.AlignmentFlag.AlignHCenter)
            pictures.addLayout(column)
        pictures.addStretch()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.open_button, 1)
        buttons.addWidget(self.retry_button, 1)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 14)
        layout.setSpacing(6)
        layout.addWidget(self._name)
        layout.addWidget(self._state)
        layout.addWidget(self._remark)
        layout.addSpacing(4)
        layout.addWidget(self._pictures)
        layout.addSpacing(8)
        layout.addWidget(self._level_title)
        layout.addWidget(self.dial)
        layout.addWidget(self.automatic)
        layout.addStretch(1)
        layout.addWidget(self._hint)
        layout.addLayout(buttons)

    def retranslate(self) -> None:
        """Take the texts of the present language."""
        self._captions[0].setText(self.tr("Before"))
        self._captions[1].setText(self.tr("After"))
        self.automatic.setText(self.tr("As in the album"))
        self.automatic.setToolTip(self.tr("Restore it at the album's level again"))
        self.open_button.setText(self.tr("Open"))
        self.retry_button.setText(self.tr("Try again"))
        self.dial.retranslate()
        self.refresh()

    @property
    def ids(self) -> tuple[int, ...]:
        """Ids of the photos that it tells about."""
        return tuple(row.id for row in self._rows)

    def set_photos(self, rows: Sequence[PhotoRow]) -> None:
        """Tell about other photos, or the same ones changed."""
        if self.ids != tuple(row.id for row in rows):
            self.take_turned()
        self._rows = tuple(rows)
        self.refresh()

    def take_turned(self) -> None:
        """Take the level of a dial that was turned just now: the hand was quicker than the patience."""
        if self._timer.isActive():
            self._timer.stop()
            self._take_level()

    def refresh(self) -> None:
        """Show the present state of the photos."""
        one = self._rows[0] if len(self._rows) == 1 else None
        self._name.setVisible(bool(self._rows))
        self.open_button.setVisible(bool(self._rows))
        # Of a photo that was not restored yet, nobody knows the level that it needs.
        has_level = any(row.levels or row.own_level is not None for row in self._rows)
        for widget in (self._level_title, self.dial, self.automatic):
            widget.setVisible(has_level)
        self._state.setVisible(one is not None)
        self.retry_button.setVisible(any(row.state == "failed" for row in self._rows))
        self._hint.setVisible(not self._rows)
        self._hint.setText(self.tr("Choose a photo to see its face and to change its level."))
        remark = "" if one is None else self._model.remark(one)
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))
        if one is not None:
            self._name.set_whole(one.name.rpartition("/")[2])
            self._state.setText(self._model.state_text(one))
            self._level_title.setText(self.tr("Level of this photo"))
        elif self._rows:
            self._name.set_whole(self.tr("{number} photos").format(number=len(self._rows)))
            self._level_title.setText(self.tr("Level of these photos"))
        self.open_button.setEnabled(one is not None)
        if self._rows and not self._timer.isActive():
            first = self._rows[0]
            level = first.own_level if first.own_level is not None else max(first.levels, default=0.0)
            own = any(row.own_level is not None for row in self._rows)
            self.dial.show_level(level, None, not own)
            self.automatic.setEnabled(own)
        self._ask_for_face(one)

    def show_face(self, id_: int, before: QImage, after: QImage) -> None:
        """Show the face of a photo, if it still is the chosen one."""
        if self.ids != (id_,) or self._rows[0].state != "done":
            return
        ratio = self.devicePixelRatioF()
        for label, image in ((self._before, before), (self._after, after)):
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(ratio)
            label.set_pixmap(pixmap)
        self._has_pictures = True
        self._place_pictures()

    def _ask_for_face(self, row: PhotoRow | None) -> None:
        drawn = row is not None and row.state == "done" and bool(row.levels)
        wanted = hash((row.id, row.levels)) if row is not None and drawn else None
        if wanted != self._face_of:
            self._face_of = wanted
            self._has_pictures = False
            if row is not None and drawn:
                self.faceWanted.emit(row.id, round(_FACE * self.devicePixelRatioF()))
        self._place_pictures()

    def _place_pictures(self) -> None:
        """Show the face where that takes no room from the other things."""
        self._pictures.setVisible(self._has_pictures)
        layout = self._layout
        needed = max(layout.totalMinimumHeightForWidth(self.width()), layout.totalMinimumSize().height())
        if needed > self.height():
            self._pictures.hide()

    def _turn(self, level: float) -> None:
        self.dial.show_level(level, None, False)
        self._timer.start()

    def _take_level(self) -> None:
        if self._rows:
            self.levelWanted.emit(self.ids, float(self.dial.value()))

    def _go_back(self) -> None:
        self._timer.stop()
        if any(row.own_level is not None for row in self._rows):
            self.levelWanted.emit(self.ids, None)
        else:
            self.refresh()

    def _retry(self) -> None:
        self.retryWanted.emit(tuple(row.id for row in self._rows if row.state == "failed"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make use of the room."""
        super().resizeEvent(event)
        self._place_pictures()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
