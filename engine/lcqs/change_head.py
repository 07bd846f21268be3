"""Tells, for ways of showing a face to the network, what each would change in what is left of its damage."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.lcqs.second_look import stay_as_you_are
from engine.lcqs.statistics_head import StatisticsHead


class ChangeHead(StatisticsHead):
    """Chooses how a face is shown; until it is fitted, it leaves faces as they are.

    Parameters
    ----------
    widths : tuple of int
        Channels of the features.
    ways : int
        Among which it chooses, beside the face as it is.
    least_gain : float
        Percent of the damage that is left by which a face has to be restored better than it is as it is.
        Predictions err, and a face that has its detail loses more than another one gains.
    """

    def __init__(self, widths: tuple[int, ...], ways: int, least_gain: float):
        super().__init__(widths, ways)
        self._least_gain = least_gain
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        self.register_load_state_dict_pre_hook(stay_as_you_are)  # type: ignore[no-untyped-call]

    def change(self, statistics: Tensor) -> Tensor:
        """Predict, in percent, what each way adds to the damage that is left: (n, k).

        Parameters
        ----------
        statistics : Tensor, (n, C)
            `pooled_statistics` of the features of faces as they are.
        """
        return torch.as_tensor(self.mlp(statistics))

    def chosen(self, statistics: Tensor) -> Tensor:
        """Give the number of each face's way, (n,), counted from 1; 0 where it is best as it is."""
        least, at = self.change(statistics).min(1)
        return torch.where(least < -self._least_gain, at + 1, 0)

    def from_statistics(self, statistics: Tensor) -> Tensor:
        """As `chosen`."""
        return self.chosen(statistics)
