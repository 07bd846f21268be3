"""``heirloom evaluate``: the poster's table, on any faces."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from engine.degradation import FAMILIES
from engine.errors import ModelError, OutputError, UsageError, named
from engine.runtime import find_model

if TYPE_CHECKING:
    from engine.evaluation.metrics import IdentityMetric
    from engine.evaluation.systems.registry import System


def run(args: argparse.Namespace) -> int:
    """Measure, resuming what was interrupted, and write the page."""
    for package in ("torch", "matplotlib"):
        if find_spec(package) is None:
            raise UsageError(f"Evaluation needs {package}: install it with  pip install 'heirloom[train]'.")
    from engine.evaluation.faces import FaceReader, find_images, some_of
    from engine.evaluation.lpips import Lpips
    from engine.evaluation.metrics import Metrics, open_identity
    from engine.evaluation.protocol import Protocol, evaluate
    from engine.evaluation.records import Journal
    from engine.evaluation.report import write_report
    from engine.evaluation.systems.registry import SIZE

    families = _chosen(args.families, tuple(FAMILIES), "family")
    data, out = Path(args.data), Path(args.out)
    paths = find_images(data, args.limit)
    identity = open_identity(args.identity)
    lpips, no_lpips = None, ""
    try:
        lpips = Lpips()
    except ModelError as error:
        no_lpips = str(error)
    metrics = Metrics(identity, lpips)
    protocol = Protocol(_systems(args), families, metrics)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{named(out)} can't be used ({error.strerror}); choose another folder.") from error
    skipped = 0

    def notice(line: str) -> None:
        nonlocal skipped
        skipped += line.startswith("skipped")
        _say(line)

    slow = some_of(paths, data, args.slow_faces)
    journal = Journal(out / f"records-{metrics.version}.jsonl")
    shown_paths = tqdm(paths, unit="face", disable=not sys.stderr.isatty())
    records, shown = evaluate(protocol, FaceReader(data, SIZE, notice), shown_paths, slow, journal)
    if not records:
        raise UsageError(f"No face in {named(data)} can be read.")
    if skipped:
        _say(f"{skipped} of {len(paths)} pictures were skipped")
    shown = [] if args.no_samples else shown
    print(write_report(records, protocol, shown, _command(args, identity), out, no_lpips))
    print(f"The page, as table.md and table.html, and its pictures are in {out}.")
    return 0


def _systems(args: argparse.Namespace) -> dict[str, System]:
    """Open the systems that were asked for, or all for which there are weights."""
    from engine.evaluation.systems.registry import ROWS, open_system

    names = tuple(row.name for row in ROWS)
    weights, model = Path(args.weights) if args.weights else None, find_model(args.model)
    if weights and not weights.is_dir():
        raise UsageError(f"{named(weights)} is no folder.")
    systems = {}
    for name in _chosen(args.systems, names, "system"):
        try:
            systems[name] = open_system(name, weights, model, args.device)
        except ModelError as error:
            if args.systems:
                raise
            _say(f"{name} is left out: {error}")
    return systems


def _chosen(text: str | None, names: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """Read a list of names, in the order of `names`; all when there is none."""
    if not text:
        return names
    asked = [name.strip() for name in text.split(",")]
    for name in asked:
        if name not in names:
            raise UsageError(f"There is no {kind} '{name}'; there are: {', '.join(names)}.")
    return tuple(name for name in names if name in asked)


def _command(args: argparse.Namespace, identity: IdentityMetric | None) -> str:
    """Say what was typed, without the places of one's own machine."""
    options = [f"--data {Path(args.data).name}"]
    options += [
        f"--{name} {getattr(args, name)}" for name in ("families", "systems", "limit") if getattr(args, name)
    ]
    options += [f"--slow-faces {args.slow_faces}"]
    options += [f"--identity {identity.name}"] if identity else []
    options += ["--no-samples"] if args.no_samples else []
    return " ".join(["heirloom evaluate", *options])


def _say(line: str) -> None:
    print(f"heirloom: {line}", file=sys.stderr)
