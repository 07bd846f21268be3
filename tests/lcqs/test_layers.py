"""What is exported shuffles pixels and joins channels in another way, and gives the same."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engine.lcqs.layers import JoiningConv, shuffled, unshuffled
from engine.runtime import open_session


class There(nn.Module):
    def __init__(self, step):
        super().__init__()
        self.step = step

    def forward(self, x):
        return shuffled(x, self.step)


class Back(There):
    def forward(self, x):
        return unshuffled(x, self.step)


def exported(module, path, *example):
    names = [f"input{i}" for i in range(len(example))]
    torch.onnx.export(
        module.eval(), example, str(path), input_names=names, output_names=["out"], opset_version=18,
        dynamic_axes={name: {0: "n"} for name in [*names, "out"]}, dynamo=False,
    )  # fmt: skip
    session = open_session(path, "cpu", threads=1)
    return lambda *arrays: session(dict(zip(names, arrays, strict=True)))["out"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("step", [2, 4])
def test_pixels_go_where_torch_puts_them(step, tmp_path):
    x = torch.randn(3, 2 * step**2, 5, 7)
    there = exported(There(step), tmp_path / "there.onnx", x[:1])
    back = exported(Back(step), tmp_path / "back.onnx", F.pixel_shuffle(x, step)[:1])
    moved = there(x.numpy())
    assert np.array_equal(moved, F.pixel_shuffle(x, step))
    assert np.array_equal(back(moved), x)
    assert torch.equal(unshuffled(shuffled(x, step), step), x)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("channels", [(12, 3), (12, 6), (8, 4), (7, 3)])
def test_a_widened_convolution_gives_what_it_gave(channels, tmp_path):
    torch.manual_seed(3)
    conv = JoiningConv(sum(channels), 6, 3, padding=1)
    parts = [torch.randn(2, count, 9, 8) for count in channels]
    with torch.no_grad():
        before = conv(*parts)
        assert torch.allclose(before, F.conv2d(torch.cat(parts, 1), conv.weight, conv.bias, padding=1))
        conv.widen()
        assert conv.weight.shape[1] % 4 == 0
        assert torch.allclose(conv(*parts), before, atol=1e-6)
    session = exported(conv, tmp_path / "conv.onnx", *(part[:1] for part in parts))
    assert np.allclose(session(*(part.numpy() for part in parts)), before, atol=1e-5)
