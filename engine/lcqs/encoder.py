"""The encoder E: a face becomes W+ codes w and spatial features F."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.lcqs.layers import JoiningConv, unshuffled

CODE_SCALE = 20.0
"""Unit of W+: codes are this much longer than what layers work with; a level then counts lengths of Δ."""


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions around a shortcut."""

    def __init__(self, channels: int):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.kaiming_normal_(self.first.weight, 0.2)
        nn.init.kaiming_normal_(self.second.weight, 0.2)
        self.second.weight.data *= 0.3

    def forward(self, x: Tensor) -> Tensor:
        """Add what both convolutions find to `x`, (n, C, h, w)."""
        return x + self.second(F.leaky_relu(self.first(x), 0.2))


class Encoder(nn.Module):
    """Encodes an aligned face.

    Parameters
    ----------
    widths : tuple of 5 int
        Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the face's size.
    blocks : tuple of 4 int
        Residual blocks at 1/4, 1/8, 1/16 and 1/32.
    layers, dim : int
        Shape (L, D) of the codes.
    size : int
        The face's side in pixels.
    head : tuple of 2 int
        Channels at each place of the deepest features, and of all places together, that codes are made from.
    """

    def __init__(
        self,
        widths: tuple[int, ...],
        blocks: tuple[int, ...],
        layers: int,
        dim: int,
        size: int = 256,
        head: tuple[int, int] = (48, 384),
    ):
        super().__init__()
        fine, *coarse = widths
        self.fine = JoiningConv(12 + 6, fine, 3, padding=1)
        self.stem = JoiningConv(48 + 6, coarse[0], 3, padding=1)
        stages: list[nn.Module] = []
        strided: list[nn.Conv2d] = []
        for i, width in enumerate(coarse):
            down: list[nn.Module] = []
            if i:
                strided.append(nn.Conv2d(coarse[i - 1], width, 3, 2, 1))
                down = [strided[-1], nn.LeakyReLU(0.2)]
            stages.append(nn.Sequential(*down, *(ResidualBlock(width) for _ in range(blocks[i]))))
        self.stages = nn.ModuleList(stages)
        cells = (size // 32) ** 2
        self.squeeze = nn.Conv2d(coarse[-1], head[0], 1)
        for conv in (self.fine, self.stem, *strided):
            # Unit variance throughout: with torch's own initialisation, signals fade to 2 % on the way to the
            # codes.
            nn.init.kaiming_normal_(conv.weight, 0.2)
        self.head = nn.Sequential(
            nn.Linear(head[0] * cells, head[1]), nn.LeakyReLU(0.2), nn.Linear(head[1], layers * dim)
        )
        self.layers, self.dim = layers, dim

    def forward(self, face: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Encode faces.

        Parameters
        ----------
        face : Tensor, (n, 3, S, S)
            RGB in [0, 1].

        Returns
        -------
        w : Tensor, (n, L, D)
            Codes in W+.
        features : list of Tensor
            F at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size.
        """
        detail, tone = bands(face)
        features = [self.fine(unshuffled(detail, 2), _enlarged(tone, 2))]
        x = F.leaky_relu(self.stem(unshuffled(detail, 4), tone), 0.2)
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        flat = F.leaky_relu(self.squeeze(x), 0.2).flatten(1)
        w = self.head(flat).float().view(-1, self.layers, self.dim)
        return CODE_SCALE * w, features


def bands(face: Tensor) -> tuple[Tensor, Tensor]:
    """Split a face into a Laplacian pyramid (Burt & Adelson 1983) with bands of about equal strength.

    Damage and its repair live in the finer bands, at a tenth of the tone's size.

    Parameters
    ----------
    face : Tensor, (n, 3, S, S)
        RGB in [0, 1].

    Returns
    -------
    detail : Tensor, (n, 3, S, S)
        What is finer than 4 px.
    tone : Tensor, (n, 6, S/4, S/4)
        What is between 4 and 16 px, and the face itself.
    """
    quarter = F.avg_pool2d(face, 4)
    sixteenth = F.avg_pool2d(quarter, 4)
    detail = (face - _enlarged(quarter, 4)) * 16
    return detail, torch.cat([(quarter - _enlarged(sixteenth, 4)) * 8, quarter * 4 - 2], 1)


def finest(face: Tensor) -> Tensor:
    """Give what in `face`, (n, 3, S, S), RGB in [0, 1], is finer than 2 px, as strong as `bands` are."""
    return (face - _enlarged(F.avg_pool2d(face, 2), 2)) * 16


def _enlarged(x: Tensor, factor: int) -> Tensor:
    return F.interpolate(x, scale_factor=float(factor), mode="bilinear", align_corners=False)


def pooled_statistics(features: list[Tensor]) -> Tensor:
    """Give each channel's mean and log standard deviation over space, for all `features`: (n, 2 ΣC)."""
    parts = []
    for f in features:
        f = f.float()
        mean = f.mean((2, 3))
        variance = (f * f).mean((2, 3)) - mean * mean
        parts += [mean, variance.clamp_min(1e-6).log() / 2]
    return torch.cat(parts, 1)
