"""The averaged network of a training run: read from a checkpoint, or written alone to start another run."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.errors import ModelError, named
from engine.lcqs.network import Lcqs
from engine.lcqs.training_config import TrainingConfig


def load_average(path: Path) -> Lcqs:
    """Load the averaged network of a checkpoint of `heirloom train`, or of a file of `save_average`.

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
        net = Lcqs(TrainingConfig.from_dict(state["config"]).network)
        net.load_state_dict(state["ema"])
    except FileNotFoundError as error:
        raise ModelError(f"There is no checkpoint {named(path)}.") from error
    except Exception as error:  # torch raises whatever the damage provokes
        raise ModelError(f"{named(path)} is not a checkpoint of heirloom train.") from error
    return net.eval()


def save_average(checkpoint: Path, path: Path) -> None:
    """Write the averaged network of a checkpoint alone, as float16: small enough to keep.

    Parameters
    ----------
    checkpoint : Path
        Of a run of `heirloom train`.
    path : Path
        File to write; missing folders are made.

    Raises
    ------
    ModelError
        As `load_average`.
    """
    load_average(checkpoint)
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    weights = {name: tensor.half() for name, tensor in state["ema"].items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"config": state["config"], "ema": weights}, path)
