"""What the scripts that measure share: the faces that they measure on, and these restored."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.degradation import Damage, draw_screened
from engine.restore import DrawnFace, Restorer


def evenly_chosen(folder: Path, count: int) -> list[Path]:
    """Give `count` of a folder's PNG files, evenly chosen in the order of their names."""
    paths = sorted(folder.glob("*.png"))
    return paths[:: max(1, len(paths) // count)][:count]


def printing(name: str) -> Damage:
    """Draw how a face is printed with a screen, always alike for the same file's name."""
    return draw_screened(np.random.default_rng(zlib.crc32(name.encode())))


def restored(restorer: Restorer, face: NDArray[np.uint8]) -> DrawnFace:
    """Restore an aligned face at its automatic level; one of which too little is left stays as it is."""
    (drawn,) = restorer.redraw([face], [lambda level: level or 0.0])
    return drawn


def in_bytes(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Give what was drawn, 0 to 1, as a picture's values."""
    return np.rint(255 * pixels).astype(np.uint8)


def as_tensor(faces: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> Tensor:
    """Give faces, each (S, S, 3) uint8 RGB, as (n, 3, S, S) in [0, 1]."""
    return torch.from_numpy(np.stack(faces).transpose(0, 3, 1, 2).astype(np.float32) / 255)
