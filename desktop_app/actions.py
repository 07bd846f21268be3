"""Everything that can be done, as actions: their keys, and the menus that they stand in."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from desktop_app.language import LANGUAGES
from desktop_app.theme import Scheme, Theme
from desktop_app.viewer import Mode
from desktop_app.wording import ENLARGEMENTS, enlargement

_Key = QKeySequence.StandardKey


class Actions(QObject):
    """The actions of the main window, which connects them.

    Attributes hold one action each; `groups` holds all of them by menu, in their order.
    """

    def __init__(self, window: QMainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self.open = self._new("open", _Key.Open)
        self.paste = self._new(None, _Key.Paste)
        self.new_album = self._new(None, "Ctrl+Shift+O")
        self.show_album = self._new("album", "Ctrl+L", checkable=True)
        self.next = self._new("next", "Alt+Right", "Ctrl+PgDown")
        self.previous = self._new("previous", "Alt+Left", "Ctrl+PgUp")
        self.save = self._new("save", _Key.Save)
        self.copy = self._new("copy", _Key.Copy)
        self.quit = self._new(None, "Ctrl+Q")
        self.undo = self._new("undo", _Key.Undo)
        self.redo = self._new("redo", "Ctrl+Shift+Z", "Ctrl+Y")
        self.automatic = self._new(None, "Ctrl+0")
        self.original = self._new(None, "Ctrl+Backspace")
        self.together = self._new(None, "T", checkable=True)
        self.fit = self._new("fit", "0", "Ctrl+9")
        self.full = self._new(None, "1", "Ctrl+1")
        self.zoom_in = self._new(None, "+", "=", _Key.ZoomIn)
        self.zoom_out = self._new(None, "-", _Key.ZoomOut)
        self.outlines = self._new("faces", "F", checkable=True)
        self.divider_left = self._new(None, "[")
        self.divider_right = self._new(None, "]")
        self.turn_left = self._new(None, "Shift+R")
        self.turn_right = self._new(None, "R")
        self.full_screen = self._new(None, "F11", checkable=True)
        self.next_face = self._new(None, "N")
        self.previous_face = self._new(None, "Shift+N")
        self.switch_face = self._new(None, "X")
        self.add_face = self._new("add", "A")
        self.compare = self._new("compare", "C")
        self.shortcuts = self._new(None, "F1", "?")
        self.device = self._new(None)
        self.about = self._new(None)
        self.modes = {
            mode: self._new(f"mode-{mode}", key, checkable=True) for mode, key in _MODE_KEYS.items()
        }
        self.schemes = {scheme: self._new(None, checkable=True) for scheme in Scheme}
        self.languages = {language: self._new(None, checkable=True) for language in LANGUAGES}
        self.sizes = {factor: self._new(None, checkable=True) for factor in ENLARGEMENTS}
        for choices in (self.modes, self.schemes, self.languages, self.sizes):
            group = QActionGroup(self)
            for action in choices.values():
                group.addAction(action)
        self.recent_menu, self.theme_menu, self.language_menu = QMenu(window), QMenu(window), QMenu(window)
        self.size_menu = QMenu(window)
        self.size_menu.addActions(list(self.sizes.values()))
        self.theme_menu.addActions(list(self.schemes.values()))
        self.language_menu.addActions(list(self.languages.values()))
        self._menus: list[QMenu] = []
        self.groups: list[list[QAction]] = []
        self._fill_menus()
        self.retranslate()

    def _new(
        self, icon: str | None, *keys: str | QKeySequence.StandardKey, checkable: bool = False
    ) -> QAction:
        action = QAction(self._window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setCheckable(checkable)
        if icon is not None:
            action.setProperty("drawing", icon)
        self._window.addAction(action)
        return action

    def _fill_menus(self) -> None:
        bar = self._window.menuBar()
        first: list[QAction | QMenu] = [self.open, self.recent_menu, self.paste]
        finish = [self.save, self.copy, None, self.quit]
        compare = [*self.modes.values(), self.divider_left, self.divider_right]
        zoom: list[QAction | QMenu] = [self.fit, self.full, self.zoom_in, self.zoom_out]
        shape: list[QAction | QMenu] = [self.turn_left, self.turn_right, self.size_menu]
        looks = [self.theme_menu, self.language_menu]
        faces = [self.next_face, self.previous_face, self.switch_face, self.together]
        contents: list[list[QAction | QMenu | None]] = [
            [*first, None, self.new_album, self.show_album, None, self.previous, self.next, None, *finish],
            [self.undo, self.redo, None, self.automatic, self.original],
            [*compare, None, *zoom, None, *shape, None, self.outlines, self.full_screen, None, *looks],
            [*faces, None, self.add_face, self.compare],
            [self.shortcuts, self.device, None, self.about],
        ]
        for entries in contents:
            menu = bar.addMenu("")
            for entry in entries:
                if entry is None:
                    menu.addSeparator()
                elif isinstance(entry, QMenu):
                    menu.addMenu(entry)
                else:
                    menu.addAction(entry)
            self._menus.append(menu)
            self.groups.append([entry for entry in entries if isinstance(entry, QAction)])

    @property
    def headings(self) -> list[str]:
        """Titles of the menus."""
        return [re.sub(r"\(&\w\)|&", "", menu.title()) for menu in self._menus]

    def retranslate(self) -> None:
        """Take the texts of the present language, and the icons of the present theme."""
        for menu, title in zip(self._menus, _titles(), strict=True):
            menu.setTitle(title)
        for action, text in self._texts():
            action.setText(text)
            action.setIconText(re.sub(r"\(&\w\)|&|…", "", text))  # buttons show no mnemonics
        self.recent_menu.setTitle(self.tr("Open &recent"))
        self.size_menu.setTitle(self.tr("Si&ze of the photo"))
        for factor, action in self.sizes.items():
            action.setText(enlargement(factor))
        self.theme_menu.setTitle(self.tr("&Theme"))
        self.language_menu.setTitle(self.tr("&Language"))
        for language, action in self.languages.items():
            action.setText(LANGUAGES[language])
        for action in self._window.actions():
            drawing = action.property("drawing")
            if isinstance(drawing, str):
                action.setIcon(self._theme.icon(drawing))
                action.setIconVisibleInMenu(False)

    def _texts(self) -> list[tuple[QAction, str]]:
        return [
            (self.open, self.tr("&Open…")),
            (self.paste, self.tr("&Paste a photo")),
            (self.new_album, self.tr("&Restore an album…")),
            (self.show_album, self.tr("&Album")),
            (self.previous, self.tr("Pre&vious photo")),
            (self.next, self.tr("&Next photo")),
            (self.save, self.tr("&Save a copy…")),
            (self.copy, self.tr("&Copy the restored photo")),
            (self.quit, self.tr("&Quit")),
            (self.undo, self.tr("&Undo")),
            (self.redo, self.tr("&Redo")),
            (self.automatic, self.tr("&Automatic level")),
            (self.original, self.tr("Level &0, the photo as it is")),
            (self.together, self.tr("All faces &together")),
            (self.modes[Mode.DIVIDER], self.tr("&Divider")),
            (self.modes[Mode.SIDE_BY_SIDE], self.tr("&Side by side")),
            (self.modes[Mode.RESTORED], self.tr("&Restored")),
            (self.divider_left, self.tr("Divider to the left")),
            (self.divider_right, self.tr("Divider to the right")),
            (self.fit, self.tr("&Fit")),
            (self.full, self.tr("&100 %")),
            (self.zoom_in, self.tr("Zoom &in")),
            (self.zoom_out, self.tr("Zoom &out")),
            (self.outlines, self.tr("&Outline faces")),
            (self.turn_left, self.tr("Turn to the l&eft")),
            (self.turn_right, self.tr("Turn to the ri&ght")),
            (self.full_screen, self.tr("F&ull screen")),
            (self.next_face, self.tr("&Next face")),
            (self.previous_face, self.tr("&Previous face")),
            (self.switch_face, self.tr("Restore this face, or &leave it")),
            (self.add_face, self.tr("&Add a face")),
            (self.compare, self.tr("&Compare levels…")),
            (self.shortcuts, self.tr("&Keyboard shortcuts")),
            (self.device, self.tr("&Device and model")),
            (self.about, self.tr("&About Heirloom")),
            (self.schemes[Scheme.SYSTEM], self.tr("Like the &system")),
            (self.schemes[Scheme.LIGHT], self.tr("&Light")),
            (self.schemes[Scheme.DARK], self.tr("&Dark")),
        ]


_MODE_KEYS = {Mode.DIVIDER: "Ctrl+D", Mode.SIDE_BY_SIDE: "Ctrl+B", Mode.RESTORED: "Ctrl+R"}


def _titles() -> tuple[str, ...]:
    return (
        QCoreApplication.translate("Actions", "&File"),
        QCoreApplication.translate("Actions", "&Edit"),
        QCoreApplication.translate("Actions", "&View"),
        QCoreApplication.translate("Actions", "F&aces"),
        QCoreApplication.translate("Actions", "&Help"),
    )
