"""ZSSR (unsupervised): a small network trained on the image that it restores, and on nothing else.

Source: Shocher, Cohen & Irani, "Zero-shot super-resolution using deep internal learning", CVPR 2018. The
image is shrunk, and a network learns to undo that; applied to the image itself it goes one step beyond. The
faces of the protocol were enlarged four times and more, so the image here is the face at a quarter of its
size, and what comes out is four times as large.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Rgb8 = NDArray[np.uint8]

_FACTOR = 4
_SIZES = (0.5, 0.6, 0.7, 0.8)  # of the image that examples are made at, beside its own
_WIDTH, _DEPTH, _STEPS = 48, 6, 250


class Zssr:
    """Restores a face by what it shows elsewhere or at other sizes. Seeded: equal faces, equal results."""

    def restore(self, face: Rgb8) -> Rgb8:
        """Restore a face, (S, S, 3) uint8 RGB."""
        size = face.shape[0]
        small = _resized(face.astype(np.float32) / np.float32(255), size // _FACTOR)
        rng = np.random.default_rng(0)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            network = _network()
        optimiser = torch.optim.Adam(network.parameters(), 2e-3)
        for step in range(_STEPS):
            optimiser.param_groups[0]["lr"] = 2e-3 * (1 - step / _STEPS) + 2e-5
            blurred, wanted = _example(small, rng)
            loss = (blurred + network(blurred) - wanted).abs().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        enlarged = _tensor(_resized(small, size))
        with torch.no_grad():
            drawn = enlarged + network(enlarged)
        pixels = drawn[0].permute(1, 2, 0).clamp(0, 1).numpy()
        return np.rint(pixels * 255).astype(np.uint8)


def _network() -> nn.Module:
    layers: list[nn.Module] = [nn.Conv2d(3, _WIDTH, 3, padding=1), nn.ReLU()]
    for _ in range(_DEPTH - 2):
        layers += [nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.Conv2d(_WIDTH, 3, 3, padding=1))


def _example(small: NDArray[np.float32], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Make an example of the image, turned and at a random size: shrunk and enlarged again, and itself."""
    wanted = small
    if rng.random() < 0.75:
        wanted = _resized(small, round(small.shape[0] * float(rng.choice(_SIZES))))
    wanted = np.rot90(wanted, int(rng.integers(4)))
    wanted = np.ascontiguousarray(wanted[:, ::-1] if rng.random() < 0.5 else wanted)
    side = wanted.shape[0]
    blurred = _resized(_resized(wanted, max(4, side // _FACTOR)), side)
    return _tensor(blurred), _tensor(wanted)


def _resized(image: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    shrinks = side < image.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (side, side), interpolation=method), np.float32)


def _tensor(image: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)[None]
