"""The head mask: what it leaves alone until it is fitted, and what it learns from a teacher."""

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from engine.errors import ModelError
from engine.lcqs.augmentation import beside_a_frame, on_a_mount
from engine.lcqs.faces_data import FaceFolder
from engine.lcqs.head_mask import HeadMask
from engine.lcqs.head_mask_fit import _fitted, fit_head_mask
from engine.lcqs.network import Lcqs
from engine.lcqs.training_config import CONFIGS


def head_on_a_ground(rng):
    """A face of a kind, 64 px, RGB, and where it is: somewhere near the middle, before any plain ground."""
    where = np.zeros((64, 64), np.uint8)
    middle = (int(rng.integers(27, 38)), int(rng.integers(30, 38)))
    cv2.ellipse(where, middle, (int(rng.integers(13, 25)), int(rng.integers(18, 29))), 0, 0, 360, 1, -1)
    cv2.rectangle(where, (18, 58), (46, 64), 1, -1)
    skin, ground = rng.uniform(120, 240, 3), rng.uniform(0, 90, 3)
    face = np.where(where[..., None] > 0, skin, ground) + rng.normal(0, 3, (64, 64, 3))
    return np.clip(face, 0, 255).astype(np.uint8), where > 0


def test_until_it_is_fitted_all_is_somebody():
    mask = HeadMask((3, 5))(*([torch.randn(2, 3, 16, 16), torch.randn(2, 5, 8, 8)] for _ in range(2)))
    assert mask.shape == (2, 16, 16)
    assert mask.min() > 0.99


def test_weights_from_before_the_mask_can_be_loaded():
    torch.manual_seed(8)
    net, older = Lcqs(CONFIGS["tiny"].network), Lcqs(CONFIGS["tiny"].network)
    torch.nn.init.normal_(net.head_mask.last.weight)
    own = {name: one.clone() for name, one in net.head_mask.state_dict().items()}
    net.load_state_dict({k: v for k, v in older.state_dict().items() if not k.startswith("head_mask.")})
    assert torch.equal(net.encoder.stem.weight, older.encoder.stem.weight)
    assert all(torch.equal(one, own[name]) for name, one in net.head_mask.state_dict().items())
    smaller = older.state_dict()
    smaller["head_mask.looks.0.weight"] = smaller["head_mask.looks.0.weight"][:, :8]
    net.load_state_dict(smaller)
    assert all(torch.equal(one, own[name]) for name, one in net.head_mask.state_dict().items())


def by_brightness(face):
    """What tells heads from grounds: heads are bright. At twice the resolution of a mask."""
    small = cv2.resize(face.mean(2), (32, 32), interpolation=cv2.INTER_AREA)
    return (small > 105).astype(np.float32)


def fitted(tmp_path, monkeypatch, rng, count, teacher=by_brightness, **recipe):
    """A network that has learnt nothing but where heads are, what it was, and the overlap."""
    # Of eight channels none is to spare.
    recipe = {"_DAMAGED": 0.0, "_DAMAGED_OLDS": 0.0, "_FRAMED": 0.0, "_UNSEEN": 0.0, "_RATE": 0.02} | recipe
    for name, value in recipe.items():
        monkeypatch.setattr(f"engine.lcqs.head_mask_fit.{name}", value)
    for folder in ("sharp", "old"):
        (tmp_path / folder).mkdir()
        for number in range(count):
            Image.fromarray(head_on_a_ground(rng)[0]).save(tmp_path / folder / f"{number:02d}.png")
    torch.manual_seed(9)
    net = Lcqs(CONFIGS["tiny"].network).eval()
    before = {name: one.clone() for name, one in net.state_dict().items()}
    folders = (FaceFolder(tmp_path / name, 64) for name in ("sharp", "old"))
    return net, before, fit_head_mask(net, teacher, *folders, count, seed=2)


def mask_of(net, face):
    low = torch.from_numpy(face.transpose(2, 0, 1)[None].astype(np.float32) / 255)
    with torch.no_grad():
        return net.masks(net.encode(low))[0].numpy()


def test_it_learns_from_the_teacher_where_a_head_is(tmp_path, monkeypatch):
    rng = np.random.default_rng(4)
    net, before, overlap = fitted(tmp_path, monkeypatch, rng, 60, _ROUNDS=300, _MOUNTED=0.0)
    assert overlap > 0.75
    changed = {name for name, one in net.state_dict().items() if not torch.equal(one, before[name])}
    assert changed == {name for name in before if name.startswith("head_mask.")}
    found, known = [], []
    for _ in range(12):
        face, where = head_on_a_ground(rng)
        found.append(mask_of(net, face) > 0.5)
        known.append(cv2.resize(where.astype(np.float32), (16, 16), interpolation=cv2.INTER_AREA) > 0.5)
    there, seen = np.array(known), np.array(found)
    usual = np.broadcast_to(there.mean(0) > 0.5, there.shape)
    of_masks, of_the_usual_place = ((there & one).sum() / (there | one).sum() for one in (seen, usual))
    assert of_masks > 0.75  # the rest is outlines: of 16 cells a head has four rows of them
    assert of_masks > of_the_usual_place


@pytest.fixture
def taught(tmp_path, monkeypatch):
    """A function ``taught(count, **recipe) -> (features, masks)`` that a mask learns from."""

    def lessons(count, **recipe):
        lesson = []

        def fit(net, features, masks, rows):
            lesson.append((features, masks))
            return _fitted(net, features, masks, rows)

        monkeypatch.setattr("engine.lcqs.head_mask_fit._fitted", fit)
        fitted(tmp_path, monkeypatch, np.random.default_rng(5), count, _ROUNDS=2, **recipe)
        (only,) = lesson
        return only

    return lessons


@pytest.mark.parametrize(
    ("drawn", "share", "recipe"),
    [
        (on_a_mount, 0.1, {"_MOUNTED": 1.0, "_OLDS": 0.0}),
        (beside_a_frame, 0.05, {"_FRAMED": 1.0, "_MOUNTED": 0.0, "_OLDS": 1.0}),
    ],
)
def test_paper_frames_and_what_is_beyond_are_taught_as_nobody(taught, monkeypatch, drawn, share, recipe):
    beyond = []

    def draw(face, rng):
        beyond.append(drawn(face, rng)[1])
        return np.full_like(face, 255), beyond[-1]

    monkeypatch.setattr(f"engine.lcqs.head_mask_fit.{drawn.__name__}", draw)
    _, masks = taught(24, **recipe)
    assert len(masks) == len(beyond) == 24 + 24 * recipe["_OLDS"]
    for mask, covered in zip(masks, beyond, strict=True):
        nobody = cv2.resize((covered > 0.5).astype(np.float32), mask.shape, interpolation=cv2.INTER_AREA)
        apart = cv2.dilate(nobody, np.ones((7, 7)))  # masks grow by so much where they are used
        assert not mask[apart == 1].any()
        # Where heads are the teacher tells by the faces, of which the network sees none here.
        assert mask[apart == 0].mean() > 0.2
    assert np.mean([(one > 0.5).mean() for one in beyond]) > share


def test_old_faces_are_taught_too_and_lie_on_no_further_paper(taught):
    _, masks = taught(10, _OLDS=0.5, _MOUNTED=0.0)
    assert len(masks) == 15


def test_the_teacher_sees_old_faces_restored_and_the_mask_as_they_are(taught, monkeypatch):
    encoded, encode = [], Lcqs.encode

    def remember(net, faces):
        encoded.extend(faces)
        return encode(net, faces)

    monkeypatch.setattr(Lcqs, "encode", remember)
    monkeypatch.setattr(Lcqs, "strongly_shifted", lambda net, one: torch.full_like(one.face, 0.8))

    def teacher(face):
        return np.full((16, 16), 1.0 if (face == 204).all() else 0.95, np.float32)

    _, masks = taught(6, teacher=teacher, _OLDS=0.5, _MOUNTED=0.0)
    assert [round(float(mask.mean()), 2) for mask in masks].count(1.0) == 3
    assert [round(float(mask.mean()), 2) for mask in masks].count(0.95) == 6
    assert not any((face == 0.8).all() for face in encoded)


def test_faces_in_which_the_teacher_sees_nobody_are_left_out(taught):
    blind = iter([True, False, False, True, False, False])

    def teacher(face):
        return np.float32(0.01) * by_brightness(face) if next(blind) else by_brightness(face)

    features, masks = taught(6, teacher=teacher, _OLDS=0.0, _MOUNTED=0.0)
    assert len(features) == len(masks) == 4
    assert all(mask.max() > 0.9 for mask in masks)


def test_a_teacher_that_sees_nobody_at_all_gets_one_sentence(tmp_path, monkeypatch):
    with pytest.raises(ModelError, match="sees nobody"):
        fitted(
            tmp_path, monkeypatch, np.random.default_rng(5), 3, teacher=lambda face: by_brightness(face) * 0
        )


@pytest.mark.parametrize("count", [1, 3, 20])
def test_few_faces_are_enough_to_run(faces, count):
    net = Lcqs(CONFIGS["tiny"].network).eval()
    folder = FaceFolder(faces, 64)
    assert 0 <= fit_head_mask(net, lambda face: np.ones((8, 8), np.float32), folder, folder, count) <= 1
