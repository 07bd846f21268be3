"""The level estimate α(x): how far a face must be shifted to be as sharp as the faces of training."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.lcqs.encoder import pooled_statistics

LEVEL_PER_DISTANCE = 77.0
"""Levels for each unit of damage; so chosen that the protocol's families lie near the poster's 88.69."""


def damage(distances: list[Tensor]) -> Tensor:
    """Measure how damaged a face is against its sharp original: this gives levels a unit for all photos.

    Parameters
    ----------
    distances : list of 5 Tensor, (n, h, w)
        `engine.lcqs.perceptual.distance_maps` between the face and its original.

    Returns
    -------
    Tensor, (n,)
        Level: the squared distance at strides 8, 16 and 32 (what makes out a face, rather than its pixels),
        times `LEVEL_PER_DISTANCE`; over space, the cubic mean of the squares. A plain mean would give a
        scratch right across an otherwise good face next to no level, and it could not be taken away.
    """
    cubic = [one.pow(6).mean((1, 2)).pow(1 / 3) for one in distances[2:]]
    return LEVEL_PER_DISTANCE * torch.stack(cubic).mean(0)


class LevelHead(nn.Module):
    """Predicts α(x) ≥ 0 from statistics of the encoder's features: all there is to it, or its first estimate.

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
