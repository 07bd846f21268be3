"""Fit how faces are shown to the network to what it makes of them when they are shown otherwise."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import Tensor

from engine.lcqs.change_head import ChangeHead
from engine.lcqs.head_fit import MANY, Examples, fit_head, held_out, see_raw
from engine.lcqs.network import Lcqs
from engine.lcqs.perceptual import PerceptualFeatures, feature_distance
from engine.lcqs.quality_shift import LEVEL_MAX

GOOD_PRINT = 45.0
"""α(x) below which old faces stand for sharp ones."""

_MOST = 100.0  # percent: of what is ruined by it, it does not matter how much

Batch = tuple[Tensor, Tensor]
"""Statistics of damaged faces, (n, C), and the damage that is left when each of them is restored, (n, 1 + k):
as it is, and shown in each of k ways."""


@torch.no_grad()
def damage_left(net: Lcqs, features: PerceptualFeatures, ways: Iterable[Tensor], sharp: Tensor) -> Tensor:
    """Restore faces at their automatic level, shown in several ways, and measure the damage that is left.

    Parameters
    ----------
    net : Lcqs
    features : PerceptualFeatures
    ways : iterable of Tensor, (n, 3, S, S)
        The damaged faces, RGB in [0, 1], in one way after the other.
    sharp : Tensor, (n, 3, S, S)
        As they were.

    Returns
    -------
    Tensor, (n, ways)
    """
    left, of_sharp = [], features(sharp)
    for faces in ways:
        encoding = net.encode(faces)
        drawn = net.decode(encoding, net.automatic_level(encoding).clamp_max(LEVEL_MAX)).clamp(0, 1)
        left.append(feature_distance(features(drawn), of_sharp).square().sum(1))
    return torch.stack(left, 1)


def fit_change(head: ChangeHead, batches: Iterable[Batch]) -> tuple[float, float]:
    """Fit a head in place; it begins from nothing.

    Parameters
    ----------
    head : ChangeHead
    batches : iterable of Batch
        At least eight, of faces that lose by being shown otherwise, and of some that gain.

    Returns
    -------
    chosen, best : float
        Of the damage that is left of faces as they are, the share that is left with what is chosen, and with
        the best choice; of faces that were held out.
    """
    statistics, left, test = [], [], []
    for count, (seen, damage) in enumerate(batches):
        statistics.append(seen.float())
        left.append(damage.float())
        test += held_out(count, len(seen))
    seen, damage = torch.cat(statistics), torch.cat(left)
    tested = torch.tensor(test, device=seen.device)
    change = 100 * (damage[:, 1:] / damage[:, :1]).log()
    ones = torch.ones_like(change[:, :1])
    examples = Examples(seen, change.clamp(-_MOST, _MOST), ones, tested, torch.zeros_like(ones))
    fresh = copy.deepcopy(head).requires_grad_()
    for layer in (fresh.first, fresh.last):
        layer.reset_parameters()
    _, mean, deviation = fit_head(fresh, lambda _, known: fresh.change(known), examples, MANY)
    see_raw(fresh.first.weight, fresh.first.bias, mean, deviation)
    head.load_state_dict(fresh.state_dict())
    with torch.no_grad():
        at = head.chosen(seen[tested])
    whole = damage[tested]
    as_they_are = whole[:, 0].sum()
    return float(whole.gather(1, at[:, None]).sum() / as_they_are), float(whole.amin(1).sum() / as_they_are)
