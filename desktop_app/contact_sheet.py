"""One face at several levels, side by side: look, then take one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.document import FaceState
from desktop_app.messages import SheetDrawn

_FIXED = (0.0, 30.0, 60.0, 120.0)


def sheet_levels(automatic: float) -> tuple[float, ...]:
    """Return the levels of the sheet in rising order: 0, 30, 60, 120 and the automatic one."""
    return tuple(sorted((*_FIXED, automatic)))


class ContactSheet(QDialog):
    """Five pictures of the selected face; a click on one takes its level.

    Parameters
    ----------
    face : FaceState
        The selected face, which must be restorable.
    folder : Path
        Where the sheet is offered to be saved.
    stem : str
        Name of the photo without its extension.
    """

    levelTaken = Signal(float)
    saveWanted = Signal(object, bool)
    """Path of the file to write, and whether a file of that name may be replaced."""

    def __init__(self, face: FaceState, folder: Path, stem: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Compare levels of face {number}").format(number=face.number))
        automatic = face.automatic or 0.0
        self.face = face.number
        self.levels = sheet_levels(automatic)
        self._suggestion = folder / f"{stem}-face-{face.number}-levels.png"
        hint = QLabel(self.tr("Click a picture to take its level."), self)
        hint.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(12)
        self._group = QButtonGroup(self)
        self.captions = tuple(self._caption(level, automatic) for level in self.levels)
        side = self._side()
        for index, level in enumerate(self.levels):
            button = QToolButton(self)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setText(self.captions[index])
            button.setIconSize(QSize(side, side))
            button.setFixedSize(side + 20, side + 46)
            button.setCheckable(True)
            button.setChecked(level == face.effective)
            button.setEnabled(False)
            self._group.addButton(button, index)
            row.addWidget(button)
        self._group.idClicked.connect(self._take)
        self._save = QPushButton(self.tr("Save this sheet…"), self)
        self._save.setEnabled(False)
        self._save.setAutoDefault(False)
        self._save.clicked.connect(self._ask_where)
        close = QPushButton(self.tr("Close"), self)
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(hint)
        foot.addStretch()
        foot.addWidget(self._save)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(16)
        layout.addLayout(row)
        layout.addLayout(foot)

    @property
    def buttons(self) -> tuple[QToolButton, ...]:
        """The pictures from the lowest level to the highest."""
        return tuple(button for button in self._group.buttons() if isinstance(button, QToolButton))

    @property
    def save_button(self) -> QPushButton:
        """Saves the sheet."""
        return self._save

    def show_sheet(self, answer: SheetDrawn) -> None:
        """Show the pictures once they are drawn."""
        if answer.face != self.face or answer.levels != self.levels:
            return
        for button, image in zip(self.buttons, answer.images, strict=True):
            button.setIcon(QIcon(QPixmap.fromImage(image)))
            button.setEnabled(True)
        self._save.setEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter take the picture that has the focus."""
        focus = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QAbstractButton):
            focus.click()
            return
        super().keyPressEvent(event)

    def _side(self) -> int:
        """As large as five pictures fit on the screen, at most their own size."""
        parent = self.parentWidget()
        room = parent.window().width() if parent is not None else 1280
        return max(140, min(256, (room - 180) // len(self.levels)))

    def _caption(self, level: float, automatic: float) -> str:
        if level == automatic:
            return self.tr("Automatic · {level}").format(level=round(level))
        return self.tr("0 · as it is") if level == 0 else f"{level:.0f}"

    def _take(self, index: int) -> None:
        self.levelTaken.emit(self.levels[index])
        self.accept()

    def _ask_where(self) -> None:
        title = self.tr("Save the contact sheet")
        kinds = {"PNG (*.png)": ".png", "JPEG (*.jpg)": ".jpg"}
        name, kind = QFileDialog.getSaveFileName(self, title, str(self._suggestion), ";;".join(kinds))
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() in (".png", ".jpg", ".jpeg"):
            self.saveWanted.emit(path, True)  # the dialog has asked
        else:
            self.saveWanted.emit(path.with_name(path.name + kinds.get(kind, ".png")), False)
