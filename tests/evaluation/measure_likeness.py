"""Whether faces left alone are those that would not be the person's: ``python -m
tests.evaluation.measure_likeness SHARP OLD [COUNT] [IDENTITY]``.

COUNT (100) faces of SHARP, evenly chosen, are hidden in several ways and restored by the shipped model as its
dial has them at α(x), also those that Heirloom leaves alone. IDENTITY (dlib, or an embedding's ONNX file)
tells how many of the other people's sharp faces are nearer to the restored one than the person's own. Of the
real old faces of OLD it is printed how many would be left alone: none should be.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation import FAMILIES, degrade
from engine.evaluation.metrics import open_identity
from engine.lcqs.likeness import likeness
from engine.photo import read_photo
from engine.restore import EncodedFace, LcqsModel
from engine.runtime import find_model
from tests.evaluation.measure_hidden import WAYS
from tests.evaluation.some_faces import People, evenly_chosen, in_bytes
from tests.faces.hidden import blocks

_Face = NDArray[np.uint8]
_LENGTH = 190.0  # of a face in a crop of 256 px, from forehead to chin
_MORE = {
    "blocks, 11 to a face": lambda face, length: blocks(face, length / 11),
    "blur of .03 of a face": lambda face, length: cv2.GaussianBlur(face, (0, 0), 0.03 * length),
    "blur of .09 of a face": lambda face, length: cv2.GaussianBlur(face, (0, 0), 0.09 * length),
}


def main(sharp: Path, old: Path, count: int, identity: str) -> None:
    """Print what becomes of the faces in each way."""
    model, judge = LcqsModel(find_model(None), "cpu"), open_identity(identity)
    assert judge is not None
    paths = evenly_chosen(sharp, count)
    faces = [read_photo(path).rgb8() for path in paths]
    people = People(judge, faces)
    rows = []
    for family in FAMILIES:
        hidden = [degrade(face, family, path.name) for face, path in zip(faces, paths, strict=True)]
        rows.append(_measured(family, model, people, hidden))
    for name, hide in (WAYS | _MORE).items():
        hidden = [hide(face, _LENGTH) for face in faces]
        rows.append(_measured(name, model, people, hidden))
    told, true, nearer, left = (np.concatenate(column) for column in zip(*rows, strict=True))
    print(f"all: {_summary(left, nearer)}; correlation {np.corrcoef(told, true)[0, 1]:.3f}")
    for low, high in ((-9, 2), (2, 3), (3, 4), (4, 4.5), (4.5, 5), (5, 6), (6, 8), (8, 20)):
        some = (told >= low) & (told < high)
        if some.any():
            print(
                f"  told {low} to {high}: {some.sum()} faces, {nearer[some].mean():.2%} of strangers nearer"
            )
    encoded = [_encoded(model, [read_photo(path).rgb8()])[0] for path in sorted(old.glob("*.png"))]
    count = sum(one.automatic is None for one in encoded)
    least = ", ".join(f"{one:.1f}" for one in sorted(one.likeness for one in encoded)[:5])
    print(f"{count} of {len(encoded)} old faces are left alone; the least likenesses: {least}")


def _measured(
    name: str, model: LcqsModel, people: People, hidden: Sequence[_Face]
) -> tuple[NDArray[Any], ...]:
    """Give likenesses as told and as measured, shares of strangers that are nearer, and who is left alone."""
    encoded = _encoded(model, hidden)
    drawn = []
    for face in encoded:
        (drawing,) = model.decode([face], [face.level])
        drawn.append(in_bytes(drawing.pixels))
    told, restored = np.array([face.likeness for face in encoded]), people.embedded(drawn)
    persons = range(len(drawn))
    nearer, as_it_was = (people.nearer(one, persons) for one in (restored, people.embedded(hidden)))
    left = np.array([face.automatic is None for face in encoded])
    print(f"{name:<28} {_summary(left, nearer)} (the photo's: {as_it_was.mean():.2%})", flush=True)
    return told, likeness(restored, people.embeddings).numpy(), nearer, left


def _summary(left: NDArray[np.bool_], nearer: NDArray[np.float32]) -> str:
    drawn = (
        f"{nearer[~left].mean():.2%} of strangers nearer than the person" if (~left).any() else "none drawn"
    )
    alone = f", {nearer[left].mean():.2%} if they were drawn" if left.any() else ""
    return f"{left.sum():4d} of {len(left)} left alone{alone}; {drawn}"


def _encoded(model: LcqsModel, faces: Sequence[_Face]) -> list[EncodedFace]:
    return [one for face in faces for one in model.encode([face])]


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        int(sys.argv[3]) if len(sys.argv) > 3 else 100,
        sys.argv[4] if len(sys.argv) > 4 else "dlib",
    )
