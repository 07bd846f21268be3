"""How far faces are blurred for the network: until it is learnt, not at all; then as far as it helps."""

import numpy as np
import pytest
import torch

from engine.lcqs.change_fit import fit_change
from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.likeness_fit import restored
from engine.lcqs.network import Lcqs
from engine.lcqs.softening import SIGMAS, more_and_more_blurred, softened
from engine.lcqs.training_config import CONFIGS


@pytest.fixture
def net():
    torch.manual_seed(3)
    return Lcqs(CONFIGS["tiny"].network).eval()


def test_until_it_is_fitted_faces_stay_as_they_are_and_older_weights_fit(net):
    encoding = net.encode(torch.rand(3, 3, 64, 64))
    assert net.softening(encoding.features).tolist() == [0.0, 0.0, 0.0]
    weights = {k: v for k, v in net.state_dict().items() if not k.startswith("softening.")}
    newer = Lcqs(CONFIGS["tiny"].network)
    newer.load_state_dict(weights)
    assert torch.equal(newer.encoder.stem.weight, net.encoder.stem.weight)


def test_a_face_is_given_as_it_is_and_more_and_more_blurred():
    faces = torch.from_numpy(np.random.default_rng(0).random((2, 3, 64, 64), np.float32))
    each = list(more_and_more_blurred(faces))
    assert len(each) == 1 + len(SIGMAS)
    assert torch.equal(each[0], faces)
    left = [float(one.std()) for one in each]
    assert left == sorted(left, reverse=True)  # of noise
    for one in each:
        assert one.shape == faces.shape
        assert torch.allclose(one.mean((2, 3)), faces.mean((2, 3)), atol=0.02)


def test_each_face_is_blurred_by_its_own():
    faces = torch.from_numpy(np.random.default_rng(0).random((3, 3, 64, 64), np.float32))
    blurred = softened(faces, torch.tensor([0.0, 2.0, 0.7]))
    assert torch.equal(blurred[0], faces[0])
    for i, sigma in ((1, 2.0), (2, 0.7)):
        assert torch.allclose(blurred[i], softened(faces[i : i + 1], torch.tensor([sigma]))[0])
    assert blurred[1].std() < blurred[2].std() < faces[2].std()


def test_likeness_is_that_of_faces_as_they_are_shown(net):
    torch.nn.init.normal_(net.generator.to_rgb[-1].weight, std=0.1)
    torch.nn.init.constant_(net.softening.last.bias, -50)  # by the first of all that are as good
    faces = torch.from_numpy(np.random.default_rng(0).random((2, 3, 64, 64), np.float32))
    seen, drawn = restored(net, faces)
    torch.nn.init.zeros_(net.softening.last.bias)
    wanted, wanted_drawn = restored(net, softened(faces, torch.full((2,), SIGMAS[0])))
    assert torch.equal(seen, wanted)
    assert torch.equal(drawn, wanted_drawn)
    assert not torch.allclose(drawn, restored(net, faces)[1], atol=1e-3)


def spoilt(net, number):
    """Smooth faces, half of them checked in fine squares, which are gone where they are blurred."""
    rng = torch.Generator().manual_seed(number)
    small = torch.rand(8, 3, 4, 4, generator=rng)
    faces = torch.nn.functional.interpolate(small, size=(64, 64), mode="bilinear")
    checked = torch.arange(8) % 2 == 0
    board = (torch.arange(64)[:, None] + torch.arange(64)) % 2
    faces = (faces + 0.3 * checked[:, None, None, None] * (board - 0.5)).clamp(0, 1)
    left = torch.ones(8, 1 + len(SIGMAS))
    left[:, 1:] = torch.where(checked[:, None], 0.8, 1.3)
    left[checked, 1 + SIGMAS.index(1.4)] = 0.5
    with torch.no_grad():
        return pooled_statistics(net.encode(faces).features), left


def test_it_learns_which_faces_gain_and_by_how_much_blur(net, monkeypatch):
    monkeypatch.setattr("engine.lcqs.head_fit._ROUNDS", 400)
    before = {name: one.clone() for name, one in net.state_dict().items()}
    chosen, best = fit_change(net.softening, (spoilt(net, number) for number in range(24)))
    assert best == pytest.approx(0.75)
    assert chosen == pytest.approx(best)
    changed = {n for n, one in net.state_dict().items() if not torch.equal(one, before[n])}
    assert {name.partition(".")[0] for name in changed} == {"softening"}
    statistics, _ = spoilt(net, 100)
    assert net.softening.from_statistics(statistics).tolist() == pytest.approx([1.4, 0.0] * 4)


def test_a_gain_that_may_be_none_leaves_faces_as_they_are(net, monkeypatch):
    monkeypatch.setattr("engine.lcqs.head_fit._ROUNDS", 400)

    def hardly_better(number):
        statistics, left = spoilt(net, number)
        return statistics, left.clamp_min(0.98)

    chosen, best = fit_change(net.softening, (hardly_better(number) for number in range(24)))
    assert chosen == 1
    assert best == pytest.approx(0.99)
