"""ONNX models small enough to be made on the spot."""

from collections.abc import Callable

import pytest
from onnx import NodeProto, TensorProto, helper


def make_model(
    node: NodeProto,
    kind: int = TensorProto.FLOAT,
    output_kind: int | None = None,
    shape: tuple = ("n", 3, 4, 4),
) -> bytes:
    """A model of one node, which turns the input ``x`` into the output ``y``."""
    graph = helper.make_graph(
        [node],
        "tiny",
        [helper.make_tensor_value_info("x", kind, list(shape))],
        [helper.make_tensor_value_info("y", output_kind or kind, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()


@pytest.fixture
def doubler() -> bytes:
    """A model that gives y = x + x for (n, 3, 4, 4) float32."""
    return make_model(helper.make_node("Add", ["x", "x"], ["y"]))


@pytest.fixture
def one_node() -> Callable[..., bytes]:
    """Make a model of any one node."""
    return make_model
