"""``heirloom-desktop [PHOTO…]`` and ``python -m desktop_app [PHOTO…]``."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from pathlib import Path

from engine import __version__


def main(arguments: list[str] | None = None) -> int:
    """Open the window, with the photos and folders of the command line.

    Returns
    -------
    int
        Exit status: 0, or 2 for an option that does not exist.
    """
    multiprocessing.freeze_support()
    parser = argparse.ArgumentParser(
        prog="heirloom-desktop", description="Restores the faces in old and damaged photographs."
    )
    parser.add_argument("photos", nargs="*", metavar="PHOTO", help="photo or folder to open")
    parser.add_argument(
        "--device", default="auto", help="auto (the default), cpu, cuda or cuda:N", metavar="DEVICE"
    )
    parser.add_argument("--version", action="version", version=f"Heirloom {__version__}")
    options = parser.parse_args(arguments)
    from desktop_app.application import run  # after the options: --help must not wait for Qt

    return run(sys.argv[:1], [Path(photo) for photo in options.photos], options.device)


if __name__ == "__main__":
    sys.exit(main())
