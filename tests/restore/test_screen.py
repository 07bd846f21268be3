"""A printing screen: known when it is there, and what is left of it in a drawing goes."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.degradation import Damage
from engine.photo import Photo
from engine.restore.screen import Screen

_ANGLE = np.radians(30)


@pytest.fixture(params=[256, 512])
def crop(request, portrait):
    large = cv2.resize(portrait[50:178, 60:188], 2 * (request.param,), interpolation=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(large, (0, 0), request.param / 256)  # without what enlarging repeats


def printed(crop: NDArray[np.uint8], pitch: float = 4.2, **others: float) -> NDArray[np.uint8]:
    return Damage(seed=1, halftone=0.6, pitch=pitch, angle=_ANGLE, **others).apply(crop, 1.0)


def dots(size: int, pitch: float = 4.2) -> NDArray[np.float32]:
    """Give what is left of a screen: waves of 4 % of full scale, strongest in the middle of a picture."""
    down, across = np.mgrid[:size, :size].astype(np.float32)
    around = np.exp(-(np.hypot(down - size / 2, across - size / 2) ** 2) / (2 * (size / 4) ** 2))
    along = across * np.cos(_ANGLE) + down * np.sin(_ANGLE)
    beside = down * np.cos(_ANGLE) - across * np.sin(_ANGLE)
    waves = np.cos(along * (2 * np.pi / pitch)) + np.cos(beside * (2 * np.pi / pitch))
    return (0.02 * around * waves)[..., None].astype(np.float32)


def scaled(crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    return crop.astype(np.float32) / 255


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_the_waves_of_a_screen_are_found(crop, depth):
    screen = Screen.of(printed(crop).astype(depth) * (1 if depth == np.uint8 else 257))
    assert screen is not None
    wanted = np.array(((np.cos(_ANGLE), -np.sin(_ANGLE)), (np.sin(_ANGLE), np.cos(_ANGLE)))) / 4.2
    for wave in wanted:
        off = min(np.hypot(*(sign * screen.waves - wave).T).min() for sign in (1, -1))
        assert off < 2 / len(crop)


@pytest.mark.parametrize(
    "damage",
    [
        Damage(seed=1),
        Damage(seed=2, noise=20.0),
        Damage(seed=3, shrink=4.0, jpeg_first=40),
        Damage(seed=4, grain=20.0, grain_size=2.0, jpeg_last=40),
        Damage(seed=5, halftone=0.6, pitch=4.2, angle=_ANGLE, lines=True),
    ],
    ids=["none", "noise", "blocks", "grain", "engraving"],
)
def test_nothing_else_is_taken_for_a_screen(crop, damage):
    assert Screen.of(damage.apply(crop, 1.0)) is None


def test_a_face_stays_beside_the_weave_of_a_suit(crop):
    """Whether it is taken for a screen or not."""
    weave = 2 * dots(len(crop))
    weave[: len(crop) * 6 // 7] = 0
    dressed = np.clip(scaled(crop) + weave, 0, 1)
    screen = Screen.of(np.rint(255 * dressed).astype(np.uint8)) or Screen.of(printed(crop))
    assert screen is not None
    face = slice(len(crop) * 3 // 4)
    assert np.abs(screen.taken_from(dressed, 1.0) - dressed)[face].mean() < 0.5 / 255


def test_what_is_left_of_dots_goes_and_the_face_stays(crop):
    screen, face = Screen.of(printed(crop)), scaled(crop)
    assert screen is not None
    left = dots(len(crop))
    cleaned = screen.taken_from(face + left, 1.0)
    assert cleaned.dtype == np.float32
    assert np.abs(cleaned - face).mean() < 0.3 * np.abs(left).mean()
    assert np.abs(screen.taken_from(face, 1.0) - face).mean() < 0.5 / 255


def test_a_blank_picture_has_none_and_stays_blank(crop):
    assert Screen.of(np.zeros_like(crop)) is None
    screen = Screen.of(printed(crop))
    assert screen is not None
    assert not screen.taken_from(np.zeros(crop.shape, np.float32), 1.0).any()


def test_a_share_of_them_goes(crop):
    screen, face = Screen.of(printed(crop)), scaled(crop)
    assert screen is not None
    drawn = face + dots(len(crop))
    assert screen.taken_from(drawn, 0.0) is drawn
    half, whole = (screen.taken_from(drawn, share) - drawn for share in (0.5, 1.0))
    inside = (drawn > 0.1).all(2) & (drawn < 0.9).all(2)
    np.testing.assert_allclose(half[inside], whole[inside] / 2, atol=1e-5)


def test_a_printed_face_is_drawn_without_dots_and_at_level_0_as_it_is(restorer, portrait):
    photo = Photo(printed(portrait, pitch=2.2))
    analysis = restorer.analyse(photo)
    (face,) = analysis.restorable
    assert face.screen is not None
    (drawn,), (bare,) = (restorer.draw([(one, 40.0)]) for one in (face, replace(face, screen=None)))
    taken = bare.pixels - drawn.pixels
    assert np.abs(taken).mean() > 1 / 255
    np.testing.assert_allclose(drawn.pixels, face.screen.taken_from(bare.pixels, 1.0), atol=1e-5)
    assert np.array_equal(restorer.render(analysis, {face.number: 0}).pixels, photo.pixels)
    (again,) = restorer.redraw([face.aligned.pixels], [lambda automatic: 40.0])
    np.testing.assert_allclose(again.pixels, drawn.pixels, atol=1e-4)
