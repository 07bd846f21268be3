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
        self.looks = nn.ModuleList(nn.Conv2d(2 * width, _CHANNELS, 1) for width in widths)
        self.joins = nn.ModuleList(nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=1) for _ in widths)
        self.last = nn.Conv2d(_CHANNELS, 1, 1)
        nn.init.zeros_(self.last.weight)
        nn.init.constant_(self.last.bias, _SURE)  # type: ignore[arg-type]
        self.register_load_state_dict_pre_hook(stay_as_you_are)  # type: ignore[no-untyped-call]

    def forward(self, features: list[Tensor], shifted: list[Tensor]) -> Tensor:
        """Give masks, (n, S/4, S/4), 0 to 1: the probability that there is somebody.

        Parameters
        ----------
        features, shifted : list of Tensor, (n, C, h, w)
            The encoder's features of the faces, and of the same faces strongly shifted: damage hides
            outlines, and what the shift takes for damage may be a frame. Finest first, from 1/4 of the
            face's size on.
        """
        return torch.sigmoid(self.logits(both(features, shifted)))

    def logits(self, seen: list[Tensor]) -> Tensor:
        """Give the masks' logits, (n, S/4, S/4), for `both` features."""
        x: Tensor | None = None
        for look, join, size in zip(self.looks[::-1], self.joins[::-1], seen[::-1], strict=True):
            y = look(size)
            if x is not None:
                y = y + F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = F.leaky_relu(join(F.leaky_relu(y, 0.2)), 0.2)
        assert x is not None
        return torch.as_tensor(self.last(x)[:, 0])


def both(features: list[Tensor], shifted: list[Tensor]) -> list[Tensor]:
    """Lay features of the same faces, before and after a shift, beside each other: (n, 2C, h, w) each."""
    return [torch.cat(pair, 1) for pair in zip(features, shifted, strict=True)]
