"""Unpaired batches: sharp faces X_H and low-quality faces X_L of other people."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation import Damage
from engine.errors import UsageError
from engine.lcqs.batches import draw_corner
from engine.lcqs.faces_data import FaceFolder

_Faces = NDArray[np.uint8]


@dataclass(frozen=True)
class UnpairedBatch:
    """One step's faces; all arrays (n, 3, S, S) uint8 RGB.

    Attributes
    ----------
    high : X_H, sharp faces.
    low : X_L, low-quality faces of other people.
    truth : what `low` was before it was damaged; only methods that need pairs may look at it. Empty where X_L
        is really old and nobody knows.
    crop : (2,) int; top left corner of the window that the perceptual loss looks at.
    """

    high: _Faces
    low: _Faces
    truth: _Faces
    crop: NDArray[np.int64]


class UnpairedSource:
    """Makes the batch of any step.

    Parameters
    ----------
    sharp : FaceFolder
        Sharp faces. Without `old`, every other one of them is a person of X_L, damaged by `draw_loss`.
    old : FaceFolder or None
        Real low-quality faces for X_L.
    count : int
        Faces of each quality in a batch.
    seed : int
        Of everything random.
    crop : int
        Side of the perceptual loss's window, px.

    Raises
    ------
    UsageError
        If there are not two different faces.
    """

    def __init__(self, sharp: FaceFolder, old: FaceFolder | None, count: int, seed: int, crop: int):
        if len(sharp) < 2:
            raise UsageError("Unpaired training needs at least two sharp faces.")
        self._sharp, self._old = sharp, old
        self._count, self._seed, self._crop = count, seed, crop

    def batch(self, step: int) -> UnpairedBatch:
        """Make the batch of `step`."""
        rng = np.random.default_rng((self._seed, step))
        count = range(self._count)
        if self._old is not None:
            high = [_flipped(self._sharp[_drawn(rng, len(self._sharp))], rng) for _ in count]
            low = [_flipped(self._old[_drawn(rng, len(self._old))], rng) for _ in count]
            truth: list[_Faces] = []
        else:
            half = len(self._sharp) // 2
            high = [_flipped(self._sharp[2 * _drawn(rng, half)], rng) for _ in count]
            truth = [_flipped(self._sharp[2 * _drawn(rng, half) + 1], rng) for _ in count]
            low = [draw_loss(rng).apply(face, float(rng.uniform(0.3, 1.0))) for face in truth]
        size = high[0].shape[0]
        crop = draw_corner(rng, size, self._crop)
        return UnpairedBatch(_stacked(high, size), _stacked(low, size), _stacked(truth, size), crop)


def draw_loss(rng: np.random.Generator) -> Damage:
    """Draw damage of the evaluation's kind: resolution lost, with blur, noise and JPEG in any mixture."""
    return Damage(
        seed=int(rng.integers(2**31)),
        blur=float(rng.uniform(0.5, 3.5)) if rng.random() < 0.5 else 0.0,
        shrink=float(np.exp(rng.uniform(np.log(2.0), np.log(8.5)))),
        shrink_by=int(rng.choice((cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC))),
        grow_by=int(rng.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC))),
        noise=float(rng.uniform(2.0, 18.0)) if rng.random() < 0.6 else 0.0,
        jpeg_first=int(rng.integers(30, 85)) if rng.random() < 0.5 else 0,
    )


def _drawn(rng: np.random.Generator, count: int) -> int:
    return int(rng.integers(count))


def _flipped(face: _Faces, rng: np.random.Generator) -> _Faces:
    return face[:, ::-1] if rng.random() < 0.5 else face


def _stacked(faces: list[_Faces], size: int) -> _Faces:
    """Stack (S, S, 3) faces, also none at all, as (n, 3, S, S)."""
    return np.ascontiguousarray(np.reshape(faces, (-1, size, size, 3)).transpose(0, 3, 1, 2), np.uint8)
