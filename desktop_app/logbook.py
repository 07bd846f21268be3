"""The log file, and the last words: a program without a console may fail, but never silently.

Whatever ends the application early is written to the log, to standard error where there is one, and shown in
a dialog where one can be shown; the sentence says where the log lies. The log names photos and errors, and
never leaves the machine.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from engine import __version__
from engine.errors import HeirloomError, named
from engine.folders import user_data_folder

NAME = "heirloom-desktop.log"
_LARGEST = 1_000_000  # bytes; a larger log is begun anew at the next start, the old one kept beside it
_log = logging.getLogger("heirloom.desktop")
_HINTS: list[str] = []
"""What Qt complained of last: it names the cause before it gives up."""


def open_log() -> Path:
    """Begin to log, also what native code and other threads die of.

    Returns
    -------
    Path
        The log, in the user's data folder, or in the folder for temporary files where that can't be written.
    """
    for folder in (user_data_folder(), Path(tempfile.gettempdir())):
        path = folder / NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size > _LARGEST:
                path.replace(path.with_suffix(".old.log"))
            file = path.open("a", encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        handler = logging.StreamHandler(file)
        handler.setFormatter(logging.Formatter("%(asctime)s.%(msecs)03d %(process)d %(message)s", "%F %T"))
        before = [old for old in _log.handlers if type(old) is logging.StreamHandler]  # others are not ours
        _log.addHandler(handler)
        _log.setLevel(logging.INFO)
        _log.propagate = False
        faulthandler.enable(file)
        for old in before:
            _log.removeHandler(old)
            old.stream.close()
        threading.excepthook = _note_thread
        note(f"Heirloom {__version__}, Python {sys.version.split()[0]}, {sys.platform}")
        return path
    return Path(os.devnull)


def note(sentence: str) -> None:
    """Write a line to the log."""
    _log.info("%s", sentence)


def note_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """Write an error with its place in the code to the log; gives that text."""
    details = "".join(traceback.format_exception(kind, error, trace))
    note(details.rstrip())
    return details


def fail(sentence: str, code: int = 1, has_qt: bool = True) -> int:
    """Say why the application can't go on: in the log, on standard error, in a dialog.

    Parameters
    ----------
    sentence : str
        For the user.
    code : int
        Exit status.
    has_qt : bool
        Whether Qt is well enough to show a dialog.

    Returns
    -------
    int
        `code`.
    """
    note(sentence)
    log = _path()
    text = sentence if log is None else f"{sentence}\n\nDetails are in {named(log)}."
    if sys.stderr is not None:
        sys.stderr.write(f"heirloom-desktop: {' '.join(text.split())}\n")
        sys.stderr.flush()
    show(text, has_qt)
    return code


def fail_with(error: BaseException) -> int:
    """Say which error the application can't go on after; gives the exit status."""
    note_error(type(error), error, error.__traceback__)
    if isinstance(error, HeirloomError):
        return fail(str(error), error.exit_code)
    if isinstance(error, ModuleNotFoundError) and error.name == "PySide6":  # installed by pip, without it
        return fail("The window needs Qt: install it with  pip install 'heirloom[desktop]'.")
    if isinstance(error, ImportError):
        return fail(f"A part of Heirloom is missing or damaged ({error}); install it again.")
    return fail(f"Heirloom itself has failed ({type(error).__name__}: {error}).")


def show(text: str, has_qt: bool = True) -> None:
    """Show a text in a dialog, with whatever this machine has for it; without a desktop, do nothing."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "Heirloom", 0x10)  # MB_ICONERROR
        return
    if sys.stderr is not None and sys.stderr.isatty():
        return  # whoever typed the command reads the terminal
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    if has_qt and _show_with_qt(text):
        return
    for command in (["zenity", "--error", "--no-markup", f"--text={text}"], ["xmessage", "-center", text]):
        if shutil.which(command[0]):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return


def hear_qt() -> None:
    """Send what Qt says to the log, and turn its abrupt end without a display into last words."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    def hear(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        note(f"Qt: {message}")
        if kind == QtMsgType.QtFatalMsg:
            _end(fail(_without_a_window(message), has_qt=False))
        if kind != QtMsgType.QtDebugMsg:
            _HINTS[:] = [*_HINTS[-3:], message]

    qInstallMessageHandler(hear)


def _without_a_window(message: str) -> str:
    """Say why Qt could open no window."""
    if "platform plugin" not in message:
        return f"The window system has failed ({message.splitlines()[0]})."
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform == "linux" and not display:
        return "There is no display to open a window on; the command heirloom works without one."
    if any("could not connect" in hint or "Failed to create wl_display" in hint for hint in _HINTS):
        return f"The display {display} can't be reached; the command heirloom works without one."
    return f"No window can be opened ({' '.join(_HINTS).strip() or message.splitlines()[0]})."


def _show_with_qt(text: str) -> bool:
    try:
        from PySide6.QtWidgets import QApplication, QMessageBox
    except ImportError:
        return False
    if QApplication.instance() is None:
        return False  # making one now could fail for the reason that is to be told
    QMessageBox.critical(None, "Heirloom", text)
    return True


def _note_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        note_error(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _path() -> Path | None:
    streams = [handler.stream for handler in _log.handlers if isinstance(handler, logging.StreamHandler)]
    return Path(streams[0].name) if streams else None


def _end(code: int) -> NoReturn:
    """Leave at once: Qt is about to abort the process."""
    logging.shutdown()
    os._exit(code)
