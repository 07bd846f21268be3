"""Waiting as the running application does.

`QTest.qWait` keeps the interpreter lock while it waits: the engine's thread would stand still for most of the
time, and a dial move take twice as long as a user sees it. An event loop of Qt's lets it go.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEventLoop, QTimer

from desktop_app.messages import Rendered
from desktop_app.session import Session


def is_restored(session: Session, rendered: Sequence[Rendered]) -> bool:
    """Tell whether all faces of the open photo are shown at their levels, by what was rendered of it."""
    document = session.document
    known = document is not None and document.searched and not session.unread
    return known and bool(rendered) and rendered[-1].levels == document.levels


def pause(milliseconds: int) -> None:
    """Let the application work for a time."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(so: Callable[[], bool], seconds: float, every: int = 1) -> bool:
    """Let the application work until something is so, looked at every so many milliseconds; False in vain."""
    end = time.monotonic() + seconds
    loop = QEventLoop()
    timer = QTimer(interval=every)

    def look() -> None:
        if so() or time.monotonic() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    if not so():
        loop.exec()
    timer.stop()
    return so()
