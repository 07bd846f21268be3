"""Faces in scans that lie on their side: ``python -m tests.evaluation.measure_turned FOLDER``.

Each photo of FOLDER is searched as it is and turned three ways: are its faces found again, at the same place,
and is anything else taken for one? Then pages of six photos each, which lie anyhow: how many of the faces are
restored?
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from engine.faces import Face, FaceDetector, quarter_turn
from tests.evaluation.some_photos import offset, photos_in

_NEAR = 0.1  # of a face's length: as far off on average are landmarks of the same face, at most
_PAGES, _SIDE = 12, 900


def main(folder: Path) -> None:
    """Print what is found again, and how far off."""
    detector, photos = FaceDetector(), photos_in(folder)
    found = [detector(photo) for photo in photos]
    print(f"{len(photos)} photos, {sum(map(len, found))} faces, {sum(map(_restored, found))} restored")
    for quarters in (1, 2, 3):
        alike, more, offsets = 0, 0, []
        for photo, faces in zip(photos, found, strict=True):
            turned = np.ascontiguousarray(np.rot90(photo, quarters))
            back = quarter_turn(-quarters, turned.shape[1], turned.shape[0])
            again = [face.mapped(back) for face in detector(turned)]
            near = [(offset(one, face), one.refusal == face.refusal) for face in faces for one in again]
            same = [pair for pair in near if pair[0] < _NEAR]
            alike += sum(is_alike for _, is_alike in same)
            more += len(again) - len(same)
            offsets += [far for far, _ in same]
        print(
            f"turned by {90 * quarters} degrees: {alike} found again and restored or left alone alike,"
            f" {more} more; landmarks off by {np.mean(offsets):.4f} of a face's length"
        )
    rng = np.random.default_rng(5)
    wanted = restored = 0
    for _ in range(_PAGES):
        page = np.full((2400, 3300, 3), 225, np.uint8)
        for place in range(6):
            photo = photos[rng.integers(len(photos))]
            scale = min(_SIDE / max(photo.shape[:2]), 1.5)
            method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
            photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=method)
            wanted += _restored(detector(photo))
            photo = np.rot90(photo, rng.choice([0, 0, 0, 1, 1, 2, 3]))
            top, left = place // 3 * 1150 + 80, place % 3 * 1080 + 60
            page[top : top + photo.shape[0], left : left + photo.shape[1]] = photo
        restored += _restored(detector(page))
    print(f"{_PAGES} pages of six photos that lie anyhow: {restored} of {wanted} faces restored")


def _restored(faces: Sequence[Face]) -> int:
    return sum(face.refusal is None for face in faces)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
