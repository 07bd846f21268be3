"""What losses look at."""

from __future__ import annotations

import pytest
import torch

from engine.faces import TEMPLATE
from engine.lcqs.losses import eyes_and_mouths


@pytest.mark.parametrize("size", [64, 256])
def test_eyes_and_mouths_are_shown_whole_and_enlarged(size):
    """The template's eyes and corners of the mouth, bright spots, are well within their windows."""
    face = torch.zeros(2, 3, size, size)
    reach, looked_at = size // 64, TEMPLATE[[0, 1, 3, 4]] * size  # eyes and the corners of the mouth
    for bright, (x, y) in enumerate(looked_at, 1):
        face[1, :, int(y) - reach : int(y) + reach + 1, int(x) - reach : int(x) + reach + 1] = bright
    windows = eyes_and_mouths(face)
    assert windows.shape == (4, 3, size // 2, size)
    assert not windows[[0, 2]].any()
    margin = size // 16
    eyes, mouth = windows[1, 0], windows[3, 0]
    for window, left, right in ((eyes, 1, 2), (mouth, 3, 4)):
        assert window[:, : size // 2].max() == left
        assert window[:, size // 2 :].max() == right
        for edge in (window[:margin], window[-margin:], window[:, :margin], window[:, -margin:]):
            assert not edge.any()
