"""The command ``heirloom``: reads the arguments, runs the command, turns errors into one sentence and an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from engine import __version__
from engine.errors import HeirloomError

_EPILOGUE = """exit codes: 0 done, 1 other failure, 2 senseless request, 3 unreadable photo, 4 unwritable result,
5 model missing or damaged, 6 device failed, 130 interrupted. Of several photos, those that can be done are;
the code is that of the first failure."""


def _level(text: str) -> float | None:
    """Read a level: None for ``auto``."""
    if text.strip().lower() == "auto":
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 150:
        raise argparse.ArgumentTypeError(f"the level must be auto or a number from 0 to 150, not '{text}'")
    return value


def _face_level(text: str) -> tuple[int, float | None]:
    number, separator, level = text.partition("=")
    if not separator or not number.strip().isdigit() or int(number) < 1:
        raise argparse.ArgumentTypeError(f"write NUMBER=LEVEL, for example 2=60, not '{text}'")
    return int(number), _level(level)


def _quality(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"the quality is a whole number from 1 to 100, not '{text}'")
    return int(text)


def _minutes(text: str) -> float:
    """Read a time like ``90m``, ``2h`` or ``45`` (minutes)."""
    units = {"h": 60.0, "m": 1.0, "s": 1 / 60}
    try:
        value = float(text[:-1]) * units[text[-1]] if text[-1:] in units else float(text)
    except ValueError:
        value = 0.0
    if value <= 0:
        raise argparse.ArgumentTypeError(f"write a time like 90m or 2h, not '{text}'")
    return value


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 is needed, not '{text}'")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="heirloom", description="Restore the faces in old and damaged photographs, as far as you decide.", epilog=_EPILOGUE
    )
    parser.add_argument("--version", action="version", version=f"heirloom {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, module: str, summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        sub.set_defaults(module=module)
        return sub

    def running(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--device", default="auto", help="auto (default), cpu, cuda or cuda:N")
        sub.add_argument("--model", help="a model of `heirloom models`; the default one if left out")

    def output(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("-o", "--output", metavar="DIR", help="folder for the results; beside each photo if left out")
        sub.add_argument("--overwrite", action="store_true", help="replace existing results (never an original)")
        sub.add_argument("--json", action="store_true", help="one line of JSON for each photo, for scripts")

    restore = command("restore", "restoring", "write restored copies of photos")
    restore.add_argument("photos", nargs="+", metavar="PHOTO")
    restore.add_argument("--level", type=_level, metavar="LEVEL", help="auto (default) or 0 (as it is) to 150")
    restore.add_argument(
        "--face", type=_face_level, action="append", default=[], metavar="N=LEVEL", help="another level for face N; repeatable"
    )
    restore.add_argument("--format", choices=["jpeg", "png", "webp", "tiff"], help="the photo's own if left out")
    restore.add_argument("--quality", type=_quality, metavar="1..100", help="of JPEG and WebP; close to the source if left out")
    output(restore)
    running(restore)

    faces = command("faces", "inspecting", "list the faces of photos and write annotated pictures")
    faces.add_argument("photos", nargs="+", metavar="PHOTO")
    output(faces)
    running(faces)

    sweep = command("sweep", "inspecting", "write one sheet of each photo's faces: input, 30, 60, auto, 120")
    sweep.add_argument("photos", nargs="+", metavar="PHOTO")
    output(sweep)
    running(sweep)

    demo = command("demo", "demo", "degrade and restore a portrait that comes with the installation")
    demo.add_argument("-o", "--output", default="heirloom-demo", metavar="DIR", help="folder for the pictures (heirloom-demo)")
    running(demo)

    models = command("models", "diagnosing", "list the installed models")
    models.add_argument("--json", action="store_true", help="for scripts")

    doctor = command("doctor", "diagnosing", "check versions, models and what runs on which device")
    doctor.add_argument("--json", action="store_true", help="for scripts")
    doctor.add_argument("--device", default="auto", help="auto (default), cpu, cuda or cuda:N")

    train = command("train", "training", "train a model (needs heirloom[train])")
    train.add_argument("--config", default="shipped", metavar="NAME", help="a configuration of engine.lcqs.training_config")
    train.add_argument("--sharp", required=True, metavar="DIR", help="aligned sharp faces")
    train.add_argument("--old", required=True, metavar="DIR", help="aligned real old faces")
    train.add_argument("--identity", metavar="FILE", help="MobileFaceNet weights for the identity loss")
    train.add_argument("--run", default="runs/shipped", metavar="DIR", help="folder for checkpoint, log and sheets")
    train.add_argument("--budget", type=_minutes, metavar="TIME", help="time for this call: 90m, 2h")
    train.add_argument("--steps", type=_positive, metavar="N", help="length of the run; what fits into the budget if left out")
    train.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    train.add_argument("--device", default="cpu", help="cpu (default) or cuda")

    export = command("export", "training", "turn a checkpoint into a model of the store")
    export.add_argument("checkpoint", metavar="CHECKPOINT")
    export.add_argument("--to", metavar="DIR", help="folder of models; your own if left out")
    export.add_argument("--name", default="heirloom-256")
    export.add_argument("--version", default="0.1")
    export.add_argument("--licence", default="non-commercial research, because of its training data; see its model card")

    evaluate = command("evaluate", "evaluating", "measure a model on aligned sharp faces (needs heirloom[train])")
    evaluate.add_argument("--data", required=True, metavar="DIR", help="aligned sharp faces that training never saw")
    evaluate.add_argument("--identity", metavar="FILE", help="ONNX face embedding for IP, EdgeFace for example")
    evaluate.add_argument("--out", default="runs/evaluation", metavar="DIR", help="folder for tables and sheets")
    evaluate.add_argument("--limit", type=_positive, metavar="N", help="only the first N faces, spread over the folder")
    running(evaluate)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``heirloom``; gives the exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process when None.
    """
    args = _parser().parse_args(arguments)
    try:
        return int(importlib.import_module(f"engine.cli.{args.module}").run(args))
    except HeirloomError as error:
        print(f"heirloom: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("heirloom: interrupted; what was finished is kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
