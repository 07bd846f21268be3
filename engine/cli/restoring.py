"""``heirloom restore``: restored copies of photos."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine import __version__
from engine.cli.photos import for_each_photo, output_path, say_device
from engine.errors import UsageError
from engine.photo import AiEdit, PhotoFormat, read_photo, write_photo
from engine.restore import Analysis, Restorer


def run(args: argparse.Namespace) -> int:
    """Restore each photo of the call."""
    with Restorer(device=args.device, model=args.model) as restorer:
        say_device(restorer.report.fallback, args.device)
        return for_each_photo(args.photos, args.json, lambda path: _restore(restorer, path, args))


def _restore(restorer: Restorer, path: Path, args: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    photo = read_photo(path)
    analysis = restorer.analyse(photo)
    levels = _levels(analysis, args, path)
    format_ = PhotoFormat(args.format) if args.format else photo.format
    # A wrong extension (a JPEG called .png) is put right; otherwise the photo's own stays, .jpeg or .JPG.
    extension = path.suffix if path.suffix.lower() in format_.extensions else format_.extensions[0]
    target = output_path(path, args.output, "-restored", extension)
    data: dict[str, Any] = {
        "photo": str(path),
        "output": str(target),
        "model": restorer.info.name,
        "device": restorer.report.provider,
        "faces": [
            {
                "number": face.number,
                "box": [round(v, 1) for v in face.face.box],
                "automatic_level": None if face.level is None else round(face.level, 1),
                "level": round(levels[face.number], 1) if face.number in levels else None,
                "left_alone": None if face.face.refusal is None else face.face.refusal.value,
            }
            for face in analysis.faces
        ],
    }
    if not analysis.restorable:
        reasons = [f"face {f.number}: {f.face.refusal.sentence}" for f in analysis.faces if f.face.refusal]
        data["output"] = None
        return f"{path}: no face to restore, nothing written. {' '.join(reasons)}".rstrip(), data
    restored = restorer.render(analysis, levels)
    used = tuple(levels[face.number] for face in analysis.restorable)
    edit = AiEdit(restorer.model_name, used, f"Heirloom {__version__}") if any(used) else None
    write_photo(restored, target, format=format_, quality=args.quality, edit=edit, overwrite=args.overwrite)
    told = ", ".join(f"face {n} at {level:.0f}" for n, level in sorted(levels.items()))
    left = [f"Face {f.number}: {f.face.refusal.sentence}" for f in analysis.faces if f.face.refusal]
    return " ".join([f"{path} → {target}: {told}.", *left]), data


def _levels(analysis: Analysis, args: argparse.Namespace, path: Path) -> dict[int, float]:
    """Choose the level of each restorable face: its own, else the call's, else the automatic one."""
    own = dict(args.face)
    known = {face.number for face in analysis.faces}
    for number in own:
        if number not in known:
            found = f"only {len(known)} found" if known else "none found"
            raise UsageError(f"There is no face {number} in '{path}' ({found}); `heirloom faces` lists them.")
    levels: dict[int, float] = {}
    for face in analysis.restorable:
        wish = own.get(face.number, args.level)
        levels[face.number] = face.automatic_level if wish is None else wish
    return levels
