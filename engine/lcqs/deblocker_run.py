"""Trains the deblocker, on pictures of faces as large and as turned as photos have them.

What it is to give back is the picture before compression, with all that was wrong with it then: damage is
the network's part. It learns that from windows first. Where compression left little, the likeliest picture is
a smooth one, of which the network makes less than of the blocks: so it learns further from whole faces, by
what the network draws of them. Whom it helps is learnt at the end, from what the network makes of faces with
it and without.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
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
from engine.lcqs.batches import FRESH, prefetched, processes_for
from engine.lcqs.change_fit import GOOD_PRINT, damage_left, fit_change
from engine.lcqs.checkpoint import load_average, load_deblocker
from engine.lcqs.deblocker import Deblocker, DeblockerConfig
from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.faces_data import FaceFolder, flip, stacked
from engine.lcqs.muon import Muon
from engine.lcqs.network import Lcqs, NetworkConfig
from engine.lcqs.perceptual import PerceptualFeatures, feature_distance
from engine.lcqs.quality_shift import LEVEL_MAX
from engine.lcqs.softening import softened
from engine.lcqs.training_config import CONFIGS
from engine.lcqs.training_run import LONGEST_GRADIENT, Report, TrainingRun, parameter_groups

_OLD = 0.2  # share of old faces among the pictures, where there are any
_SPOILT = 0.4  # share of the sharp ones that are spoilt before they are compressed
_COMPRESSED = 0.65  # share of whole faces
_LIGHTLY = 0.4  # share of those in lessons: they look as if it helped, and may lose

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
    whole : int
        Whole faces in a batch, where it learns from these, too; 0 where it learns from windows alone.
    restored : float
        Weight of the feature distance of what the network draws of whole faces.
    faces : int
        Damaged ones, of which a third were old before, that whom it helps is learnt from; 0 where it is not.
    learning_rate, warmup, decay, ema, seed, perceptual
        As in `engine.lcqs.training_config.TrainingConfig`.
    """

    name: str = "deblocker"
    network: DeblockerConfig = field(default_factory=DeblockerConfig)
    served: NetworkConfig = CONFIGS["shipped"].network
    side: int = 64
    pairs: int = 32
    whole: int = 0
    restored: float = 0.3
    faces: int = 0
    learning_rate: float = 0.03
    warmup: int = 100
    decay: float = 0.7
    ema: float = 0.995
    perceptual: float = 0.03
    seed: int = 1

    def with_pairs(self, pairs: int) -> DeblockerTraining:
        """Give the same run with `pairs` windows in a batch, and as many times the whole faces."""
        return replace(self, pairs=pairs, whole=self.whole and max(2, pairs * self.whole // self.pairs))

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for a checkpoint."""
        return asdict(self)


def _through_the_network(windows: DeblockerTraining, whole: int, faces: int) -> DeblockerTraining:
    """Give the configuration of the run that follows one of windows."""
    return replace(
        windows, name=f"{windows.name}-through", whole=whole, faces=faces,
        perceptual=0.06, learning_rate=0.01, ema=0.99,
    )  # fmt: skip


_WINDOWS = DeblockerTraining()
_TINY = DeblockerTraining(
    name="deblocker-tiny",
    network=DeblockerConfig(widths=(4, 8), blocks=(1, 1), full=4, features=CONFIGS["tiny"].network.widths),
    served=CONFIGS["tiny"].network,
    side=32,
    pairs=2,
    warmup=2,
)
DEBLOCKER_CONFIGS = {
    config.name: config
    for config in (
        _WINDOWS,
        _through_the_network(_WINDOWS, 8, 6000),
        _TINY,
        _through_the_network(_TINY, 2, 32),
    )
}


@dataclass(frozen=True)
class Pairs:
    """One step's pictures, (n, 3, S, S) uint8 RGB.

    Attributes
    ----------
    compressed, whole : after compression and before.
    sharp : before any damage; None of windows.
    """

    compressed: Rgb8
    whole: Rgb8
    sharp: Rgb8 | None = None


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
        """Make the pictures of `step`; where it learns from whole faces, every fourth batch is of windows."""
        rng = np.random.default_rng((self.config.seed, step))
        if not self.config.whole or step % 4 == 0:
            return self._windows(rng)
        larger = 1 + (step % 4 == 2)
        side, count = larger * self.config.served.size, self.config.whole // larger
        return self._faces(rng, self._sharp, side, count)

    def _windows(self, rng: np.random.Generator) -> Pairs:
        pairs = []
        for _ in range(self.config.pairs):
            face = self._face(rng)
            cut = draw_window(rng, self.config.side)
            photo = cut.photo(face)
            pairs.append((cut.of(draw_compression(rng).apply(photo)), cut.of(photo)))
        compressed, whole = (stacked([pair[i] for pair in pairs], self.config.side) for i in range(2))
        return Pairs(compressed, whole)

    def _face(self, rng: np.random.Generator) -> Rgb8:
        """Draw a face to cut a window out of; some are old, or spoilt."""
        if self._old is not None and rng.random() < _OLD:
            return _one_of(self._old, rng)
        face = draw_tone(_one_of(self._sharp, rng), rng)
        return draw_damage(rng).apply(face, float(rng.uniform(0.2, 1.0))) if rng.random() < _SPOILT else face

    def _faces(
        self, rng: np.random.Generator, folder: FaceFolder, side: int, count: int, lightly: float = 0.0
    ) -> Pairs:
        """Make whole faces of `side` px; half of them are damaged, and a part of all is not compressed.

        Of what is compressed, so many are compressed `lightly`.
        """
        made = []
        for _ in range(count):
            face = draw_tone(_one_of(folder, rng), rng)
            low = draw_mixed(rng).apply(face, float(rng.uniform(0.2, 1.0))) if rng.random() < 0.5 else face
            cut = draw_whole(rng, side, self.config.served.size)
            photo = cut.photo(low)
            is_whole = rng.random() >= _COMPRESSED
            compressed = (
                photo if is_whole else draw_compression(rng, bool(rng.random() < lightly)).apply(photo)
            )
            made.append((cut.of(compressed), cut.of(photo), cut.of_sharp(face)))
        compressed, whole, sharp = (stacked([one[i] for one in made], side) for i in range(3))
        return Pairs(compressed, whole, sharp)

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
        if batch.sharp is not None:
            shown, sharp = self._as_seen(made.clamp(0, 1)), self._as_seen(self.tensor(batch.sharp))
            losses["restored"] = self._apart(shown, sharp)
            total = total + self.config.restored * losses["restored"]
        self.descend(self.optimiser, total, LONGEST_GRADIENT)
        self.average(self.ema, self.net)
        self.step += 1
        with torch.no_grad():
            losses["before"] = (compressed - whole).abs().mean()
        return {name: loss.detach() for name, loss in losses.items()}

    def _apart(self, shown: Tensor, sharp: Tensor) -> Tensor:
        """Tell how different what the network draws of faces looks from the sharp ones."""
        with self.autocast():
            drawn = self._drawn(shown)
            with torch.no_grad():
                of_sharp = self.features(sharp)
            return feature_distance(self.features(drawn.clamp(0, 1)), of_sharp).mean()

    def _drawn(self, shown: Tensor) -> Tensor:
        """Let the network draw faces at the first estimate of their level."""
        encoding = self.served.encode(shown)
        drawn: Tensor = self.served.decode(encoding, encoding.level.detach().clamp(0, LEVEL_MAX))
        return drawn

    def sample(self, batch: Pairs) -> list[Tensor]:
        """Show pictures compressed, deblocked, whole; of faces what the network draws and sharp ones, too."""
        compressed, whole = self.tensor(batch.compressed), self.tensor(batch.whole)
        with self.autocast():
            made = self.ema(compressed).clamp(0, 1)
            if batch.sharp is None:
                return [compressed, made, whole]
            compressed, made, sharp = (
                self._as_seen(faces) for faces in (compressed, made, self.tensor(batch.sharp))
            )
            return [compressed, self._drawn(compressed), made, self._drawn(made), sharp]

    def complete(self, report: Report) -> None:
        """Learn whom the deblocker helps."""
        if not self.config.faces:
            return
        chosen, best = self.fit_helps()
        report(f"deblocking leaves {100 * chosen:.0f} % of what else is left, {100 * best:.0f} % at best")

    def fit_helps(self) -> tuple[float, float]:
        """Fit `helps` of the averaged deblocker to fresh examples; see `engine.lcqs.change_fit`.

        A third of them are drawn from old faces, and of these the ones that need little stand for sharp ones.
        """
        lessons = max(16, self.config.faces // self.config.whole)
        torch.manual_seed(self.config.seed)  # of the head that it begins with

        def examples() -> Iterator[tuple[Tensor, Tensor]]:
            with closing(prefetched(self._lesson, FRESH, processes_for(self.device))) as stream:
                for number, batch in enumerate(islice(stream, lessons)):
                    assert batch.sharp is not None, "a lesson is of whole faces"
                    compressed, sharp = self.tensor(batch.compressed), self.tensor(batch.sharp)
                    example = self._example(
                        compressed, self._as_seen(sharp), self._folder_of(number) is self._old
                    )
                    if len(example[0]):
                        yield example

        return fit_change(self.ema.helps, examples())

    @torch.no_grad()
    def _example(self, compressed: Tensor, sharp: Tensor, are_old: bool) -> tuple[Tensor, Tensor]:
        """Give what is seen of faces, and how much damage is left without the deblocker and with it."""
        net, served = self.ema, self.served
        looks = net.look(compressed)
        with self.autocast():
            deblocked = net.undo(compressed, looks).clamp(0, 1)
        seen, shown = [], []
        for faces in (self._as_seen(compressed), self._as_seen(deblocked)):
            seen.append(served.encode(faces).features)
            shown.append(softened(faces, served.softening(seen[-1])))
        statistics = pooled_statistics([*seen[0], *looks])
        with self.autocast():
            if are_old:
                good = served.automatic_level(served.encode(sharp)) < GOOD_PRINT
                statistics, sharp, shown = statistics[good], sharp[good], [one[good] for one in shown]
            if not len(sharp):
                return statistics, statistics.new_zeros(0, 2)
            return statistics, damage_left(served, self.features, shown, sharp)

    def _folder_of(self, number: int) -> FaceFolder:
        """Tell where a lesson's faces are from: those of every third are old, where there are any."""
        return self._old if self._old is not None and number % 3 == 2 else self._sharp

    def _lesson(self, step: int) -> Pairs:
        """Make the faces of a lesson in whom it helps; every other three lessons are twice as large."""
        number, rng = step - FRESH, np.random.default_rng((self.config.seed, step))
        side = self.config.served.size * (1 + number // 3 % 2)
        return self._faces(rng, self._folder_of(number), side, self.config.whole, _LIGHTLY)

    def _as_seen(self, faces: Tensor) -> Tensor:
        """Give faces as large as the network sees them."""
        return F.avg_pool2d(faces, faces.shape[-1] // self.config.served.size)


def _one_of(folder: FaceFolder, rng: np.random.Generator) -> Rgb8:
    return flip(folder[int(rng.integers(len(folder)))], rng)
