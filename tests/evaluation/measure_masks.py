"""Head masks in figures: ``python -m tests.evaluation.measure_masks FOLDER [COUNT [MODEL …]]``.

Sharp faces of FOLDER, evenly chosen, as they are, damaged as the protocol has it, printed as in training, and
beside a frame as in training. What a model's head mask makes of each is compared with what the mask's teacher
sees in the sharp face; a frame, and what is beyond it, are nobody.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation import degrade
from engine.faces.paste_weight import somebody
from engine.lcqs.augmentation import beside_a_frame
from engine.lcqs.silhouettes import Silhouettes
from engine.photo import read_photo
from engine.restore import LcqsModel
from engine.runtime import find_model
from tests.evaluation.some_faces import evenly_chosen, printing

_THERE, _NOT_THERE = 0.8, 0.2  # probabilities from which the teacher is sure
_NEAR = 7  # cells: a disc in which outlines may differ
_SHOULDERS = 0.75  # of the crop: above this a person is a head

_Cells = NDArray[np.float32]


def judged(mask: _Cells, there: _Cells, beyond: _Cells) -> tuple[float, float, float]:
    """Compare a mask with the teacher's, and with what belongs to a frame or lies beyond it, all (m, m).

    Returns
    -------
    overlap, lost, taken : float
        Intersection over union; share of the head that is left as it was photographed; and of the background
        away from anybody that is restored, or, where there is a frame, of all that is not within it.
    """
    weight = somebody(mask) > 0.5
    there = there * (1 - beyond)
    head = there > _THERE
    head[round(_SHOULDERS * len(head)) :] = False
    near = cv2.dilate((there > _NOT_THERE).astype(np.uint8), np.ones((_NEAR, _NEAR), np.uint8)) > 0
    background = beyond > 0.5 if beyond.any() else ~near
    one, other = mask > 0.5, there > 0.5
    return (
        float((one & other).sum() / max(1, (one | other).sum())),
        float((head & ~weight).sum() / max(1, head.sum())),
        float((background & weight).sum() / max(1, background.sum())),
    )


def main(folder: Path, count: int, names: list[str]) -> None:
    """Print each model's figures for each state of the faces."""
    models = {name: LcqsModel(find_model(name), "cpu") for name in names}
    teacher = Silhouettes()
    rows: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for path in evenly_chosen(folder, count):
        sharp = read_photo(path).rgb8()
        states = {family: degrade(sharp, family, path.name) for family in ("mild", "moderate", "severe")}
        framed, beyond = beside_a_frame(sharp, np.random.default_rng(zlib.crc32(path.name.encode())))
        states |= {"sharp": sharp, "printed": printing(path.name).apply(sharp), "framed": framed}
        seen = teacher(sharp)
        for name, model in models.items():
            for state, encoded in zip(states, model.encode(list(states.values())), strict=True):
                there, covered = (
                    np.asarray(cv2.resize(one, encoded.mask.shape, interpolation=cv2.INTER_AREA), np.float32)
                    for one in (seen, beyond * (state == "framed"))
                )
                rows.setdefault((name, state), []).append(judged(encoded.mask, there, covered))
    for (name, state), values in rows.items():
        overlap, lost, taken = 100 * np.mean(values, axis=0)
        print(
            f"{name:14} {state:9} overlap {overlap:.1f} %, of heads lost {lost:.2f} %,"
            f" of backgrounds taken {taken:.1f} %  ({len(values)} faces)"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60, sys.argv[3:] or ["heirloom-256"])
