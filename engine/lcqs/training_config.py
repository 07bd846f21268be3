"""What a training run is: one small typed configuration, saved in every checkpoint."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from engine.lcqs.network import NetworkConfig


@dataclass(frozen=True)
class TrainingConfig:
    """A training run.

    Attributes
    ----------
    name : str
        What `heirloom train --config` calls it.
    network : NetworkConfig
        Sizes.
    pairs, olds : int
        Sharp faces (with synthetic damage) and real old faces in a batch; the old ones, whose originals
        nobody has, join when α(x) is fitted.
    learning_rate : float
        Of the optimiser, between warm-up and decay, as a share of a weight's size at the start.
    warmup : int
        Steps of linear warm-up.
    decay : float
        Share of the run, at its end, in which the learning rate falls linearly to nothing.
    ema : float
        Decay of the average of the weights that is exported.
    centre : float
        Weight of the pixels of eyes, nose and mouth, where others weigh one.
    perceptual, texture, level, identity, adversarial, parts, adversarial_parts : float
        Weights of the losses beside that of the pixels. The gradient of one batch's identity is mostly
        noise and drowns the others if it is longer; the perceptual one's is not, and may be the longest.
        Parts are eyes and mouths, which a perceptual loss and a critic of their own see enlarged.
        The level's is of the first estimate of α(x): the encoder has to know what a face needs, so that
        little is asked of a good scan with a scratch, and yet all of it where the scratch is.
    level_faces, second_faces, softening_faces, mask_faces, likeness_faces : int
        Damaged faces to which the first estimate of α(x), its second look, and the softening are
        fitted at the end, sharp ones to which, with half as many old faces, the head mask is, and ruined
        ones, of which a third were old before, to which the likeness is.
    seed : int
        Of weights and batches.
    """

    name: str = "shipped"
    network: NetworkConfig = field(
        default_factory=lambda: NetworkConfig(blocks=(2, 2, 2, 2), quarter=4, full=12)
    )
    pairs: int = 8
    olds: int = 4
    learning_rate: float = 0.01
    warmup: int = 100
    decay: float = 0.9
    ema: float = 0.995
    centre: float = 4.0
    perceptual: float = 0.9
    texture: float = 0.04
    level: float = 0.003
    identity: float = 0.6
    adversarial: float = 0.022
    parts: float = 0.45
    adversarial_parts: float = 0.014
    level_faces: int = 4000
    second_faces: int = 1200
    softening_faces: int = 4400
    mask_faces: int = 2400
    likeness_faces: int = 4000
    seed: int = 1

    def with_pairs(self, pairs: int) -> TrainingConfig:
        """Give the same run with `pairs` sharp faces in a batch, and as large a share of old ones."""
        return replace(self, pairs=pairs, olds=max(1, pairs * self.olds // self.pairs))

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for a checkpoint."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TrainingConfig:
        """Read what `as_dict` gave; settings that a former version had are passed over."""
        network: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list | tuple) else v for k, v in data["network"].items()
        }
        own = {one.name for one in fields(cls)}
        return cls(**{**{k: v for k, v in data.items() if k in own}, "network": NetworkConfig(**network)})


CONFIGS = {
    "shipped": TrainingConfig(),
    "tiny": TrainingConfig(
        name="tiny",
        network=NetworkConfig(
            size=64, widths=(8, 8, 8, 16, 16), convs=(1, 1, 1, 1, 1), dim=8, quarter=1, full=4
        ),
        pairs=2,
        olds=1,
        warmup=2,
        level_faces=32,
        second_faces=32,
        softening_faces=32,
        mask_faces=32,
        likeness_faces=32,
    ),
}
