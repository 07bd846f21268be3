"""What the trained systems are built of.

Their originals are large. Here each has about a million parameters, sees faces at a quarter of their size
with the pixels as channels (all damage of the protocol loses at least that much resolution), and draws what
is added to the face, as the generator of Heirloom does: at a budget of minutes nothing learns to copy a
photo.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.faces import TEMPLATE
from engine.lcqs.encoder import ResidualBlock, bands

CELL = 4
"""Side in pixels of what one place of a network's finest maps stands for."""
SEEN = 48 + 6
"""Channels of `seen`."""
_RESIDUAL = 0.1  # what a unit of the last layer adds to a face


def seen(face: Tensor) -> Tensor:
    """Give faces (n, 3, S, S), RGB in [0, 1], as bands of equal strength: (n, 54, S/4, S/4)."""
    detail, tone = bands(face)
    return torch.cat([F.pixel_unshuffle(detail, CELL), tone], 1)


class Drawing(nn.Module):
    """Draws what is added to a face; nothing at first.

    Parameters
    ----------
    width : int
        Channels that it draws from.
    """

    def __init__(self, width: int):
        super().__init__()
        self.conv = nn.Conv2d(width, 3 * CELL * CELL, 3, padding=1)
        nn.init.zeros_(self.conv.weight)

    def forward(self, face: Tensor, x: Tensor) -> Tensor:
        """Add to `face`, (n, 3, S, S), what `x`, (n, C, S/4, S/4), says."""
        return face + _RESIDUAL * F.pixel_shuffle(self.conv(F.leaky_relu(x, 0.2)), CELL).float()


class Translator(nn.Module):
    """Turns faces into faces of another quality: residual blocks at a quarter and an eighth of the size.

    Parameters
    ----------
    width : int
        Channels at a quarter; half as many again at an eighth.
    extra : int
        Channels of a condition beside the face.
    """

    def __init__(self, width: int = 64, extra: int = 0):
        super().__init__()
        wide = width * 3 // 2
        self.stem = _kaiming(nn.Conv2d(SEEN + extra, width, 3, padding=1))
        self.fine = ResidualBlock(width)
        self.down = _kaiming(nn.Conv2d(width, wide, 3, 2, 1))
        self.coarse = nn.Sequential(ResidualBlock(wide), ResidualBlock(wide))
        self.up = _kaiming(nn.Conv2d(wide, width, 1))
        self.last = ResidualBlock(width)
        self.draw = Drawing(width)

    def forward(self, face: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate `face`, (n, 3, S, S), under `condition`, (n, extra, S/4, S/4)."""
        given = seen(face) if condition is None else torch.cat([seen(face), condition], 1)
        x = self.fine(F.leaky_relu(self.stem(given), 0.2))
        deep = self.up(self.coarse(F.leaky_relu(self.down(x), 0.2)))
        x = x + F.interpolate(deep, scale_factor=2.0, mode="bilinear", align_corners=False)
        return self.draw(face, self.last(x))


class Descent(nn.Module):
    """Strided convolutions from a quarter of the face's size to a thirty-second.

    Parameters
    ----------
    widths : tuple of 4 int
        Channels at 1/4, 1/8, 1/16 and 1/32.
    """

    def __init__(self, widths: tuple[int, int, int, int] = (48, 64, 96, 96)):
        super().__init__()
        sizes = (SEEN, *widths)
        self.convs = nn.ModuleList(
            _kaiming(nn.Conv2d(a, b, 3, 2 if i else 1, 1))
            for i, (a, b) in enumerate(zip(sizes, widths, strict=False))
        )

    def forward(self, face: Tensor) -> list[Tensor]:
        """Give features of `face`, (n, 3, S, S), finest first."""
        x, features = seen(face), []
        for conv in self.convs:
            x = F.leaky_relu(conv(x), 0.2)
            features.append(x)
        return features


def region_maps(size: int) -> Tensor:
    """Soft maps of the regions of an aligned face: eyes and brows, nose, mouth, skin, everything else.

    They stand for a parser's map. Faces are aligned to five landmarks, so the landmarks' places give regions
    that fit every face roughly and none exactly.

    Returns
    -------
    Tensor, (5, size, size)
        In [0, 1], their sum is 1 everywhere.
    """
    y, x = torch.meshgrid(*(2 * ((torch.arange(size) + 0.5) / size,)), indexing="ij")

    def blob(centre: tuple[float, float], radius_x: float, radius_y: float) -> Tensor:
        distance = ((x - centre[0]) / radius_x).square() + ((y - centre[1]) / radius_y).square()
        return torch.sigmoid(6 * (1 - distance))

    left, right, nose, mouth_left, mouth_right = (tuple(map(float, point)) for point in TEMPLATE)
    middle = ((mouth_left[0] + mouth_right[0]) / 2, (mouth_left[1] + mouth_right[1]) / 2)
    eyes = [blob((point[0], point[1] - 0.03), 0.1, 0.08) for point in (left, right)]
    parts = [torch.maximum(*eyes), blob((nose[0], nose[1] - 0.03), 0.07, 0.1), blob(middle, 0.13, 0.06)]
    parts.append(blob((nose[0], nose[1] - 0.02), 0.27, 0.37))
    maps, left_over = [], torch.ones(size, size)
    for part in parts:
        maps.append(part * left_over)
        left_over = left_over - maps[-1]
    return torch.stack([*maps, left_over])


def _kaiming(conv: nn.Conv2d) -> nn.Conv2d:
    """Keep the variance of signals, as in the encoder of Heirloom."""
    nn.init.kaiming_normal_(conv.weight, 0.2)
    return conv
