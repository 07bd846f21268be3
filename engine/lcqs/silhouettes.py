"""Where somebody is in a sharp face, as another's network sees it: what the head mask learns from.

MediaPipe's selfie segmentation (Google, Apache-2.0; a network after Howard et al., "Searching for
MobileNetV3", ICCV 2019) tells people from what is behind them in photographs of today. The package
``mediapipe`` 0.10.21 carries its weights, which OpenCV runs; later versions do not.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.package_weights import read_weights

_PLACE = "selfie_segmentation/selfie_segmentation.tflite"
_SHA256 = "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c"
_SIDE = 256  # px, which it knows
_FARTHER, _LOWER = 0.8, 0.04  # it knows whole people better than faces: scale, and shift down in sides


def open_network(place: str, sha256: str, lacking: str) -> cv2.dnn.Net:
    """Open one of MediaPipe's networks: its file among the package's modules, see `read_weights`."""
    weights = read_weights(
        "mediapipe", f"modules/{place}", sha256, lacking=lacking, requirement="mediapipe==0.10.21"
    )
    return cv2.dnn.readNetFromTFLite(np.frombuffer(weights, np.uint8))


class Silhouettes:
    """Tells somebody from the background.

    Raises
    ------
    ModelError
        When its weights are not installed, or are not the ones that are known.
    """

    def __init__(self) -> None:
        self._network = open_network(_PLACE, _SHA256, "Head masks can't be fitted here")

    def __call__(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Give the probability of somebody, (256, 256), 0 to 1, at each place of a face, (S, S, 3) RGB.

        The mean of what is seen in the face and in its mirror image, near and from a little farther away.
        """
        middle = _SIDE / 2
        away = np.array([[_FARTHER, 0, middle], [0, _FARTHER, middle]], np.float32)
        away[:, 2] -= _FARTHER * middle
        away[1, 2] += _LOWER * _SIDE
        near: Any = cv2.resize(face, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        far: Any = cv2.warpAffine(
            near, away, (_SIDE, _SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        )
        back = cv2.warpAffine(
            self._both_ways(far),
            away,
            (_SIDE, _SIDE),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray((self._both_ways(near) + back) / 2, np.float32)

    def _both_ways(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Give the mean of what is seen in a face, (256, 256, 3), and in its mirror image."""
        seen = []
        for way in (face, np.ascontiguousarray(face[:, ::-1])):
            self._network.setInput(cv2.dnn.blobFromImage(way, 1 / 255))
            seen.append(self._network.forward()[0, 0].copy())
        return (seen[0] + seen[1][:, ::-1]) / 2
