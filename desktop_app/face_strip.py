"""The faces of the photo, one below the other: before and after, level, on or off."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPixmap, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_app.document import Document, FaceState
from desktop_app.engine_text import refusal_sentence
from desktop_app.wording import ElidedLabel

_SIDE = 54  # of a small picture, logical pixels


class FaceCard(QFrame):
    """One face. A click or Enter selects it, the box switches it on and off."""

    chosen = Signal(int)
    switched = Signal(int, bool)
    moved = Signal(int, int)
    """Number of the card that has the focus, and 1 or -1: the neighbour is wanted."""

    def __init__(self, face: FaceState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = face.number
        self._shown: tuple[int, int, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._before, self._after = QLabel(self), QLabel(self)
        self._name, self._state, self._reason = QLabel(self), ElidedLabel(self), QLabel(self)
        self._name.setProperty("role", "heading")
        for label in (self._state, self._reason):
            label.setProperty("role", "muted")
        self._reason.setWordWrap(True)  # it is long, and a level is not
        self._switch = QCheckBox(self)
        self._switch.toggled.connect(lambda on: self.switched.emit(self.number, on))
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch()
        texts.addWidget(self._name)
        texts.addWidget(self._state)
        texts.addWidget(self._reason)
        texts.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 6, 8)
        layout.setSpacing(4)
        layout.addWidget(self._before)
        layout.addWidget(self._after)
        layout.addSpacing(2)
        layout.addLayout(texts, 1)
        layout.addWidget(self._switch)
        self.update_from(face, chosen=False)

    def update_from(self, face: FaceState, chosen: bool) -> None:
        """Show the face's present state."""
        name = self.tr("Face {number}").format(number=face.number)
        is_untouched = face.left_alone is not None or face.found.waits
        if face.left_alone is not None:
            state = refusal_sentence(face.left_alone)
        elif face.found.waits:
            state = self.tr("not read yet")
        elif not face.setting.on:
            state = self.tr("left as it is")
        elif face.is_automatic:
            state = self.tr("{level} · automatic").format(level=round(face.level))
        else:
            state = self.tr("level {level}").format(level=round(face.level))
        lines, told = [state], state if is_untouched else ""
        if face.found.printed and face.effective:
            lines.append(self.tr("dots removed"))
            told = self.tr("This face was printed with a screen, whose dots are taken away.")
        if face.found.refusal is not None and face.effective:
            lines.append(self.tr("a guess"))
            told = self.tr("Too little of this face is left to know the person: what is drawn fits, no more.")
        self._name.setText(name)
        self._state.set_whole("\n".join(lines))
        self._state.setToolTip("\n".join((*lines, told)).strip())
        self._state.setVisible(not is_untouched)
        self._reason.setText(state)
        self._reason.setVisible(is_untouched)
        self.setAccessibleName(f"{name}: {', '.join(lines)}")
        self.setToolTip(told)
        self._switch.blockSignals(True)
        self._switch.setChecked(face.setting.on and not is_untouched)
        self._switch.blockSignals(False)
        self._switch.setVisible(not is_untouched)
        self._switch.setToolTip(self.tr("Restore this face"))
        self._switch.setAccessibleName(self.tr("Restore face {number}").format(number=face.number))
        self._after.setVisible(not is_untouched)
        self.show_pictures(face)
        if self.property("chosen") != chosen:
            self.setProperty("chosen", chosen)
            self.style().unpolish(self)
            self.style().polish(self)

    def show_pictures(self, face: FaceState) -> None:
        """Show the small pictures, where they are not shown already."""
        ratio = self.devicePixelRatioF()
        shown = (face.found.picture.cacheKey(), face.restored.cacheKey(), ratio)
        if shown == self._shown:
            return
        self._shown = shown
        self._before.setPixmap(_rounded(face.found.picture, ratio))
        self._after.setPixmap(_rounded(face.restored, ratio))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the face."""
        self.chosen.emit(self.number)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Select with Enter, go to the neighbours with the arrows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self.number)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(self.number, 1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


class FaceStrip(QScrollArea):
    """All faces of a document."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("faces")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = QWidget()
        self._layout = QVBoxLayout(self._inside)
        self._layout.setContentsMargins(0, 0, 6, 0)
        self._layout.setSpacing(8)
        self._layout.addStretch(1)
        self.setWidget(self._inside)
        self._document: Document | None = None
        self._cards: dict[int, FaceCard] = {}
        self._is_new = False
        self.verticalScrollBar().rangeChanged.connect(self._place)
        self.setAccessibleName(self.tr("Faces"))

    @property
    def cards(self) -> tuple[FaceCard, ...]:
        """The cards from top to bottom."""
        return tuple(self._cards.values())

    def set_document(self, document: Document | None) -> None:
        """Show the faces of another photo."""
        self._document = document
        if document is not None:
            document.facesChanged.connect(self.rebuild)
            document.settingsChanged.connect(self.refresh)
            document.selectionChanged.connect(self.refresh)
            document.picturesChanged.connect(self._refresh_pictures)
        self.rebuild()

    def rebuild(self) -> None:
        """Make the cards anew."""
        faces = () if self._document is None else self._document.faces
        for card in self._cards.values():
            self._layout.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = {}
        for index, face in enumerate(faces):
            card = FaceCard(face, self._inside)
            card.chosen.connect(self._choose)
            card.switched.connect(self._switch)
            card.moved.connect(self._move)
            self._layout.insertWidget(index, card)
            self._cards[face.number] = card
        self._is_new = True
        self.refresh()

    def refresh(self) -> None:
        """Show the present levels and the selected face."""
        if self._document is None:
            return
        selected = self._document.selected
        for face in self._document.faces:
            card = self._cards.get(face.number)
            if card is not None:
                chosen = selected is not None and selected.number == face.number
                is_new = chosen and not card.property("chosen")
                card.update_from(face, chosen)
                if is_new:
                    self._scroll_to_chosen()

    def _place(self) -> None:
        """Scroll when new cards have got their places."""
        if self._is_new:
            self._is_new = False
            self._scroll_to_chosen()

    def _scroll_to_chosen(self) -> None:
        for card in self._cards.values():
            if card.property("chosen"):
                spare = self.viewport().height() - card.height()
                self.ensureWidgetVisible(card, 0, min(8, max(0, spare // 2)))
                if spare < 0:  # its upper edge, at least
                    self.verticalScrollBar().setValue(card.y())

    def _refresh_pictures(self) -> None:
        if self._document is not None:
            for face in self._document.faces:
                if face.number in self._cards:
                    self._cards[face.number].show_pictures(face)

    def _choose(self, number: int) -> None:
        if self._document is not None:
            self._document.select(number)

    def _switch(self, number: int, on: bool) -> None:
        if self._document is not None:
            self._document.select(number)
            self._document.set_on(number, on)

    def _move(self, number: int, by: int) -> None:
        numbers = list(self._cards)
        place = numbers.index(number) + by
        if 0 <= place < len(numbers):
            self._cards[numbers[place]].setFocus(Qt.FocusReason.OtherFocusReason)
            self._choose(numbers[place])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the selected face in sight, as an offer below takes its place."""
        super().resizeEvent(event)
        self._scroll_to_chosen()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(self.tr("Faces"))
            self.refresh()
        super().changeEvent(event)


def _rounded(image: QImage, ratio: float) -> QPixmap:
    """Cut a picture to a small square with round corners."""
    pixmap = QPixmap(round(_SIDE * ratio), round(_SIDE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(0, 0, _SIDE, _SIDE), 6, 6)
    painter.setClipPath(outline)
    side = min(image.width(), image.height())
    middle = QRectF((image.width() - side) / 2, (image.height() - side) / 2, side, side)
    painter.drawImage(QRectF(0, 0, _SIDE, _SIDE), image, middle)
    painter.end()
    return pixmap
