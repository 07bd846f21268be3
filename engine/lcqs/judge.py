"""The judge: how far faces that a network made are from real ones of the quality that they should have.

It looks at mean and deviation of every channel of features from a network that is not trained, remembers how
these are distributed over real faces and over made ones, and asks of each made face what a real one of the
same rank has: the sliced Wasserstein distance of Deshpande, Zhang & Schwing, "Generative modeling using the
sliced Wasserstein distance", CVPR 2018, eq. 6, along the features themselves. Mean values would not do: where
some real faces are noisy and others blurred, those have neither. Judges that learn had after a hundred steps
not yet told noise from hair, and taught that damage sharpens.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.lcqs.encoder import pooled_statistics

_MEMORY = 128  # faces of each kind
_STRIDES = 4  # that it looks at: 2, 4, 8 and 16


class Judge(nn.Module):
    """Remembers real faces and made ones.

    Parameters
    ----------
    channels : int
        Of all the features together that it looks at, those of `PerceptualFeatures`.
    """

    real: Tensor
    made: Tensor
    shown: Tensor

    def __init__(self, channels: int = 16 + 24 + 40 + 112):
        super().__init__()
        self.register_buffer("real", torch.zeros(_MEMORY, 2 * channels))
        self.register_buffer("made", torch.zeros(_MEMORY, 2 * channels))
        self.register_buffer("shown", torch.zeros(2, dtype=torch.long))  # real ones, made ones

    @torch.no_grad()
    def learn(self, real: list[Tensor], made: list[Tensor]) -> Tensor:
        """Look at faces of both kinds; the oldest ones are forgotten.

        Parameters
        ----------
        real, made : list of Tensor, (n, C, h, w)
            Their features; the number of faces may differ.

        Returns
        -------
        Tensor
            Scalar: mean squared difference of both kinds, rank by rank, in variances of the real one.
        """
        for kind, (memory, features) in enumerate(((self.real, real), (self.made, made))):
            statistics = pooled_statistics(features[:_STRIDES])
            places = torch.arange(len(statistics), device=memory.device) + self.shown[kind]
            memory[places % _MEMORY] = statistics
            self.shown[kind] += len(statistics)
        return -2 * self._verdict(self._remembered(1)).mean()

    def forward(self, made: list[Tensor]) -> Tensor:
        """Say how real faces look.

        Parameters
        ----------
        made : list of Tensor, (n, C, h, w)
            Their features.

        Returns
        -------
        Tensor, (n,)
            Half of the mean squared difference from what real faces of the same rank have, in variances,
            negative: higher is more like the real ones. Zero as long as nothing was shown.
        """
        return self._verdict(pooled_statistics(made[:_STRIDES]))

    def _verdict(self, statistics: Tensor) -> Tensor:
        if not self.shown.all():
            return 0 * statistics.mean(1)
        real, made = self._remembered(0).sort(0).values, self._remembered(1)
        with torch.no_grad():
            below = (made < statistics[:, None]).float().mean(1)
            share = (below + (made <= statistics[:, None]).float().mean(1)) / 2
            rank = (share * len(real) - 0.5).clamp(0, len(real) - 1)
            lower = rank.floor().long()
            upper = (lower + 1).clamp_max(len(real) - 1)
            wanted = torch.lerp(real.gather(0, lower), real.gather(0, upper), rank - lower)
            # Of few faces nobody knows the spread: the first may be one face.
            spread = (real.var(0, correction=0) * len(real) + 1) / (len(real) + 1) + 1e-3
        return -0.5 * ((statistics - wanted).square() / spread).mean(1)

    def _remembered(self, kind: int) -> Tensor:
        return (self.real, self.made)[kind][: int(self.shown[kind])]
