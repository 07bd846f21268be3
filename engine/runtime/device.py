"""What the user asks the models to run on, and what they ran on."""

import re
from dataclasses import dataclass
from typing import Literal

from engine.errors import UsageError


@dataclass(frozen=True)
class Device:
    """A wish for a device.

    Attributes
    ----------
    kind : {"auto", "cpu", "cuda"}
        ``auto`` is CUDA where it really works, else the CPU.
    index : int
        Number of the CUDA device as ``nvidia-smi`` counts them (0 for the first).
    """

    kind: Literal["auto", "cpu", "cuda"]
    index: int = 0

    def __str__(self) -> str:
        """The wish as the user types it: ``auto``, ``cpu``, ``cuda`` or ``cuda:1``."""
        return f"{self.kind}:{self.index}" if self.index else self.kind


@dataclass(frozen=True)
class DeviceReport:
    """What a session really runs on, and why not on what was asked for.

    Attributes
    ----------
    requested : str
        The wish: ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    provider : str
        ``CPU`` or ``CUDA:N``, read from the session after it was made.
    fallback : str or None
        None when the wish came true. Otherwise one sentence with the cause and the remedy. ``auto`` that
        ends on the CPU has one too: whether to show it is up to the caller.
    """

    requested: str
    provider: str
    fallback: str | None = None


def parse_device(text: str) -> Device:
    """Read ``auto``, ``cpu``, ``cuda`` or ``cuda:N``; capitals and spaces around do not matter.

    Raises
    ------
    UsageError
        For any other text.
    """
    match = re.fullmatch(r"(auto|cpu)|cuda(?::(\d{1,3}))?", text.strip().lower())
    if match is None:
        raise UsageError(
            f"The device {text!r} is unknown: choose auto, cpu, cuda or cuda:N, for example cuda:1."
        )
    if match[1] == "cpu":
        return Device("cpu")
    return Device("auto") if match[1] else Device("cuda", int(match[2] or 0))
