"""What makes more sharp faces of those that there are: other people, and things that are no damage."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation.flaws import around

_Face = NDArray[np.uint8]
_Covered = NDArray[np.float64]

_TURN, _ZOOM, _MOVE = 4.0, 0.06, 0.02  # deviations: degrees; of the logarithm; of a face's side
_WARP, _WARP_CELLS = 0.014, 4  # deviation of the smooth field, of a face's side; its cells along one
_MOUTH = 0.5, 0.74  # of an aligned face's side, to the right and down
_CHEEKS, _CHEEKS_REACH = (0.5, 0.6), (0.25, 0.32)  # the middle of the skin, and how far it reaches


def another_person(face: _Face, rng: np.random.Generator) -> _Face:
    """Turn, move, enlarge and bend a face a little: somebody else, whom the network has not seen yet.

    Parameters
    ----------
    face : (S, S, 3) uint8, RGB
    rng : numpy.random.Generator

    Returns
    -------
    (S, S, 3) uint8, RGB
    """
    size = face.shape[0]
    middle = (size - 1) / 2
    turn, zoom = np.deg2rad(rng.normal(0, _TURN)), np.exp(rng.normal(0, _ZOOM))
    move = rng.normal(0, _MOVE * size, 2)
    cells = rng.normal(0, _WARP * size, (_WARP_CELLS, _WARP_CELLS, 2))
    field = cv2.resize(cells, (size, size), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[:size, :size] - middle
    along, across = np.cos(turn) / zoom, np.sin(turn) / zoom
    from_x = along * x - across * y + middle + move[0] + field[..., 0]
    from_y = across * x + along * y + middle + move[1] + field[..., 1]
    maps = from_x.astype(np.float32), from_y.astype(np.float32)
    bent = cv2.remap(face, *maps, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(bent, np.uint8)


def on_a_mount(face: _Face, rng: np.random.Generator) -> tuple[_Face, _Covered]:
    """Cut a face out, oval or rectangular, and lay it on plain paper; or let it fade into the paper.

    So old portraits are shown, and networks that never saw it draw hair onto the paper.

    Parameters
    ----------
    face : (S, S, 3) uint8, RGB
    rng : numpy.random.Generator

    Returns
    -------
    face : (S, S, 3) uint8, RGB
    covered : (S, S) float64, 0..1
        How far the paper, or the rim, hides the face.
    """
    size = face.shape[0]
    oval, fades, rim = rng.random(3) < (0.7, 0.3, 0.5)
    power = 2.0 if oval else rng.uniform(8, 40)
    across = rng.uniform(0.4, 0.6) * size
    down = across * rng.uniform(1.0, 1.4)
    middle = size * (0.5 + rng.normal(0, 0.06, 2))
    y, x = np.mgrid[:size, :size] - middle[::-1, None, None]
    tilt = np.deg2rad(rng.normal(0, 2))
    x, y = x * np.cos(tilt) + y * np.sin(tilt), y * np.cos(tilt) - x * np.sin(tilt)
    reach = (np.abs(x / across) ** power + np.abs(y / down) ** power) ** (1 / power)
    beyond = (reach - 1) * across  # px from the edge, about
    tone = (rng.uniform(200, 255) if rng.random() < 0.7 else rng.uniform(0, 90)) + rng.normal(0, 6, 3)
    image, line = face.astype(np.float32), np.zeros((size, size))
    if rim and not fades:
        line = np.clip(rng.uniform(0.5, 3) - np.abs(beyond) + 0.5, 0, 1)
        image += line[..., None] * (rng.uniform(0, 255) - image)
    paper = np.clip(beyond / (rng.uniform(0.05, 0.3) * size if fades else 1.0) + 0.5, 0, 1)
    image += paper[..., None] * (tone - image)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8), np.maximum(line, paper)


def beside_a_frame(face: _Face, rng: np.random.Generator) -> tuple[_Face, _Covered]:
    """Draw a frame's edge beside a face, straight or bent, of one to three lines, and something else beyond.

    That is another picture, as on a page with several, or paper; or the picture goes on, as beside a rod.

    Parameters
    ----------
    face : (S, S, 3) uint8, RGB
    rng : numpy.random.Generator

    Returns
    -------
    face : (S, S, 3) uint8, RGB
    covered : (S, S) float64, 0..1
        How far a place belongs to the frame, or to what is beyond it.
    """
    size = face.shape[0]
    side, oval, rod = rng.random(3) < (0.8, 0.4, 0.3)
    to = (rng.choice((0.0, np.pi)) if side else -np.pi / 2) + np.deg2rad(rng.normal(0, 4))
    y, x = np.mgrid[:size, :size] - size / 2
    away, along = x * np.cos(to) + y * np.sin(to), y * np.cos(to) - x * np.sin(to)
    beyond = away - rng.uniform(0.33, 0.5) * size  # px from the edge
    if oval:
        radius = rng.uniform(0.6, 1.5) * size
        beyond = np.hypot(beyond + radius, along) - radius
    image, width = face.astype(np.float32), size * np.exp(rng.uniform(np.log(0.005), np.log(0.03)))
    lines, gap = rng.choice((1, 2, 3), p=(0.6, 0.25, 0.15)), width * rng.uniform(0.5, 2)
    tone = (rng.uniform(190, 255) if rng.random() < 0.75 else rng.uniform(0, 60)) + rng.normal(0, 4, 3)
    if oval or not (side and rod):
        is_picture = rng.random() < 0.6
        other = np.roll(face[:, ::-1], size // 2, 1) if is_picture else np.full(3, rng.uniform(0, 255))
        image += np.clip(beyond - width + 0.5, 0, 1)[..., None] * (other - image)
    for line in range(lines):
        middle = line * (width + gap) + width / 2
        inside = np.clip(width / 2 - np.abs(beyond - middle) + 0.5, 0, 1)
        image += inside[..., None] * (tone - image)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8), np.clip(beyond + 0.5, 0, 1)


def with_something_thin(face: _Face, rng: np.random.Generator) -> _Face:
    """Put a cigarette into a face's mouth, or a stalk, strap or wire anywhere: thin, yet no scratch.

    It is round, and shaded so; it hides what is behind it; and it begins and ends somewhere.

    Parameters
    ----------
    face : (S, S, 3) uint8, RGB
    rng : numpy.random.Generator

    Returns
    -------
    (S, S, 3) uint8, RGB
    """
    size = face.shape[0]
    in_mouth = rng.random() < 0.5
    length, width = rng.uniform(0.12, 0.6) * size, rng.uniform(0.009, 0.045) * size
    heading = rng.uniform(0, np.pi if in_mouth else 2 * np.pi)  # from the mouth never upwards
    start = np.array(_MOUTH) + rng.normal(0, 0.04, 2) if in_mouth else rng.uniform(0, 1, 2)
    y, x = np.mgrid[:size, :size] - size * start[::-1, None, None]
    along = (x * np.cos(heading) + y * np.sin(heading)) / length
    bend = 0.0 if in_mouth else rng.normal(0, 0.15)
    across = (y * np.cos(heading) - x * np.sin(heading) - bend * length * along**2) / (width / 2)
    edge = np.clip((1 - np.abs(across)) * width / 2 + 0.5, 0, 1)
    ends = np.clip(along * length + 0.5, 0, 1) * np.clip((1 - along) * length + 0.5, 0, 1)
    tone = rng.uniform(120 if in_mouth else 25, 250) + rng.normal(0, 12, 3)
    if rng.random() < 0.5:  # a filter, a tip
        tone = np.where(along[..., None] < rng.uniform(0, 1), tone, tone * rng.uniform(0.4, 1.2))
    light = 1 - rng.uniform(0.2, 0.6) * np.clip((across + rng.uniform(-0.8, 0.8)) ** 2, 0, 1.5)
    covered = (edge * ends)[..., None]
    return np.clip(np.rint(face + covered * (tone * light[..., None] - face)), 0, 255).astype(np.uint8)


def with_moles(face: _Face, rng: np.random.Generator) -> _Face:
    """Put some moles on a face: small dark spots, yet no specks.

    They are where skin mostly is, as dark as skin allows, softer than dirt, and of its hue.

    Parameters
    ----------
    face : (S, S, 3) uint8, RGB
    rng : numpy.random.Generator

    Returns
    -------
    (S, S, 3) uint8, RGB
    """
    size = face.shape[0]
    image = face.astype(np.float32)
    for _ in range(rng.integers(1, 5)):
        at = size * (np.array(_CHEEKS) + rng.uniform(-1, 1, 2) * _CHEEKS_REACH)
        radius = size * np.exp(rng.uniform(np.log(0.004), np.log(0.013)))
        longer, soft = rng.uniform(1, 1.4), rng.uniform(0.4, 1.2)
        there, x, y = around(at, radius * (1 + soft / 2) * longer, size)
        reach = np.hypot(x * longer, y / longer) / radius
        covered = np.clip((1 - reach) / soft + 0.5, 0, 1)[..., None]
        hue = np.array((0.8, 1.0, 1.05)) if rng.random() < 0.8 else np.ones(3)
        image[there] *= 1 - covered * np.clip(rng.uniform(0.25, 0.75) * hue, 0, 1)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
