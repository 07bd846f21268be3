"""PULSE (unsupervised): the face that the prior can draw and that looks like the photo when shrunk.

Source: Menon, Damian, Hu, Ravi & Rudin, "PULSE: Self-supervised photo upsampling via latent space exploration
of generative models", CVPR 2020. One code for each layer is moved over the sphere of radius √D, where the
codes of faces lie, until the drawn face, shrunk, equals the photo, shrunk; the codes' distances from one
another (the paper's GEOCROSS) are kept small, so that the layers agree on a face. The prior is `Prior`'s
generator.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.evaluation.systems.prior import DIM, Prior

Rgb8 = NDArray[np.uint8]

_SHRUNK = 8  # times: what damage leaves intact
_STEPS = 80
_PACE = 0.3
_TOGETHER = 0.002  # price of the layers' disagreement


class Pulse:
    """Searches. Seeded: the same face, the same result.

    Parameters
    ----------
    prior : Prior
        Trained.
    """

    def __init__(self, prior: Prior):
        self._draw = prior.generator.requires_grad_(False)

    def restore(self, face: Rgb8) -> Rgb8:
        """Find a face for `face`, (S, S, 3) uint8 RGB."""
        seen = torch.from_numpy(np.ascontiguousarray(face.transpose(2, 0, 1)))[None].float() / 255
        wanted = F.avg_pool2d(seen, _SHRUNK)
        rng = torch.Generator().manual_seed(0)
        # Layers begin together, near the mean face.
        start = 0.1 * torch.randn(1, 1, DIM, generator=rng).expand(1, self._draw.layers, DIM)
        codes = start.clone().requires_grad_()
        optimiser = torch.optim.Adam([codes], _PACE)
        for step in range(_STEPS):
            optimiser.param_groups[0]["lr"] = _PACE * (1 - step / _STEPS) + 0.02
            drawn = self._draw(_on_sphere(codes))
            miss = (F.avg_pool2d(drawn, _SHRUNK) - wanted).square().mean()
            loss = 100 * miss + _TOGETHER * _disagreement(codes)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        with torch.no_grad():
            drawn = self._draw(_on_sphere(codes))[0].permute(1, 2, 0).clamp(0, 1).numpy()
        return np.rint(drawn * 255).astype(np.uint8)


def _on_sphere(codes: Tensor) -> Tensor:
    return DIM**0.5 * F.normalize(codes, dim=-1)


def _disagreement(codes: Tensor) -> Tensor:
    """Sum of the squared angles between the layers' codes."""
    unit = F.normalize(codes[0], dim=-1)
    cosines = (unit @ unit.T).clamp(-0.9999, 0.9999)
    return cosines.acos().square().triu(1).sum()
