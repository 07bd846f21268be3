"""The finer stage: draws a restored face at twice its size, where the photo has the pixels.

The network of `engine.lcqs.network` sees and draws a face at S px; portraits that were scanned well hold two
to five times as many. This stage takes what the photo holds at 2 S, and the face restored at S, and draws
what is missing between both. It is small and looks at places, not at the person: who it is, is settled at S.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from engine.lcqs.encoder import ResidualBlock
from engine.lcqs.generator import FullSize, Smooth
from engine.lcqs.layers import JoiningConv, shuffled, unshuffled

_ADDED = 0.1  # what a unit of the last layer adds to a face, as in the generator


@dataclass(frozen=True)
class FinerConfig:
    """Sizes of the finer stage.

    Attributes
    ----------
    half, quarter : int
        Channels at S and at S / 2, where it draws at 2 S.
    blocks : int
        Residual blocks at S / 2.
    full : int
        Channels at 2 S.
    """

    half: int = 24
    quarter: int = 48
    blocks: int = 4
    full: int = 12

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for a checkpoint."""
        return asdict(self)


class Finer(nn.Module):
    """Draws at 2 S px.

    Parameters
    ----------
    config : FinerConfig
        Sizes.
    """

    def __init__(self, config: FinerConfig):
        super().__init__()
        self.config = config
        half, quarter = config.half, config.quarter
        self.stem = JoiningConv(12 + 6, half, 3, padding=1)
        self.down = nn.Conv2d(half, quarter, 3, 2, 1)
        self.blocks = nn.Sequential(*(ResidualBlock(quarter) for _ in range(config.blocks)))
        self.rise = nn.Conv2d(quarter, 4 * half, 3, padding=1)
        self.smooth = Smooth(half)
        self.mix = JoiningConv(2 * half, half, 3, padding=1)
        self.full = FullSize(half, config.full)
        for conv in (self.stem, self.down, self.rise, self.mix):
            nn.init.kaiming_normal_(conv.weight, 0.2)

    def forward(self, photo: Tensor, restored: Tensor, share: Tensor) -> Tensor:
        """Draw faces at twice the size that they were restored at.

        Parameters
        ----------
        photo : Tensor, (n, 3, 2 S, 2 S)
            Aligned faces as they were photographed, RGB in [0, 1].
        restored : Tensor, (n, 3, S, S)
            The same, restored; the mean of each four pixels of `photo` where nothing was done.
        share : Tensor, (n,)
            Of the photo's own finest details that is replaced, in [0, 1].

        Returns
        -------
        Tensor, (n, 3, 2 S, 2 S)
            RGB, about [0, 1], not clipped. With nothing restored and nothing replaced, `photo`.
        """
        shrunk = F.avg_pool2d(photo, 2)
        own = photo - doubled(shrunk)
        seen = [unshuffled(own * 16, 2), restored * 4 - 2, (restored - shrunk) * 8]
        stem = F.leaky_relu(self.stem(*seen), 0.2)
        x = self.rise(self.blocks(F.leaky_relu(self.down(stem), 0.2)))
        x = self.smooth(shuffled(F.leaky_relu(x, 0.2)))
        x = F.leaky_relu(self.mix(x, stem), 0.2)
        drawn = _ADDED * self.full(x, photo).float()
        return doubled(restored) + own + share[:, None, None, None] * (drawn - own)


def doubled(faces: Tensor) -> Tensor:
    """Draw faces (n, C, h, w) at twice their size, without adding anything."""
    return F.interpolate(faces, scale_factor=2.0, mode="bilinear", align_corners=False)
