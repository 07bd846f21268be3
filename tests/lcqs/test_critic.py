"""What the critic learns, and teaches."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine.lcqs.critic import Critic, joined, what_is_seen
from engine.lcqs.perceptual import PerceptualFeatures

CANNOT_TELL = np.log(2)


@pytest.fixture(scope="module")
def seen():
    features = PerceptualFeatures()
    return lambda faces: what_is_seen(faces, features(faces))


def detailed():
    return F.interpolate(torch.rand(4, 3, 32, 32), scale_factor=2.0)


def blurred(faces):
    return F.avg_pool2d(faces, 3, 1, 1, count_include_pad=False)


@pytest.fixture(scope="module")
def critic(seen):
    """One that has learnt for thirty steps that real faces are not blurred."""
    torch.manual_seed(1)
    critic = Critic()
    optimiser = torch.optim.Adam(critic.parameters(), 1e-3, betas=(0.5, 0.99))
    for _ in range(30):
        faces = detailed()
        loss = critic.lesson(seen(blurred(faces)), seen(faces))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return critic


def test_it_soon_tells_made_faces_from_real_ones(critic, seen):
    torch.manual_seed(2)
    faces = detailed()
    real, made = seen(faces), seen(blurred(faces))
    assert float(critic.verdict(made, real)) > 2 * CANNOT_TELL
    assert float(critic.verdict(real, made)) < CANNOT_TELL / 2


def test_it_finds_nothing_between_a_face_and_itself(critic, seen):
    real = seen(detailed())
    assert float(critic.verdict(real, real)) == pytest.approx(CANNOT_TELL, abs=1e-6)


def test_who_learns_from_it_alone_adds_the_detail_that_is_missing(seen):
    torch.manual_seed(3)
    critic, share = Critic(), torch.zeros(1, requires_grad=True)
    critics = torch.optim.Adam(critic.parameters(), 1e-3, betas=(0.5, 0.99))
    makers = torch.optim.Adam([share], 0.03)
    shares = []
    for _ in range(80):
        faces = detailed()
        made, real = seen(blurred(faces) + share * (faces - blurred(faces))), seen(faces)
        for loss, optimiser in ((critic.verdict(made, real), makers), (critic.lesson(made, real), critics)):
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        shares.append(share.item())
    assert np.mean(shares[-40:]) == pytest.approx(1, abs=0.2)


def test_a_fine_weave_is_found_out_by_its_pixels(seen):
    torch.manual_seed(4)
    critic = Critic()
    optimiser = torch.optim.Adam(critic.parameters(), 1e-3, betas=(0.5, 0.99))
    weave = 0.15 * torch.sin(torch.arange(64) * 2.1).expand(4, 3, 64, 64)  # 3 px

    def hair():
        return 0.5 + 0.15 * (torch.rand(4, 3, 64, 64) - 0.5)

    for _ in range(40):
        loss = critic.lesson(seen(hair() + weave), seen(hair()))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    critic.eval()
    woven, real = (critic(seen(faces))[0] for faces in (hair() + weave, hair()))
    assert float((real > woven).float().mean()) > 0.95


def test_its_verdict_counts_once_it_has_learnt(critic):
    assert joined(critic, 10) == 1
    assert joined(critic, 30) == 0
    assert joined(critic, 20) == pytest.approx(0.25)


def test_a_verdict_teaches_the_critic_nothing(critic, seen):
    before = {name: value.clone() for name, value in critic.state_dict().items()}
    critic.zero_grad()
    real = seen(detailed())
    made = [f.requires_grad_() for f in seen(detailed())]
    critic.verdict(made, real).backward()
    assert all(torch.equal(value, before[name]) for name, value in critic.state_dict().items())
    assert all(parameter.grad is None for parameter in critic.parameters())
    lesson = critic.lesson(made, real)
    for f in made:
        f.grad = None
    lesson.backward()
    assert all(f.grad is None for f in made)
