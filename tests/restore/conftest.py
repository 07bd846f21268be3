"""A portrait, a small network, and what the engine makes of both."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.faces.geometry import invert, transform
from engine.photo import Photo
from engine.restore import Analysis, Restorer


@pytest.fixture(scope="session")
def portrait(astronaut: np.ndarray) -> np.ndarray:
    """(240, 240, 3) uint8 RGB, one face of about 90 × 120 pixels."""
    return np.ascontiguousarray(astronaut[:240, 96:336])


@pytest.fixture(scope="session")
def restorer(model_folder: Path) -> Iterator[Restorer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEIRLOOM_MODELS", str(model_folder))
        with Restorer(device="cpu", threads=1) as restorer:
            yield restorer


@pytest.fixture(scope="session")
def analysis(restorer: Restorer, portrait: np.ndarray) -> Analysis:
    return restorer.analyse(Photo(portrait))


@pytest.fixture(scope="session")
def pair(restorer: Restorer, portrait: np.ndarray) -> Analysis:
    """Of a photo with two faces beside each other."""
    return restorer.analyse(Photo(np.hstack([portrait, portrait[:, ::-1]])))


def footprint(analysis: Analysis, *numbers: int) -> np.ndarray:
    """Where the crops of faces lie in the photo: (H, W) bool."""
    mask = np.zeros(analysis.photo.pixels.shape[:2], np.uint8)
    for face in analysis.faces:
        if face.number in numbers and face.aligned is not None:
            side = face.aligned.size
            corners = np.array([(0, 0), (side, 0), (side, side), (0, side)])
            polygon = np.rint(transform(invert(face.aligned.matrix), corners)).astype(np.int32)
            cv2.fillConvexPoly(mask, polygon, 1)
    return cv2.dilate(mask, np.ones((3, 3), np.uint8)).astype(bool)


@pytest.fixture(name="footprint")
def _footprint():
    """The function ``footprint(analysis, *numbers) -> (H, W) bool``."""
    return footprint
