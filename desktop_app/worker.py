"""A thread in the background as the window sees it: requests go in, answers come out, nothing waits."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QThread, Signal, Slot

from desktop_app.messages import Answer, Failed, Request

Tell = Callable[[Answer], None]


class Room(Protocol):
    """What is done on a thread; made there, at its first request."""

    def handle(self, request: Request) -> None:
        """Do what a request asks for and answer it; an exception becomes `Failed`."""

    def close(self) -> None:
        """End what it began."""


class Mailbox:
    """Waiting requests: newer ones drop those that they make pointless, and some let all others go first."""

    def __init__(self) -> None:
        self._requests: deque[Request] = deque()
        self._lock = threading.Lock()

    def put(self, request: Request) -> None:
        """Add a request and drop those that it supersedes."""
        with self._lock:
            kept = [waiting for waiting in self._requests if not isinstance(waiting, request.supersedes)]
            self._requests = deque([*kept, request])

    def take(self) -> Request | None:
        """Remove and return the oldest request, of those that can't wait if there are any; None for none."""
        with self._lock:
            if not self._requests:
                return None
            first = min(self._requests, key=lambda request: request.can_wait)
            self._requests.remove(first)
            return first

    def holds(self, kind: type[Request]) -> bool:
        """Tell whether a request of a kind waits."""
        with self._lock:
            return any(isinstance(waiting, kind) for waiting in self._requests)

    def clear(self) -> None:
        """Drop what waits, except what must be done."""
        with self._lock:
            self._requests = deque(waiting for waiting in self._requests if waiting.must_be_done)


class _Worker(QObject):
    """Lives on the thread, and works off the mailbox."""

    answered = Signal(object)

    def __init__(self, mailbox: Mailbox, make_room: Callable[[Tell], Room]) -> None:
        super().__init__()
        self._mailbox = mailbox
        self._make_room = make_room
        self._room: Room | None = None
        self.is_ending = False
        """Whether nobody listens any more; QThread's own flag falls before `close` runs."""

    @Slot()
    def work(self) -> None:
        """Take one request and answer it."""
        request = self._mailbox.take()
        if request is not None and (request.must_be_done or not self.is_ending):
            self._do(request)

    def _do(self, request: Request) -> None:
        try:
            if self._room is None:
                self._room = self._make_room(self.answer)
            self._room.handle(request)
        except Exception as error:
            self.answer(failure(request, error))

    @Slot()
    def close(self) -> None:
        """Do what must be done still, and end what the room began."""
        while (request := self._mailbox.take()) is not None:
            self._do(request)
        if self._room is not None:
            self._room.close()
            self._room = None

    def answer(self, answer: Answer) -> None:
        """Send an answer, from whatever thread."""
        if not self.is_ending:
            self.answered.emit(answer)


def failure(request: Request, error: BaseException) -> Failed:
    """Say that a request came to nothing."""
    from engine.errors import HeirloomError

    sentence = str(error) if isinstance(error, HeirloomError) else ""
    details = "".join(traceback.format_exception(error))
    return Failed(request.stamp, request, sentence, details)


class WorkerThread(QObject):
    """Starts and stops a thread, and posts requests to it.

    Parameters
    ----------
    name : str
    make_room : callable
        Called on the thread, with where answers go. What it needs of the engine it imports itself: numpy,
        OpenCV and the rest load while the window is already shown.
    mailbox : Mailbox, optional
        Which request is next.
    """

    answered = Signal(object)
    _wake = Signal()

    def __init__(
        self,
        name: str,
        make_room: Callable[[Tell], Room],
        parent: QObject | None = None,
        mailbox: Mailbox | None = None,
    ) -> None:
        super().__init__(parent)
        self._mailbox = mailbox or Mailbox()
        self._thread = QThread(self)
        self._thread.setObjectName(name)
        self._worker = _Worker(self._mailbox, make_room)
        self._worker.moveToThread(self._thread)
        self._wake.connect(self._worker.work)
        self._worker.answered.connect(self.answered)
        # On the thread itself, after its loop: what was opened there is closed there.
        self._thread.finished.connect(self._worker.close)
        self._thread.start()

    def post(self, request: Request) -> None:
        """Hand over a request; returns at once."""
        self._mailbox.put(request)
        self._wake.emit()

    def stop(self) -> None:
        """Let the running request end, and what must be done, and end the thread. May be called again."""
        self._mailbox.clear()
        self._worker.is_ending = True
        self._thread.quit()
        self._thread.wait()
