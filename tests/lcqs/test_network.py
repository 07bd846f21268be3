"""The parts of the method against the formulas that they stand for."""

import pytest
import torch
import torch.nn.functional as F

from engine.lcqs.encoder import CODE_SCALE, Encoder, bands, finest, pooled_statistics
from engine.lcqs.generator import FullSize, Generator, ModulatedConv, Smooth
from engine.lcqs.network import Lcqs
from engine.lcqs.quality_shift import QualityShift
from engine.lcqs.restoration_level import LEVEL_PER_DISTANCE, LevelHead, damage
from engine.lcqs.training_config import CONFIGS

TINY = CONFIGS["tiny"].network


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@pytest.fixture
def net():
    net = Lcqs(TINY).eval()
    torch.nn.init.normal_(net.generator.to_rgb[-1].weight, std=0.2)
    torch.nn.init.normal_(net.generator.full.to_rgb.weight, std=0.2)
    return net


def by_the_book(conv, x, code):
    """Karras et al., CVPR 2020, eq. 1 and 3: one convolution for each sample, of modulated weights."""
    out = []
    for sample, c in zip(x, code, strict=True):
        style = 1 + conv.style(c / CODE_SCALE)
        weight = conv.weight * style[None, :, None, None]
        if conv.demodulate:
            weight = weight * torch.rsqrt(weight.square().sum((1, 2, 3), keepdim=True) + 1e-8)
        out.append(F.conv2d(sample[None], weight, conv.bias, padding=1))
    return torch.cat(out)


@pytest.mark.parametrize("demodulate", [True, False])
def test_modulated_convolution_is_that_of_the_book(demodulate):
    conv = ModulatedConv(6, 5, 4, demodulate)
    torch.nn.init.normal_(conv.bias)
    x, code = torch.randn(3, 6, 8, 8), 30 * torch.randn(3, 4)
    assert torch.allclose(conv(x, code), by_the_book(conv, x, code), atol=1e-5)


def test_no_mesh_is_left_of_shuffled_pixels():
    mesh = F.pixel_shuffle(torch.randn(2, 12, 1, 1).expand(2, 12, 8, 8), 2)
    inside = Smooth(3)(mesh)[..., 1:-1, 1:-1]
    assert torch.allclose(inside, mesh.mean((2, 3), keepdim=True).expand_as(inside), atol=1e-6)


def test_the_finest_detail_is_what_half_the_size_cannot_hold():
    checks = torch.tensor([[0.4, 0.6], [0.6, 0.4]]).repeat(32, 32).expand(1, 3, 64, 64)
    assert torch.allclose(finest(checks), (checks - 0.5) * 16, atol=1e-5)
    assert torch.allclose(finest(torch.full((1, 3, 64, 64), 0.3)), torch.zeros(1, 3, 64, 64), atol=1e-5)


def test_at_full_size_detail_can_be_drawn_that_a_blur_would_take():
    full = FullSize(8, 4)
    torch.nn.init.normal_(full.to_rgb.weight)
    x, even = torch.randn(1, 8, 32, 32), torch.full((1, 3, 64, 64), 0.5)
    checks = torch.tensor([[0.4, 0.6], [0.6, 0.4]]).repeat(32, 32).expand(1, 3, 64, 64)
    drawn = (full(x, checks) - full(x, even))[..., 2:-2, 2:-2]
    assert (drawn - Smooth(3)(drawn)).abs().mean() > 0.3 * drawn.abs().mean()


def test_each_layer_has_a_direction_of_unit_length():
    shift = QualityShift(9, 16)
    assert torch.allclose(shift.directions.norm(dim=1), torch.ones(9))


def test_the_shift_moves_each_code_by_its_level():
    shift = QualityShift(9, 16)
    w, alpha = torch.randn(3, 9, 16), torch.tensor([0.0, 30.0, -40.0])
    moved = shift(w, alpha) - w
    assert torch.equal(moved[0], torch.zeros(9, 16))
    assert torch.allclose(moved.norm(dim=2), alpha.abs()[:, None].expand(3, 9), atol=1e-4)
    assert torch.allclose(moved[2] / moved[1], torch.full((9, 16), -4 / 3), rtol=1e-3)


def test_a_new_network_leaves_faces_as_they_are():
    net, face = Lcqs(TINY), torch.rand(2, 3, 64, 64)
    assert torch.equal(net.decode(net.encode(face), torch.tensor([0.0, 100.0])), face)


def test_level_0_decodes_the_unshifted_codes(net):
    encoding = net.encode(torch.rand(1, 3, 64, 64))
    plain = net.generator(encoding.w, encoding.features, encoding.face)
    assert torch.equal(net.decode(encoding, torch.zeros(1)), plain)
    assert not torch.allclose(net.decode(encoding, torch.tensor([80.0])), plain)


def test_the_generator_counts_its_layers(net):
    generator = Generator((4, 4, 4, 4, 4), (1, 2, 2, 2, 1), 8)
    assert generator.layers == 8 + 4 + 5  # convolutions, steps up, and what is drawn at each size
    assert net.encode(torch.rand(1, 3, 64, 64)).w.shape == (1, net.generator.layers, TINY.dim)


def test_features_have_the_sizes_that_the_encoder_names():
    encoder = Encoder((8, 8, 8, 16, 16), (1, 1, 1, 1), 5, 8, 64)
    _, features = encoder(torch.rand(2, 3, 64, 64))
    assert [f.shape for f in features] == [
        (2, 8, 32, 32), (2, 8, 16, 16), (2, 8, 8, 8), (2, 16, 4, 4), (2, 16, 2, 2),
    ]  # fmt: skip


def test_an_even_face_has_tone_and_no_detail():
    detail, tone = bands(torch.full((1, 3, 64, 64), 0.75))
    between, coarse = tone.split(3, 1)
    assert torch.allclose(detail, torch.zeros(1, 3, 64, 64), atol=1e-5)
    assert torch.allclose(between, torch.zeros(1, 3, 16, 16), atol=1e-5)
    assert torch.allclose(coarse, torch.ones(1, 3, 16, 16))


def test_statistics_are_mean_and_log_deviation():
    feature = torch.randn(2, 3, 16, 16) * 5 + 2
    mean, log = pooled_statistics([feature]).split(3, 1)
    assert torch.allclose(mean, feature.mean((2, 3)), atol=1e-4)
    assert torch.allclose(log.exp(), feature.std((2, 3), correction=0), rtol=1e-3)


def test_levels_are_never_negative():
    head = LevelHead((4, 4))
    assert (head([torch.randn(8, 4, 4, 4) * 50, torch.randn(8, 4, 2, 2) * 50]) >= 0).all()


def distances(*values):
    """Distances of five strides, each the same all over a face."""
    return [torch.full((1, 64 >> i, 64 >> i), value) for i, value in enumerate(values)]


def test_damage_counts_the_coarse_strides_alone():
    assert damage(distances(0.0, 0.0, 0.0, 0.0, 0.0)) == 0
    assert damage(distances(9.0, 9.0, 1.0, 1.0, 1.0)) == LEVEL_PER_DISTANCE


def test_damage_in_one_place_is_not_lost_in_the_mean():
    torn = distances(0.0, 0.0, 0.0, 0.0, 0.0)
    for one in torn:
        one[:, :, 0] = 1
    roots = sum(side ** (-1 / 3) for side in (16, 8, 4)) / 3  # of the share that one column has
    assert damage(torn).item() == pytest.approx(LEVEL_PER_DISTANCE * roots)
    assert damage(torn) > 4 * damage(distances(*(float(one.mean()) for one in torn)))
