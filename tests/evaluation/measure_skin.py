"""Whether skin of every tone is restored alike: ``python -m tests.evaluation.measure_skin SHARP [COUNT]``.

COUNT (100) faces of SHARP, evenly chosen and those without colour left out, are damaged as the protocol has
it and restored at their automatic level by the shipped model. By the lightness of their skin they are
parted in thirds. Printed for each, of every family: what is left of PD, and how much lighter (L*), redder
(a*) and yellower (b*) than in the sharp face the skin is, in CIELAB, with 95 % bootstrap intervals.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation import FAMILIES, degrade
from engine.evaluation.metrics import PerceptualDistance, bootstrap_interval
from engine.photo import read_photo
from engine.restore import Restorer
from tests.evaluation.some_faces import evenly_chosen, in_bytes, restored

Rgb8 = NDArray[np.uint8]
_COLOUR = 6.0  # chroma (CIELAB) of skin below which a photo counts as grey
_BETWEEN = (
    slice(90, 190),
    slice(80, 176),
)  # rows and columns from the brows to the chin, from cheek to cheek


def skin(face: Rgb8) -> NDArray[np.float64]:
    """Give the mean L*, a* and b* of the middle of a face, (256, 256, 3) uint8 RGB."""
    lab = cv2.cvtColor(face[_BETWEEN].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return np.asarray(lab.reshape(-1, 3).mean(0), np.float64)


def main(sharp: Path, count: int) -> None:
    """Print a line for each family and third."""
    distance = PerceptualDistance()
    named = [(path.name, read_photo(path).rgb8()) for path in evenly_chosen(sharp, count)]
    named = [(name, face) for name, face in named if np.hypot(*skin(face)[1:]) > _COLOUR]
    thirds = np.array_split(np.argsort([skin(face)[0] for _, face in named]), 3)
    with Restorer("cpu") as restorer:
        for family in FAMILIES:
            shares, changes = [], []
            for name, face in named:
                low = degrade(face, family, name)
                shown = in_bytes(restored(restorer, low).pixels)
                left, whole = distance(face, [shown, low])
                shares.append(left / whole)
                changes.append(skin(shown) - skin(face))
            for third, tone in zip(thirds, ("darkest", "middle", "lightest"), strict=True):
                told = [
                    f"{what} {mean:+.2f} ({low:+.2f} to {high:+.2f})"
                    for what, values in zip(("L*", "a*", "b*"), np.array(changes)[third].T, strict=True)
                    for mean, low, high in [bootstrap_interval(values)]
                ]
                left, low, high = bootstrap_interval(np.array(shares)[third])
                lightness = np.mean([skin(named[at][1])[0] for at in third])
                print(
                    f"{family:<9} {tone:<8} {len(third)} faces, L* {lightness:.0f}: "
                    f"PD {left:.3f} ({low:.3f} to {high:.3f}), {', '.join(told)}",
                    flush=True,
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100)
