"""Fit the level estimate α(x) to a trained encoder.

While the encoder learns, its features move too much for a small head to follow, and the head settles on one
level for all faces. So it is fitted at the end, in minutes, to features that no longer change.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.network import Lcqs
from engine.lcqs.restoration_level import LevelHead

Measure = Callable[[int], tuple[Tensor, Tensor]]
"""Gives for a batch's number damaged faces, (n, 3, S, S), and the levels that they need, (n,)."""

_ROUNDS = 3000
_WEIGHT_DECAY = 1.0  # there are hardly more examples than statistics
_NOISE = 0.5  # standard deviations: as if there were more examples, of 1,056 the error fell 10.7 -> 9.7
_HELD_OUT = 8  # every eighth batch


def fit_level(net: Lcqs, measure: Measure, batches: int) -> float:
    """Fit `net.level` in place.

    Parameters
    ----------
    net : Lcqs
        Its encoder is read, its level head replaced.
    measure : callable
        Makes the examples.
    batches : int
        How many to use, at least eight.

    Returns
    -------
    float
        Mean absolute error of the level on the examples that were held out.
    """
    statistics, levels, held = [], [], []
    with torch.no_grad():
        for number in range(batches):
            faces, needed = measure(number)
            statistics.append(pooled_statistics(net.encoder(faces)[1]))
            levels.append(needed.float())
            held += [number % _HELD_OUT == 0] * len(faces)
    x, y, test = torch.cat(statistics), torch.cat(levels), torch.tensor(held)
    mean, deviation = x[~test].mean(0), x[~test].std(0) + 1e-3
    z = (x - mean) / deviation
    head = LevelHead(net.config.widths).to(x.device)
    optimiser = torch.optim.AdamW(head.parameters(), 1e-3, weight_decay=_WEIGHT_DECAY)
    rng = torch.Generator().manual_seed(net.config.size)
    rows = torch.nonzero(~test)[:, 0]
    for _ in range(_ROUNDS):
        some = rows[torch.randint(len(rows), (256,), generator=rng)]
        seen = z[some] + _NOISE * torch.randn(len(some), z.shape[1], generator=rng).to(z.device)
        loss = F.smooth_l1_loss(head.from_statistics(seen) / 10, y[some] / 10)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        error = (head.from_statistics(z[test]) - y[test]).abs().mean()
        # The network sees raw statistics: put their normalisation into the first layer.
        first = head.first
        first.weight /= deviation
        first.bias.sub_(first.weight @ mean)
    net.level.load_state_dict(head.state_dict())
    return float(error)
