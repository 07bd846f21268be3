"""Trains any method that learns against judges: its losses are its own, everything else is shared.

The unpaired two-branch method and the systems that it is compared with run through the same loop, on the same
batches, so that the table compares methods and not trainers.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from engine.errors import ModelError, UsageError, named
from engine.lcqs.batches import window
from engine.lcqs.faces_data import FaceFolder
from engine.lcqs.identity import embeddings
from engine.lcqs.judge import Judge
from engine.lcqs.perceptual import PerceptualFeatures, feature_distance
from engine.lcqs.training_run import TrainingRun, parameter_groups
from engine.lcqs.unpaired_data import UnpairedBatch, UnpairedSource


@dataclass(frozen=True)
class UnpairedConfig:
    """A run of one method.

    Attributes
    ----------
    name : str
        What `heirloom train --config` and the table call it.
    method : dict
        The method's own settings, plain data.
    size : int
        Side of a face, px.
    count : int
        Faces of each quality in a batch.
    learning_rate, warmup, decay, ema :
        As in `engine.lcqs.training_run.RunConfig`; the rate as a share of a weight's size at the start.
    crop : int
        Side of the window for the perceptual loss, px.
    adversarial_from, senses_from : float
        Shares of the run after which the judges, and the perceptual and identity losses join: what pixels
        alone can teach is learnt several times as fast without them.
    seed : int
        Of weights and batches.
    """

    name: str
    method: dict[str, Any] = field(default_factory=dict)
    size: int = 256
    count: int = 4
    learning_rate: float = 0.012
    warmup: int = 30
    decay: float = 0.4
    ema: float = 0.99
    crop: int = 128
    adversarial_from: float = 0.25
    senses_from: float = 0.3
    seed: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for a checkpoint."""
        return asdict(self)


@dataclass(frozen=True)
class Senses:
    """What losses see with: networks that are not trained.

    Attributes
    ----------
    features : PerceptualFeatures
    embeddings : nn.ModuleList
        From `engine.lcqs.identity`; without any, identity losses are zero.
    window : tuple
        Index of what the perceptual loss looks at.
    awake : bool
        Without, all losses of theirs are zero.
    """

    features: PerceptualFeatures
    embeddings: nn.ModuleList
    window: Any
    awake: bool = True

    def perceptual(self, faces: Tensor, wanted: Tensor) -> Tensor:
        """Mean feature distance of `faces` from `wanted`, (n, 3, S, S), within the window: a scalar."""
        if not self.awake:
            return faces.new_zeros(())
        with torch.no_grad():
            theirs = self.features(wanted[self.window])
        return feature_distance(self.features(faces[self.window].clamp(0, 1)), theirs).mean()

    def identity(self, faces: Tensor, people: Tensor) -> Tensor:
        """One minus the cosine similarity of `faces` and `people`, (n, 3, S, S); summed over networks."""
        loss = faces.new_zeros(())
        for network in self.embeddings if self.awake else ():
            with torch.no_grad():
                theirs, _ = network(people)
            own, _ = network(faces.clamp(0, 1))
            loss = loss + 1 - (own * theirs).sum(1).mean()
        return loss


@dataclass(frozen=True)
class Faces:
    """A batch as tensors (n, 3, S, S) in [0, 1]; see `UnpairedBatch`."""

    high: Tensor
    low: Tensor
    truth: Tensor


@dataclass(frozen=True)
class Lesson:
    """What a method makes of one batch.

    Attributes
    ----------
    losses : dict of str to Tensor
        Scalars by name, already weighted; their sum is minimised.
    contests : dict of str to (real, fake)
        For each judge by name the faces (n, 3, S, S) that it has to tell apart; the fakes carry gradients.
    shown : list of Tensor
        Columns of the sample sheet.
    """

    losses: dict[str, Tensor]
    contests: dict[str, tuple[Tensor, Tensor]]
    shown: list[Tensor]


class Method(nn.Module, ABC):
    """Networks, what they minimise, and how they restore."""

    judges: tuple[str, ...] = ("high",)
    """Names of the judges that the method learns against; at least one."""
    adversarial: float = 0.02
    """Weight of their verdict."""
    paired = False
    """Whether it learns from what low-quality faces were before."""

    @abstractmethod
    def learn(self, faces: Faces, senses: Senses, progress: float) -> Lesson:
        """Compute one batch's losses; `progress` is the share of the run that is done."""

    @abstractmethod
    def restore(self, face: Tensor) -> Tensor:
        """Restore faces (n, 3, S, S), RGB in [0, 1]; not clipped."""

    def begin(self, weights: dict[str, Tensor]) -> None:
        """Start from weights of another run; raises RuntimeError when they do not fit."""
        self.load_state_dict(weights)


@dataclass(frozen=True)
class Folders:
    """Where a run reads and writes.

    Attributes
    ----------
    sharp : Path
        Aligned sharp faces.
    old : Path or None
        Aligned low-quality faces for X_L; None: sharp faces of other people, damaged.
    run : Path
        Of the run: checkpoint, weights, log, sample sheets.
    identity : tuple of Path
        Networks for the identity losses, see `engine.lcqs.identity`.
    """

    sharp: Path
    old: Path | None
    run: Path
    identity: tuple[Path, ...] = ()


class UnpairedRun(TrainingRun[UnpairedBatch]):
    """Trains one method.

    Parameters
    ----------
    config : UnpairedConfig
        The run.
    make : callable
        Gives the method of the configuration.
    folders : Folders
        Data and output.
    steps, device :
        As `TrainingRun`.

    Raises
    ------
    UsageError
        If the method needs pairs and X_L is really old; for a folder without faces.
    """

    kept = ("method", "ema", "judges", "optimiser")

    def __init__(
        self,
        config: UnpairedConfig,
        make: Callable[[UnpairedConfig], Method],
        folders: Folders,
        steps: int | None,
        device: str = "cpu",
    ):
        super().__init__(config, folders.run, steps, device)
        torch.manual_seed(config.seed)
        self.config = config
        self.method = self.placed(make(config))
        if self.method.paired and folders.old is not None:
            raise UsageError(f"'{config.name}' learns from pairs, which old faces do not have: omit --old.")
        self.ema = copy.deepcopy(self.method).requires_grad_(False)
        self.judges = self.placed(nn.ModuleDict({name: Judge() for name in self.method.judges}))
        self.features = self.placed(PerceptualFeatures())
        self.embeddings = self.placed(embeddings(folders.identity))
        self.optimiser = torch.optim.Adam(parameter_groups(self.method), config.learning_rate)
        sharp = FaceFolder(folders.sharp, config.size)
        old = FaceFolder(folders.old, config.size) if folders.old else None
        self.source = UnpairedSource(sharp, old, config.count, config.seed, config.crop)

    def batch(self, step: int) -> UnpairedBatch:
        """Make the batch of `step`."""
        return self.source.batch(step)

    def train_step(self, batch: UnpairedBatch) -> dict[str, Tensor]:
        """Learn from one batch; gives the losses by name."""
        # What a method draws depends on the step alone, as its batch does.
        torch.manual_seed(self.config.seed * 1_000_003 + self.step)
        self.set_learning_rate(self.optimiser)
        faces, senses = self._faces(batch), self._senses(batch)
        judged = self.progress >= self.config.adversarial_from
        with self.autocast():
            lesson = self.method.learn(faces, senses, self.progress)
            losses = {name: value.float() for name, value in lesson.losses.items()}
            if judged:
                shown = {name: self._seen(fake, batch) for name, (_, fake) in lesson.contests.items()}
                for name, features in shown.items():
                    losses[f"fool {name}"] = (
                        -self.method.adversarial * self.judges[name](features).float().mean()
                    )
        self.optimiser.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_([p for p in self.method.parameters() if p.requires_grad], 0.5)
        self.optimiser.step()
        if judged:
            for name, (real, _) in lesson.contests.items():
                with self.autocast(), torch.no_grad():
                    judge = cast(Judge, self.judges[name])
                    losses[f"judge {name}"] = judge.learn(self._seen(real, batch), shown[name])
        self.average(self.ema, self.method)
        self.step += 1
        return {name: value.detach() for name, value in losses.items()}

    def _seen(self, faces: Tensor, batch: UnpairedBatch) -> list[Tensor]:
        """Give the features of `faces` that the judges look at."""
        return self.features(faces[window(batch.crop, self.config.crop)].clamp(0, 1))

    def start_from(self, path: Path) -> None:
        """Begin with the weights that another run wrote beside its checkpoint.

        Raises
        ------
        ModelError
            If the file is missing, is no such weights, or does not fit.
        """
        weights = load_weights(path)
        try:
            self.method.begin(weights.tensors)
        except RuntimeError as error:  # torch lists every name and shape
            raise ModelError(f"The weights in {named(path)} do not fit {self.config.name!r}.") from error
        self.ema.load_state_dict(self.method.state_dict())

    def _faces(self, batch: UnpairedBatch) -> Faces:
        return Faces(self.tensor(batch.high), self.tensor(batch.low), self.tensor(batch.truth))

    def _senses(self, batch: UnpairedBatch) -> Senses:
        awake = self.progress >= self.config.senses_from
        return Senses(self.features, self.embeddings, window(batch.crop, self.config.crop), awake)

    def sample(self, batch: UnpairedBatch) -> list[Tensor]:
        """Show what the averaged method makes of a batch."""
        with self.autocast():
            return self.ema.learn(self._faces(batch), self._senses(batch), self.progress).shown

    def save(self) -> None:
        """Write the checkpoint, and beside it the averaged weights alone, which the evaluation reads."""
        super().save()
        halves = {name: _halved(tensor) for name, tensor in self.ema.state_dict().items()}
        partial = self.weights.with_suffix(".partial")
        torch.save({"config": self.config.as_dict(), "step": self.step, "weights": halves}, partial)
        partial.replace(self.weights)

    @property
    def weights(self) -> Path:
        """The averaged weights, float16."""
        return self.folder / f"{self.config.name}.pt"


@dataclass(frozen=True)
class Weights:
    """What a run wrote beside its checkpoint: the averaged weights, as float32.

    Attributes
    ----------
    config : UnpairedConfig
        Of the run.
    step : int
        Steps that it had made.
    tensors : dict of str to Tensor
    """

    config: UnpairedConfig
    step: int
    tensors: dict[str, Tensor]


def load_weights(path: Path) -> Weights:
    """Read the averaged weights that a run wrote beside its checkpoint.

    Raises
    ------
    ModelError
        If the file is missing or is no such weights.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        tensors = {k: v.float() if v.is_floating_point() else v for k, v in state["weights"].items()}
        return Weights(UnpairedConfig(**state["config"]), state["step"], tensors)
    except FileNotFoundError as error:
        raise ModelError(f"There are no weights {named(path)}.") from error
    except Exception as error:  # torch raises whatever the damage provokes
        raise ModelError(f"{named(path)} holds no weights of heirloom train.") from error


def _halved(tensor: Tensor) -> Tensor:
    return tensor.half().cpu() if tensor.is_floating_point() else tensor.cpu()
