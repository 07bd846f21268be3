"""What the commands that take photos share: one after the other, where failures stop only their own photo."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine.errors import HeirloomError


def output_path(photo: Path, folder: str | None, suffix: str, extension: str | None = None) -> Path:
    """Name a result: the photo's stem, then the suffix, in `folder` or beside the photo."""
    parent = Path(folder) if folder is not None else photo.parent
    return parent / f"{photo.stem}{suffix}{extension or photo.suffix}"


def for_each_photo(photos: Sequence[str], as_json: bool, work: Callable[[Path], tuple[str, dict[str, Any]]]) -> int:
    """Do the work for each photo, print what came of it, and go on after a failure.

    Parameters
    ----------
    photos : sequence of str
        Paths.
    as_json : bool
        Print one JSON object a line instead of sentences; failures too.
    work : callable
        Takes a path, gives a sentence and the same as data. Raises HeirloomError.

    Returns
    -------
    int
        0, or the exit code of the first failure.
    """
    code = 0
    bar = tqdm(photos, unit="photo", leave=False, delay=1.0, disable=len(photos) < 2 or not sys.stderr.isatty())
    for name in bar:
        try:
            sentence, data = work(Path(name))
        except HeirloomError as error:
            code = code or error.exit_code
            sentence, data = "", {"photo": name, "error": str(error), "exit_code": error.exit_code}
            if not as_json:
                bar.write(f"heirloom: {error}", file=sys.stderr)
        if as_json:
            bar.write(json.dumps(data, ensure_ascii=False), file=sys.stdout)
        elif sentence:
            bar.write(sentence, file=sys.stdout)
    return code


def say_device(fallback: str | None, requested: str) -> None:
    """Print why the wished device is not used, where one was wished."""
    if fallback and requested != "auto":
        print(f"heirloom: {fallback}", file=sys.stderr)
