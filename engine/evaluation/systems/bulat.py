"""Bulat et al. (unpaired): learn how images lose quality first, then how to undo it.

Source: Bulat, Yang & Tzimiropoulos, "To learn image super-resolution, use a GAN to learn how to do image
degradation first", ECCV 2018. A High-to-Low network learns, against a judge of real low-quality faces, to
damage sharp faces, with noise as a second input so that one face is damaged in many ways; then a Low-to-High
network learns on the pairs that the first one makes. Here one run does one after the other.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.evaluation.systems.blocks import CELL, Translator
from engine.lcqs.losses import down_loss
from engine.lcqs.unpaired_run import Faces, Lesson, Method, Senses

_NOISE = 8  # channels


class Bulat(Method):
    """Two networks, High-to-Low and Low-to-High.

    Parameters
    ----------
    degrading : float
        Share of the run that the first one gets.
    """

    adversarial = 0.04
    judges = ("low", "high")

    def __init__(self, degrading: float = 0.4):
        super().__init__()
        self.degrading = degrading
        self.degrade = Translator(48, _NOISE)
        self.improve = Translator(64)

    def learn(self, faces: Faces, senses: Senses, progress: float) -> Lesson:
        """Learn to damage in the first part of the run, to restore in the second."""
        if progress < self.degrading:
            low = self._low(faces.high)
            # The paper's pixel loss: a damaged face keeps, at low resolution, what it shows.
            kept = down_loss(low, faces.high)
            return Lesson({"pixel": kept}, {"low": (faces.low, low)}, [faces.high, low])
        with torch.no_grad():
            low = self._low(faces.high).clamp(0, 1)
        restored = self.improve(low)
        losses = {
            "pixel": (restored - faces.high).abs().mean(),
            "perceptual": 0.12 * senses.perceptual(restored, faces.high),
        }
        return Lesson(losses, {"high": (faces.high, restored)}, [faces.high, low, restored])

    def _low(self, high: Tensor) -> Tensor:
        n, _, height, width = high.shape
        noise = torch.randn(n, _NOISE, height // CELL, width // CELL, device=high.device)
        return self.degrade(high, noise)

    def restore(self, face: Tensor) -> Tensor:
        """Restore faces (n, 3, S, S), RGB in [0, 1]."""
        return self.improve(face)
