"""GFPGAN (paired): a generative facial prior, shaped by channel-split spatial feature transform.

Source: Wang, Li, Zhang & Shan, "Towards real-world blind face restoration with generative facial prior", CVPR
2021. A U-Net takes damage away and gives a code and, at each size, scale and offset for half of the channels
of a generator that was trained before and no longer changes (`Prior`); the other half stays its own. Trained
with pixel, perceptual, adversarial, identity and facial component losses; the component judges of the
original are here perceptual distances in the boxes of eyes and mouth.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.evaluation.systems.blocks import Descent, Drawing
from engine.evaluation.systems.prior import DIM, WIDTHS, StyleGenerator
from engine.lcqs.unpaired_run import Faces, Lesson, Method, Senses

_DOWN = (48, 64, 96, 96)  # of the U-Net, finest first
# Rows and columns of eyes and mouth in an aligned face, as shares of its side.
_COMPONENTS = (((0.34, 0.59), (0.25, 0.75)), ((0.61, 0.86), (0.31, 0.69)))


class Gfpgan(Method):
    """A U-Net around a generator that stays as it is.

    Parameters
    ----------
    size : int
        Side of a face, px.
    """

    paired = True

    def __init__(self, size: int = 256):
        super().__init__()
        self.size = size
        self.descent = Descent(_DOWN)
        self.squeeze = nn.Conv2d(_DOWN[-1], 8, 1)
        self.head = nn.Linear(8 * (size // 32) ** 2, DIM)
        coarse_first = _DOWN[::-1]
        self.rises = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(coarse_first))
        # Scale and offset for half of the channels; at first they change nothing.
        self.transforms = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1) for a, b in zip(coarse_first, WIDTHS, strict=True)
        )
        for transform in self.transforms:
            nn.init.zeros_(transform.weight)  # type: ignore[arg-type]
        self.generator = StyleGenerator(size).requires_grad_(False)
        self.draw = Drawing(WIDTHS[-1])

    def begin(self, weights: dict[str, Any]) -> None:
        """Take the generator of a trained `Prior`, or all weights of another GFPGAN."""
        if "transforms.0.weight" in weights:
            super().begin(weights)
            return
        own = {k.removeprefix("generator."): v for k, v in weights.items() if k.startswith("generator.")}
        self.generator.load_state_dict(own)

    def restore(self, face: Tensor) -> Tensor:
        """Restore faces (n, 3, S, S), RGB in [0, 1]."""
        down = self.descent(face)
        code = self.head(F.leaky_relu(self.squeeze(down[-1]), 0.2).flatten(1)).float()
        guides = [down[-1]]
        for rise, skip in zip(self.rises, down[-2::-1], strict=True):
            up = F.interpolate(guides[-1], scale_factor=2.0, mode="bilinear", align_corners=False)
            guides.append(F.leaky_relu(rise(up), 0.2) + skip)

        def shape(i: int, x: Tensor) -> Tensor:
            scale, offset = self.transforms[i](guides[i]).chunk(2, 1)
            kept, changed = x.chunk(2, 1)
            return torch.cat([kept, changed * (1 + scale) + offset], 1)

        w = code[:, None].expand(-1, self.generator.layers, -1)
        return self.draw(face, self.generator.features(w, shape))

    def learn(self, faces: Faces, senses: Senses, progress: float) -> Lesson:
        """Learn from pairs."""
        restored = self.restore(faces.low)
        losses = {
            "pixel": (restored - faces.truth).abs().mean(),
            "perceptual": 0.12 * senses.perceptual(restored, faces.truth),
            "identity": 0.05 * senses.identity(restored, faces.truth),
        }
        for rows, columns in _COMPONENTS:
            box = tuple(slice(*(round(self.size * end) for end in ends)) for ends in (rows, columns))
            look = replace(senses, window=(..., *box))
            losses[f"component {len(losses)}"] = 0.04 * look.perceptual(restored, faces.truth)
        return Lesson(losses, {"high": (faces.high, restored)}, [faces.low, restored, faces.truth])
