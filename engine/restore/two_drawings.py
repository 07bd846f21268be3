"""Joins two drawings of a face, as it is and in the mirror, to the one that is shown.

What a network draws without knowing comes out differently in the mirror, and what the photo tells it comes
out the same, so the mean of both is nearer to the person than either. Lim et al. call it the self-ensemble
("Enhanced Deep Residual Networks for Single Image Super-Resolution", CVPR Workshops 2017).

A mean is softer than what it is made of: a hair that is not in the same place in both is half as strong. At
strong levels, where the photo told little of what is fine, the finest of the mean gets back the strength that
it has in either drawing, place by place. What both drew alike has lost nothing, and stays as it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.restore.fine_detail import finer_than, strength

_FROM, _FULLY = 65.0, 85.0
"""Levels from which strength is given back, and at which all of it is."""

_FINER = 1.0  # standard deviation of the Gaussian, px, that takes the finest away
_PLACE = 2.0  # of the one in which strength is measured
_MOST = 2**0.5  # what a mean of two loses that have nothing to do with each other
_NOTHING = 1e-7  # square of a strength that is none

_Face = NDArray[np.float32]


def joined(one: _Face, other: _Face, level: float) -> _Face:
    """Give the mean of two drawings, with its finest details as strong as theirs from strong levels on.

    Parameters
    ----------
    one, other : (S, S, 3) float32, RGB, 0 to 1
        Drawings of a face, both the right way round.
    level : float
        α at which they were drawn, 0 to 150.

    Returns
    -------
    (S, S, 3) float32, RGB, 0 to 1
    """
    mean = np.float32(0.5) * (one + other)
    share = float(np.interp(level, (_FROM, _FULLY), (0.0, 1.0)))
    if not share:
        return mean
    details, *theirs = (finer_than(_FINER, face) for face in (mean, one, other))
    wanted = 0.5 * sum(strength(detail, _PLACE) for detail in theirs)
    gain = np.sqrt(wanted / (strength(details, _PLACE) + _NOTHING))
    added = np.float32(share) * (np.clip(gain, 1, _MOST) - 1)
    return np.asarray(np.clip(mean + added[..., None] * details, 0, 1), np.float32)
