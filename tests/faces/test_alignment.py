"""Bringing a face upright."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.faces import TEMPLATE, FaceDetector, align, align_to_fit
from engine.faces.alignment import PASTED
from engine.faces.geometry import invert, similarity, transform
from engine.faces.resample import resample

angles = st.floats(-180, 180)
scales = st.floats(0.05, 20)
shifts = st.floats(-5000, 5000)


def similar(scale: float, degrees: float, x: float, y: float) -> np.ndarray:
    c, s = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    return np.array(((c, -s, x), (s, c, y)))


@given(scales, angles, shifts, shifts)
def test_a_similarity_is_recovered_from_the_points_it_moved(scale, degrees, x, y):
    matrix = similar(scale, degrees, x, y)
    assert similarity(TEMPLATE, transform(matrix, TEMPLATE)) == pytest.approx(matrix, abs=1e-6)


@given(scales, angles, shifts, shifts)
def test_inverting_leads_back(scale, degrees, x, y):
    matrix = similar(scale, degrees, x, y)
    assert transform(invert(matrix), transform(matrix, TEMPLATE)) == pytest.approx(TEMPLATE, abs=1e-6)


def test_coinciding_landmarks_have_no_direction():
    with pytest.raises(ValueError, match="coincide"):
        align(np.zeros((20, 20), np.uint8), np.full((5, 2), 7.0))


def test_the_face_lands_on_the_template(detector, portrait, face):
    aligned = align(portrait, face.landmarks)
    assert aligned.pixels.shape == (256, 256, 3)
    assert aligned.pixels.dtype == np.uint8
    landed = transform(aligned.matrix, face.landmarks)
    assert np.abs(landed - TEMPLATE * 256).mean() < 3
    (again,) = detector(aligned.pixels)
    moved = transform(similarity(again.landmarks, TEMPLATE * 256), np.array(((128.0, 128.0),)))
    assert moved == pytest.approx(np.array(((128, 128),)), abs=2.5)


def test_a_face_that_already_lies_on_the_template_is_returned_as_it_is():
    rng = np.random.default_rng(0)
    crop = rng.integers(0, 256, (256, 256, 3), np.uint8)
    assert np.array_equal(align(crop, TEMPLATE * 256).pixels, crop)


def test_a_shifted_photo_gives_the_same_crop(portrait, face):
    moved = align(portrait[13:, 7:], face.landmarks - (7, 13))
    assert (
        np.abs(moved.pixels.astype(int) - align(portrait, face.landmarks).pixels)[60:200, 60:200].max() <= 1
    )


@pytest.mark.parametrize("factor", [2, 3, 5])
def test_a_larger_photo_gives_the_same_crop(portrait, face, factor):
    large = cv2.resize(portrait, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    small = align(portrait, face.landmarks).pixels
    same = align(large, face.landmarks * factor).pixels
    (dx, dy), _ = cv2.phaseCorrelate(small[..., 1].astype(float), same[..., 1].astype(float))
    assert np.hypot(dx, dy) < 0.1
    assert np.abs(small.astype(int) - same).mean() < 3


def test_detail_finer_than_the_crop_is_averaged_not_aliased():
    lines = np.zeros((1400, 1400), np.uint8)
    lines[:, ::2] = 255
    crop = align(lines, TEMPLATE * 1400).pixels.astype(float)
    assert crop.mean() == pytest.approx(127.5, abs=1)
    assert crop.std() < 0.12 * lines.std()  # the second lobe of an average's frequency response


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_photos_give_three_equal_channels_of_their_depth(dtype):
    grey = np.random.default_rng(1).integers(0, np.iinfo(dtype).max, (300, 300), dtype)
    crop = align(grey, TEMPLATE * 280 + 3.3).pixels
    assert crop.dtype == dtype
    assert crop.shape == (256, 256, 3)
    assert np.ptp(crop, axis=2).max() == 0


def test_beyond_the_border_the_photo_is_mirrored():
    ramp = np.tile(np.arange(100, dtype=np.uint8), (100, 1))
    out = resample(ramp, np.array(((1.0, 0, 20), (0, 1.0, 0))), (100, 100))
    assert out[50, 18:22].tolist() == [1, 0, 0, 1]


@pytest.mark.parametrize("right", [-41, -8, -3, 0, 2, 9, 50])
@pytest.mark.parametrize("down", [-33, -2, 0, 5, 27])
def test_it_is_mirrored_as_often_as_it_takes(right, down):
    photo = np.random.default_rng(4).integers(0, 256, (9, 12, 3), np.uint8)
    around = np.pad(photo, ((63, 63), (63, 63), (0, 0)), mode="symmetric")
    out = resample(photo, np.array(((1.0, 0, right), (0, 1.0, down))), (14, 10))
    np.testing.assert_array_equal(out, around[63 - down : 73 - down, 63 - right : 77 - right])


def test_a_face_far_over_the_border_still_gives_a_whole_crop():
    photo = np.random.default_rng(2).integers(0, 256, (60, 50, 3), np.uint8)
    assert align(photo, TEMPLATE * 500 - 200).pixels.shape == (256, 256, 3)


def test_shared_faces_are_aligned_as_we_align(shared_faces, detector: FaceDetector):
    """The training faces' landmarks lie on the template on average, so crops made here look like them."""
    marks = []
    for path in sorted(shared_faces.glob("*.png"))[::8]:
        crop = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR_RGB)
        half = cv2.resize(crop, (128, 128), interpolation=cv2.INTER_AREA)
        marks += [found.landmarks for found in detector(half) if found.refusal is None]
    assert len(marks) >= 24
    offset = np.mean(marks, axis=0) * 2 - TEMPLATE * 256
    assert np.abs(offset.mean(axis=0)).max() < 1
    assert np.abs(offset).max() < 4
    matrices = [similarity(found * 2, TEMPLATE * 256) for found in marks]
    assert np.mean([np.hypot(m[0, 0], m[1, 0]) for m in matrices]) == pytest.approx(1, abs=0.03)


def test_a_face_gets_the_smallest_crop_that_holds_it():
    photo = np.random.default_rng(0).integers(0, 256, (1200, 1200, 3), np.uint8)
    sides = [align_to_fit(photo, TEMPLATE * side, (256, 512)).size for side in (200, 300, 330, 500, 1100)]
    assert sides == [256, 256, 512, 512, 512]
    assert align_to_fit(photo, TEMPLATE * 1100, (256,)).size == 256


def beyond(top: float, left: float, degrees: float) -> np.ndarray:
    """Landmarks of a face whose crop, of 256 px, ends so far, in its sides, from a photo's upper left."""
    at = similar(256, degrees, 256 * (left + 0.5), 256 * (top + 0.5))
    return transform(at, TEMPLATE - 0.5)


@pytest.mark.parametrize("place", [(1, 1, 0), (0.2, 0.1, 0), (-0.1, -0.05, 0), (0.08, 0.1, 30)])
def test_a_crop_that_ends_well_before_or_beyond_the_photo_is_as_wide_as_ever(place):
    photo = np.random.default_rng(3).integers(0, 256, (600, 600, 3), np.uint8)
    marks = beyond(*place)
    assert align_to_fit(photo, marks, (256,)).scale == pytest.approx(align(photo, marks).scale)


@pytest.mark.parametrize(("top", "left"), [(0.02, 1), (1, 0.04), (0.01, 0.02), (0.3, 0.04), (-0.01, 0)])
@pytest.mark.parametrize("degrees", [0, 2])
def test_a_crop_reaches_the_edges_of_the_photo_just_beyond_it(top, left, degrees):
    photo = np.random.default_rng(3).integers(0, 256, (600, 600, 3), np.uint8)
    marks = beyond(top, left, degrees)
    aligned, usual = align_to_fit(photo, marks, (256,)), align(photo, marks)
    middle = 256 * np.array((left + 0.5, top + 0.5))
    assert usual.scale / 1.13 < aligned.scale < usual.scale
    assert transform(aligned.matrix, middle[None])[0] == pytest.approx((128, 128))
    (x, _), (_, y) = transform(aligned.matrix, np.array(((0, middle[1]), (middle[0], 0)))) / 256
    assert left > 0.1 or x > PASTED[0, 0] - 2e-3
    assert top > 0.1 or y > PASTED[0, 1] - 2e-3


def test_a_crop_tells_where_it_shows_the_photo():
    photo = np.zeros((300, 200, 3), np.uint8)
    assert align(photo, TEMPLATE * 100 + 50).within(photo.shape).all()
    cut = align(photo, TEMPLATE * 256 - (26, 100)).within(photo.shape)  # 26 and 30 px beyond it
    rows, columns = np.nonzero(cut)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (100, 255, 26, 225)
    assert cut.sum() == 156 * 200
    turned = align(photo, transform(similar(256, 90, 100, 28), TEMPLATE - 0.5)).within(photo.shape)
    assert turned[:, 0].any() != turned[:, -1].any()  # the photo's upper edge is at a side of the crop
