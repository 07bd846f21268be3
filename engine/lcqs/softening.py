"""Softening: by how much a face is best blurred before the network sees it.

Software that smooths, sharpens or compresses a picture, or enlarges it pixel by pixel, leaves edges and
blocks that look as if they were the face's own. So do the dots of a print, and grain. The network draws on
what it sees, and takes them for detail. Blurred until they are gone, the same face is only a little out of
focus, and such faces it has learnt to restore. How far depends on the face, and one that has its detail loses
by it: that is told from what the encoder sees.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import torch
from torch import Tensor

from engine.lcqs.change_head import ChangeHead

SIGMAS = 0.7, 1.0, 1.4, 2.0, 2.8, 4.0
"""Standard deviations of the Gaussians among which one is chosen, px of the face that the network sees."""


_LEAST_GAIN = 4.0  # percent, see `ChangeHead`


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


def more_and_more_blurred(faces: Tensor) -> Iterator[Tensor]:
    """Give faces, (n, 3, S, S), RGB in [0, 1], as they are, and then blurred by each of `SIGMAS`."""
    yield faces
    for sigma in SIGMAS:
        yield softened(faces, torch.full((len(faces),), sigma))


class Softening(ChangeHead):
    """Chooses the softening; until it is fitted, it leaves faces as they are."""

    def __init__(self, widths: tuple[int, ...]):
        super().__init__(widths, len(SIGMAS), _LEAST_GAIN)

    def from_statistics(self, statistics: Tensor) -> Tensor:
        """Give each face's standard deviation, (n,), px; 0 where it is best as it is."""
        chosen = self.chosen(statistics)
        return torch.tensor((0.0, *SIGMAS), device=chosen.device)[chosen]
