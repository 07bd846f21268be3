"""The one real face that every installation has: scikit-image's portrait of Eileen Collins."""

from pathlib import Path

import numpy as np
import pytest
from skimage import data

from engine.faces import Face, FaceDetector
from engine.faces.centerface import open_network

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture(scope="session")
def detector() -> FaceDetector:
    return FaceDetector(open_network(threads=2))


@pytest.fixture(scope="session")
def portrait() -> np.ndarray:
    """(512, 512, 3) uint8, one face of about 90 × 120 pixels."""
    return data.astronaut()


@pytest.fixture(scope="session")
def face(detector: FaceDetector, portrait: np.ndarray) -> Face:
    (found,) = detector(portrait)
    return found


@pytest.fixture
def shared_faces() -> Path:
    folder = SHARED / "faces" / "eval" / "hq"
    if not folder.is_dir():
        pytest.skip("the shared faces are not on this machine")
    return folder


@pytest.fixture
def shared_photos() -> Path:
    folder = SHARED / "photos"
    if not folder.is_dir():
        pytest.skip("the shared photos are not on this machine")
    return folder
