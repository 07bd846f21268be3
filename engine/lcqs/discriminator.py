"""A small patch discriminator: whether each part of a face looks like a sharp photograph."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


class Discriminator(nn.Module):
    """Spectrally normalised convolutions behind pixel-unshuffle (Miyato et al., ICLR 2018).

    Gives logits for patches of 16 px.

    Parameters
    ----------
    width : int
        Channels at half the face's size.
    """

    def __init__(self, width: int = 32):
        super().__init__()
        sizes = (12, width, 2 * width, 4 * width, 8 * width)
        strides = (1, 2, 2, 2)
        convs = [nn.Conv2d(a, b, 3, s, 1) for a, b, s in zip(sizes, sizes[1:], strides, strict=False)]
        self.convs = nn.ModuleList(
            spectral_norm(c) for c in [*convs, nn.Conv2d(sizes[-1], sizes[-1], 3, 1, 1)]
        )
        self.head = spectral_norm(nn.Conv2d(sizes[-1], 1, 1))

    def forward(self, face: Tensor) -> Tensor:
        """Judge faces (n, 3, S, S), RGB in [0, 1]: logits (n, 1, S/16, S/16), higher is sharper."""
        x = F.pixel_unshuffle(face * 2 - 1, 2)
        for conv in self.convs:
            x = F.leaky_relu(conv(x), 0.2)
        return self.head(x)
