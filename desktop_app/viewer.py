"""The picture: before and after, zoom and pan, faces to point at. All of its drawing is here."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QToolTip, QWidget

from desktop_app.messages import Patch

_MARGIN = 24  # free space around a photo that fits, logical pixels
_GRIP = 14  # how near the divider the mouse takes hold of it
_LARGEST = 16.0  # screen pixels for a photo pixel
_SMOOTH_UP_TO = 4.0  # beyond this magnification single pixels are meant to be seen
_CLICK = 4  # a press that moves less is a click
_SMALLEST_BOX = 8  # photo pixels
_KEYS_GO_ELSEWHERE = (QEvent.Type.WindowDeactivate, QEvent.Type.WindowBlocked, QEvent.Type.Hide)


class Mode(StrEnum):
    """How before and after are shown."""

    DIVIDER = "divider"
    SIDE_BY_SIDE = "side-by-side"
    RESTORED = "restored"


@dataclass(frozen=True)
class Outline:
    """A face to point at: number, place in photo pixels, whether it can be restored, why not."""

    number: int
    box: QRectF
    restorable: bool
    sentence: str


class Viewer(QWidget):
    """Shows a photo and its restored state.

    Coordinates: *photo* coordinates are photo pixels; a *pane* is the part of the widget that shows the photo
    once (two of them side by side); all panes share scale and offset.
    """

    faceClicked = Signal(int)
    boxDrawn = Signal(QRectF)
    """A box was drawn around a face, in photo pixels."""
    framingChanged = Signal(bool)
    """Whether a box is being drawn."""
    zoomChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self._images: tuple[QImage, ...] = ()
        self._width = self._height = 0
        self._patches: dict[tuple[int, int, int, int], Patch] = {}
        self._outlines: tuple[Outline, ...] = ()
        self._selected: int | None = None
        self._mode = Mode.DIVIDER
        self._divider = 0.5
        self._scale, self._offset, self._fits = 1.0, QPointF(), True
        self._shows_original = self._shows_outlines = self._is_framing = False
        self._hovered: int | None = None
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._drags_divider = self._pans = False
        self._frame: QRectF | None = None
        self.retranslate()

    def retranslate(self) -> None:
        """Take the texts of the present language."""
        self._before_text, self._after_text = self.tr("Before"), self.tr("After")
        self.setAccessibleName(self.tr("Photo"))
        self.setAccessibleDescription(
            self.tr("The photo before and after restoration; plus and minus zoom, arrow keys move it.")
        )
        self.update()

    # What is shown

    def set_photo(self, images: tuple[QImage, ...], width: int, height: int) -> None:
        """Show another photo, given at full size, half, a quarter and so on; its size in photo pixels."""
        self._images, self._width, self._height = images, width, height
        self._patches = {}
        self._outlines, self._selected, self._hovered = (), None, None
        self.set_framing(False)
        self._divider = 0.5
        self.fit()

    def set_patches(self, patches: Iterable[Patch]) -> None:
        """Replace parts of the restored state; later ones lie on top."""
        for patch in patches:
            key = (patch.x, patch.y, patch.width, patch.height)
            self._patches.pop(key, None)
            self._patches[key] = patch
            self._update_photo(QRectF(*key))

    def set_outlines(self, outlines: tuple[Outline, ...], selected: int | None) -> None:
        """Set the faces that can be pointed at, and the one that is selected."""
        if (outlines, selected) != (self._outlines, self._selected):  # a move of the dial changes none
            self._outlines, self._selected = outlines, selected
            self.update()

    @property
    def mode(self) -> Mode:
        """How before and after are shown."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Choose how before and after are shown."""
        self._mode = mode
        if self._fits:
            self.fit()
        else:
            self._clamp()
        self.update()

    @property
    def divider(self) -> float:
        """Where the divider stands on the visible part of the photo, 0 to 1."""
        return self._divider

    def set_divider(self, place: float) -> None:
        """Move the divider; 0 shows the restored state alone, 1 the original."""
        before = self._divider_x()
        self._divider = min(1.0, max(0.0, place))
        after = self._divider_x()
        left, right = sorted((before, after))
        self.update(QRect(int(left) - 90, 0, int(right - left) + 180, self.height()))

    def show_original(self, shown: bool) -> None:
        """Show the original in place of the restored state."""
        self._shows_original = shown
        self.update()

    @property
    def shows_original(self) -> bool:
        """Whether the original is shown in place of the restored state."""
        return self._shows_original

    def show_outlines(self, shown: bool) -> None:
        """Outline all faces, or only the one under the mouse."""
        self._shows_outlines = shown
        self.update()

    def set_framing(self, framing: bool) -> None:
        """Begin or end to draw a box around a face with the mouse."""
        if framing != self._is_framing:
            self._is_framing, self._frame = framing, None
            self.setCursor(Qt.CursorShape.CrossCursor if framing else Qt.CursorShape.ArrowCursor)
            self.framingChanged.emit(framing)
            self.update()

    # Zoom and pan

    @property
    def zoom(self) -> float:
        """Screen pixels for a photo pixel: 1 is 100 %."""
        return self._scale * self.devicePixelRatioF()

    def fit(self) -> None:
        """Show the whole photo, never larger than 100 % doubled."""
        self._fits = True
        if self._images:
            self._scale = self._fitting()
            pane = self._pane_size()
            self._offset = QPointF(
                (pane.width() - self._width * self._scale) / 2,
                (pane.height() - self._height * self._scale) / 2,
            )
        self.zoomChanged.emit()
        self.update()

    @property
    def fits(self) -> bool:
        """Whether the photo follows the window's size."""
        return self._fits

    def zoom_to(self, zoom: float, around: QPointF | None = None) -> None:
        """Zoom, keeping the photo's place under a point of the widget (by default the middle)."""
        if not self._images:
            return
        pane = self._pane_size()
        if around is None:
            point = QPointF(pane.width() / 2, pane.height() / 2)
        else:
            point = around - QPointF(self._pane_at(around).topLeft())
        ratio = self.devicePixelRatioF()
        scale = min(_LARGEST / ratio, max(min(self._fitting(), 1 / ratio) / 2, zoom / ratio))
        self._offset = point - (point - self._offset) * (scale / self._scale)
        self._scale, self._fits = scale, False
        self._clamp()
        self.zoomChanged.emit()
        self.update()

    def pan(self, by: QPointF) -> None:
        """Move the photo by logical pixels."""
        if self._images:
            self._offset += by
            self._fits = False
            self._clamp()
            self.update()

    def to_photo(self, point: QPointF) -> QPointF:
        """Turn a place in the widget into photo coordinates."""
        return (point - QPointF(self._pane_at(point).topLeft()) - self._offset) / self._scale

    def from_photo(self, point: QPointF) -> QPointF:
        """Turn photo coordinates into a place in the widget, in the pane of the restored state."""
        return QPointF(self._panes()[-1].topLeft()) + self._offset + point * self._scale

    def _fitting(self) -> float:
        pane = self._pane_size()
        space = QSizeF(max(1.0, pane.width() - 2 * _MARGIN), max(1.0, pane.height() - 2 * _MARGIN))
        most = 2 / self.devicePixelRatioF()
        return min(space.width() / self._width, space.height() / self._height, most)

    def _clamp(self) -> None:
        """Keep the photo in sight: centred where it is smaller than the pane, else without a gap."""
        pane = self._pane_size()
        offset = [self._offset.x(), self._offset.y()]
        for axis, (room, length) in enumerate(((pane.width(), self._width), (pane.height(), self._height))):
            size = length * self._scale
            if size <= room:
                offset[axis] = (room - size) / 2
            else:
                offset[axis] = min(_MARGIN, max(room - size - _MARGIN, offset[axis]))
        self._offset = QPointF(*offset)

    def _panes(self) -> tuple[QRect, ...]:
        if self._mode is not Mode.SIDE_BY_SIDE:
            return (self.rect(),)
        half = self.width() // 2
        return (
            QRect(0, 0, half, self.height()),
            QRect(self.width() - half, 0, half, self.height()),
        )

    def _pane_at(self, point: QPointF) -> QRect:
        return next((pane for pane in self._panes() if pane.contains(point.toPoint())), self._panes()[0])

    def _pane_size(self) -> QSizeF:
        return QSizeF(self._panes()[0].size())

    def _visible(self) -> QRectF:
        """The part of the first pane that the photo covers."""
        photo = QRectF(self._offset, QSizeF(self._width * self._scale, self._height * self._scale))
        return photo.intersected(QRectF(self._panes()[0]))

    def _divider_x(self) -> float:
        visible = self._visible()
        return visible.left() + visible.width() * self._divider

    def _update_photo(self, area: QRectF) -> None:
        """Repaint a part of the photo, and nothing else."""
        for pane in self._panes():
            corner = QPointF(pane.topLeft()) + self._offset + area.topLeft() * self._scale
            place = QRectF(corner, area.size() * self._scale)
            self.update(place.toAlignedRect().adjusted(-2, -2, 2, 2).intersected(pane))

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what lies in the event's region."""
        painter = QPainter(self)
        dirty = event.region().boundingRect()
        painter.fillRect(dirty, self.palette().color(QPalette.ColorRole.Dark))
        if not self._images:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < _SMOOTH_UP_TO)
        panes = self._panes()
        if self._shows_original:
            for pane in panes:
                self._draw_photo(painter, pane, dirty & pane, restored=False)
        elif self._mode is Mode.SIDE_BY_SIDE:
            self._draw_photo(painter, panes[0], dirty & panes[0], restored=False)
            self._draw_photo(painter, panes[1], dirty & panes[1], restored=True)
        elif self._mode is Mode.RESTORED:
            self._draw_photo(painter, panes[0], dirty, restored=True)
        else:
            x = round(self._divider_x())
            left = QRect(0, 0, x, self.height())
            right = QRect(x, 0, self.width() - x, self.height())
            self._draw_photo(painter, panes[0], dirty & left, restored=False)
            self._draw_photo(painter, panes[0], dirty & right, restored=True)
        painter.setClipRect(dirty)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pane in panes:
            self._draw_outlines(painter, pane)
        if self._mode is Mode.DIVIDER and not self._shows_original:
            self._draw_divider(painter)
        self._draw_labels(painter)
        if self._frame is not None:
            self._draw_frame(painter)

    def _draw_photo(self, painter: QPainter, pane: QRect, clip: QRect, restored: bool) -> None:
        if clip.isEmpty():
            return
        painter.save()
        painter.setClipRect(clip)
        origin = QPointF(pane.topLeft()) + self._offset
        seen = QRectF(QPointF(clip.topLeft()) - origin, QSizeF(clip.size()))
        seen = QRectF(seen.topLeft() / self._scale, seen.size() / self._scale)
        painter.translate(origin)
        painter.scale(self._scale, self._scale)
        painter.setClipRect(QRectF(0, 0, self._width, self._height), Qt.ClipOperation.IntersectClip)
        depth = len(self._images) - 1
        step = min(depth, max(0, math.floor(-math.log2(self.zoom)))) if self.zoom < 1 else 0
        _draw_part(painter, self._images[step], step, QPointF(), seen)
        if restored:
            for patch in self._patches.values():
                if seen.intersects(QRectF(patch.x, patch.y, patch.width, patch.height)):
                    used = max(step, patch.step)
                    image = patch.images[used - patch.step]
                    _draw_part(painter, image, used, QPointF(patch.x, patch.y), seen)
        painter.restore()

    def _draw_outlines(self, painter: QPainter, pane: QRect) -> None:
        accent = self.palette().color(QPalette.ColorRole.Highlight)
        font = self.font()
        font.setPixelSize(12)
        font.setBold(True)
        painter.setFont(font)
        for outline in self._outlines:
            if not (self._shows_outlines or self._is_framing or outline.number == self._hovered):
                continue
            corner = QPointF(pane.topLeft()) + self._offset + outline.box.topLeft() * self._scale
            place = QRectF(corner, outline.box.size() * self._scale)
            chosen = outline.number == self._selected
            style = Qt.PenStyle.SolidLine if outline.restorable else Qt.PenStyle.DashLine
            colour = accent if chosen else QColor(255, 255, 255)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(0, 0, 0, 90), 4))
            painter.drawRoundedRect(place, 8, 8)
            painter.setPen(QPen(colour, 2, style))
            painter.drawRoundedRect(place, 8, 8)
            badge = QRectF(place.left() + 6, place.top() + 6, 22, 20)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent if chosen else QColor(0, 0, 0, 170))
            painter.drawRoundedRect(badge, 6, 6)
            painter.setPen(
                self.palette().color(QPalette.ColorRole.HighlightedText) if chosen else QColor("white")
            )
            painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), str(outline.number))

    def _draw_divider(self, painter: QPainter) -> None:
        visible = self._visible()
        x = self._divider_x()
        painter.setPen(QPen(QColor(0, 0, 0, 70), 4))
        painter.drawLine(QPointF(x, visible.top()), QPointF(x, visible.bottom()))
        painter.setPen(QPen(QColor(255, 255, 255, 235), 2))
        painter.drawLine(QPointF(x, visible.top()), QPointF(x, visible.bottom()))
        middle = QPointF(x, visible.center().y())
        painter.setPen(QPen(QColor(0, 0, 0, 60), 1))
        painter.setBrush(QColor(255, 255, 255, 240))
        painter.drawEllipse(middle, 17, 17)
        pen = QPen(
            QColor(50, 48, 46), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        )
        painter.setPen(pen)
        for side in (-1, 1):
            tip = middle + QPointF(9 * side, 0)
            painter.drawPolyline([tip + QPointF(-4 * side, -4.5), tip, tip + QPointF(-4 * side, 4.5)])

    def _draw_labels(self, painter: QPainter) -> None:
        """Say which side is which, in the corners of what is visible."""
        visible = self._visible()
        panes = self._panes()
        if self._shows_original:
            places = [
                (visible.translated(QPointF(pane.topLeft())), self._before_text, False) for pane in panes
            ]
        elif self._mode is Mode.SIDE_BY_SIDE:
            places = [
                (visible, self._before_text, False),
                (visible.translated(QPointF(panes[1].topLeft())), self._after_text, False),
            ]
        elif self._mode is Mode.DIVIDER:
            x = self._divider_x()
            left, right = QRectF(visible), QRectF(visible)
            left.setRight(x)
            right.setLeft(x)
            places = [(left, self._before_text, False), (right, self._after_text, True)]
        else:
            return
        font = self.font()
        font.setPixelSize(12)
        painter.setFont(font)
        for area, text, at_right in places:
            width = painter.fontMetrics().horizontalAdvance(text) + 20
            if area.width() < width + 24:
                continue
            left_edge = area.right() - width - 12 if at_right else area.left() + 12
            pill = QRectF(left_edge, area.top() + 12, width, 24)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 120))
            painter.drawRoundedRect(pill, 12, 12)
            painter.setPen(QColor(255, 255, 255, 235))
            painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), text)

    def _draw_frame(self, painter: QPainter) -> None:
        if self._frame is not None:
            accent = self.palette().color(QPalette.ColorRole.Highlight)
            painter.setPen(QPen(accent, 2))
            fill = QColor(accent)
            fill.setAlpha(40)
            painter.setBrush(fill)
            painter.drawRoundedRect(self._frame.normalized(), 6, 6)

    # Mouse, keys and gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the divider, a face, a new box or the photo."""
        if not self._images or event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        self._pressed = self._last = event.position()
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._is_framing:
            self._frame = QRectF(event.position(), QSizeF())
        elif left and self._over_divider(event.position()):
            self._drags_divider = True
        else:
            self._pans = True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held, or point at what lies below."""
        point = event.position()
        if self._frame is not None:
            self._frame.setBottomRight(point)
            self.update()
        elif self._drags_divider:
            visible = self._visible()
            self.set_divider((point.x() - visible.left()) / max(1.0, visible.width()))
        elif self._pans and self._pressed is not None:
            if (point - self._pressed).manhattanLength() > _CLICK:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.pan(point - self._last)
        else:
            self._point_at(point)
        self._last = point

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a press that did not move is a click on a face."""
        pressed, frame = self._pressed, self._frame
        drags = self._drags_divider
        self._pressed, self._drags_divider, self._pans = None, False, False
        if frame is not None and pressed is not None:
            first, second = self.to_photo(pressed), self.to_photo(event.position())
            box = QRectF(first, second).normalized()
            box = box.intersected(QRectF(0, 0, self._width, self._height))
            self.set_framing(False)
            if min(box.width(), box.height()) >= _SMALLEST_BOX:
                self.boxDrawn.emit(box)
        elif pressed is not None and not drags and event.button() == Qt.MouseButton.LeftButton:
            number = self._face_at(event.position())
            if number is not None and (event.position() - pressed).manhattanLength() <= _CLICK:
                self.faceClicked.emit(number)
        self._point_at(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Put the divider back into the middle, or go between the whole photo and 100 %."""
        if event.button() != Qt.MouseButton.LeftButton or self._is_framing:
            return
        if self._over_divider(event.position()):
            self.set_divider(0.5)
        elif self._fits:
            self.zoom_to(max(1.0, 2 * self.zoom), event.position())
        else:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        turned = event.angleDelta().y()
        if turned:
            self.zoom_to(self.zoom * 1.25 ** (turned / 120), event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the photo, and give up a box."""
        step = 60
        moves = {
            Qt.Key.Key_Left: QPointF(step, 0),
            Qt.Key.Key_Right: QPointF(-step, 0),
            Qt.Key.Key_Up: QPointF(0, step),
            Qt.Key.Key_Down: QPointF(0, -step),
        }
        key = Qt.Key(event.key())
        if key in moves:
            self.pan(moves[key])
        elif key == Qt.Key.Key_Escape and self._is_framing:
            self.set_framing(False)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the face under the mouse."""
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the photo fitting, or in sight."""
        if self._fits:
            self.fit()
        else:
            self._clamp()
        super().resizeEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the restored state again when the key that hid it is released elsewhere."""
        self.show_original(False)
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Follow pinches of touch screens and pads, say why a face is left alone, and let go of Space."""
        if event.type() in _KEYS_GO_ELSEWHERE:
            self.show_original(False)
        elif isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_to(self.zoom * (1 + event.value()), event.position())
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                centre = self.mapFromGlobal(pinch.centerPoint())
                self.zoom_to(self.zoom * pinch.scaleFactor(), centre)
                self.pan(pinch.centerPoint() - pinch.lastCenterPoint())
                return True
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self._face_at(QPointF(event.pos()))
            sentence = next((face.sentence for face in self._outlines if face.number == number), "")
            QToolTip.showText(event.globalPos(), sentence, self)
            return True
        return super().event(event)

    def _over_divider(self, point: QPointF) -> bool:
        if self._mode is not Mode.DIVIDER or self._shows_original or not self._images:
            return False
        visible = self._visible().adjusted(-_GRIP, 0, _GRIP, 0)
        return visible.contains(point) and abs(point.x() - self._divider_x()) <= _GRIP

    def _face_at(self, point: QPointF) -> int | None:
        place = self.to_photo(point)
        hit = [face for face in self._outlines if face.box.contains(place)]
        return min(hit, key=lambda face: face.box.width()).number if hit else None

    def _point_at(self, point: QPointF) -> None:
        if not self._images or self._is_framing:
            return
        over_divider = self._over_divider(point)
        hovered = None if over_divider else self._face_at(point)
        if over_divider:
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif hovered is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif not self._fits:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(QCursor())
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()


def _draw_part(painter: QPainter, image: QImage, step: int, corner: QPointF, seen: QRectF) -> None:
    """Draw the visible part of a picture whose pixels are 2**step photo pixels wide."""
    size = 2**step
    wanted = seen.translated(-corner)
    # Two pixels more than needed on each side, so that smoothing finds its neighbours.
    source = QRect(
        math.floor(wanted.left() / size) - 2,
        math.floor(wanted.top() / size) - 2,
        math.ceil(wanted.width() / size) + 5,
        math.ceil(wanted.height() / size) + 5,
    ).intersected(image.rect())
    if source.isEmpty():
        return
    target = QRectF(
        corner.x() + source.x() * size,
        corner.y() + source.y() * size,
        source.width() * size,
        source.height() * size,
    )
    painter.drawImage(target, image, QRectF(source))


class HoldKey(QObject):
    """While Space is held anywhere in a window, its viewer shows the original.

    Parameters
    ----------
    viewer : Viewer
    """

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._viewer = viewer

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Space where no button or text field in this window needs it."""
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or not isinstance(
            event, QKeyEvent
        ):
            return False
        if event.key() != Qt.Key.Key_Space or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self._viewer.window():
            return False
        if not self._viewer.isVisible():
            return False
        if (
            watched.inherits("QAbstractButton")
            or watched.inherits("QLineEdit")
            or watched.inherits("QTextEdit")
        ):
            return False
        if not event.isAutoRepeat():
            self._viewer.show_original(event.type() == QEvent.Type.KeyPress)
        return True
