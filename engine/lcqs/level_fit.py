"""Fit the level estimate α(x) to a trained encoder.

While the encoder learns, its features move too much for a small head to follow, and that of a new network
settles on one level for all faces: what it is good for then is to ask the encoder to show, everywhere in its
features, what a face needs. So it is fitted at the end, in minutes, to features that no longer change: first
to the face alone, then, with other examples, the second look to what the first estimate leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn

from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.head_fit import MANY, Examples, Recipe, fit_head, held_out, see_raw
from engine.lcqs.network import Lcqs
from engine.lcqs.restoration_level import LevelHead
from engine.lcqs.second_look import SecondLook, change_statistics

Batches = Iterable[tuple[Tensor, Tensor, Tensor]]
"""Of damaged faces, (n, 3, S, S), the levels that they need, (n,), and what errors of them weigh, (n,)."""

# With few statistics, as much would keep kinds of damage from being told apart.
_SECOND = Recipe(rate=3e-3, weight_decay=0.1, noise=0.1)


def fit_level(net: Lcqs, batches: Batches) -> None:
    """Fit the first estimate, `net.level`, in place.

    Parameters
    ----------
    net : Lcqs
        Its encoder is read, its level head replaced.
    batches : iterable of (faces, levels, weights)
        The examples: at least eight batches.
    """
    head = LevelHead(net.config.widths)

    def look(faces: Tensor) -> tuple[Tensor, Tensor]:
        statistics = pooled_statistics(net.encoder(faces)[1])
        return statistics, statistics.new_zeros(len(faces))

    def predict(_: Tensor, statistics: Tensor) -> Tensor:
        return head.from_statistics(statistics)  # the first estimate is what is sought

    _, mean, deviation = _fit(head, predict, _examples(look, batches), MANY)
    see_raw(head.first.weight, head.first.bias, mean, deviation)
    net.level.load_state_dict(head.state_dict())


def fit_second_look(net: Lcqs, batches: Batches) -> tuple[float, float]:
    """Fit `net.second_look` in place; as `fit_level`, which comes before it, with other batches.

    With the same ones, the first estimate would seem better than it is.

    Returns
    -------
    first, second : float
        Mean absolute error of the first estimate and of α(x) on the examples that were held out.
    """
    look_again = SecondLook(len(net.config.widths))

    def look(faces: Tensor) -> tuple[Tensor, Tensor]:
        encoding = net.encode(faces)
        return change_statistics(encoding.features, net.shifted_features(encoding)), encoding.level

    examples = _examples(look, batches)
    error, mean, deviation = _fit(look_again, look_again.corrected, examples, _SECOND)
    see_raw(look_again.of_statistics, look_again.first.bias, mean, deviation)
    net.second_look.load_state_dict(look_again.state_dict())
    before = (examples.first - examples.wanted)[examples.held_out].abs().mean()
    return float(before), error


def least_sufficient(places: Sequence[float], values: Tensor, slack: Tensor) -> Tensor:
    """Find the least place at which values are within `slack` of their lowest.

    Parameters
    ----------
    places : sequence of k float
        Equally spaced, rising.
    values : Tensor, (n, k)
        At these places; about the lowest one and those beside it a parabola.
    slack : Tensor, (n,)

    Returns
    -------
    Tensor, (n,)
        From one step before the first place to the last one; 0 where all values are the same.
    """
    at = values.argmin(1)
    inner = at.clamp(1, len(places) - 2)
    before, here, after = (values.gather(1, (inner + i)[:, None])[:, 0] for i in (-1, 0, 1))
    bend = (before - 2 * here + after).clamp_min(1e-9)
    lowest = inner + ((before - after) / (2 * bend)).clamp(-1, 1)
    found = places[0] + (places[1] - places[0]) * (lowest - (2 * slack / bend).sqrt().clamp_max(1))
    return torch.where(values.amax(1) > values.amin(1), found, 0.0)


@torch.no_grad()
def _examples(look: Callable[[Tensor], tuple[Tensor, Tensor]], batches: Batches) -> Examples:
    first, statistics, needed, weight, test = [], [], [], [], []
    for count, (faces, levels, weights) in enumerate(batches):
        seen, estimate = look(faces)
        first.append(estimate.float())
        statistics.append(seen.float())
        needed.append(levels.float())
        weight.append(weights.float())
        test += held_out(count, len(faces))
    known = torch.cat(statistics), torch.cat(needed), torch.cat(weight)
    return Examples(*known, torch.tensor(test, device=known[0].device), torch.cat(first))


def _fit(
    head: nn.Module, predict: Callable[[Tensor, Tensor], Tensor], examples: Examples, recipe: Recipe
) -> tuple[float, Tensor, Tensor]:
    """Fit what predicts levels; gives the mean error on what is held out, too."""
    predicted, mean, deviation = fit_head(head, predict, examples, recipe)
    error = (predicted.clamp_min(0) - examples.wanted[examples.held_out]).abs().mean()
    return float(error), mean, deviation
