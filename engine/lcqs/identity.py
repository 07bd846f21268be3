"""An identity embedding for the identity loss: MobileFaceNet, from a file that who trains a model provides.

Architecture: Chen et al., "MobileFaceNets", CCBR 2018, table 1. Its weights are not part of Heirloom; without
them training runs without the identity loss. The evaluation measures with another network, so that no loss is
its own judge.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.errors import ModelError
from engine.lcqs.perceptual import feature_distance

# ArcFace's 112-px template, eight pixels to the left for a width of 96, and its 512-px FFHQ counterpart, as
# (x, y) of left eye, right eye, nose, left and right corner of the mouth.
_ARCFACE = (
    (30.2946, 51.6963),
    (65.5318, 51.5014),
    (48.0252, 71.7366),
    (33.5493, 92.3655),
    (62.7299, 92.2041),
)
# Blocks after which features are taken: 28 × 24, 14 × 12 and 7 × 6 places.
_TAPS = (4, 11, 14)
_FFHQ = ((192.98, 239.95), (318.90, 240.19), (256.63, 314.02), (201.26, 371.41), (313.09, 371.15))


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


class IdentityEmbedding(nn.Module):
    """Embeds faces aligned to the FFHQ template.

    Parameters
    ----------
    path : Path
        A state dict of MobileFaceNet (128-d, input 112 × 96).

    Raises
    ------
    ModelError
        If the file is missing or does not fit.
    """

    grid: Tensor

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
            state = torch.load(path, map_location="cpu", weights_only=True)
            self.load_state_dict(state)
        except (OSError, RuntimeError) as error:
            raise ModelError(f"The identity network '{path}' can't be loaded ({error}).") from error
        self.eval().requires_grad_(False)
        self.register_buffer("grid", _crop_grid())

    def forward(self, face: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Embed faces.

        Parameters
        ----------
        face : Tensor, (n, 3, S, S)
            FFHQ-aligned, RGB in [0, 1].

        Returns
        -------
        embedding : Tensor, (n, 128)
            Of unit length.
        features : list of Tensor, (n, C, h, w)
            On the way there, finest first.
        """
        small = F.interpolate(face, size=(128, 128), mode="area")
        grid = self.grid.expand(len(face), -1, -1, -1)
        crop = F.grid_sample(small, grid, mode="bilinear", padding_mode="border", align_corners=False)
        x = self.dw_conv1(self.conv1((crop * 255 - 127.5) / 128))
        features = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in _TAPS:
                features.append(x)
        x = self.linear1(self.linear7(self.conv2(x)))
        return F.normalize(x.flatten(1).float(), dim=1), features


def identity_loss(network: IdentityEmbedding, faces: Tensor, people: Tensor) -> Tensor:
    """Measure how unlike `people` the `faces` look, to an embedding and on the way to it.

    Many faces have nearly the same embedding; features of each place leave fewer of them.

    Parameters
    ----------
    network : IdentityEmbedding
    faces, people : Tensor, (n, 3, S, S)
        RGB; `people`, in [0, 1], gets no gradient.

    Returns
    -------
    Tensor
        Scalar: one minus the mean cosine similarity, plus the mean feature distance.
    """
    with torch.no_grad():
        who, there = network(people)
    again, here = network(faces.clamp(0, 1))
    return 1 - (who * again).sum(1).mean() + feature_distance(here, there).mean()


def _crop_grid() -> Tensor:
    """Sampling grid (1, 112, 96, 2) from the FFHQ to the ArcFace frame, by least squares."""
    source, target = torch.tensor(_ARCFACE).double(), torch.tensor(_FFHQ).double() / 256 - 1
    ones, zeros = torch.ones(5).double(), torch.zeros(5).double()
    rows_x = torch.stack([source[:, 0], -source[:, 1], ones, zeros], 1)
    rows_y = torch.stack([source[:, 1], source[:, 0], zeros, ones], 1)
    a, b, tx, ty = torch.linalg.lstsq(
        torch.cat([rows_x, rows_y]), torch.cat([target[:, 0], target[:, 1]])
    ).solution
    y, x = torch.meshgrid(torch.arange(112.0), torch.arange(96.0), indexing="ij")
    return torch.stack([a * x - b * y + tx, b * x + a * y + ty], 2).float()[None]
