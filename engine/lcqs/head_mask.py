"""The head mask: where in a face's crop somebody is, and where the background."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.lcqs.second_look import stay_as_you_are

_CHANNELS = 32
_SURE = 6.0  # logit of a mask that is not fitted


class HeadMask(nn.Module):
    """Tells somebody from the background by the encoder's features; until it is fitted, all is somebody.

    From coarse to fine, as feature pyramids do (Lin et al., "Feature Pyramid Networks for Object Detection",
    CVPR 2017).

    Parameters
    ----------
    widths : tuple of int
        Channels of the features at 1/4, 1/8, 1/16 … of the face's size.
    """

    def __init__(self, widths: tuple[int, ...]):
        super().__init__()
        self.looks = nn.ModuleList(nn.Conv2d(width, _CHANNELS, 1) for width in widths)
        self.joins = nn.ModuleList(nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=1) for _ in widths)
        self.last = nn.Conv2d(_CHANNELS, 1, 1)
        nn.init.zeros_(self.last.weight)
        nn.init.constant_(self.last.bias, _SURE)  # type: ignore[arg-type]
        self.register_load_state_dict_pre_hook(stay_as_you_are)  # type: ignore[no-untyped-call]

    def forward(self, features: list[Tensor]) -> Tensor:
        """Give masks, (n, S/4, S/4), 0 to 1: the probability that there is somebody.

        Parameters
        ----------
        features : list of Tensor, (n, C, h, w)
            The encoder's, finest first, from 1/4 of the face's size on; best those of faces strongly shifted,
            as damage hides outlines.
        """
        return torch.sigmoid(self.logits(features))

    def logits(self, features: list[Tensor]) -> Tensor:
        """Give the masks' logits, (n, S/4, S/4)."""
        x: Tensor | None = None
        for look, join, seen in zip(self.looks[::-1], self.joins[::-1], features[::-1], strict=True):
            y = look(seen)
            if x is not None:
                y = y + F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = F.leaky_relu(join(F.leaky_relu(y, 0.2)), 0.2)
        assert x is not None
        return torch.as_tensor(self.last(x)[:, 0])
