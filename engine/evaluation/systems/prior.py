"""The facial prior of GFPGAN and PULSE: a generator that draws any face from a code of unit variance.

The originals take StyleGAN2 as trained for weeks on FFHQ. This one has the same layers (a learned constant,
modulated convolutions, one code for all of them: Karras et al., CVPR 2020) but is trained in minutes, as the
decoder of a variational autoencoder (Kingma & Welling, ICLR 2014), with a judge: codes of real faces then
fill a sphere as StyleGAN's do, on which PULSE can search.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.evaluation.systems.blocks import CELL, Descent
from engine.lcqs.encoder import CODE_SCALE
from engine.lcqs.generator import ModulatedConv
from engine.lcqs.unpaired_run import Faces, Lesson, Method, Senses

DIM = 128
"""Length of a code."""
WIDTHS = (128, 128, 96, 64)
"""Channels at 1/32, 1/16, 1/8 and 1/4 of the face's size."""


class StyleGenerator(nn.Module):
    """Draws faces from codes.

    Parameters
    ----------
    size : int
        Side of a face, px.
    """

    def __init__(self, size: int):
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, WIDTHS[0], size // 32, size // 32))
        pairs = zip((WIDTHS[0], *WIDTHS), WIDTHS, strict=False)
        sizes = [size for a, b in pairs for size in ((a, b), (b, b))]
        self.convs = nn.ModuleList(ModulatedConv(a, b, DIM) for a, b in sizes)
        self.to_rgb = ModulatedConv(WIDTHS[-1], 3 * CELL * CELL, DIM, demodulate=False)

    @property
    def layers(self) -> int:
        """Number L of codes that one face can have."""
        return len(self.convs) + 1

    def features(self, w: Tensor, shape: Callable[[int, Tensor], Tensor] | None = None) -> Tensor:
        """Give the last features, (n, C, S/4, S/4).

        Parameters
        ----------
        w : Tensor, (n, L, D)
            Codes of unit variance.
        shape : callable, optional
            Changes the features of each size, coarsest first, given their number.
        """
        x = self.start.expand(len(w), -1, -1, -1)
        for i, (conv, code) in enumerate(zip(self.convs, (CODE_SCALE * w).unbind(1), strict=False)):
            if i and i % 2 == 0:
                x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = 1.4 * F.leaky_relu(conv(x, code), 0.2)
            if shape is not None and i % 2 == 0:
                x = shape(i // 2, x)
        return x

    def forward(self, w: Tensor) -> Tensor:
        """Draw faces (n, 3, S, S), RGB about [0, 1], from codes `w`, (n, L, D)."""
        rgb = self.to_rgb(self.features(w), CODE_SCALE * w[:, -1])
        return 0.5 + 0.25 * F.pixel_shuffle(rgb, CELL).float()


class Prior(Method):
    """The generator, and an encoder that training needs.

    Parameters
    ----------
    size : int
        Side of a face, px.
    """

    def __init__(self, size: int = 256):
        super().__init__()
        self.descent = Descent()
        self.squeeze = nn.Conv2d(96, 16, 1)
        self.head = nn.Linear(16 * (size // 32) ** 2, 2 * DIM)
        self.generator = StyleGenerator(size)

    def _code(self, face: Tensor) -> tuple[Tensor, Tensor]:
        flat = F.leaky_relu(self.squeeze(self.descent(face)[-1]), 0.2).flatten(1)
        mean, log_variance = self.head(flat).float().chunk(2, 1)
        return mean, log_variance.clamp(-8, 4)

    def _drawn(self, code: Tensor) -> Tensor:
        drawn: Tensor = self.generator(code[:, None].expand(-1, self.generator.layers, -1))
        return drawn

    def learn(self, faces: Faces, senses: Senses, progress: float) -> Lesson:
        """Learn to draw sharp faces from their codes."""
        mean, log_variance = self._code(faces.high)
        drawn = self._drawn(mean + torch.randn_like(mean) * (log_variance / 2).exp())
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
        losses = {
            "pixel": (drawn - faces.high).abs().mean(),
            "perceptual": 0.12 * senses.perceptual(drawn, faces.high),
            "divergence": 0.02 * divergence,
        }
        return Lesson(losses, {"high": (faces.high, drawn)}, [faces.high, drawn])

    def restore(self, face: Tensor) -> Tensor:
        """Draw the faces anew that the codes of `face`, (n, 3, S, S), stand for."""
        return self._drawn(self._code(face)[0])
