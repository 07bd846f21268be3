"""The judge: how far faces that a network made are from real ones of the quality that they should have.

Of both kinds it remembers the mean statistics of features from a network that is not trained, and weighs
every face with the difference: the best linear judge there is, at every step. After dos Santos et al.,
"Learning implicit generative models by matching perceptual features", ICCV 2019. Judges that learn, also on
such features, had after a hundred steps not yet told noise from hair, and taught that damage sharpens.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.lcqs.encoder import pooled_statistics

_MEMORY = 0.95  # of means, from one step to the next
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
    spread: Tensor
    shown: Tensor

    def __init__(self, channels: int = 16 + 24 + 40 + 112):
        super().__init__()
        self.register_buffer("real", torch.zeros(2 * channels))
        self.register_buffer("made", torch.zeros(2 * channels))
        self.register_buffer("spread", torch.ones(2 * channels))
        self.register_buffer("shown", torch.zeros(()))

    @torch.no_grad()
    def learn(self, real: list[Tensor], made: list[Tensor]) -> Tensor:
        """Look at faces of both kinds.

        Parameters
        ----------
        real, made : list of Tensor, (n, C, h, w)
            Their features.

        Returns
        -------
        Tensor
            Scalar: mean squared difference of both kinds, in variances of the real one.
        """
        true, fake = pooled_statistics(real[:_STRIDES]), pooled_statistics(made[:_STRIDES])
        # The first steps weigh the same: else the zeros at the start would count.
        least = torch.full_like(self.shown, 1 - _MEMORY)
        share = torch.maximum(1 / (self.shown + 1), least)
        self.real.lerp_(true.mean(0), share)
        self.made.lerp_(fake.mean(0), share)
        # A spread of one stands at the start, as one step: the first faces may be one face.
        self.spread.lerp_((true - self.real).square().mean(0), torch.maximum(1 / (self.shown + 2), least))
        self.shown += 1
        return ((self.real - self.made).square() / (self.spread + 1e-3)).mean()

    def forward(self, made: list[Tensor]) -> Tensor:
        """Say how real faces look.

        Parameters
        ----------
        made : list of Tensor, (n, C, h, w)
            Their features.

        Returns
        -------
        Tensor, (n,)
            Higher is more like the real ones; its gradient is that of half of what `learn` gives.
        """
        weights = (self.real - self.made) / (self.spread + 1e-3)
        return (pooled_statistics(made[:_STRIDES]) * weights).mean(1)
