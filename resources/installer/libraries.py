"""Shared libraries of the Linux bundle: which something still needs, and OpenCV without its video part.

PyInstaller finds the libraries before `resources.installer.contents` takes plugins out, and OpenCV's wheel
links against FFmpeg although no photo needs it: 30 MB, an OpenSSL 1.1.1 among them, that would have to be
kept up to date. In place of FFmpeg's libraries stand empty ones with the same names.
"""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]
"""An entry of PyInstaller's table of contents: place below ``_internal``, source, kind."""

_OF_THE_SYSTEM = {
    "libEGL.so.1": "libegl1",  # belongs to the graphics driver
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libdrm.so.2": "libdrm2",
    "libgbm.so.1": "libgbm1",
    "libxcb.so.1": "libxcb1",  # must be the one that the driver's OpenGL uses
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
} | dict.fromkeys(
    (
        "ld-linux-x86-64.so.2",
        "libc.so.6",
        "libdl.so.2",
        "libm.so.6",
        "libpthread.so.0",
        "librt.so.1",
        "libutil.so.1",
        "libresolv.so.2",
    ),
    "libc6",
)
"""Libraries that PyInstaller leaves to the system, with the Debian package of each."""
_VIDEO = re.compile(r"lib(avcodec|avdevice|avfilter|avformat|avutil|swresample|swscale)-")
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)$", re.MULTILINE)
_VERSIONED = re.compile(r"^\s+[Uw]\s+(\w+)@+((?:LIBAV|LIBSW)\w+)$", re.MULTILINE)


def needed_by(library: str | Path) -> list[str]:
    """List the libraries that an ELF file names as needed, without theirs."""
    return _NEEDED.findall(_output("objdump", "-p", str(library)))


def reachable(entries: Iterable[Entry]) -> list[Entry]:
    """Leave out the libraries that nothing in the bundle needs, directly or through others.

    Parameters
    ----------
    entries : iterable of Entry
        What PyInstaller found, less what `resources.installer.contents` drops.

    Returns
    -------
    list of Entry
        Extension modules, plugins, the interpreter, and what they need.
    """
    entries = list(entries)
    files = {dest: source for dest, source, kind in entries if kind != "SYMLINK"}
    libraries = defaultdict(list)
    for dest in files:
        if _is_library(dest):
            libraries[PurePosixPath(dest).name].append(dest)
    kept = {dest for dest in files if not _is_library(dest)}
    queue = list(kept)
    while queue:
        for name in needed_by(files[queue.pop()]):
            fresh = [dest for dest in libraries[name] if dest not in kept]
            kept.update(fresh)
            queue += fresh
    return without_dead_links([entry for entry in entries if entry[0] in kept or entry[2] == "SYMLINK"])


def without_dead_links(entries: Iterable[Entry], others: Iterable[Entry] = ()) -> list[Entry]:
    """Leave out the links at the top that lead to a library which is in neither list any more."""
    entries = list(entries)
    there = {dest for dest, _, kind in [*entries, *others] if kind != "SYMLINK"}
    return [entry for entry in entries if entry[2] != "SYMLINK" or entry[1] in there]


def without_video(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """Replace FFmpeg's libraries, which OpenCV is linked against, by empty ones; needs a C compiler.

    Each function that OpenCV names is there and does nothing: it is called only when somebody opens a video.

    Parameters
    ----------
    entries : iterable of Entry
    folder : Path
        Where the empty libraries are built.
    """
    entries = list(entries)
    opencv = next(source for dest, source, _ in entries if PurePosixPath(dest).match("cv2/cv2*.so"))
    functions = defaultdict(list)
    for function, version in _VERSIONED.findall(_output("nm", "-D", "--undefined-only", opencv)):
        functions[version.rpartition("_")[0].lower()].append((function, version))
    stand_ins = {
        name: _build(name, functions[name.partition("-")[0]], folder)
        for name in needed_by(opencv)
        if _VIDEO.match(name)
    }
    result = []
    for dest, source, kind in entries:
        name = PurePosixPath(dest).name
        result.append(
            (dest, str(stand_ins[name]) if kind != "SYMLINK" and name in stand_ins else source, kind)
        )
    return result


def packages_needed(bundle: Path) -> list[str]:
    """List the Debian packages that hold what the bundle expects of the system, the C library first.

    Raises
    ------
    LookupError
        When a library is expected that `_OF_THE_SYSTEM` does not know: carry it, or name its package.
    """
    carried = {path.name for path in bundle.rglob("*") if path.exists()}
    expected: set[str] = set()
    newest = (0, 0)
    for path in bundle.rglob("*"):
        if path.is_symlink() or not path.is_file() or not _is_elf(path):
            continue
        described = _output("objdump", "-p", str(path))
        expected |= set(_NEEDED.findall(described)) - carried
        found = [(int(a), int(b)) for a, b in re.findall(r"\bGLIBC_(\d+)\.(\d+)", described)]
        newest = max([newest, *found])
    unknown = expected - _OF_THE_SYSTEM.keys()
    if unknown:
        raise LookupError(f"nobody carries {', '.join(sorted(unknown))}")
    packages = sorted({_OF_THE_SYSTEM[name] for name in expected} - {"libc6"})
    return [f"libc6 (>= {newest[0]}.{newest[1]})", *packages]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _is_library(dest: str) -> bool:
    """Tell a library, found by its name, from extension modules and plugins, found by their place."""
    path = PurePosixPath(dest)
    in_a_library_folder = path.parent.name.endswith(".libs") or path.parts[:3] == ("PySide6", "Qt", "lib")
    is_alone = len(path.parts) == 1 and re.match(r"lib(?!python).*\.so", path.name) is not None
    return in_a_library_folder or is_alone


def _build(name: str, functions: list[tuple[str, str]], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    source, versions, library = folder / f"{name}.c", folder / f"{name}.map", folder / name
    source.write_text("".join(f"void *{function}(void) {{ return 0; }}\n" for function, _ in functions))
    names = sorted({version for _, version in functions}) or [name.partition("-")[0].upper()]
    versions.write_text("".join(f"{version} {{ global: *; }};\n" for version in names))
    script = f"-Wl,--version-script={versions},-soname,{name},--build-id=none"
    subprocess.run(["gcc", "-shared", "-nostdlib", "-Os", script, "-o", library, source], check=True)
    return library


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
