"""What every training run is: steps fixed in advance, a budget, a log, and checkpoints that resume exactly.

Where a run is interrupted does not matter: a checkpoint holds everything that the next step depends on, and
batches depend on the step's number alone, so that a resumed run equals an uninterrupted one.
"""

from __future__ import annotations

import json
import signal
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from engine.errors import DeviceError, ModelError, OutputError, UsageError, named
from engine.lcqs.batches import prefetched, processes_for
from engine.runtime import parse_device

B = TypeVar("B")
_M = TypeVar("_M", bound=nn.Module)

Report = Callable[[str], None]
"""Takes a line of progress."""

LONGEST_GRADIENT = 0.15
"""Of a network that learns beside a critic: longer gradients of a batch are cut to it."""

_SLOW_STEPS, _SPEED_STEPS = 10, 30  # the first, that do not count, and those from which a run is measured
_LOG_EVERY = 50
_SHEET_EVERY = 500


class RunConfig(Protocol):
    """What any training configuration has."""

    @property
    def name(self) -> str:
        """What `heirloom train --config` calls it."""

    @property
    def learning_rate(self) -> float:
        """Of the optimiser, between warm-up and decay."""

    @property
    def warmup(self) -> int:
        """Steps of linear warm-up."""

    @property
    def decay(self) -> float:
        """Share of the run, at its end, in which the learning rate falls linearly to nothing."""

    @property
    def ema(self) -> float:
        """Decay of the average of the weights."""

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for a checkpoint."""


class TrainingRun(ABC, Generic[B]):
    """A run of `heirloom train`: `train_step` learns from what `batch` makes, everything else is here.

    Parameters
    ----------
    config : RunConfig
        Saved in the checkpoint.
    folder : Path
        Of the run: checkpoint, log, sample sheets.
    steps : int or None
        Length of the run. None: measured from the first steps and the budget.
    device : str
        ``cpu``, ``cuda`` or ``cuda:N``; ``auto`` is CUDA where PyTorch has it.

    Raises
    ------
    UsageError
        For an unknown device.
    DeviceError
        When PyTorch does not have the device.
    """

    kept: ClassVar[tuple[str, ...]]
    """Attributes whose ``state_dict`` a checkpoint holds."""

    def __init__(self, config: RunConfig, folder: Path, steps: int | None, device: str):
        self._run_config, self.folder, self.steps = config, folder, steps
        self.stopped_by: int | None = None  # the signal that the last call of `run` ended with
        self.device = torch_device(device)
        torch.backends.cudnn.benchmark = self.device != "cpu"
        self.step = 0

    @abstractmethod
    def batch(self, step: int) -> B:
        """Make the batch of `step`; depends on the number alone."""

    @abstractmethod
    def train_step(self, batch: B) -> dict[str, Tensor]:
        """Learn from one batch and count the step; gives the losses by name, which nobody waits for."""

    @abstractmethod
    def sample(self, batch: B) -> list[Tensor]:
        """Give the columns of a sample sheet, each (n, 3, S, S), RGB about [0, 1]."""

    def complete(self, report: Report) -> None:
        """Do what is left after the last step; nothing here."""

    # -- for the steps ---------------------------------------------------------------------------------------

    @property
    def progress(self) -> float:
        """Share of the run that is done."""
        return self.step / self.steps if self.steps else 0.0

    def placed(self, module: _M) -> _M:
        """Move a module to the run's device."""
        module.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return module

    def tensor(self, faces: NDArray[np.uint8] | Tensor) -> Tensor:
        """Give faces (n, 3, S, S) uint8 RGB as a tensor in [0, 1] on the run's device."""
        tensor = torch.as_tensor(faces).to(self.device).to(memory_format=torch.channels_last)
        return tensor.float() / 255

    def autocast(self) -> torch.autocast:
        """Compute in bfloat16 where it is faster: on a card, and on some processors.

        Measured with a step of the shipped network: matrix tiles (AMX) gain the most; an AMD processor with
        AVX-512 BF16 takes 0.55 of float32's time; an Intel Xeon with it, but without tiles, takes 12 to 47 %
        longer, because the gradients of convolutions are slow there.
        """
        kind = self.device.split(":")[0]
        able = torch.cpu.get_capabilities() if kind == "cpu" else {}
        made_by_amd = str(able.get("cpu_name", "")).startswith("AMD")
        faster = able.get("amx_bf16", False) or (made_by_amd and able.get("avx512_bf16", False))
        return torch.autocast(kind, torch.bfloat16, enabled=kind != "cpu" or faster)

    def set_learning_rate(self, optimiser: torch.optim.Optimizer) -> None:
        """Set this step's learning rate, times each parameter group's ``pace``."""
        config = self._run_config
        rise = min(1.0, (self.step + 1) / config.warmup)
        fall = min(1.0, (1.0 - self.progress) / config.decay + 0.01)
        for group in optimiser.param_groups:
            rate = config.learning_rate * rise * fall * group.get("pace", 1.0)
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    @staticmethod
    def descend(optimiser: torch.optim.Optimizer, loss: Tensor, clip: float | None = None) -> None:
        """Take a step down `loss`; with `clip`, the gradient of all parameters is no longer than that."""
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if clip is not None:
            owned = [p for group in optimiser.param_groups for p in group["params"]]
            torch.nn.utils.clip_grad_norm_(owned, clip)
        optimiser.step()

    def average(self, average: nn.Module, own: nn.Module) -> None:
        """Move the parameters of `average` towards those of `own`."""
        decay = min(self._run_config.ema, (1 + self.step) / (10 + self.step))
        theirs: list[Tensor] = list(own.parameters())
        torch._foreach_lerp_(list(average.parameters()), theirs, 1 - decay)

    # -- a run -----------------------------------------------------------------------------------------------

    def run(self, minutes: float | None, report: Report, save_every: float = 300.0) -> bool:
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
        self.folder.mkdir(parents=True, exist_ok=True)
        asked_to_stop: list[int] = []
        previous = {
            number: signal.signal(number, lambda number, frame: asked_to_stop.append(number))
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        start = saved = time.monotonic()
        slow = 0.0
        first = self.step
        sums: dict[str, Tensor] = {}
        counts: Counter[str] = Counter()  # of each loss, as not every step need have all
        stream = prefetched(self.batch, self.step, processes_for(self.device))
        try:
            for batch in stream:
                elapsed = time.monotonic() - start
                if self.step - first == _SLOW_STEPS:
                    slow = elapsed
                if self.steps is None and self.step - first == _SPEED_STEPS and minutes is not None:
                    per_step = (elapsed - slow) / (_SPEED_STEPS - _SLOW_STEPS)
                    self.steps = self.step + max(1, int((minutes * 60 - elapsed) / per_step))
                    report(f"{per_step:.2f} s a step: {self.steps} steps fit into {minutes:.0f} minutes")
                out_of_time = minutes is not None and elapsed > minutes * 60
                if asked_to_stop or out_of_time or (self.steps is not None and self.step >= self.steps):
                    break
                for name, value in self.train_step(batch).items():
                    sums[name] = sums[name] + value if name in sums else value
                    counts[name] += 1
                if self.step % _LOG_EVERY == 0:
                    means = {name: float(total) / counts[name] for name, total in sums.items()}
                    self._log(means, time.monotonic() - start, report)
                    sums, counts = {}, Counter()
                if self.step % _SHEET_EVERY == 0:
                    self.sample_sheet(batch)
                if time.monotonic() - saved > save_every:
                    self.save()
                    saved = time.monotonic()
            self.save()
        finally:
            stream.close()
            for number, handler in previous.items():
                signal.signal(number, handler)
        self.stopped_by = asked_to_stop[0] if asked_to_stop else None
        finished = self.steps is not None and self.step >= self.steps
        if finished:  # what is left may be interrupted: it is done again with `resume`
            self.complete(report)
            self.save()
        return finished

    def _log(self, losses: dict[str, float], seconds: float, report: Report) -> None:
        means = {name: round(value, 4) for name, value in losses.items()}
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"step": self.step, "seconds": round(seconds), **means}) + "\n")
        report(f"step {self.step}/{self.steps}  " + "  ".join(f"{k} {v:.4f}" for k, v in means.items()))

    @torch.no_grad()
    def sample_sheet(self, batch: B) -> None:
        """Write the columns of `sample` as a picture."""
        rows = torch.cat([torch.cat(list(column), 1) for column in self.sample(batch)], 2)
        pixels = (rows.float().clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()
        Image.fromarray(np.ascontiguousarray(pixels)).save(
            self.folder / f"sheet_{self.step:06d}.jpg", quality=92
        )

    # -- checkpoints -----------------------------------------------------------------------------------------

    @property
    def checkpoint(self) -> Path:
        """The run's checkpoint."""
        return self.folder / "checkpoint.pt"

    def state(self) -> dict[str, Any]:
        """Give everything that the next step depends on."""
        parts = {name: getattr(self, name).state_dict() for name in self.kept}
        return {"config": self._run_config.as_dict(), "step": self.step, "steps": self.steps, **parts}

    def save(self) -> None:
        """Write the checkpoint; the last good one is replaced only by a complete one."""
        partial = self.checkpoint.with_suffix(".partial")
        try:
            torch.save(self.state(), partial)
            partial.replace(self.checkpoint)
        except (OSError, RuntimeError) as error:  # RuntimeError: what torch makes of a full disk
            raise OutputError(f"{named(self.checkpoint)} was not written: {error}") from error

    def resume(self) -> None:
        """Go on from the run's checkpoint.

        Raises
        ------
        UsageError
            If there is none, or if it belongs to another configuration.
        ModelError
            If it is damaged.
        """
        path = self.checkpoint
        if not path.is_file():
            raise UsageError(f"There is no checkpoint to resume in {named(self.folder)}.")
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            config = state["config"]
        except Exception as error:  # torch raises whatever the damage provokes
            raise ModelError(f"{named(path)} is damaged; start the run anew in another folder.") from error
        if not _agrees(config, self._run_config.as_dict()):
            raise UsageError(
                f"{named(path)} belongs to another configuration than {self._run_config.name!r}; "
                "choose that one."
            )
        self.step = state["step"]
        self.steps = self.steps or state["steps"]
        for name in self.kept:
            getattr(self, name).load_state_dict(state[name])


def _agrees(saved: Any, own: Any) -> bool:
    """Whether a saved configuration says nothing else than one's own, which may have newer settings."""
    if isinstance(saved, dict) and isinstance(own, dict):
        return all(key in own and _agrees(value, own[key]) for key, value in saved.items())
    return bool(saved == own)


def torch_device(text: str) -> str:
    """Check a device and give it as torch calls it.

    Raises
    ------
    UsageError
        For an unknown device.
    DeviceError
        When PyTorch does not have it.
    """
    wish = parse_device(text)
    cards = torch.cuda.device_count()
    if wish.kind == "cpu" or (wish.kind == "auto" and not cards):
        return "cpu"
    if wish.index >= cards:
        raise DeviceError(
            f"The device {wish} can't be used: PyTorch sees {cards} CUDA cards; train on the cpu."
        )
    return f"cuda:{wish.index}"


def parameter_groups(net: nn.Module) -> list[dict[str, Any]]:
    """Let every weight that learns move by the same share of its own size in a step.

    What StyleGAN calls an equalised learning rate (Karras et al., "Progressive Growing of GANs", ICLR 2018,
    section 4.1): with one rate for all, wide layers diverge before narrow ones learn. Codes go slower still:
    else they grow until training breaks.
    """
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in net.named_parameters():
        if not parameter.requires_grad:
            continue
        pace = 0.05 if parameter.ndim <= 1 else parameter[0].numel() ** -0.5
        if name.endswith("encoder.head.2.weight"):
            pace *= 0.3
        groups.setdefault(pace, []).append(parameter)
    return [{"params": parameters, "pace": pace} for pace, parameters in groups.items()]


def settle(optimiser: torch.optim.Adam, device: str) -> None:
    """Let an optimiser step on a device, where it may have been loaded from a checkpoint of another one.

    On a card its rates and counts lie there too, so that a recording of the step can read them, see
    `engine.lcqs.replay`.
    """
    on_card = device != "cpu"
    for group in optimiser.param_groups:
        rate = float(group["lr"])
        group["lr"], group["capturable"] = torch.tensor(rate, device=device) if on_card else rate, on_card
    for state in optimiser.state.values():
        state["step"] = state["step"].to(device)
