"""What judges teach."""

import pytest
import torch

from engine.lcqs.judge import Judge
from engine.lcqs.perceptual import PerceptualFeatures
from engine.lcqs.two_branch import Wear


@pytest.fixture(scope="module")
def features():
    return PerceptualFeatures()


def flat_faces():
    return 0.3 + 0.4 * torch.rand(4, 3, 1, 1).expand(-1, -1, 64, 64)


def noisy(fine=0.0, middle=0.0):
    wear = Wear()
    wear.softness.data.zero_()
    wear.noise.data[:] = torch.tensor([fine, middle, 0.0])
    return wear


def learnt(features, true, faces, steps):
    """Let wear learn from a judge alone: no pair, no label, only how the features of both are distributed."""
    judge, wear = Judge(), Wear()
    optimiser = torch.optim.Adam(wear.parameters(), 0.004)
    for _ in range(steps):
        made = features(wear(faces(), torch.ones(4)))
        with torch.no_grad():
            judge.learn(features(true(faces(), torch.ones(4))), made)
        loss = -judge(made).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return wear


def test_noise_gets_as_strong_as_that_of_real_faces(features):
    torch.manual_seed(1)
    fine, middle, _ = learnt(features, noisy(middle=0.12), flat_faces, 60).noise.abs().tolist()
    assert 0.07 < middle < 0.17
    assert fine < 0.03  # where it began


def test_blur_gets_as_strong_as_that_of_real_faces(features):
    torch.manual_seed(1)
    true = noisy()
    true.softness.data += 0.4

    def detailed():
        return torch.nn.functional.interpolate(torch.rand(4, 3, 32, 32), scale_factor=2.0)

    wear = learnt(features, true, detailed, 60)
    assert 0.3 < float(wear.softness.detach()) < 0.5


def test_who_looks_real_gets_the_better_verdict(features):
    torch.manual_seed(2)
    judge = Judge()
    wear = noisy(0.1, 0.1)
    with torch.no_grad():
        for _ in range(5):
            real = features(wear(flat_faces(), torch.ones(4)))
            distance = judge.learn(real, features(flat_faces()))
        assert distance > 0.1
        assert judge(real).min() > judge(features(flat_faces())).max()


def test_a_mixture_is_not_its_mean():
    """Half of the real faces are noisy, half blurred: no face should be a little of both."""
    torch.manual_seed(3)

    def seen(*contrasts):
        contrast = torch.tensor(contrasts)[:, None, None, None]
        return [contrast * torch.randn(len(contrasts), 2, 16, 16) for _ in range(4)]

    judge = Judge(channels=8)
    for _ in range(8):
        judge.learn(seen(0.1, 0.1, 4.0, 4.0), seen(0.5, 0.6, 0.7, 0.8))
    # Its advice: away from the middle, to either side.
    low, high = (torch.tensor(x, requires_grad=True) for x in (0.55, 0.75))
    torch.manual_seed(4)
    for one in (low, high):
        judge([one * torch.randn(1, 2, 16, 16) for _ in range(4)]).sum().backward()
    assert low.grad < 0 < high.grad


def test_before_anything_was_shown_nothing_is_taught(features):
    assert (Judge()(features(flat_faces())) == 0).all()


def test_what_cannot_be_told_apart_is_not_taught(features):
    judge = Judge()
    same = features(flat_faces())
    assert float(judge.learn(same, same)) == 0.0
    assert judge(same).abs().max() == 0.0
