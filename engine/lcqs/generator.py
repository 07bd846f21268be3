"""The generator G: a StyleGAN2-type synthesis network, driven by W+ codes and carried by spatial features.

Modulated convolution as in Karras et al., "Analyzing and Improving the Image Quality of StyleGAN", CVPR 2020,
section 2.2. Scaling activations before and after one shared convolution is the same formula as scaling its
weights for each sample, and on a CPU several times as fast.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.lcqs.encoder import CODE_SCALE, ResidualBlock, finest
from engine.lcqs.layers import JoiningConv, shuffled

_MEAN = 0.5**0.5  # of two signals of unit variance, so that depth does not amplify
_RESIDUAL = 0.1  # what a unit of the last layer adds to a face


class ModulatedConv(nn.Module):
    """A 3×3 convolution whose input channels are scaled by a code.

    Parameters
    ----------
    c_in, c_out : int
        Channels.
    dim : int
        Length of the code.
    demodulate : bool
        Whether outputs are brought back to unit variance (all layers but the last).
    """

    def __init__(self, c_in: int, c_out: int, dim: int, demodulate: bool = True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(c_out, c_in, 3, 3) / (c_in * 9) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(c_out))
        self.style = nn.Linear(dim, c_in)
        self.demodulate = demodulate

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """Convolve `x`, (n, C_in, h, w), under `code`, (n, D)."""
        style = 1 + self.style(code / CODE_SCALE).float()
        y = F.conv2d(x * style[:, :, None, None].to(x.dtype), self.weight.to(x.dtype), padding=1)
        if self.demodulate:
            energy = style.square() @ self.energy().T
            y = y * torch.rsqrt(energy + 1e-8)[:, :, None, None].to(y.dtype)
        return y + self.bias[:, None, None].to(y.dtype)

    def energy(self) -> Tensor:
        """Sum of the squared weights of each kernel, (C_out, C_in): demodulation weighs it with the style."""
        return self.weight.float().square().sum((2, 3))


class Smooth(nn.Module):
    """A blur with a binomial kernel, as StyleGAN2 has it after each upsampling.

    What a shuffle of pixels interleaves comes from different kernels: without this, faces show a fine mesh,
    which perceptual losses even like for its contrast.

    Parameters
    ----------
    channels : int
    """

    kernel: Tensor

    def __init__(self, channels: int):
        super().__init__()
        row = torch.tensor([0.25, 0.5, 0.25])
        kernel = (row[:, None] * row).repeat(channels, 1, 1, 1)
        self.register_buffer("kernel", kernel, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Blur `x`, (n, C, h, w)."""
        x = F.pad(x, (1, 1, 1, 1), mode="replicate")
        return F.conv2d(x, self.kernel.to(x.dtype), groups=len(self.kernel))


class FullSize(nn.Module):
    """Draws at the face's own size what half of it can't hold, nor a blur let through.

    Parameters
    ----------
    c_in : int
        Channels at half the size.
    channels : int
        At the full size.
    """

    def __init__(self, c_in: int, channels: int):
        super().__init__()
        self.rise = nn.Conv2d(c_in, 4 * channels, 3, padding=1)
        self.smooth = Smooth(channels)
        self.mix = JoiningConv(channels + 3, channels, 3, padding=1)
        self.to_rgb = nn.Conv2d(channels, 3, 3, padding=1)
        nn.init.kaiming_normal_(self.rise.weight, 0.2)
        nn.init.kaiming_normal_(self.mix.weight, 0.2)
        for start in self.to_rgb.parameters():  # as in all that draws
            nn.init.zeros_(start)

    def forward(self, x: Tensor, face: Tensor) -> Tensor:
        """Draw from features `x`, (n, C, S/2, S/2), and what is finest in `face`, (n, 3, S, S)."""
        x = self.smooth(shuffled(F.leaky_relu(self.rise(x), 0.2)))
        x = self.mix(x, finest(face).to(x.dtype))
        return self.to_rgb(F.leaky_relu(x, 0.2))


class Generator(nn.Module):
    """Draws a face from codes and features.

    Parameters
    ----------
    widths : tuple of 5 int
        Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the face's size (those of the encoder).
    convs : tuple of 5 int
        Modulated convolutions at each of these sizes.
    dim : int
        Length of a code.
    quarter : int
        Residual blocks at 1/4, after the modulated convolutions there.
    full : int
        Channels at the face's own size; without any nothing is drawn there.
    """

    def __init__(
        self, widths: tuple[int, ...], convs: tuple[int, ...], dim: int, quarter: int = 0, full: int = 0
    ):
        super().__init__()
        self.levels = nn.ModuleList()
        self.rises = nn.ModuleList()
        for i in reversed(range(len(widths))):
            self.levels.append(
                nn.ModuleList(ModulatedConv(widths[i], widths[i], dim) for _ in range(convs[i]))
            )
            if i:
                to_fine = i == 1
                self.rises.append(ModulatedConv(widths[i], widths[i - 1] * (4 if to_fine else 1), dim))
        self.quarter = nn.Sequential(*(ResidualBlock(widths[1]) for _ in range(quarter)))
        self.smooth, self.smooth_rgb = Smooth(widths[0]), Smooth(3)
        self.full = FullSize(widths[0], full) if full else None
        self.to_rgb = nn.ModuleList(
            ModulatedConv(widths[i], 3 if i else 12, dim, demodulate=False)
            for i in reversed(range(len(widths)))
        )
        for layer in self.to_rgb:
            # A new network leaves faces as they are: it would first have to unlearn random drawings.
            assert isinstance(layer, ModulatedConv)
            nn.init.zeros_(layer.weight)

    @property
    def layers(self) -> int:
        """Number L of codes that one face needs."""
        return sum(isinstance(module, ModulatedConv) for module in self.modules())

    def forward(self, w: Tensor, features: list[Tensor], face: Tensor) -> Tensor:
        """Draw faces.

        Parameters
        ----------
        w : Tensor, (n, L, D)
            Shifted codes.
        features : list of Tensor
            F from the encoder, finest first.
        face : Tensor, (n, 3, S, S)
            The encoded face, RGB in [0, 1]: the finest of the spatial features. What G draws is added to it,
            so that what no code has to change stays as it was photographed.

        Returns
        -------
        Tensor, (n, 3, S, S)
            RGB, about [0, 1], not clipped.
        """
        codes = iter(w.unbind(1))
        x = features[-1]
        drawn: Tensor | None = None
        for i, level in enumerate(self.levels):
            for conv in level.children():
                x = _MEAN * (x + 1.4 * F.leaky_relu(conv(x, next(codes)), 0.2))
            if i == len(self.rises) - 1:
                x = self.quarter(x)
            rgb = self.to_rgb[i](x, next(codes))
            if i == len(self.rises):
                rgb = self.smooth_rgb(shuffled(rgb))
            if drawn is not None:
                rgb = rgb + F.interpolate(drawn, rgb.shape[2:], mode="bilinear", align_corners=False)
            drawn = rgb
            if i < len(self.rises):
                finer = features[-2 - i]
                x = 1.4 * F.leaky_relu(self.rises[i](x, next(codes)), 0.2)
                if x.shape[1] == finer.shape[1]:
                    x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
                else:
                    x = self.smooth(shuffled(x))
                x = _MEAN * (x + finer)
        assert drawn is not None
        if self.full is not None:
            drawn = drawn + self.full(x, face)
        return face + _RESIDUAL * drawn.float()
