"""The head mask's teacher: a network of MediaPipe's, where it is installed, and how it looks at a face."""

from importlib.util import find_spec

import numpy as np
import pytest

from engine.errors import ModelError
from engine.lcqs.silhouettes import Silhouettes


class Bright:
    """In place of the network: what is bright is somebody, but for what it overlooks."""

    def __init__(self, overlooks=()):
        self._overlooks = overlooks
        self.looks = 0

    def setInput(self, faces):
        self._faces = faces

    def forward(self):
        self.looks += 1
        seen = (self._faces[:, :1] > 0.5).astype(np.float32)
        return np.zeros_like(seen) if self.looks in self._overlooks else seen


@pytest.fixture
def silhouettes(monkeypatch):
    """A function ``silhouettes(network)``: a teacher with this network in place of its own."""

    def make(network):
        monkeypatch.setattr("engine.lcqs.silhouettes.read_weights", lambda *known, **told: b"weights")
        monkeypatch.setattr("engine.lcqs.silhouettes.cv2.dnn.readNetFromTFLite", lambda weights: network)
        return Silhouettes()

    return make


@pytest.fixture
def face():
    """Somebody bright before the dark, left of the middle, 512 px."""
    pixels = np.full((512, 512, 3), 20, np.uint8)
    pixels[100:400, 60:300] = 230
    return pixels


def test_each_look_sees_it_at_its_place(silhouettes, face):
    where = face[::2, ::2, 0] > 100
    for look in range(1, 5):
        network = Bright(overlooks={1, 2, 3, 4} - {look})
        seen = silhouettes(network)(face)
        assert network.looks == 4
        assert seen.shape == (256, 256)
        assert seen.dtype == np.float32
        assert seen.max() == pytest.approx(0.25)
        found = seen > 0.125
        assert (found & where).sum() / (found | where).sum() > 0.97


def test_what_all_looks_see_is_certain(silhouettes, face):
    seen = silhouettes(Bright())(face)
    assert seen[100:150, 60:120].min() == pytest.approx(1)
    assert seen[:, 170:].max() == 0


def test_without_the_package_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("engine.package_weights.package_folders", lambda name: ())
    with pytest.raises(ModelError, match=r"^Head masks can't be fitted here: .*mediapipe==0\.10\.21\.$"):
        Silhouettes()


@pytest.mark.skipif(
    find_spec("mediapipe") is None, reason="needs the weights: pip install --no-deps mediapipe==0.10.21"
)
def test_it_tells_a_portrait_from_its_background(astronaut):
    seen = Silhouettes()(np.ascontiguousarray(astronaut[:256, 100:356]))
    assert seen[60:180, 100:150].mean() > 0.95  # the face
    assert seen[:60, :40].mean() < 0.1  # the flag
    assert seen[150:, 230:].mean() < 0.3  # the shuttle
