"""``heirloom faces`` and ``heirloom sweep``: what Heirloom sees in a photo, and what the dial does to it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import __version__
from engine.cli.drawing import contact_sheet, cut_face, mark_faces
from engine.cli.photos import Outputs, Stage, face_data, for_each_photo, say_device
from engine.errors import named
from engine.photo import AiEdit, Photo, PhotoFormat, read_photo, write_photo
from engine.restore import AnalysedFace, Analysis, Restorer

_LEVELS = (0.0, 30.0, 60.0, None, 120.0)
"""Columns of a sheet, as in the poster's figure; None is the automatic level."""

_PRINTED = "  printed with a screen, whose dots go"


def run(args: argparse.Namespace) -> int:
    """Run either command for each photo of the call."""
    work = _faces if args.command == "faces" else _sweep
    outputs = Outputs(args.output, args.photos)
    with Restorer(device=args.device, model=args.model) as restorer:
        say_device(restorer.report.fallback, args.device)
        return for_each_photo(
            args.photos, args.json, lambda path, stage: work(restorer, path, args, outputs, stage)
        )


def _faces(
    restorer: Restorer, path: Path, args: argparse.Namespace, outputs: Outputs, stage: Stage
) -> tuple[str, dict[str, Any]]:
    stage("reading")
    photo = read_photo(path)
    # Lossless where the photo is; the sharp lines of boxes and letters suffer little from JPEG.
    format_ = PhotoFormat.PNG if photo.format in (PhotoFormat.PNG, PhotoFormat.TIFF) else PhotoFormat.JPEG
    target = outputs.name(path, "-faces", format_.extensions[0])
    stage("finding faces")
    analysis = restorer.analyse(photo)
    data: dict[str, Any] = {
        "photo": str(path),
        "output": str(target) if analysis.faces else None,
        "faces": [face_data(face, face.face) for face in analysis.faces],
    }
    if not analysis.faces:
        return f"{named(path)}: no face found, nothing written.", data
    stage("writing")
    picture = Photo(mark_faces(photo.rgb8(), analysis.faces), format=format_)
    write_photo(picture, target, original=path, overwrite=args.overwrite)
    count = "1 face" if len(analysis.faces) == 1 else f"{len(analysis.faces)} faces"
    table = [_row("face", "left", "top", "width", "height", "score", "level")]
    for face in analysis.faces:
        found, left = face.face, face.left_alone
        cells = [f"{v:.0f}" for v in (*found.box[:2], found.width, found.height)]
        level = "" if face.level is None else f"{face.level:.0f}"
        note = f"  {left.sentence}" if left else _PRINTED if face.screen else ""
        table.append(_row(str(face.number), *cells, f"{found.score:.2f}", level) + note)
    return "\n".join([f"{named(path)}: {count}, shown in {named(target)}.", *table]), data


def _row(*cells: str) -> str:
    return "".join(f"{cell:>8}" for cell in cells)


def _sweep(
    restorer: Restorer, path: Path, args: argparse.Namespace, outputs: Outputs, stage: Stage
) -> tuple[str, dict[str, Any]]:
    stage("reading")
    photo = read_photo(path)
    target = outputs.name(path, "-sweep", ".png")
    stage("finding faces")
    analysis = restorer.analyse(photo)
    data: dict[str, Any] = {
        "photo": str(path),
        "output": str(target) if analysis.restorable else None,
        "levels": list(_LEVELS),
        "faces": [face_data(face, face.face) for face in analysis.faces],
    }
    if not analysis.restorable:
        return f"{named(path)}: no face to restore, nothing written.", data
    sheet = Photo(sweep_sheet(restorer, analysis, stage), format=PhotoFormat.PNG)
    stage("writing")
    write_photo(sheet, target, original=path, edit=sweep_edit(restorer, analysis), overwrite=args.overwrite)
    return f"{named(path)} → {named(target)}.", data


def sweep_sheet(
    restorer: Restorer, analysis: Analysis, stage: Stage = lambda stage: None
) -> NDArray[np.uint8]:
    """Draw a contact sheet: a row for each face, as it is, at 30, 60, its automatic level and 120.

    Parameters
    ----------
    restorer : Restorer
    analysis : Analysis
        Of a photo with at least one restorable face.
    stage : callable
        Is told what is being done.

    Returns
    -------
    (H, W, 3) uint8, RGB
        Faces are cut from the restored photo, at 256 px, or at as many as they have there, up to 512.
    """
    rendering = restorer.begin(analysis)
    rows: dict[int, list[tuple[str, NDArray[np.uint8]]]] = {face.number: [] for face in analysis.restorable}
    for level in _LEVELS:
        stage("restoring at the automatic level" if level is None else f"restoring at {level:.0f}")
        levels = {f.number: f.automatic_level if level is None else level for f in analysis.restorable}
        rendering.set_levels(levels)
        for face in analysis.restorable:
            rows[face.number].append((_label(face, level), cut_face(face, rendering.pixels)))
    return contact_sheet(list(rows.values()))


def sweep_edit(restorer: Restorer, analysis: Analysis) -> AiEdit:
    """Say of a contact sheet that AI drew most of it, with the levels of its columns."""
    columns = [f.automatic_level if v is None else v for f in analysis.restorable for v in _LEVELS]
    return AiEdit(restorer.model_name, tuple(columns), f"Heirloom {__version__}")


def _label(face: AnalysedFace, level: float | None) -> str:
    if level is None:
        return f"auto {face.automatic_level:.0f}"
    return f"{level:.0f}" if level else f"face {face.number}: input"
