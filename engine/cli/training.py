"""``heirloom train`` and ``heirloom export``: the one door from the command line to torch."""

from __future__ import annotations

import argparse
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UsageError, named
from engine.paths import is_same
from engine.runtime import check_labels, user_models_folder

if TYPE_CHECKING:
    from engine.lcqs.deblocker_run import DeblockerRun
    from engine.lcqs.finer_run import FinerRun
    from engine.lcqs.trainer import Trainer
    from engine.lcqs.unpaired_run import UnpairedRun


def run(args: argparse.Namespace) -> int:
    """Run either command."""
    if find_spec("torch") is None:
        raise UsageError("Training and export need PyTorch: install it with  pip install 'heirloom[train]'.")
    return _export(args) if args.command == "export" else _train(args)


def _train(args: argparse.Namespace) -> int:
    from engine.evaluation.systems.training import start_of

    if args.steps == 0 and not args.start:
        raise UsageError("A run of no steps only fits α(x): add --from with the weights to fit it to.")
    run = _run(args)
    if args.resume:
        run.resume()
    elif run.checkpoint.exists():
        raise UsageError(
            f"There is a checkpoint in {named(run.folder)}: add --resume to go on, or choose another --run."
        )
    elif start := args.start or start_of(args.config):
        run.start_from(*map(Path, start))
    done = run.run(args.budget, lambda line: print(line, flush=True))
    print(f"{'Complete' if done else 'Not complete yet: go on with --resume'}: {run.checkpoint}")
    return 0 if run.stopped_by is None else 128 + run.stopped_by  # as shells say it


def _run(args: argparse.Namespace) -> UnpairedRun | Trainer | FinerRun | DeblockerRun:
    """Make the run of a configuration: of the shipped model's trainers, or of any method of the table."""
    from engine.evaluation.systems.training import METHODS
    from engine.lcqs.deblocker_run import DEBLOCKER_CONFIGS, DeblockerRun
    from engine.lcqs.finer_run import FINER_CONFIGS, FinerRun
    from engine.lcqs.trainer import Paths, Trainer
    from engine.lcqs.training_config import CONFIGS
    from engine.lcqs.unpaired_run import Folders, UnpairedRun

    if args.config not in {*CONFIGS, *FINER_CONFIGS, *DEBLOCKER_CONFIGS, *METHODS}:
        names = ", ".join([*CONFIGS, *FINER_CONFIGS, *DEBLOCKER_CONFIGS, *METHODS])
        raise UsageError(f"There is no training configuration '{args.config}'; there are: {names}.")
    for folder in filter(None, (args.sharp, args.old)):
        if not Path(folder).is_dir():
            raise UsageError(f"{named(folder)} is no folder.")
    sharp, old = Path(args.sharp), Path(args.old) if args.old else None
    run = Path(args.run or f"runs/{args.config}")
    identity = tuple(Path(path) for path in args.identity)
    if args.config in CONFIGS:
        if old is None:
            raise UsageError(f"The configuration '{args.config}' needs real old faces: add --old DIR.")
        shipped = CONFIGS[args.config].with_pairs(args.pairs or CONFIGS[args.config].pairs)
        return Trainer(shipped, Paths(sharp, old, run, identity), args.steps, args.device)
    if args.config in DEBLOCKER_CONFIGS:
        if not (args.start or args.resume):
            raise UsageError(f"'{args.config}' serves a trained network: add --from with its weights.")
        deblocker = DEBLOCKER_CONFIGS[args.config]
        if args.steps == 0 and not deblocker.faces:
            raise UsageError(f"A run of no steps only fits whom it helps, and '{args.config}' does not.")
        deblocker = deblocker.with_pairs(args.pairs or deblocker.pairs)
        return DeblockerRun(deblocker, sharp, old, run, args.steps, args.device)
    if args.steps == 0:
        raise UsageError(
            f"A run of no steps only fits α(x) and the head mask, and '{args.config}' fits none at the end."
        )
    if args.config in FINER_CONFIGS:
        if not (args.start or args.resume):
            raise UsageError(f"'{args.config}' follows a trained network: add --from with its weights.")
        finer = FINER_CONFIGS[args.config]
        finer = replace(finer, pairs=args.pairs or finer.pairs)
        return FinerRun(finer, sharp, run, args.steps, args.device)
    if args.pairs:
        raise UsageError(f"'{args.config}' has a batch of its own; leave out --pairs.")
    if len(args.start) > 1:
        raise UsageError(f"A run of '{args.config}' starts from one file.")
    config, make = METHODS[args.config]
    return UnpairedRun(config, make, Folders(sharp, old, run, identity), args.steps, args.device)


def _export(args: argparse.Namespace) -> int:
    from engine.lcqs.checkpoint import load_average, load_deblocker, load_finer, save_average
    from engine.lcqs.export import export_model

    check_labels(args.name, args.version, args.licence)
    for checkpoint in filter(None, (args.checkpoint, args.finer, args.deblocker)):
        if args.weights and is_same(Path(checkpoint), Path(args.weights)):
            raise UsageError(
                f"{named(args.weights)} is the checkpoint itself; choose another file for --weights."
            )
    folder = Path(args.to) if args.to else user_models_folder()
    net = load_average(Path(args.checkpoint))
    finer = load_finer(Path(args.finer or args.checkpoint))
    if args.finer and finer is None:
        raise UsageError(f"There is no finer stage in {named(args.finer)}.")
    deblocker = load_deblocker(Path(args.deblocker or args.checkpoint))
    if args.deblocker and deblocker is None:
        raise UsageError(f"There is no deblocker in {named(args.deblocker)}.")
    info = export_model(
        net,
        folder,
        name=args.name,
        version=args.version,
        licence=args.licence,
        finer=finer,
        deblocker=deblocker,
    )
    size = sum(file.bytes for file in info.files.values()) / 1e6
    print(f"{info.name} {info.version}: {size:.1f} MB in {folder}")
    if args.weights:
        save_average(Path(args.checkpoint), Path(args.weights), finer, deblocker)
        print(f"Weights to start another run from: {args.weights}")
    return 0
