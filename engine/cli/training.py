"""``heirloom train`` and ``heirloom export``: the one door from the command line to torch."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

from engine.errors import UsageError, named
from engine.runtime import user_models_folder


def run(args: argparse.Namespace) -> int:
    """Run either command."""
    if find_spec("torch") is None:
        raise UsageError("Training and export need PyTorch: install it with  pip install 'heirloom[train]'.")
    return _export(args) if args.command == "export" else _train(args)


def _train(args: argparse.Namespace) -> int:
    from engine.lcqs.trainer import Paths, Trainer
    from engine.lcqs.training_config import CONFIGS

    if args.config not in CONFIGS:
        raise UsageError(
            f"There is no training configuration '{args.config}'; there are: {', '.join(CONFIGS)}."
        )
    for folder in (args.sharp, args.old):
        if not Path(folder).is_dir():
            raise UsageError(f"{named(folder)} is no folder.")
    identity = Path(args.identity) if args.identity else None
    paths = Paths(Path(args.sharp), Path(args.old), Path(args.run), identity)
    trainer = Trainer(CONFIGS[args.config], paths, args.steps, args.device)
    if args.resume:
        trainer.resume()
    elif (paths.run / "checkpoint.pt").exists():
        raise UsageError(
            f"There is a checkpoint in {named(paths.run)}: add --resume to go on, or choose another --run."
        )
    elif args.start:
        trainer.start_from(Path(args.start))
    done = trainer.run(args.budget, lambda line: print(line, flush=True))
    print(f"{'Complete' if done else 'Not complete yet: go on with --resume'}: {paths.run / 'checkpoint.pt'}")
    return 0


def _export(args: argparse.Namespace) -> int:
    from engine.lcqs.checkpoint import load_average, save_average
    from engine.lcqs.export import export_model

    folder = Path(args.to) if args.to else user_models_folder()
    net = load_average(Path(args.checkpoint))
    info = export_model(net, folder, name=args.name, version=args.version, licence=args.licence)
    size = sum(file.bytes for file in info.files.values()) / 1e6
    print(f"{info.name} {info.version}: {size:.1f} MB in {folder}")
    if args.weights:
        save_average(Path(args.checkpoint), Path(args.weights))
        print(f"Weights to start another run from: {args.weights}")
    return 0
