"""Finding faces in photos of every size."""

import tracemalloc

import cv2
import numpy as np
import pytest
from skimage import data

from engine.faces import FaceDetector, Refusal
from engine.faces.geometry import similarity, transform
from engine.faces.plausibility import roll
from tests.faces.hidden import blocks, faded, grainy, printed

MIRRORED = [1, 0, 2, 4, 3]


def resized(picture: np.ndarray, factor: float) -> np.ndarray:
    """Scale exactly: the picture's size times the factor must be whole."""
    height, width = picture.shape[:2]
    size = round(width * factor), round(height * factor)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def drift(found: np.ndarray, expected: np.ndarray) -> float:
    """Distance in pixels between the middles of two sets of landmarks."""
    return float(np.hypot(*(found - expected).mean(axis=0)))


def test_the_portrait_has_one_face(face):
    assert face.refusal is None
    assert face.score > 0.85
    left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < nose[0] < right_mouth[0]
    assert left_eye[1] < nose[1] < left_mouth[1]
    assert face.landmarks.dtype == np.float32


@pytest.mark.parametrize("offset", [(1, 0), (2, 3), (13, 21), (57, 31)])
def test_coordinates_follow_a_shifted_photo(detector, portrait, face, offset):
    dx, dy = offset
    (found,) = detector(np.ascontiguousarray(portrait[dy:, dx:]))
    assert drift(found.landmarks + offset, face.landmarks) < 0.01 * face.height


@pytest.mark.parametrize("factor", [0.5, 0.75, 1.5, 2.5, 5, 9.3])
def test_coordinates_follow_a_scaled_photo(detector, portrait, face, factor):
    (found,) = detector(resized(portrait, factor))
    assert drift(found.landmarks / factor, face.landmarks) < 0.01 * face.height
    assert found.height / factor == pytest.approx(face.height, rel=0.08)


def test_coordinates_follow_a_mirrored_photo(detector, portrait, face):
    (found,) = detector(np.ascontiguousarray(portrait[:, ::-1]))
    back = found.landmarks[MIRRORED] * (-1, 1) + (512, 0)
    assert drift(back, face.landmarks) < 0.01 * face.height


def test_a_tilted_face_is_found_upright_in_its_own_frame(detector, portrait, face):
    tilt = cv2.getRotationMatrix2D((225.0, 120.0), 25, 1.0)
    (found,) = detector(cv2.warpAffine(portrait, tilt, (512, 512), borderMode=cv2.BORDER_REFLECT))
    assert found.refusal is None
    assert drift(found.landmarks, transform(tilt, face.landmarks)) < 2
    angle = similarity(face.landmarks, found.landmarks)
    assert np.degrees(np.arctan2(angle[1, 0], angle[0, 0])) == pytest.approx(-25, abs=3)


def test_a_face_that_fills_the_photo_is_found(detector, portrait, face):
    x0, y0, x1, y1 = (round(value) for value in face.box)
    (found,) = detector(resized(portrait[y0:y1, x0:x1], 8))
    assert found.refusal is None
    assert drift(found.landmarks / 8 + (x0, y0), face.landmarks) < 3


def test_a_face_cut_by_the_border_is_found(detector, portrait, face):
    chin = round(face.box[3]) - 12
    (found,) = detector(np.ascontiguousarray(portrait[: chin - 4]))
    assert found.refusal is None
    assert drift(found.landmarks, face.landmarks) < 3


def test_faces_of_twenty_pixels_are_found_and_refused(detector, portrait, face):
    small = resized(portrait, 20 / face.height)
    (found,) = detector(small)
    assert found.refusal is Refusal.TOO_SMALL
    assert 17 < found.height < 23


def test_faces_of_thirty_pixels_are_restored(detector, portrait, face):
    (found,) = detector(resized(portrait, 30 / face.height))
    assert found.refusal is None


def test_small_and_large_faces_share_a_24_megapixel_photo(detector, portrait, face):
    photo = np.full((4000, 6000, 3), 96, np.uint8)
    places = [(100, 200, 0.5), (1000, 100, 1.0), (3000, 500, 5.0), (900, 2600, 2.0), (200, 3000, 0.75)]
    for x, y, factor in places:
        picture = resized(portrait, factor)
        photo[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    found = detector(photo)
    assert len(found) == len(places)
    for x, y, factor in places:
        expected = face.landmarks * factor + (x, y)
        nearest = min(found, key=lambda one: drift(one.landmarks, expected))
        assert drift(nearest.landmarks, expected) < 1.5 * factor + 0.5
        assert nearest.refusal is None


def test_faces_are_sorted_from_left_to_right(detector, portrait):
    found = detector(np.hstack((portrait[:300, 80:400],) * 3))
    middles = [(one.box[0] + one.box[2]) / 2 for one in found]
    assert len(found) == 3
    assert middles == sorted(middles)


def in_turned(points: np.ndarray, shape: tuple[int, ...], quarters: int) -> np.ndarray:
    """Where points of a photo are after ``np.rot90(…, quarters)``."""
    (height, width), (x, y) = shape[:2], points.T
    return np.stack({1: (y, width - x), 2: (width - x, height - y), 3: (height - y, x)}[quarters], -1)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_photo_on_its_side_has_the_faces_that_it_has_upright(detector, portrait, quarters):
    group = np.full((300, 720, 3), 96, np.uint8)
    for left, factor in ((0, 0.5), (160, 1), (480, 0.75)):
        picture = resized(portrait[:300, 80:400], factor)
        group[: picture.shape[0], left : left + picture.shape[1]] = picture
    upright = detector(group)
    found = detector(np.ascontiguousarray(np.rot90(group, quarters)))
    assert len(found) == len(upright) == 3
    for one in upright:
        expected = in_turned(one.landmarks, group.shape, quarters)
        nearest = min(found, key=lambda other: drift(other.landmarks, expected))
        assert np.hypot(*(nearest.landmarks - expected).T).max() < 0.03 * one.height
        assert nearest.refusal is None
        assert nearest.length == pytest.approx(one.length, rel=0.08)


def test_somebody_lies_among_others_who_stand(detector, portrait):
    standing, lying = portrait[:300, 80:400], np.rot90(portrait[:300, 80:400])
    photo = np.full((320, 960, 3), 96, np.uint8)
    photo[:300, :320], photo[:, 330:630], photo[:300, 640:] = standing, lying, standing
    found = detector(photo)
    assert [one.refusal for one in found] == [None] * 3
    assert [round(roll(one.landmarks) / 90) for one in found] == [0, -1, 0]


@pytest.mark.parametrize(("turns", "factor"), [((0, 1, 2), 0.22), ((0, 2, 3), 0.25)])
def test_nobody_is_missed_on_a_page_of_all_directions(detector, portrait, turns, factor):
    person = cv2.resize(portrait[:300, 80:400], None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    side = max(person.shape) + 10
    page = np.full((side + 10, side * len(turns), 3), 96, np.uint8)
    for place, quarters in enumerate(turns):
        turned = np.rot90(person, quarters)
        left = place * side
        page[10 : 10 + turned.shape[0], left : left + turned.shape[1]] = turned
    found = detector(page)
    assert [round(-roll(one.landmarks) / 90) % 4 for one in found] == list(turns)
    assert Refusal.UNCERTAIN not in [one.refusal for one in found]


@pytest.mark.parametrize("name", ["coffee", "chelsea", "rocket", "coins", "text"])
def test_no_face_is_seen_where_none_is(detector, name):
    picture = np.atleast_3d(getattr(data, name)())
    assert detector(np.ascontiguousarray(np.broadcast_to(picture, (*picture.shape[:2], 3)))) == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (400, 3), (33, 31)])
def test_photos_of_odd_shapes_have_no_face_and_no_error(detector, shape):
    assert detector(np.zeros((*shape, 3), np.uint8)) == ()


def test_only_8_bit_rgb_is_accepted(detector):
    with pytest.raises(ValueError, match="uint8"):
        detector(np.zeros((10, 10), np.uint8))
    with pytest.raises(ValueError, match="uint8"):
        detector(np.zeros((10, 10, 3), np.uint16))


def test_a_box_drawn_by_hand_finds_the_face_in_it(detector, portrait, face):
    found = detector.detect_in_box(portrait, (290, 190, 160, 40))  # drawn from the lower right
    assert found is not None
    assert found.refusal is None
    assert drift(found.landmarks, face.landmarks) < 1.5


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_box_drawn_by_hand_finds_a_face_on_its_side(detector, portrait, face, quarters):
    lying = np.ascontiguousarray(np.rot90(portrait, quarters))
    corners = in_turned(np.reshape(face.box, (2, 2)), portrait.shape, quarters)
    found = detector.detect_in_box(lying, tuple(corners.ravel()))
    assert found is not None
    assert found.refusal is None
    assert drift(found.landmarks, in_turned(face.landmarks, portrait.shape, quarters)) < 1.5


def test_a_box_drawn_by_hand_in_a_large_photo_takes_little_memory(detector, portrait, face):
    corner = np.array((110, 0))
    photo = resized(portrait[:240, 110:350], 12)
    box = (np.reshape(face.box, (2, 2)) - corner).ravel() * 12
    tracemalloc.start()
    found = detector.detect_in_box(photo, tuple(box))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert drift(found.landmarks / 12 + corner, face.landmarks) < 1.5
    assert peak < 4 * photo.nbytes


def test_of_a_box_drawn_by_hand_only_what_lies_in_the_photo_counts(detector, portrait, face):
    found = detector.detect_in_box(portrait, (-4000.0, -4000.0, face.box[2] + 20, face.box[3] + 20))
    assert drift(found.landmarks, face.landmarks) < 1.5
    assert detector.detect_in_box(portrait, (-900.0, 40.0, -10.0, 190.0)) is None


def test_a_box_around_a_face_that_is_hard_to_see_is_not_for_its_neighbour(detector, portrait, face):
    neighbour = portrait[20:220, 150:300]
    hard = grainy(faded(neighbour, 0.5, 60), 70)
    photo = np.hstack((hard, neighbour))
    (sure,) = detector(photo)
    assert sure.box[0] > 150
    for box in ((19.0, 17.0, 237.0, 178.0), (0.0, 0.0, 225.0, 200.0)):
        found = detector.detect_in_box(photo, box)
        assert drift(found.landmarks, face.landmarks - (150, 20)) < 0.1 * face.height


def test_a_box_around_a_face_is_not_for_a_photo_within(detector, portrait, face):
    large = grainy(faded(resized(portrait[:240, 110:350], 2), 0.5, 60), 60)
    box = (np.reshape(face.box, (2, 2)) - (110, 0)).ravel() * 2
    left, bottom = (round(value) for value in (box[0] + 10, box[3] - 20))
    large[bottom - 80 : bottom, left : left + 60] = resized(portrait[40:200, 170:290], 0.5)
    found = detector.detect_in_box(large, tuple(box))
    assert found.length > 0.6 * 2 * face.length


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param(lambda picture: printed(picture, 4), id="fine-dots"),
        pytest.param(lambda picture: printed(picture, 7), id="coarse-dots"),
        pytest.param(lambda picture: printed(picture, 15), id="dots of an eighth of the face"),
        pytest.param(lambda picture: grainy(picture, 120), id="noise"),
        pytest.param(lambda picture: blocks(picture, 10), id="blocks"),
    ],
)
def test_a_face_behind_dots_or_grain_is_found_softened(detector, portrait, face, hidden):
    picture = hidden(portrait)
    (found,) = detector(picture)
    assert found.refusal is None
    assert drift(found.landmarks, face.landmarks) < 0.05 * face.height
    by_hand = detector.detect_in_box(picture, face.box)
    assert by_hand is not None
    assert drift(by_hand.landmarks, face.landmarks) < 0.05 * face.height


@pytest.mark.parametrize("deviation", [40, 80])
def test_noise_and_dots_alone_are_no_faces(detector, deviation):
    grain = grainy(np.full((600, 500, 3), 128, np.uint8), deviation)
    assert detector(grain) == ()
    assert detector(printed(cv2.GaussianBlur(grain, (0, 0), 6), 5)) == ()


def test_a_box_around_no_face_finds_none(detector, portrait):
    assert detector.detect_in_box(portrait, (350, 20, 500, 200)) is None
    assert detector.detect_in_box(portrait, (10, 10, 11, 11)) is None


def test_the_network_can_run_elsewhere():
    """engine.runtime hands in its own session; the detector only cares for the four maps."""
    seen = []

    def run(pictures: np.ndarray) -> list[np.ndarray]:
        seen.append((pictures.dtype, pictures.shape))
        count, _, height, width = pictures.shape
        return [
            np.zeros((count, channels, height // 4, width // 4), np.float32) for channels in (1, 2, 2, 10)
        ]

    assert FaceDetector(run)(np.zeros((100, 100, 3), np.uint8)) == ()
    assert all(dtype == np.float32 and shape[2] % 32 == shape[3] % 32 == 0 for dtype, shape in seen)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("codeformer_00.jpg", 4),
        ("codeformer_02.png", 4),
        ("gfpgan_10045.png", 3),
        ("congress_000752.jpg", 1),  # halftone that fills the picture
        ("congress_007250.jpg", 1),  # nothing but black and white
        ("congress_005262.jpg", 1),  # an engraving, strongly turned
        ("congress_008065.jpg", 1),  # 146 pixels wide
        ("bopbl_a.png", 1),
        ("bopbl_e.png", 0),  # a woman in profile, 14 pixels high
    ],
)
def test_faces_of_real_old_photos_are_found(shared_photos, detector, name, count):
    found = detector(cv2.imdecode(np.fromfile(shared_photos / name, np.uint8), cv2.IMREAD_COLOR_RGB))
    assert [one.refusal for one in found] == [None] * count


def test_a_face_whose_eyes_are_hidden_is_uncertain(shared_photos, detector):
    hat = cv2.imdecode(
        np.fromfile(shared_photos / "gpen_2020-12-17_185036.jpg", np.uint8), cv2.IMREAD_COLOR_RGB
    )
    (found,) = detector(hat)
    assert found.refusal is Refusal.UNCERTAIN
