"""A loaded ONNX model that is called with arrays, on the device that was asked for or on the CPU."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import DeviceError, DeviceOutOfMemory, ModelError
from engine.memory import share_memory
from engine.runtime.cuda import capture_native_stderr, find_obstacle
from engine.runtime.device import Device, DeviceReport, parse_device

if TYPE_CHECKING:
    import onnxruntime

# onnxruntime is imported inside the functions: it takes a sixth of a second, too long for `heirloom --help`.

_SILENT = 4  # ONNX Runtime's severity "fatal": everything else reaches us as an exception
_ERRORS = 3

# There is no exception class for this in ONNX Runtime, on no device (onnxruntime#16307).
_OUT_OF_MEMORY = re.compile(r"out of memory|failed to allocate|bad_?\s?alloc|alloc_failed", re.IGNORECASE)

_NUMPY_TYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
}


class Session:
    """A model in memory, called like a function.

    Call it from one thread only, the one that opened it: runs from changing threads leak CUDA memory
    (onnxruntime#29351). `engine.runtime.InferenceThread` is that thread where there are several.

    Attributes
    ----------
    report : DeviceReport
        What the model runs on, and why not on what was asked for.
    """

    def __init__(self, native: onnxruntime.InferenceSession, report: DeviceReport) -> None:
        self.report = report
        self._native = native

    def __call__(self, feeds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Run the model once.

        Parameters
        ----------
        feeds : mapping of str to array
            One array for each input, with the shape and dtype that the model declares.

        Returns
        -------
        dict of str to array
            The outputs by name, in the model's order.

        Raises
        ------
        ModelError
            When the inputs are not those that the model asks for.
        DeviceOutOfMemory
            When the device's memory does not suffice; a smaller batch may pass.
        DeviceError
            When the device fails in any other way.
        """
        from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument

        names = self.output_names
        try:
            return dict(zip(names, self._native.run(names, dict(feeds)), strict=True))
        except (InvalidArgument, ValueError) as error:
            raise ModelError(f"The model does not take what it was given: {_first_line(error)}") from error
        except Exception as error:  # ONNX Runtime's exceptions have no base class of their own
            device = self.report.provider
            if _is_out_of_memory(error):
                raise DeviceOutOfMemory(_no_memory(device)) from error
            remedy = "install the model again" if device == "CPU" else "choose the device cpu"
            raise DeviceError(
                f"The computation on {device} failed ({_first_line(error)}); {remedy}."
            ) from error

    @property
    def input_name(self) -> str:
        """Name of the first input, which for a network of one input is all there is to know."""
        return str(self._native.get_inputs()[0].name)

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs, in the model's order."""
        return [str(output.name) for output in self._native.get_outputs()]

    def warm_up(self, batch: int = 1) -> None:
        """Run once on zeros, so that the first real run does not pay for allocation and algorithm search.

        Parameters
        ----------
        batch : int
            Size for each dimension that the model leaves open.

        Raises
        ------
        DeviceError, DeviceOutOfMemory
            As a call does.
        """
        feeds: dict[str, np.ndarray] = {}
        for given in self._native.get_inputs():
            shape = [size if isinstance(size, int) else batch for size in given.shape]
            feeds[given.name] = np.zeros(shape, _NUMPY_TYPES[given.type])
        self(feeds)


def open_session(
    model: bytes | Path, device: str | Device = "auto", *, threads: int | None = None
) -> Session:
    """Load a model on a device, falling back to the CPU with a reason.

    A device that can't be had is never an error: the model then runs on the CPU, and the session's
    ``report.fallback`` says why and what to do. Show it whenever the user asked for more than ``auto``.

    Parameters
    ----------
    model : bytes or Path
        An ONNX model: its bytes (as `ModelInfo.read` verifies them) or its file.
    device : str or Device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    threads : int, optional
        Threads for one operator on the CPU; as many as there are cores when None.

    Returns
    -------
    Session

    Raises
    ------
    UsageError
        For an unknown device.
    ModelError
        When the model is missing, damaged, or not for this ONNX Runtime.
    DeviceOutOfMemory
        When the computer's memory does not suffice for it.
    """
    wish = parse_device(device) if isinstance(device, str) else device
    name = f"The model file {model}" if isinstance(model, Path) else "The model"
    source = str(model) if isinstance(model, Path) else model
    if isinstance(model, Path) and not model.is_file():
        raise ModelError(f"{name} does not exist.")
    fallback = None
    if wish.kind != "cpu":
        native, cause = _open_on_cuda(source, wish.index, threads)
        if native is not None:
            return Session(native, DeviceReport(str(wish), f"CUDA:{wish.index}"))
        fallback = f"Running on the CPU because {cause}."
    try:
        native = _open(source, ["CPUExecutionProvider"], threads, _SILENT)
    except Exception as error:
        if _is_out_of_memory(error):
            raise DeviceOutOfMemory(_no_memory("CPU")) from error
        raise ModelError(
            f"{name} is damaged or needs a newer Heirloom ({_first_line(error)}); install it again."
        ) from error
    return Session(native, DeviceReport(str(wish), "CPU", fallback))


def _open_on_cuda(
    source: bytes | str, index: int, threads: int | None
) -> tuple[onnxruntime.InferenceSession | None, str]:
    """Open on CUDA device `index`; None and the cause with its remedy when that is not to be had."""
    cause = find_obstacle(index)
    if cause is not None:
        return None, cause
    options = {
        "device_id": index,
        # The default doubles the arena each time it grows: other programs use the card too.
        "arena_extend_strategy": "kSameAsRequested",
        # The default tries every algorithm for every new batch size: seconds before the first face.
        "cudnn_conv_algo_search": "HEURISTIC",
    }
    with capture_native_stderr() as said:
        try:
            native = _open(
                source, [("CUDAExecutionProvider", options), "CPUExecutionProvider"], threads, _ERRORS
            )
        except Exception as error:
            if _is_out_of_memory(error):
                return None, f"the memory of cuda:{index} is full; close other programs that use the card"
            return None, f"CUDA failed ({_first_line(error)}); update the NVIDIA driver"
        if native.get_providers()[0] == "CUDAExecutionProvider":
            return native, ""
        reason = _first_line(said()) or "ONNX Runtime gives no reason"
    return None, f"CUDA did not start ({reason}); update the NVIDIA driver or reinstall Heirloom"


def _open(
    source: bytes | str,
    providers: Sequence[str | tuple[str, dict[str, Any]]],
    threads: int | None,
    severity: int,
) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = _SILENT
    # Threads that wait for work by spinning take the cores from the next session: a face's decoder and finer
    # stage, one after the other, took 207 ms with it and 146 without (two cores), each alone 3 ms less.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    share_memory(options)
    if threads is not None:
        options.intra_op_num_threads = threads
    onnxruntime.set_default_logger_severity(severity)
    try:
        # enable_fallback=0: otherwise a failing run would be repeated elsewhere, with a print at most.
        return onnxruntime.InferenceSession(source, options, providers=providers, enable_fallback=0)
    finally:
        onnxruntime.set_default_logger_severity(_SILENT)


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or _OUT_OF_MEMORY.search(str(error)) is not None


def _no_memory(device: str) -> str:
    remedy = "close other programs" if device == "CPU" else "close other programs or choose the device cpu"
    return f"The memory of {device} does not suffice; {remedy}."


def _first_line(message: object) -> str:
    """The telling part of what ONNX Runtime says: no colours, time stamps, source files or second lines."""
    text = re.sub(r"\x1b\[[\d;]*m", "", str(message)).strip()
    line = text.splitlines()[0] if text else ""
    line = re.sub(r"^.*\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : ", "", line)
    line = re.sub(r"^\S+ \S+ \[[A-Z]:onnxruntime:[^\]]*\] ", "", line)
    return line.strip().rstrip(".")
