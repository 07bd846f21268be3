"""The evaluation's degradations: the same for everyone, and exactly what the protocol says."""

import cv2
import numpy as np
import pytest
from PIL import Image

from engine.degradation import FAMILIES, degrade


@pytest.fixture(scope="module")
def face(astronaut):
    return np.ascontiguousarray(astronaut[:256, 96:352])


@pytest.fixture(scope="module")
def grey():
    return np.full((256, 256, 3), 128, np.uint8)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_name_alone_decides_the_noise(face, family):
    one = degrade(face, family, "anna.png")
    assert one.shape == face.shape
    assert one.dtype == np.uint8
    assert np.array_equal(one, degrade(face, family, "anna.png"))
    assert np.array_equal(one, degrade(face, family, "bert.png")) == (family == "mild")


def test_mild_is_bicubic_and_jpeg(face):
    import io

    stream = io.BytesIO()
    Image.fromarray(face).resize((64, 64), Image.Resampling.BICUBIC).save(stream, "JPEG", quality=40)
    expected = Image.open(stream).resize((256, 256), Image.Resampling.BICUBIC)
    assert np.array_equal(degrade(face, "mild", "x"), np.asarray(expected))


def test_severe_noise_has_sigma_10(grey):
    """Enlarging smooths noise: so white noise of the same σ, enlarged alike, is the measure."""
    noisy = degrade(grey, "severe", "x").astype(float)
    assert noisy.mean() == pytest.approx(128, abs=0.7)
    white = np.random.default_rng(0).normal(128, 10, (32, 32, 3))
    grown = cv2.resize(white, (256, 256), interpolation=cv2.INTER_LINEAR)
    assert noisy.std() == pytest.approx(grown.std(), rel=0.06)


def test_moderate_noise_has_sigma_15(grey):
    noisy = degrade(grey, "moderate", "x")
    white = np.random.default_rng(0).normal(128, 15, (64, 64, 3)).round().clip(0, 255).astype(np.uint8)
    grown = np.asarray(Image.fromarray(white).resize((256, 256), Image.Resampling.BICUBIC), float)
    assert noisy.astype(float).mean() == pytest.approx(128, abs=0.7)
    assert noisy.astype(float).std() == pytest.approx(grown.std(), rel=0.06)


def test_severe_removes_what_is_finer_than_eight_pixels():
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255
    result = degrade(stripes, "severe", "x").astype(float)
    assert result.mean() == pytest.approx(127.5, abs=1.5)
    assert result.std() < 10


def test_families_grow_worse(face):
    errors = [np.abs(degrade(face, family, "x").astype(int) - face).mean() for family in FAMILIES]
    assert errors[0] < errors[1]
    assert errors[0] < errors[2]
