"""The deblocker: takes from a picture what compression put into it, before the network sees the face.

JPEG and its kin cut a picture into blocks and keep of each what costs little. Where a photo holds a face in
many pixels, blocks are a small part of it, hard and regular, and pass for its own: the network draws them
anew. This stage knows of compression alone. It leaves grain, scratches, dots and blur as they are, for the
network, which has learnt what they are. It looks at places, not at the person, and at pictures of any size:
blocks are as large as the photo's resolution makes them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from engine.lcqs.change_head import ChangeHead
from engine.lcqs.encoder import ResidualBlock, bands
from engine.lcqs.finer import doubled
from engine.lcqs.generator import FullSize
from engine.lcqs.layers import JoiningConv, unshuffled

_LEAST_GAIN = 6.0  # percent, see `ChangeHead`; less is often promised to large faces, and not kept
_ADDED = 0.1  # what a unit of the last layer adds to a face, as in the generator


@dataclass(frozen=True)
class DeblockerConfig:
    """Sizes of the deblocker.

    Attributes
    ----------
    widths : tuple of int
        Channels at 1/2, 1/4, … of the picture's size, which has to be a multiple of the last.
    blocks : tuple of int
        Residual blocks on the way down, and on the way up, at each of these sizes.
    full : int
        Channels at the full size.
    features : tuple of int
        Channels of the features of the network that it serves, by which, beside its own, that is told whom it
        helps.
    """

    widths: tuple[int, ...] = (24, 48, 80, 80)
    blocks: tuple[int, ...] = (1, 2, 2, 1)
    full: int = 8
    features: tuple[int, ...] = (32, 96, 160, 256, 320)

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for a checkpoint."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DeblockerConfig:
        """Read what `as_dict` gave."""
        sizes: dict[str, Any] = {k: tuple(v) if isinstance(v, list | tuple) else v for k, v in data.items()}
        return cls(**sizes)


class Deblocker(nn.Module):
    """Undoes compression, as far as that can be known.

    A network in the shape of a U: Ronneberger, Fischer & Brox, "U-Net: Convolutional Networks for Biomedical
    Image Segmentation", MICCAI 2015.

    Parameters
    ----------
    config : DeblockerConfig
        Sizes.

    Attributes
    ----------
    helps : ChangeHead
        Chooses, by the network's features of a face as it is and what `look` gives of it, whether it is
        deblocked; until it is fitted, no face is. The network alone can't know: of a large face it sees the
        half of the pixels, and hardly a block.
    """

    def __init__(self, config: DeblockerConfig):
        super().__init__()
        self.config = config
        widths, blocks = config.widths, config.blocks
        pairs = list(pairwise(widths))
        self.stem = JoiningConv(12 + 6, widths[0], 3, padding=1)
        self.falls = nn.ModuleList(nn.Conv2d(fine, coarse, 3, 2, 1) for fine, coarse in pairs)
        self.rises = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in pairs)
        self.mixes = nn.ModuleList(JoiningConv(2 * fine, fine, 3, padding=1) for fine, _ in pairs)
        self.down, self.up = (
            nn.ModuleList(
                nn.Sequential(*(ResidualBlock(width) for _ in range(count)))
                for width, count in zip(widths, blocks, strict=True)
            )
            for _ in range(2)
        )
        self.full = FullSize(widths[0], config.full)
        self.helps = ChangeHead((*config.features, *widths), 1, _LEAST_GAIN).requires_grad_(False)
        for conv in (self.stem, *self.falls, *self.rises, *self.mixes):
            nn.init.kaiming_normal_(conv.weight, 0.2)

    def forward(self, faces: Tensor) -> Tensor:
        """Undo compression.

        Parameters
        ----------
        faces : Tensor, (n, 3, H, W)
            RGB in [0, 1].

        Returns
        -------
        Tensor, (n, 3, H, W)
            RGB, about [0, 1], not clipped.
        """
        return self.undo(faces, self.look(faces))

    def look(self, faces: Tensor) -> list[Tensor]:
        """Go the way down: it gives features, (n, C, H/2, W/2) and smaller, of `faces` as for `forward`."""
        detail, tone = bands(faces)
        x = F.leaky_relu(self.stem(unshuffled(detail, 2), doubled(tone)), 0.2)
        seen = [self.down[0](x)]
        for blocks, fall in zip(self.down[1:], self.falls, strict=True):
            seen.append(blocks(F.leaky_relu(fall(seen[-1]), 0.2)))
        return seen

    def undo(self, faces: Tensor, seen: list[Tensor]) -> Tensor:
        """Go the way up from what `look` gave of `faces`: it gives what `forward` does."""
        x = self.up[-1](seen[-1])
        ways = list(zip(self.up, self.rises, self.mixes, seen, strict=False))
        for blocks, rise, mix, passed in reversed(ways):
            x = blocks(F.leaky_relu(mix(doubled(rise(x)), passed), 0.2))
        return faces + _ADDED * self.full(x, faces).float()
