"""Muon: a step in all directions that a convolution's gradient has, each of the same length.

Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
https://kellerjordan.github.io/posts/muon. PyTorch has it for matrices only; here a kernel of a convolution is
a row of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

_MOMENTUM = 0.95
_LENGTH = 0.2  # root of the mean square of a step of rate 1, about that of Adam: Liu et al., arXiv:2502.16982
_NARROWEST = 16  # output channels of a convolution that has directions enough
_ROUNDS = 5
_QUINTIC = 3.4445, -4.7750, 2.0315  # of the Newton-Schulz iteration: brings lengths of 0.01 to 1 near 1


class Muon(torch.optim.Adam):
    """Muon for convolutions of 16 and more output channels, Adam for all other parameters.

    Parameters
    ----------
    groups : list of dict
        Parameter groups.
    learning_rate : float
        As for Adam.
    """

    def __init__(self, groups: list[dict[str, Any]], learning_rate: float):
        super().__init__(groups, learning_rate)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Take a step; gradients of convolutions are used up by it."""
        steps, ahead = [], []
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.ndim < 4 or len(parameter) < _NARROWEST or parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:  # with a step: Adam looks for one in all that it reads from a checkpoint
                    state["step"], state["momentum"] = torch.tensor(0.0), torch.zeros_like(parameter)
                momentum = state["momentum"].lerp_(parameter.grad, 1 - _MOMENTUM)
                ahead.append(parameter.grad.lerp(momentum, _MOMENTUM).flatten(1))
                steps.append((parameter, group["lr"] * (_LENGTH * max(ahead[-1].shape) ** 0.5)))
                parameter.grad = None
        for (parameter, length), direction in zip(steps, orthogonal(ahead), strict=True):
            parameter.sub_(direction.reshape(parameter.shape) * length)
        super().step(closure)


def orthogonal(matrices: Sequence[Tensor]) -> list[Tensor]:
    """Give matrices, (m, n), with singular values near 1, between 0.6 and 1.3, and the same directions.

    Each round of the iteration multiplies by a polynomial of a matrix's own products of rows, all of which
    commute: so the rounds are done among these, m × m, for all matrices with as many rows at once, and a
    matrix itself is multiplied once.
    """
    wide = [matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T for matrix in matrices]
    wide = [matrix / matrix.norm().clamp_min(1e-7) for matrix in wide]
    made: list[Tensor] = list(matrices)
    for rows in {len(matrix) for matrix in wide}:
        alike = [i for i, matrix in enumerate(wide) if len(matrix) == rows]
        factors = _factors(torch.stack([wide[i] @ wide[i].T for i in alike]))
        for i, factor in zip(alike, factors, strict=True):
            x = factor @ wide[i]
            made[i] = x if matrices[i].shape[0] <= matrices[i].shape[1] else x.T
    return made


def _factors(products: Tensor) -> Tensor:
    """Do the rounds among products of rows, (k, m, m): what the matrices are to be multiplied by."""
    a, b, c = _QUINTIC
    one = torch.eye(products.shape[1], dtype=products.dtype, device=products.device)
    factors = one.expand_as(products)
    for _ in range(_ROUNDS):
        rounds = torch.baddbmm(a * one + b * products, products, products, alpha=c)
        factors = rounds @ factors
        products = rounds @ products @ rounds
    return factors
