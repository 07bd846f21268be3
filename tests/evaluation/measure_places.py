"""What a model does in places: ``python -m tests.evaluation.measure_places FOLDER COUNT [MODEL ...]``.

Flaws should go: scratches, streaks, foxing, folds, losses. Moles, and thin things before a face, should stay.
All are drawn on sharp faces of FOLDER, evenly chosen, for every model the same; in the evaluation's pictures
there are none.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.degradation import Damage
from engine.lcqs.augmentation import with_moles, with_something_thin
from engine.lcqs.faces_data import covered
from engine.lcqs.perceptual import PerceptualFeatures, distance_maps
from engine.lcqs.restoration_level import damage
from engine.photo import read_photo
from engine.restore import EncodedFace, LcqsModel
from engine.runtime import find_model
from tests.evaluation.some_faces import as_tensor, evenly_chosen, in_bytes

_PICTURES = {"scan": Damage(0), "soft": Damage(0, blur=1.0, shrink=2.0, noise=6.0)}
_FLAWS = {"scratches": 8, "streaks": 5, "foxing": 14, "creases": 2, "losses": 3}
_BESIDE = {"nothing": {}, "scratches": {"scratches": 8}, "foxing": {"foxing": 14}}
_ALIKE = {"moles": with_moles, "thin things": with_something_thin}
_HIGHER = 60.0

Faces = NDArray[np.uint8]
"""(n, S, S, 3) RGB."""


def main(folder: Path, count: int, names: Sequence[str]) -> None:
    """Print what is left of flaws, and what stays of what looks like them, for each model."""
    faces = np.stack([read_photo(path).rgb8() for path in evenly_chosen(folder, count)])
    grey = np.rint(faces @ np.array((0.299, 0.587, 0.114))).astype(np.uint8)[..., None]
    faces[1::2] = grey[1::2]
    models = [LcqsModel(find_model(name), "cpu") for name in names]
    features = PerceptualFeatures()
    print(f"{len(faces)} faces; of 255; levels in brackets")
    for kind, number in _FLAWS.items():
        for picture, recipe in _PICTURES.items():
            spoilt = replace(recipe, **{kind: number})
            low = _each(lambda face, rng, spoilt=spoilt: _seeded(spoilt, rng).apply(face), faces, kind)
            whole = _each(lambda face, rng, recipe=recipe: _seeded(recipe, rng).apply(face), faces, kind)
            places = _places(whole, low)
            needed = _needed(features, low, faces)
            said = [f"{_in(places, low, faces):3.0f}"]
            for model in models:
                seen = _encoded(model, low)
                automatic = [one.level for one in seen]
                left, at_need = (_in(places, _drawn(model, seen, at), faces) for at in (automatic, needed))
                said.append(
                    f"{left:5.1f} ({np.mean(automatic):2.0f}) at need {at_need:5.1f} ({np.mean(needed):2.0f})"
                )
            print(f"{kind:10} {picture}: left of {' | '.join(said)}", flush=True)
    for kind, draw in _ALIKE.items():
        theirs = _each(draw, faces, kind)
        places = _places(faces, theirs)
        for picture, recipe in _PICTURES.items():
            for beside, flaws in _BESIDE.items():
                spoilt = replace(recipe, **flaws)
                pair = [
                    _each(lambda face, rng, spoilt=spoilt: _seeded(spoilt, rng).apply(face), some, kind)
                    for some in (theirs, faces)
                ]
                said = [f"{_in(places, *pair):3.0f}"]
                for model in models:
                    with_it, without = (_encoded(model, low) for low in pair)
                    automatic, higher = [one.level for one in with_it], [_HIGHER] * len(faces)
                    kept, there = (
                        _in(places, *(_drawn(model, some, levels) for some in (with_it, without)))
                        for levels in (automatic, higher)
                    )
                    said.append(f"{kept:5.1f} ({np.mean(automatic):2.0f}) and {there:5.1f} ({_HIGHER:.0f})")
                print(f"{kind} {picture}, beside {beside}: kept of {' | '.join(said)}", flush=True)


def _each(change: Callable[[Faces, np.random.Generator], Faces], faces: Faces, kind: str) -> Faces:
    """Change each face, by a generator that depends on its number and on `kind` alone."""
    rngs = [np.random.default_rng((zlib.crc32(kind.encode()), number)) for number in range(len(faces))]
    return np.stack([change(face, rng) for face, rng in zip(faces, rngs, strict=True)])


def _seeded(recipe: Damage, rng: np.random.Generator) -> Damage:
    return replace(recipe, seed=int(rng.integers(2**31)))


def _places(faces: Faces, by: Faces) -> NDArray[np.bool_]:
    return np.stack([covered(one, other) for one, other in zip(faces, by, strict=True)])


def _in(places: NDArray[np.bool_], faces: Faces, others: Faces) -> float:
    """Mean over faces of their difference in places, of 255."""
    apart = np.abs(faces.astype(float) - others).mean(-1)
    return float(
        np.mean([one[there].mean() for one, there in zip(apart, places, strict=True) if there.any()])
    )


@torch.inference_mode()
def _needed(features: PerceptualFeatures, low: Faces, sharp: Faces) -> list[float]:
    needed = damage(distance_maps(features(as_tensor(low)), features(as_tensor(sharp))))
    return [float(one) for one in needed]


def _encoded(model: LcqsModel, faces: Faces) -> list[EncodedFace]:
    return [model.encode([face])[0] for face in faces]


def _drawn(model: LcqsModel, faces: Sequence[EncodedFace], levels: Sequence[float]) -> Faces:
    drawn = [model.decode([face], [at])[0].pixels for face, at in zip(faces, levels, strict=True)]
    return in_bytes(np.stack(drawn))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] or ["heirloom-256"])
