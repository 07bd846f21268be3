"""The second look: what it sees, and what it learns from it."""

import pytest
import torch

from engine.lcqs.level_fit import fit_second_look, least_sufficient
from engine.lcqs.network import Lcqs
from engine.lcqs.second_look import SecondLook, change_statistics
from engine.lcqs.training_config import CONFIGS


def test_what_moves_in_one_place_shows_more_than_the_same_everywhere():
    before = torch.ones(1, 4, 16, 16)
    everywhere, here = before.clone(), before.clone()
    everywhere[:, 0] += 0.1
    here[:, 0, 3, 5] += 1.6  # the same mean square
    wide, narrow = (change_statistics([before], [one])[0] for one in (everywhere, here))
    assert wide[0] == pytest.approx(narrow[0].item(), abs=1e-4)
    assert wide[0] == pytest.approx(wide[2].item(), abs=1e-4)
    assert narrow[2] > narrow[1] > narrow[0] + 1


def test_large_features_do_not_leave_the_range_of_half_precision():
    before, after = torch.zeros(1, 2, 8, 8), torch.full((1, 2, 8, 8), 200.0)
    assert change_statistics([before.half()], [after.half()]).exp().max() == pytest.approx(40000, rel=1e-3)


def test_until_it_is_fitted_it_leaves_the_level_as_it_is():
    features = [torch.rand(2, 3, 8, 8), torch.rand(2, 5, 4, 4)]
    level = torch.tensor([0.0, 63.0])
    look = SecondLook(2)
    assert torch.equal(look(level, features, [one + 1 for one in features]), level)
    look.last.bias.data.fill_(-1.0)
    assert look(level, features, features).tolist() == pytest.approx([0.0, 13.0])


def test_it_learns_what_the_first_estimate_can_not_tell(monkeypatch):
    """Needs that lie in the change alone, and a first estimate that is the same for all faces."""
    monkeypatch.setattr("engine.lcqs.head_fit._ROUNDS", 600)
    torch.manual_seed(5)
    net = Lcqs(CONFIGS["tiny"].network).eval()
    torch.nn.init.normal_(net.generator.to_rgb[-1].weight, std=0.1)
    torch.nn.init.zeros_(net.level.mlp[-1].weight)

    @torch.no_grad()
    def measure(number):
        rng = torch.Generator().manual_seed(number)
        faces = torch.rand(8, 3, 64, 64, generator=rng) * torch.rand(8, 1, 1, 1, generator=rng)
        encoding = net.encode(faces)
        shifted = net.encoder(net.strongly_shifted(encoding))[1]
        levels = 40 + 12 * change_statistics(encoding.features, shifted)[:, 0]
        return faces, levels, torch.ones(8)

    needed = torch.cat([measure(number)[1] for number in range(24)])
    first, error = fit_second_look(net, map(measure, range(24)))
    assert error < 0.4 * (needed - needed.median()).abs().mean()
    assert error < 0.4 * first
    faces, levels, _ = measure(100)
    with torch.no_grad():
        seen = net.automatic_level(net.encode(faces))
    assert (seen - levels.clamp_min(0)).abs().mean() < 0.5 * (needed - needed.median()).abs().mean()


def test_of_two_needs_that_look_alike_the_heavier_one_is_learnt(monkeypatch):
    monkeypatch.setattr("engine.lcqs.head_fit._ROUNDS", 300)
    torch.manual_seed(6)
    net = Lcqs(CONFIGS["tiny"].network).eval()
    faces = torch.rand(1, 3, 64, 64).expand(8, 3, 64, 64)
    levels = torch.tensor([10.0, 40.0]).repeat(4)
    learnt = []
    for weights in ((1.0, 5.0), (5.0, 1.0)):
        fit_second_look(net, [(faces, levels, torch.tensor(weights).repeat(4))] * 16)
        with torch.no_grad():
            learnt.append(float(net.automatic_level(net.encode(faces[:1]))))
    assert learnt[0] > 32
    assert learnt[1] < 18


def test_the_least_level_that_does_about_as_much_as_any_is_found_between_and_at_the_ends():
    places = (0.6, 0.8, 1.0, 1.2)
    curves = torch.tensor([[(p - at) ** 2 for p in places] for at in (0.93, 0.62, 1.19, 0.2, 3.0)])
    curves = torch.cat([curves, torch.zeros(1, 4)])
    found = least_sufficient(places, curves, torch.zeros(6))
    assert found.tolist() == pytest.approx([0.93, 0.62, 1.19, 0.6, 1.2, 0.0], abs=1e-3)
    found = least_sufficient(places, curves, torch.tensor([0.0004, 0.0049, 1.0, 0.01, 0.0, 1.0]))
    assert found.tolist() == pytest.approx([0.91, 0.55, 0.99, 0.5, 1.2, 0.0], abs=1e-3)
