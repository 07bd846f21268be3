"""What is known of a photo after one look."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engine.errors import UsageError
from engine.faces import Refusal, invert, mapped_box, quarters_to_stand
from engine.photo import Photo, enlarged
from engine.restore import Arrangement


def test_a_face_is_found_aligned_encoded_and_gets_a_level(analysis):
    (face,) = analysis.restorable
    assert face.number == 1
    assert face.aligned.pixels.shape == (256, 256, 3)
    assert face.encoded.pixels.shape == (3, 256, 256)
    assert 0 <= face.level <= 150
    assert face.level == face.automatic_level


def test_faces_are_numbered_from_left_to_right(pair):
    left, right = pair.faces
    assert (left.number, right.number) == (1, 2)
    assert left.face.box[0] < right.face.box[0]


def test_a_photo_without_faces_has_none(restorer):
    wall = np.full((120, 160, 3), 180, np.uint8)
    assert restorer.analyse(Photo(wall)).faces == ()


def test_a_tiny_face_is_reported_and_left_alone(restorer, portrait):
    wall = np.full((240, 120, 3), 200, np.uint8)
    wall[20:52, 20:52] = cv2.resize(portrait, (32, 32), interpolation=cv2.INTER_AREA)
    found = restorer.analyse(Photo(np.hstack([portrait, wall])))
    big, tiny = found.faces
    assert tiny.face.refusal is Refusal.TOO_SMALL
    assert tiny.level is None
    assert found.restorable == (big,)
    with pytest.raises(UsageError, match="Face 2 is left alone: This face is too small"):
        _ = tiny.automatic_level


def test_a_face_framed_by_hand_gets_the_next_number(restorer, pair):
    one_missed = restorer.analyse(pair.photo, faces=[pair.faces[1].face])
    framed = restorer.add_face(one_missed, pair.faces[0].face.box)
    assert [face.number for face in framed.faces] == [1, 2]
    assert framed.faces[1].level == pytest.approx(pair.faces[0].level, rel=0.2)


def test_a_face_that_was_found_is_not_added_again(restorer, pair):
    for face in pair.faces:
        loose = np.add(face.face.box, (-10, -15, 10, 5))
        with pytest.raises(UsageError, match=f"^This is face {face.number} already; turn its level.$"):
            restorer.add_face(pair, tuple(loose))


@pytest.mark.parametrize("refusal", [Refusal.UNCERTAIN, Refusal.TURNED_AWAY, Refusal.TOO_SMALL])
def test_a_face_that_was_found_and_left_alone_is_added_when_somebody_frames_it(restorer, pair, refusal):
    left_alone = restorer.analyse(pair.photo, faces=[replace(pair.faces[0].face, refusal=refusal)])
    framed = restorer.add_face(left_alone, pair.faces[0].face.box)
    assert [face.number for face in framed.restorable] == [2]


def test_a_face_framed_by_hand_can_be_framed_anew_as_the_first_frame_may_have_been_undone(restorer, analysis):
    box, missed = analysis.faces[0].face.box, restorer.analyse(analysis.photo, faces=[])
    once = restorer.add_face(missed, box)
    turned = restorer.analyse(once.photo, Arrangement(), [face.face for face in once.faces])
    assert [face.number for face in restorer.add_face(turned, box).faces] == [1, 2]


def test_a_frame_without_a_face_is_refused(restorer, analysis):
    with pytest.raises(UsageError, match="No face with eyes and mouth"):
        restorer.add_face(analysis, (180.0, 180.0, 239.0, 239.0))


def test_an_enlarged_photo_has_the_same_faces(restorer, portrait):
    wall = np.full((240, 120, 3), 200, np.uint8)
    wall[20:52, 20:52] = cv2.resize(portrait, (32, 32), interpolation=cv2.INTER_AREA)
    photo = Photo(np.hstack([portrait, wall]))
    as_it_is, larger = restorer.analyse(photo), restorer.analyse(photo, Arrangement(enlargement=4))
    assert np.array_equal(larger.photo.pixels, enlarged(photo, 4).pixels)
    assert [face.number for face in larger.restorable] == [1]
    assert larger.faces[1].face.refusal is Refusal.TOO_SMALL  # four times as high, but no more to be seen
    for one, other in zip(as_it_is.faces, larger.faces, strict=True):
        assert np.allclose(4 * np.array(one.face.box), other.face.box)
    seen, again = as_it_is.faces[0].encoded, larger.faces[0].encoded
    assert np.abs(seen.pixels - again.pixels).mean() < 0.01  # 256 px of the same


def test_a_photo_can_be_enlarged_when_its_faces_are_known(restorer, analysis, pair):
    one_missed, twice = restorer.analyse(pair.photo, faces=[pair.faces[0].face]), Arrangement(enlargement=2)
    framed = restorer.add_face(one_missed, pair.faces[1].face.box)
    by_hand = restorer.analyse(pair.photo, twice, [face.face for face in framed.faces])
    assert [face.number for face in by_hand.restorable] == [1, 2]
    assert by_hand.photo.width == 2 * pair.photo.width
    later = restorer.analyse(analysis.photo, twice, [face.face for face in analysis.faces])
    at_once = restorer.analyse(analysis.photo, twice)
    assert np.array_equal(restorer.render(later, {1: 70}).pixels, restorer.render(at_once, {1: 70}).pixels)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_photo_that_lies_is_restored_as_it_is_upright(restorer, analysis, quarters):
    lying = Photo(np.rot90(analysis.photo.pixels, -quarters))
    faces = restorer.find(lying)
    assert quarters_to_stand(faces) == quarters
    upright = restorer.analyse(lying, Arrangement(quarters), faces)
    assert np.array_equal(upright.photo.pixels, analysis.photo.pixels)
    for one, other in zip(analysis.restorable, upright.restorable, strict=True):
        assert np.abs(one.face.landmarks - other.face.landmarks).max() < 0.02 * one.face.height
    as_it_lies = restorer.analyse(lying, faces=faces)
    for one, other in zip(as_it_lies.restorable, upright.restorable, strict=True):
        assert np.abs(one.encoded.pixels - other.encoded.pixels).mean() < 0.005


def test_places_are_found_again_in_the_file():
    photo, arrangement = Photo(np.zeros((40, 60), np.uint8)), Arrangement(1, 3)
    shown = arrangement.of(photo)
    assert (shown.width, shown.height) == (120, 180)
    matrix = arrangement.matrix(photo)
    assert mapped_box(matrix, (10, 5, 20, 15)) == (15, 120, 45, 150)
    assert mapped_box(invert(matrix), (15, 120, 45, 150)) == pytest.approx((10, 5, 20, 15))


def test_a_face_of_which_too_little_is_left_stays_as_it_is_unless_it_gets_a_level(
    restorer, portrait, monkeypatch
):
    monkeypatch.setattr("engine.restore.model._LEAST_LIKENESS", 99.0)
    analysis = restorer.analyse(Photo(portrait))
    (face,) = analysis.restorable
    assert face.left_alone is Refusal.UNRECOGNISABLE
    assert face.level == face.automatic_level == 0
    assert face.encoded.level > 0  # what it needs is known, not who it is
    assert restorer.render(analysis) is analysis.photo
    assert not np.array_equal(restorer.render(analysis, {1: 60}).pixels, portrait)


def test_a_face_that_can_be_told_is_not_left_alone(analysis):
    (face,) = analysis.restorable
    assert face.left_alone is None
    assert face.level == face.encoded.level > 0
