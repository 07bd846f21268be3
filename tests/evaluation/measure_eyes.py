"""Where eyes look, in figures: ``python -m tests.evaluation.measure_eyes FOLDER [COUNT]``.

Sharp faces of FOLDER, evenly chosen, damaged as the protocol has it and restored by the shipped model at the
automatic level. MediaPipe's networks find the corners of the eyes in the sharp face, and there the middle of
each iris in all three: how far it lies from the sharp one's, and how far both eyes then look asunder, in
hundredths of an eye's width. Their weights: pip install --no-deps mediapipe==0.10.21.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation import FAMILIES, degrade
from engine.lcqs.silhouettes import open_network
from engine.photo import read_photo
from engine.restore import LcqsModel
from engine.runtime import find_model
from tests.evaluation.some_faces import evenly_chosen, in_bytes

_Face = NDArray[np.uint8]
_CORNERS = ((33, 133), (263, 362))  # outer and inner corner of either eye among the 468 points of a face
_WIDTHS = 2.3  # of an eye, for the side of the square that the iris is looked for in
_LANDMARKS = (
    "face_landmark/face_landmark.tflite",
    "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
)
_IRIS = (
    "iris_landmark/iris_landmark.tflite",
    "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
)


class Eyes:
    """Finds eyes, and where they look."""

    def __init__(self) -> None:
        self._landmarks, self._iris = (
            open_network(*known, "Eyes can't be measured here") for known in (_LANDMARKS, _IRIS)
        )

    def corners(self, face: _Face) -> NDArray[np.float64]:
        """Give outer and inner corner of both eyes, (2, 2, 2), x and y in pixels of the face, (S, S, 3)."""
        self._landmarks.setInput(cv2.dnn.blobFromImage(face, 1 / 255, (192, 192)))
        points = self._landmarks.forward().reshape(-1, 3)[:, :2] * (len(face) / 192)
        return np.array([[points[one] for one in eye] for eye in _CORNERS], np.float64)

    def irises(self, face: _Face, corners: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the middle of each iris, (2, 2): x and y from the eye's middle, in its widths."""
        found = []
        for side, (outer, inner) in enumerate(corners):
            width, middle = float(np.hypot(*(outer - inner))), (outer + inner) / 2
            scale = 64 / (_WIDTHS * width)
            matrix = np.array([[scale, 0, 32 - scale * middle[0]], [0, scale, 32 - scale * middle[1]]])
            eye = cv2.warpAffine(face, matrix, (64, 64), flags=cv2.INTER_AREA)
            turned = side == 1  # the network knows left eyes
            eye = np.ascontiguousarray(eye[:, ::-1]) if turned else eye
            self._iris.setInput(cv2.dnn.blobFromImage(eye, 1 / 255))
            x, y = self._iris.forward().reshape(-1, 3)[0, :2]
            x = 63 - x if turned else x
            found.append(((x - 31.5) / scale / width, (y - 31.5) / scale / width))
        return np.array(found)


def main(folder: Path, count: int) -> None:
    """Print how far irises are off, and how far eyes look asunder."""
    model, eyes = LcqsModel(find_model(None), "cpu"), Eyes()
    for family in FAMILIES:
        rows = []
        for path in evenly_chosen(folder, count):
            sharp = read_photo(path).rgb8()
            photo = degrade(sharp, family, path.name)
            (encoded,) = model.encode([photo])
            (drawing,) = model.decode([encoded], [encoded.level])
            corners = eyes.corners(sharp)
            true = eyes.irises(sharp, corners)
            restored = in_bytes(drawing.pixels)
            off = [eyes.irises(face, corners) - true for face in (photo, restored)]
            rows.append([f(one) for f in (_distance, _asunder) for one in off])
        values = 100 * np.array(rows)
        for name, first in (("off", 0), ("asunder", 2)):
            photo, drawn = values[:, first], values[:, first + 1]
            worst = np.quantile(drawn, 0.95)
            print(
                f"{family:9} {name:8} photo {photo.mean():.1f}, restored {drawn.mean():.1f}"
                f" (95 %: {worst:.1f}), less in {100 * np.mean(drawn < photo):.0f} % of {len(rows)} faces"
            )


def _distance(off: NDArray[np.float64]) -> float:
    return float(np.hypot(*off.T).mean())


def _asunder(off: NDArray[np.float64]) -> float:
    return float(np.hypot(*(off[0] - off[1])))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60)
