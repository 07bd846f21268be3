"""The finer stage in figures: ``python -m tests.evaluation.measure_finer WEIGHTS.pt FOLDER [COUNT]``.

Sharp faces of twice the network's size are not to be had; so those of its own size stand for them, as in
training: damaged by the protocol, restored at the automatic level, shrunk to half, and drawn at their own
size again, without and with the stage, and as it is shown, without its lattice; printed pictures too.
Faces are those of FOLDER, evenly chosen.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from engine.degradation import protocol
from engine.evaluation.metrics import PerceptualDistance, bootstrap_interval, ssim
from engine.lcqs.checkpoint import load_average, load_finer
from engine.photo import read_photo
from engine.restore.lattice import without_lattice
from engine.restore.model import replaced_share
from engine.restore.two_drawings import joined
from tests.evaluation.some_faces import as_tensor, evenly_chosen, in_bytes, printing


def main(weights: Path, folder: Path, count: int) -> None:
    """Print a line for each family of damage: SSIM and PD of the photo, without and with the stage."""
    net, finer = load_average(weights), load_finer(weights)
    assert finer is not None, "no finer stage in this file"
    distance = PerceptualDistance()
    paths = evenly_chosen(folder, count)
    for family in ("clean", *protocol.FAMILIES, "printed"):
        rows = []
        for path in paths:
            sharp = read_photo(path).rgb8()
            photo = _damaged(sharp, family, path.name)
            low = as_tensor([photo])
            with torch.inference_mode():
                encoding = net.encode(low)
                automatic = net.automatic_level(encoding)
                level = float(automatic)
                here, there = (
                    net.decode(one, automatic).clamp(0, 1)[0].permute(1, 2, 0).numpy()
                    for one in (encoding, net.mirrored(encoding))
                )
                restored = torch.from_numpy(joined(here, there[:, ::-1], level)).permute(2, 0, 1)[None]
                half = F.avg_pool2d(restored, 2)
                share = torch.tensor([replaced_share(level, level)])
                drawn = [
                    F.interpolate(half, scale_factor=2.0, mode="bicubic").clamp(0, 1),
                    finer(low, half, share).clamp(0, 1),
                ]
            shown = [face[0].permute(1, 2, 0).numpy() for face in drawn]
            shown.append(without_lattice(shown[-1], float(share)))
            faces = [photo, *(in_bytes(face) for face in shown)]
            rows.append((*(ssim(face, sharp) for face in faces), *distance(sharp, faces)))
        values = np.array(rows)
        gain, least, most = bootstrap_interval(values[:, 6] - values[:, 5])
        names = ("photo", "without", "with", "shown")
        said = "  ".join(
            f"{name}: SSIM {s:.3f} PD {d:.3f}"
            for name, s, d in zip(names, values.mean(0)[:4], values.mean(0)[4:], strict=True)
        )
        print(f"{family:9} {said}  PD by the stage {gain:+.3f} ({least:+.3f} to {most:+.3f})", flush=True)


def _damaged(face: NDArray[np.uint8], family: str, name: str) -> NDArray[np.uint8]:
    if family == "clean":
        return face
    if family == "printed":
        return printing(name).apply(face)
    return protocol.degrade(face, family, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 40)
