"""Do five landmarks look like a face, seen from the front? Pure geometry."""

from __future__ import annotations

import numpy as np

from engine.faces.alignment import TEMPLATE
from engine.faces.face import Refusal
from engine.faces.geometry import Box, length, similarity, transform

SMALLEST_LENGTH = 24.0
"""Faces whose box has no side of this length, in photo pixels, are too small."""
LARGEST_TURN = 1.05
"""Faces turned further than this (see :func:`turn`) show a profile."""
LARGEST_MISFIT = 0.25
"""Landmarks further from a face's arrangement than this (see :func:`misfit`) are no face."""


def roll(landmarks: np.ndarray) -> float:
    """Tilt of the face in the picture's plane, in degrees, clockwise; 0 is upright, range -180 to 180."""
    matrix = similarity(TEMPLATE, landmarks)
    return float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))


def turn(landmarks: np.ndarray) -> float:
    """How far the face looks to a side: 0 from the front, negative to the picture's left, near ±1 a profile.

    The nose tip's sideways distance from the middle between eyes and mouth corners, over half the mean
    width of eyes and mouth: ±1 where the nose crosses the line from an eye to the mouth's corner. The face's
    tilt is taken out first.
    """
    left_eye, right_eye, nose, left_mouth, right_mouth = np.asarray(landmarks, np.float64)
    down = (left_mouth + right_mouth - left_eye - right_eye) / 2
    length = np.hypot(*down)
    if not length > 0:
        return np.inf
    across = np.array((down[1], -down[0])) / length
    left, right = (left_eye + left_mouth) / 2, (right_eye + right_mouth) / 2
    half = abs((right - left) @ across) / 2
    return float((nose - (left + right) / 2) @ across / half) if half > 0 else np.inf


def misfit(landmarks: np.ndarray) -> float:
    """Root mean square distance from the frontal template after the best similarity, in eye distances."""
    fitted = transform(similarity(landmarks, TEMPLATE), landmarks)
    eyes = np.hypot(*(TEMPLATE[1] - TEMPLATE[0]))
    return float(np.sqrt(((fitted - TEMPLATE) ** 2).sum(axis=1).mean()) / eyes)


def in_order(landmarks: np.ndarray, box: Box) -> bool:
    """Whether the landmarks lie as a face's do: inside its box, eyes apart, nose and mouth below them."""
    x, y = np.asarray(landmarks, np.float64).T
    slack = 0.15 * length(box)
    if not (box[0] - slack <= x.min() and x.max() <= box[2] + slack):
        return False
    if not (box[1] - slack <= y.min() and y.max() <= box[3] + slack):
        return False
    upright = transform(similarity(landmarks, TEMPLATE), landmarks)
    eyes, nose, mouth = upright[:2].mean(axis=0), upright[2], upright[3:].mean(axis=0)
    return bool(
        upright[0, 0] < upright[1, 0] and upright[3, 0] < upright[4, 0] and eyes[1] < nose[1] < mouth[1]
    )


def refusal(score: float, box: Box, landmarks: np.ndarray, certain: float) -> Refusal | None:
    """Decide whether a face has to be left alone.

    Parameters
    ----------
    score : float
        The detector's score, 0 to 1.
    box : (x0, y0, x1, y1) of float
        In photo coordinates.
    landmarks : (5, 2) array
        In photo coordinates.
    certain : float
        Faces with a lower score are uncertain.

    Returns
    -------
    Refusal or None
    """
    if length(box) < SMALLEST_LENGTH:
        return Refusal.TOO_SMALL
    if score < certain:
        return Refusal.UNCERTAIN
    if abs(turn(landmarks)) > LARGEST_TURN:
        return Refusal.TURNED_AWAY
    if misfit(landmarks) > LARGEST_MISFIT or not in_order(landmarks, box):
        return Refusal.UNCERTAIN
    return None
