"""Beside the photo: the dial for the selected face, and all faces below it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.dial import Dial
from desktop_app.document import Document
from desktop_app.face_strip import FaceStrip
from desktop_app.theme import Theme, is_palette_change

_WIDTH = 308


class Offer(QFrame):
    """Something that would do the photo good, and the button that does it."""

    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offer")
        self.label, self.button = QLabel(self), QPushButton(self)
        self.label.setWordWrap(True)
        self.button.clicked.connect(self.accepted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.label)
        layout.addWidget(self.button)

    def make(self, sentence: str, text: str) -> None:
        """Show what is offered, and how the button says it; nothing for an empty sentence."""
        self.label.setText(sentence)
        self.button.setText(text)
        self.setVisible(bool(sentence))


class SidePanel(QWidget):
    """Shows a document's selected face on the dial and its faces in the strip, and takes changes."""

    compareWanted = Signal()
    framingWanted = Signal()
    enlargementWanted = Signal(int)
    """How many times as wide and high as its file the photo is to be shown."""
    turnWanted = Signal(int)
    """Quarters of a circle, anticlockwise."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        self._theme = theme
        self._document: Document | None = None
        self._searching = False
        self._offered: Callable[[], None] = lambda: None
        self.dial = Dial(self)
        self.strip = FaceStrip(self)
        self.offer = Offer(self)
        self.automatic = QPushButton(self)
        self.compare = QPushButton(self)
        self.together = QCheckBox(self)
        self.add_face = QToolButton(self)
        self._title, self._faces_title, self._hint = QLabel(self), QLabel(self), QLabel(self)
        self._title.setProperty("role", "heading")
        self._faces_title.setProperty("role", "heading")
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        self.dial.turned.connect(self._turn)
        self.dial.gestureBegan.connect(self._begin_gesture)
        self.dial.automaticWanted.connect(self._set_automatic)
        self.automatic.clicked.connect(self._set_automatic)
        self.compare.clicked.connect(self.compareWanted)
        self.add_face.clicked.connect(self.framingWanted)
        self.together.toggled.connect(self._set_together)
        self.offer.accepted.connect(lambda: self._offered())
        self.retranslate()
        self.set_document(None)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.setContentsMargins(0, 0, 6, 0)  # in line with the cards, which leave room for a scroll bar
        buttons.addWidget(self.automatic, 1)
        buttons.addWidget(self.compare, 1)
        faces = QHBoxLayout()
        faces.addWidget(self._faces_title)
        faces.addStretch()
        faces.addWidget(self.together)
        faces.addSpacing(4)
        faces.addWidget(self.add_face)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 12, 12)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        layout.addWidget(self.dial)
        layout.addLayout(buttons)
        layout.addSpacing(8)
        layout.addLayout(faces)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.strip, 1)
        offer = QHBoxLayout()
        offer.setContentsMargins(0, 0, 6, 0)
        offer.addWidget(self.offer)
        layout.addLayout(offer)

    def retranslate(self) -> None:
        """Take the texts of the present language, and the icons of the present theme."""
        self.automatic.setText(self.tr("Automatic"))
        self.automatic.setToolTip(self.tr("The level that this face seems to need"))
        self.compare.setText(self.tr("Compare…"))
        self.compare.setToolTip(self.tr("Look at this face at several levels"))
        self.together.setText(self.tr("All together"))
        self.together.setToolTip(self.tr("The dial turns all faces at once"))
        self.add_face.setToolTip(self.tr("Add a face that was missed: draw a box around it"))
        self.add_face.setAccessibleName(self.tr("Add a face"))
        self.add_face.setIcon(self._theme.icon("add"))
        self._faces_title.setText(self.tr("Faces"))
        self.dial.retranslate()
        self._refresh()

    def set_document(self, document: Document | None) -> None:
        """Show another photo."""
        self._document = document
        self._searching = document is not None
        if document is not None:
            document.facesChanged.connect(self._found)
            document.settingsChanged.connect(self._refresh)
            document.selectionChanged.connect(self._refresh)
            document.set_together(self.together.isChecked())
        self.strip.set_document(document)
        self._refresh()

    def set_searching(self, searching: bool) -> None:
        """Say that faces are being looked for."""
        self._searching = searching
        self._refresh()

    def _found(self) -> None:
        self._searching = False
        self._refresh()

    def _refresh(self) -> None:
        document = self._document
        face = None if document is None else document.selected
        restorable = face is not None and face.automatic is not None
        for widget in (self.dial, self.automatic, self.compare):
            widget.setEnabled(restorable)
        several = document is not None and len(document.restorable) > 1
        self.together.setVisible(several)
        self.add_face.setEnabled(document is not None and document.searched)
        if several and self.together.isChecked():
            self._title.setText(self.tr("All together"))
        elif face is not None:
            self._title.setText(self.tr("Face {number}").format(number=face.number))
        else:
            self._title.setText(self.tr("Restoration"))
        if face is not None and face.automatic is not None:
            self.dial.show_level(face.effective, face.automatic, face.is_automatic and face.setting.on)
        else:
            self.dial.show_level(0, None, False)
        if document is None:
            hint = self.tr("Open a photo, and its faces appear here.")
        elif not document.searched:
            hint = (
                self.tr("Looking for faces…")
                if self._searching
                else self.tr("The faces could not be looked for.")
            )
        elif not document.faces:
            hint = self.tr("No face was found. If there is one, take the plus sign and draw a box around it.")
        else:
            hint = ""
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.strip.setVisible(not hint)
        self._refresh_offer(document)

    def _refresh_offer(self, document: Document | None) -> None:
        """Offer what comes first: a photo that stands, then one in which small faces have room."""
        sentence = text = ""
        if document is not None and document.to_stand:
            quarters = document.to_stand
            if quarters == 2:
                sentence = self.tr("This photo is upside down.")
            else:
                sentence = self.tr("This photo lies on its side.")
            text = self.tr("Turn it upright")
            self._offered = lambda: self.turnWanted.emit(quarters)
        elif document is not None and document.has_small_faces and document.enlargement == 1:
            texts = {4: self.tr("Show it four times as large"), 2: self.tr("Show it twice as large")}
            factor = next((factor for factor in texts if document.can_be_enlarged(factor)), None)
            if factor is not None:
                sentence, text = self.tr("A larger picture shows more of small faces."), texts[factor]
                self._offered = lambda: self.enlargementWanted.emit(factor)
        self.offer.make(sentence, text)

    def _turn(self, level: float) -> None:
        if self._document is not None:
            self._document.turn(level)

    def _begin_gesture(self) -> None:
        if self._document is not None:
            self._document.begin_gesture()

    def _set_automatic(self) -> None:
        if self._document is not None:
            self._document.set_automatic()

    def _set_together(self, together: bool) -> None:
        if self._document is not None:
            self._document.set_together(together)
            self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        if event.type() == QEvent.Type.LanguageChange or is_palette_change(event):
            self.retranslate()
        super().changeEvent(event)
