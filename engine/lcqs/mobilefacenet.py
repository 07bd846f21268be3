"""MobileFaceNet: Chen et al., "MobileFaceNets", CCBR 2018, table 1."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from engine.errors import ModelError

# Blocks after which features are taken: 28 × 24, 14 × 12 and 7 × 6 places.
_TAPS = (4, 11, 14)


def _conv(
    c_in: int, c_out: int, kernel: int | tuple[int, int], stride: int = 1, pad: int = 0, groups: int = 1
) -> nn.Conv2d:
    return nn.Conv2d(c_in, c_out, kernel, stride, pad, groups=groups, bias=False)


class _ConvNorm(nn.Module):
    def __init__(self, conv: nn.Conv2d, linear: bool = False):
        super().__init__()
        self.conv, self.bn = conv, nn.BatchNorm2d(conv.out_channels)
        self.prelu = nn.Identity() if linear else nn.PReLU(conv.out_channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.prelu(self.bn(self.conv(x)))


class _Bottleneck(nn.Module):
    def __init__(self, c_in: int, c_out: int, stride: int, expansion: int):
        super().__init__()
        width = c_in * expansion
        self.conv = nn.Sequential(
            _conv(c_in, width, 1), nn.BatchNorm2d(width), nn.PReLU(width),
            _conv(width, width, 3, stride, 1, width), nn.BatchNorm2d(width), nn.PReLU(width),
            _conv(width, c_out, 1), nn.BatchNorm2d(c_out),
        )  # fmt: skip
        self.shortcut = stride == 1 and c_in == c_out

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.shortcut else self.conv(x)


class MobileFaceNet(nn.Module):
    """An embedding of faces; it is not trained.

    Parameters
    ----------
    path : Path
        A state dict.

    Raises
    ------
    ModelError
        If the file is missing or does not fit.
    """

    def __init__(self, path: Path):
        super().__init__()
        self.conv1 = _ConvNorm(_conv(3, 64, 3, 2, 1))
        self.dw_conv1 = _ConvNorm(_conv(64, 64, 3, 1, 1, 64))
        blocks, c_in = [], 64
        for t, c, n, s in ((2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)):
            for i in range(n):
                blocks.append(_Bottleneck(c_in, c, s if i == 0 else 1, t))
                c_in = c
        self.blocks = nn.Sequential(*blocks)
        self.conv2 = _ConvNorm(_conv(128, 512, 1))
        self.linear7 = _ConvNorm(_conv(512, 512, (7, 6), groups=512), linear=True)
        self.linear1 = _ConvNorm(_conv(512, 128, 1), linear=True)
        try:
            self.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        except Exception as error:  # torch raises whatever the damage provokes
            raise ModelError(f"The identity network '{path}' can't be loaded ({error}).") from error

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Embed RGB crops `x`, (n, 3, 112, 96) in [-1, 1]: (n, 128), and the features of three stages."""
        x = self.dw_conv1(self.conv1(x * (127.5 / 128)))
        features = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in _TAPS:
                features.append(x)
        return self.linear1(self.linear7(self.conv2(x))).flatten(1), features
