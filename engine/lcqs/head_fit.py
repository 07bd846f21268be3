"""Fit a small head to statistics of the encoder's features, which no longer change: minutes on two cores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_ROUNDS = 3000
_SOME = 256  # examples of a round
_HELD_OUT = 8  # every eighth batch


@dataclass(frozen=True)
class Recipe:
    """How to fit: the optimiser's settings, and noise on the statistics, in standard deviations.

    The rate falls to nothing: else the last rounds decide for ten levels in a hundred.
    """

    rate: float
    weight_decay: float
    noise: float


MANY = Recipe(rate=1e-3, weight_decay=1.0, noise=0.5)
"""For statistics that there are hardly fewer of than examples.

Noise makes as if there were more of these: with 1,056 the error of levels fell by a tenth.
"""


@dataclass(frozen=True)
class Examples:
    """What a head learns from; all of n faces.

    Attributes
    ----------
    statistics : Tensor, (n, C)
    wanted : Tensor, (n,) or (n, k)
        What the head is to tell.
    weight : Tensor, (n,) or (n, 1)
        Of errors.
    held_out : Tensor, (n,) of bool
        The faces that only measure the error.
    first : Tensor, (n,) or (n, 1)
        What the head corrects; zeros where it starts from nothing.
    """

    statistics: Tensor
    wanted: Tensor
    weight: Tensor
    held_out: Tensor
    first: Tensor


def held_out(batch: int, faces: int) -> list[bool]:
    """Tell of each of a batch's faces whether it is held out: every eighth batch is."""
    return [batch % _HELD_OUT == 0] * faces


def fit_head(
    head: nn.Module,
    predict: Callable[[Tensor, Tensor], Tensor],
    examples: Examples,
    recipe: Recipe,
) -> tuple[Tensor, Tensor, Tensor]:
    """Fit a head in place.

    Parameters
    ----------
    head : nn.Module
        Its parameters are fitted.
    predict : callable
        Gives the head's predictions for `Examples.first` and normalised statistics.
    examples : Examples
        Of which some, not all, are held out.
    recipe : Recipe

    Returns
    -------
    predicted : Tensor
        For the faces that are held out.
    mean, deviation : Tensor, (C,)
        Of the statistics; see `see_raw`.
    """
    test = examples.held_out
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
        predicted = predict(examples.first[some], seen)
        losses = F.smooth_l1_loss(predicted / 10, examples.wanted[some] / 10, reduction="none")
        loss = (examples.weight[some] * losses).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        falling.step()
    with torch.no_grad():
        return predict(examples.first[test], z[test]), mean, deviation


@torch.no_grad()
def see_raw(weight: Tensor, bias: Tensor, mean: Tensor, deviation: Tensor) -> None:
    """Put the statistics' normalisation into the layer that sees them: the network sees raw ones."""
    weight /= deviation
    bias -= weight @ mean
