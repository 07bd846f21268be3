"""Faces behind grain, dots, blocks and blur: ``python -m tests.evaluation.measure_hidden FOLDER [IDENTITY]``.

Each photo of FOLDER, at most 1,400 px wide and high, is hidden in several ways, by the length of its faces.
Printed are how many of the faces that are restored otherwise are found again, how far off their landmarks
are, how many others would be restored, and how many of the faces a box drawn around them by hand finds. Of
those found, some are left alone; IDENTITY (dlib, or an embedding's ONNX file) tells how many of the other
faces, unhidden, are nearer to a restored one than the person's own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from engine.degradation.protocol import jpeg
from engine.evaluation.metrics import open_identity
from engine.faces import Face, FaceDetector, align
from engine.photo import Photo
from engine.restore import Restorer
from tests.evaluation.some_faces import People
from tests.evaluation.some_photos import offset, photos_in
from tests.faces.hidden import blocks, grainy, printed

_LARGEST = 1400
_NEAR = 0.15  # of a face's length: as far off on average are landmarks of the same face, at most
_BESIDE = 0.15  # of a face's length: by this a box drawn by hand is wider than the face's on each side


WAYS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "as it is": lambda photo, length: photo,
    "noise of 60 (of 255)": lambda photo, length: grainy(photo, 60),
    "grain of 30, 1/50 of a face": lambda photo, length: grainy(photo, 30, length / 50),
    "grain of 50, 1/50 of a face": lambda photo, length: grainy(photo, 50, length / 50),
    "dots, 33 to a face": lambda photo, length: printed(photo, length / 33),
    "dots, 17 to a face": lambda photo, length: printed(photo, length / 17),
    "dots, 11 to a face": lambda photo, length: printed(photo, length / 11),
    "blocks, 24 to a face": lambda photo, length: blocks(photo, length / 24),
    "blocks, 16 to a face": lambda photo, length: blocks(photo, length / 16),
    "JPEG of quality 3": lambda photo, length: jpeg(photo, 3),
    "blur of .06 of a face": lambda photo, length: cv2.GaussianBlur(photo, (0, 0), 0.06 * length),
}


def main(folder: Path, identity: str) -> None:
    """Print what is found in each way, and who is drawn."""
    detector, judge, photos = FaceDetector(), open_identity(identity), []
    assert judge is not None
    for photo in photos_in(folder):
        scale = min(1.0, _LARGEST / max(photo.shape[:2]))
        photos.append(cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    wanted = [[face for face in detector(photo) if face.refusal is None] for photo in photos]
    people = People(
        judge, [_cut(photo, one) for photo, some in zip(photos, wanted, strict=True) for one in some]
    )
    print(f"{len(photos)} photos, {len(people.embeddings)} faces restored as they are")
    with Restorer("cpu") as restorer:
        for name, hide in WAYS.items():
            print(f"{name:<28} {_found(restorer, detector, people, hide, photos, wanted)}", flush=True)


def _found(
    restorer: Restorer,
    detector: FaceDetector,
    people: People,
    hide: Callable[[np.ndarray, float], np.ndarray],
    photos: Sequence[np.ndarray],
    wanted: Sequence[Sequence[Face]],
) -> str:
    """Hide photos in one way; tell which of the faces are found, and who is drawn."""
    offsets: list[float] = []
    drawn: list[np.ndarray] = []
    persons: list[int] = []
    others = by_hand = person = 0
    start = time.perf_counter()
    for photo, faces in zip(photos, wanted, strict=True):
        hidden = hide(photo, float(np.median([face.length for face in faces])) if faces else 100.0)
        analysis = restorer.analyse(Photo(hidden))
        restored = restorer.render(analysis).pixels
        others += len(analysis.restorable)
        for face in faces:
            near = [(offset(one.face, face), one.number, one) for one in analysis.restorable]
            off, _, same = min(near, default=(1.0, 0, None))
            if same is not None and off < _NEAR:
                offsets.append(off)
                others -= 1
                if same.left_alone is None:
                    drawn.append(_cut(restored, face))
                    persons.append(person)
            by_box = detector.detect_in_box(hidden, _around(face))
            by_hand += by_box is not None and offset(by_box, face) < _NEAR
            person += 1
    strangers = people.nearer(people.embedded(drawn), persons).mean() if drawn else np.nan
    return (
        f"{len(offsets):3d} found, off by {np.mean(offsets or [np.nan]):.3f} of a face's length, "
        f"{others} others, {by_hand:3d} by hand; {len(drawn):3d} restored, "
        f"{strangers:.2%} of strangers nearer, {time.perf_counter() - start:.0f} s"
    )


def _cut(photo: np.ndarray, face: Face) -> np.ndarray:
    return align(photo, face.landmarks).pixels


def _around(face: Face) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = face.box
    beside = _BESIDE * face.length
    return x0 - beside, y0 - beside, x1 + beside, y1 + beside


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "dlib")
