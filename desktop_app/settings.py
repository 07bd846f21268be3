"""What the application remembers from one start to the next: window, look, language, recent photos."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from desktop_app.theme import Scheme
from desktop_app.viewer import Mode

_RECENT = 8


class Settings:
    """Reads and writes one INI file in the user's configuration folder."""

    def __init__(self) -> None:
        location = QStandardPaths.StandardLocation.GenericConfigLocation
        folder = Path(QStandardPaths.writableLocation(location)) / "heirloom"
        self._store = QSettings(str(folder / "desktop.ini"), QSettings.Format.IniFormat)

    @property
    def recent(self) -> list[Path]:
        """Photos that were opened, newest first."""
        stored = self._store.value("recent", [])
        names = [stored] if isinstance(stored, str) else stored
        return [Path(name) for name in names] if isinstance(names, list) else []

    def add_recent(self, path: Path) -> None:
        """Remember that a photo was opened."""
        path = path.absolute()
        others = [other for other in self.recent if other != path]
        self._store.setValue("recent", [str(entry) for entry in [path, *others][:_RECENT]])

    def remove_recent(self, path: Path) -> None:
        """Forget a photo that is not there any more."""
        path = path.absolute()
        self._store.setValue("recent", [str(other) for other in self.recent if other != path])

    def clear_recent(self) -> None:
        """Forget all photos."""
        self._store.remove("recent")

    @property
    def scheme(self) -> Scheme:
        """Light, dark, or like the system."""
        with contextlib.suppress(ValueError):
            return Scheme(self._text("theme"))
        return Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._store.setValue("theme", scheme.value)

    @property
    def language(self) -> str:
        """``en``, ``de``, ``zh_CN``, or "" for the system's."""
        return self._text("language")

    @language.setter
    def language(self, language: str) -> None:
        self._store.setValue("language", language)

    @property
    def mode(self) -> Mode:
        """How before and after are shown."""
        with contextlib.suppress(ValueError):
            return Mode(self._text("mode"))
        return Mode.DIVIDER

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._store.setValue("mode", mode.value)

    @property
    def suffix(self) -> str:
        """What is added to the name of a copy."""
        return self._text("suffix") or "-restored"

    @suffix.setter
    def suffix(self, suffix: str) -> None:
        self._store.setValue("suffix", suffix)

    @property
    def album(self) -> str:
        """Output folder of the album that was open last, "" when it was closed."""
        return self._text("album")

    @album.setter
    def album(self, output: str) -> None:
        self._store.setValue("album", output)

    @property
    def geometry(self) -> QByteArray:
        """Place and size of the window as Qt stores them; empty at the first start."""
        stored = self._store.value("geometry")
        return stored if isinstance(stored, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    def sync(self) -> None:
        """Write to the disk."""
        self._store.sync()

    def _text(self, key: str) -> str:
        value = self._store.value(key, "")
        return value if isinstance(value, str) else ""
