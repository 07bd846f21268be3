"""Runs an ONNX network in PyTorch, so that gradients go through it.

Only operators that face embeddings are made of; the packages that convert more need torchvision, which has no
build beside the pinned PyTorch. Semantics: onnx.ai/onnx/operators, opset 18.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor, nn

from engine.errors import ModelError, named

_Attributes = dict[str, Any]
_Values = dict[str, Tensor]
_Node = tuple[Callable[..., Tensor | tuple[Tensor, ...]], _Attributes, list[str], list[str]]
_TYPES = {1: torch.float32, 6: torch.int32, 7: torch.int64, 9: torch.bool}


class OnnxGraph(nn.Module):
    """A network from a file; it is not trained.

    Parameters
    ----------
    path : Path
        ONNX with one input, (n, 3, S, S), and one output, (n, D).

    Raises
    ------
    ModelError
        If the file is missing, damaged, or has operators that are not known here.
    """

    def __init__(self, path: Path):
        super().__init__()
        try:
            graph = onnx.load(str(path)).graph
        except Exception as error:  # protobuf raises whatever the damage provokes
            raise ModelError(f"The identity network {named(path)} can't be loaded.") from error
        unknown = {node.op_type for node in graph.node} - _OPERATORS.keys() - {"Constant"}
        if unknown:
            raise ModelError(f"{named(path)} has operators that are not known here: {', '.join(unknown)}.")
        constants = {one.name: one for one in graph.initializer}
        constants |= {n.output[0]: n.attribute[0].t for n in graph.node if n.op_type == "Constant"}
        tensors = {
            name: torch.from_numpy(numpy_helper.to_array(one).copy()) for name, one in constants.items()
        }
        # Whole numbers are sizes and places: they stay where Python reads them.
        self._sizes = {name: one for name, one in tensors.items() if not one.is_floating_point()}
        self._weights = [name for name in tensors if name not in self._sizes]
        for number, name in enumerate(self._weights):
            self.register_buffer(f"constant{number}", tensors[name])
        self._nodes = [
            (
                _OPERATORS[node.op_type],
                {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute},
                list(node.input),
                list(node.output),
            )
            for node in graph.node
            if node.op_type != "Constant"
        ]
        self._input, self._output = graph.input[0].name, graph.output[0].name
        self._known: dict[tuple[int, str], tuple[_Values, list[_Node]]] = {}
        shrinking = [i for f, a, i, _ in self._nodes if f is _conv and max(a.get("strides", (1,))) > 1]
        self._stages = [names[0] for names in shrinking if names[0] != self._input]

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Run the network, in float32.

        Parameters
        ----------
        x : Tensor, (n, 3, S, S)

        Returns
        -------
        output : Tensor, (n, D)
        stages : list of Tensor, (n, C, h, w)
            What its strided convolutions look at, finest first.
        """
        key = len(x), str(x.device)
        if key not in self._known:
            self._known[key] = self._without_shapes(x.detach())
        known, nodes = self._known[key]
        values = known | {self._input: x.float()}
        with torch.autocast(x.device.type, enabled=False):
            for node in nodes:
                _run(node, values)
        return values[self._output], [values[name] for name in self._stages]

    @torch.no_grad()
    def _without_shapes(self, x: Tensor) -> tuple[_Values, list[_Node]]:
        """Work out what depends on the shape of `x` alone; give that, and the nodes that are left.

        What is made on the way lies where Python reads it, and a card would wait for it each time.
        """
        values = self._sizes | {name: getattr(self, f"constant{n}") for n, name in enumerate(self._weights)}
        known = set(values)
        values[self._input] = x.float()
        left = []
        with torch.autocast(x.device.type, enabled=False):
            for node in self._nodes:
                function, _, inputs, outputs = node
                _run(node, values)
                if function is _shape or all(not name or name in known for name in inputs):
                    for name in outputs:
                        known.add(name)
                        if values[name].is_floating_point():
                            values[name] = values[name].to(x.device)
                else:
                    left.append(node)
        return {name: values[name] for name in known}, left


def _run(node: _Node, values: _Values) -> None:
    """Add what a node makes of values to them."""
    function, attributes, inputs, outputs = node
    made = function(attributes, *(values[name] if name else None for name in inputs))
    values.update(zip(outputs, made if isinstance(made, tuple) else (made,), strict=True))


def _ints(tensor: Tensor) -> list[int]:
    return [int(value) for value in tensor.flatten().tolist()]


def _conv(a: _Attributes, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    top, left, *_ = a.get("pads", (0, 0, 0, 0))
    strides, dilations = tuple(a.get("strides", (1, 1))), tuple(a.get("dilations", (1, 1)))
    return F.conv2d(x, weight, bias, strides, (top, left), dilations, a.get("group", 1))


def _constant(a: _Attributes) -> Tensor:
    return torch.from_numpy(numpy_helper.to_array(a["value"]).copy())


def _constant_of_shape(a: _Attributes, shape: Tensor) -> Tensor:
    fill = _constant(a) if "value" in a else torch.zeros(1)
    return fill.reshape(()).expand(_ints(shape))


def _div(a: _Attributes, x: Tensor, y: Tensor) -> Tensor:
    whole = not (x.is_floating_point() or y.is_floating_point())
    return torch.div(x, y, rounding_mode="trunc" if whole else None)


def _expand(a: _Attributes, x: Tensor, shape: Tensor) -> Tensor:
    return x.expand(torch.broadcast_shapes(x.shape, _ints(shape)))


def _gather(a: _Attributes, x: Tensor, index: Tensor) -> Tensor:
    axis = a.get("axis", 0)
    if index.ndim == 0:
        return x.select(axis, int(index))
    return torch.stack([x.select(axis, i) for i in _ints(index)], axis)


def _layer_norm(a: _Attributes, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    return F.layer_norm(x, weight.shape, weight, bias, a.get("epsilon", 1e-5))


def _norm(a: _Attributes, x: Tensor, axes: Tensor | None = None) -> Tensor:
    over = _ints(axes) if axes is not None else list(a["axes"])
    squares = x.square().sum(over, keepdim=bool(a.get("keepdims", 1)))
    return squares.clamp_min(1e-20).sqrt()  # whose gradient at nothing is finite


def _reshape(a: _Attributes, x: Tensor, shape: Tensor) -> Tensor:
    return x.reshape([x.shape[i] if side == 0 else side for i, side in enumerate(_ints(shape))])


def _shape(a: _Attributes, x: Tensor) -> Tensor:
    return torch.tensor(x.shape[a.get("start", 0) : a.get("end")])


def _slice(
    a: _Attributes,
    x: Tensor,
    starts: Tensor,
    ends: Tensor,
    axes: Tensor | None = None,
    steps: Tensor | None = None,
) -> Tensor:
    first = _ints(starts)
    over = _ints(axes) if axes is not None else range(len(first))
    every = _ints(steps) if steps is not None else [1] * len(first)
    index = [slice(None)] * x.ndim
    for start, end, axis, step in zip(first, _ints(ends), over, every, strict=True):
        index[axis] = slice(start, end, step)
    return x[tuple(index)]


def _split(a: _Attributes, x: Tensor, sizes: Tensor | None = None) -> tuple[Tensor, ...]:
    axis = a.get("axis", 0)
    return x.split(_ints(sizes) if sizes is not None else -(-x.shape[axis] // a["num_outputs"]), axis)


def _squeeze(a: _Attributes, x: Tensor, axes: Tensor | None = None) -> Tensor:
    return x.squeeze() if axes is None else x.squeeze(_ints(axes))


def _unsqueeze(a: _Attributes, x: Tensor, axes: Tensor) -> Tensor:
    for axis in sorted(_ints(axes)):
        x = x.unsqueeze(axis)
    return x


_OPERATORS: dict[str, Callable[..., Tensor | tuple[Tensor, ...]]] = {
    "Add": lambda a, x, y: x + y,
    "Cast": lambda a, x: x.to(_TYPES[a["to"]]),
    "Clip": lambda a, x, low=None, high=None: x.clamp(low, high),
    "Concat": lambda a, *parts: torch.cat(parts, a["axis"]),
    "ConstantOfShape": _constant_of_shape,
    "Conv": _conv,
    "Cos": lambda a, x: x.cos(),
    "CumSum": lambda a, x, axis: x.cumsum(int(axis)),
    "Div": _div,
    "Erf": lambda a, x: x.erf(),
    "Expand": _expand,
    "Flatten": lambda a, x: x.flatten(a.get("axis", 1)),
    "Gather": _gather,
    "Gemm": lambda a, x, weight, bias: x @ (weight.T if a.get("transB") else weight) + bias,
    "GlobalAveragePool": lambda a, x: x.mean((2, 3), keepdim=True),
    "LayerNormalization": _layer_norm,
    "MatMul": lambda a, x, y: x @ y,
    "Mul": lambda a, x, y: x * y,
    "Not": lambda a, x: ~x,
    "ReduceL2": _norm,
    "Reshape": _reshape,
    "Shape": _shape,
    "Sin": lambda a, x: x.sin(),
    "Slice": _slice,
    "Softmax": lambda a, x: x.softmax(a.get("axis", -1)),
    "Split": _split,
    "Squeeze": _squeeze,
    "Sub": lambda a, x, y: x - y,
    "Transpose": lambda a, x: x.permute(*a["perm"]),
    "Unsqueeze": _unsqueeze,
}
