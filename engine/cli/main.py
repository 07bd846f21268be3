"""The command ``heirloom``: runs the command asked for; turns errors into one sentence and an exit code."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from engine.cli.arguments import parser
from engine.cli.failures import explain


class _Terminated(BaseException):
    """SIGTERM came: leave, but clean up on the way."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``heirloom``; gives the exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process when None.
    """
    if sys.stderr is None:  # closed by whoever called: what is told goes nowhere
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (stays open)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal's encoding does not know must not stop the work.
            stream.reconfigure(errors="backslashreplace")
    args = parser().parse_args(arguments)
    try:
        with _cleaning_up_at_sigterm():
            code = int(importlib.import_module(f"engine.cli.{args.module}").run(args))
            if sys.stdout is not None:
                sys.stdout.flush()  # here, where a failure can still be told
            return code
    except KeyboardInterrupt:
        print("heirloom: interrupted; what was finished is kept.", file=sys.stderr)
        return 130
    except _Terminated:
        return 143
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        _discard_stdout()
        return 0
    except Exception as error:
        sentence, code = explain(error)
        print(f"heirloom: {sentence}", file=sys.stderr)
        if isinstance(error, OSError):
            _discard_stdout()
        return code


def _discard_stdout() -> None:
    """Keep Python from trying once more, at its end, to write what can't be written."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _cleaning_up_at_sigterm() -> Iterator[None]:
    """Leave no half-written file behind when the process is asked to end."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's affair
        return

    def leave(number: int, frame: FrameType | None) -> None:
        raise _Terminated

    previous = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


if __name__ == "__main__":
    sys.exit(main())
