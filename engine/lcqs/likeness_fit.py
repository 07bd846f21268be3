"""Fit the likeness to what networks that recognise faces say of restored ones."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from engine.errors import ModelError
from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.head_fit import MANY, Examples, fit_head, held_out, see_raw
from engine.lcqs.likeness import Likeness, likeness
from engine.lcqs.network import Lcqs
from engine.lcqs.quality_shift import LEVEL_MAX
from engine.lcqs.softening import softened

NO_NETWORKS = "It is learnt from networks that recognise faces: name some as --identity."

Batch = tuple[Tensor, Tensor, Tensor]
"""Statistics of damaged faces, (n, C), the faces restored, and their people's sharp ones, (n, 3, S, S)."""


@torch.no_grad()
def restored(net: Lcqs, faces: Tensor) -> tuple[Tensor, Tensor]:
    """Give the `pooled_statistics` of faces, (n, 3, S, S), RGB in [0, 1], and the faces drawn at α(x).

    Both of faces as the network is shown them, see `engine.lcqs.softening`.
    """
    encoding = net.encode(faces)
    sigmas = net.softening(encoding.features)
    if sigmas.any():
        encoding = net.encode(softened(faces, sigmas))
    levels = net.automatic_level(encoding).clamp_max(LEVEL_MAX)
    drawn = net.decode_twice(encoding, net.mirrored(encoding), levels)
    return pooled_statistics(encoding.features), drawn.float()


def fit_likeness(net: Lcqs, networks: nn.ModuleList, batches: Iterable[Batch]) -> float:
    """Fit `net.likeness` in place; all else stays as it is.

    Parameters
    ----------
    net : Lcqs
    networks : nn.ModuleList
        From `engine.lcqs.identity.embeddings`; likenesses are means over them.
    batches : iterable of Batch
        Made with `restored`: at least eight, of faces of which much is left, or little.

    Returns
    -------
    float
        Correlation (Pearson's) with the likeness that is measured, in faces that were held out.

    Raises
    ------
    ModelError
        Without networks, or where the faces are all of one person to them.
    """
    if not networks:
        raise ModelError(NO_NETWORKS)
    examples = _examples(networks, batches)
    head = Likeness(net.config.widths)
    nn.init.kaiming_uniform_(head.last.weight, 5**0.5)
    predicted, mean, deviation = fit_head(head, lambda _, seen: head.from_statistics(seen), examples, MANY)
    see_raw(head.first.weight, head.first.bias, mean, deviation)
    net.likeness.load_state_dict(head.state_dict())
    return float(torch.corrcoef(torch.stack([predicted, examples.wanted[examples.held_out]]))[0, 1])


@torch.no_grad()
def _examples(networks: nn.ModuleList, batches: Iterable[Batch]) -> Examples:
    statistics, drawn, people, test = [], [], [], []
    for count, (seen, faces, sharp) in enumerate(batches):
        statistics.append(seen)
        drawn.append([network(faces)[0] for network in networks])
        people.append([network(sharp)[0] for network in networks])
        test += held_out(count, len(faces))
    pairs = zip(zip(*drawn, strict=True), zip(*people, strict=True), strict=True)
    measured = torch.stack([likeness(torch.cat(one), torch.cat(other)) for one, other in pairs]).mean(0)
    if not measured.isfinite().all():
        raise ModelError("It can't be fitted to these faces: to the networks they are all of one person.")
    none = torch.zeros_like(measured)
    tested = torch.tensor(test, device=none.device)
    return Examples(torch.cat(statistics), measured, none + 1, tested, none)
