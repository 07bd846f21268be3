"""What a small network can tell of a whole face, from statistics of the encoder's features."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn

from engine.lcqs.encoder import pooled_statistics

_WIDTH = 128


class StatisticsHead(nn.Module, ABC):
    """Predicts a number, or several, from `pooled_statistics`.

    Parameters
    ----------
    widths : tuple of int
        Channels of the features.
    numbers : int
        How many the last layer gives.
    """

    def __init__(self, widths: tuple[int, ...], numbers: int = 1):
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(2 * sum(widths), _WIDTH), nn.LeakyReLU(0.2), nn.Linear(_WIDTH, numbers)
        )

    @property
    def first(self) -> nn.Linear:
        """The layer that sees the statistics."""
        layer = self.mlp[0]
        assert isinstance(layer, nn.Linear)
        return layer

    @property
    def last(self) -> nn.Linear:
        """The layer that gives the numbers."""
        layer = self.mlp[-1]
        assert isinstance(layer, nn.Linear)
        return layer

    def forward(self, features: list[Tensor]) -> Tensor:
        """Give a number for each face, (n,), by the encoder's `features`."""
        return self.from_statistics(pooled_statistics(features))

    @abstractmethod
    def from_statistics(self, statistics: Tensor) -> Tensor:
        """Give a number for each face, (n,), by the features' `pooled_statistics`."""
