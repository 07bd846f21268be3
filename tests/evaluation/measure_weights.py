"""Networks without α(x): ``python -m tests.evaluation.measure_weights FOLDER COUNT WEIGHTS.pt ...``.

Each draws sharp faces of FOLDER, evenly chosen and damaged by the protocol, at 1.05 times the level that they
need. A line for each family: PD as a share of the damaged face's, of the whole face, of both eyes and of
the mouth (enlarged as in training), and the gain of SSIM.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.degradation import protocol
from engine.evaluation.metrics import ssim
from engine.lcqs.checkpoint import load_average
from engine.lcqs.losses import eyes_and_mouths
from engine.lcqs.perceptual import PerceptualFeatures, distance_maps, feature_distance
from engine.lcqs.restoration_level import damage
from engine.photo import read_photo
from tests.evaluation.some_faces import as_tensor, evenly_chosen

_SHARE = 1.05


@torch.inference_mode()
def main(folder: Path, count: int, weights: Sequence[Path]) -> None:
    """Print a line for each family."""
    paths = evenly_chosen(folder, count)
    sharp = [read_photo(path).rgb8() for path in paths]
    nets, features = [load_average(path) for path in weights], PerceptualFeatures()
    wanted = as_tensor(sharp)
    of_wanted = features(wanted)
    print(f"{len(paths)} faces: PD of the input's, whole, eyes, mouths; gain of SSIM")
    for family in protocol.FAMILIES:
        photos = [protocol.degrade(face, family, path.name) for face, path in zip(sharp, paths, strict=True)]
        low = as_tensor(photos)
        needed = damage(distance_maps(features(low), of_wanted))
        before, similar = _distances(features, low, wanted), _similarity(low, wanted)
        said = []
        for net in nets:
            encoding = net.encode(low)
            drawn = net.decode_twice(encoding, net.mirrored(encoding), _SHARE * needed)
            shares = _distances(features, drawn, wanted) / before
            said.append(
                " ".join(f"{share:.3f}" for share in shares) + f" {_similarity(drawn, wanted) - similar:+.4f}"
            )
        print(f"{family:9} {' | '.join(said)}", flush=True)


def _distances(features: PerceptualFeatures, faces: Tensor, others: Tensor) -> np.ndarray:
    """PD of whole faces, of eyes and of mouths: the means, (3,)."""
    whole = _distance(features, faces, others)
    eyes, mouths = _distance(features, eyes_and_mouths(faces), eyes_and_mouths(others)).chunk(2)
    return torch.stack([whole.mean(), eyes.mean(), mouths.mean()]).numpy()


def _distance(features: PerceptualFeatures, faces: Tensor, others: Tensor) -> Tensor:
    return feature_distance(features(faces), features(others)).square().sum(1)


def _similarity(faces: Tensor, others: Tensor) -> float:
    pixels = [(some * 255).round().byte().permute(0, 2, 3, 1).numpy() for some in (faces, others)]
    return float(np.mean([ssim(face, other) for face, other in zip(*pixels, strict=True)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), [Path(path) for path in sys.argv[3:]])
