"""Steps of fixed shapes: a card repeats one from a recording, as a CUDA graph.

A training step has thousands of kernels, most of them short. Started one by one from Python they keep a card
waiting; a recording of them all is started by one call. What a recorded step reads has to lie where it lay
when it was recorded, its shapes have to stay, and nothing in it may wait for the card or read from memory of
the processor.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

import torch
from torch import Tensor

Tensors = dict[str, Tensor]

_BEFORE = 5  # steps as they are: libraries choose how to do things, and optimisers make their memory


class Replayed:
    """A step that a card repeats from a recording; a processor takes it as it is.

    Parameters
    ----------
    step : callable
        Takes tensors by name, on the device, and gives others, which nobody waits for. What it changes
        besides (weights, counts) has to be changed in place.
    device : str
        As torch calls it.
    """

    def __init__(self, step: Callable[[Tensors], Tensors], device: str):
        self._step, self._device = step, device
        self._taken = 0
        self._read: Tensors = {}
        self._made: Tensors = {}
        self._stream: torch.cuda.Stream | None = None
        self._graph: torch.cuda.CUDAGraph | None = None

    def __call__(self, read: Tensors) -> Tensors:
        """Take the step.

        Parameters
        ----------
        read : dict of Tensor
            Where they are does not matter; their names and shapes are the same each time.
        """
        if self._device == "cpu":
            return self._step(read)
        if not self._read:
            self._read = {name: one.to(self._device) for name, one in read.items()}
        for name, one in read.items():
            self._read[name].copy_(one)
        if self._taken < _BEFORE:
            self._made = self._beside()
        elif self._graph is None:
            self._record()
        if self._graph is not None:
            self._graph.replay()
        self._taken += 1
        return {name: one.clone() for name, one in self._made.items()}

    def _beside(self) -> Tensors:
        """Take the step on a stream of its own, as recording needs it."""
        here = torch.cuda.current_stream(self._device)
        own = self._stream = self._stream or torch.cuda.Stream(self._device)
        own.wait_stream(here)
        with torch.cuda.stream(own):
            made = self._step(self._read)
        here.wait_stream(own)
        return made

    def _record(self) -> None:
        gc.collect()
        torch.cuda.synchronize(self._device)
        torch.cuda.empty_cache()
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._made = self._step(self._read)
