"""Losses that need no network, and where in a face they weigh most."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_CENTRE = (0.28, 0.32, 0.72, 0.82)
"""Left, top, right and bottom of eyes, nose and mouth in an FFHQ-aligned face, as shares of its side."""
_EDGE = 0.03  # in which a weight falls
_PARTS = (0.25, 0.345), (0.25, 0.6)
"""Left and top of the windows around both eyes and the mouth: half a face wide, a quarter high."""
_SURE = 0.05  # errors of pixels below it count by their square: nobody can know fine detail


def face_weights(size: int, weight: float) -> Tensor:
    """Weights of pixels: what makes out a person is a fifth of an aligned face's area.

    Parameters
    ----------
    size : int
        Side S of the face, px.
    weight : float
        Of eyes, nose and mouth, where everything else weighs one.

    Returns
    -------
    Tensor, (1, 1, S, S)
        With a mean of one.
    """
    left, top, right, bottom = _CENTRE
    at = (torch.arange(size) + 0.5) / size
    across = torch.sigmoid((at - left) / _EDGE) * torch.sigmoid((right - at) / _EDGE)
    down = torch.sigmoid((at - top) / _EDGE) * torch.sigmoid((bottom - at) / _EDGE)
    weights = 1 + (weight - 1) * down[:, None] * across
    return (weights / weights.mean())[None, None]


def eyes_and_mouths(faces: Tensor) -> Tensor:
    """Give what people look at first, at twice its size: both eyes, which must look the same way, and mouths.

    Networks that were taught with things which fill a picture know an iris or a row of teeth by it.

    Parameters
    ----------
    faces : Tensor, (n, 3, S, S)
        FFHQ-aligned.

    Returns
    -------
    Tensor, (2n, 3, S/2, S)
        All eyes, then all mouths.
    """
    size = faces.shape[-1]
    corners = [(round(left * size), round(top * size)) for left, top in _PARTS]
    windows = [faces[..., y : y + size // 4, x : x + size // 2] for x, y in corners]
    return F.interpolate(torch.cat(windows), scale_factor=2.0, mode="bilinear", align_corners=False)


def huber(faces: Tensor, wanted: Tensor) -> Tensor:
    """Errors of pixels, by the loss of Huber (1964): small ones count by their square.

    Parameters
    ----------
    faces, wanted : Tensor, (n, 3, S, S)
        RGB in [0, 1].

    Returns
    -------
    Tensor, (n, 3, S, S)
    """
    return F.smooth_l1_loss(faces, wanted, beta=_SURE, reduction="none")


def down_loss(faces: Tensor, originals: Tensor) -> Tensor:
    """L_down: how far `faces` have left what damage leaves intact.

    Parameters
    ----------
    faces, originals : Tensor, (n, 3, S, S)
        RGB in [0, 1].

    Returns
    -------
    Tensor
        Scalar: mean absolute difference of both, shrunk eightfold.
    """
    return (F.avg_pool2d(faces.float(), 8) - F.avg_pool2d(originals.float(), 8)).abs().mean()


def weights_in_places(places: Tensor) -> Tensor:
    """Give the weights of pixels where there are places that are few, and went unlearnt: others weigh 1.

    Together a face's places weigh four times as much as the face, be they large or small: what is lost on a
    large one can be drawn in many ways, and must not drown a mole. No pixel weighs more than 400.

    Parameters
    ----------
    places : (n, 1, S, S) bool

    Returns
    -------
    (n, 1, S, S) float32
    """
    shares = places.float().mean((1, 2, 3), keepdim=True)
    return torch.where(places, (4 / shares.clamp_min(1e-6)).clamp_max(400.0), 1.0)
