"""What spoils a photo in places: scratches, streaks, foxing, creases, and what is lost of its surface.

Each function draws `count` of its kind on an image and gives the image; at any strength from 0 to 1 they are
at the same places, more or less transparent.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.float32]  # (S, S, 3), 0 to 255, of a 256-px face

_WIDTHS, _WIDTH_SHARES = (1, 2, 3, 4, 6, 9), (0.45, 0.22, 0.12, 0.09, 0.07, 0.05)
"""Of scratches and cracks, px of a 256-px face; wide ones, where paint is gone, have to be drawn anew."""


def cells(rng: np.random.Generator, size: int, cell: float) -> NDArray[np.float32]:
    """Make smooth noise (size, size) of unit variance whose blobs are about `cell` px wide."""
    field: NDArray[Any] = rng.standard_normal((size, size), dtype=np.float32)
    if cell > 24:
        low = max(3, round(size / cell) + 2)
        field = cv2.resize(field[:low, :low], (size, size), interpolation=cv2.INTER_CUBIC)
    elif cell > 1:
        field = cv2.GaussianBlur(field, (0, 0), cell / 2)
    return np.asarray(field / (field.std() + 1e-6), np.float32)


def scratches(image: Rgb, count: int, strength: float, rng: np.random.Generator) -> Rgb:
    """Draw scratches, cracks and specks, light or dark, each partly transparent."""
    size = image.shape[0]
    image = np.ascontiguousarray(image)
    for _ in range(count):
        mask = np.zeros((size, size), np.uint8)
        start = rng.integers(0, size, 2)
        kind = rng.random()
        if kind < 0.45:
            centre = (int(start[0]), int(start[1]))
            longest = 10 if rng.random() < 0.2 else 4
            axes = (int(rng.integers(1, longest + 1)), int(rng.integers(1, longest)))
            cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
        else:
            heading = rng.uniform(0, np.pi) if kind < 0.8 else np.pi / 2 + rng.normal(0, 0.05)
            steps = np.cumsum(
                np.stack(
                    [np.cos(heading + rng.normal(0, 0.15, 12)), np.sin(heading + rng.normal(0, 0.15, 12))], 1
                ),
                0,
            )
            line = start + steps * rng.uniform(3, 20)
            width = int(rng.choice(_WIDTHS, p=_WIDTH_SHARES))
            cv2.polylines(mask, [np.rint(line).astype(np.int32)], False, 255, width, cv2.LINE_AA)
        soft = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.4, 1.0))).astype(np.float32) / 255.0
        opacity = strength * rng.uniform(0.3, 1.0)
        light = rng.random() < 0.7
        tone = rng.uniform(190, 255) if light else rng.uniform(0, 60)
        image += (opacity * soft)[..., None] * (np.float32(tone) - image)
    return image


def streaks(image: Rgb, count: int, strength: float, rng: np.random.Generator) -> Rgb:
    """Lay straight lines right across, nearly upright or level, each lighter or darker in every channel."""
    size = image.shape[0]
    y, x = np.mgrid[:size, :size]
    tilt = rng.normal(0, 0.05)  # of all of them: that of the aligned face in the scan
    for _ in range(count):
        lean, at = tilt + rng.normal(0, 0.002), rng.uniform(0, size)
        away = x - at - lean * (y - size / 2) if rng.random() < 0.85 else y - at + lean * (x - size / 2)
        soft = np.exp(-((away / rng.uniform(0.5, 1.2)) ** 2)).astype(np.float32)
        shift = rng.normal(0, 60, 3) if rng.random() < 0.6 else np.full(3, rng.normal(0, 60))
        image = image + soft[..., None] * np.float32(strength * shift)
    return image


def foxing(image: Rgb, count: int, strength: float, rng: np.random.Generator) -> Rgb:
    """Draw the spots that damp leaves: brown ones, dark ones of mould, light ones where it ate the silver."""
    size = image.shape[0]
    image = image.copy()
    uneven = cells(rng, size, 5)
    for _ in range(count):
        radius = np.exp(rng.uniform(np.log(3), np.log(11)))  # smaller ones, dark and alone, are moles
        there, covered = _blot(rng.uniform(0, size, 2), radius, uneven, rng.uniform(0.3, 1.5))
        kind, opacity = rng.random(), strength * rng.uniform(0.4, 1.0)
        part = image[there].astype(float)
        spot: NDArray[Any]
        if kind < 0.5:
            spot = part * (1 - rng.uniform(0.1, 0.4) * np.array((1.0, 1.6, 2.4)))
        elif kind < 0.8:
            spot = part * rng.uniform(0.1, 0.6)
        else:
            spot = part + rng.uniform(0.3, 0.8) * (255 - part)
        image[there] += opacity * covered * (spot - part)
    return image


def creases(image: Rgb, count: int, strength: float, rng: np.random.Generator) -> Rgb:
    """Draw folds right across: the surface has cracked along them, and beside them the paper bends."""
    size = image.shape[0]
    y, x = np.mgrid[:size, :size].astype(np.float32)
    for _ in range(count):
        at, heading = rng.uniform(0, size, 2), rng.uniform(0, np.pi)
        wander = cells(rng, size, 30)[0]
        along = (x - at[0]) * np.cos(heading) + (y - at[1]) * np.sin(heading)
        away = (y - at[1]) * np.cos(heading) - (x - at[0]) * np.sin(heading)
        away = away + rng.uniform(0.2, 1.2) * wander[np.clip(np.abs(along), 0, size - 1).astype(int)]
        bent = rng.normal(0, 22) * np.sign(away) * np.exp(-np.abs(away) / rng.uniform(3, 14))
        image = image + strength * bent[..., None].astype(np.float32)
        width = rng.uniform(0.5, 3.0)
        intact = np.clip(rng.uniform(-0.5, 1.5) + cells(rng, size, 4), 0, 1)
        cracked = np.exp(-((away / width) ** 2)) * np.clip(1.5 - intact, 0, 1)
        image = image + strength * cracked[..., None].astype(np.float32) * (_bare(rng) - image)
    return np.asarray(image, np.float32)


def losses(image: Rgb, count: int, strength: float, rng: np.random.Generator) -> Rgb:
    """Draw places whose surface is gone, down to the paper or the plate."""
    size = image.shape[0]
    image = image.copy()
    uneven = cells(rng, size, 7)
    for _ in range(count):
        radius = np.exp(rng.uniform(np.log(3), np.log(13)))
        there, covered = _blot(rng.uniform(0, size, 2), radius, uneven, 1 / radius)
        ground = _bare(rng) + rng.uniform(0, 8) * cells(rng, size, 2)[..., None]
        image[there] += strength * covered * (ground[there] - image[there])
    return image


def _blot(
    at: NDArray[np.float64], radius: float, uneven: NDArray[np.float32], soft: float
) -> tuple[tuple[slice, slice], NDArray[np.float32]]:
    """Give rows and columns of a round spot, and its opacity there, (h, w, 1).

    Its edge is uneven, and takes `soft` of its radius.
    """
    there, x, y = around(at, radius * (1 + soft / 2 - 0.25 * uneven.min()), len(uneven))
    reach = np.hypot(x, y) / radius + 0.25 * uneven[there]
    return there, np.asarray(np.clip((1 - reach) / soft + 0.5, 0, 1)[..., None], np.float32)


def around(
    at: NDArray[np.float64], widest: float, size: int
) -> tuple[tuple[slice, slice], NDArray[np.float64], NDArray[np.float64]]:
    """Give rows and columns of a picture of `size` px that are within `widest` of a place, and how far off.

    Returns
    -------
    (slice, slice)
    x, y : (h, w) float64
        Of these pixels, to the right and down of `at`.
    """
    (left, top), (right, bottom) = np.clip((at - widest, at + widest + 2), 0, size).astype(int)
    y, x = np.mgrid[top:bottom, left:right]
    return (slice(top, bottom), slice(left, right)), x - at[0], y - at[1]


def _bare(rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw the colour, (3,), of what is below a photo's surface: paper, mostly, seldom something dark."""
    tone = rng.uniform(165, 255) if rng.random() < 0.75 else rng.uniform(0, 70)
    return np.clip(tone + rng.uniform(0, 1) * np.array((4, 0, -18)), 0, 255).astype(np.float32)


KINDS = {"losses": losses, "creases": creases, "foxing": foxing, "scratches": scratches, "streaks": streaks}
"""By the name of their number in a recipe, in the order in which they come upon a photo."""
