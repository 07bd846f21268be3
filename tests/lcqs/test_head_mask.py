"""The head mask: what it leaves alone until it is fitted, and what it learns without a mask to learn from."""

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from engine.lcqs.augmentation import on_a_mount
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


def fitted(tmp_path, monkeypatch, rng, count, **recipe):
    """A network that has learnt nothing but where heads are, what it was, and the overlap."""
    # Of eight channels none is to spare.
    for name, value in {"_DAMAGED": 0.0, "_UNSEEN": 0.0, "_RATE": 0.02, **recipe}.items():
        monkeypatch.setattr(f"engine.lcqs.head_mask_fit.{name}", value)
    for number in range(count):
        Image.fromarray(head_on_a_ground(rng)[0]).save(tmp_path / f"{number:02d}.png")
    torch.manual_seed(9)
    net = Lcqs(CONFIGS["tiny"].network).eval()
    before = {name: one.clone() for name, one in net.state_dict().items()}
    return net, before, fit_head_mask(net, FaceFolder(tmp_path, 64), count, seed=2)


def mask_of(net, face):
    low = torch.from_numpy(face.transpose(2, 0, 1)[None].astype(np.float32) / 255)
    with torch.no_grad():
        return net.masks(net.encode(low))[0].numpy()


def test_it_learns_where_a_head_is_from_faces_alone(tmp_path, monkeypatch):
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


def test_paper_around_a_picture_is_taught_as_nobody(tmp_path, monkeypatch):
    papers, taught = [], []

    def mounted(face, rng):
        papers.append(on_a_mount(face, rng)[1])
        return np.full_like(face, 255), papers[-1]

    def fit(net, features, masks, believed, rounds):
        taught.append(masks)
        return _fitted(net, features, masks, believed, rounds)

    monkeypatch.setattr("engine.lcqs.head_mask_fit.on_a_mount", mounted)
    monkeypatch.setattr("engine.lcqs.head_mask_fit._fitted", fit)
    fitted(tmp_path, monkeypatch, np.random.default_rng(5), 12, _ROUNDS=2, _MOUNTED=1.0)
    assert len(taught) == 3  # by halves, and by all
    for masks in taught:
        for mask, covered in zip(masks, papers, strict=True):
            side = mask.shape[0]
            paper = cv2.resize(covered, (side, side), interpolation=cv2.INTER_AREA) > 0.5
            assert not mask[paper].any()
            # Where heads are it is told by the faces, of which the network sees none here.
            assert mask[~paper].mean() > 0.2
    assert np.mean([(one > 0.5).mean() for one in papers]) > 0.1


@pytest.mark.parametrize("count", [1, 3, 20])
def test_few_faces_are_enough_to_run(faces, count):
    net = Lcqs(CONFIGS["tiny"].network).eval()
    assert 0 <= fit_head_mask(net, FaceFolder(faces, 64), count) <= 1
