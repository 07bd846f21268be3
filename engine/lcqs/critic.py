"""The critic: learns to tell drawn faces from the sharp ones that they should be, place by place.

It looks at features of a network that is not trained, which lets it learn within tens of steps what a critic
of pixels needs thousands for (Sauer et al., "Projected GANs converge faster", NeurIPS 2021), and always at a
drawn face beside its own original (Jolicoeur-Martineau, "The relativistic discriminator", ICLR 2019, eq. 5):
what both share, the person, says nothing, and what only one has, lashes and pores, is all there is to learn.
Spectral normalisation bounds its slopes (Miyato et al., ICLR 2018). One head looks at the pixels themselves:
those features, and every distance of them, take a fine regular weave for hair.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from engine.lcqs.encoder import bands

_CHANNELS = (16, 24, 40, 112)  # of `PerceptualFeatures` at strides 2, 4, 8 and 16
_FINEST = 12  # of pixels finer than 4 px, 2 × 2 of them at each place
_WIDTH = 64
_GAIN = 4.0  # of verdicts, whose slopes are bounded
_RATE = 1e-3


class Critic(nn.Module):
    """Gives each place of a face verdicts, of its pixels and at four strides: higher where it looks real.

    Attributes
    ----------
    lessons : Tensor
        Scalar, how many it has had, also in runs before.
    """

    lessons: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("lessons", torch.tensor(0.0))
        self.heads = nn.ModuleList(_head(channels) for channels in _CHANNELS)
        self.of_pixels = _head_of_pixels()

    def forward(self, seen: list[Tensor]) -> list[Tensor]:
        """Judge faces.

        Parameters
        ----------
        seen : list of Tensor, (n, C, h, w)
            Of faces, from `what_is_seen`.

        Returns
        -------
        list of Tensor, (n, 1, h, w)
            Verdicts: of the pixels, then of the features, finest first.
        """
        heads = [self.of_pixels, *self.heads]
        return [_GAIN * head(f.float()).float() for head, f in zip(heads, seen, strict=False)]

    def verdict(self, made: list[Tensor], real: list[Tensor]) -> Tensor:
        """Measure how surely made faces are found out: a loss for who made them.

        Parameters
        ----------
        made, real : list of Tensor, (n, C, h, w)
            What is seen of made faces, and of the real ones that they should be.

        Returns
        -------
        Tensor
            Scalar: 0.69 where the critic cannot tell, more where it can.
        """
        self.eval().requires_grad_(False)
        with torch.no_grad():
            wanted = self(real)
        return _doubt(self(made), wanted)

    def lesson(self, made: list[Tensor], real: list[Tensor]) -> Tensor:
        """Measure how badly the critic tells both apart: the loss that it learns from; as `verdict`."""
        self.train().requires_grad_(True)
        self.lessons += 1
        pairs = [torch.cat([r, m.detach()]) for r, m in zip(real, made, strict=True)]
        halves = [verdicts.chunk(2) for verdicts in self(pairs)]
        return _doubt([half[0] for half in halves], [half[1] for half in halves])


def what_is_seen(faces: Tensor, features: list[Tensor]) -> list[Tensor]:
    """Give what a critic looks at.

    Parameters
    ----------
    faces : Tensor, (n, 3, S, S)
        RGB in [0, 1].
    features : list of Tensor, (n, C, h, w)
        Of these faces, from `engine.lcqs.perceptual.PerceptualFeatures`.

    Returns
    -------
    list of Tensor, (n, C, h, w)
        What is finer than 4 px in the faces, 2 × 2 px a place, and their features.
    """
    return [F.pixel_unshuffle(bands(faces)[0], 2), *features]


def critic_optimiser(*critics: Critic) -> torch.optim.Adam:
    """Make what critics learn with."""
    own = [parameter for critic in critics for parameter in critic.parameters()]
    return torch.optim.Adam(own, _RATE, betas=(0.5, 0.99))


def joined(critic: Critic, warmup: int) -> Tensor:
    """Give the share of its weight that a critic's verdict has, a scalar of 0 to 1.

    It first has to learn, for `warmup` lessons; its verdict counts in full after thrice as many.
    """
    return ((critic.lessons - warmup) / (2 * warmup)).clamp(0, 1)


def _head(channels: int) -> nn.Module:
    return _judging(channels, (_WIDTH, 1, 1), (_WIDTH, 3, 1), (1, 1, 1))


def _head_of_pixels() -> nn.Module:
    """Make one that sees 18 px across: a weave is known by its going on."""
    return _judging(_FINEST, (_WIDTH, 3, 1), (_WIDTH, 3, 2), (_WIDTH, 3, 1), (1, 1, 1))


def _judging(channels: int, *convs: tuple[int, int, int]) -> nn.Module:
    """Stack convolutions; each is given by channels, kernel and stride."""
    layers: list[nn.Module] = [nn.BatchNorm2d(channels, affine=False)]
    for width, kernel, stride in convs:
        conv = nn.Conv2d(channels, width, kernel, stride, kernel // 2)
        layers += [spectral_norm(conv), nn.LeakyReLU(0.2)]
        channels = width
    return nn.Sequential(*layers[:-1])


def _doubt(favoured: list[Tensor], others: list[Tensor]) -> Tensor:
    """Mean softplus of how far, at each place, the others are ahead."""
    return torch.stack([F.softplus(b - a).mean() for a, b in zip(favoured, others, strict=True)]).mean()
