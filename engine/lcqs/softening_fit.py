"""Fit the softening to what the network makes of faces that are blurred more and more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn

from engine.lcqs.head_fit import MANY, Examples, fit_head, held_out, see_raw
from engine.lcqs.network import Lcqs
from engine.lcqs.softening import SIGMAS, Softening, softened

_MOST = 100.0  # percent: of what blurring ruins, it does not matter how much

Batch = tuple[Tensor, Tensor]
"""Statistics of damaged faces, (n, C), and the damage that is left when each of them is restored, (n, 1 + k):
as it is, and blurred by each of `SIGMAS`."""


def more_and_more_blurred(faces: Tensor) -> Iterator[Tensor]:
    """Give faces, (n, 3, S, S), RGB in [0, 1], as they are, and then blurred by each of `SIGMAS`."""
    yield faces
    for sigma in SIGMAS:
        yield softened(faces, torch.full((len(faces),), sigma))


def fit_softening(net: Lcqs, batches: Iterable[Batch]) -> tuple[float, float]:
    """Fit `net.softening` in place; all else stays as it is.

    Parameters
    ----------
    net : Lcqs
    batches : iterable of Batch
        At least eight, of faces that lose by being blurred, and of some that gain.

    Returns
    -------
    chosen, best : float
        Of the damage that is left of faces as they are, the share that is left with the softening that is
        chosen, and with the best one; of faces that were held out.
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
    head = Softening(net.config.widths)
    nn.init.kaiming_uniform_(head.last.weight, 5**0.5)
    _, mean, deviation = fit_head(head, lambda _, known: head.change(known), examples, MANY)
    see_raw(head.first.weight, head.first.bias, mean, deviation)
    net.softening.load_state_dict(head.state_dict())
    with torch.no_grad():
        chosen = net.softening.from_statistics(seen[tested])
    sigmas = torch.tensor((0.0, *SIGMAS), device=chosen.device)
    at = (chosen[:, None] - sigmas).abs().argmin(1, keepdim=True)
    whole = damage[tested]
    as_they_are = whole[:, 0].sum()
    return float(whole.gather(1, at).sum() / as_they_are), float(whole.amin(1).sum() / as_they_are)
