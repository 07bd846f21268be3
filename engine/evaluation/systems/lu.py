"""Lu et al. (unpaired): content and degradation disentangled.

Source: Lu, Chen & Chellappa, "Unsupervised domain-specific deblurring via disentangled representations", CVPR
2019. Two content encoders, for sharp and for damaged faces, whose last layers are shared; an encoder of the
damage into a small Gaussian code; two generators that draw from content and code. Sharp faces are damaged
with the code of a damaged one and the reverse, and exchanging a second time must give the originals back.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.evaluation.systems.blocks import SEEN, Drawing, seen
from engine.lcqs.encoder import CODE_SCALE, ResidualBlock
from engine.lcqs.generator import ModulatedConv
from engine.lcqs.unpaired_run import Faces, Lesson, Method, Senses

_CODE = 8


class _Draw(nn.Module):
    """A generator: content under the code of a damage."""

    def __init__(self, width: int):
        super().__init__()
        self.convs = nn.ModuleList(ModulatedConv(width, width, _CODE) for _ in range(3))
        self.draw = Drawing(width)

    def forward(self, face: Tensor, content: Tensor, code: Tensor) -> Tensor:
        x = content
        for conv in self.convs:
            x = x + F.leaky_relu(conv(x, CODE_SCALE * code), 0.2)
        return self.draw(face, x)


class Lu(Method):
    """Two content encoders, one of damage, two generators.

    Parameters
    ----------
    width : int
        Channels.
    """

    adversarial = 0.04
    judges = ("high", "low")

    def __init__(self, width: int = 64):
        super().__init__()
        self.of_high, self.of_low = (
            nn.Sequential(nn.Conv2d(SEEN, width, 3, padding=1), nn.LeakyReLU(0.2), ResidualBlock(width))
            for _ in range(2)
        )
        self.shared = ResidualBlock(width)
        self.of_damage = nn.Sequential(
            nn.Conv2d(SEEN, 32, 3, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(32, 48, 3, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(48, 64, 3, 2, 1), nn.LeakyReLU(0.2),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 2 * _CODE),
        )  # fmt: skip
        self.to_high, self.to_low = _Draw(width), _Draw(width)

    def _content(self, faces: Tensor, of: nn.Module) -> Tensor:
        return self.shared(of(seen(faces)))

    def _damage(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.of_damage(seen(faces)).float().chunk(2, 1)
        return mean, log_variance.clamp(-8, 4)

    def learn(self, faces: Faces, senses: Senses, progress: float) -> Lesson:
        """Exchange the damage of two people twice. Weights: the paper's proportions where it gives them."""
        mean, log_variance = self._damage(faces.low)
        code = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        restored = self.to_high(faces.low, self._content(faces.low, self.of_low), code)
        damaged = self.to_low(faces.high, self._content(faces.high, self.of_high), code)
        again = self._damage(damaged)[0]
        high = self.to_high(damaged, self._content(damaged, self.of_low), again)
        low = self.to_low(restored, self._content(restored, self.of_high), again)
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
        losses = {
            "divergence": 0.001 * divergence,
            "cycle": (high - faces.high).abs().mean() + (low - faces.low).abs().mean(),
            "content": 0.02 * senses.perceptual(restored, faces.low),
            "perceptual": 0.1 * senses.perceptual(high, faces.high),
        }
        contests = {"high": (faces.high, restored), "low": (faces.low, damaged)}
        return Lesson(losses, contests, [faces.low, restored, faces.high, damaged, high])

    def restore(self, face: Tensor) -> Tensor:
        """Restore faces (n, 3, S, S), RGB in [0, 1]."""
        return self.to_high(face, self._content(face, self.of_low), self._damage(face)[0])
