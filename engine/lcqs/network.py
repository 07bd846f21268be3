"""The whole network: x → E → w, F; T_α; G; α(x); the softening, the head mask and the likeness."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.lcqs.encoder import Encoder
from engine.lcqs.generator import Generator
from engine.lcqs.head_mask import HeadMask
from engine.lcqs.likeness import Likeness
from engine.lcqs.quality_shift import QualityShift
from engine.lcqs.restoration_level import LevelHead
from engine.lcqs.second_look import SecondLook
from engine.lcqs.softening import Softening

STRONG = 90.0
"""A level at which most damage is gone."""


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes of the network.

    Attributes
    ----------
    size : int
        Side of the face, px.
    widths : tuple of 5 int
        Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of it.
    blocks : tuple of 4 int
        The encoder's residual blocks at 1/4 … 1/32.
    convs : tuple of 5 int
        The generator's modulated convolutions at 1/2 … 1/32.
    dim : int
        Length D of a code.
    head : tuple of 2 int
        What the codes are made from: channels at each place of the deepest features, and of all places
        together.
    quarter, full : int
        The generator's residual blocks at 1/4, and its channels at the face's own size; none by default.
    """

    size: int = 256
    widths: tuple[int, ...] = (32, 96, 160, 256, 320)
    blocks: tuple[int, ...] = (1, 1, 1, 1)
    convs: tuple[int, ...] = (1, 2, 2, 2, 1)
    dim: int = 192
    head: tuple[int, int] = (48, 384)
    quarter: int = 0
    full: int = 0


@dataclass(frozen=True)
class Encoding:
    """A face as the generator sees it: all that the dial needs.

    Attributes
    ----------
    face : Tensor, (n, 3, S, S)
        RGB in [0, 1].
    w : Tensor, (n, L, D)
        W+ codes, not shifted.
    features : list of Tensor
        Spatial features F, finest first.
    level : Tensor, (n,)
        First estimate of α(x), see `Lcqs.automatic_level`.
    """

    face: Tensor
    w: Tensor
    features: list[Tensor]
    level: Tensor


class Lcqs(nn.Module):
    """Learnable cross-quality shift network: encode once, decode for each level."""

    def __init__(self, config: NetworkConfig):
        super().__init__()
        self.config = config
        self.generator = Generator(config.widths, config.convs, config.dim, config.quarter, config.full)
        layers = self.generator.layers
        self.encoder = Encoder(config.widths, config.blocks, layers, config.dim, config.size, config.head)
        self.shift = QualityShift(layers, config.dim)
        self.level = LevelHead(config.widths)
        self.second_look = SecondLook(len(config.widths))
        # No loss of training reaches these; they are fitted at the end.
        self.head_mask = HeadMask(config.widths[1:]).requires_grad_(False)
        self.likeness = Likeness(config.widths).requires_grad_(False)
        self.softening = Softening(config.widths).requires_grad_(False)

    def encode(self, face: Tensor) -> Encoding:
        """Encode faces (n, 3, S, S), RGB in [0, 1]."""
        w, features = self.encoder(face)
        return Encoding(face, w, features, self.level(features))

    def decode(self, encoding: Encoding, alpha: Tensor) -> Tensor:
        """Draw the encoded faces at levels `alpha`, (n,): (n, 3, S, S), RGB, not clipped."""
        return self.generator(self.shift(encoding.w, alpha), encoding.features, encoding.face)

    def mirrored(self, encoding: Encoding) -> Encoding:
        """Encode the same faces with left and right exchanged."""
        return self.encode(encoding.face.flip(3).contiguous(memory_format=torch.channels_last))

    def decode_twice(self, encoding: Encoding, mirrored: Encoding, alpha: Tensor) -> Tensor:
        """Give the mean of two drawings, which `engine.restore.two_drawings` starts from: RGB in [0, 1].

        Parameters
        ----------
        encoding, mirrored : Encoding
            Of the faces as they are, and of the same in the mirror.
        alpha : Tensor, (n,)
        """
        here, there = (self.decode(one, alpha).clamp(0, 1) for one in (encoding, mirrored))
        return (here + there.flip(3)) / 2

    def strongly_shifted(self, encoding: Encoding) -> Tensor:
        """Draw the encoded faces as they are without most damage: (n, 3, S, S), RGB in [0, 1]."""
        return self.decode(encoding, torch.full_like(encoding.level.float(), STRONG)).clamp(0, 1)

    def automatic_level(self, encoding: Encoding) -> Tensor:
        """Give α(x), (n,): look at the faces, and at what a strong shift changes in them."""
        return self.second_look(encoding.level, encoding.features, self.shifted_features(encoding))

    def masks(self, encoding: Encoding) -> Tensor:
        """Give where in the faces' crops somebody is: (n, S/4, S/4), 0 to 1, see `HeadMask`."""
        return self.head_mask(encoding.features[1:], self.shifted_features(encoding)[1:])

    def shifted_features(self, encoding: Encoding) -> list[Tensor]:
        """Give F of the encoded faces as they are strongly shifted, finest first."""
        features: list[Tensor] = self.encoder(self.strongly_shifted(encoding))[1]
        return features
