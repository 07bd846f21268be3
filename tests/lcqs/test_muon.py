"""Steps of equal length in all directions."""

import pytest
import torch

from engine.lcqs.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(16, 144), (144, 16), (48, 48)])
def test_the_directions_stay_and_their_lengths_become_alike(shape):
    torch.manual_seed(0)
    rank = min(shape)
    (one, _), (other, _) = (torch.linalg.qr(torch.randn(side, rank)) for side in shape)
    matrix = one @ torch.logspace(0, -1.5, rank).diag() @ other.T
    (made,) = orthogonal([matrix])
    lengths = torch.linalg.svdvals(made)
    assert made.shape == matrix.shape
    assert lengths.min() > 0.3
    assert lengths.max() < 1.3
    aligned = one.T @ made @ other
    torch.testing.assert_close(aligned, torch.diag(aligned.diag()), atol=1e-3, rtol=0)
    assert (aligned.diag() > 0).all()


def test_rounds_among_products_of_rows_equal_rounds_on_the_matrix():
    torch.manual_seed(2)
    matrix = torch.randn(24, 200)
    x = matrix / matrix.norm()
    for _ in range(5):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    torch.testing.assert_close(orthogonal([matrix])[0], x, atol=1e-4, rtol=1e-3)


def test_matrices_of_many_shapes_are_done_as_each_alone():
    torch.manual_seed(3)
    matrices = [torch.randn(shape) for shape in ((16, 144), (24, 200), (144, 16), (16, 16))]
    for made, matrix in zip(orthogonal(matrices), matrices, strict=True):
        torch.testing.assert_close(made, orthogonal([matrix])[0])
    assert orthogonal([]) == []


def one_step(wide):
    torch.manual_seed(1)
    conv = torch.nn.Conv2d(16, 16 if wide else 3, 3)
    before = [parameter.detach().clone() for parameter in conv.parameters()]
    conv(torch.randn(2, 16, 8, 8)).square().sum().backward()
    gradients = [parameter.grad.clone() for parameter in conv.parameters()]
    Muon([{"params": list(conv.parameters())}], 0.01).step()
    return [(p.detach() - b, g) for p, b, g in zip(conv.parameters(), before, gradients, strict=True)]


def test_a_step_goes_down_and_is_as_long_as_adams():
    (kernels, gradient), (bias, _) = one_step(wide=True)
    assert (kernels * gradient).sum() < 0
    assert kernels.square().mean().sqrt() == pytest.approx(0.2 * 0.01, rel=0.35)
    torch.testing.assert_close(bias.abs(), torch.full_like(bias, 0.01))  # Adam's first step


def test_narrow_convolutions_are_adams():
    (kernels, gradient), _ = one_step(wide=False)
    torch.testing.assert_close(kernels, -0.01 * gradient.sign(), atol=1e-5, rtol=0)
