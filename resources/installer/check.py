"""Tries whether a bundle works where there is no Python, no network, and nothing of the build machine.

    python -m resources.installer.check dist/heirloom

Runs both programs as a user would, in an empty environment and, where the system allows, with the network
cut, and prints what it measured beside the goals. Needs nothing but the standard library.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 300.0  # seconds, for one run on a busy machine
_FOREIGN = tuple(Path(__file__).parent / name for name in ("telephone.heic", "archive.jp2"))
"""Scikit-image's portrait as a telephone and an archive would have it: other libraries decode them."""


class CheckError(Exception):
    """The bundle does not do what it must."""


@dataclass(frozen=True)
class Figure:
    """Something measured.

    Attributes
    ----------
    name, unit : str
    value : float
    goal : float or None
        Largest allowed value; None where there is no goal.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def is_reached(self) -> bool:
        """Whether the value is within its goal."""
        return self.goal is None or self.value <= self.goal

    def __str__(self) -> str:
        """One line of the report."""
        verdict = "" if self.goal is None else f"   goal {self.goal:g} {self.unit}   "
        verdict += "" if self.goal is None else "reached" if self.is_reached else "MISSED"
        return f"{self.name:<58}{self.value:9.2f} {self.unit}{verdict}"


class Bench:
    """Runs the programs of a bundle in an environment of their own.

    Parameters
    ----------
    bundle : Path
        The folder with both programs.
    home : Path
        An empty folder, the home of whoever runs them.
    """

    def __init__(self, bundle: Path, home: Path) -> None:
        self.bundle, self.home = bundle.resolve(), home
        self.prefix = cut_network()
        self.log = self._data_folder() / "heirloom-desktop.log"

    def program(self, name: str) -> str:
        """Return the path of ``heirloom`` or ``heirloom-desktop``."""
        return str(self.bundle / (f"{name}.exe" if sys.platform == "win32" else name))

    def environment(self, **more: str) -> dict[str, str]:
        """Return the variables that a session has without any developer's tools."""
        if sys.platform == "win32":
            system = os.environ["SYSTEMROOT"]
            base = {"SYSTEMROOT": system, "PATH": f"{system}\\System32", "TEMP": str(self.home)}
            base |= {"LOCALAPPDATA": str(self.home), "APPDATA": str(self.home), "USERPROFILE": str(self.home)}
            return base | more
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8", **more}

    def run(self, *arguments: str, expected: int = 0) -> str:
        """Run ``heirloom`` to its end; gives its standard output.

        Raises
        ------
        CheckError
            When it leaves with another code than `expected`.
        """
        done = subprocess.run(
            [*self.prefix, self.program("heirloom"), *arguments],
            env=self.environment(),
            cwd=self.home,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_PATIENCE,
        )
        if done.returncode != expected:
            said = f"{done.stdout}{done.stderr}".strip()
            raise CheckError(f"heirloom {' '.join(arguments)}: left with {done.returncode}\n{said}")
        return done.stdout

    @contextmanager
    def window(self, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """Run ``heirloom-desktop`` for as long as the block lasts."""
        variables = {"QT_QPA_PLATFORM": "offscreen"} | variables
        process = subprocess.Popen(
            [*self.prefix, self.program("heirloom-desktop"), *arguments],
            env=self.environment(**variables),
            cwd=self.home,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def wait_for(self, line: str, process: subprocess.Popen[str], since: float) -> float:
        """Wait for a line of the window's log; gives the seconds since `since`.

        Raises
        ------
        CheckError
            When the program ends first, or the line does not come.
        """
        while line not in self.written():
            if process.poll() is not None or time.perf_counter() - since > _PATIENCE:
                raise CheckError(f"heirloom-desktop: no {line!r} in its log\n{self.written()}")
            time.sleep(0.005)
        return time.perf_counter() - since

    def written(self) -> str:
        """Return what the window's log says."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def _data_folder(self) -> Path:
        return self.home / "heirloom" if sys.platform == "win32" else self.home / ".local/share/heirloom"


def cut_network() -> list[str]:
    """Return the words before a command that run it without any network; none where the system can't."""
    for command in (["unshare", "--net"], ["unshare", "--net", "--map-root-user"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*command, "true"], capture_output=True).returncode == 0
        ):
            return command
    return []


def check(bundle: Path) -> list[Figure]:
    """Run everything; gives what was measured.

    Parameters
    ----------
    bundle : Path
        The folder with both programs.

    Raises
    ------
    CheckError
        When something does not work at all.
    """
    with tempfile.TemporaryDirectory(prefix="heirloom-check-") as folder:
        bench = Bench(bundle, Path(folder))
        figures = [Figure("network cut (1 yes, 0 no)", float(bool(bench.prefix)), "")]
        figures += _check_command_line(bench)
        figures += _check_window(bench)
        _check_damage(bench)
        _check_traces(bench)
        return figures


def _check_command_line(bench: Bench) -> list[Figure]:
    helping = min(_seconds(lambda: bench.run("--help")) for _ in range(5))
    report = json.loads(bench.run("doctor", "--json"))
    if report["errors"] or not all(model["whole"] for model in report["models"]):
        raise CheckError(f"heirloom doctor is not content: {report}")
    bench.run("train", "--sharp", ".", "--old", ".", expected=2)  # says that it needs PyTorch
    demo = _seconds(lambda: bench.run("demo", "-o", "demo"))
    bench.run("restore", "demo/before.png", "-o", "restored", "--format", "jpeg")
    bench.run("restore", *map(str, _FOREIGN), "-o", "restored")
    bench.run("album", "demo", "-o", "album")
    if len(list((bench.home / "restored").iterdir())) != 1 + len(_FOREIGN):
        raise CheckError("heirloom restore did not write a copy of each photo")
    return [
        Figure("heirloom --help (least of 5)", helping, "s", 0.6),
        Figure("heirloom demo", demo, "s"),
    ]


def _check_window(bench: Bench) -> list[Figure]:
    starts = []
    is_cold = _forget_files()
    for _ in range(4):
        bench.log.unlink(missing_ok=True)
        since = time.perf_counter()
        with bench.window() as process:
            starts.append(bench.wait_for("window shown", process, since))
    bench.log.unlink(missing_ok=True)
    since = time.perf_counter()
    with bench.window(str(bench.home / "demo" / "before.png")) as process:
        restored = bench.wait_for("restored view", process, since)
    cold = "from the disk" if is_cold else "first start"
    return [
        Figure(f"window shown, {cold}", starts[0], "s", 2.5),
        Figure("window shown, started before (least of 3)", min(starts[1:]), "s"),
        Figure("start to restored photo", restored, "s"),
    ]


def _check_damage(bench: Bench) -> None:
    """A bundle whose model was cut short says so, and the window lives to say it."""
    with tempfile.TemporaryDirectory(prefix="heirloom-damaged-") as folder:
        damaged = Path(folder) / "heirloom"
        shutil.copytree(bench.bundle, damaged, symlinks=True, copy_function=_link)
        model = next((damaged / "_internal" / "resources" / "models").glob("*-decode.onnx"))
        content = model.read_bytes()[:-1000]
        model.unlink()  # a link: the bundle's own file stays whole
        model.write_bytes(content)
        broken = Bench(damaged, bench.home)
        broken.run("doctor", expected=5)
        bench.log.unlink(missing_ok=True)
        with broken.window() as process:
            broken.wait_for("is damaged", process, time.perf_counter())


def _check_traces(bench: Bench) -> None:
    """Nothing but Heirloom's own files may appear in a home, least of all reports to somebody."""
    text = "".join(path.as_posix().lower() for path in bench.home.rglob("*"))
    for stranger in ("onnxruntime", "deviceid", "microsoft/developertools"):
        if stranger in text:
            raise CheckError(f"{stranger} has left something in the home folder")


def _link(source: str, destination: str) -> str:
    try:
        os.link(source, destination)
    except OSError:  # another disk
        shutil.copy2(source, destination)
    return destination


def _forget_files() -> bool:
    """Make the system forget the files that it read, so that the next start is a cold one; True if it did."""
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except (OSError, AttributeError):
        return False
    return True


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a bundle, print the figures; 0 when it works and reaches its goals."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("bundle", type=Path)
    options = parser.parse_args(arguments)
    try:
        figures = check(options.bundle)
    except CheckError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{figure}\n" for figure in figures))
    return 0 if all(figure.is_reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
