"""The level estimate α(x): how far a face must be shifted to be as sharp as the faces of training."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from engine.lcqs.encoder import pooled_statistics

LEVEL_PER_DISTANCE = 85.0
"""Levels for each unit of damage; so chosen that the protocol's families lie near the poster's 88.69."""


def damage(distances: Tensor) -> Tensor:
    """Measure how damaged a face is against its sharp original: this gives levels a unit for all photos.

    Parameters
    ----------
    distances : Tensor, (n, 5)
        `engine.lcqs.perceptual.feature_distance` between the face and its original.

    Returns
    -------
    Tensor, (n,)
        Level: mean of the squared distances at strides 8, 16 and 32 (what makes out a face, rather than its
        pixels), times `LEVEL_PER_DISTANCE`.
    """
    return LEVEL_PER_DISTANCE * distances[:, 2:].square().mean(1)


class LevelHead(nn.Module):
    """Predicts α(x) ≥ 0 from statistics of the encoder's features.

    Parameters
    ----------
    widths : tuple of int
        Channels of the features.
    """

    def __init__(self, widths: tuple[int, ...]):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(2 * sum(widths), 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))

    @property
    def first(self) -> nn.Linear:
        """The layer that sees the statistics."""
        layer = self.mlp[0]
        assert isinstance(layer, nn.Linear)
        return layer

    def forward(self, features: list[Tensor]) -> Tensor:
        """Give levels (n,) for the encoder's `features`."""
        return self.from_statistics(pooled_statistics(features))

    def from_statistics(self, statistics: Tensor) -> Tensor:
        """Give levels (n,) for the features' `pooled_statistics`."""
        return 50.0 * F.softplus(self.mlp(statistics))[:, 0]
