"""Faces behind grain, dots, blocks and blur: ``python -m tests.evaluation.measure_hidden FOLDER``.

Each photo of FOLDER, at most 1,400 px wide and high, is hidden in several ways, by the length of its faces.
Printed are how many of the faces that are restored otherwise are found again, how far off their landmarks
are, how many others would be restored, and how many of the faces a box drawn around them by hand finds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from engine.degradation.protocol import jpeg
from engine.faces import Face, FaceDetector
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


def main(folder: Path) -> None:
    """Print what is found in each way."""
    detector, photos = FaceDetector(), []
    for photo in photos_in(folder):
        scale = min(1.0, _LARGEST / max(photo.shape[:2]))
        photos.append(cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    wanted = [[face for face in detector(photo) if face.refusal is None] for photo in photos]
    print(f"{len(photos)} photos, {sum(map(len, wanted))} faces restored as they are")
    for name, hide in WAYS.items():
        offsets: list[float] = []
        others = by_hand = 0
        start = time.perf_counter()
        for photo, faces in zip(photos, wanted, strict=True):
            hidden = hide(photo, float(np.median([face.length for face in faces])) if faces else 100.0)
            found = [face for face in detector(hidden) if face.refusal is None]
            near = [[offset(one, face) for one in found] for face in faces]
            same = [min(row) for row in near if row and min(row) < _NEAR]
            offsets += same
            others += len(found) - len(same)
            drawn = (detector.detect_in_box(hidden, _around(face)) for face in faces)
            pairs = zip(drawn, faces, strict=True)
            by_hand += sum(one is not None and offset(one, face) < _NEAR for one, face in pairs)
        off = np.mean(offsets or [np.nan])
        print(
            f"{name:<28} {len(offsets):3d} found, off by {off:.3f} of a face's length, {others} others, "
            f"{by_hand:3d} by hand, {time.perf_counter() - start:.0f} s",
            flush=True,
        )


def _around(face: Face) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = face.box
    beside = _BESIDE * face.length
    return x0 - beside, y0 - beside, x1 + beside, y1 + beside


if __name__ == "__main__":
    main(Path(sys.argv[1]))
