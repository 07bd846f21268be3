"""A new album: which folder, where the results go, how; and what that would take."""

from __future__ import annotations

import itertools
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop_app.album_messages import AlbumChoice, PreviewAlbum, Previewed
from desktop_app.engine_text import in_users_language
from desktop_app.messages import Failed
from desktop_app.save_dialog import FORMATS, LOSSY
from desktop_app.wording import ENLARGEMENTS, duration, enlargement, size

_PATIENCE = 500  # milliseconds without a change until the dry run begins
_LIKE_PHOTO = 0  # quality


class AlbumDialog(QDialog):
    """Asks for an album, and shows a dry run of it as soon as it is known where the photos are.

    Parameters
    ----------
    folder, output : str
        Offered folders; "" for none.
    """

    previewWanted = Signal(object)
    """`AlbumChoice` of which to say what it would take."""
    startWanted = Signal(object)
    """`AlbumChoice`."""

    def __init__(self, folder: str, output: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Restore an album"))
        self.setMinimumWidth(600)
        self._follows = not output  # the offered output folder follows the input folder
        self.folder_field, self.output_field = QLineEdit(folder, self), QLineEdit(output, self)
        self.level_field, self.format_field, self.faceless_field = (QComboBox(self) for _ in range(3))
        self.size_field = QComboBox(self)
        self.number_field, self.quality_field = QSpinBox(self), QSpinBox(self)
        self.upright_box = QCheckBox(self.tr("Turn photos so that faces stand upright"), self)
        self.replace_box = QCheckBox(self.tr("Replace files that are there already"), self)
        self._told, self._note = QLabel(self), QLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self.start_button = QPushButton(self.tr("Start"), self)
        self.start_button.setProperty("role", "primary")
        self.start_button.setDefault(True)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._timer.timeout.connect(self._ask)
        self._fill()
        self._lay_out()
        self._connect()
        self._show_choice()

    def _fill(self) -> None:
        for text, value in (
            (self.tr("Automatic"), "auto"),
            (self.tr("Automatic, adjusted by"), "offset"),
            (self.tr("The same for every face"), "fixed"),
        ):
            self.level_field.addItem(text, value)
        self.format_field.addItem(self.tr("Like each photo"), None)
        for value, (name, _) in FORMATS.items():
            self.format_field.addItem(name, value)
        for factor in ENLARGEMENTS:
            self.size_field.addItem(enlargement(factor), factor)
        self.quality_field.setRange(_LIKE_PHOTO, 100)
        self.quality_field.setValue(_LIKE_PHOTO)
        self.quality_field.setSpecialValueText(self.tr("like the photo"))
        for field in (self.number_field, self.quality_field):
            field.lineEdit().setTextMargins(7, 0, 7, 0)  # a style sheet does not reach the text
        self.faceless_field.addItem(self.tr("Leave out"), False)
        self.faceless_field.addItem(self.tr("Copy as they are"), True)
        for named, name in (
            (self.folder_field, self.tr("Folder with photos")),
            (self.output_field, self.tr("Folder for the results")),
            (self.level_field, self.tr("Level")),
            (self.number_field, self.tr("Level as a number")),
            (self.format_field, self.tr("Format of the results")),
            (self.quality_field, self.tr("Quality")),
            (self.size_field, self.tr("Size of the results")),
            (self.faceless_field, self.tr("Photos without faces")),
        ):
            named.setAccessibleName(name)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._browse = [QPushButton(self.tr("Choose…"), self) for _ in range(2)]
        for text, field, button in (
            (self.tr("Photos from"), self.folder_field, self._browse[0]),
            (self.tr("Results into"), self.output_field, self._browse[1]),
        ):
            button.setAutoDefault(False)
            form.addRow(text, _row((field, 1), (button, 0)))
        form.addRow(self.tr("Level"), _row((self.level_field, 1), (self.number_field, 0)))
        form.addRow(self.tr("Format"), _row((self.format_field, 1), (self.quality_field, 0)))
        form.addRow(self.tr("Size"), _row((self.size_field, 1)))
        form.addRow(self.tr("Photos without faces"), _row((self.faceless_field, 1)))
        form.addRow("", self.upright_box)
        form.addRow("", self.replace_box)
        self.number_field.setMinimumWidth(120)
        self.quality_field.setMinimumWidth(150)
        outlook = QFrame(self)
        outlook.setObjectName("outlook")
        inside = QVBoxLayout(outlook)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(4)
        for label in (self._told, self._note):
            label.setWordWrap(True)
        self._note.setProperty("role", "muted")
        inside.addWidget(self._told)
        inside.addWidget(self._note)
        inside.addWidget(self._bar)
        inside.addStretch()
        outlook.setMinimumHeight(96)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        buttons.addButton(self.start_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._start)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 18)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(outlook)
        layout.addStretch()
        layout.addWidget(buttons)
        order: list[QWidget] = [self.folder_field, self._browse[0], self.output_field, self._browse[1]]
        order += [self.level_field, self.number_field, self.format_field, self.quality_field]
        order += [self.size_field, self.faceless_field, self.upright_box, self.replace_box, self.start_button]
        for before, after in itertools.pairwise(order):
            self.setTabOrder(before, after)
        self.folder_field.setFocus()

    def _connect(self) -> None:
        self._browse[0].clicked.connect(lambda: self._choose(self.folder_field))
        self._browse[1].clicked.connect(lambda: self._choose(self.output_field))
        self.folder_field.textChanged.connect(self._offer_output)
        self.output_field.textEdited.connect(self._keep_output)
        for changed in (
            self.folder_field.textChanged,
            self.output_field.textChanged,
            self.number_field.valueChanged,
            self.format_field.currentIndexChanged,
            self.quality_field.valueChanged,
            self.size_field.currentIndexChanged,
            self.faceless_field.currentIndexChanged,
            self.upright_box.toggled,
            self.replace_box.toggled,
        ):
            changed.connect(lambda *_: self._show_choice())
        self.level_field.currentIndexChanged.connect(lambda _: self._change_level())
        self._change_level()
        self._offer_output()

    @property
    def choice(self) -> AlbumChoice:
        """What is chosen at the moment."""
        kind, number = self.level_field.currentData(), self.number_field.value()
        level = {"auto": "auto", "offset": f"auto{number:+d}", "fixed": str(number)}[str(kind)]
        format_ = self.format_field.currentData()
        quality = self.quality_field.value() if self.quality_field.isEnabled() else _LIKE_PHOTO
        return AlbumChoice(
            self.folder_field.text().strip(),
            self.output_field.text().strip(),
            "auto" if kind == "offset" and not number else level,
            None if format_ is None else str(format_),
            quality or None,
            int(self.size_field.currentData()),
            self.upright_box.isChecked(),
            bool(self.faceless_field.currentData()),
            self.replace_box.isChecked(),
        )

    @property
    def told(self) -> str:
        """What it says about the album."""
        return self._told.text()

    def show_preview(self, seen: Previewed) -> None:
        """Say what the album would take, if it is still about what is chosen."""
        if seen.choice != self.choice:
            return
        self._bar.hide()
        self.start_button.setEnabled(seen.photos > 0)
        if not seen.photos:
            self._told.setText(self.tr("There are no photos in this folder."))
            self._note.setText(
                self.tr("Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP.")
            )
            return
        count = self.tr("{photos} photos, about {faces} faces to restore")
        self._told.setText(count.format(photos=seen.photos, faces=seen.faces))
        takes = self.tr("It takes {time} and about {space}.")
        said = [takes.format(time=duration(seen.seconds), space=size(seen.bytes))]
        if seen.free_bytes is not None and seen.free_bytes < seen.bytes:
            said.append(self.tr("Only {space} are free there.").format(space=size(seen.free_bytes)))
        elif seen.free_bytes is not None:
            said.append(self.tr("{space} are free there.").format(space=size(seen.free_bytes)))
        if seen.finished:
            said.append(self.tr("{number} are done already.").format(number=seen.finished))
        if seen.unreadable:
            text = self.tr("{number} of {tried} that were tried can't be restored.")
            said.append(text.format(number=seen.unreadable, tried=seen.sampled))
        self._note.setText(" ".join(said))

    def show_failure(self, failed: Failed) -> None:
        """Say why nothing can be said, if it is still about what is chosen."""
        if isinstance(failed.request, PreviewAlbum) and failed.request.choice == self.choice:
            self._bar.hide()
            self.start_button.setEnabled(False)  # it would come to the same
            self._told.setText(in_users_language(failed.sentence) or failed.details)
            self._note.clear()

    def _choose(self, field: QLineEdit) -> None:
        title = self.tr("Folder with photos") if field is self.folder_field else self.tr("Folder for results")
        folder = QFileDialog.getExistingDirectory(self, title, field.text())
        if folder:
            self._follows = self._follows and field is self.folder_field
            field.setText(folder)

    def _offer_output(self) -> None:
        """Offer a folder beside that of the photos, until another one is chosen."""
        folder = self.folder_field.text().strip()
        if self._follows and folder:
            path = Path(folder)
            self.output_field.setText(str(path.with_name(f"{path.name}-restored")) if path.name else "")

    def _keep_output(self) -> None:
        self._follows = False

    def _change_level(self) -> None:
        kind = self.level_field.currentData()
        self.number_field.setVisible(kind != "auto")
        self.number_field.setPrefix("")
        if kind == "offset":
            self.number_field.setRange(-150, 150)
            self.number_field.setValue(10)
        elif kind == "fixed":
            self.number_field.setRange(0, 150)
            self.number_field.setValue(60)
        self._show_choice()

    def _show_choice(self) -> None:
        choice = self.choice
        self.quality_field.setEnabled(choice.format is None or choice.format in LOSSY)
        ready = bool(choice.folder and choice.output)
        self.start_button.setEnabled(ready)
        self._bar.setVisible(ready)
        if ready:
            self._told.setText(self.tr("Looking at the photos…"))
            self._note.setText(self.tr("You can start at once, or wait and see what it takes."))
            self._timer.start()
        else:
            self._timer.stop()
            self._told.setText(self.tr("Choose the folder with the photos."))
            self._note.setText(self.tr("Folders in it are taken too. The originals stay as they are."))

    def _ask(self) -> None:
        self.previewWanted.emit(self.choice)

    def _start(self) -> None:
        self.startWanted.emit(self.choice)
        self.accept()

    def done(self, result: int) -> None:
        """Close, without waiting for the dry run."""
        self._timer.stop()
        super().done(result)


def _row(*widgets: tuple[QWidget, int]) -> QWidget:
    """Put fields side by side; in a widget, beside which a form centres its label."""
    held = QWidget()
    row = QHBoxLayout(held)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget, stretch in widgets:
        row.addWidget(widget, stretch)
    return held
