"""Trains the finer stage, on faces that stand for larger ones.

Training faces have S px, so what happens between S and 2 S px is learnt where it can be seen, between S / 2
and S: damaged faces are restored by the network that the stage will follow, then shrunk to half. Networks
restore softly what they can't know, and shrinking hides it; so what was shrunk is softened again, by chance.
More of them are printed pictures than the network saw: their dots are what the stage brings back most easily.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.degradation import Damage, draw_damage, draw_screened
from engine.errors import UsageError, named
from engine.lcqs.batches import draw_corner, window
from engine.lcqs.checkpoint import grow, load_finer, load_mean, teach
from engine.lcqs.critic import Critic, critic_optimiser, joined, what_is_seen
from engine.lcqs.faces_data import Batch, BatchSource, FaceFolder
from engine.lcqs.finer import Finer, FinerConfig, doubled
from engine.lcqs.losses import face_weights, huber
from engine.lcqs.network import Lcqs, NetworkConfig
from engine.lcqs.perceptual import PerceptualFeatures, feature_distance, texture_distance
from engine.lcqs.training_config import CONFIGS
from engine.lcqs.training_run import LONGEST_GRADIENT, TrainingRun, parameter_groups

_SOFT = 0.75  # share of faces that are softened
_SOFTEST = 0.9  # standard deviation of the Gaussian, px of the shrunk face
_REACH = 3  # of its kernel, px
_SCREENED = 0.35  # share of printed pictures, beside those among the others


@dataclass(frozen=True)
class FinerTraining:
    """A training run of the finer stage.

    Attributes
    ----------
    name : str
        What `heirloom train --config` calls it.
    network : FinerConfig
        Sizes.
    teacher : NetworkConfig
        Sizes of the network that restores the faces.
    pairs : int
        Faces in a batch.
    crop : int
        Side of the window that it learns from, px.
    learning_rate, warmup, decay, ema, seed, centre, perceptual, texture, adversarial
        As in `engine.lcqs.training_config.TrainingConfig`.
    """

    name: str = "finer"
    network: FinerConfig = field(default_factory=FinerConfig)
    teacher: NetworkConfig = CONFIGS["shipped"].network
    pairs: int = 8
    learning_rate: float = 0.01
    warmup: int = 100
    decay: float = 0.7
    ema: float = 0.995
    centre: float = 4.0
    crop: int = 192
    perceptual: float = 0.9
    texture: float = 0.04
    adversarial: float = 0.016
    seed: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for a checkpoint."""
        return asdict(self)


FINER_CONFIGS = {
    "finer": FinerTraining(),
    "finer-tiny": FinerTraining(
        name="finer-tiny",
        network=FinerConfig(half=4, quarter=8, blocks=1, full=4),
        teacher=CONFIGS["tiny"].network,
        pairs=2,
        warmup=2,
        crop=32,
    ),
}


class FinerRun(TrainingRun[Batch]):
    """Trains one finer stage.

    Parameters
    ----------
    config : FinerTraining
        The run.
    sharp : Path
        Folder of aligned sharp faces.
    folder : Path
        Of the run: checkpoint, log, sample sheets.
    steps : int or None
        Length of the run. None: measured from the first steps and `minutes`.
    device : str
        ``cpu``, ``cuda`` or ``cuda:N``; ``auto`` is CUDA where PyTorch has it.

    Raises
    ------
    UsageError
        For an unknown device, or a folder without faces.
    DeviceError
        When PyTorch does not have the device.
    """

    kept = ("net", "ema", "teacher", "critic", "optimiser", "critic_optimiser")

    def __init__(self, config: FinerTraining, sharp: Path, folder: Path, steps: int | None, device: str):
        super().__init__(config, folder, steps, device)
        torch.manual_seed(config.seed)
        self.config = config
        self.net = self.placed(Finer(config.network))
        self.ema = copy.deepcopy(self.net).requires_grad_(False)
        self.teacher = self.placed(Lcqs(config.teacher)).eval().requires_grad_(False)
        self.critic = self.placed(Critic())
        self.features = self.placed(PerceptualFeatures())
        self.optimiser = torch.optim.Adam(parameter_groups(self.net), config.learning_rate)
        self.critic_optimiser = critic_optimiser(self.critic)
        size = config.teacher.size
        self.weights = face_weights(size, config.centre).to(self.device)
        faces = FaceFolder(sharp, size)
        self.source = BatchSource(faces, faces, config.pairs, 0, config.seed, _draw_recipe)

    def start_from(self, *paths: Path) -> None:
        """Take the network that restores the faces; go on from its finer stage, if the first file has one.

        So does the first file's critic, if it is there. The stage may have grown residual blocks: at first
        they add nothing.

        Parameters
        ----------
        *paths : Path
            As for `engine.lcqs.checkpoint.load_mean`.

        Raises
        ------
        ModelError
            If a file is missing or no checkpoint.
        UsageError
            If the network, or the stage, has other sizes.
        """
        teacher, begun = load_mean(paths), load_finer(paths[0])
        if teacher.config != self.config.teacher:
            raise UsageError(f"The network in {named(paths[0])} has other sizes than '{self.config.name}'.")
        self.teacher.load_state_dict(teacher.state_dict())
        teach(self.critic, paths[0], "critic")
        if begun is not None:
            if not grow(self.net, begun, ("blocks",)):
                raise UsageError(f"The stage in {named(paths[0])} has other sizes than '{self.config.name}'.")
            self.ema.load_state_dict(self.net.state_dict())

    def batch(self, step: int) -> Batch:
        """Make the batch of `step`."""
        return self.source.batch(step)

    def train_step(self, batch: Batch) -> dict[str, Tensor]:
        """Learn from one batch; gives the losses by name."""
        torch.manual_seed(self.config.seed * 1_000_003 + self.step)
        self.set_learning_rate(self.optimiser)
        low, sharp, shrunk = self._lesson(batch)
        rng = np.random.default_rng((self.config.seed, self.step))
        corner = draw_corner(rng, shrunk.shape[-1], self.config.crop // 2)
        seen_in = window(2 * corner, self.config.crop)
        restored = shrunk[window(corner, self.config.crop // 2)]
        photo, wanted = low[seen_in], sharp[seen_in]
        with self.autocast():
            made = self.net(photo, restored, torch.ones(len(photo), device=self.device))
            of_made = self.features(made.clamp(0, 1))
            with torch.no_grad():
                of_wanted = self.features(wanted)
            seen, real = what_is_seen(made.clamp(0, 1), of_made), what_is_seen(wanted, of_wanted)
            adversarial = self.critic.verdict(seen, real)
        losses = {
            "pixels": (self.weights[seen_in] * huber(made, wanted)).mean(),
            "perceptual": feature_distance(of_made, of_wanted).mean(),
            "texture": texture_distance(of_made, of_wanted).mean(),
            "adversarial": adversarial,
        }
        total = (
            losses["pixels"]
            + self.config.perceptual * losses["perceptual"]
            + self.config.texture * losses["texture"]
            + self.config.adversarial * joined(self.critic, self.config.warmup) * adversarial
        )
        self.descend(self.optimiser, total, LONGEST_GRADIENT)
        with self.autocast():
            losses["critic"] = self.critic.lesson(seen, real)
        self.descend(self.critic_optimiser, losses["critic"])
        self.average(self.ema, self.net)
        self.step += 1
        return {k: v.detach() for k, v in losses.items()}

    @torch.no_grad()
    def _lesson(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Give damaged and sharp faces, and the restored ones at half their size."""
        low, sharp = self.tensor(batch.low), self.tensor(batch.sharp)
        with self.autocast():
            encoding = self.teacher.encode(low)
            mirrored = self.teacher.mirrored(encoding)
            # The first estimate of α(x) will do: a second look would draw and encode each face once more.
            restored = self.teacher.decode_twice(encoding, mirrored, encoding.level.float())
        shrunk = F.avg_pool2d(restored.float(), 2)
        soft = torch.rand(len(low), device=self.device) * _SOFTEST
        return low, sharp, _softened(shrunk, torch.where(torch.rand_like(soft) < _SOFT, soft, 0.0))

    def sample(self, batch: Batch) -> list[Tensor]:
        """Show faces: damaged, restored and drawn larger, the same with finer detail, sharp."""
        low, sharp, shrunk = self._lesson(batch)
        with self.autocast():
            made = self.ema(low, shrunk, torch.ones(len(low), device=self.device))
        return [low, doubled(shrunk), made, sharp]


def _draw_recipe(rng: np.random.Generator) -> Damage:
    return draw_screened(rng) if rng.random() < _SCREENED else draw_damage(rng)


def _softened(faces: Tensor, sigmas: Tensor) -> Tensor:
    """Blur each of `faces`, (n, C, h, w), by its own Gaussian; `sigmas`, (n,), px."""
    at = torch.arange(-_REACH, _REACH + 1, device=faces.device)
    row = torch.exp(-(at**2) / (2 * sigmas[:, None].clamp_min(0.1) ** 2))
    row = row / row.sum(1, keepdim=True)
    kernels = row[:, :, None] * row[:, None]
    padded = F.pad(faces, (_REACH,) * 4, mode="replicate").transpose(0, 1)
    blurred = F.conv2d(padded, kernels[:, None], groups=len(faces)).transpose(0, 1)
    return blurred.contiguous(memory_format=torch.channels_last)
