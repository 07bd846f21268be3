"""The likeness: how it is measured, and that it is learnt from faces of which less and less is left."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engine.errors import ModelError
from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.likeness import Likeness, likeness
from engine.lcqs.likeness_fit import fit_likeness, restored
from engine.lcqs.network import Lcqs
from engine.lcqs.training_config import CONFIGS


def people(count, seed=0):
    return F.normalize(torch.randn(count, 64, generator=torch.Generator().manual_seed(seed)), dim=1)


def test_strangers_have_none_and_the_same_faces_much():
    them = people(400)
    assert likeness(people(400, seed=1), them).mean() == pytest.approx(0, abs=0.2)
    assert likeness(them, them).min() > 6


def test_it_falls_with_what_is_left_of_the_person():
    them, others = people(400), people(400, seed=1)
    left = [likeness(F.normalize(them * share + others, dim=1), them).mean() for share in (1, 0.5, 0.25, 0)]
    assert left == sorted(left, reverse=True)
    assert left[0] > 4


def test_the_same_person_in_another_picture_is_no_stranger():
    them = people(300)
    twice = torch.cat([them, them])
    assert torch.allclose(likeness(twice, twice)[:300], likeness(them, them), atol=0.01)


def test_until_it_is_fitted_all_are_the_persons_and_older_weights_fit():
    head = Likeness((3, 5))
    known = head([torch.randn(2, 3, 16, 16), torch.randn(2, 5, 8, 8)])
    assert known.tolist() == [10.0, 10.0]
    net, older = (Lcqs(CONFIGS["tiny"].network) for _ in range(2))
    weights = {k: v for k, v in older.state_dict().items() if not k.startswith("likeness.")}
    net.load_state_dict(weights)
    assert torch.equal(net.encoder.stem.weight, older.encoder.stem.weight)


class Squares(nn.Module):
    """Recognises pictures by their 8 × 8 squares."""

    def forward(self, face):
        small = F.interpolate(face, size=(8, 8), mode="area").mean(1).flatten(1)
        return F.normalize(small - small.mean(1, keepdim=True), dim=1), []


def ruined(number):
    """Pictures of eight people, more or less of them hidden behind others' squares and noise."""
    rng = torch.Generator().manual_seed(number)
    sharp, other = torch.rand(2, 8, 3, 8, 8, generator=rng)
    share, noise = torch.rand(8, 1, 1, 1, generator=rng), torch.randn(8, 3, 64, 64, generator=rng)
    large, hidden = (
        F.interpolate(one, size=(64, 64)) for one in (sharp, (1 - share) * sharp + share * other)
    )
    return (hidden + 0.3 * share * noise).clamp(0, 1), large


def test_it_learns_to_tell_from_the_damaged_face_alone(monkeypatch):
    monkeypatch.setattr("engine.lcqs.head_fit._ROUNDS", 600)
    torch.manual_seed(3)
    net = Lcqs(CONFIGS["tiny"].network).eval()
    before = {name: one.clone() for name, one in net.state_dict().items()}
    batches = ((*restored(net, faces), sharp) for faces, sharp in map(ruined, range(48)))
    assert fit_likeness(net, nn.ModuleList([Squares(), Squares()]), batches) > 0.8
    changed = {n for n, one in net.state_dict().items() if not torch.equal(one, before[n])}
    assert {name.partition(".")[0] for name in changed} == {"likeness"}
    faces, sharp = ruined(100)
    with torch.no_grad():
        told = net.likeness(net.encode(faces).features)
        clean = net.likeness(net.encode(sharp).features)
    assert clean.min() > 6 > 3 > told.min()
    hidden = (faces - sharp).abs().mean((1, 2, 3))
    assert np.corrcoef(told, hidden)[0, 1] < -0.7


def test_without_networks_that_recognise_faces_nothing_is_fitted():
    net = Lcqs(CONFIGS["tiny"].network)
    with pytest.raises(ModelError, match="--identity"):
        fit_likeness(net, nn.ModuleList(), [])
    assert not net.likeness.last.weight.any()


def test_faces_of_one_person_teach_nothing():
    net = Lcqs(CONFIGS["tiny"].network)
    faces, sharp = ruined(0)
    batches = [(*restored(net, faces), sharp[:1].expand(8, -1, -1, -1))] * 8
    with pytest.raises(ModelError, match="one person"):
        fit_likeness(net, nn.ModuleList([Squares()]), batches)


def test_faces_are_restored_at_their_automatic_level_for_it():
    torch.manual_seed(3)
    net = Lcqs(CONFIGS["tiny"].network).eval()
    nn.init.normal_(net.generator.to_rgb[-1].weight, std=0.1)
    faces = ruined(1)[0]
    seen, drawn = restored(net, faces)
    with torch.no_grad():
        encoding = net.encode(faces)
        wanted = net.decode_twice(encoding, net.mirrored(encoding), net.automatic_level(encoding))
    assert torch.equal(seen, pooled_statistics(encoding.features))
    assert torch.allclose(drawn, wanted, atol=1e-5)
