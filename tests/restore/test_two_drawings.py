"""Two drawings of a face become one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.restore.two_drawings import joined

_SIZE = 96


def _noise(seed: int, strength: float = 0.05) -> NDArray[np.float32]:
    noise = np.random.default_rng(seed).standard_normal((_SIZE, _SIZE, 3))
    return (0.5 + strength * noise).astype(np.float32)


def _strength_of_finest(face: NDArray[np.float32]) -> float:
    return float((face - cv2.GaussianBlur(face, (0, 0), 1.0)).std())


def test_below_strong_levels_both_count_alike():
    one, other = _noise(1), _noise(2)
    np.testing.assert_array_equal(joined(one, other, 65), np.float32(0.5) * (one + other))


def test_details_are_as_strong_as_in_either_drawing():
    one, other = _noise(1), _noise(2)
    ours, mean = (_strength_of_finest(joined(one, other, level)) for level in (90, 0))
    assert mean == pytest.approx(0.71 * _strength_of_finest(one), rel=0.05)
    assert ours == pytest.approx(_strength_of_finest(one), rel=0.05)


def test_what_both_drew_alike_stays():
    face = _noise(1)
    np.testing.assert_allclose(joined(face, face, 150), face, atol=1e-6)


def test_details_that_cancel_each_other_do_not_come_back():
    one = _noise(1)
    opposite = 1 - one + np.float32(0.02)
    assert _strength_of_finest(joined(one, opposite, 150)) < 0.01 * _strength_of_finest(one)


def test_strength_comes_back_little_by_little():
    one, other = _noise(1), _noise(2)
    strengths = [_strength_of_finest(joined(one, other, level)) for level in (65, 70, 75, 80, 85)]
    assert strengths == sorted(strengths)
    assert max(np.diff(strengths)) < 0.4 * (strengths[-1] - strengths[0])


def test_a_bright_face_is_not_drawn_brighter_than_white():
    face = joined(np.clip(_noise(1, 0.5), 0, 1), np.clip(_noise(2, 0.5), 0, 1), 150)
    assert face.min() >= 0
    assert face.max() <= 1
    assert face.dtype == np.float32
