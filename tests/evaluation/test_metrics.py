"""What is measured."""

import numpy as np
import pytest

pytest.importorskip("torch")

from engine.errors import ModelError
from engine.evaluation.metrics import DlibIdentity, OnnxIdentity, PerceptualDistance, bootstrap_interval, ssim


@pytest.fixture(scope="module")
def face(astronaut):
    return np.ascontiguousarray(astronaut[:128, 160:288])


def noisy(face, sigma):
    noise = np.random.default_rng(0).normal(0, sigma, face.shape)
    return np.clip(face + noise, 0, 255).astype(np.uint8)


def test_equal_faces_are_alike(face):
    assert ssim(face, face) == pytest.approx(1)
    assert PerceptualDistance()(face, [face])[0] == pytest.approx(0, abs=1e-5)


def test_the_worse_the_further(face):
    little, much = noisy(face, 5), noisy(face, 40)
    assert 1 > ssim(face, little) > ssim(face, much) > 0
    near, far = PerceptualDistance()(face, [little, much])
    assert 0 < near < far < 10


def test_the_interval_of_a_mean_is_that_of_theory():
    """For many independent values the bootstrap interval is mean ± 1.96 σ/√n."""
    values = np.random.default_rng(4).normal(5, 2, 1000)
    mean, low, high = bootstrap_interval(values)
    half = 1.96 * values.std() / np.sqrt(1000)
    assert mean == pytest.approx(values.mean())
    assert low == pytest.approx(mean - half, abs=0.012)
    assert high == pytest.approx(mean + half, abs=0.012)


def test_the_interval_of_equal_values_is_a_point_and_repeats():
    assert bootstrap_interval(np.full(20, 0.5)) == (0.5, 0.5, 0.5)
    values = np.arange(30.0)
    assert bootstrap_interval(values) == bootstrap_interval(values)


def test_identity_needs_its_network(tmp_path):
    with pytest.raises(ModelError, match="face embedding"):
        OnnxIdentity(tmp_path / "none.onnx")


def test_dlib_knows_the_same_face_again(astronaut):
    pytest.importorskip("dlib")
    face = astronaut[0:256, 96:352]
    same, worse, none = DlibIdentity()(face, [face, noisy(face, 40), face[::-1].copy()])
    assert same == pytest.approx(1, abs=1e-5)
    assert same > worse > none


def test_identity_knows_the_same_face_again(shared_dir):
    path = shared_dir / "weights" / "edgeface" / "edgeface_xs_q_fp32.onnx"
    folder = shared_dir / "faces" / "eval" / "hq"
    if not path.is_file() or not folder.is_dir():
        pytest.skip("needs the shared weights and faces")
    from engine.photo import read_photo

    anna, bert = (read_photo(p).rgb8() for p in sorted(folder.glob("*.png"))[:2])
    same, worse, other = OnnxIdentity(path)(anna, [anna, noisy(anna, 25), bert])
    assert same == pytest.approx(1, abs=1e-4)
    assert same > worse > other
