"""What can be typed after ``heirloom``. Imports nothing heavy: ``heirloom --help`` answers at once."""

from __future__ import annotations

import argparse
from typing import NoReturn

from engine import __version__

_EPILOGUE = """exit codes: 0 done, 1 other failure, 2 senseless request, 3 unreadable photo, 4 unwritable
result, 5 model missing or damaged, 6 device failed, 130 interrupted, 143 terminated. Of several photos, those
that can be done are; the code is that of the first failure. HEIRLOOM_DEBUG=1 shows where an error came
from."""


class _Parser(argparse.ArgumentParser):
    """A parser that answers a mistake with one sentence instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and leave with the code of a senseless request."""
        self.exit(2, f"heirloom: {message.removeprefix('argument ')}; see `{self.prog} --help`.\n")


def parser() -> argparse.ArgumentParser:
    """Make the parser. Its result names the module of `engine.cli` that runs the command: ``module``."""
    root = _Parser(
        prog="heirloom",
        description="Restore the faces in old and damaged photographs, as far as you decide.",
        epilog=_EPILOGUE,
    )
    root.add_argument("--version", action="version", version=f"heirloom {__version__}")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, module: str, summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        sub.set_defaults(module=module)
        return sub

    restore = command("restore", "restoring", "write restored copies of photos")
    _photos(restore)
    restore.add_argument(
        "--level", type=_level, metavar="LEVEL", help="auto (default), or 0 (as it is) to 150"
    )
    restore.add_argument(
        "--face",
        type=_face_level,
        action="append",
        default=[],
        metavar="N=LEVEL",
        help="another level for face N of `heirloom faces`; repeatable",
    )
    restore.add_argument(
        "--format", choices=["jpeg", "png", "webp", "tiff"], help="the photo's own if left out"
    )
    restore.add_argument(
        "--quality", type=_quality, metavar="1..100", help="of JPEG and WebP; close to the source if left out"
    )
    _arrangement(restore)
    _output(restore)
    _running(restore)

    faces = command("faces", "inspecting", "list the faces of photos and write pictures that show them")
    _photos(faces)
    _output(faces)
    _running(faces)

    sweep = command("sweep", "inspecting", "write one sheet of each photo's faces: input, 30, 60, auto, 120")
    _photos(sweep)
    _output(sweep)
    _running(sweep)

    demo = command("demo", "demo", "degrade and restore a portrait that comes with the installation")
    demo.add_argument(
        "-o", "--output", default="heirloom-demo", metavar="DIR", help="for the pictures (heirloom-demo)"
    )
    demo.add_argument("--json", action="store_true", help="for scripts")
    _running(demo)

    album = command(
        "album", "album", "restore whole folders, resumably; `album report DIR` writes a page about it"
    )
    album.add_argument("inputs", nargs="+", metavar="INPUT", help="folders, photos, patterns, or report DIR")
    album.add_argument("-o", "--output", metavar="DIR", help="for the results and the journal of the job")
    album.add_argument("--level", metavar="LEVEL", help="auto (if left out), auto+N, auto-N, or 0 to 150")
    album.add_argument(
        "--format", choices=["jpeg", "png", "webp", "tiff"], help="each photo's own if left out"
    )
    album.add_argument(
        "--quality", type=_quality, metavar="1..100", help="of JPEG and WebP; close to the source if left out"
    )
    _arrangement(album)
    album.add_argument(
        "--only",
        choices=["jpeg", "png", "webp", "tiff"],
        action="append",
        help="take only photos of this format from folders (HEIC, AVIF: jpeg; JPEG 2000, BMP: png);"
        " repeatable",
    )
    album.add_argument(
        "--copy",
        action=argparse.BooleanOptionalAction,
        help="copy photos without a face; skipped if left out",
    )
    album.add_argument(
        "--resume",
        action="store_true",
        help="go on with the job that DIR holds, if any; it keeps its settings where you name no others",
    )
    album.add_argument("--retry-failed", action="store_true", help="try again what failed before")
    album.add_argument("--overwrite", action="store_true", help="replace existing files (never an original)")
    album.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    album.add_argument(
        "--ray", nargs="?", const="", metavar="ADDRESS", help="on a Ray cluster (needs heirloom[ray])"
    )
    album.add_argument("--json", action="store_true", help="one line of JSON for each photo, for scripts")
    album.add_argument("--shown", type=_positive, default=200, metavar="N", help="photos in the report (200)")
    _running(album)

    models = command("models", "diagnosing", "list the installed models")
    models.add_argument("--json", action="store_true", help="for scripts")

    doctor = command("doctor", "diagnosing", "check versions, models and what runs on which device")
    doctor.add_argument("--json", action="store_true", help="for scripts")
    _running(doctor)

    train = command("train", "training", "train a model (needs heirloom[train])")
    train.add_argument(
        "--config",
        default="shipped",
        metavar="NAME",
        help="shipped (default); finer, the stage that follows it; deblocker, the one before it; "
        "unpaired, or upper-layers, upper, baseline (its ablation); psfrgan, prior, gfpgan, bulat, lu "
        "(what it is compared with)",
    )
    train.add_argument("--sharp", required=True, metavar="DIR", help="aligned sharp faces")
    train.add_argument(
        "--old",
        metavar="DIR",
        help="aligned real old faces; without them, unpaired methods damage sharp faces of other people",
    )
    train.add_argument(
        "--identity",
        metavar="FILE",
        action="append",
        default=[],
        help="network for the identity loss: MobileFaceNet or an ONNX embedding; may be given again",
    )
    train.add_argument("--run", metavar="DIR", help="for checkpoint, log and sheets (runs/NAME)")
    train.add_argument("--budget", type=_minutes, metavar="TIME", help="time for this call: 90m, 2h")
    train.add_argument(
        "--steps",
        type=_natural,
        metavar="N",
        help="length of the run; what fits the budget if left out; 0 with --from: fit α(x) and mask alone",
    )
    train.add_argument(
        "--pairs",
        type=_positive,
        metavar="N",
        help="faces in a batch (8), or windows of them (32); a card is busy with 64 and more",
    )
    train.add_argument(
        "--from",
        dest="start",
        nargs="+",
        default=[],
        metavar="FILE",
        help="start from a checkpoint or its weights; shipped: from the mean of several; "
        "finer: the network that it follows, and the stage to go on from if there is one; "
        "deblocker: the network that it serves, then a checkpoint to go on from",
    )
    train.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    train.add_argument("--device", default="cpu", help="cpu (default) or cuda")

    export = command("export", "training", "turn a checkpoint into a model of the store")
    export.add_argument("checkpoint", metavar="CHECKPOINT")
    export.add_argument(
        "--finer",
        metavar="CHECKPOINT",
        help="checkpoint of its finer stage; if left out, the one that comes with it",
    )
    export.add_argument(
        "--deblocker",
        metavar="CHECKPOINT",
        help="checkpoint of the deblocker before it; if left out, the one that comes with it",
    )
    export.add_argument("--to", metavar="DIR", help="folder of models; your own if left out")
    export.add_argument("--weights", metavar="FILE", help="also write the weights alone, for train --from")
    export.add_argument("--name", default="heirloom-256")
    export.add_argument("--version", default="0.1")
    export.add_argument(
        "--licence", default="non-commercial research, because of its training data; see its model card"
    )

    evaluate = command(
        "evaluate", "evaluating", "make the poster's table on sharp faces (needs heirloom[train])"
    )
    evaluate.add_argument(
        "--data",
        required=True,
        metavar="DIR",
        help="sharp faces, unseen in training; in pictures that are not square, faces are found",
    )
    evaluate.add_argument("--families", metavar="A,B", help="mild, moderate, severe (all)")
    evaluate.add_argument(
        "--systems",
        metavar="A,B",
        help="input, bicubic, psfrgan, gfpgan, zssr, pulse, bulat, lu, unpaired, baseline, upper, "
        "upper-layers, shipped (all)",
    )
    evaluate.add_argument(
        "--out", default="runs/evaluation", metavar="DIR", help="for the page and its pictures"
    )
    evaluate.add_argument(
        "--limit", type=_positive, metavar="N", help="only N pictures, spread over the folder"
    )
    evaluate.add_argument(
        "--slow-faces",
        type=_positive,
        default=40,
        metavar="N",
        help="of how many pictures zssr and pulse restore the faces (40)",
    )
    evaluate.add_argument(
        "--identity",
        metavar="FILE",
        help="what IP is measured with: dlib (if installed, the default), or an ONNX face embedding",
    )
    evaluate.add_argument(
        "--no-samples", action="store_true", help="no sheets: for faces that may not be shown"
    )
    evaluate.add_argument(
        "--weights", metavar="DIR", help="weights of your own training runs, used where there"
    )
    _running(evaluate)

    compare = command("compare", "comparing", "make a blind sheet of two models' faces, or count its answers")
    compare.add_argument("models", nargs="*", metavar="MODEL", help="two names or folders, or `input`")
    compare.add_argument("--photos", metavar="DIR", help="photos with faces")
    compare.add_argument("-o", "--output", default="runs/comparison", metavar="DIR", help="for the sheet")
    compare.add_argument("--level", type=_level, metavar="LEVEL", help="auto (default), or 0 to 150")
    compare.add_argument("--seed", type=int, default=0, metavar="N", help="of the shuffling")
    compare.add_argument("--tally", action="store_true", help="count the answers in --output")
    compare.add_argument(
        "--overwrite", action="store_true", help="replace an older comparison there, and remove its answers"
    )
    compare.add_argument("--device", default="auto", help="auto (default), cpu, cuda or cuda:N")
    return root


def _arrangement(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--upright",
        action=argparse.BooleanOptionalAction,
        help="turn the copy of a photo that lies on its side or upside down, so that its faces stand",
    )
    sub.add_argument(
        "--enlarge",
        type=int,
        choices=[1, 2, 3, 4],
        metavar="1..4",
        help="make the copy so many times as wide and high: room for what a small face gains",
    )


def _photos(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("photos", nargs="+", metavar="PHOTO")


def _output(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("-o", "--output", metavar="DIR", help="for the results; beside each photo if left out")
    sub.add_argument("--overwrite", action="store_true", help="replace existing results (never an original)")
    sub.add_argument("--json", action="store_true", help="one line of JSON for each photo, for scripts")


def _running(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--device", default="auto", help="auto (default), cpu, cuda or cuda:N")
    sub.add_argument(
        "--model", metavar="NAME", help="one of `heirloom models`, or a folder with one; else the default"
    )


def _level(text: str) -> float | None:
    """Read a level: None for ``auto``."""
    if text.strip().lower() == "auto":
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 150:
        raise argparse.ArgumentTypeError(f"the level must be auto or a number from 0 to 150, not {text!r}")
    return value


def _face_level(text: str) -> tuple[int, float | None]:
    number, separator, level = text.partition("=")
    if not separator or not number.strip().isdecimal() or int(number) < 1:
        raise argparse.ArgumentTypeError(f"write NUMBER=LEVEL, for example 2=60, not {text!r}")
    return int(number), _level(level)


def _quality(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"the quality is a whole number from 1 to 100, not {text!r}")
    return int(text)


def _minutes(text: str) -> float:
    """Read a time like ``90m``, ``2h`` or ``45`` (minutes)."""
    units = {"h": 60.0, "m": 1.0, "s": 1 / 60}
    try:
        value = float(text[:-1]) * units[text[-1]] if text[-1:] in units else float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"write a time like 90m or 2h, not {text!r}")
    return value


def _natural(text: str, least: int = 0) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"a whole number from {least} is needed, not {text!r}")
    return int(text)


def _positive(text: str) -> int:
    return _natural(text, 1)
