"""Head masks in figures: ``python -m tests.evaluation.measure_masks FOLDER [COUNT [MODEL …]]``.

Sharp faces of FOLDER, evenly chosen, as they are, damaged as the protocol has it, and printed as in training.
What a model's head mask makes of each is compared with what the mask's teacher sees in the sharp face.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation import degrade
from engine.faces.paste_weight import somebody
from engine.lcqs.silhouettes import Silhouettes
from engine.photo import read_photo
from engine.restore import LcqsModel
from engine.runtime import find_model
from tests.evaluation.some_faces import evenly_chosen, printing

_THERE, _NOT_THERE = 0.8, 0.2  # probabilities from which the teacher is sure
_NEAR = 7  # cells: a disc in which outlines may differ
_SHOULDERS = 0.75  # of the crop: above this a person is a head


def judged(mask: NDArray[np.float32], there: NDArray[np.float32]) -> tuple[float, float, float]:
    """Compare a mask with the teacher's, both (m, m).

    Returns
    -------
    overlap, lost, taken : float
        Intersection over union; share of the head that is left as it was photographed; and of the background
        away from anybody that is restored.
    """
    weight = somebody(mask) > 0.5
    head = there > _THERE
    head[round(_SHOULDERS * len(head)) :] = False
    near = cv2.dilate((there > _NOT_THERE).astype(np.uint8), np.ones((_NEAR, _NEAR), np.uint8)) > 0
    one, other = mask > 0.5, there > 0.5
    return (
        float((one & other).sum() / max(1, (one | other).sum())),
        float((head & ~weight).sum() / max(1, head.sum())),
        float((~near & weight).sum() / max(1, (~near).sum())),
    )


def main(folder: Path, count: int, names: list[str]) -> None:
    """Print each model's figures for each state of the faces."""
    models = {name: LcqsModel(find_model(name), "cpu") for name in names}
    teacher = Silhouettes()
    rows: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for path in evenly_chosen(folder, count):
        sharp = read_photo(path).rgb8()
        states = {family: degrade(sharp, family, path.name) for family in ("mild", "moderate", "severe")}
        states |= {"sharp": sharp, "printed": printing(path.name).apply(sharp)}
        seen = teacher(sharp)
        for name, model in models.items():
            for state, encoded in zip(states, model.encode(list(states.values())), strict=True):
                there = cv2.resize(seen, encoded.mask.shape, interpolation=cv2.INTER_AREA)
                rows.setdefault((name, state), []).append(judged(encoded.mask, np.asarray(there, np.float32)))
    for (name, state), values in rows.items():
        overlap, lost, taken = 100 * np.mean(values, axis=0)
        print(
            f"{name:14} {state:9} overlap {overlap:.1f} %, of heads lost {lost:.2f} %,"
            f" of backgrounds taken {taken:.1f} %  ({len(values)} faces)"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60, sys.argv[3:] or ["heirloom-256"])
