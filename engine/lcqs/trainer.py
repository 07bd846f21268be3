"""The trainer: synthetic pairs at every degree of damage, and real old faces, for one generator."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import UsageError, named
from engine.lcqs.checkpoint import CRITICS, grow, load_mean, teach
from engine.lcqs.critic import Critic, critic_optimiser, joined, what_is_seen
from engine.lcqs.faces_data import BEYOND, FULL, NONE, PARTIAL, Batch, BatchSource, FaceFolder
from engine.lcqs.head_lessons import HeadLessons
from engine.lcqs.identity import embeddings, identity_loss
from engine.lcqs.losses import eyes_and_mouths, face_weights, huber, weights_in_places
from engine.lcqs.muon import Muon
from engine.lcqs.network import Lcqs
from engine.lcqs.perceptual import PerceptualFeatures, distance_maps, feature_distance, texture_distance
from engine.lcqs.replay import Replayed, Tensors
from engine.lcqs.restoration_level import damage
from engine.lcqs.training_config import TrainingConfig
from engine.lcqs.training_run import LONGEST_GRADIENT, Report, TrainingRun, parameter_groups, settle

_GROWING = ("blocks", "quarter", "full")  # sizes of what leaves all else as it is
_JUDGED = 0.7  # of a batch's faces, of which four fifths could be: always as many, see `Replayed`


@dataclass(frozen=True)
class Paths:
    """Where training reads and writes.

    Attributes
    ----------
    sharp, old : Path
        Folders of aligned faces: X_H and X_L.
    run : Path
        Folder of the run: checkpoint, log, sample sheets.
    identity : tuple of Path
        Networks for the identity loss, see `engine.lcqs.identity`; without any there is none.
    """

    sharp: Path
    old: Path
    run: Path
    identity: tuple[Path, ...] = ()


class Trainer(TrainingRun[Batch]):
    """Trains one network.

    Parameters
    ----------
    config : TrainingConfig
        The run.
    paths : Paths
        Data and output.
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

    kept = ("net", "ema", *CRITICS, "optimiser", "critic_optimiser")

    def __init__(self, config: TrainingConfig, paths: Paths, steps: int | None, device: str = "cpu"):
        super().__init__(config, paths.run, steps, device)
        torch.manual_seed(config.seed)
        self.config, self.paths = config, paths
        self.net = self.placed(Lcqs(config.network))
        self.ema = copy.deepcopy(self.net).requires_grad_(False)
        self.critic, self.critic_of_parts = self.placed(Critic()), self.placed(Critic())
        self.features = self.placed(PerceptualFeatures())
        self.identity = self.placed(embeddings(paths.identity))
        self.optimiser = Muon(parameter_groups(self.net), config.learning_rate)
        self.critic_optimiser = critic_optimiser(self.critic, self.critic_of_parts)
        size = config.network.size
        self.weights = face_weights(size, config.centre).to(self.device)
        sharp, old = FaceFolder(paths.sharp, size), FaceFolder(paths.old, size)
        self.source = BatchSource(sharp, old, config.pairs, config.olds, config.seed)
        self._sharp, self._old = sharp, old
        self._settle()
        self._replayed = Replayed(self._learn, self.device)

    def batch(self, step: int) -> Batch:
        """Make the batch of `step`."""
        return self.source.batch(step)

    # -- one step --------------------------------------------------------------------------------------------

    def train_step(self, batch: Batch) -> dict[str, Tensor]:
        """Learn from one batch; gives the losses by name."""
        # What losses draw depends on the step alone, as its batch does.
        torch.manual_seed(self.config.seed * 1_000_003 + self.step)
        self.set_learning_rate(self.optimiser)
        whole = np.isin(batch.lesson, (FULL, BEYOND))
        read = {name: getattr(batch, name) for name in ("low", "target", "sharp", "lesson", "beyond")}
        read["places"] = (batch.flawed | batch.alike) & whole[:, None, None, None]
        read["judged"] = self._judged(whole)
        losses = self._replayed({name: torch.from_numpy(one) for name, one in read.items()})
        self.average(self.ema, self.net)
        self.step += 1
        return losses

    def _judged(self, whole: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Choose the faces that critics and the identity loss look at: of those that are to be whole, mostly.

        Always as many: a recorded step can't do with others, and cuDNN plans its work anew for each number.
        """
        first = np.argsort(~whole, kind="stable")
        return first[: max(1, int(_JUDGED * len(whole)))]

    def _learn(self, read: Tensors) -> Tensors:
        """Learn from the tensors of a batch, each time of the same shapes; gives the losses by name."""
        low, target, sharp = (self.tensor(read[name]) for name in ("low", "target", "sharp"))
        judged = partial(torch.index_select, dim=0, index=read["judged"])
        with self.autocast():
            with torch.no_grad():
                seen = [one.chunk(3) for one in self.features(torch.cat([low, target, sharp]))]
                of_low, of_target, of_sharp = ([thirds[i] for thirds in seen] for i in range(3))
            encoding = self.net.encode(low)
            needed = damage(distance_maps(of_low, of_sharp))
            left = damage(distance_maps(of_target, of_sharp))
            restored = self.net.decode(encoding, _levels(needed, left, read["lesson"], read["beyond"]))
            shown = restored.clamp(0, 1)
            of_restored = self.features(shown)
        pixels = self.weights * weights_in_places(read["places"])
        losses = {
            "pixels": (pixels * huber(restored, target)).mean(),
            "perceptual": feature_distance(of_restored, of_target).mean(),
            "texture": texture_distance(of_restored, of_target).mean(),
            "level": F.smooth_l1_loss(encoding.level.float() / 10, needed / 10),
        }
        made, real = (
            [judged(one) for one in what_is_seen(faces, features)]
            for faces, features in ((shown, of_restored), (target, of_target))
        )
        made_parts, real_parts = (self._seen_of_parts(judged(faces)) for faces in (shown, target))
        critics = {
            "adversarial": (self.critic, made, real),
            "adversarial_parts": (self.critic_of_parts, made_parts, real_parts),
        }
        shares = {name: joined(critic, self.config.warmup) for name, (critic, *_) in critics.items()}
        with self.autocast():
            losses |= {name: critic.verdict(*pair) for name, (critic, *pair) in critics.items()}
            losses["parts"] = feature_distance(made_parts[1:], real_parts[1:]).mean()
            if self.identity:
                losses["identity"] = identity_loss(self.identity, judged(restored), judged(sharp))
        total = losses["pixels"] + sum(
            getattr(self.config, name) * shares.get(name, 1.0) * loss
            for name, loss in losses.items()
            if name != "pixels"
        )
        self.descend(self.optimiser, total, LONGEST_GRADIENT)
        with self.autocast():
            lessons = [critic.lesson(*pair) for critic, *pair in critics.values()]
            losses["critic"] = torch.stack(lessons).sum()
        self.descend(self.critic_optimiser, losses["critic"])
        return {name: loss.detach() for name, loss in losses.items()}

    def _seen_of_parts(self, faces: Tensor) -> list[Tensor]:
        """Give what a critic sees of eyes and mouths."""
        parts = eyes_and_mouths(faces)
        with self.autocast():
            return what_is_seen(parts, self.features(parts))

    # -- a run -----------------------------------------------------------------------------------------------

    def resume(self) -> None:
        """Go on from the run's checkpoint, see `TrainingRun.resume`."""
        super().resume()
        self._settle()

    def _settle(self) -> None:
        for optimiser in (self.optimiser, self.critic_optimiser):
            settle(optimiser, self.device)

    def run(self, minutes: float | None, report: Report, save_every: float = 300.0) -> bool:
        """Train, as `TrainingRun.run`; what heads will lack is said before hours are spent."""
        self.head_lessons().announce(report)
        return super().run(minutes, report, save_every)

    def complete(self, report: Report) -> None:
        """Let the averaged network's heads learn what they tell."""
        self.head_lessons().give(report)

    def head_lessons(self) -> HeadLessons:
        """Give what the heads learn from."""
        folders = self._sharp, self._old
        return HeadLessons(self, self.ema, self.features, self.identity, self.config, *folders)

    def sample(self, batch: Batch) -> list[Tensor]:
        """Show faces: damaged, half, at the automatic level, beyond, sharp; old faces below."""
        faces = torch.cat([self.tensor(batch.low), self.tensor(batch.old)])
        with self.autocast():
            encoding = self.ema.encode(faces)
            level, mirrored = self.ema.automatic_level(encoding), self.ema.mirrored(encoding)
            shown = [self.ema.decode_twice(encoding, mirrored, level * k) for k in (0.0, 0.5, 1.0, 1.4)]
        return [faces, *shown, torch.cat([self.tensor(batch.sharp), self.tensor(batch.old)])]

    def start_from(self, *paths: Path) -> None:
        """Begin a new run with the averaged weights of another one, or with the mean of several.

        The first one's critics go on, if they are there. The network may have grown residual blocks, and what
        draws at full size: at first they add nothing.

        Parameters
        ----------
        *paths : Path
            Checkpoints, or weights written by `engine.lcqs.checkpoint.save_average`; one that is named twice
            counts twice.

        Raises
        ------
        ModelError
            If a file is missing or no checkpoint.
        UsageError
            If their networks have other sizes.
        """
        if not grow(self.net, load_mean(paths), _GROWING):
            raise UsageError(f"The network in {named(paths[0])} has other sizes than '{self.config.name}'.")
        self.ema.load_state_dict(self.net.state_dict())
        for name in CRITICS:
            teach(getattr(self, name), paths[0], name)


def _levels(needed: Tensor, left: Tensor, lesson: Tensor, beyond: Tensor) -> Tensor:
    """Choose each face's α: what its lesson needs."""
    chosen = torch.where(lesson == BEYOND, needed + beyond, needed)
    chosen = torch.where(lesson == PARTIAL, (needed - left).clamp_min(0), chosen)
    return torch.where(lesson == NONE, torch.zeros_like(chosen), chosen)
