"""The poster's method: two branches around one shift, trained on unpaired faces.

Source: Dong, Zhang, Wang, Zhang, Chen & Wang, "Unpaired face restoration via learnable cross-quality shift".
The poster names the branches and L_down and gives no equations; those here are our reading.

Lower branch, L→H→L: a low-quality face is shifted by +α(x) and must look sharp to the judge D_H, keep what it
shows, and return to itself when shifted back by −α. Upper branch, H→L→H: a sharp face is shifted by −α, with
α of a low-quality one, and must look damaged to the judge D_L; so damaged it is a pseudo pair with itself:
shifted by +α it must return. Blur and noise lie over it, as strong as D_L asks. α(x) is learned without
labels: the level of a pseudo pair is known, a sharp face needs none, and the mean level of X_L gives the
unit.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.lcqs.losses import down_loss
from engine.lcqs.network import Lcqs, NetworkConfig
from engine.lcqs.quality_shift import QualityShift
from engine.lcqs.unpaired_run import Faces, Lesson, Method, Senses, UnpairedConfig

MEAN_LEVEL = 88.0
"""Mean of α(x) over X_L, which fixes the unit of levels: the automatic level in the poster's figure."""
_MEMORY = 0.95  # of the mean level, from one step to the next
_DOWN = 0.3  # of L_down: faces shrunk eightfold still have half of their noise, and it holds on to it
_GRAINS = (2, 4, 8)  # px
_SOFTEST = 8.0  # px; the unit in which blur is learnt
_REACH = 12  # px

SMALL = NetworkConfig(widths=(16, 48, 64, 96, 96), convs=(1, 1, 1, 1, 1), dim=48, head=(16, 192))
"""Sizes of the table's networks: they train in minutes."""


@dataclass(frozen=True)
class TwoBranchConfig:
    """The poster's ablation as switches.

    Attributes
    ----------
    upper : bool
        The upper branch.
    per_layer : bool
        A direction Δ^i for each layer, instead of one for all.
    down : bool
        L_down.
    network : NetworkConfig
        Sizes.
    """

    upper: bool = True
    per_layer: bool = True
    down: bool = True
    network: NetworkConfig = field(default_factory=lambda: SMALL)

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for a checkpoint."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TwoBranchConfig:
        """Read what `as_dict` gave."""
        sizes: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list | tuple) else v for k, v in data["network"].items()
        }
        return cls(**{**data, "network": NetworkConfig(**sizes)})


_ABLATION = {
    "baseline": TwoBranchConfig(upper=False, per_layer=False, down=False),
    "upper": TwoBranchConfig(per_layer=False, down=False),
    "upper-layers": TwoBranchConfig(down=False),
    "unpaired": TwoBranchConfig(),
}
TWO_BRANCH_CONFIGS = {
    # The branches are idle until the judges say what to do: they are there from the first step. Against
    # judges, the pace that pairs allow breaks training.
    name: UnpairedConfig(name, config.as_dict(), learning_rate=0.008, adversarial_from=0.0)
    for name, config in _ABLATION.items()
}
"""The poster's ablation, each row with one ingredient more; the last is the method."""


class Wear(nn.Module):
    """Blur and noise, which damaged faces have and no drawing brings forth as fast; how much is learnt.

    A face gets more of one or of the other, by chance, and of both together as much as its level says: else
    no level could be told from the damage. The noise lies on the picture, as coarse as what shrinking by 2,
    4 and 8 leaves, as StyleGAN2 adds noise in every layer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.softness = nn.Parameter(torch.tensor(0.25))
        self.noise = nn.Parameter(torch.full((len(_GRAINS),), 0.04))

    def forward(self, faces: Tensor, amount: Tensor) -> Tensor:
        """Add as much as `amount`, (n,), says to `faces`, (n, 3, S, S), RGB about [0, 1]."""
        turn = torch.pi / 2 * torch.rand_like(amount)
        faces = _blurred(faces.float(), _SOFTEST * self.softness.abs() * amount * turn.cos())
        shares = F.normalize(torch.rand(len(faces), len(_GRAINS), device=faces.device), dim=1)
        for size, share in zip(_GRAINS, (self.noise * shares).unbind(1), strict=True):
            noise = torch.randn_like(F.avg_pool2d(faces, size))
            noise = F.interpolate(noise, scale_factor=float(size), mode="bilinear", align_corners=False)
            faces = faces + (share * amount * turn.sin())[:, None, None, None] * noise
        return faces


def _blurred(faces: Tensor, deviation: Tensor) -> Tensor:
    """Blur `faces`, (n, 3, S, S), with Gaussians of the standard deviations `deviation`, (n,), in px."""
    at = torch.arange(-_REACH, _REACH + 1, device=faces.device)
    row = torch.exp(-0.5 * (at / deviation.clamp_min(0.1)[:, None]).square())
    row = (row / row.sum(1, keepdim=True)).repeat_interleave(3, 0)
    planes = F.pad(faces.flatten(0, 1)[None], (_REACH, _REACH, _REACH, _REACH), mode="replicate")
    planes = F.conv2d(planes, row[:, None, :, None], groups=len(row))
    return F.conv2d(planes, row[:, None, None, :], groups=len(row))[0].view_as(faces)


class TwoBranch(Method):
    """The network and what the switches ask of it.

    Parameters
    ----------
    config : TwoBranchConfig
    """

    adversarial = 0.05
    mean_level: Tensor

    def __init__(self, config: TwoBranchConfig):
        super().__init__()
        self.register_buffer("mean_level", torch.tensor(MEAN_LEVEL))
        self.config = config
        self.judges = ("high", "low") if config.upper else ("high",)
        self.net = Lcqs(config.network)
        if not config.per_layer:
            self.net.shift = QualityShift(1, config.network.dim)  # its one row serves all layers
        if config.upper:
            self.wear = Wear()

    def learn(self, faces: Faces, senses: Senses, progress: float) -> Lesson:
        """Compute the losses of the branches that are switched on."""
        low = self.net.encode(faces.low)
        high = self.net.encode(faces.high)
        level = low.level.float()
        restored = self.net.decode(low, level)
        back = self.net.decode(self.net.encode(restored.clamp(0, 1)), -level)
        unmoved = torch.zeros_like(level)
        still = self.net.decode(low, unmoved)
        losses = {
            "still": (still - faces.low).abs().mean(),
            "back": (back - faces.low).abs().mean(),
            "content": 0.03 * senses.perceptual(restored, faces.low),
            "identity": 0.05 * senses.identity(restored, faces.low),
            "unit": self._unit(level),
            "none": 0.02 * (high.level.float() / MEAN_LEVEL).square().mean(),
        }
        contests = {"high": (faces.high, restored)}
        shown = [faces.low, still, restored, back]
        if self.config.down:
            losses["down"] = _DOWN * down_loss(restored, faces.low)
        if self.config.upper:
            # About a stranger's level: what the judge compares is as strong on average as what is real.
            part = level.detach() * (0.4 + 1.2 * torch.rand_like(level))
            damaged = self.wear(self.net.decode(high, -part), part / MEAN_LEVEL)
            # Only the judge teaches damage: gradients from here would make it easy to undo, not real.
            seen = self.net.encode(damaged.detach().clamp(0, 1))
            again = self.net.decode(seen, part)
            losses["pair"] = (again - faces.high).abs().mean()
            losses["pair perceptual"] = 0.12 * senses.perceptual(again, faces.high)
            losses["pair identity"] = 0.05 * senses.identity(again, faces.high)
            losses["pair level"] = 0.1 * F.smooth_l1_loss(seen.level.float() / MEAN_LEVEL, part / MEAN_LEVEL)
            contests["low"] = (faces.low, damaged)
            shown += [faces.high, damaged, again]
        return Lesson(losses, contests, shown)

    def _unit(self, level: Tensor) -> Tensor:
        """Pull the mean level of X_L to `MEAN_LEVEL`; that of one batch may differ, for so may its damage."""
        if torch.is_grad_enabled():
            self.mean_level.lerp_(level.detach().mean(), 1 - _MEMORY)
        return 0.1 * (self.mean_level / MEAN_LEVEL - 1) * (level / MEAN_LEVEL).mean()

    def restore(self, face: Tensor) -> Tensor:
        """Restore faces (n, 3, S, S), RGB in [0, 1], at their automatic levels."""
        encoding = self.net.encode(face)
        return self.net.decode(encoding, encoding.level)


def two_branch(config: UnpairedConfig) -> TwoBranch:
    """Make the method of a configuration."""
    return TwoBranch(TwoBranchConfig.from_dict(config.method))
