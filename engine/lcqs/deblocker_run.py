"""Trains the deblocker, on pictures of faces as large and as turned as photos have them.

What it is to give back is the picture before compression, with all that was wrong with it then: damage is
the network's part. Whom it helps is learnt at the end, from what the network makes of faces with it and
without.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.degradation import (
    draw_compression,
    draw_damage,
    draw_mixed,
    draw_tone,
    draw_whole,
    draw_window,
)
from engine.errors import UsageError, named
from engine.lcqs.batches import FRESH
from engine.lcqs.change_fit import GOOD_PRINT, damage_left, fit_change
from engine.lcqs.checkpoint import load_average, load_deblocker
from engine.lcqs.deblocker import Deblocker, DeblockerConfig
from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.faces_data import FaceFolder, flip, stacked
from engine.lcqs.muon import Muon
from engine.lcqs.network import Lcqs, NetworkConfig
from engine.lcqs.perceptual import PerceptualFeatures, feature_distance
from engine.lcqs.training_config import CONFIGS
from engine.lcqs.training_run import LONGEST_GRADIENT, Report, TrainingRun, parameter_groups

_OLD = 0.2  # share of old faces among the pictures, where there are any
_SPOILT = 0.4  # share of the sharp ones that are spoilt before they are compressed
_COMPRESSED = 0.65  # share of the faces from which is learnt whom it helps

Rgb8 = NDArray[np.uint8]


@dataclass(frozen=True)
class DeblockerTraining:
    """A training run of the deblocker.

    Attributes
    ----------
    name : str
        What `heirloom train --config` calls it.
    network : DeblockerConfig
        Sizes.
    served : NetworkConfig
        Sizes of the network that restores the faces.
    side : int
        Of the windows that it learns from, px.
    pairs : int
        Windows in a batch.
    faces : int
        Damaged ones, of which a third were old before, that whom it helps is learnt from.
    learning_rate, warmup, decay, ema, seed, perceptual
        As in `engine.lcqs.training_config.TrainingConfig`.
    """

    name: str = "deblocker"
    network: DeblockerConfig = field(default_factory=DeblockerConfig)
    served: NetworkConfig = CONFIGS["shipped"].network
    side: int = 128
    pairs: int = 8
    faces: int = 1200
    learning_rate: float = 0.03
    warmup: int = 100
    decay: float = 0.7
    ema: float = 0.995
    perceptual: float = 0.03
    seed: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for a checkpoint."""
        return asdict(self)


DEBLOCKER_CONFIGS = {
    "deblocker": DeblockerTraining(),
    "deblocker-tiny": DeblockerTraining(
        name="deblocker-tiny",
        network=DeblockerConfig(
            widths=(4, 8), blocks=(1, 1), full=4, features=CONFIGS["tiny"].network.widths
        ),
        served=CONFIGS["tiny"].network,
        side=32,
        pairs=2,
        faces=32,
        warmup=2,
    ),
}


@dataclass(frozen=True)
class Pairs:
    """One step's pictures, (n, 3, S, S) uint8 RGB.

    Attributes
    ----------
    compressed, whole : after compression and before.
    """

    compressed: Rgb8
    whole: Rgb8


class DeblockerRun(TrainingRun[Pairs]):
    """Trains one deblocker.

    Parameters
    ----------
    config : DeblockerTraining
        The run.
    sharp : Path
        Folder of aligned sharp faces.
    old : Path or None
        Folder of aligned old ones, whose grain is to stay.
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

    kept = ("net", "ema", "served", "optimiser")

    def __init__(
        self,
        config: DeblockerTraining,
        sharp: Path,
        old: Path | None,
        folder: Path,
        steps: int | None,
        device: str,
    ):
        super().__init__(config, folder, steps, device)
        torch.manual_seed(config.seed)
        self.config = config
        self.net = self.placed(Deblocker(config.network))
        self.ema = copy.deepcopy(self.net).requires_grad_(False)
        self.served = self.placed(Lcqs(config.served)).eval().requires_grad_(False)
        self.features = self.placed(PerceptualFeatures())
        self.optimiser = Muon(parameter_groups(self.net), config.learning_rate)
        self._sharp = FaceFolder(sharp, config.served.size)
        self._old = None if old is None else FaceFolder(old, config.served.size)

    def start_from(self, *paths: Path) -> None:
        """Take the network that restores the faces, and go on from a deblocker that was trained before.

        Parameters
        ----------
        *paths : Path
            As for `engine.lcqs.checkpoint.load_average`; a second one, or else the first, as for
            `engine.lcqs.checkpoint.load_deblocker`.

        Raises
        ------
        ModelError
            If a file is missing or no checkpoint.
        UsageError
            If the network, or the deblocker, has other sizes.
        """
        served, begun = load_average(paths[0]), load_deblocker(paths[-1])
        if served.config != self.config.served:
            raise UsageError(f"The network in {named(paths[0])} has other sizes than '{self.config.name}'.")
        self.served.load_state_dict(served.state_dict())
        if begun is not None:
            if begun.config != self.config.network:
                name = named(paths[-1])
                raise UsageError(f"The deblocker in {name} has other sizes than '{self.config.name}'.")
            self.net.load_state_dict(begun.state_dict())
            self.ema.load_state_dict(begun.state_dict())

    def batch(self, step: int) -> Pairs:
        """Make the pictures of `step`."""
        rng = np.random.default_rng((self.config.seed, step))
        pairs = [self._pair(rng) for _ in range(self.config.pairs)]
        compressed, whole = (stacked([pair[i] for pair in pairs], self.config.side) for i in range(2))
        return Pairs(compressed, whole)

    def _pair(self, rng: np.random.Generator) -> tuple[Rgb8, Rgb8]:
        """Make a picture, compressed and as it was before."""
        if self._old is not None and rng.random() < _OLD:
            face = flip(self._old[int(rng.integers(len(self._old)))], rng)
        else:
            face = draw_tone(flip(self._sharp[int(rng.integers(len(self._sharp)))], rng), rng)
            if rng.random() < _SPOILT:
                face = draw_damage(rng).apply(face, float(rng.uniform(0.2, 1.0)))
        cut = draw_window(rng, self.config.side, self.config.served.size)
        photo = cut.photo(face)
        return cut.of(draw_compression(rng).apply(photo)), cut.of(photo)

    def train_step(self, batch: Pairs) -> dict[str, Tensor]:
        """Learn from one batch; gives the losses by name."""
        self.set_learning_rate(self.optimiser)
        compressed, whole = self.tensor(batch.compressed), self.tensor(batch.whole)
        with self.autocast():
            made = self.net(compressed)
            of_made = self.features(made.clamp(0, 1))
            with torch.no_grad():
                of_whole = self.features(whole)
        losses = {
            "pixels": (made - whole).abs().mean(),
            "perceptual": feature_distance(of_made, of_whole).mean(),
        }
        total = losses["pixels"] + self.config.perceptual * losses["perceptual"]
        self.descend(self.optimiser, total, LONGEST_GRADIENT)
        self.average(self.ema, self.net)
        self.step += 1
        with torch.no_grad():
            losses["before"] = (compressed - whole).abs().mean()
        return {name: loss.detach() for name, loss in losses.items()}

    def sample(self, batch: Pairs) -> list[Tensor]:
        """Show pictures: compressed, deblocked, as they were."""
        compressed, whole = self.tensor(batch.compressed), self.tensor(batch.whole)
        with self.autocast():
            return [compressed, self.ema(compressed), whole]

    def complete(self, report: Report) -> None:
        """Learn whom the deblocker helps."""
        chosen, best = self.fit_helps()
        report(f"deblocking leaves {100 * chosen:.0f} % of what else is left, {100 * best:.0f} % at best")

    def fit_helps(self) -> tuple[float, float]:
        """Fit `helps` of the averaged deblocker to fresh examples; see `engine.lcqs.change_fit`.

        A third of them are drawn from old faces, and of these the ones that need little stand for sharp ones.
        """
        served = self.served
        torch.manual_seed(self.config.seed)  # of the head that it begins with

        @torch.no_grad()
        def examples() -> Iterator[tuple[Tensor, Tensor]]:
            for number in range(max(16, self.config.faces // self.config.pairs)):
                batch, is_old = self._damaged(FRESH + number, number)
                low, sharp = self.tensor(batch.compressed), self.tensor(batch.whole)
                with self.autocast():
                    shown = [self._as_seen(one) for one in (low, self.ema(low).clamp(0, 1), sharp)]
                    if is_old:
                        good = served.automatic_level(served.encode(shown[2])) < GOOD_PRINT
                        shown = [one[good] for one in shown]
                    if len(shown[0]):
                        left = damage_left(served, self.features, shown[:2], shown[2])
                        yield pooled_statistics(served.encode(shown[0]).features), left

        return fit_change(self.ema.helps, examples())

    def _damaged(self, step: int, number: int) -> tuple[Pairs, bool]:
        """Make whole faces, damaged and sharp, half the batches twice as large; tell whether they are old."""
        rng = np.random.default_rng((self.config.seed, step))
        size = self.config.served.size
        is_old = self._old is not None and number % 3 == 2
        folder = self._old if self._old is not None and is_old else self._sharp
        side = size * (1 + number // 3 % 2)
        pairs = []
        for _ in range(self.config.pairs):
            face = draw_tone(flip(folder[int(rng.integers(len(folder)))], rng), rng)
            low = draw_mixed(rng).apply(face, float(rng.uniform(0.2, 1.0))) if rng.random() < 0.5 else face
            cut = draw_whole(rng, side, size)
            photo = cut.photo(low)
            if rng.random() < _COMPRESSED:
                photo = draw_compression(rng).apply(photo)
            pairs.append((cut.of(photo), cut.of(cut.photo(face))))
        compressed, whole = (stacked([pair[i] for pair in pairs], side) for i in range(2))
        return Pairs(compressed, whole), is_old

    def _as_seen(self, faces: Tensor) -> Tensor:
        """Give faces as large as the network sees them."""
        return F.avg_pool2d(faces, faces.shape[-1] // self.config.served.size)
