"""``heirloom restore``: restored copies of photos."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine import __version__
from engine.cli.photos import Outputs, Stage, face_data, for_each_photo, say_device
from engine.errors import UsageError, named
from engine.photo import ENLARGEMENTS, AiEdit, PhotoFormat, read_photo, write_photo
from engine.restore import Analysis, Arrangement, Restorer

_HINT = f"Faces here are small: --enlarge {max(ENLARGEMENTS)} shows more of what they gain."


def run(args: argparse.Namespace) -> int:
    """Restore each photo of the call."""
    outputs = Outputs(args.output, args.photos)
    with Restorer(device=args.device, model=args.model) as restorer:
        say_device(restorer.report.fallback, args.device)
        return for_each_photo(
            args.photos, args.json, lambda path, stage: _restore(restorer, path, args, outputs, stage)
        )


def _restore(
    restorer: Restorer, path: Path, args: argparse.Namespace, outputs: Outputs, stage: Stage
) -> tuple[str, dict[str, Any]]:
    stage("reading")
    photo = read_photo(path)
    format_ = PhotoFormat(args.format) if args.format else photo.format
    target = outputs.name(path, "-restored", format_.extension(path))
    stage("finding faces")
    faces = restorer.find(photo)
    arrangement = Arrangement.wanted(faces, args.upright, args.enlarge or 1)
    analysis = restorer.analyse(photo, arrangement, faces)
    levels = _levels(analysis, args, path)
    left = {f.number: f.left_alone for f in analysis.faces if f.left_alone and not levels.get(f.number)}
    data: dict[str, Any] = {
        "photo": str(path),
        "output": str(target) if levels else None,
        "model": restorer.info.name,
        "device": restorer.report.provider,
        "turned": -90 * arrangement.quarters % 360,
        "enlarged": arrangement.enlargement,
        "faces": [
            face_data(face, found)
            | {"level": round(levels[face.number], 1) if face.number in levels else None}
            | {"left_alone": left.get(face.number)}
            for face, found in zip(analysis.faces, faces, strict=True)
        ],
    }
    reasons = [f"Face {number}: {reason.sentence}" for number, reason in left.items()]
    if not levels:
        return " ".join([f"{named(path)}: no face to restore, nothing written.", *reasons]), data
    stage("restoring")
    restored = restorer.render(analysis, levels)
    used = tuple(levels[face.number] for face in analysis.restorable)
    edit = AiEdit(restorer.model_name, used, f"Heirloom {__version__}") if any(used) else None
    stage("writing")
    write_photo(restored, target, format=format_, quality=args.quality, edit=edit, overwrite=args.overwrite)
    told = ", ".join(f"face {n} at {level:.0f}" for n, level in sorted(levels.items()))
    told += ", turned upright" if arrangement.quarters else ""
    small = args.enlarge is None and any(f.face.is_small for f in analysis.restorable if levels[f.number])
    hint = [_HINT] if small else []
    return " ".join([f"{named(path)} → {named(target)}: {told}.", *hint, *reasons]), data


def _levels(analysis: Analysis, args: argparse.Namespace, path: Path) -> dict[int, float]:
    """Choose the level of each restorable face: its own, else the call's, else the automatic one."""
    own = dict(args.face)
    found = {face.number: face for face in analysis.faces}
    for number, level in own.items():
        if number not in found:
            count = f"only {len(found)} found" if found else "none found"
            raise UsageError(f"{named(path)} has no face {number} ({count}); `heirloom faces` lists them.")
        refusal = found[number].face.refusal
        if refusal and level != 0:
            raise UsageError(f"Face {number} of {named(path)} can't be restored: {refusal.sentence}")
    levels: dict[int, float] = {}
    for face in analysis.restorable:
        wish = own.get(face.number, args.level)
        levels[face.number] = face.automatic_level if wish is None else wish
    return levels
