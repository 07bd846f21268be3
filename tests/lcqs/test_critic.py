"""What the critic learns, and teaches."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine.lcqs.critic import Critic
from engine.lcqs.perceptual import PerceptualFeatures

CANNOT_TELL = np.log(2)


@pytest.fixture(scope="module")
def features():
    return PerceptualFeatures()


def detailed():
    return F.interpolate(torch.rand(4, 3, 32, 32), scale_factor=2.0)


def blurred(faces):
    return F.avg_pool2d(faces, 3, 1, 1, count_include_pad=False)


@pytest.fixture(scope="module")
def critic(features):
    """One that has learnt for thirty steps that real faces are not blurred."""
    torch.manual_seed(1)
    critic = Critic()
    optimiser = torch.optim.Adam(critic.parameters(), 1e-3, betas=(0.5, 0.99))
    for _ in range(30):
        faces = detailed()
        loss = critic.lesson(features(blurred(faces)), features(faces))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return critic


def test_it_soon_tells_made_faces_from_real_ones(critic, features):
    torch.manual_seed(2)
    faces = detailed()
    real, made = features(faces), features(blurred(faces))
    assert float(critic.verdict(made, real)) > 2 * CANNOT_TELL
    assert float(critic.verdict(real, made)) < CANNOT_TELL / 2


def test_it_finds_nothing_between_a_face_and_itself(critic, features):
    real = features(detailed())
    assert float(critic.verdict(real, real)) == pytest.approx(CANNOT_TELL, abs=1e-6)


def test_who_learns_from_it_alone_adds_the_detail_that_is_missing(features):
    torch.manual_seed(3)
    critic, share = Critic(), torch.zeros(1, requires_grad=True)
    critics = torch.optim.Adam(critic.parameters(), 1e-3, betas=(0.5, 0.99))
    makers = torch.optim.Adam([share], 0.03)
    shares = []
    for _ in range(80):
        faces = detailed()
        made, real = features(blurred(faces) + share * (faces - blurred(faces))), features(faces)
        for loss, optimiser in ((critic.verdict(made, real), makers), (critic.lesson(made, real), critics)):
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        shares.append(share.item())
    assert np.mean(shares[-40:]) == pytest.approx(1, abs=0.2)


def test_a_verdict_teaches_the_critic_nothing(critic, features):
    before = {name: value.clone() for name, value in critic.state_dict().items()}
    critic.zero_grad()
    real = features(detailed())
    made = [f.requires_grad_() for f in features(detailed())]
    critic.verdict(made, real).backward()
    assert all(torch.equal(value, before[name]) for name, value in critic.state_dict().items())
    assert all(parameter.grad is None for parameter in critic.parameters())
    lesson = critic.lesson(made, real)
    for f in made:
        f.grad = None
    lesson.backward()
    assert all(f.grad is None for f in made)
