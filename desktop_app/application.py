"""Puts the application together: language, look, settings, window."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from desktop_app.language import Languages
from desktop_app.main_window import MainWindow
from desktop_app.notifications import Notice, Notifications
from desktop_app.settings import Settings
from desktop_app.singletons import keep_singletons
from desktop_app.theme import Theme
from engine import __version__


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
    application = make_application(arguments)
    window = make_window(application, device)

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        sentence = QCoreApplication.translate(
            "Application", "Something unexpected happened; your photos are as they were."
        )
        window.notify(Notice(sentence, is_error=True, details=details))

    before, sys.excepthook = sys.excepthook, tell
    try:
        window.show()
        window.open_paths(list(photos))
        return application.exec()
    finally:
        sys.excepthook = before
