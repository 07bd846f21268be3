"""Muon: a step in all directions that a convolution's gradient has, each of the same length.

Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
https://kellerjordan.github.io/posts/muon. PyTorch has it for matrices only; here a kernel of a convolution is
a row of one.
"""

from __future__ import annotations

from collections.abc import Callable
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
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.ndim < 4 or len(parameter) < _NARROWEST or parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:  # with a step: Adam looks for one in all that it reads from a checkpoint
                    state["step"], state["momentum"] = torch.tensor(0.0), torch.zeros_like(parameter)
                momentum = state["momentum"].lerp_(parameter.grad, 1 - _MOMENTUM)
                ahead = parameter.grad.lerp(momentum, _MOMENTUM).flatten(1)
                length = _LENGTH * max(ahead.shape) ** 0.5
                parameter.add_(orthogonal(ahead).view(parameter.shape), alpha=-group["lr"] * length)
                parameter.grad = None
        super().step(closure)


def orthogonal(matrix: Tensor) -> Tensor:
    """Give the matrix, (m, n), with singular values near 1, between 0.6 and 1.3, and the same directions.

    Each round of the iteration multiplies by a polynomial of the matrix's own products of rows, all of which
    commute: so the rounds are done among these, m × m, and the matrix itself is multiplied once.
    """
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x = wide / wide.norm().clamp_min(1e-7)
    products = x @ x.T
    a, b, c = _QUINTIC
    one = torch.eye(len(x), dtype=x.dtype, device=x.device)
    factor = one
    for _ in range(_ROUNDS):
        round_ = torch.addmm(a * one + b * products, products, products, alpha=c)
        factor = round_ @ factor
        products = round_ @ products @ round_
    x = factor @ x
    return x if matrix.shape[0] <= matrix.shape[1] else x.T
