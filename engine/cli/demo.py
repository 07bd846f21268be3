"""``heirloom demo``: a portrait that every installation has, spoilt and restored. Needs nothing else."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from engine import __version__
from engine.cli.inspecting import sweep_edit, sweep_sheet
from engine.cli.photos import say_device
from engine.degradation import Damage
from engine.errors import OutputError, PhotoError, named
from engine.folders import package_folders
from engine.photo import AiEdit, Metadata, Photo, PhotoFormat, read_photo, write_photo
from engine.restore import Restorer

_OWN = (b"tEXt", b"Comment\x00Portrait of Eileen Collins (NASA, public domain), from heirloom demo")
"""PNG text by which a later demo knows a file as its own, to be replaced."""

# A small print, copied with a soft lens onto grainy film, kept as JPEG.
_DAMAGE = Damage(seed=1992, blur=1.0, shrink=2.2, noise=5.0, noise_grey=True, jpeg_first=60)


def run(args: argparse.Namespace) -> int:
    """Write before.png, after.png and sweep.png."""
    folder = Path(args.output)
    paths = {name: folder / f"{name}.png" for name in ("before", "after", "sweep")}
    for path in paths.values():
        _check_own(path)
    bar = tqdm(total=4, leave=False, disable=not sys.stderr.isatty(), bar_format="{l_bar}{bar}")

    def stage(name: str) -> None:
        bar.set_description(name)
        bar.update(bar.n < 3)

    with bar, Restorer(device=args.device, model=args.model) as restorer:
        say_device(restorer.report.fallback, args.device)
        stage("finding the face")
        before = Photo(_DAMAGE.apply(portrait()), format=PhotoFormat.PNG, metadata=Metadata(chunks=(_OWN,)))
        analysis = restorer.analyse(before)
        stage("restoring it")
        after = restorer.render(analysis)
        levels = tuple(face.automatic_level for face in analysis.restorable)
        sheet = Photo(sweep_sheet(restorer, analysis), metadata=before.metadata)
        stage("writing")
        edit = AiEdit(restorer.model_name, levels, f"Heirloom {__version__}")
        write_photo(before, paths["before"], overwrite=True)
        write_photo(after, paths["after"], edit=edit, overwrite=True)
        write_photo(sheet, paths["sweep"], edit=sweep_edit(restorer, analysis), overwrite=True)
    if args.json:
        told: dict[str, Any] = {name: str(path.absolute()) for name, path in paths.items()}
        print(json.dumps(told | {"levels": [round(v, 1) for v in levels], "model": restorer.info.name}))
        return 0
    labels = ("damaged portrait", f"restored at {levels[0]:.0f}", "at 30, 60, auto, 120")
    for label, path in zip(labels, paths.values(), strict=True):
        print(f"{label + ':':<22}{path.absolute()}")
    return 0


def portrait() -> np.ndarray:
    """Read the portrait that scikit-image carries, without importing the package, which takes SciPy along.

    Returns
    -------
    (512, 512, 3) uint8 RGB array

    Raises
    ------
    PhotoError
        The package or its file is missing.
    """
    for folder in package_folders("skimage"):
        return read_photo(folder / "data" / "astronaut.png").pixels
    raise PhotoError("The demo's portrait is missing; install Heirloom again.")


def _check_own(path: Path) -> None:
    """Raise OutputError when there is a file that no demo wrote."""
    if not path.exists() and not path.is_symlink():
        return
    try:
        own = _OWN in read_photo(path).metadata.chunks
    except PhotoError:
        own = False
    if not own:
        raise OutputError(f"{named(path)} is not of an earlier demo; choose another folder with -o.")
