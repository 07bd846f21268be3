"""One tint: known when it is there, followed when the brightness changes, never a stain of another colour."""

import cv2
import numpy as np
import pytest

from engine.restore.tint import Tint
from tests.faces.hidden import faded


def sepia(rgb, deep=(1.0, 0.85, 0.65)):
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.clip(grey[..., None] * deep, 0, 255).astype(np.uint8)


@pytest.fixture
def crop(portrait):
    return cv2.resize(portrait, (256, 256))


def scaled(crop):
    return crop.astype(np.float32) / 255


@pytest.mark.parametrize("noise", [0, 4])
def test_sepia_is_one_tint_and_a_colour_portrait_is_not(crop, noise):
    grain = np.random.default_rng(0).normal(0, noise, crop.shape)
    toned = np.clip(sepia(crop) + grain, 0, 255).astype(np.uint8)
    assert Tint.of(toned) is not None
    assert Tint.of(toned.astype(np.uint16) * 257) is not None
    assert Tint.of(crop) is None


@pytest.mark.parametrize("fading", [(0.3, 90), (0.2, 190), (0.2, 0)])
def test_colours_that_have_faded_are_colours(crop, fading):
    assert Tint.of(faded(crop, *fading)) is None
    assert Tint.of(faded(sepia(crop), *fading)) is not None


@pytest.mark.parametrize("size", [256, 512])
def test_a_scratch_that_goes_leaves_no_stain(crop, size):
    whole = cv2.resize(sepia(crop, (0.9, 0.7, 0.25)), (size, size))
    scratched = whole.copy()
    across = slice(size // 2, size // 2 + size // 64)
    scratched[across] = 250
    mended = Tint.of(scratched).keep(scaled(scratched), scaled(whole))
    off = np.abs(mended - scaled(whole))[across]
    assert np.quantile(off, 0.99) < 8 / 255
    darker = (scaled(whole) - scaled(scratched)) @ (0.299, 0.587, 0.114)
    assert np.abs(scaled(scratched) + darker[..., None] - scaled(whole))[across].mean() > 20 / 255


def test_a_brown_spot_on_a_grey_face_becomes_grey(crop):
    whole = sepia(crop, (1, 1, 1))
    spotted = whole.astype(np.float32)
    cv2.circle(spotted, (128, 150), 9, (120.0, 80.0, 30.0), -1)
    mended = Tint.of(spotted.astype(np.uint8)).keep(spotted / 255, scaled(whole))
    assert np.ptp(mended[140:160, 118:138], axis=2).max() < 3 / 255


def test_where_brightness_stays_a_picture_is_what_it_was(crop):
    toned = sepia(crop)
    toned[:, 128:] = np.clip(toned[:, 128:] + (3, 0, -3), 0, 255)
    before = scaled(toned)
    colourful = before + np.array((0.05, 0.0, -0.05 * 0.299 / 0.114), np.float32)
    tint = Tint.of(toned)
    assert np.abs(tint.keep(before, before) - before).max() < 1e-6
    assert np.abs(tint.keep(before, colourful) - before).max() < 0.002


def test_no_colour_leaves_the_range(crop):
    toned = sepia(crop, (1.0, 0.6, 0.1))
    before = scaled(toned)
    tint = Tint.of(toned)
    for level in (0.0, 0.02, 0.5, 1.0):
        flat = tint.keep(before, np.full_like(before, level))
        assert flat.min() >= 0
        assert flat.max() <= 1
        assert np.abs(flat @ (0.299, 0.587, 0.114) - level).max() < 0.01


def test_grey_stays_grey(crop):
    grey = sepia(crop, (1, 1, 1))
    drawn = np.clip(scaled(crop) * 1.2, 0, 1)
    kept = Tint.of(grey).keep(scaled(grey), drawn)
    assert np.ptp(kept, axis=2).max() < 1e-5
    assert np.abs(kept - scaled(grey)).max() > 0.05


def test_a_hand_coloured_cheek_keeps_its_colour_where_it_is_drawn_anew(crop):
    photo = sepia(crop, (1, 1, 1)).astype(np.float32)
    cheek = cv2.circle(np.zeros((256, 256), np.float32), (100, 170), 22, 1.0, -1)
    photo += cv2.GaussianBlur(cheek, (0, 0), 4)[..., None] * (16.0, -4.0, -8.0)
    photo = np.clip(photo, 0, 255).astype(np.uint8)
    before = scaled(photo)
    drawn = before.copy()
    drawn[150:190, 95:105] += 0.1
    kept = Tint.of(photo).keep(before, np.clip(drawn, 0, 1))
    redness = (kept[..., 0] - kept[..., 2]) * 255
    assert redness[160:180, 96:104].min() > 12
    assert np.abs(redness[20:60]).max() < 3
