"""Pixels moved between channels and places, and channels joined, as ONNX Runtime does them fast on a CPU.

Its operator that shuffles pixels, and a transposition of rows and columns at once, move value by value: what
is exported does it in two transpositions, of rows and of columns, in less than half the time. And its fast
convolutions take channels by fours: in what is exported, those that are missing are there, with weights of 0.

Both transpositions are written for pictures of one size. What is to take any is exported with `of_any_size`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_TOGETHER = 4  # channels
_OF_ANY_SIZE = ContextVar("of_any_size", default=False)


@contextmanager
def of_any_size() -> Iterator[None]:
    """Export, as long as this lasts, for pictures whose sides are left open: a little slower."""
    token = _OF_ANY_SIZE.set(True)
    try:
        yield
    finally:
        _OF_ANY_SIZE.reset(token)


def _by_transposing() -> bool:
    return torch.onnx.is_in_onnx_export() and not _OF_ANY_SIZE.get()


def shuffled(x: Tensor, step: int = 2) -> Tensor:
    """Spread channels over places: (n, C·step², h, w) to (n, C, h·step, w·step).

    Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
    Neural Network", CVPR 2016.
    """
    if not _by_transposing():
        return F.pixel_shuffle(x, step)
    channels, height, width = (int(side) for side in x.shape[1:])
    channels //= step**2
    x = x.reshape(-1, channels, step, step, height * width).transpose(3, 4)
    x = x.reshape(-1, channels, step, height, width * step).transpose(2, 3)
    return x.reshape(-1, channels, height * step, width * step)


def unshuffled(x: Tensor, step: int) -> Tensor:
    """Gather places in channels: (n, C, h·step, w·step) to (n, C·step², h, w)."""
    if not _by_transposing():
        return F.pixel_unshuffle(x, step)
    channels, height, width = (int(side) for side in x.shape[1:])
    height, width = height // step, width // step
    x = x.reshape(-1, channels, height, step, width * step).transpose(2, 3)
    x = x.reshape(-1, channels, step, height * width, step).transpose(3, 4)
    return x.reshape(-1, channels * step**2, height, width)


class JoiningConv(nn.Conv2d):
    """A convolution of several tensors, joined along their channels."""

    spare = 0

    def forward(self, *parts: Tensor) -> Tensor:
        """Join `parts`, (n, C, h, w) each, and convolve them."""
        missing = (parts[-1][:, : self.spare],) if self.spare else ()
        return super().forward(torch.cat([*parts, *missing], 1))

    def widen(self) -> None:
        """Take channels of the last part once more, with weights of 0, up to a multiple of four."""
        self.spare = -self.in_channels % _TOGETHER
        self.weight = nn.Parameter(F.pad(self.weight.detach(), (0, 0, 0, 0, 0, self.spare)))
