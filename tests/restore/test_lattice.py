"""What is taken off drawings of twice the network's size."""

import cv2
import numpy as np
import pytest

from engine.restore.lattice import without_lattice


def waves(x_frequency, y_frequency, size=320):
    y, x = np.mgrid[:size, :size]
    wave = np.cos(2 * np.pi * (x_frequency * x + y_frequency * y))
    return np.repeat((0.5 + 0.1 * wave)[..., None], 3, 2).astype(np.float32)


def left_of(face):
    inner = np.s_[60:-60, 60:-60]
    return (without_lattice(face, 1.0) - 0.5)[inner].std() / (face - 0.5)[inner].std()


@pytest.mark.parametrize("along", [(0.34, 0.0), (0.0, 0.34)])
def test_a_lattice_goes(along):
    assert left_of(waves(*along)) < 0.3


@pytest.mark.parametrize("other", [(0.24, 0.24), (0.3, 0.15), (0.34, 0.15), (0.2, 0.0), (0.0, 0.47)])
def test_other_details_stay(other):
    assert left_of(waves(*other)) > 0.9


def test_colour_and_tone_stay():
    face = waves(0.34, 0.0) * np.float32((1.0, 0.8, 0.5))
    after = without_lattice(face, 1.0)
    assert np.allclose(after.mean((0, 1)), face.mean((0, 1)), atol=1e-3)
    assert np.allclose(after[..., 0] - after[..., 2], face[..., 0] - face[..., 2], atol=1e-6)


def test_an_edge_gets_no_waves():
    face = np.full((256, 256, 3), 0.2, np.float32)
    face[:, 128:] = 0.8
    face = cv2.GaussianBlur(face, (0, 0), 0.8)  # as sharp as a photo's
    assert np.abs(without_lattice(face, 1.0) - face).max() < 0.012


def test_where_the_photo_keeps_its_details_they_stay_its_own():
    face = waves(0.34, 0.0)
    assert without_lattice(face, 0.0) is face
    half = without_lattice(face, 0.5)
    assert np.allclose(2 * (half - face), without_lattice(face, 1.0) - face, atol=1e-6)


def test_values_stay_within_black_and_white():
    face = (waves(0.34, 0.0) > 0.5).astype(np.float32)
    after = without_lattice(face, 1.0)
    assert after.min() >= 0
    assert after.max() <= 1
    assert (after != face).any()
