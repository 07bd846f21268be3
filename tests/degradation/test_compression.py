"""Compression as photos have it: repeatable, in place, and as large and as turned as the face is."""

import cv2
import numpy as np
import pytest

from engine.degradation import Compression, draw_compression, draw_whole, draw_window
from tests.faces.hidden import block_steps


@pytest.fixture(scope="module")
def face(astronaut):
    return np.ascontiguousarray(astronaut[:256, 96:352])


def test_blocks_are_where_the_picture_has_them(face):
    assert block_steps(face) == pytest.approx(1, abs=0.1)
    once = Compression("JPEG", 10).apply(face)
    assert once.shape == face.shape
    assert block_steps(once) > 1.5
    assert np.abs(once.astype(float) - face).mean() < 12
    again = Compression("JPEG", 10, again=80, cut=(3, 5)).apply(face)
    assert again.shape == face.shape
    assert block_steps(again) > 1.4  # those of the first time, where they were
    assert not np.array_equal(again, once)


def test_quality_and_colours_count(face):
    def error(**how):
        return float(np.abs(Compression(**how).apply(face).astype(float) - face).mean())

    assert error(form="JPEG", quality=100) == 0
    assert error(form="JPEG", quality=10) > error(form="JPEG", quality=40) > 0
    assert error(form="JPEG", quality=60) > error(form="JPEG", quality=60, whole_colours=True)
    assert error(form="WEBP", quality=2) > error(form="WEBP", quality=60) > 0


def test_all_kinds_are_drawn_alike_for_the_same_numbers():
    drawn = [draw_compression(np.random.default_rng(number)) for number in range(200)]
    assert drawn == [draw_compression(np.random.default_rng(number)) for number in range(200)]
    assert {one.form for one in drawn} == {"JPEG", "WEBP"}
    assert any(one.quality == 100 for one in drawn)
    assert any(one.again for one in drawn)
    assert all(0 <= one.quality <= 100 for one in drawn)
    assert min(one.quality for one in drawn if one.form == "JPEG") < 10


def test_what_is_compressed_lightly_keeps_most(face):
    rng = np.random.default_rng(1)
    drawn = [draw_compression(rng, lightly=True) for _ in range(100)]
    assert {one.form for one in drawn} == {"JPEG", "WEBP"}
    assert min(one.quality for one in drawn) >= 50
    assert len({one.quality for one in drawn}) > 20


@pytest.mark.parametrize("number", range(12))
def test_windows_lie_within_the_photo_and_a_whole_face_in_the_middle(face, number):
    rng = np.random.default_rng(number)
    window = draw_window(rng, 128)
    photo = window.photo(face)
    seen = window.of(np.full_like(photo, 200))
    assert seen.shape == (128, 128, 3)
    corners = np.array(((0, 0), (128, 0), (0, 128), (128, 128)), float)
    there = (corners - window.matrix[:, 2]) @ np.linalg.inv(window.matrix[:, :2]).T
    assert there.min() >= -1
    assert there.max() <= len(photo) + 1
    for side, least, most in ((256, 38, 320), (512, 128, 999)):
        whole = draw_whole(rng, side, 256)
        assert least <= whole.photo_side <= most
        assert whole.matrix @ (whole.photo_side / 2, whole.photo_side / 2, 1) == pytest.approx(side / 2)
        untouched = whole.of(whole.photo(face))
        assert untouched.shape == (side, side, 3)
        assert untouched.mean() == pytest.approx(face.mean(), abs=12)


def test_blocks_are_as_large_as_the_photo_s_resolution_makes_them(face):
    sizes = []
    for number in range(40):
        whole = draw_whole(np.random.default_rng(number), 512, 256)
        assert 0.5 < 512 / whole.photo_side < 4.01
        sizes.append(8 * 512 / whole.photo_side)
    assert min(sizes) < 6
    assert max(sizes) > 25


def test_windows_are_cut_out_of_small_and_large_photos(face):
    rng = np.random.default_rng(5)
    windows = [draw_window(rng, 64) for _ in range(300)]
    sides = np.array([window.photo_side for window in windows])
    assert sides.min() < 50
    assert sides.max() > 500
    as_they_are = [window for window in windows if np.array_equal(window.matrix[:, :2], np.eye(2))]
    assert 30 < len(as_they_are) < 90
    photo = as_they_are[0].photo(face)
    x, y = -as_they_are[0].matrix[:, 2].astype(int)
    assert np.array_equal(as_they_are[0].of(photo), photo[y : y + 64, x : x + 64])


@pytest.mark.parametrize("number", range(4))
def test_a_sharp_face_is_cut_out_where_its_photo_is(face, number):
    calm = cv2.GaussianBlur(face, (0, 0), 6)  # of which a small photo loses nothing
    cut = draw_whole(np.random.default_rng(number), 512, 256)
    apart = np.abs(cut.of_sharp(calm).astype(float) - cut.of(cut.photo(calm)))
    assert apart[8:-8, 8:-8].mean() < 0.5
    assert np.abs(np.roll(calm, 2, 1).astype(float) - calm).mean() > 1.5
