"""What the scripts that measure share: the faces that they measure on, and these restored."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.degradation import Damage, draw_screened
from engine.evaluation.metrics import IdentityMetric
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


def grey_like(low: NDArray[np.uint8], sharp: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give a sharp face, (S, S, 3) uint8 RGB, grey if what damage made of it is."""
    if np.ptp(low, axis=2).any():
        return sharp
    return np.repeat(cv2.cvtColor(sharp, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)


class People:
    """Tells whether restored faces are still the persons', among other people.

    Parameters
    ----------
    judge : IdentityMetric
    faces : sequence of (S, S, 3) uint8 RGB
        One sharp face of each person.
    """

    def __init__(self, judge: IdentityMetric, faces: Sequence[NDArray[np.uint8]]) -> None:
        self._judge = judge
        self._middle = judge.embed(list(faces)).mean(0)  # dlib's embeddings all lie about one
        self.embeddings = self.embedded(faces)

    def embedded(self, faces: Sequence[NDArray[np.uint8]]) -> Tensor:
        """Embed faces: (n, D), of unit length."""
        return F.normalize(torch.from_numpy(self._judge.embed(list(faces)) - self._middle), dim=1)

    def nearer(self, faces: Tensor, persons: Sequence[int]) -> NDArray[np.float32]:
        """Give the shares of strangers, (n,), that are nearer to `embedded` faces than these persons are."""
        alike = faces @ self.embeddings.T
        own = alike[range(len(persons)), persons]
        others = (alike > own[:, None]).sum(1) / (len(self.embeddings) - 1)
        return np.asarray(others.numpy(), np.float32)
