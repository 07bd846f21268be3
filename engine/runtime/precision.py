"""Half precision only where its output can be used.

A float16 model is smaller and faster on most cards, and gives black or NaN faces on some (GFPGAN#252).
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.errors import DeviceError
from engine.runtime.device import Device
from engine.runtime.session import Session, open_session

_BLACK = 1e-3  # a quarter of one step of 255, for images in 0..1


def output_is_sound(output: np.ndarray) -> bool:
    """Tell whether an output is free of NaN and infinity and, where it is pictures, of black ones.

    Parameters
    ----------
    output : array
        Any output of a model. Four axes are taken as pictures or feature maps, (n, C, H, W), range 0 to 1.

    Returns
    -------
    bool
        False when a value is not finite, or when one of the n pictures is nothing but zeros.
    """
    if not np.isfinite(output).all():
        return False
    return output.ndim != 4 or bool((np.abs(output).max(axis=(1, 2, 3), initial=0.0) > _BLACK).all())


def open_checked_session(
    half: bytes | Path, full: bytes | Path, probe: Mapping[str, np.ndarray], device: str | Device = "auto"
) -> Session:
    """Open the float16 model, or the float32 model where float16 gives unusable output.

    Parameters
    ----------
    half, full : bytes or Path
        The same model in float16 and in float32, with the same inputs and outputs.
    probe : mapping of str to array
        One input, not black, that both models take: what the check is made with.
    device : str or Device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.

    Returns
    -------
    Session
        On the CPU always the float32 model: float16 gains nothing there. Where float16 was given up,
        ``report.fallback`` says so.

    Raises
    ------
    UsageError, ModelError
        As `open_session`.
    """
    session = open_session(half, device)
    if session.report.provider == "CPU":
        return open_session(full, device)
    try:
        sound = all(output_is_sound(output) for output in session(probe).values())
    except DeviceError:
        sound = False
    if sound:
        return session
    notice = f"Running in full precision because {session.report.provider} gives no usable picture in half."
    session = open_session(full, device)
    session.report = replace(session.report, fallback=session.report.fallback or notice)
    return session
