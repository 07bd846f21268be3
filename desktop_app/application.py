"""Puts the application together: language, look, settings, window."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from desktop_app.language import Languages
from desktop_app.logbook import fail, hear_qt, note, note_error
from desktop_app.main_window import MainWindow
from desktop_app.notifications import Notice, Notifications
from desktop_app.settings import Settings
from desktop_app.single_instance import SingleInstance
from desktop_app.singletons import keep_singletons
from desktop_app.theme import Theme
from engine import __version__
from engine.folders import user_data_folder


def make_application(arguments: Sequence[str]) -> QApplication:
    """Make the one `QApplication` of this process, with name, version and icon."""
    keep_singletons()
    rounding = Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(rounding)
    application = QApplication(list(arguments))
    application.setApplicationName("Heirloom")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("heirloom")
    application.setWindowIcon(QIcon(str(resources.files("resources").joinpath("icons", "heirloom.svg"))))
    return application


def make_window(application: QApplication, device: str = "auto") -> MainWindow:
    """Make the main window, dressed and in the user's language.

    Parameters
    ----------
    application : QApplication
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    """
    settings = Settings()
    languages = Languages(application)
    languages.choose(settings.language)
    theme = Theme(application)
    theme.choose(settings.scheme)
    notifications = Notifications(application)
    return MainWindow(application, theme, languages, settings, notifications, device)


def run(arguments: Sequence[str], photos: Sequence[Path], device: str = "auto") -> int:
    """Run the application until its window is closed.

    Parameters
    ----------
    arguments : sequence of str
        What Qt gets to see, the program's name first.
    photos : sequence of Path
        Photos and folders to open.
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.

    Returns
    -------
    int
        Exit status.
    """
    hear_qt()
    application = make_application(arguments)
    instance = SingleInstance()
    if not instance.claim():
        if instance.hand_over(photos):
            return 0
        sentence = QCoreApplication.translate(
            "Application", "Heirloom is running already, but its window does not answer; close it first."
        )
        return fail(sentence)
    window = make_window(application, device)

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        details = note_error(kind, error, trace)
        sentence = QCoreApplication.translate(
            "Application", "Something unexpected happened; your photos are as they were."
        )
        window.notify(Notice(sentence, is_error=True, details=details))

    before, sys.excepthook = sys.excepthook, tell
    instance.asked.connect(lambda paths: _come_forward(window, paths))
    diary = _Diary(window)
    try:
        window.show()
        diary.follow()
        if not _can_keep():
            sentence = QCoreApplication.translate(
                "Application",
                "Your home folder can't be written to: settings and levels will not be remembered.",
            )
            window.notify(Notice(sentence, is_error=True, details=str(user_data_folder())))
        window.open_paths(list(photos))
        return application.exec()
    finally:
        sys.excepthook = before
        instance.release()


def _can_keep() -> bool:
    """Tell whether the user's data folder can be written, or made where there is none yet."""
    folder = user_data_folder()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def _come_forward(window: MainWindow, paths: list[Path]) -> None:
    """Do what another start of Heirloom asked for."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()
    window.open_paths(paths)


class _Diary(QObject):
    """Notes in the log what a helper needs to know first: what runs on what, and how far it came."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        session = window.session
        session.engineReady.connect(
            lambda ready: note(f"model {ready.model} on {ready.device}. {ready.fallback or ''}".rstrip())
        )
        session.opened.connect(lambda opened: note(f"photo open: {opened.name}"))
        session.searched.connect(lambda found: note(f"faces found: {len(found.faces)}"))
        session.rendered.connect(lambda drawn: note(f"restored view in {drawn.milliseconds:.0f} ms"))
        session.failed.connect(lambda failed: note(f"{failed.sentence} {failed.details}".rstrip()))

    def follow(self) -> None:
        """Note when the window is on the screen."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first exposure."""
        if event.type() == QEvent.Type.Expose:
            watched.removeEventFilter(self)
            note("window shown")
        return False
