"""``heirloom-desktop [PHOTO…]`` and ``python -m desktop_app [PHOTO…]``."""

from __future__ import annotations

import argparse
import contextlib
import io
import multiprocessing
import sys
from pathlib import Path

from engine import __version__


def main(arguments: list[str] | None = None) -> int:
    """Open the window, with the photos and folders of the command line.

    Returns
    -------
    int
        Exit status: 0, 2 for an option that does not exist, or what README says of other failures.
    """
    multiprocessing.freeze_support()
    options = _parse(arguments)
    from desktop_app import logbook  # after the options: --help must not wait for the engine

    logbook.open_log()
    try:
        from desktop_app.application import run

        return run(sys.argv[:1], [Path(photo) for photo in options.photos], options.device)
    except Exception as error:
        return logbook.fail_with(error)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="heirloom-desktop", description="Restores the faces in old and damaged photographs."
    )
    parser.add_argument("photos", nargs="*", metavar="PHOTO", help="photo or folder to open")
    parser.add_argument(
        "--device", default="auto", help="auto (the default), cpu, cuda or cuda:N", metavar="DEVICE"
    )
    parser.add_argument("--version", action="version", version=f"Heirloom {__version__}")
    if sys.stderr is not None:
        return parser.parse_args(arguments)
    # A windowed program of Windows has no console: what it says must not be lost.
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return parser.parse_args(arguments)
    except SystemExit:
        from desktop_app import logbook

        logbook.show(said.getvalue())
        raise


if __name__ == "__main__":
    sys.exit(main())
