"""The engine's thread as the window sees it: requests go in, answers come out, nothing ever waits here."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal, Slot

from desktop_app.messages import SUPERSEDES, Answer, Failed, Request

if TYPE_CHECKING:
    from desktop_app.engine_room import EngineRoom


class Mailbox:
    """Waiting requests, from which newer ones drop those that they make pointless."""

    def __init__(self) -> None:
        self._requests: deque[Request] = deque()
        self._lock = threading.Lock()

    def put(self, request: Request) -> None:
        """Add a request and drop those that it supersedes."""
        stale = SUPERSEDES.get(type(request), ())
        with self._lock:
            kept = [waiting for waiting in self._requests if not isinstance(waiting, stale)]
            self._requests = deque([*kept, request])

    def take(self) -> Request | None:
        """Remove and return the oldest request, None when there is none."""
        with self._lock:
            return self._requests.popleft() if self._requests else None

    def clear(self) -> None:
        """Drop everything that waits."""
        with self._lock:
            self._requests.clear()


class _Worker(QObject):
    """Lives on the thread, and works off the mailbox."""

    answered = Signal(object)

    def __init__(self, mailbox: Mailbox, device: str) -> None:
        super().__init__()
        self._mailbox = mailbox
        self._device = device
        self._room: EngineRoom | None = None

    @Slot()
    def work(self) -> None:
        """Take one request and answer it."""
        request = self._mailbox.take()
        if request is None or self.thread().isInterruptionRequested():
            return
        try:
            if self._room is None:
                # Here and not above: numpy, OpenCV and the rest load while the window is already shown.
                from desktop_app.engine_room import EngineRoom

                self._room = EngineRoom(self._answer, self._device)
            self._room.handle(request)
        except Exception as error:
            self._answer(Failed(request.photo, request, _sentence(error), traceback.format_exc()))

    @Slot()
    def close(self) -> None:
        """End the engine's inference thread."""
        if self._room is not None:
            self._room.close()
            self._room = None

    def _answer(self, answer: Answer) -> None:
        if not self.thread().isInterruptionRequested():
            self.answered.emit(answer)


def _sentence(error: Exception) -> str:
    from engine.errors import HeirloomError

    return str(error) if isinstance(error, HeirloomError) else ""


class EngineThread(QObject):
    """Starts and stops the thread, and posts requests to it.

    Parameters
    ----------
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    """

    answered = Signal(object)
    _wake = Signal()

    def __init__(self, device: str = "auto", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox()
        self._thread = QThread(self)
        self._thread.setObjectName("engine")
        self._worker = _Worker(self._mailbox, device)
        self._worker.moveToThread(self._thread)
        self._wake.connect(self._worker.work)
        self._worker.answered.connect(self.answered)
        # On the thread itself, after its loop: sessions are closed where they were used.
        self._thread.finished.connect(self._worker.close)
        self._thread.start()

    def post(self, request: Request) -> None:
        """Hand over a request; returns at once."""
        self._mailbox.put(request)
        self._wake.emit()

    def stop(self) -> None:
        """Drop what waits, let the running request end, and end the thread. May be called again."""
        self._mailbox.clear()
        self._thread.requestInterruption()
        self._thread.quit()
        self._thread.wait()
