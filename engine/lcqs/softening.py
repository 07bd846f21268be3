"""Softening: by how much a face is best blurred before the network sees it.

Software that smooths, sharpens or compresses a picture, or enlarges it pixel by pixel, leaves edges and
blocks that look as if they were the face's own. So do the dots of a print, and grain. The network draws on
what it sees, and takes them for detail. Blurred until they are gone, the same face is only a little out of
focus, and such faces it has learnt to restore. How far depends on the face, and one that has its detail loses
by it: that is told from what the encoder sees.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from engine.lcqs.second_look import stay_as_you_are
from engine.lcqs.statistics_head import StatisticsHead

SIGMAS = 0.7, 1.0, 1.4, 2.0, 2.8, 4.0
"""Standard deviations of the Gaussians among which one is chosen, px of the face that the network sees."""

_LEAST_GAIN = 4.0
"""Percent of the damage that is left by which a blurred face has to be restored better than it is as it is.

Predictions err, and a face that has its detail loses more than another one gains.
"""


def softened(faces: Tensor, sigmas: Tensor) -> Tensor:
    """Blur faces, each by a Gaussian of its own.

    Parameters
    ----------
    faces : Tensor, (n, 3, S, S)
    sigmas : Tensor, (n,)
        Standard deviations, px; 0 leaves a face as it is.

    Returns
    -------
    Tensor, (n, 3, S, S)
        On the device of `faces`.
    """
    rows = faces.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    pairs = zip(rows, sigmas.tolist(), strict=True)
    blurred = np.stack([cv2.GaussianBlur(face, (0, 0), sigma) if sigma else face for face, sigma in pairs])
    seen = torch.from_numpy(blurred).to(faces.device).permute(0, 3, 1, 2)
    return seen.contiguous(memory_format=torch.channels_last)


class Softening(StatisticsHead):
    """Chooses the softening; until it is fitted, it leaves faces as they are."""

    def __init__(self, widths: tuple[int, ...]):
        super().__init__(widths, len(SIGMAS))
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        self.register_load_state_dict_pre_hook(stay_as_you_are)  # type: ignore[no-untyped-call]

    def change(self, statistics: Tensor) -> Tensor:
        """Predict, in percent, what each of `SIGMAS` adds to the damage that is left: (n, k).

        Parameters
        ----------
        statistics : Tensor, (n, C)
            `pooled_statistics` of the features of faces as they are.
        """
        return torch.as_tensor(self.mlp(statistics))

    def from_statistics(self, statistics: Tensor) -> Tensor:
        """Give each face's standard deviation, (n,), px; 0 where it is best as it is."""
        least, at = self.change(statistics).min(1)
        sigmas = torch.tensor(SIGMAS, device=at.device)[at]
        return torch.where(least < -_LEAST_GAIN, sigmas, 0.0)
