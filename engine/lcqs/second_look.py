"""The second look of α(x): what a strong shift changes in a face tells how much there was to change.

Statistics over a whole face hardly show a scratch on a good scan; taken away, it shows plainly.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_STATISTICS = 6  # of each size of features
_WIDTH = 32
_UNIT = 50.0  # of levels, for a network whose signals are about one
_LEAST = 1e-6  # before a logarithm


class SecondLook(nn.Module):
    """Corrects the first estimate of α(x); until it is fitted, it leaves it as it is.

    Parameters
    ----------
    sizes : int
        How many sizes the features have.
    """

    def __init__(self, sizes: int):
        super().__init__()
        self.first = nn.Linear(1 + _STATISTICS * sizes, _WIDTH)
        self.last = nn.Linear(_WIDTH, 1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        self.register_load_state_dict_pre_hook(stay_as_you_are)  # type: ignore[no-untyped-call]

    def forward(self, level: Tensor, features: list[Tensor], shifted: list[Tensor]) -> Tensor:
        """Give α(x).

        Parameters
        ----------
        level : Tensor, (n,)
            The first estimate.
        features, shifted : list of Tensor, (n, C, h, w)
            The encoder's features of the faces, and of the same faces strongly shifted.

        Returns
        -------
        Tensor, (n,)
            At least 0.
        """
        return self.corrected(level, change_statistics(features, shifted)).clamp_min(0)

    def corrected(self, level: Tensor, statistics: Tensor) -> Tensor:
        """Correct first estimates, (n,), by `change_statistics`; may be below 0."""
        seen = torch.cat([level[:, None] / _UNIT, statistics], 1)
        return level + _UNIT * self.last(F.leaky_relu(self.first(seen), 0.2))[:, 0]

    @property
    def of_statistics(self) -> Tensor:
        """The first layer's weights of the statistics; those of the first estimate stand before them."""
        return self.first.weight[:, 1:]


def change_statistics(features: list[Tensor], shifted: list[Tensor]) -> Tensor:
    """Measure how far a shift has moved features, on the whole and where it moved them most.

    Parameters
    ----------
    features, shifted : list of Tensor, (n, C, h, w)
        Of the same faces, before and after.

    Returns
    -------
    Tensor, (n, 6 per size)
        Logarithms of mean, cubic mean and maximum over space of the squared distance of features, and of
        their directions.
    """
    parts = []
    for one, other in zip(features, shifted, strict=True):
        one, other = one.float(), other.float()
        for a, b in ((one, other), (F.normalize(one, dim=1), F.normalize(other, dim=1))):
            moved = (a - b).square().mean(1).flatten(1)
            most = moved.amax(1)
            # Relative to the maximum: cubes of large distances leave the range of half precision.
            share = moved / most.clamp_min(_LEAST)[:, None]
            parts += [moved.mean(1), most * share.pow(3).mean(1).pow(1 / 3), most]
    return torch.stack(parts, 1).clamp_min(_LEAST).log()


def stay_as_you_are(part: nn.Module, weights: dict[str, Tensor], prefix: str, *_: object) -> None:
    """Let weights of networks from before a part be loaded: one that is not fitted changes nothing.

    So can those of networks in which it had other sizes; it has to be fitted anew.
    """
    own = {prefix + name: weight for name, weight in part.state_dict().items()}
    known = [name for name in own if name in weights]
    if not known or any(weights[name].shape != own[name].shape for name in known):
        weights.update(own)
