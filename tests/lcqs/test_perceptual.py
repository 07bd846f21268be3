"""The perceptual distance."""

import numpy as np
import pytest
import torch

from engine.lcqs.perceptual import PerceptualFeatures, feature_distance, texture_distance


@pytest.fixture(scope="module")
def features():
    return PerceptualFeatures()


@pytest.fixture(scope="module")
def face(astronaut):
    return torch.from_numpy(astronaut[:128, 160:288].transpose(2, 0, 1)[None] / np.float32(255))


def test_equal_faces_have_no_distance(features, face):
    with torch.no_grad():
        distance = feature_distance(features(face), features(face))
    assert distance.shape == (1, 5)
    assert distance.max() <= 1.1e-3  # the root of the 1e-6 that keeps its gradient finite


def test_more_blur_is_further_away(features, face):
    def blurred(pixels):
        small = torch.nn.functional.avg_pool2d(face, pixels)
        return torch.nn.functional.interpolate(small, size=128, mode="bilinear")

    with torch.no_grad():
        seen = features(torch.cat([face, blurred(2), blurred(4), blurred(8)]))
    steps = feature_distance([f[:1] for f in seen], [f[1:] for f in seen]).sum(1)
    assert steps[0] < steps[1] < steps[2]


def test_features_lie_at_five_strides(features, face):
    with torch.no_grad():
        assert [f.shape[2] for f in features(face)] == [64, 32, 16, 8, 4]


def test_opposite_directions_are_2_apart():
    a = [torch.ones(1, 4, 2, 2)]
    assert feature_distance(a, [-a[0]]).item() == pytest.approx(2, abs=1e-5)
    assert feature_distance(a, [3 * a[0]]).item() < 1.1e-3  # the length does not count


def test_judging_does_not_train_the_judge(features):
    assert not features.training
    assert not any(parameter.requires_grad for parameter in features.parameters())


def test_texture_is_what_a_blur_lacks_and_a_shift_keeps(features, face):
    small = torch.nn.functional.avg_pool2d(face, 4)
    blurred = torch.nn.functional.interpolate(small, size=128, mode="bilinear")
    torch.manual_seed(0)
    hair = 0.5 + 0.1 * torch.randn(1, 3, 128, 128)
    with torch.no_grad():
        of_face, of_blurred, of_hair, of_shifted = (
            features(one) for one in (face, blurred, hair, hair.roll(2, 3))
        )
    assert texture_distance(of_face, of_face).item() == 0
    assert texture_distance(of_face, of_blurred).item() > 0.05
    # No strand lies where it lay: the feature distance sees another picture, the texture is the same.
    assert texture_distance(of_hair, of_shifted).item() < 0.2 * texture_distance(of_hair, of_blurred).item()
    near, far = (feature_distance(of_hair, one)[0, 0].item() for one in (of_shifted, of_blurred))
    assert near > 0.5 * far
