"""The identity loss of training, where its weights are at hand."""

import numpy as np
import pytest

pytest.importorskip("torch")
import torch
import torch.nn.functional as F

from engine.lcqs.faces_data import FaceFolder
from engine.lcqs.identity import embeddings, identity_loss


@pytest.fixture(params=["mobilefacenet/mobilefacenet_casia.pth", "edgeface/edgeface_xs_q_fp32.onnx"])
def network(shared_dir, request):
    path = shared_dir / "weights" / request.param
    if not path.is_file():
        pytest.skip("needs the shared weights")
    return embeddings([path])


@pytest.fixture
def people(shared_dir):
    """Four people, (4, 3, 256, 256)."""
    folder = shared_dir / "faces" / "eval" / "hq"
    if not folder.is_dir():
        pytest.skip("needs the shared faces")
    faces = FaceFolder(folder, 256)
    return torch.from_numpy(np.stack([faces[i] for i in range(4)])).permute(0, 3, 1, 2).float() / 255


def loss(network, faces, people):
    torch.manual_seed(3)  # moves both faces at random
    return identity_loss(network, faces, people)


def test_one_is_most_like_oneself_and_damage_makes_strangers(network, people):
    with torch.no_grad():
        self_, blurred, others = (
            loss(network, faces, people)
            for faces in (people, F.avg_pool2d(people, 9, 1, 4), people.roll(1, 0))
        )
    assert self_ < 0.02
    assert self_ < blurred < others


def test_the_loss_can_be_followed(network, people):
    """A step against the gradient makes faces more like the people."""
    blurred = F.avg_pool2d(people, 9, 1, 4).requires_grad_()
    before = loss(network, blurred, people)
    before.backward()
    moved = blurred.detach() - 0.5 / 255 * blurred.grad.sign()
    with torch.no_grad():
        assert loss(network, moved, people) < before
