"""Small faces, as they lie in the photo: ``python -m tests.evaluation.measure_small FOLDER [COUNT]``.

COUNT (20) sharp faces of FOLDER, evenly chosen, are given several sides, damaged at that size, and restored
in place by the shipped model at the automatic level. The photo and the restored one, where they are smaller
than 256 px, are enlarged as by a viewer. Printed are PD and, at the photo's own size, SSIM, before → after.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import cv2
import numpy as np

from engine.degradation.protocol import jpeg
from engine.evaluation.metrics import PerceptualDistance, ssim
from engine.faces import TEMPLATE, Face
from engine.photo import Photo, read_photo
from engine.restore import Restorer
from tests.evaluation.some_faces import evenly_chosen, grey_like
from tests.faces.hidden import grainy, printed

_SIDES = 64, 110, 180, 230, 400  # the last is drawn at 512 px
_SHOWN = 256


def _noisy(face: np.ndarray, deviation: float) -> np.ndarray:
    noise = np.random.default_rng(1).normal(size=face.shape)
    return np.clip(face + deviation * noise, 0, 255).astype(np.uint8)


WAYS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "as it is": lambda face: face,
    "noise of 15 (of 255)": lambda face: _noisy(face, 15),
    "grey noise of 25": lambda face: grainy(face, 25),
    "JPEG of quality 40": lambda face: jpeg(face, 40),
    "dots 3 px apart": lambda face: printed(face, 3.0),
    "blur of 1 px, noise of 10": lambda face: _noisy(cv2.GaussianBlur(face, (0, 0), 1), 10),
}


def main(folder: Path, count: int) -> None:
    """Print a line for each side and way."""
    distance = PerceptualDistance()
    faces = [read_photo(path).rgb8() for path in evenly_chosen(folder, count)]
    with Restorer("cpu") as restorer:
        for side, (name, damage) in product(_SIDES, WAYS.items()):
            rows = [_measured(restorer, distance, _sized(face, side), damage) for face in faces]
            before, after, *alike = np.mean(rows, 0)
            print(
                f"{side:3d} px, {name:<26} PD {before:.3f} → {after:.3f}, "
                f"SSIM {alike[0]:.3f} → {alike[1]:.3f}",
                flush=True,
            )


def _measured(
    restorer: Restorer,
    distance: PerceptualDistance,
    sharp: np.ndarray,
    damage: Callable[[np.ndarray], np.ndarray],
) -> tuple[float, ...]:
    """Give PD and SSIM of a face, damaged and restored: before and after, before and after."""
    side, low = len(sharp), damage(sharp)
    sharp = grey_like(low, sharp)
    box = (0.25 * side, 0.2 * side, 0.75 * side, 0.9 * side)
    found = Face(box, 1.0, (TEMPLATE * side).astype(np.float32))
    restored = restorer.render(restorer.analyse(Photo(low), faces=[found])).rgb8()
    shown = [_enlarged(one) for one in (sharp, low, restored)]
    return (*distance(shown[0], shown[1:]), ssim(low, sharp), ssim(restored, sharp))


def _sized(face: np.ndarray, side: int) -> np.ndarray:
    method = cv2.INTER_AREA if side < len(face) else cv2.INTER_CUBIC
    return cv2.resize(face, (side, side), interpolation=method)


def _enlarged(face: np.ndarray) -> np.ndarray:
    side = max(len(face), _SHOWN)
    return cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20)
