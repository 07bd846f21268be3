"""The averaged networks of training runs: read from checkpoints, or written alone to start another run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from engine.errors import ModelError, UsageError, named
from engine.lcqs.critic import Critic
from engine.lcqs.deblocker import Deblocker, DeblockerConfig
from engine.lcqs.finer import Finer, FinerConfig
from engine.lcqs.network import Lcqs, NetworkConfig
from engine.lcqs.training_config import TrainingConfig
from engine.lcqs.two_branch import TwoBranchConfig
from engine.paths import is_same

_Stage = TypeVar("_Stage", Finer, Deblocker)

CRITICS = "critic", "critic_of_parts"
"""What a checkpoint of `heirloom train` calls them."""


def load_average(path: Path) -> Lcqs:
    """Load the averaged network of a checkpoint of `heirloom train`, or of a file of `save_average`.

    The checkpoint may be of the shipped model's trainer or of the two-branch method.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Lcqs
        In evaluation mode, float32.

    Raises
    ------
    ModelError
        If the file is missing or is no such checkpoint.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        sizes, weights = _network(state)
        net = Lcqs(sizes)
        net.load_state_dict(weights)
    except FileNotFoundError as error:
        raise ModelError(f"There is no checkpoint {named(path)}.") from error
    except Exception as error:  # torch raises whatever the damage provokes
        raise ModelError(f"{named(path)} is not a checkpoint of heirloom train.") from error
    return net.eval()


def load_mean(paths: Sequence[Path]) -> Lcqs:
    """Load the mean of several averaged networks, which began as the same one.

    After Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy
    without increasing inference time", ICML 2022.

    Parameters
    ----------
    paths : sequence of Path
        As for `load_average`, at least one; a path named twice counts twice.

    Returns
    -------
    Lcqs
        In evaluation mode, float32.

    Raises
    ------
    ModelError
        As `load_average`.
    UsageError
        If the networks have different sizes.
    """
    mean = load_average(paths[0])
    for count, path in enumerate(paths[1:], 2):
        other = load_average(path)
        if other.config != mean.config:
            raise UsageError(f"The networks in {named(paths[0])} and {named(path)} have different sizes.")
        torch._foreach_lerp_(list(mean.state_dict().values()), list(other.state_dict().values()), 1 / count)
    return mean


def _network(state: dict[str, Any]) -> tuple[NetworkConfig, dict[str, Tensor]]:
    """Find sizes and averaged weights of the network in what either trainer saved."""
    config, weights = state["config"], state["ema"]
    if "method" not in config:
        return TrainingConfig.from_dict(config).network, weights
    sizes = TwoBranchConfig.from_dict(config["method"]).network
    weights = {name.removeprefix("net."): t for name, t in weights.items() if name.startswith("net.")}
    # One direction for all layers is a direction for each, the same one.
    rows = sum(name.startswith("generator.") and name.endswith(".style.weight") for name in weights)
    weights["shift.raw"] = weights["shift.raw"].expand(rows, -1)
    return sizes, weights


def load_finer(path: Path) -> Finer | None:
    """Load the averaged finer stage of a checkpoint of its run, or the one in a file of `save_average`.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Finer or None
        In evaluation mode, float32; None if the file is of a network without one.

    Raises
    ------
    ModelError
        If the file is missing or no checkpoint.
    """
    return _load_stage(path, "finer", "teacher", lambda sizes: Finer(FinerConfig(**sizes)))


def load_deblocker(path: Path) -> Deblocker | None:
    """Load the averaged deblocker of a checkpoint of its run, or the one in a file of `save_average`.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Deblocker or None
        In evaluation mode, float32; None if the file holds none.

    Raises
    ------
    ModelError
        If the file is missing or no checkpoint.
    """
    return _load_stage(path, "deblocker", "side", lambda sizes: Deblocker(DeblockerConfig.from_dict(sizes)))


def _load_stage(
    path: Path, name: str, of_its_runs: str, make: Callable[[dict[str, Any]], _Stage]
) -> _Stage | None:
    """Load a stage, as `load_finer` does; `of_its_runs` is a setting that its own runs alone have."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        if of_its_runs in state["config"]:
            state = {name: {"config": state["config"]["network"], "ema": state["ema"]}}
        if name not in state:
            return None
        net = make(state[name]["config"])
        net.load_state_dict(state[name]["ema"])
    except FileNotFoundError as error:
        raise ModelError(f"There is no checkpoint {named(path)}.") from error
    except Exception as error:  # torch raises whatever the damage provokes
        raise ModelError(f"{named(path)} is not a checkpoint of heirloom train.") from error
    return net.eval()


def grow(net: Lcqs | Finer, smaller: Lcqs | Finer, may_grow: Sequence[str]) -> bool:
    """Give a network the weights of a smaller one; residual blocks that it has beside add nothing at first.

    Parameters
    ----------
    net, smaller : Lcqs or Finer
        Of the same class.
    may_grow : sequence of str
        Sizes, by their name in the configuration, of what leaves all else as it is.

    Returns
    -------
    bool
        Whether it was done: not if other sizes differ, or if `smaller` has anything that `net` has not.
    """
    grown = replace(smaller.config, **{name: getattr(net.config, name) for name in may_grow})
    weights, theirs = net.state_dict(), smaller.state_dict()
    if grown != net.config or not theirs.keys() <= weights.keys():
        return False
    if any(weights[name].shape != own.shape for name, own in theirs.items()):
        return False
    for name in weights.keys() - theirs.keys():
        if ".second." in name:
            weights[name].zero_()
    net.load_state_dict(weights | theirs)
    return True


def teach(critic: Critic, path: Path, name: str) -> None:
    """Give a critic what the one of another run has learnt; nothing where it had none, or an older kind.

    Parameters
    ----------
    critic : Critic
    path : Path
        A checkpoint, or a file of `save_average`, that `load_average` has read.
    name : str
        Which one of its critics, one of `CRITICS`.
    """
    learnt = torch.load(path, map_location="cpu", weights_only=True).get(name, {})
    own = critic.state_dict()
    if own.keys() == learnt.keys() and all(own[name].shape == it.shape for name, it in learnt.items()):
        critic.load_state_dict(learnt)


def save_average(
    checkpoint: Path, path: Path, finer: Finer | None = None, deblocker: Deblocker | None = None
) -> None:
    """Write the averaged network of a checkpoint, as float16, and its critics: small enough to keep.

    Parameters
    ----------
    checkpoint : Path
        Of a run of `heirloom train`.
    path : Path
        File to write, another one; missing folders are made. One that is there is replaced by a whole one.
    finer : Finer, optional
        Stage that follows the network, to be kept with it.
    deblocker : Deblocker, optional
        Stage that goes before it, likewise.

    Raises
    ------
    ModelError
        As `load_average`.
    UsageError
        If both are the same file: the rest of the run would be lost.
    """
    if is_same(checkpoint, path):
        raise UsageError(f"{named(path)} is the checkpoint itself; choose another file for the weights.")
    load_average(checkpoint)
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    kept = {"config": state["config"], "ema": _halved(state["ema"])}
    kept |= {name: state[name] for name in CRITICS if name in state}
    for name, stage in (("finer", finer), ("deblocker", deblocker)):
        if stage is not None:
            kept[name] = {"config": stage.config.as_dict(), "ema": _halved(stage.state_dict())}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        torch.save(kept, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _halved(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.half() for name, tensor in weights.items()}
