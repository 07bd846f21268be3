"""The dial: how far a face is restored, 0 to 150."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QIntValidator,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QDial, QLineEdit, QSizePolicy, QWidget

_MARKS = tuple(range(0, 151, 30))
_SWEEP = 270.0  # degrees from 0 to 150, open below
_RING = 30  # room for marks and numbers around the arc, logical pixels
_WHEEL_STEP = 2  # levels for a notch
_COMES_BACK = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
_REST = 1000  # milliseconds without a step of wheel or keys after which the next one is a new movement


class Dial(QDial):
    """A dial that is turned like one: drag around it, wheel, arrow and page keys, or type a number.

    A `QDial` underneath, so that assistive technology reads its name and value and can set it.
    """

    turned = Signal(float)
    """The user chose a level."""
    gestureBegan = Signal()
    """A new movement of the hand begins: what follows up to the next one belongs together.

    A drag is one movement, a typed number is one, and so are steps of wheel and keys without a pause between.
    """
    automaticWanted = Signal()
    """Double click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(_MARKS[0], _MARKS[-1])
        self.setSingleStep(1)
        self.setPageStep(10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)
        self._automatic: float | None = None
        self._is_automatic = False
        self._grabbed: float | None = None  # angle of the mouse at its last place
        self._aim = 0.0  # where the hand is, unrounded
        self._notches = 0.0
        self._hears = True
        self._steps = QTimer(self, singleShot=True, interval=_REST)  # active while steps follow one another
        self._number = QLineEdit("0", self)
        self._number.setValidator(QIntValidator(_MARKS[0], 999, self))
        self._number.setFrame(False)
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._number.setObjectName("level")
        self._number.installEventFilter(self)
        self.valueChanged.connect(self._moved)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the texts of the present language."""
        self.setAccessibleName(self.tr("Restoration level"))
        self._number.setAccessibleName(self.tr("Restoration level as a number"))
        self.setAccessibleDescription(
            self.tr("0 is the photo as it is. Double click for the automatic level.")
        )
        self.setToolTip(
            self.tr("Drag around the dial, or use wheel, arrow keys or digits; double click for automatic")
        )
        self._caption_automatic = self.tr("automatic")
        self._caption_original = self.tr("as it is")
        self._caption = self.tr("level")
        self.update()

    def show_level(self, level: float, automatic: float | None, is_automatic: bool) -> None:
        """Show a level that was set elsewhere, and the mark of the automatic one.

        A number that is being typed stays.
        """
        self._hears = False
        self._automatic, self._is_automatic = automatic, is_automatic
        if self._grabbed is None:
            self._aim = level
        self.setValue(round(level))
        if not self._is_typed_in():
            self._number.setText(str(round(level)))
        self._hears = True
        self.update()

    @property
    def number(self) -> QLineEdit:
        """The field in the middle that takes a typed number."""
        return self._number

    def take_typed(self) -> None:
        """Take a number that is being typed: what is done next is to be done at that level."""
        if self._is_typed_in():
            self._typed()
            self._number.setModified(False)

    def sizeHint(self) -> QSize:
        """Prefer a square that leaves room for the faces below."""
        return QSize(240, 216)

    def minimumSizeHint(self) -> QSize:
        """Stay large enough for a hand."""
        return QSize(180, 168)

    def point_of(self, level: float, radius: float | None = None) -> QPointF:
        """Place of a level on the arc, in widget coordinates."""
        angle = math.radians(_angle(level))
        reach = self._radius() if radius is None else radius
        return self._middle() + QPointF(math.cos(angle), -math.sin(angle)) * reach

    def _radius(self) -> float:
        # The arc is open below: it needs 1 + sin 45° radii of height.
        return min(self.width() / 2 - _RING - 6, (self.height() - 2 * _RING + 6) / 1.72)

    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, _RING + self._radius())

    def _moved(self, value: int) -> None:
        """A level came in by keys, page steps or assistive technology."""
        if self._hears:
            self._step()
            self.turned.emit(float(value))

    def _is_typed_in(self) -> bool:
        # Asked of the window: a field that waits in one that lies behind another is typed in all the same.
        return self._number.isModified() and self.window().focusWidget() is self._number

    def _begin_movement(self) -> None:
        self._steps.stop()
        self.gestureBegan.emit()

    def _step(self) -> None:
        """Begin a movement with the first of the steps that follow one another."""
        self._number.setModified(False)  # what was typed meanwhile is out of date
        if not self._steps.isActive():
            self.gestureBegan.emit()
        self._steps.start()

    def _typed(self) -> None:
        """Take the number, as far as the dial goes; an unchanged one keeps an automatic level automatic."""
        level = min(int(self._number.text() or self.value()), self.maximum())
        self._number.setText(str(level))
        if level != self.value():
            self._begin_movement()
            self.turned.emit(float(level))

    def _turn(self, by: float) -> None:
        self._aim = min(float(self.maximum()), max(float(self.minimum()), self._aim + by))
        level = float(round(self._aim))
        if level != self.value() or self._is_automatic:
            self.turned.emit(level)

    # Mouse, wheel and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold; on the ring of marks, jump there first."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._begin_movement()
        offset = event.position() - self._middle()
        self._aim = float(self.value())
        if math.hypot(offset.x(), offset.y()) > self._radius() - 10:
            level = _level(_angle_of(offset))
            if level is not None:
                self._turn(level - self._aim)
        self._grabbed = _angle_of(offset)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn with the hand; small circles near the middle count like large ones."""
        if self._grabbed is None:
            return
        angle = _angle_of(event.position() - self._middle())
        moved = (self._grabbed - angle + 180) % 360 - 180
        self._grabbed = angle
        self._turn(moved * self.maximum() / _SWEEP)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go back to the automatic level."""
        self._grabbed = None
        self.automaticWanted.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn by two levels a notch; fine wheels add up."""
        self._notches += event.angleDelta().y() / 120
        whole = math.trunc(self._notches * _WHEEL_STEP) / _WHEEL_STEP
        if whole:
            self._notches -= whole
            self._aim = float(self.value())
            self._step()
            self._turn(whole * _WHEEL_STEP)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let digits begin a typed number; everything else is a `QDial`'s."""
        if _is_digit(event):
            self._number.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._number.selectAll()
            self._number.insert(event.text())  # as typed in the field itself
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep digits from the window's shortcuts: here they are a number."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_digit(event):
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Leave the number with Enter or for another field (taken), or with Escape (as before)."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._typed()
                self.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._number.setText(str(self.value()))
                self.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _COMES_BACK:
            self._typed()
        return False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys arrive here."""
        super().focusInEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Show or hide the number with the dial."""
        if event.type() == QEvent.Type.EnabledChange:
            self._number.setVisible(self.isEnabled())
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the number in the middle."""
        radius = self._radius()
        # A style of its own: a font would be lost when the application's style sheet changes.
        self._number.setStyleSheet(f"font-size: {max(20, round(radius * 0.42))}px")
        width, height = round(radius * 1.1), round(radius * 0.6)
        middle = self._middle()
        self._number.setGeometry(
            round(middle.x() - width / 2), round(middle.y() - height / 2 - 4), width, height
        )
        super().resizeEvent(event)

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, marks, automatic mark, hand and caption."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        accent = palette.color(QPalette.ColorRole.Highlight)
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        track = palette.color(QPalette.ColorRole.Mid)
        if not self.isEnabled():
            accent = muted = track
        radius, middle = self._radius(), self._middle()
        ring = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        start, span = round(_angle(0) * 16), round(-_SWEEP * 16)

        face = radius - 13
        painter.setPen(QPen(track, 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawEllipse(middle, face, face)
        if self.hasFocus():
            ring_colour = QColor(accent)
            ring_colour.setAlpha(110)
            painter.setPen(QPen(ring_colour, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, face - 2, face - 2)

        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(track, 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(ring, start, span)
        self._draw_marks(painter, muted)
        if not self.isEnabled():
            return
        if self._aim > 0:
            painter.setPen(QPen(accent, 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(ring, start, round(span * self.value() / self.maximum()))
        if self._automatic is not None:
            self._draw_automatic(painter, accent)
        painter.setPen(QPen(accent, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(self.point_of(self.value(), face - 6), self.point_of(self.value(), face - 20))
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 2))
        painter.setBrush(accent)
        painter.drawEllipse(self.point_of(self.value()), 8, 8)
        caption = self._caption_automatic if self._is_automatic else self._caption
        if self.value() == 0 and not self._is_automatic:
            caption = self._caption_original
        font = self.font()
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(muted)
        below = QRectF(middle.x() - radius, middle.y() + radius * 0.22, 2 * radius, 20)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), caption)

    def _draw_marks(self, painter: QPainter, muted: QColor) -> None:
        radius = self._radius()
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        for mark in _MARKS:
            painter.setPen(QPen(muted, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(self.point_of(mark, radius + 6), self.point_of(mark, radius + 10))
            centre = self.point_of(mark, radius + 23)
            room = QRectF(centre.x() - 16, centre.y() - 8, 32, 16)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), str(mark))

    def _draw_automatic(self, painter: QPainter, accent: QColor) -> None:
        """A small wedge outside of the arc that points at the automatic level."""
        if self._automatic is None:
            return
        angle = math.radians(_angle(self._automatic))
        outward = QPointF(math.cos(angle), -math.sin(angle))
        across = QPointF(-outward.y(), outward.x())
        tip = self._middle() + outward * (self._radius() + 9)
        base = tip + outward * 7
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawPolygon([tip, base + across * 4.5, base - across * 4.5])


def _is_digit(event: QKeyEvent) -> bool:
    return event.text().isdigit() and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


def _angle(level: float) -> float:
    """Direction of a level in degrees, counter-clockwise from three o'clock."""
    return 225.0 - _SWEEP * level / _MARKS[-1]


def _angle_of(offset: QPointF) -> float:
    return math.degrees(math.atan2(-offset.y(), offset.x()))


def _level(angle: float) -> float | None:
    """Level of a direction; None in the gap below."""
    turned = (225.0 - angle) % 360
    return turned * _MARKS[-1] / _SWEEP if turned <= _SWEEP else None
