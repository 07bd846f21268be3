"""Putting restored faces back."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.faces import TEMPLATE, AlignedFace, align, apply_changes, paste, plan_paste, share_weight
from engine.faces.geometry import transform
from engine.faces.paste_weight import somebody


def white(pixels: np.ndarray) -> int:
    return np.iinfo(pixels.dtype).max


def as_restored(aligned: AlignedFace) -> np.ndarray:
    """The crop as the network would return it when it changes nothing."""
    return aligned.pixels.astype(np.float32) / white(aligned.pixels)


def denoised(aligned: AlignedFace) -> np.ndarray:
    crop = aligned.pixels if aligned.pixels.dtype == np.uint8 else (aligned.pixels >> 8).astype(np.uint8)
    return cv2.fastNlMeansDenoisingColored(crop, None, 16, 10, 5, 15).astype(np.float32) / 255


def landmarks(x: float, y: float, side: float, degrees: float = 0.0) -> np.ndarray:
    """Landmarks of an ideal face whose crop has its middle at (x, y)."""
    c, s = side * np.cos(np.radians(degrees)), side * np.sin(np.radians(degrees))
    return transform(np.array(((c, -s, x), (s, c, y))), TEMPLATE - 0.5)


def smooth_photo(height: int, width: int, dtype: type = np.uint8) -> np.ndarray:
    rng = np.random.default_rng(3)
    coarse = rng.uniform(0.3, 0.7, (12, 12, 3)).astype(np.float32)
    fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.rint(fine * np.iinfo(dtype).max).astype(dtype)


def fine_std(pixels: np.ndarray) -> float:
    grey = pixels.astype(np.float32) @ np.array((0.299, 0.587, 0.114), np.float32)
    return float((grey - cv2.GaussianBlur(grey, (0, 0), 2.0)).std())


@settings(max_examples=40)
@given(
    side=st.floats(12, 700),
    degrees=st.floats(-180, 180),
    x=st.floats(-20, 320),
    y=st.floats(-20, 260),
    dtype=st.sampled_from([np.uint8, np.uint16]),
    grey=st.booleans(),
    grain=st.floats(0, 1),
)
def test_an_unchanged_crop_changes_nothing(side, degrees, x, y, dtype, grey, grain):
    shape = (240, 300) if grey else (240, 300, 3)
    photo = np.random.default_rng(4).integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    aligned = align(photo, landmarks(np.clip(x, 0, 300), np.clip(y, 0, 240), side, degrees))
    assert np.array_equal(paste(photo, [aligned], [as_restored(aligned)], grain=grain), photo)


@pytest.mark.parametrize("side", [60, 256, 700])
def test_pixels_beyond_the_face_stay_identical(side):
    photo = np.random.default_rng(5).integers(0, 256, (900, 1000, 3), np.uint8)
    before = photo.copy()
    aligned = align(photo, landmarks(500, 450, side, 12))
    result = paste(photo, [aligned], [np.random.default_rng(6).random((256, 256, 3), np.float32)])
    touched = (result != photo).any(axis=2)
    y, x = np.nonzero(touched)
    crop = transform(aligned.matrix, np.column_stack((x, y)) + 0.5)
    assert touched.sum() > 0.5 * side**2
    assert crop.min() > 1
    assert crop.max() < 255
    assert np.array_equal(photo, before)


@pytest.mark.parametrize("side", [80, 256, 800])
def test_the_weight_falls_to_nothing_without_a_step(side):
    photo = smooth_photo(1400, 1400)
    (plan,) = plan_paste(photo, [align(photo, landmarks(700, 680, side, -20))])
    border = np.concatenate((plan.weight[0], plan.weight[-1], plan.weight[:, 0], plan.weight[:, -1]))
    assert border.max() < 1e-3
    assert plan.weight.max() == 1
    steepest = max(np.abs(np.diff(plan.weight, axis=axis)).max() for axis in (0, 1))
    assert steepest < 6 / (0.2 * side)


@pytest.mark.parametrize("degrees", [0, 90, 180])
def test_a_photo_that_ends_in_the_crop_is_restored_up_to_its_edge(degrees):
    """The photo's upper edge cuts the crop; whichever of the crop's sides that is."""
    photo = smooth_photo(600, 600)
    (plan,) = plan_paste(photo, [align(photo, landmarks(300, 120, 300, degrees))])
    middle = 300 - plan.region[1].start
    assert plan.region[0].start == 0
    assert plan.weight[:150, middle - 60 : middle + 60].min() == 1
    assert max(plan.weight[-1].max(), plan.weight[:, 0].max(), plan.weight[:, -1].max()) < 1e-3


def test_the_weight_falls_over_as_much_as_the_photo_goes_on():
    falls = []
    for y in (240, 190, 158, 150):  # the crop's upper side is at y - 150
        photo = smooth_photo(600, 600)
        (plan,) = plan_paste(photo, [align(photo, landmarks(300, y, 300))])
        column = plan.weight[:150, 300 - plan.region[1].start]
        assert column[0] < 2e-3
        falls.append(int((column < 0.999).sum()))
    assert falls[0] == falls[1] > falls[2] > falls[3] > 2


def test_a_restored_face_keeps_the_tone_of_its_surroundings():
    photo = smooth_photo(500, 500)
    aligned = align(photo, landmarks(250, 250, 300))
    brighter = np.clip(as_restored(aligned) + np.array((0.15, 0.1, 0.05), np.float32), 0, 1)
    result = paste(photo, [aligned], [brighter])
    assert np.abs(result.astype(int) - photo).max() <= 2


def test_a_thing_that_goes_at_the_border_leaves_no_haze():
    """A bright frame beside a face in front of black, which restoration takes for a scratch."""
    photo = np.full((300, 300, 3), 20, np.uint8)
    photo[:, 60:72] = 250
    aligned = align(photo, landmarks(150, 150, 256))
    result = paste(photo, [aligned], [np.full(aligned.pixels.shape, 20 / 255, np.float32)], grain=0)
    taken = photo.astype(int) - result
    assert taken[150, 64:70].min() > 50
    beside = np.ones(300, bool)
    beside[55:77] = False
    assert np.abs(taken[:, beside]).max() <= 4


def test_a_line_along_the_whole_border_does_not_tone_the_face():
    """The photo ends with the crop, and the head mask at a bright line that restoration takes away."""
    photo = np.full((256, 256, 3), 90, np.uint8)
    photo[:, 208:216] = 250
    aligned = align(photo, landmarks(128, 128, 256))
    mask = np.zeros((64, 64), np.float32)
    mask[:, :52] = 1
    plain = np.full(aligned.pixels.shape, 90 / 255, np.float32)
    taken = photo.astype(int) - paste(photo, [aligned], [plain], [mask], grain=0)
    assert taken[128, 208:212].min() > 50
    assert np.abs(taken[:, :200]).max() <= 8


def test_a_local_change_arrives_at_its_place_and_strength():
    photo = smooth_photo(600, 600)
    aligned = align(photo, landmarks(300, 300, 512))
    restored = as_restored(aligned)
    cv2.circle(restored, (128, 130), 12, (0.0, 0.0, 0.0), -1)
    result = paste(photo, [aligned], [restored], grain=0)
    x, y = np.linalg.solve(aligned.matrix[:, :2], (128.5, 130.5) - aligned.matrix[:, 2])
    assert result[round(y), round(x)].max() < 12
    dark = result.astype(int).sum(axis=2) < photo.astype(int).sum(axis=2) - 60
    rows, columns = np.nonzero(dark)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((x, y), abs=0.3)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_grey_photo_stays_grey(dtype, channels):
    photo = smooth_photo(300, 300, dtype)[..., 0]
    photo = photo if channels == 1 else np.repeat(photo[..., None], 3, axis=2)
    aligned = align(photo, landmarks(150, 150, 200))
    tinted = as_restored(aligned)
    tinted[100:160, 100:160] *= (1.3, 0.9, 0.5)
    result = paste(photo, [aligned], [tinted])
    assert result.shape == photo.shape
    assert result.dtype == dtype
    assert not np.array_equal(result, photo)
    if channels == 3:
        assert np.ptp(result, axis=2).max() == 0


def test_sixteen_bits_stay_sixteen_bits():
    photo = smooth_photo(400, 400, np.uint16)
    aligned = align(photo, landmarks(200, 200, 300))
    restored = as_restored(aligned) + 0.01 * np.sin(np.arange(256, dtype=np.float32) / 6)[:, None, None]
    result = paste(photo, [aligned], [restored], grain=0)
    change = result.astype(int) - photo
    assert len(np.unique(change)) > 500
    assert 500 < np.abs(change).max() < 1000


@pytest.mark.parametrize("side", [300, 600, 900])
def test_noise_is_gone_with_its_part_beyond_the_crop(portrait, face, side):
    factor = side / (0.727 * face.height) * 0.727
    clean = cv2.resize(portrait[:320], None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    noisy = np.clip(clean + np.random.default_rng(7).normal(0, 14, clean.shape), 0, 255).astype(np.uint8)
    aligned = align(noisy, face.landmarks * factor)
    result = paste(noisy, [aligned], [denoised(aligned)], grain=0)
    x, y = (face.landmarks[2] * factor).astype(int)
    cheek = np.s_[y - side // 12 : y + side // 12, x - side // 12 : x + side // 12]
    before, after = (
        fine_std(picture[cheek].astype(np.float32) - clean[cheek]) for picture in (noisy, result)
    )
    assert after < 0.5 * before


@pytest.mark.parametrize("side", [60, 110, 180, 240])
def test_noise_of_a_small_face_is_gone_with_what_is_lost_on_the_way_to_its_crop(side):
    clean = smooth_photo(300, 300)
    noisy = np.clip(clean + np.random.default_rng(7).normal(0, 14, clean.shape), 0, 255).astype(np.uint8)
    where = landmarks(150, 150, side)
    result = paste(noisy, [align(noisy, where)], [as_restored(align(clean, where))], grain=0)
    middle = np.s_[150 - side // 8 : 150 + side // 8, 150 - side // 8 : 150 + side // 8]
    before, after = (
        fine_std(picture[middle].astype(np.float32) - clean[middle]) for picture in (noisy, result)
    )
    assert after < 0.2 * before


@pytest.mark.parametrize("side", [60, 110, 180, 240])
def test_detail_of_a_small_face_stays_where_restoration_keeps_detail(side):
    photo = smooth_photo(300, 300).astype(np.float32)
    photo += 25 * np.random.default_rng(8).choice((-1, 1), (300, 300, 1))
    photo = np.clip(photo, 0, 255).astype(np.uint8)
    aligned = align(photo, landmarks(150, 150, side))
    restored = as_restored(aligned)
    cv2.circle(restored, (128, 180), 6, (0.1, 0.1, 0.1), -1)
    result = paste(photo, [aligned], [restored], grain=0)
    assert (result != photo).any()
    forehead = np.s_[150 - side // 4 : 150 - side // 12, 150 - side // 8 : 150 + side // 8]
    assert fine_std(result[forehead]) == pytest.approx(fine_std(photo[forehead]), rel=0.02)


def test_detail_beyond_the_crop_stays_where_restoration_keeps_detail():
    photo = smooth_photo(1000, 1000).astype(np.float32)
    photo += 25 * np.random.default_rng(8).choice((-1, 1), (1000, 1000, 1))
    photo = np.clip(photo, 0, 255).astype(np.uint8)
    aligned = align(photo, landmarks(500, 500, 900))
    restored = as_restored(aligned)
    cv2.circle(restored, (128, 130), 6, (0.1, 0.1, 0.1), -1)
    result = paste(photo, [aligned], [restored], grain=0)
    forehead = np.s_[300:400, 450:550]
    assert fine_std(result[forehead]) == pytest.approx(fine_std(photo[forehead]), rel=0.02)


def test_some_of_the_grain_that_was_taken_returns_and_never_more(portrait, face):
    clean = cv2.resize(portrait[:320], None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    grainy = np.clip(clean + np.random.default_rng(9).normal(0, 4, (*clean.shape[:2], 1)), 0, 255).astype(
        np.uint8
    )
    aligned = align(grainy, face.landmarks * 2)
    x, y = (face.landmarks[2] * 2).astype(int)
    cheek = np.s_[y - 20 : y + 20, x - 20 : x + 20]
    bare, default, full = (
        fine_std(paste(grainy, [aligned], [denoised(aligned)], grain=grain)[cheek]) for grain in (0, 0.5, 1)
    )
    assert bare < default < full < 1.1 * fine_std(grainy[cheek])
    again = paste(grainy, [aligned], [denoised(aligned)])
    assert np.array_equal(again, paste(grainy, [aligned], [denoised(aligned)]))


def test_overlapping_faces_are_not_changed_twice():
    photo = smooth_photo(400, 500)
    faces = [align(photo, landmarks(200, 200, 240)), align(photo, landmarks(290, 210, 240, 8))]
    plans = plan_paste(photo, faces)
    total = np.zeros(photo.shape[:2])
    for plan in plans:
        total[plan.region] += plan.weight
    assert total.max() <= 1 + 1e-6
    assert total.max() > 0.999
    rng = np.random.default_rng(10)
    restored = [
        np.clip(as_restored(one) + rng.normal(0, 0.1, (256, 256, 3)), 0, 1).astype("f4") for one in faces
    ]
    assert np.array_equal(paste(photo, faces, restored), paste(photo, faces[::-1], restored[::-1]))


def test_faces_that_are_planned_one_after_the_other_share_alike():
    photo = smooth_photo(400, 700)
    faces = [align(photo, landmarks(x, 200, 240)) for x in (200, 290, 380)]
    together = plan_paste(photo, faces)
    first, last = plan_paste(photo, [faces[0], faces[2]])
    (middle,) = plan_paste(photo, [faces[1]])
    assert (middle.weight != together[1].weight).any()
    plans = (first, middle, last)
    for plan, expected in zip(plans, together, strict=True):
        assert np.array_equal(share_weight(plan, plans).weight, expected.weight)
    assert share_weight(middle, [middle]) is middle


def test_a_region_holds_what_the_whole_result_holds():
    photo = smooth_photo(400, 500)
    faces = [align(photo, landmarks(200, 200, 240)), align(photo, landmarks(290, 210, 240))]
    plans = plan_paste(photo, faces)
    restored = np.random.default_rng(11).random((256, 256, 3), np.float32)
    changes = [plan.change(restored) for plan in plans]
    whole = apply_changes(photo, changes)
    for plan in plans:
        assert np.array_equal(apply_changes(photo, changes, plan.region), whole[plan.region])
    elsewhere = (slice(0, 20), slice(0, 30))
    assert np.array_equal(apply_changes(photo, changes, elsewhere), photo[elsewhere])


@pytest.mark.parametrize("grey", [False, True])
def test_a_large_face_is_pasted_strip_by_strip_as_in_one_piece(grey, monkeypatch):
    photo = smooth_photo(1100, 1000).astype(int) + np.random.default_rng(13).integers(-6, 7, (1100, 1000, 1))
    photo = photo.clip(0, 255).astype(np.uint8)
    if grey:
        photo = np.ascontiguousarray(photo[..., 0])
    aligned = align(photo, landmarks(480, 560, 1000, 7))
    one, two = denoised(aligned), (as_restored(aligned) + np.float32(0.02)).clip(0, 1)
    restored = np.where(np.indices((256, 256)).sum(0)[..., None] % 64 < 32, one, two).astype(np.float32)
    pasted = []
    for pixels in (10**9, 2**13):
        monkeypatch.setattr("engine.faces.regions._STRIP", pixels)
        pasted.append(paste(photo, [aligned], [restored]).astype(int))
    assert (pasted[0] != photo).mean() > 0.5
    off = np.abs(pasted[0] - pasted[1])
    assert off.max() <= 1  # where a value lies between two
    assert (off > 0).mean() < 1e-3


@pytest.mark.parametrize("centre", [(0, 150), (300, 10), (295, 295), (150, 299)])
def test_a_face_over_the_border_is_pasted_as_far_as_it_is_there(centre):
    photo = smooth_photo(300, 300)
    aligned = align(photo, landmarks(*centre, 220))
    result = paste(photo, [aligned], [np.random.default_rng(12).random((256, 256, 3), np.float32)])
    assert result.shape == photo.shape
    assert not np.array_equal(result, photo)


@pytest.mark.parametrize("factor", [0.8, 2, 4])
def test_pasting_again_and_again_does_not_move_the_face(portrait, face, factor):
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    photo = result = cv2.resize(portrait[:300, 80:400], None, fx=factor, fy=factor, interpolation=method)
    marks = (face.landmarks - (80, 0)) * factor
    for _ in range(8):
        aligned = align(result, marks)
        crop = as_restored(aligned)
        sharper = np.clip(crop + 0.15 * (crop - cv2.GaussianBlur(crop, (0, 0), 2)), 0, 1)
        result = paste(result, [aligned], [sharper], grain=0)
    x0, y0 = (int(value * factor) for value in np.subtract(face.box[:2], (80, 0)))
    size = int(120 * factor), int(96 * factor)  # sizes of fast Fourier transforms, or OpenCV pads and is off
    before, after = (picture[y0:, x0:, 1][: size[0], : size[1]].astype(float) for picture in (photo, result))
    window = cv2.createHanningWindow(before.shape[::-1], cv2.CV_64F)
    (dx, dy), _ = cv2.phaseCorrelate(before, after, window)
    assert not np.array_equal(photo, result)
    assert np.hypot(dx, dy) < 0.1


def test_a_face_outside_the_photo_cannot_be_pasted():
    photo = smooth_photo(100, 100)
    with pytest.raises(ValueError, match="outside the photo"):
        plan_paste(photo, [align(photo, landmarks(500, 500, 60))])


def test_a_restored_face_of_another_size_is_refused():
    photo = smooth_photo(300, 300)
    (plan,) = plan_paste(photo, [align(photo, landmarks(150, 150, 200))])
    with pytest.raises(ValueError, match="restored face"):
        plan.change(np.zeros((128, 128, 3), np.float32))


def head_mask(left: float, top: float, right: float, bottom: float, side: int = 64) -> np.ndarray:
    """A mask of a head that fills a part of the crop, given in crop sides."""
    mask = np.zeros((side, side), np.float32)
    mask[round(top * side) : round(bottom * side), round(left * side) : round(right * side)] = 1
    return mask


@pytest.mark.parametrize("side", [80, 256, 700])
def test_the_background_beside_a_head_stays_identical(side):
    photo = smooth_photo(900, 1000)
    aligned = align(photo, landmarks(500, 450, side, 12))
    restored = np.random.default_rng(13).random((256, 256, 3), np.float32)
    mask = head_mask(0.25, 0.2, 0.75, 1.0)
    result = paste(photo, [aligned], [restored], [mask], grain=0)
    everywhere = paste(photo, [aligned], [restored], grain=0)
    y, x = np.mgrid[:900, :1000]
    places = transform(aligned.matrix, np.stack((x, y), 2).reshape(-1, 2) + 0.5).reshape(900, 1000, 2) / 256
    across, down = places[..., 0], places[..., 1]
    beside = (across < 0.2) | (across > 0.8) | (down < 0.15)
    head = (across > 0.3) & (across < 0.7) & (down > 0.25) & (down < 0.8)
    assert np.array_equal(result[beside], photo[beside])
    assert not np.array_equal(everywhere[beside], photo[beside])
    assert (result[head] != photo[head]).any(axis=1).mean() > 0.95
    weight = plan_paste(photo, [aligned], [mask])[0].weight
    assert weight.min() >= 0
    assert weight.max() <= 1


def test_a_mask_of_somebody_everywhere_is_as_good_as_none():
    photo = smooth_photo(300, 300)
    aligned = align(photo, landmarks(150, 150, 200))
    restored = [np.random.default_rng(14).random((256, 256, 3), np.float32)]
    masks = [np.full((64, 64), 0.98, np.float32)]
    assert np.array_equal(paste(photo, [aligned], restored, masks), paste(photo, [aligned], restored))


def test_the_middle_of_a_face_is_face_whatever_its_mask_says():
    photo = smooth_photo(300, 300)
    aligned = align(photo, landmarks(150, 150, 200))
    (plan,) = plan_paste(photo, [aligned], [np.zeros((64, 64), np.float32)])
    rows, columns = plan.region
    assert plan.weight[150 + 12 - rows.start, 150 - columns.start] > 0.99
    assert plan.weight[30, 30] == 0


def test_an_outline_is_restored_with_the_head():
    photo = smooth_photo(400, 400)
    aligned = align(photo, landmarks(200, 200, 256))
    (plan,) = plan_paste(photo, [aligned], [head_mask(0.25, 0.0, 0.75, 1.0)])
    row = plan.weight[200 - plan.region[0].start]
    at = 200 - 64 - plan.region[1].start  # where the mask begins
    assert row[at] > 0.95
    assert row[at - 4] > 0.5
    assert row[at - 14] == 0


def test_a_hole_in_a_head_is_filled_and_a_gap_beside_its_neck_is_not():
    mask = head_mask(0.2, 0.1, 0.8, 0.7)
    mask[6:20, 26:34] = 0  # on the forehead, open above
    mask[38:42, 20:24] = 0  # on a cheek, closed
    mask[26:33, 38:] = 0  # in hair before the dark, open to the side
    neck = head_mask(0.4, 0.7, 0.6, 1.0)
    shoulders = head_mask(0.1, 0.9, 0.8, 1.0)
    apart = head_mask(0.95, 0.0, 1.0, 1.0)
    whole = head_mask(0.2, 0.1, 0.8, 0.7) + neck
    weight = somebody(np.clip(mask + neck + shoulders + apart, 0, 1))
    assert (weight[whole > 0] > 0.99).all()
    assert weight[51, 16] == 0  # between the jaw and a shoulder
    assert (weight[:, 62:] == 0).all()
    assert weight.max() <= 1


def test_there_are_as_many_masks_as_faces_or_none():
    photo = smooth_photo(300, 300)
    faces = [align(photo, landmarks(100, 150, 120)), align(photo, landmarks(200, 150, 120))]
    with pytest.raises(ValueError, match="shorter"):
        plan_paste(photo, faces, [head_mask(0, 0, 1, 1)])
