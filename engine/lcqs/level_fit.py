"""Fit the level estimate α(x) to a trained encoder.

While the encoder learns, its features move too much for a small head to follow, and that of a new network
settles on one level for all faces: what it is good for then is to ask the encoder to show, everywhere in its
features, what a face needs. So it is fitted at the end, in minutes, to features that no longer change: first
to the face alone, then, with other examples, the second look to what the first estimate leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.network import Lcqs
from engine.lcqs.restoration_level import LevelHead
from engine.lcqs.second_look import SecondLook, change_statistics

Batches = Iterable[tuple[Tensor, Tensor, Tensor]]
"""Of damaged faces, (n, 3, S, S), the levels that they need, (n,), and what errors of them weigh, (n,)."""

_ROUNDS = 3000
_HELD_OUT = 8  # every eighth batch
_SOME = 256  # examples of a round


@dataclass(frozen=True)
class _Recipe:
    """How to fit: the optimiser's settings, and noise on the statistics, in standard deviations.

    The rate falls to nothing: else the last rounds decide for ten levels in a hundred.
    """

    rate: float
    weight_decay: float
    noise: float


# There are hardly more examples than statistics. Noise makes as if: with 1,056 the error fell by a tenth.
_FIRST = _Recipe(rate=1e-3, weight_decay=1.0, noise=0.5)
# With few statistics, as much would keep kinds of damage from being told apart.
_SECOND = _Recipe(rate=3e-3, weight_decay=0.1, noise=0.1)


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

    _, mean, deviation = _fit(head, predict, _examples(look, batches), _FIRST)
    _see_raw(head.first.weight, head.first.bias, mean, deviation)
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
    _see_raw(look_again.of_statistics, look_again.first.bias, mean, deviation)
    net.second_look.load_state_dict(look_again.state_dict())
    before = (examples.first - examples.needed)[examples.held_out].abs().mean()
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


@dataclass(frozen=True)
class _Examples:
    first: Tensor  # (n,) first estimates
    statistics: Tensor  # (n, C)
    needed: Tensor  # (n,)
    weight: Tensor  # (n,), of errors
    held_out: Tensor  # (n,) bool


@torch.no_grad()
def _examples(look: Callable[[Tensor], tuple[Tensor, Tensor]], batches: Batches) -> _Examples:
    first, statistics, needed, weight, held_out = [], [], [], [], []
    for count, (faces, levels, weights) in enumerate(batches):
        seen, estimate = look(faces)
        first.append(estimate.float())
        statistics.append(seen.float())
        needed.append(levels.float())
        weight.append(weights.float())
        held_out += [count % _HELD_OUT == 0] * len(faces)
    known = torch.cat(first), torch.cat(statistics), torch.cat(needed), torch.cat(weight)
    return _Examples(*known, torch.tensor(held_out, device=known[0].device))


def _fit(
    head: nn.Module, predict: Callable[[Tensor, Tensor], Tensor], examples: _Examples, recipe: _Recipe
) -> tuple[float, Tensor, Tensor]:
    """Fit what predicts levels from first estimates and normalised statistics.

    Gives the mean error on what is held out, and the statistics' mean and deviation.
    """
    first, levels, test = examples.first, examples.needed, examples.held_out
    known = examples.statistics[~test]
    mean, deviation = known.mean(0), known.std(0) + 1e-3
    z = (examples.statistics - mean) / deviation
    head.to(z.device)
    optimiser = torch.optim.AdamW(head.parameters(), recipe.rate, weight_decay=recipe.weight_decay)
    rng = torch.Generator(z.device).manual_seed(z.shape[1])
    rows = torch.nonzero(~test)[:, 0]
    falling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, _ROUNDS)
    for _ in range(_ROUNDS):
        some = rows[torch.randint(len(rows), (_SOME,), generator=rng, device=z.device)]
        noise = torch.randn(len(some), z.shape[1], generator=rng, device=z.device)
        seen = z[some] + recipe.noise * noise
        losses = F.smooth_l1_loss(predict(first[some], seen) / 10, levels[some] / 10, reduction="none")
        loss = (examples.weight[some] * losses).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        falling.step()
    with torch.no_grad():
        error = (predict(first[test], z[test]).clamp_min(0) - levels[test]).abs().mean()
    return float(error), mean, deviation


@torch.no_grad()
def _see_raw(weight: Tensor, bias: Tensor, mean: Tensor, deviation: Tensor) -> None:
    """Put the statistics' normalisation into the layer that sees them: the network sees raw ones."""
    weight /= deviation
    bias -= weight @ mean
