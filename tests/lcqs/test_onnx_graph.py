"""ONNX networks in PyTorch: the same figures as ONNX Runtime, and gradients."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from engine.errors import ModelError
from engine.lcqs.onnx_graph import OnnxGraph, _run


class Embedding(nn.Module):
    """With what face embeddings are made of."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 8, 3, 2, 1), nn.Conv2d(8, 16, 3, 2, 1, groups=4)
        self.norm, self.mix, self.last = nn.LayerNorm(16), nn.Linear(16, 48), nn.Linear(16, 12)

    def forward(self, x):
        x = self.second(torch.nn.functional.gelu(self.first(x)))
        x = self.norm(x.flatten(2).transpose(1, 2))
        q, k, v = self.mix(x).chunk(3, 2)
        x = x + (q @ k.transpose(1, 2) / 4).softmax(2) @ v
        return self.last(x[:, 3])


@pytest.fixture
def path(tmp_path):
    torch.manual_seed(5)
    path = tmp_path / "embedding.onnx"
    torch.onnx.export(
        Embedding().eval(), (torch.rand(2, 3, 32, 32),), path, opset_version=18, verbose=False, dynamo=True
    )
    return path


def test_the_figures_are_those_of_onnx_runtime(path):
    faces = torch.rand(2, 3, 32, 32) * 2 - 1
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    expected = session.run(None, {session.get_inputs()[0].name: faces.numpy()})[0]
    made, stages = OnnxGraph(path)(faces.requires_grad_())
    assert np.allclose(made.detach(), expected, atol=1e-5)
    assert [stage.shape[2:] for stage in stages] == [(16, 16)]  # before the second strided convolution
    made.square().sum().backward()
    assert faces.grad.abs().max() > 0


def test_what_depends_on_shapes_is_worked_out_once(tmp_path, monkeypatch):
    nodes = [
        onnx.helper.make_node("Shape", ["x"], ["shape"]),
        onnx.helper.make_node("ConstantOfShape", ["shape"], ["nothing"]),
        onnx.helper.make_node("Cos", ["nothing"], ["one"]),
        onnx.helper.make_node("Add", ["x", "one"], ["y"]),
    ]
    value = onnx.helper.make_tensor_value_info
    sides = {name: value(name, onnx.TensorProto.FLOAT, ["n", 3]) for name in "xy"}
    graph = onnx.helper.make_graph(nodes, "one more", [sides["x"]], [sides["y"]])
    onnx.save(onnx.helper.make_model(graph), str(tmp_path / "more.onnx"))
    network, run = OnnxGraph(tmp_path / "more.onnx"), []
    monkeypatch.setattr(
        "engine.lcqs.onnx_graph._run", lambda node, values: run.append(node) or _run(node, values)
    )
    for count in (2, 2, 5, 2):
        x = torch.rand(count, 3)
        assert torch.equal(network(x)[0], x + 1)
    assert len(run) == 2 * len(nodes) + 4  # all for each number of faces, then one for each batch


def test_what_is_no_network_is_said_in_one_sentence(tmp_path):
    path = tmp_path / "text.onnx"
    path.write_text("no network")
    with pytest.raises(ModelError, match="can't be loaded"):
        OnnxGraph(path)


def test_an_unknown_operator_is_named(tmp_path):
    node = onnx.helper.make_node("Tanh", ["x"], ["y"])
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph([node], "g", [value("x", 1, [1, 3])], [value("y", 1, [1, 3])])
    path = tmp_path / "tanh.onnx"
    onnx.save(onnx.helper.make_model(graph), str(path))
    with pytest.raises(ModelError, match="Tanh"):
        OnnxGraph(path)
