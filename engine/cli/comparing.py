"""``heirloom compare``: a blind sheet of two models' restorations, and the tally of the answers to it."""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from engine import __version__
from engine.cli.drawing import contact_sheet, cut_face
from engine.cli.photos import say_device
from engine.errors import HeirloomError, UsageError, named
from engine.evaluation.blind import ANSWERS, read_key, shuffled_pairs, tally, write_questions
from engine.photo import EXTENSIONS, AiEdit, Photo, PhotoFormat, read_photo, write_photo
from engine.restore import Restorer

INPUT = "input"
"""Stands for a model that changes nothing: the photo itself."""

_Cut = NDArray[np.uint8]


def run(args: argparse.Namespace) -> int:
    """Make the sheet, or, where its answers are asked for, count them."""
    out = Path(args.output)
    key = out.resolve().with_name(out.resolve().name + "-key.json")
    if args.tally:
        return _tally(out, key)
    if args.photos is None or len(args.models) != 2 or args.models[0] == args.models[1]:
        raise UsageError("Give two different models (or 'input') and --photos; or --tally for the answers.")
    if key.exists() and not args.overwrite:
        raise UsageError(f"{named(key)} exists: tally that comparison, or choose another --output.")
    if not args.overwrite and (left := _earlier(out)):
        raise UsageError(f"{named(left[0])} is of another comparison: choose another --output.")
    folder = Path(args.photos)
    photos = _photos(folder)
    out.mkdir(parents=True, exist_ok=True)
    names = (args.models[0], args.models[1])
    with ExitStack() as stack:
        restorers: dict[str, Restorer | None] = {}
        for name in names:
            restorers[name] = (
                None if name == INPUT else stack.enter_context(Restorer(device=args.device, model=name))
            )
        for restorer in restorers.values():
            if restorer:
                say_device(restorer.report.fallback, args.device)
        cuts = _cuts(folder, photos, restorers, args.level)
    if not cuts:
        raise UsageError(f"No photo in {named(args.photos)} has a face that can be restored.")
    for path in _earlier(out):  # answers to other questions would be counted for these
        path.unlink()
    pairs = shuffled_pairs(list(cuts), names, args.seed)
    drawn = [r.model_name for r in restorers.values() if r]
    for pair in pairs:
        cut = cuts[pair.subject]
        row = [("left", cut[pair.left]), ("right", cut[pair.right])]
        if INPUT not in names:  # beside the photo itself the choice would be blind in name only
            row.insert(0, ("the photo", cut[INPUT]))
        sheet = Photo(contact_sheet([row]), format=PhotoFormat.PNG)
        edit = AiEdit(" and ".join(drawn), (), f"Heirloom {__version__}")
        write_photo(sheet, out / f"{pair.name}.png", edit=edit, overwrite=args.overwrite)
    page = write_questions(out, key, pairs, names)
    print(f"{len(pairs)} pairs: open {page}, save the answers beside it as {ANSWERS}, then add --tally.")
    return 0


def _earlier(out: Path) -> list[Path]:
    """Find what an earlier comparison left: its answers and its pairs' pictures."""
    pictures = (path for path in out.glob("pair-*.png") if re.fullmatch(r"pair-\d{3,}\.png", path.name))
    return [*out.glob(ANSWERS), *sorted(pictures)]


def _photos(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UsageError(f"{named(folder)} is no folder of photos.")
    photos = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix.lower() in EXTENSIONS)
    if not photos:
        raise UsageError(f"There are no photos in {named(folder)}.")
    return photos


def _cuts(
    folder: Path, photos: list[Path], restorers: dict[str, Restorer | None], level: float | None
) -> dict[str, dict[str, _Cut]]:
    """Cut each face from the photo and from both restorations; by subject, then by name."""
    cuts: dict[str, dict[str, _Cut]] = {}
    for path in tqdm(photos, unit="photo", disable=not sys.stderr.isatty()):
        try:
            photo = read_photo(path)
        except HeirloomError as error:
            print(f"heirloom: {error}", file=sys.stderr)
            continue
        for name, restorer in restorers.items():
            if restorer is None:
                continue
            analysis = restorer.analyse(photo)
            levels = None if level is None else {f.number: level for f in analysis.restorable}
            restored = restorer.render(analysis, levels)
            for face in analysis.restorable:
                cut = cuts.setdefault(f"{path.relative_to(folder).as_posix()}, face {face.number}", {})
                cut[name] = cut_face(face, restored.pixels)
                cut[INPUT] = cut_face(face, photo.pixels)
    return cuts


def _tally(out: Path, key: Path) -> int:
    names, pairs = read_key(key)
    try:
        lines = (out / ANSWERS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"There are no answers yet in {named(out / ANSWERS)}.") from error
    result = tally(lines, pairs, names)
    for name in names:
        share, low, high = result.share(name)
        print(f"{name}: {result.wins[name]} chosen, {share:.0%} of the decided ({low:.0%} to {high:.0%})")
    print(f"the same: {result.same}, unanswered: {result.unanswered}")
    return 0
