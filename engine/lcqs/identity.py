"""The identity loss: how unlike a person a face looks to networks that embed faces.

Their files are given by who trains a model; none is part of Heirloom. Several see more than one: a generator
learns to please the one that it is trained with, and others may find that the person has changed. What the
evaluation measures with should be yet another one, so that no loss is its own judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.faces import TEMPLATE
from engine.faces.geometry import similarity
from engine.lcqs.mobilefacenet import MobileFaceNet
from engine.lcqs.onnx_graph import OnnxGraph
from engine.lcqs.perceptual import feature_distance

ARCFACE = np.array(
    ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
)
"""The five landmarks of embeddings' 112-px crop (Deng et al., "ArcFace", CVPR 2019, as in insightface)."""


class IdentityEmbedding(nn.Module):
    """Embeds faces aligned to the FFHQ template.

    Parameters
    ----------
    path : Path
        ``.onnx``: a network that takes ArcFace's 112-px crop, RGB in [-1, 1]. Else a state dict of
        MobileFaceNet, which takes the crop's middle 96 columns.

    Raises
    ------
    ModelError
        If the file is missing or does not fit.
    """

    grid: Tensor

    def __init__(self, path: Path):
        super().__init__()
        network = OnnxGraph(path) if path.suffix == ".onnx" else MobileFaceNet(path)
        self.network = network.eval().requires_grad_(False)
        self.register_buffer("grid", _crop_grid(112 if path.suffix == ".onnx" else 96))

    def forward(self, face: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Embed faces.

        Parameters
        ----------
        face : Tensor, (n, 3, S, S)
            FFHQ-aligned, RGB in [0, 1].

        Returns
        -------
        embedding : Tensor, (n, D)
            Of unit length.
        features : list of Tensor, (n, C, h, w)
            On the way there, finest first.
        """
        small = F.interpolate(face, size=(128, 128), mode="area")
        grid = self.grid.expand(len(face), -1, -1, -1)
        crop = F.grid_sample(small, grid, mode="bilinear", padding_mode="border", align_corners=False)
        embedding, features = self.network(crop * 2 - 1)
        return F.normalize(embedding.float(), dim=1), features


def embeddings(paths: Sequence[Path]) -> nn.ModuleList:
    """Open the networks of an identity loss."""
    return nn.ModuleList(IdentityEmbedding(path) for path in paths)


def identity_loss(networks: nn.ModuleList, faces: Tensor, people: Tensor) -> Tensor:
    """Measure how unlike `people` the `faces` look, to embeddings and on the way to them.

    Many faces have nearly the same embedding; features of each place leave fewer of them, and so does moving,
    turning and mirroring both faces at random.

    Parameters
    ----------
    networks : nn.ModuleList
        From `embeddings`.
    faces, people : Tensor, (n, 3, S, S)
        RGB; `people`, in [0, 1], gets no gradient.

    Returns
    -------
    Tensor
        Scalar: one minus the mean cosine similarity, plus the mean feature distance; the sum over networks.
    """
    grid = _somehow(faces)
    moved, wanted = (
        F.grid_sample(one.float(), grid, mode="bilinear", padding_mode="border", align_corners=False)
        for one in (faces.clamp(0, 1), people)
    )
    losses = []
    for network in networks:
        with torch.no_grad():
            who, there = network(wanted)
        again, here = network(moved)
        losses.append(1 - (who * again).sum(1).mean() + feature_distance(here, there).mean())
    return torch.stack(losses).sum()


def _somehow(faces: Tensor) -> Tensor:
    """Sampling grids (n, S, S, 2) that move by up to 2.5 %, turn by 3.5°, scale by 5 %, and mirror half."""
    drawn = torch.rand(5, len(faces), device=faces.device)
    turn, scale = 0.12 * (drawn[0] - 0.5), 1 + 0.1 * (drawn[1] - 0.5)
    mirror = torch.where(drawn[2] < 0.5, -1.0, 1.0)
    cos, sin = scale * turn.cos(), scale * turn.sin()
    x = torch.stack([mirror * cos, -sin, 0.05 * (drawn[3] - 0.5)], 1)
    y = torch.stack([mirror * sin, cos, 0.05 * (drawn[4] - 0.5)], 1)
    return F.affine_grid(torch.stack([x, y], 1), list(faces.shape), align_corners=False)


def _crop_grid(width: int) -> Tensor:
    """Sampling grid (1, 112, W, 2) that finds ArcFace's crop in a face aligned to the FFHQ template."""
    to_face = similarity(ARCFACE + np.array((width / 2 - 56, 0)), TEMPLATE * 2 - 1)
    y, x = np.mgrid[:112, :width]
    grid = np.stack([x, y], 2) @ to_face[:, :2].T + to_face[:, 2]
    return torch.from_numpy(grid).float()[None]
