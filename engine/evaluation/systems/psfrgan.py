"""PSFRGAN (paired): progressive semantic-aware style transformation.

Source: Chen, Li, Yang, Lin, Zhang & Wong, "Progressive semantic-aware style transformation for blind face
restoration", CVPR 2021. A constant grows from coarse to fine; at each size the low-quality face of that size
and its parsing map give scale and offset of the normalised features. Trained with a semantic-aware style
loss: Gram matrices for each region of the face. The original parses faces with a network; here the map is
`region_maps`, made of the five landmarks' places that alignment gives.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.evaluation.systems.blocks import SEEN, Drawing, region_maps, seen
from engine.lcqs.unpaired_run import Faces, Lesson, Method, Senses

_REGIONS = 5


class _Transform(nn.Module):
    """One semantic-aware style transformation: normalised features, scaled and moved at each place."""

    def __init__(self, c_in: int, c_out: int):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.look = nn.Conv2d(SEEN + _REGIONS, 48, 3, padding=1)
        self.style = nn.Conv2d(48, 2 * c_out, 3, padding=1)

    def forward(self, x: Tensor, given: Tensor) -> Tensor:
        scale, offset = self.style(F.leaky_relu(self.look(given), 0.2)).chunk(2, 1)
        return F.leaky_relu(F.instance_norm(self.conv(x)) * (1 + scale) + offset, 0.2)


class Psfrgan(Method):
    """A constant, transformed at four sizes.

    Parameters
    ----------
    size : int
        Side of a face, px.
    widths : tuple of 4 int
        Channels at 1/32, 1/16, 1/8 and 1/4 of it.
    """

    paired = True
    maps: Tensor

    def __init__(self, size: int = 256, widths: tuple[int, ...] = (96, 96, 64, 64)):
        super().__init__()
        self.register_buffer("maps", region_maps(size)[None], persistent=False)
        self.start = nn.Parameter(torch.randn(1, widths[0], size // 32, size // 32))
        sizes = (widths[0], *widths)
        self.transforms = nn.ModuleList(_Transform(a, b) for a, b in zip(sizes, widths, strict=False))
        self.draw = Drawing(widths[-1])

    def restore(self, face: Tensor) -> Tensor:
        """Restore faces (n, 3, S, S), RGB in [0, 1]."""
        n = len(face)
        x = self.start.expand(n, -1, -1, -1)
        for i, transform in enumerate(self.transforms):
            shrunk = 8 >> i
            small = F.avg_pool2d(face, shrunk) if shrunk > 1 else face
            given = seen(small)
            maps = F.adaptive_avg_pool2d(self.maps, given.shape[-1]).expand(n, -1, -1, -1)
            if i:
                x = F.interpolate(x, scale_factor=2.0, mode="nearest")
            x = transform(x, torch.cat([given, maps.to(given.dtype)], 1))
        return self.draw(face, x)

    def learn(self, faces: Faces, senses: Senses, progress: float) -> Lesson:
        """Learn from pairs."""
        restored = self.restore(faces.low)
        losses = {
            "pixel": (restored - faces.truth).abs().mean(),
            "perceptual": 0.12 * senses.perceptual(restored, faces.truth),
        }
        if senses.awake:
            losses["style"] = 0.05 * self._style_distance(restored, faces.truth, senses)
        return Lesson(losses, {"high": (faces.high, restored)}, [faces.low, restored, faces.truth])

    def _style_distance(self, faces: Tensor, wanted: Tensor, senses: Senses) -> Tensor:
        """Distance of the Gram matrices of the two finest features, region by region."""
        with torch.no_grad():
            theirs = senses.features(wanted[senses.window])[:2]
        found = senses.features(faces[senses.window].clamp(0, 1))[:2]
        distance = faces.new_zeros(())
        for a, b in zip(found, theirs, strict=True):
            maps = F.adaptive_avg_pool2d(self.maps[senses.window], a.shape[-1])[0]
            distance = distance + (_grams(a, maps) - _grams(b, maps)).abs().mean()
        return distance


def _grams(features: Tensor, maps: Tensor) -> Tensor:
    """Give Gram matrices (n, R, C, C) of `features`, (n, C, h, w), in each region of `maps`, (R, h, w)."""
    unit = F.normalize(features.float(), dim=1)
    weights = maps / maps.sum((1, 2), keepdim=True).clamp_min(1.0)
    return torch.einsum("nchw,rhw,ndhw->nrcd", unit, weights, unit)
