"""The level estimate α(x): how far a face must be shifted to be as sharp as the faces of training."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.lcqs.statistics_head import StatisticsHead

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


class LevelHead(StatisticsHead):
    """Predicts α(x) ≥ 0: all there is to it, or its first estimate."""

    def from_statistics(self, statistics: Tensor) -> Tensor:
        """Give levels (n,) for the features' `pooled_statistics`."""
        return 50.0 * F.softplus(self.mlp(statistics))[:, 0]
