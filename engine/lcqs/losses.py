"""Losses that more than one kind of training minimises."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor


def down_loss(faces: Tensor, originals: Tensor) -> Tensor:
    """L_down: how far `faces` have left what damage leaves intact.

    Parameters
    ----------
    faces, originals : Tensor, (n, 3, S, S)
        RGB in [0, 1].

    Returns
    -------
    Tensor
        Scalar: mean absolute difference of both, shrunk eightfold.
    """
    return (F.avg_pool2d(faces.float(), 8) - F.avg_pool2d(originals.float(), 8)).abs().mean()


def judge_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Hinge loss of a judge (Lim & Ye, "Geometric GAN", 2017, eq. 21) whose logits are `real` and `fake`."""
    return F.relu(1 - real.float()).mean() + F.relu(1 + fake.float()).mean()


def window(corner: NDArray[Any], side: int) -> tuple[Any, ...]:
    """Index of what the perceptual loss looks at, in faces (n, 3, S, S).

    Parameters
    ----------
    corner : (2,) int
        Top and left.
    side : int
        In px.
    """
    return (..., *(slice(int(c), int(c) + side) for c in corner))
