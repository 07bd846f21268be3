"""Every method that trains without the shipped model's pairs, by name: `heirloom train --config NAME`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.errors import ModelError, named
from engine.evaluation.systems.bulat import Bulat
from engine.evaluation.systems.gfpgan import Gfpgan
from engine.evaluation.systems.lu import Lu
from engine.evaluation.systems.prior import Prior
from engine.evaluation.systems.psfrgan import Psfrgan
from engine.lcqs.two_branch import TWO_BRANCH_CONFIGS, two_branch
from engine.lcqs.unpaired_run import Method, UnpairedConfig, load_weights

Make = Callable[[UnpairedConfig], Method]

SHIPPED = Path(__file__).parent / "weights"
"""Weights that come with the repository, ``NAME.pt``."""

_SYSTEMS: dict[str, Make] = {
    "psfrgan": lambda config: Psfrgan(config.size),
    "prior": lambda config: Prior(config.size),
    "gfpgan": lambda config: Gfpgan(config.size),
    "bulat": lambda config: Bulat(),
    "lu": lambda config: Lu(),
}


def _config(name: str) -> UnpairedConfig:
    if name in ("bulat", "lu"):
        # As for the two-branch method: without pairs only the judges say what to do.
        return UnpairedConfig(name, learning_rate=0.008, adversarial_from=0.0)
    return UnpairedConfig(name)


METHODS: dict[str, tuple[UnpairedConfig, Make]] = {
    **{name: (config, two_branch) for name, config in TWO_BRANCH_CONFIGS.items()},
    **{name: (_config(name), make) for name, make in _SYSTEMS.items()},
}
"""Configuration of a run and what makes the method, by name."""


def start_of(name: str) -> list[Path]:
    """Weights that a method's training starts from when nothing is said: GFPGAN from the prior.

    Raises
    ------
    ModelError
        If they are not there.
    """
    if name != "gfpgan":
        return []
    prior = SHIPPED / "prior.pt"
    if not prior.is_file():
        raise ModelError("GFPGAN starts from the prior: train that first and give its weights with --from.")
    return [prior]


def trained(name: str, folder: Path | None) -> tuple[Method, Path, str]:
    """Load a trained method, for restoring, and say from which file and how it was trained.

    Parameters
    ----------
    name : str
        One of `METHODS`.
    folder : Path or None
        Where ``NAME.pt`` is looked for, also in its sub-folders, before `SHIPPED`.

    Raises
    ------
    ModelError
        If there are no such weights, or they belong to another configuration.
    """
    config, make = METHODS[name]
    found = sorted(folder.rglob(f"{name}.pt")) if folder else []
    path = found[0] if found else SHIPPED / f"{name}.pt"
    if not path.is_file():
        raise ModelError(f"There are no weights of {name}: make them with  heirloom train --config {name}.")
    weights = load_weights(path)
    written = weights.config
    try:
        method = make(written)
        method.load_state_dict(weights.tensors)
    except (RuntimeError, TypeError, KeyError) as error:  # torch lists every name and shape
        raise ModelError(f"The weights in {named(path)} do not fit {config.name!r}.") from error
    millions = sum(parameter.numel() for parameter in method.parameters()) / 1e6
    story = (
        f"{millions:.1f} million parameters, {weights.step} steps, each of {written.count} sharp and "
        f"{written.count} damaged faces of {written.size} px"
    )
    return method.eval(), path, story
