"""Where and how a copy is saved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from desktop_app.wording import ENLARGEMENTS, enlargement
from engine.paths import exists, is_same

FORMATS = {
    "jpeg": ("JPEG", ".jpg"),
    "png": ("PNG", ".png"),
    "webp": ("WebP", ".webp"),
    "tiff": ("TIFF", ".tif"),
}
"""Name and usual extension of each format, by its `PhotoFormat` value."""

LOSSY = ("jpeg", "webp")


@dataclass(frozen=True)
class SaveChoice:
    """What the user chose.

    Attributes
    ----------
    path : Path
        File of the copy.
    format : str
        `PhotoFormat` value.
    quality : int or None
        1 to 100; None stays close to the source.
    overwrite : bool
        Whether a file of that name may be replaced.
    suffix : str
        What was appended to the photo's name, to be offered the next time.
    enlargement : int
        How many times as wide and high as the photo.
    """

    path: Path
    format: str
    quality: int | None
    overwrite: bool
    suffix: str
    enlargement: int


class SaveDialog(QDialog):
    """Asks for folder, suffix, format, quality and size; the original's own name is not taken.

    Parameters
    ----------
    folder : Path
        Offered folder.
    original : Path or None
        File of the photo, if it has one.
    stem : str
        Name of the photo without its extension.
    extension : str
        Extension of the photo, kept with its own format.
    format_ : str
        The photo's format, or the nearest to it that is written.
    foreign : bool
        Whether the photo has a format that is not written.
    bits : int
        Bits of a channel: 16 do not fit into every format.
    suffix : str
        Offered suffix.
    size : QSize
        Of the photo's file, in pixels.
    shown : int
        How many times as wide and high it is shown: offered first.
    has_small_faces : bool
        Whether there are faces of which a larger copy shows more.
    """

    def __init__(
        self,
        folder: Path,
        original: Path | None,
        stem: str,
        extension: str,
        format_: str,
        foreign: bool,
        bits: int,
        suffix: str,
        size: QSize,
        shown: int,
        has_small_faces: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Save a copy"))
        self.setMinimumWidth(520)
        self._original, self._stem, self._extension, self._bits = original, stem, extension, bits
        self._own = "" if foreign else format_
        self._has_small_faces = has_small_faces
        self._folder = QLineEdit(str(folder), self)
        browse = QPushButton(self.tr("Choose…"), self)
        browse.setAutoDefault(False)
        browse.clicked.connect(self._choose_folder)
        self._suffix = QLineEdit(suffix, self)
        self._format = QComboBox(self)
        for value, (name, _) in FORMATS.items():
            label = self.tr("{format} (like the photo)").format(format=name) if value == self._own else name
            self._format.addItem(label, value)
        self._format.setCurrentIndex(max(0, self._format.findData(format_)))
        self._size = QComboBox(self)
        for factor in ENLARGEMENTS:
            width, height = factor * size.width(), factor * size.height()
            self._size.addItem(f"{enlargement(factor)} ({width} × {height})", factor)
        self._size.setCurrentIndex(max(0, self._size.findData(shown)))
        self._like_source = QCheckBox(self.tr("Like the photo"), self)
        self._like_source.setChecked(True)
        self._quality = QSlider(Qt.Orientation.Horizontal, self)
        self._quality.setRange(1, 100)
        self._quality.setValue(92)
        self._quality.setAccessibleName(self.tr("Quality"))
        self._quality_label = QLabel("92", self)
        self._quality_label.setMinimumWidth(28)
        self._target = QLabel(self)
        self._target.setWordWrap(True)
        self._note = QLabel(self)
        self._note.setWordWrap(True)
        self._note.setProperty("role", "muted")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self._save = QPushButton(self.tr("Save"), self)
        self._save.setProperty("role", "primary")
        self._buttons.addButton(self._save, QDialogButtonBox.ButtonRole.AcceptRole)
        self._save.setDefault(True)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._lay_out(browse)
        self._folder.textChanged.connect(self._refresh)
        self._suffix.textChanged.connect(self._refresh)
        self._format.currentIndexChanged.connect(self._refresh)
        self._like_source.toggled.connect(self._refresh)
        self._quality.valueChanged.connect(self._refresh)
        self._size.currentIndexChanged.connect(self._refresh)
        self._refresh()
        self._suffix.setFocus()

    def _lay_out(self, browse: QPushButton) -> None:
        where = QHBoxLayout()
        where.addWidget(self._folder, 1)
        where.addWidget(browse)
        quality = QHBoxLayout()
        quality.addWidget(self._like_source)
        quality.addSpacing(12)
        quality.addWidget(self._quality, 1)
        quality.addWidget(self._quality_label)
        form = QFormLayout()
        form.setSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(self.tr("Folder"), where)
        form.addRow(self.tr("Added to the name"), self._suffix)
        form.addRow(self.tr("Format"), self._format)
        form.addRow(self.tr("Quality"), quality)
        form.addRow(self.tr("Size"), self._size)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 18)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(self._target)
        layout.addWidget(self._note)
        layout.addStretch()
        layout.addWidget(self._buttons)

    @property
    def choice(self) -> SaveChoice:
        """What is chosen at the moment."""
        format_ = str(self._format.currentData())
        extension = self._extension if format_ == self._own and self._extension else FORMATS[format_][1]
        path = Path(self._folder.text()) / f"{self._stem}{self._suffix.text()}{extension}"
        adjusts = format_ in LOSSY and not self._like_source.isChecked()
        return SaveChoice(
            path,
            format_,
            self._quality.value() if adjusts else None,
            exists(path),
            self._suffix.text(),
            int(self._size.currentData()),
        )

    @property
    def save_button(self) -> QPushButton:
        """Accepts the dialog."""
        return self._save

    @property
    def suffix_field(self) -> QLineEdit:
        """What is added to the photo's name."""
        return self._suffix

    @property
    def folder_field(self) -> QLineEdit:
        """The folder of the copy."""
        return self._folder

    @property
    def format_field(self) -> QComboBox:
        """The format of the copy."""
        return self._format

    @property
    def size_field(self) -> QComboBox:
        """How large the copy becomes."""
        return self._size

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder of the copy"), self._folder.text())
        if folder:
            self._folder.setText(folder)

    def _refresh(self) -> None:
        choice = self.choice
        lossy = choice.format in LOSSY
        own = choice.format == self._own
        self._like_source.setEnabled(lossy and own)
        if lossy and not own and self._like_source.isChecked():
            self._like_source.setChecked(False)
            return
        self._quality.setEnabled(lossy and not self._like_source.isChecked())
        self._quality_label.setText(str(self._quality.value()) if self._quality.isEnabled() else "–")
        problem = self._problem(choice)
        self._save.setEnabled(not problem)
        if problem:
            text = problem
            self._save.setText(self.tr("Save"))
        elif choice.overwrite:
            text = self.tr("{name} exists already and will be replaced.").format(name=choice.path.name)
            self._save.setText(self.tr("Replace"))
        else:
            text = self.tr("Becomes {name}; the original stays as it is.").format(name=choice.path.name)
            self._save.setText(self.tr("Save"))
        self._target.setText(text)
        note = self.tr(
            "Date, place, colour profile and resolution stay. The copy says in its metadata"
            " that AI edited it, with which model and at which level."
        )
        if choice.enlargement > 1:
            note = self.tr(
                "Around the faces nothing is invented: there the copy is larger, not sharper. It prints as"
                " large as the photo, and says in its metadata that AI edited it, with which model and at"
                " which level. Date, place and colour profile stay."
            )
        elif self._has_small_faces:
            note += " " + self.tr("There are small faces: a larger copy shows more of what they gained.")
        if self._bits == 16 and lossy:
            note += " " + self.tr("This format holds 8 bits; the photo has 16, which TIFF and PNG keep.")
        self._note.setText(note)
        layout = self.layout()
        if layout is not None and self.isVisible():  # else a note of another line would squeeze the fields
            needed = layout.totalHeightForWidth(self.width())
            self.resize(self.width(), max(self.height(), needed))

    def _problem(self, choice: SaveChoice) -> str:
        """Say why nothing can be saved like that, "" if it can."""
        if not Path(self._folder.text()).is_absolute():
            return self.tr("Choose a folder for the copy.")
        if set(choice.suffix) & set("/\\"):
            return self.tr("A name can't hold / or \\.")
        if self._original is not None and choice.overwrite and is_same(choice.path, self._original):
            return self.tr("{name} is the original, which stays as it is; add something to its name.").format(
                name=choice.path.name
            )
        return ""


def free_suffix(folder: Path, stem: str, suffix: str, extension: str, taken: Collection[Path] = ()) -> str:
    """Return the suffix, counted up until no file has that name, nor any of those that are `taken`."""
    number, candidate = 1, suffix
    while exists(path := folder / f"{stem}{candidate}{extension}") or path in taken:
        number += 1
        candidate = f"{suffix}-{number}"
    return candidate
