"""Keys that are pressed while a command runs in a terminal."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

_POLL = 0.2  # seconds


@contextmanager
def listening(keys: Mapping[str, Callable[[], None]]) -> Iterator[bool]:
    """Call a function when its key is pressed, without waiting for Enter.

    Parameters
    ----------
    keys : mapping of str to callable
        One character each; the functions are called from another thread.

    Yields
    ------
    bool
        Whether keys can be heard; False when the input is no terminal.
    """
    heard = sys.stdin is not None and sys.stdin.isatty()
    if not heard or (os.name != "nt" and not _in_foreground(sys.stdin.fileno())):
        yield False
        return
    over = threading.Event()
    listen, restore = (_listen_on_windows, _nothing) if os.name == "nt" else (_listen, _without_enter())
    thread = threading.Thread(target=listen, args=(keys, over), name="keys", daemon=True)
    thread.start()
    try:
        yield True
    finally:
        # The terminal first of all: a second Ctrl-C would leave one that shows nothing of what is typed.
        try:
            restore()
        finally:
            over.set()
        thread.join()


def _in_foreground(terminal: int) -> bool:
    """Whether reading the terminal would not stop a process in the background."""
    try:
        return os.getpgrp() == os.tcgetpgrp(terminal)
    except OSError:  # it does not control us, so it can't stop us
        return True


def _without_enter() -> Callable[[], None]:
    """Let the terminal give keys at once, and show none; gives what puts it back."""
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)  # Ctrl-C stays what it is

    def restore() -> None:
        # In the background the terminal is the shell's again, and touching it would stop the process.
        if _in_foreground(descriptor):
            with suppress(termios.error, OSError):  # it may have been closed
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    return restore


def _listen(keys: Mapping[str, Callable[[], None]], over: threading.Event) -> None:
    import select

    descriptor = sys.stdin.fileno()
    while not over.is_set():
        if not _in_foreground(descriptor):
            over.wait(_POLL)
            continue
        is_pressed = bool(select.select([descriptor], [], [], _POLL)[0])
        if is_pressed and not over.is_set() and _in_foreground(descriptor):
            try:
                key = os.read(descriptor, 1)
            except OSError:
                key = b""
            if not key:  # the terminal was closed
                return
            keys.get(key.decode(errors="ignore"), _nothing)()


def _listen_on_windows(keys: Mapping[str, Callable[[], None]], over: threading.Event) -> None:
    import msvcrt

    while not over.wait(_POLL):
        while msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            keys.get(msvcrt.getwch(), _nothing)()  # type: ignore[attr-defined,unused-ignore]


def _nothing() -> None:
    """Answer a key that means nothing."""
