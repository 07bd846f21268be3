"""The network at run time."""

import dataclasses

import numpy as np
import pytest

from engine.errors import ModelError
from engine.restore import LcqsModel
from engine.runtime import load_manifest


@pytest.fixture(scope="module")
def model(model_folder):
    (info,) = load_manifest(model_folder).models
    return LcqsModel(info, "cpu", threads=1)


@pytest.fixture(scope="module")
def face(portrait):
    return np.ascontiguousarray(np.kron(portrait[50:178, 60:188], np.ones((2, 2, 1), np.uint8)))


def test_level_0_gives_exactly_the_encoded_pixels(model, face):
    (drawn,) = model.decode(model.encode([face]), [0.0])
    assert np.array_equal(drawn, face.astype(np.float32) / 255)


def test_another_level_gives_another_face_in_range(model, face):
    encoded = model.encode([face]) * 2
    low, high = model.decode(encoded, [20.0, 140.0])
    assert low.dtype == np.float32
    assert low.min() >= 0
    assert high.max() <= 1
    assert np.abs(high - low).mean() > 0.5 / 255


def test_a_batch_gives_what_single_faces_give(model, face):
    mirrored = np.ascontiguousarray(face[:, ::-1])
    both = model.decode(model.encode([face, mirrored]), [60.0, 0.0])
    alone = model.decode(model.encode([face]), [60.0])
    assert np.allclose(both[0], alone[0], atol=1e-4)
    assert np.array_equal(both[1], mirrored.astype(np.float32) / 255)


def test_16_bits_are_used_in_full(model, face):
    (encoded,) = model.encode([face.astype(np.uint16) * 257])
    assert np.allclose(encoded.pixels, face.transpose(2, 0, 1) / 255, atol=1e-6)


def test_no_faces_are_no_work(model):
    assert model.encode([]) == []


def test_a_model_of_another_kind_is_refused(model_folder):
    (info,) = load_manifest(model_folder).models
    with pytest.raises(ModelError, match="of the kind 'esrgan'"):
        LcqsModel(dataclasses.replace(info, kind="esrgan"), "cpu")
