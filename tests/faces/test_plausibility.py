"""What five landmarks tell about a face."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.faces import TEMPLATE, Refusal
from engine.faces.plausibility import in_order, misfit, refusal, roll, turn

FRONTAL = TEMPLATE * 256
BOX = (60.0, 45.0, 200.0, 235.0)


def rotated(points: np.ndarray, degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    return points @ np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))


def looking_aside(points: np.ndarray, amount: float) -> np.ndarray:
    half_width = 28.5
    return points + np.array(((0, 0), (0, 0), (amount * half_width, 0), (0, 0), (0, 0)))


def test_a_frontal_face_is_accepted():
    assert refusal(0.9, BOX, FRONTAL, certain=0.6) is None


@given(st.floats(-179, 179))
def test_roll_is_the_angle_in_the_picture(degrees):
    assert roll(rotated(FRONTAL, degrees)) == pytest.approx(degrees, abs=1e-3)


@given(st.floats(-179, 179), st.floats(0.1, 50))
def test_neither_tilt_nor_size_changes_the_turn(degrees, scale):
    aside = looking_aside(FRONTAL, 0.7)
    assert turn(rotated(aside, degrees) * scale) == pytest.approx(turn(aside), abs=1e-6)


def test_a_face_looking_to_the_right_has_a_positive_turn():
    assert abs(turn(FRONTAL)) < 0.05
    assert turn(looking_aside(FRONTAL, 0.7)) > 0.6
    assert turn(looking_aside(FRONTAL, -0.7)) < -0.6


def test_three_quarter_portraits_are_restored_and_profiles_are_not():
    assert refusal(0.9, BOX, looking_aside(FRONTAL, 0.9), certain=0.6) is None
    assert refusal(0.9, BOX, looking_aside(FRONTAL, 1.3), certain=0.6) is Refusal.TURNED_AWAY


def test_a_face_on_its_side_is_accepted():
    points = rotated(FRONTAL - 128, 90) + 128
    assert refusal(0.9, (20.0, 60.0, 210.0, 200.0), points, certain=0.6) is None
    aside = rotated(looking_aside(FRONTAL, 1.3) - 128, 90) + 128
    assert refusal(0.9, (20.0, 60.0, 210.0, 200.0), aside, certain=0.6) is Refusal.TURNED_AWAY


def test_a_tiny_face_is_too_small():
    assert refusal(0.9, (0.0, 0.0, 14.0, 20.0), FRONTAL / 10, certain=0.6) is Refusal.TOO_SMALL


def test_a_low_score_is_uncertain():
    assert refusal(0.5, BOX, FRONTAL, certain=0.6) is Refusal.UNCERTAIN


def test_scattered_landmarks_are_no_face():
    scattered = FRONTAL[[3, 1, 0, 2, 4]]
    assert misfit(FRONTAL) < 1e-9
    assert misfit(scattered) > 0.25
    assert refusal(0.9, BOX, scattered, certain=0.6) is not None


def test_landmarks_outside_their_box_are_no_face():
    assert in_order(FRONTAL, BOX)
    assert not in_order(FRONTAL + 80, BOX)


@pytest.mark.parametrize("reason", list(Refusal))
def test_every_refusal_has_a_sentence(reason):
    assert reason.sentence.endswith("left as it is.")
