"""What the commands that take photos share: one after the other, where failures stop only their own photo."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine.cli.failures import explain
from engine.errors import UsageError, named
from engine.faces import Face
from engine.paths import identity
from engine.photo import EXTENSIONS
from engine.restore import AnalysedFace

Stage = Callable[[str], None]
"""Tells the user what is being done to the photo now."""


class Outputs:
    """Names results, and keeps two photos of one call from becoming the same file, or one another.

    Parameters
    ----------
    folder : str or None
        Where results go; beside each photo when None.
    photos : sequence of str
        All photos of the call: none of them is ever a result, not even where results may be replaced.

    Raises
    ------
    UsageError
        When it is called as a photo is: who writes that expects a file, and would get a folder.
    """

    def __init__(self, folder: str | None, photos: Sequence[str]) -> None:
        if folder is not None and Path(folder).suffix.lower() in EXTENSIONS and not Path(folder).is_dir():
            raise UsageError(
                f"{named(folder)} is called like a photo; --output takes a folder, in which each result is"
                " called as its photo."
            )
        self._folder = folder
        self._owners: dict[str, Path] = {}
        files = ((identity(Path(photo)), Path(photo)) for photo in photos)
        self._originals = {file: photo for file, photo in files if file is not None}

    def name(self, photo: Path, suffix: str, extension: str) -> Path:
        """Name the result of a photo: its stem, then the suffix.

        Raises
        ------
        UsageError
            When another photo of this call has the same result, or is the file that would be written.
        """
        parent = photo.parent if self._folder is None else Path(self._folder)
        target = parent / f"{photo.stem}{suffix}{extension}"
        key = os.path.normcase(os.path.realpath(target))
        owner = self._owners.setdefault(key, photo)
        if owner is not photo:
            raise UsageError(
                f"{named(photo)} would become the same file as {named(owner)}: {named(target)};"
                " give them different folders, in calls of their own."
            )
        file = identity(target)
        original = None if file is None else self._originals.get(file)
        if original is not None and original != photo:
            raise UsageError(
                f"{named(target)} is itself a photo of this call, and would be replaced by the result of"
                f" {named(photo)}; choose another folder with --output, or leave one of them out."
            )
        return target


def for_each_photo(
    photos: Sequence[str], as_json: bool, work: Callable[[Path, Stage], tuple[str, dict[str, Any]]]
) -> int:
    """Do the work for each photo, print what came of it, and go on after a failure.

    Parameters
    ----------
    photos : sequence of str
        Paths.
    as_json : bool
        Print one JSON object a line instead of sentences; failures too.
    work : callable
        Takes a path and where to tell its stages; gives a sentence, and the same as data.

    Returns
    -------
    int
        0, or the exit code of the first failure.
    """
    code = 0
    bar = tqdm(photos, unit="photo", leave=False, disable=not sys.stderr.isatty())
    for name in bar:
        path = Path(name)
        try:
            sentence, data = work(path, partial(_show, bar, path.name))
        except Exception as error:
            told, failure = explain(error, name)
            code = code or failure
            sentence, data = "", {"photo": name, "error": told, "exit_code": failure}
            bar.write(f"heirloom: {told}", file=sys.stderr)
        if as_json:
            sentence = json.dumps(data)
        if sentence and sys.stdout is not None:
            bar.write(sentence, file=sys.stdout)
            sys.stdout.flush()  # who reads our output need not wait for the last photo
    return code


def _show(bar: Any, name: str, stage: str) -> None:
    bar.set_description(f"{name}: {stage}")


def face_data(face: AnalysedFace, found: Face) -> dict[str, Any]:
    """Describe a face, and where it was found, for scripts.

    Its box is left, top, right, bottom in pixels of the photo as it was; its score 0 to 1; ``screen`` tells
    whether it was printed with one, whose dots are taken away.
    """
    return {
        "number": face.number,
        "box": [round(v, 1) for v in found.box],
        "score": round(face.face.score, 3),
        "automatic_level": None if face.level is None else round(face.level, 1),
        "screen": face.screen is not None,
        "left_alone": face.left_alone,
    }


def say_device(fallback: str | None, requested: str) -> None:
    """Print why the wished device is not used, where one was wished."""
    if fallback and requested != "auto":
        print(f"heirloom: {fallback}", file=sys.stderr)
