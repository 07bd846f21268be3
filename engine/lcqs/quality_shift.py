"""The learnable cross-quality shift T_α(w) = w + α·Δ."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVEL_MIN, LEVEL_MAX = 0.0, 150.0
"""The dial's ends, in the poster's unit: lengths of Δ^i."""


class QualityShift(nn.Module):
    """Moves codes along one learned unit direction for each layer of the generator.

    Parameters
    ----------
    layers : int
        Number of layers L of the generator.
    dim : int
        Length D of a code.
    """

    def __init__(self, layers: int, dim: int):
        super().__init__()
        self.raw = nn.Parameter(torch.randn(layers, dim))

    @property
    def directions(self) -> Tensor:
        """Δ, (L, D): rows of unit length; towards higher quality."""
        return F.normalize(self.raw.float(), dim=1)

    def forward(self, w: Tensor, alpha: Tensor) -> Tensor:
        """Shift codes `w`, (n, L, D), by levels `alpha`, (n,); a negative level lowers quality."""
        return w + alpha[:, None, None] * self.directions
