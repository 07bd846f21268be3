"""Likeness: whether a face, restored, will still be the person's. Where too little is left, it is anybody's.

Networks that recognise faces see how alike two of them are. By how many standard deviations of strangers'
similarities a restored face is nearer to its person than strangers are: that does not depend on the network.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.lcqs.second_look import stay_as_you_are
from engine.lcqs.statistics_head import StatisticsHead

_CERTAIN = 10.0  # of a face that nothing was done to, about; what a head that is not fitted gives for all
_SAME = 0.9  # faces that are more alike are of one person


class Likeness(StatisticsHead):
    """Predicts the likeness of restored faces from the photo's; until it is fitted, all are the person's."""

    def __init__(self, widths: tuple[int, ...]):
        super().__init__(widths)
        nn.init.zeros_(self.last.weight)
        nn.init.constant_(self.last.bias, _CERTAIN)
        self.register_load_state_dict_pre_hook(stay_as_you_are)  # type: ignore[no-untyped-call]

    def from_statistics(self, statistics: Tensor) -> Tensor:
        """Give likenesses (n,), in standard deviations of strangers, for `pooled_statistics`."""
        return torch.as_tensor(self.mlp(statistics)[:, 0])


def likeness(restored: Tensor, people: Tensor) -> Tensor:
    """Measure by how much restored faces are nearer to their people than to strangers.

    Parameters
    ----------
    restored, people : Tensor, (n, D)
        Embeddings of unit length, of the restored faces and of the same people's sharp ones; several hundred
        tell how alike strangers are.

    Returns
    -------
    Tensor, (n,)
        In standard deviations of each restored face's similarities to strangers, from their mean.
    """
    alike = restored @ people.T
    strangers = people @ people.T < _SAME
    count = strangers.sum(1)
    mean = (alike * strangers).sum(1) / count
    deviation = (((alike - mean[:, None]).square() * strangers).sum(1) / count).sqrt()
    return (alike.diagonal() - mean) / deviation
