"""The type: shapes, views and what counts as grey."""

import numpy as np
import pytest

from engine.photo import Photo


def test_pixels_are_read_only(scene):
    photo = Photo(scene)
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0, 0] = 0


def test_a_photo_needs_eight_or_sixteen_bits():
    with pytest.raises(ValueError, match="uint8 or uint16"):
        Photo(np.zeros((4, 4, 3), np.float32))


def test_new_pixels_mark_the_photo_as_edited(scene):
    photo = Photo(scene)
    assert not photo.edited
    assert photo.with_pixels(scene // 2).edited


def test_an_edit_never_changes_size_depth_or_grey_into_colour(scene):
    for other in (scene[:-1], scene.astype(np.uint16), scene[..., 0]):
        with pytest.raises(ValueError, match="must stay"):
            Photo(scene).with_pixels(other)


def test_rgb8_shares_eight_bit_pixels(scene):
    assert np.shares_memory(Photo(scene).rgb8(), scene)


def test_rgb8_of_sixteen_bit_grey_has_three_rounded_channels(scene):
    grey = scene[..., 0].astype(np.uint16) * 257 + 100
    rgb = Photo(grey).rgb8()
    assert rgb.shape == (*grey.shape, 3)
    assert np.array_equal(rgb, np.repeat(scene[..., :1], 3, axis=2))


def test_equal_channels_are_grey(scene):
    assert Photo(scene[..., 0].copy()).is_grey
    assert Photo(np.repeat(scene[..., :1], 3, axis=2)).is_grey


def test_one_coloured_pixel_makes_a_colour_photo(scene):
    pixels = np.repeat(scene[..., :1], 3, axis=2)
    pixels[17, 23, 1] ^= 2
    assert not Photo(pixels).is_grey


def test_grey_that_a_decoder_rounded_is_grey(scene):
    pixels = np.repeat(scene[..., :1], 3, axis=2)
    pixels[17, 23, 1] ^= 1
    assert Photo(pixels).is_grey
