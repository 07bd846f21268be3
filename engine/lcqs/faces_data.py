"""Training batches: what is in step t depends on seed and t alone, so that training resumes exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation import Damage, draw_damage, draw_tone
from engine.errors import PhotoError, UsageError, named
from engine.lcqs.augmentation import another_person, on_a_mount, with_moles, with_something_thin

FULL, PARTIAL, NONE, BEYOND = range(4)
"""What a sample teaches the dial: the whole way to sharp, a part of it, level 0, past the automatic level."""

_SHARES = (0.68, 0.12, 0.09, 0.11)
_BEYOND_MAX = 60.0
_COVERED = 20  # of 255, by which a pixel differs where something lies on it; JPEG differs by less
_IMAGES = {".jpg", ".jpeg", ".png", ".webp"}
_BENT = 0.8  # share of the faces that become somebody else
_MOUNTED = 0.12  # share of those that lie on a mount
_THIN, _MOLES = 0.2, 0.25  # shares of those with what is no damage: something thin before them, moles

_Face = NDArray[np.uint8]
_Mask = NDArray[np.bool_]  # (S, S)
_Sample = tuple[_Face, _Face, _Face, int, float, _Mask, _Mask, bool]  # as in `Batch`, low to scan


@dataclass(frozen=True)
class Batch:
    """One step's faces; all arrays (n, 3, S, S) uint8 RGB unless said otherwise.

    Attributes
    ----------
    low : the damaged faces x.
    target : what they should become at the sample's level.
    sharp : the undamaged faces.
    lesson : (n,) int; FULL, PARTIAL, NONE or BEYOND.
    beyond : (n,) float32; levels past the automatic one.
    flawed : (n, 1, S, S) bool; where scratches and other flaws lie, see `engine.degradation.flaws`.
    alike : (n, 1, S, S) bool; where there is what looks like them and is none: something thin, moles.
    scan : (n,) bool; whether it is a good scan, with which nothing but flaws is wrong.
    old : (m, 3, S, S); real old faces, without targets.
    """

    low: NDArray[np.uint8]
    target: NDArray[np.uint8]
    sharp: NDArray[np.uint8]
    lesson: NDArray[np.int64]
    beyond: NDArray[np.float32]
    flawed: NDArray[np.bool_]
    alike: NDArray[np.bool_]
    scan: NDArray[np.bool_]
    old: NDArray[np.uint8]


class FaceFolder:
    """Aligned faces kept compressed in memory.

    Parameters
    ----------
    folder : Path
        Any folder of square face images, searched recursively.
    size : int
        Side in pixels that faces are resized to.

    Raises
    ------
    UsageError
        If there is no image in the folder.
    """

    def __init__(self, folder: Path, size: int):
        paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _IMAGES and p.is_file())
        if not paths:
            raise UsageError(f"There are no face images (JPEG, PNG, WebP) in '{folder}'.")
        self._paths = paths
        self._files = [np.frombuffer(p.read_bytes(), np.uint8) for p in paths]
        self._size = size

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """Decode face `index` as (S, S, 3) uint8 RGB."""
        file = self._files[index]
        decoded = cv2.imdecode(file, cv2.IMREAD_COLOR) if file.size else None
        if decoded is None:
            raise PhotoError(f"{named(self._paths[index])} is no picture; take it out of the training faces.")
        face = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
        if face.shape[:2] != (self._size, self._size):
            face = cv2.resize(face, (self._size, self._size), interpolation=cv2.INTER_AREA)
        return np.asarray(face, np.uint8)


class BatchSource:
    """Makes the batch of any step.

    Parameters
    ----------
    sharp, old : FaceFolder
        The two quality domains.
    pairs, olds : int
        Faces of each in a batch.
    seed : int
        Of everything random.
    draw_recipe : callable
        Draws what happens to a face.
    """

    def __init__(
        self,
        sharp: FaceFolder,
        old: FaceFolder,
        pairs: int,
        olds: int,
        seed: int,
        draw_recipe: Callable[[np.random.Generator], Damage] = draw_damage,
    ):
        self._sharp, self._old = sharp, old
        self._pairs, self._olds = pairs, olds
        self._seed = seed
        self._draw_recipe = draw_recipe

    def batch(self, step: int) -> Batch:
        """Make the batch of `step`."""
        rng = np.random.default_rng((self._seed, step))
        samples = [self._pair(rng) for _ in range(self._pairs)]
        old = [flip(self._old[int(rng.integers(len(self._old)))], rng) for _ in range(self._olds)]
        size = samples[0][0].shape[0]
        return Batch(
            low=stacked([s[0] for s in samples], size),
            target=stacked([s[1] for s in samples], size),
            sharp=stacked([s[2] for s in samples], size),
            lesson=np.array([s[3] for s in samples]),
            beyond=np.array([s[4] for s in samples], np.float32),
            flawed=np.stack([s[5] for s in samples])[:, None],
            alike=np.stack([s[6] for s in samples])[:, None],
            scan=np.array([s[7] for s in samples]),
            old=stacked(old, size),
        )

    def _pair(self, rng: np.random.Generator) -> _Sample:
        bent, mounted, thin, moles = rng.random(4) < (_BENT, _MOUNTED, _THIN, _MOLES)
        face = flip(self._sharp[int(rng.integers(len(self._sharp)))], rng)
        face = another_person(face, rng) if bent else face
        face = on_a_mount(face, rng)[0] if mounted else face
        seen = with_moles(face, rng) if moles else face
        seen = with_something_thin(seen, rng) if thin else seen
        sharp = draw_tone(seen, rng)
        recipe = self._draw_recipe(rng)
        strength = float(rng.choice((0.0, 1.0), p=(0.07, 0.93)) * rng.uniform(0.2, 1.0) ** 0.5)
        low = recipe.apply(sharp, strength)
        lesson = int(rng.choice(4, p=_SHARES))
        beyond, target = 0.0, sharp
        if lesson == PARTIAL:
            target = recipe.apply(sharp, strength * float(rng.uniform(0.1, 0.9)))
        elif lesson == NONE:
            target = low
        elif lesson == BEYOND:
            beyond = float(rng.uniform(0.0, _BEYOND_MAX))
            # Little at first: levels that are a little too high, as estimates are, should not step back.
            target = _sharpen(sharp, (beyond / _BEYOND_MAX) ** 2)
        flawed = np.zeros(low.shape[:2], np.bool_)
        if recipe.is_flawed:
            whole = recipe.without_flaws().apply(sharp, strength)
            flawed = covered(whole, low)
        scan = recipe.is_flawed_scan and strength > 0
        return low, target, sharp, lesson, beyond, flawed, covered(face, seen), scan


def covered(face: _Face, by: _Face) -> _Mask:
    """Tell where something lies on a face that is not there in `face`."""
    red, green, blue = cv2.split(cv2.absdiff(face, by))
    return np.maximum(np.maximum(red, green), blue) > _COVERED


def stacked(faces: list[_Face], size: int) -> _Face:
    """Stack (S, S, 3) faces, also none at all, as (n, 3, S, S)."""
    return np.ascontiguousarray(np.reshape(faces, (-1, size, size, 3)).transpose(0, 3, 1, 2), np.uint8)


def flip(face: _Face, rng: np.random.Generator) -> _Face:
    """Mirror a face, (S, S, 3) uint8 RGB, or leave it, by even chance."""
    return face[:, ::-1] if rng.random() < 0.5 else face


def _sharpen(face: NDArray[np.uint8], amount: float) -> NDArray[np.uint8]:
    """Unsharp mask of 1.2 px: what "crisper than it was" means past the automatic level."""
    image = face.astype(np.float32)
    image += amount * (image - cv2.GaussianBlur(image, (0, 0), 1.2))
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
