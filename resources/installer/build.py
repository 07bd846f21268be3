"""Builds the bundle, checks it, and makes the installers of the system that it runs on.

    python -m resources.installer.build                    everything, into dist/
    python -m resources.installer.build --until check      only the bundle and its checks
    python -m resources.installer.build --variant cuda     with CUDA and cuDNN

Leaves with an error when something does not work or a size is missed. Times are goals of a quiet machine: a
missed one is printed, and is an error only with ``--strict``.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from engine import __version__
from resources.installer import check, environment, sizes
from resources.installer.check import Figure

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("bundle", "check", "installers")
_LARGEST_BUNDLE, _LARGEST_INSTALLER = 450.0, 180.0  # MB, of the variant for the processor


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps; 0 when all of them succeeded."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--variant", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="for bundle and installers (dist)")
    parser.add_argument("--work", type=Path, default=ROOT / "build", help="for everything else (build)")
    parser.add_argument("--from", dest="first", choices=STEPS, default="bundle", help="skip the steps before")
    parser.add_argument("--until", dest="last", choices=STEPS, default="installers", help="skip the rest")
    parser.add_argument("--strict", action="store_true", help="a missed time is an error as well")
    options = parser.parse_args(arguments)
    out, work = options.out.resolve(), options.work.resolve() / options.variant
    out.mkdir(parents=True, exist_ok=True)
    work.mkdir(parents=True, exist_ok=True)
    steps = STEPS[STEPS.index(options.first) : STEPS.index(options.last) + 1]
    bundle = out / "heirloom"
    epoch = source_date()
    python = environment.prepare(work / "environment", options.variant)
    figures: list[Figure] = []
    if "bundle" in steps:
        make_bundle(python, options.variant, out, work, epoch)
    _say(f"load {_load()}")
    if "check" in steps:
        measured = sizes.by_component(bundle)
        _say(sizes.table(measured))
        goal = _LARGEST_BUNDLE if options.variant == "cpu" else None
        figures.append(Figure("installed", measured.total() / 1e6, "MB", goal))
        try:
            figures += check.check(bundle)
        except check.CheckError as error:
            _say(str(error))
            return 1
        _say("\n".join(map(str, figures)))
    if "installers" in steps:
        made = make_installers(python, options.variant, out, work, epoch)
        goal = _LARGEST_INSTALLER if options.variant == "cpu" else None
        packed = [
            Figure(path.name, path.stat().st_size / 1e6, "MB", None if path.suffix == ".json" else goal)
            for path in made
        ]
        _say("\n".join(map(str, packed)))
        figures += packed
        write_sums(made, out / f"SHA256SUMS-{sys.platform}-{options.variant}")
    missed = [figure for figure in figures if not figure.is_reached]
    return int(any(options.strict or figure.unit == "MB" for figure in missed))


def source_date() -> int:
    """Return the date that everything in the bundle gets: ``SOURCE_DATE_EPOCH``, or the last commit's."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    git = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    return int(git.stdout) if git.returncode == 0 else int(time.time())


def make_bundle(python: Path, variant: str, out: Path, work: Path, epoch: int) -> None:
    """Run PyInstaller so that the same sources give the same files, as far as it can."""
    fixed = {"HEIRLOOM_VARIANT": variant, "SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "0"}
    folders: list[str | Path] = ["--distpath", out, "--workpath", work / "pyinstaller"]
    command: list[str | Path] = [
        python,
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--log-level=WARN",
        *folders,
        "build.spec",
    ]
    subprocess.run(command, cwd=ROOT, env=os.environ | fixed, check=True)
    for path in (out / "heirloom").rglob("*"):
        if not path.is_symlink():
            os.utime(path, (epoch, epoch))


def make_installers(python: Path, variant: str, out: Path, work: Path, epoch: int) -> list[Path]:
    """Make what this system can make: packages on Linux, the setup program on Windows, the list of parts."""
    name = __version__ if variant == "cpu" else f"{__version__}-{variant}"
    parts = out / f"heirloom-{name}-{sys.platform}.cdx.json"
    bill: list[str | Path] = [python, "-m", "resources.installer.bill", out / "heirloom", parts]
    fixed = os.environ | {"SOURCE_DATE_EPOCH": str(epoch), "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(bill, cwd=ROOT, env=fixed, check=True)
    if sys.platform == "win32":
        return [_setup(out, variant), parts]
    # Icons are drawn by Qt, which is in that environment.
    packages: list[str | Path] = [python, "-m", "resources.installer.linux_packages", out, work]
    done = subprocess.run(
        [*packages, name, str(epoch)],
        cwd=ROOT,
        env=fixed,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return [*map(Path, done.stdout.splitlines()), parts]


def write_sums(files: Sequence[Path], path: Path) -> None:
    """Write the SHA-256 of files as ``sha256sum --check`` reads them."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def _setup(out: Path, variant: str) -> Path:
    """Run Inno Setup's compiler."""
    compiler = shutil.which("ISCC") or r"C:\Program Files (x86)\Inno Setup 6\ISCC.exe"
    script = ROOT / "resources" / "installer" / "windows" / "heirloom.iss"
    defines = [f"/DVersion={__version__}", f"/DVariant={variant}", f"/DBundle={out / 'heirloom'}"]
    subprocess.run([compiler, "/Qp", *defines, f"/O{out}", script], check=True)
    return out / f"heirloom-{__version__}-windows-{variant}-setup.exe"


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if hasattr(os, "getloadavg") else "unknown"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
