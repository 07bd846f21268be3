"""The trainer: synthetic pairs at every degree of damage, and real old faces, for one generator.

A run is a sequence of steps fixed in advance; where it is interrupted does not matter. A checkpoint holds
everything that the next step depends on, and batches depend on the step's number alone, so that a resumed run
equals an uninterrupted one.
"""

from __future__ import annotations

import copy
import json
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from engine.errors import DeviceError, ModelError, UsageError, named
from engine.lcqs.checkpoint import load_average
from engine.lcqs.discriminator import Discriminator
from engine.lcqs.faces_data import BEYOND, FULL, NONE, PARTIAL, Batch, BatchSource, FaceFolder
from engine.lcqs.identity import IdentityEmbedding
from engine.lcqs.level_fit import fit_level
from engine.lcqs.network import Lcqs
from engine.lcqs.perceptual import PerceptualFeatures, feature_distance
from engine.lcqs.restoration_level import damage
from engine.lcqs.training_config import TrainingConfig
from engine.runtime import parse_device

_SPEED_STEPS = 30
_STRONG = 90.0  # a level at which most damage is gone
_PROPORTION_BATCHES = 24
_FRESH = 10**9  # batches that no training step sees


@dataclass(frozen=True)
class Paths:
    """Where training reads and writes.

    Attributes
    ----------
    sharp, old : Path
        Folders of aligned faces: X_H and X_L.
    run : Path
        Folder of the run: checkpoint, log, sample sheets.
    identity : Path or None
        Weights for the identity loss, see `engine.lcqs.identity`.
    """

    sharp: Path
    old: Path
    run: Path
    identity: Path | None = None


class Trainer:
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

    def __init__(self, config: TrainingConfig, paths: Paths, steps: int | None, device: str = "cpu"):
        device = _torch_device(device)
        torch.manual_seed(config.seed)
        self.config, self.paths, self.steps, self.device = config, paths, steps, device
        self.step = 0
        self.net = _placed(Lcqs(config.network), device)
        self.ema = copy.deepcopy(self.net).requires_grad_(False)
        self.judge = _placed(Discriminator(), device)
        self.features = _placed(PerceptualFeatures(), device)
        self.identity = _placed(IdentityEmbedding(paths.identity), device) if paths.identity else None
        self.optimiser = torch.optim.Adam(_parameter_groups(self.net), config.learning_rate)
        self.judge_optimiser = torch.optim.Adam(self.judge.parameters(), config.judge_rate, (0.5, 0.99))
        size = config.network.size
        self.source = BatchSource(
            FaceFolder(paths.sharp, size),
            FaceFolder(paths.old, size),
            config.pairs,
            config.olds,
            config.seed,
            config.crop,
        )

    # -- one step --------------------------------------------------------------------------------------------

    def train_step(self, batch: Batch) -> dict[str, float]:
        """Learn from one batch; gives the losses by name."""
        progress = self.step / self.steps if self.steps else 0.0
        adversarial = progress >= self.config.adversarial_from
        self._set_learning_rate(progress)
        pairs = len(batch.low)
        low, target, sharp = self._tensor(batch.low), self._tensor(batch.target), self._tensor(batch.sharp)
        faces = torch.cat([low, self._tensor(batch.old)]) if adversarial else low
        lesson = torch.from_numpy(batch.lesson).to(self.device)
        window = self._window(batch)

        with self._autocast():
            with torch.no_grad():
                seen = self.features(torch.cat([low, target, sharp])[window])
                of_low, of_target, of_sharp = (
                    [f[i * pairs : (i + 1) * pairs] for f in seen] for i in range(3)
                )
            encoding = self.net.encode(faces)
            needed = damage(feature_distance(of_low, of_sharp))
            left = damage(feature_distance(of_target, of_sharp))
            alpha = self._levels(encoding.level, needed, left, lesson, batch)
            out = self.net.decode(encoding, alpha)
            restored, old_out = out[:pairs], out[pairs:]
            of_restored = self.features(restored[window].clamp(0, 1))
        losses = {
            "l1": (restored - target).abs().mean(),
            "perceptual": feature_distance(of_restored, of_target).mean(),
        }
        wanted = (lesson == FULL) | (lesson == BEYOND)
        if self.identity is not None and wanted.any():
            with self._autocast():
                with torch.no_grad():
                    who = self.identity(sharp[wanted])
                again = self.identity(restored[wanted].clamp(0, 1))
            losses["identity"] = 1 - (who * again).sum(1).mean()
        if adversarial:
            fake = torch.cat([restored[wanted], old_out])
            with self._autocast():
                losses["adversarial"] = -self.judge(fake).float().mean()
            losses["down"] = (_down(old_out) - _down(faces[pairs:])).abs().mean()
        total = losses["l1"] + sum(getattr(self.config, k) * v for k, v in losses.items() if k != "l1")
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 0.5)
        self.optimiser.step()
        if adversarial:
            losses["judge"] = self._teach_judge(sharp, fake.detach())
        self._average()
        self.step += 1
        return {k: float(v.detach()) for k, v in losses.items()}

    def _levels(
        self, predicted: Tensor, needed: Tensor, left: Tensor, lesson: Tensor, batch: Batch
    ) -> Tensor:
        """Choose each face's α: what it or its lesson needs; old faces, whose need nobody knows, get α(x)."""
        alpha = predicted.detach().float()
        pairs = len(needed)
        beyond = needed + torch.from_numpy(batch.beyond).to(alpha.device)
        chosen = torch.where(lesson == BEYOND, beyond, needed)
        chosen = torch.where(lesson == PARTIAL, (needed - left).clamp_min(0), chosen)
        alpha[:pairs] = torch.where(lesson == NONE, torch.zeros_like(chosen), chosen)
        return alpha

    def _teach_judge(self, real: Tensor, fake: Tensor) -> Tensor:
        self.judge_optimiser.zero_grad(set_to_none=True)
        with self._autocast():
            scores = self.judge(torch.cat([real, fake])).float()
        loss = F.relu(1 - scores[: len(real)]).mean() + F.relu(1 + scores[len(real) :]).mean()
        loss.backward()
        self.judge_optimiser.step()
        return loss

    def _set_learning_rate(self, progress: float) -> None:
        rise = min(1.0, (self.step + 1) / self.config.warmup)
        fall = min(1.0, (1.0 - progress) / self.config.decay + 0.01)
        for group in self.optimiser.param_groups:
            group["lr"] = self.config.learning_rate * rise * fall * group["pace"]

    def _average(self) -> None:
        decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
        own: list[Tensor] = list(self.net.parameters())
        torch._foreach_lerp_(list(self.ema.parameters()), own, 1 - decay)

    def _window(self, batch: Batch) -> Any:
        """Index of what the perceptual loss looks at."""
        return (..., *(slice(int(c), int(c) + self.config.crop) for c in batch.crop))

    def _tensor(self, faces: Any) -> Tensor:
        tensor = torch.from_numpy(faces).to(self.device).to(memory_format=torch.channels_last)
        return tensor.float() / 255

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.split(":")[0], torch.bfloat16)

    # -- a run -----------------------------------------------------------------------------------------------

    def run(self, minutes: float | None, report: Callable[[str], None], save_every: float = 300.0) -> bool:
        """Train until the run's last step, or until `minutes` are over or a signal comes; save, and return.

        SIGINT (Ctrl+C) and SIGTERM let the step end. After an error the last checkpoint stands: what is in
        memory may be half a step.

        Parameters
        ----------
        minutes : float or None
            Time limit of this call. If the run has no length yet, it gets the length that fits.
        report : callable
            Takes a line of progress.
        save_every : float
            Seconds between checkpoints.

        Returns
        -------
        bool
            Whether the run is complete.
        """
        if self.steps is None and minutes is None:
            raise UsageError("A new training run needs --steps or --budget.")
        self.paths.run.mkdir(parents=True, exist_ok=True)
        asked_to_stop: list[int] = []
        previous = {
            number: signal.signal(number, lambda number, frame: asked_to_stop.append(number))
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        start = saved = time.monotonic()
        first = self.step
        sums: dict[str, float] = {}
        stream = self.source.stream(self.step)
        try:
            for batch in stream:
                elapsed = time.monotonic() - start
                if self.steps is None and self.step - first == _SPEED_STEPS and minutes is not None:
                    per_step = elapsed / _SPEED_STEPS
                    self.steps = self.step + max(1, int((minutes * 60 - elapsed) / per_step))
                    report(f"{per_step:.2f} s a step: {self.steps} steps fit into {minutes:.0f} minutes")
                out_of_time = minutes is not None and elapsed > minutes * 60
                if asked_to_stop or out_of_time or (self.steps is not None and self.step >= self.steps):
                    break
                for name, value in self.train_step(batch).items():
                    sums[name] = sums.get(name, 0.0) + value
                if self.step % 50 == 0:
                    self._log(sums, self.step, time.monotonic() - start, report)
                    sums = {}
                if self.step % 500 == 0:
                    self.sample_sheet(batch)
                if time.monotonic() - saved > save_every:
                    self.save()
                    saved = time.monotonic()
            complete = self.steps is not None and self.step >= self.steps
            if complete:
                report(f"α(x) is off by {self.fit_level():.1f} on average")
            self.save()
        finally:
            stream.close()
            for number, handler in previous.items():
                signal.signal(number, handler)
        return complete

    def fit_level(self) -> float:
        """Fit α(x) of the averaged network to fresh examples; gives the mean error on held-out ones.

        What a real old face needs nobody knows. It is presumed from how far a strong shift moves the face, in
        the proportion that faces with known needs show: without old faces among the examples, the texture of
        old prints passes for the detail of sharp ones.
        """
        proportion = self._proportion()

        @torch.no_grad()
        def measure(number: int) -> tuple[Tensor, Tensor]:
            batch = self.source.batch(_FRESH + number)
            low, old = self._tensor(batch.low), self._tensor(batch.old)
            known = self._distance(batch, low, self._tensor(batch.sharp))
            presumed = proportion * self._distance(batch, old, self._strongly_shifted(old))
            return torch.cat([low, old]), torch.cat([known, presumed])

        return fit_level(self.ema, measure, max(8, self.config.level_faces // self.config.pairs))

    @torch.no_grad()
    def _proportion(self) -> float:
        """Levels that faces with known needs need, for each level that a strong shift moves them."""
        needed, moved = 0.0, 0.0
        for number in range(_PROPORTION_BATCHES):
            batch = self.source.batch(_FRESH - 1 - number)
            low = self._tensor(batch.low)
            needed += float(self._distance(batch, low, self._tensor(batch.sharp)).sum())
            moved += float(self._distance(batch, low, self._strongly_shifted(low)).sum())
        return needed / max(moved, 1e-6)

    def _strongly_shifted(self, faces: Tensor) -> Tensor:
        with self._autocast():
            encoding = self.ema.encode(faces)
            return self.ema.decode(encoding, torch.full_like(encoding.level.float(), _STRONG)).clamp(0, 1)

    def _distance(self, batch: Batch, faces: Tensor, others: Tensor) -> Tensor:
        """Levels between faces, seen through the batch's window."""
        window = self._window(batch)
        with self._autocast():
            return damage(feature_distance(self.features(faces[window]), self.features(others[window])))

    def _log(self, sums: dict[str, float], step: int, seconds: float, report: Callable[[str], None]) -> None:
        means = {name: round(value / 50, 4) for name, value in sums.items()}
        with (self.paths.run / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"step": step, "seconds": round(seconds), **means}) + "\n")
        report(f"step {step}/{self.steps}  " + "  ".join(f"{k} {v:.4f}" for k, v in means.items()))

    @torch.no_grad()
    def sample_sheet(self, batch: Batch) -> None:
        """Write faces as a picture: damaged, half, at the automatic level, beyond, sharp; old faces below."""
        faces = torch.cat([self._tensor(batch.low), self._tensor(batch.old)])
        with self._autocast():
            encoding = self.ema.encode(faces)
            shown = [self.ema.decode(encoding, encoding.level.float() * k) for k in (0.0, 0.5, 1.0, 1.4)]
        sharp = torch.cat([self._tensor(batch.sharp), self._tensor(batch.old)])
        rows = torch.cat([torch.cat(list(column), 1) for column in (faces, *shown, sharp)], 2)
        pixels = (rows.float().clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()
        Image.fromarray(np.ascontiguousarray(pixels)).save(
            self.paths.run / f"sheet_{self.step:06d}.jpg", quality=92
        )

    # -- checkpoints -----------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Give everything that the next step depends on."""
        return {
            "config": self.config.as_dict(),
            "step": self.step,
            "steps": self.steps,
            "net": self.net.state_dict(),
            "ema": self.ema.state_dict(),
            "judge": self.judge.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "judge_optimiser": self.judge_optimiser.state_dict(),
        }

    def save(self) -> None:
        """Write the checkpoint; the last good one is replaced only by a complete one."""
        path = self.paths.run / "checkpoint.pt"
        partial = path.with_suffix(".partial")
        torch.save(self.state(), partial)
        partial.replace(path)

    def start_from(self, path: Path) -> None:
        """Begin a new run with the averaged weights of another one.

        Parameters
        ----------
        path : Path
            A checkpoint, or weights written by `engine.lcqs.checkpoint.save_average`.

        Raises
        ------
        ModelError
            If the file is missing or no checkpoint.
        UsageError
            If its network has other sizes.
        """
        other = load_average(path)
        if other.config != self.config.network:
            raise UsageError(f"The network in {named(path)} has other sizes than '{self.config.name}'.")
        self.net.load_state_dict(other.state_dict())
        self.ema.load_state_dict(other.state_dict())

    def resume(self) -> None:
        """Go on from the run's checkpoint.

        Raises
        ------
        UsageError
            If there is none, or if it belongs to another configuration.
        ModelError
            If it is damaged.
        """
        path = self.paths.run / "checkpoint.pt"
        if not path.is_file():
            raise UsageError(f"There is no checkpoint to resume in {named(self.paths.run)}.")
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            config = state["config"]
        except Exception as error:  # torch raises whatever the damage provokes
            raise ModelError(f"{named(path)} is damaged; start the run anew in another folder.") from error
        if self.config.as_dict() | config != self.config.as_dict():
            raise UsageError(
                f"{named(path)} belongs to another configuration than {self.config.name!r}; choose that one."
            )
        self.step = state["step"]
        self.steps = self.steps or state["steps"]
        for name in ("net", "ema", "judge", "optimiser", "judge_optimiser"):
            getattr(self, name).load_state_dict(state[name])


_M = TypeVar("_M", bound=nn.Module)


def _placed(module: _M, device: str) -> _M:
    module.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # both in place
    return module


def _torch_device(text: str) -> str:
    """Check a device and give it as torch calls it."""
    wish = parse_device(text)
    cards = torch.cuda.device_count()
    if wish.kind == "cpu" or (wish.kind == "auto" and not cards):
        return "cpu"
    if wish.index >= cards:
        raise DeviceError(
            f"The device {wish} can't be used: PyTorch sees {cards} CUDA cards; train on the cpu."
        )
    return f"cuda:{wish.index}"


def _parameter_groups(net: Lcqs) -> list[dict[str, Any]]:
    """Let every weight move by the same share of its own size in a step.

    What StyleGAN calls an equalised learning rate (Karras et al., "Progressive Growing of GANs", ICLR 2018,
    section 4.1): with one rate for all, wide layers diverge before narrow ones learn. Codes go slower still:
    else they grow until training breaks.
    """
    groups = []
    for name, parameter in net.named_parameters():
        pace = 0.05 if parameter.ndim == 1 else parameter[0].numel() ** -0.5
        if name == "encoder.head.2.weight":
            pace *= 0.3
        groups.append({"params": [parameter], "pace": pace})
    return groups


def _down(faces: Tensor) -> Tensor:
    """Shrink eightfold: what damage leaves intact (L_down)."""
    return F.avg_pool2d(faces.float(), 8)
