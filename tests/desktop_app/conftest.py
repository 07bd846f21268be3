"""A real window over the real engine; nothing of it may outlive its test."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QThread, QTimer, SignalInstance
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application import make_window
from desktop_app.main_window import MainWindow
from desktop_app.messages import Rendered
from desktop_app.save_dialog import SaveDialog
from desktop_app.singletons import keep_singletons
from engine.errors import ModelError
from engine.photo import Photo, write_photo
from engine.runtime import find_model, load_manifest
from tests.desktop_app.waiting import is_restored

PATIENCE = 60_000
"""Milliseconds: these tests must pass beside a training that takes all cores."""

_CHOSEN_MODELS = os.environ.get("HEIRLOOM_MODELS")


keep_singletons()


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["heirloom-desktop"]


@pytest.fixture(autouse=True)
def _own_settings(_nobodys_models: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Fresh settings for each test, and the shipped model, or before one ships the caller's choice."""
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    monkeypatch.setattr("desktop_app.language.system_language", lambda: "en")
    if load_manifest().default is None and _CHOSEN_MODELS is not None:
        monkeypatch.setenv("HEIRLOOM_MODELS", _CHOSEN_MODELS)


@pytest.fixture(autouse=True)
def _nothing_left_over(qapp: QApplication) -> Iterator[None]:
    """Fail where a test leaves a thread, a running timer or a top-level window behind."""
    before = {id(widget) for widget in qapp.topLevelWidgets() if widget.isVisible()}
    yield
    qapp.processEvents()
    windows = [w for w in qapp.topLevelWidgets() if w.isVisible() and id(w) not in before]
    assert not windows, f"windows left open: {windows}"
    roots: list[QObject] = [qapp, *qapp.topLevelWidgets()]
    threads = [thread for root in roots for thread in root.findChildren(QThread) if thread.isRunning()]
    assert not threads, f"threads left running: {threads}"
    timers = [t for root in roots for t in root.findChildren(QTimer) if t.isActive()]
    timers = [t for t in timers if not isinstance(t.parent(), QWidget) or t.parent().window().isVisible()]
    assert not timers, f"timers left running: {[(t, t.parent()) for t in timers]}"


@pytest.fixture
def portrait(astronaut, tmp_path: Path) -> Path:
    """A photo with one face."""
    path = tmp_path / "grandmother.png"
    write_photo(Photo(astronaut), path)
    return path


@pytest.fixture
def _needs_model() -> None:
    try:
        find_model()
    except ModelError as error:
        pytest.skip(f"needs a model: {error}")


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, _needs_model: None) -> Iterator[MainWindow]:
    """An open window without a photo."""
    shown = make_window(qapp, "cpu")
    shown.resize(1100, 720)
    try:
        with qtbot.waitExposed(shown, timeout=PATIENCE):
            shown.show()
        yield shown
    finally:  # a thread that outlives its window would abort all other tests
        if shown.session.document is not None:
            shown.session.document.undo.setClean()
        shown.close()
        shown.actions_.languages["en"].trigger()  # translations belong to the application, not to the window
        shown.deleteLater()
        qapp.setStyleSheet("")


class User:
    """What a person does with mouse and keys, and sees."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self._qtbot, self._window = qtbot, window

    def waits_until(self, so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        self._qtbot.waitUntil(so, timeout=PATIENCE)

    def waits_for(self, signal: SignalInstance) -> AbstractContextManager[object]:
        """Wait, at the end of what is done meanwhile, for a signal."""
        return self._qtbot.waitSignal(signal, timeout=PATIENCE)

    def opens(self, *paths: Path) -> None:
        """Open photos and wait for the first one's restored view, with all of its faces."""
        session, shown = self._window.session, []
        session.rendered.connect(shown.append)
        with self.waits_for(session.opened):
            self._window.open_paths(list(paths))
        self.waits_until(lambda: is_restored(session, shown))
        session.rendered.disconnect(shown.append)

    def sees_the_levels(self) -> None:
        """Wait until the picture shows the levels that are set."""
        window, shown = self._window, []
        document = window.session.document
        assert document is not None

        def note(answer: Rendered) -> None:
            shown.append(dict(answer.levels))

        window.session.rendered.connect(note)
        document.settingsChanged.emit()
        self.waits_until(lambda: bool(shown) and shown[-1] == document.levels)
        window.session.rendered.disconnect(note)

    def presses(self, key: Qt.Key | str, widget: QWidget | None = None) -> None:
        """Press a key, or keys like "Ctrl+Z", where the focus is."""
        if QApplication.activeModalWidget() is None and not self._window.isActiveWindow():
            self._window.activateWindow()  # a dialog was closed just now
            self.waits_until(self._window.isActiveWindow)
        target = widget or QApplication.focusWidget() or self._window
        if isinstance(key, str):
            QTest.keySequence(target, QKeySequence(key))
        else:
            QTest.keyClick(target, key)

    def clicks(self, widget: QWidget, at: QPointF | None = None) -> None:
        """Click with the left button, in the middle if nothing else is said."""
        place = widget.rect().center() if at is None else at.toPoint()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)

    def drags(self, widget: QWidget, start: QPointF, end: QPointF, steps: int = 6) -> None:
        """Press, move in steps, release."""
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start.toPoint())
        for step in range(1, steps + 1):
            QTest.mouseMove(widget, (start + (end - start) * (step / steps)).toPoint())
            QApplication.processEvents()
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end.toPoint())

    def turns_wheel(self, widget: QWidget, at: QPointF, notches: float) -> None:
        """Turn the wheel over a place."""
        event = QWheelEvent(
            at,
            widget.mapToGlobal(at),
            QPoint(),
            QPoint(0, round(120 * notches)),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def dialog(self) -> QDialog:
        """The dialog that lies open, once it does."""
        self.waits_until(lambda: QApplication.activeModalWidget() is not None)
        shown = QApplication.activeModalWidget()
        assert isinstance(shown, QDialog)
        return shown

    def saves(self, dialog: SaveDialog) -> Path:
        """Accept a dialog as it stands and wait for the copy; gives its path."""
        path = dialog.choice.path
        self.clicks(dialog.save_button)
        self.waits_until(path.exists)
        self.waits_until(lambda: not self._window.session.is_saving)
        return path


@pytest.fixture
def user(qtbot: QtBot, window: MainWindow) -> User:
    return User(qtbot, window)


@pytest.fixture
def opened(user: User, window: MainWindow, portrait: Path) -> MainWindow:
    """A window that shows the portrait restored."""
    user.opens(portrait)
    return window
