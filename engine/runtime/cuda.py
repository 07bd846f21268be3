"""Why CUDA can't be used here, found out before ONNX Runtime falls back without a word."""

import contextlib
import ctypes
import functools
import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

_IS_BUNDLE = getattr(sys, "frozen", False)
INSTALL_LIBRARIES = (
    "install Heirloom again" if _IS_BUNDLE else "install them with pip install 'heirloom[cuda]'"
)
INSTALL_RUNTIME = (
    "install Heirloom for NVIDIA cards"
    if _IS_BUNDLE
    else "on x86-64 Linux or Windows, uninstall onnxruntime and install onnxruntime-gpu"
)

_DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
_CUDNN = "cudnn64_9.dll" if sys.platform == "win32" else "libcudnn.so.9"


def find_obstacle(index: int) -> str | None:
    """Tell what stands between Heirloom and CUDA device `index`.

    Looks, in this order, at the installed ONNX Runtime, the NVIDIA driver and its devices, and the CUDA and
    cuDNN libraries. The libraries are loaded in passing, so that a session made afterwards finds them.

    Parameters
    ----------
    index : int
        Number of the device, 0 for the first.

    Returns
    -------
    str or None
        Cause and remedy without a full stop, or None when nothing stands in the way.
    """
    # Imported here as in session.py: it takes a sixth of a second, which `heirloom --help` must not wait for.
    import onnxruntime

    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        return f"the installed ONNX Runtime has no CUDA support; {INSTALL_RUNTIME}"
    needed = getattr(onnxruntime, "cuda_version", None) or "0"
    return driver_obstacle(index, int(needed.split(".")[0])) or library_obstacle()


def driver_obstacle(index: int, needed_major: int) -> str | None:
    """Ask the NVIDIA driver whether it runs, is new enough, and has device `index`.

    Uses the CUDA driver API (``cuInit``, ``cuDriverGetVersion``, ``cuDeviceGetCount``), which comes with the
    driver and needs no CUDA installation.

    Parameters
    ----------
    index : int
        Number of the device, 0 for the first.
    needed_major : int
        Major CUDA version that ONNX Runtime was built for, e.g. 13.

    Returns
    -------
    str or None
        Cause and remedy, or None.
    """
    try:
        driver = load_library(_DRIVER)
    except OSError:
        return "no NVIDIA driver was found; install the driver for your card (nvidia-smi must then list it)"
    status = driver.cuInit(0)
    devices, version = ctypes.c_int(0), ctypes.c_int(0)
    if status == 0:
        driver.cuDriverGetVersion(ctypes.byref(version))
        driver.cuDeviceGetCount(ctypes.byref(devices))
    no_device = 100  # CUDA_ERROR_NO_DEVICE
    if status == no_device or (status == 0 and devices.value == 0):
        return "no NVIDIA card is visible; check nvidia-smi and the variable CUDA_VISIBLE_DEVICES"
    if status != 0:
        return f"the NVIDIA driver does not start (CUDA error {status}); restart, or reinstall the driver"
    # 13020 means CUDA 13.2. Within one major version, CUDA lets a newer library run on an older driver.
    if version.value // 1000 < needed_major:
        found = f"{version.value // 1000}.{version.value % 1000 // 10}"
        return f"the NVIDIA driver supports CUDA {found} and CUDA {needed_major} is needed; update the driver"
    if index >= devices.value:
        count = "one card" if devices.value == 1 else f"{devices.value} cards"
        return f"there is no cuda:{index}, as the computer has {count}; count from cuda:0"
    return None


@functools.cache
def library_obstacle() -> str | None:
    """Load the CUDA and cuDNN libraries, once for the process, and tell which one is missing.

    Returns
    -------
    str or None
        Cause and remedy, or None.
    """
    import onnxruntime

    # preload_dlls prints its failures and raises nothing.
    with contextlib.redirect_stdout(io.StringIO()) as said:
        onnxruntime.preload_dlls()
    missing = re.search(r"Failed to load ([^\s/\\:]+): ", said.getvalue())
    if missing:
        return f"a CUDA library is missing ({missing[1]}); {INSTALL_LIBRARIES}"
    try:
        # preload_dlls says nothing of a missing cuDNN, and the first convolution would then fail.
        load_library(_CUDNN)
    except OSError:
        return f"cuDNN is missing ({_CUDNN}); {INSTALL_LIBRARIES}"
    return None


def load_library(name: str) -> Any:
    """Load a shared library by `name`; raises OSError where there is none."""
    return ctypes.CDLL(name)


@contextlib.contextmanager
def capture_native_stderr() -> Iterator[Callable[[], str]]:
    """Catch what native code writes to the process's standard error.

    ONNX Runtime tells the reason of a fallback there and nowhere else.

    Yields
    ------
    callable
        Returns the text caught so far.
    """
    with tempfile.TemporaryFile() as caught:

        def text() -> str:
            caught.seek(0)
            return caught.read().decode(errors="replace")

        try:
            stderr = os.dup(2)
        except OSError:  # a windowed program on Windows has no standard error
            yield text
            return
        try:
            os.dup2(caught.fileno(), 2)
            yield text
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
