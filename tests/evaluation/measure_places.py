"""What a model does in places: ``python -m tests.evaluation.measure_places FOLDER COUNT WEIGHTS.pt ...``.

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
from torch import Tensor

from engine.degradation import Damage
from engine.lcqs.augmentation import with_moles, with_something_thin
from engine.lcqs.checkpoint import load_average
from engine.lcqs.faces_data import covered
from engine.lcqs.network import Lcqs
from engine.lcqs.perceptual import PerceptualFeatures, distance_maps
from engine.lcqs.restoration_level import damage
from engine.photo import read_photo
from tests.evaluation.some_faces import as_tensor, evenly_chosen

_PICTURES = {"scan": Damage(0), "soft": Damage(0, blur=1.0, shrink=2.0, noise=6.0)}
_FLAWS = {"scratches": 8, "streaks": 5, "foxing": 14, "creases": 2, "losses": 3}
_BESIDE = {"nothing": {}, "scratches": {"scratches": 8}, "foxing": {"foxing": 14}}
_ALIKE = {"moles": with_moles, "thin things": with_something_thin}
_HIGHER = 60.0

Faces = NDArray[np.uint8]
"""(n, S, S, 3) RGB."""


def main(folder: Path, count: int, weights: Sequence[Path]) -> None:
    """Print what is left of flaws, and what stays of what looks like them, for each model."""
    paths = evenly_chosen(folder, count)
    faces = np.stack([read_photo(path).rgb8() for path in paths])
    grey = np.rint(faces @ np.array((0.299, 0.587, 0.114))).astype(np.uint8)[..., None]
    faces[1::2] = grey[1::2]
    models = [load_average(path) for path in weights]
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
            for net in models:
                automatic, restored = _restored(net, low)
                at_need = _restored(net, low, needed)[1]
                said.append(
                    f"{_in(places, restored, faces):5.1f} ({automatic.mean():2.0f})"
                    f" at need {_in(places, at_need, faces):5.1f} ({needed.mean():2.0f})"
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
                for net in models:
                    automatic, restored = _restored(net, pair[0])
                    kept = _in(places, restored, _restored(net, pair[1], automatic)[1])
                    higher = torch.full_like(automatic, _HIGHER)
                    there = _in(places, *(_restored(net, low, higher)[1] for low in pair))
                    said.append(f"{kept:5.1f} ({automatic.mean():2.0f}) and {there:5.1f} ({_HIGHER:.0f})")
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
def _needed(features: PerceptualFeatures, low: Faces, sharp: Faces) -> Tensor:
    return damage(distance_maps(features(as_tensor(low)), features(as_tensor(sharp))))


@torch.inference_mode()
def _restored(net: Lcqs, low: Faces, levels: Tensor | None = None) -> tuple[Tensor, Faces]:
    """Restore faces at `levels`, or at their automatic ones; gives these, too."""
    encoding = net.encode(as_tensor(low))
    levels = net.automatic_level(encoding) if levels is None else levels
    drawn = net.decode_twice(encoding, net.mirrored(encoding), levels)
    return levels, (drawn * 255).round().byte().permute(0, 2, 3, 1).numpy()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), [Path(path) for path in sys.argv[3:]])
