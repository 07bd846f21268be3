"""The network at run time."""

import dataclasses

import cv2
import numpy as np
import pytest

from engine.errors import ModelError
from engine.restore import LcqsModel
from engine.restore.two_drawings import joined
from engine.runtime import load_manifest
from tests.faces.hidden import faded


@pytest.fixture(scope="module")
def model(model_folder):
    (info,) = load_manifest(model_folder).models
    return LcqsModel(info, "cpu", threads=1)


@pytest.fixture(scope="module")
def face(portrait):
    return np.ascontiguousarray(np.kron(portrait[50:178, 60:188], np.ones((2, 2, 1), np.uint8)))


def test_level_0_gives_exactly_the_encoded_pixels(model, face):
    (drawn,) = model.decode(model.encode([face]), [0.0])
    assert np.array_equal(drawn.pixels, face.astype(np.float32) / 255)


def test_another_level_gives_another_face_in_range(model, face):
    encoded = model.encode([face]) * 2
    low, high = (drawn.pixels for drawn in model.decode(encoded, [20.0, 140.0]))
    assert low.dtype == np.float32
    assert low.min() >= 0
    assert high.max() <= 1
    assert np.abs(high - low).mean() > 0.5 / 255


@pytest.mark.parametrize("quickly", [False, True])
def test_the_dial_begins_without_a_jump(model, face, quickly):
    (encoded,) = model.encode([face])
    details = [drawn.details if quickly else None for drawn in model.decode([encoded], [60.0])]
    drawn = (model.decode([encoded], [at], details)[0].pixels for at in (0.01, 4.99, 5.01))
    least, some, more = (np.abs(pixels - face / 255).max() for pixels in drawn)
    assert 0 < least < 0.01 * some
    assert some == pytest.approx(more, rel=0.02)


def test_a_batch_gives_what_single_faces_give(model, face):
    mirrored = np.ascontiguousarray(face[:, ::-1])
    both = model.decode(model.encode([face, mirrored]), [60.0, 0.0])
    alone = model.decode(model.encode([face]), [60.0])
    assert np.allclose(both[0].pixels, alone[0].pixels, atol=1e-4)
    assert np.array_equal(both[1].pixels, mirrored.astype(np.float32) / 255)


def test_a_face_in_the_mirror_is_drawn_as_the_mirror_image(model, face):
    (there,) = model.decode(model.encode([np.ascontiguousarray(face[:, ::-1])]), [90.0])
    (here,) = model.decode(model.encode([face]), [90.0])
    assert np.allclose(there.pixels[:, ::-1], here.pixels, atol=1e-4)
    # One drawing alone knows left from right: it is what is left when the details are taken away.
    assert np.abs((there.pixels - there.details)[:, ::-1] - (here.pixels - here.details)).max() > 0.01


def _faded16(face, contrast, black):
    return np.rint(face * (257.0 * contrast) + 257.0 * black).astype(np.uint16)


def test_a_faded_face_is_drawn_as_one_with_contrast_and_stays_as_faded(model, face):
    low, lower = 0.3, 0.2
    encoded = model.encode([_faded16(face, low, 80), _faded16(face, lower, 60)])
    assert encoded[0].level == pytest.approx(encoded[1].level, abs=0.5)
    drawn = model.decode(encoded, [80.0, 80.0])
    changes = [one.pixels - face.pixels.transpose(1, 2, 0) for one, face in zip(drawn, encoded, strict=True)]
    assert np.abs(changes[1]).max() > 0.01
    assert np.abs(changes[0] / low - changes[1] / lower).max() < 0.01
    (untouched,) = model.decode(encoded[1:], [0.0])
    assert np.array_equal(untouched.pixels, encoded[1].pixels.transpose(1, 2, 0))


@pytest.fixture
def softening(model, monkeypatch):
    """The model, which blurs its next faces by as many pixels as it is told."""

    def by(*sigmas):
        monkeypatch.setattr(model, "_softening", lambda features: {"softening": np.array(sigmas, np.float32)})
        return model

    return by


def striped(face):
    """A face without and with stripes of two pixels that blur to nothing."""
    calm = np.clip(face, 20, 235)
    stripes = np.tile((12, -12), 128)[:, None]
    return calm, (calm + stripes).astype(np.uint8)


def test_a_face_is_blurred_for_the_network_alone_and_among_others(softening, face):
    calm, with_stripes = striped(face)
    mirrored = np.ascontiguousarray(face[:, ::-1])
    mixed = softening(0, 2, 2).encode([mirrored, calm, with_stripes])
    assert [one.softening for one in mixed] == [0, 2, 2]
    (alone,) = softening(0).encode([mirrored])
    (whole,) = softening(0).encode([with_stripes])
    for name, codes in mixed[1].codes.items():
        assert np.allclose(codes, mixed[2].codes[name], atol=1e-2)
        assert np.allclose(mixed[0].codes[name], alone.codes[name], atol=1e-3)
    assert mixed[1].level == pytest.approx(mixed[2].level, abs=0.1)
    assert max(np.abs(codes - mixed[2].codes[name]).max() for name, codes in whole.codes.items()) > 0.1


def test_what_was_not_shown_gives_way_on_the_way_to_the_automatic_level(softening, face):
    model, faces = softening(2, 2), striped(face)
    encoded = [dataclasses.replace(one, level=80.0) for one in model.encode(faces)]
    stripes = (encoded[1].pixels - encoded[0].pixels).transpose(1, 2, 0)

    def kept(level):
        without, with_them = (one.pixels for one in model.decode(encoded, [level, level]))
        inside = (np.minimum(without, with_them) > 0) & (np.maximum(without, with_them) < 1)
        return float(((with_them - without) * stripes)[inside].sum() / np.square(stripes)[inside].sum())

    left = [kept(level) for level in (0.0, 20.0, 40.0, 80.0, 120.0)]
    assert left == pytest.approx([1, 0.75, 0.5, 0, 0], abs=0.02)
    (untouched,) = model.decode(encoded[1:], [0.0])
    assert np.array_equal(untouched.pixels, faces[1].astype(np.float32) / 255)


@pytest.fixture
def deblocking(monkeypatch):
    """A model, which undoes by a median the compression of its next faces where it is told to."""

    def of(model, *helps):
        told = iter(helps)

        def look(feeds):
            assert {name: len(array) for name, array in feeds.items()} == dict.fromkeys(feeds, 1)
            return {"helps": np.array([next(told)]), "passed0": feeds["face"][:, :1]}

        monkeypatch.setattr(model, "_deblocking_helps", look)
        monkeypatch.setattr(model, "_deblock", undone)
        return model

    def undone(feeds):
        (face,) = feeds["face"]
        assert np.array_equal(feeds["passed0"][0, 0], face[0])
        calm = cv2.medianBlur(np.ascontiguousarray(face.transpose(1, 2, 0)), 5)
        return {"deblocked": calm.transpose(2, 0, 1)[None]}

    return of


def test_a_face_is_restored_from_what_was_there_before_compression_among_others(model, deblocking, face):
    _, with_stripes = striped(face)
    mirrored = np.ascontiguousarray(face[:, ::-1])
    mixed = deblocking(model, False, True).encode([mirrored, with_stripes])
    assert mixed[0].whole is mixed[0].pixels
    wanted = cv2.medianBlur(with_stripes.astype(np.float32) / 255, 5)
    assert np.array_equal(mixed[1].whole, wanted.transpose(2, 0, 1))
    assert np.array_equal(mixed[1].pixels, with_stripes.transpose(2, 0, 1) / np.float32(255))
    as_16_bits = np.rint(wanted * 65535).astype(np.uint16)
    (undone,) = deblocking(model, False).encode([as_16_bits])
    (alone,) = deblocking(model, False).encode([mirrored])
    for name, codes in undone.codes.items():
        assert np.allclose(codes, mixed[1].codes[name], atol=1e-2)
        assert np.allclose(mixed[0].codes[name], alone.codes[name], atol=1e-3)
    assert mixed[1].level == max(undone.level, 25.0)  # below it a part of what compression did would stay
    assert mixed[0].level == pytest.approx(alone.level, abs=0.1)
    (untouched,) = model.decode(mixed[1:], [0.0])
    assert np.array_equal(untouched.pixels, with_stripes.astype(np.float32) / 255)


@pytest.mark.parametrize(("which", "blurred"), [("small", 0), ("small", 2), ("large", 0), ("large", 2)])
def test_what_compression_did_gives_way_with_the_level(
    model, finer_model, deblocking, face, large_face, monkeypatch, which, blurred
):
    model, face = (model, face) if which == "small" else (finer_model, large_face)
    monkeypatch.setattr(model, "_softening", lambda features: {"softening": np.float32([blurred])})
    calm = cv2.medianBlur(np.clip(face, 60, 195), 9)
    stripes = np.zeros_like(calm)
    stripes[len(calm) // 4 : -len(calm) // 4 : 6] = 20  # a median takes lines of one pixel away
    (encoded,) = deblocking(model, True).encode([calm + stripes])
    encoded = dataclasses.replace(encoded, level=80.0)
    own = _rows_of(encoded.pixels - encoded.whole)

    def kept(level):
        (drawn,) = model.decode([encoded], [level])
        without = dataclasses.replace(encoded, pixels=encoded.whole)
        (whole,) = model.decode([without], [level])
        return float((own * (drawn.pixels - whole.pixels)).mean() / np.square(own).mean())

    assert [kept(level) for level in (0.0, 0.01, 40, 80, 120)] == pytest.approx([1, 1, 0.5, 0, 0], abs=0.05)


def _rows_of(face):
    return face.transpose(1, 2, 0)


@pytest.mark.parametrize("level", [60.0, 90.0])
def test_both_drawings_are_joined(model, face, level):
    encoded = model.encode([face, np.ascontiguousarray(face[:, ::-1])])
    here, there = (one.pixels - one.details for one in model.decode(encoded, [level, level]))
    (drawn,) = model.decode(encoded[:1], [level])
    assert np.allclose(drawn.pixels, joined(here, there[:, ::-1], level), atol=1e-4)


def test_16_bits_are_used_in_full(model, face):
    (encoded,) = model.encode([face.astype(np.uint16) * 257])
    assert np.allclose(encoded.pixels, face.transpose(2, 0, 1) / 255, atol=1e-6)


@pytest.fixture(scope="module")
def finer_model(finer_model_folder):
    (info,) = load_manifest(finer_model_folder).models
    return LcqsModel(info, "cpu", threads=1)


@pytest.fixture(scope="module")
def large_face(portrait):
    return cv2.resize(portrait[50:178, 60:188], (512, 512), interpolation=cv2.INTER_CUBIC)


def test_a_face_of_twice_the_size_is_drawn_at_its_own(finer_model, face, large_face):
    encoded = finer_model.encode([face, large_face])
    small, large = (drawn.pixels for drawn in finer_model.decode(encoded, [60.0, 60.0]))
    assert (small.shape, large.shape) == ((256, 256, 3), (512, 512, 3))
    assert large.min() >= 0
    assert large.max() <= 1
    (alone,) = finer_model.decode(encoded[1:], [60.0])
    assert np.allclose(large, alone.pixels, atol=1e-3)
    untouched = finer_model.decode(encoded, [0.0, 0.0])[1]
    assert np.array_equal(untouched.pixels, large_face.astype(np.float32) / 255)
    assert untouched.details is None


def test_details_of_another_level_are_drawn_on_the_face_of_this_one(finer_model, large_face, monkeypatch):
    encoded = finer_model.encode([large_face])
    (here,), (there,) = (finer_model.decode(encoded, [level]) for level in (100.0, 40.0))
    assert not np.allclose(here.pixels, there.pixels, atol=2e-2)
    assert not np.allclose(here.details, there.details, atol=2e-2)
    monkeypatch.setattr(finer_model, "_finer", _must_not_run)
    (again,) = finer_model.decode(encoded, [100.0], [here.details])
    assert np.allclose(again.pixels, here.pixels, atol=1e-5)
    (mixed,) = finer_model.decode(encoded, [100.0], [there.details])
    expected = np.clip(here.pixels - here.details + there.details, 0, 1)
    assert np.allclose(mixed.pixels, expected, atol=1e-5)


def test_details_of_a_faded_face_are_as_faded(finer_model, large_face):
    encoded = finer_model.encode([faded(large_face, 0.2, 100)])
    (here,) = finer_model.decode(encoded, [100.0])
    (again,) = finer_model.decode(encoded, [100.0], [here.details])
    assert np.abs(here.details).max() > 0.002
    assert np.allclose(again.pixels, here.pixels, atol=1e-5)


def test_a_large_face_is_blurred_and_gets_its_grain_back_below_its_level(
    finer_model, large_face, monkeypatch
):
    monkeypatch.setattr(finer_model, "_softening", lambda features: {"softening": np.float32([2, 2])})
    calm = np.clip(large_face, 40, 215)
    grain = np.random.default_rng(0).normal(0, 10, calm.shape)
    encoded = finer_model.encode([calm, np.rint(calm + grain).astype(np.uint8)])
    encoded = [dataclasses.replace(one, level=80.0) for one in encoded]
    own = (encoded[1].pixels - encoded[0].pixels).transpose(1, 2, 0)

    def kept(level):
        without, with_it = finer_model.decode(encoded, [level, level])
        (again,) = finer_model.decode(encoded[1:], [level], [with_it.details])
        assert np.allclose(again.pixels, with_it.pixels, atol=1e-5)
        return float((own * (with_it.pixels - without.pixels)).mean() / np.square(own).mean())

    # What was drawn in white or black shows less of it.
    assert [kept(level) for level in (0.01, 40, 80)] == pytest.approx([1, 0.5, 0], abs=0.1)


def _must_not_run(feeds):
    raise AssertionError("the finer stage ran")


def test_the_photos_own_finest_details_give_way_on_the_way_to_the_automatic_level(finer_model, large_face):
    grain = np.random.default_rng(0).normal(0, 12, large_face.shape)
    (encoded,) = finer_model.encode([np.clip(large_face + grain, 0, 255).astype(np.uint8)])
    encoded = dataclasses.replace(encoded, level=80.0)

    def details_kept(level):
        (drawn,) = finer_model.decode([encoded], [level])
        own, there = (_finest(face) for face in (encoded.pixels.transpose(1, 2, 0), drawn.pixels))
        return float((own * there).mean() / np.square(own).mean())

    kept = [details_kept(level) for level in (0.0, 20.0, 40.0, 80.0, 120.0)]
    assert kept[0] == pytest.approx(1)
    assert kept[0] > kept[1] > kept[2] > kept[3]
    # The tiny stage was never trained: it draws without looking at the details, and they are gone.
    assert abs(kept[3]) < 0.35
    assert abs(kept[4] - kept[3]) < 0.1


def _finest(face):
    half = cv2.resize(face, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return face - cv2.resize(half, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)


def test_no_faces_are_no_work(model):
    assert model.encode([]) == []


def test_a_model_of_another_kind_is_refused(model_folder):
    (info,) = load_manifest(model_folder).models
    with pytest.raises(ModelError, match="of the kind 'esrgan'"):
        LcqsModel(dataclasses.replace(info, kind="esrgan"), "cpu")
