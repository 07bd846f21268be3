"""A restored face on its way into the photo: ``python -m tests.evaluation.measure_pasted FOLDER [COUNT]``.

COUNT (20) sharp faces of FOLDER, evenly chosen, are damaged and put into a larger photo, their own mirror
image around them. Printed are what is left of the photo's PD over the whole crop, and SSIM: of the photo, of
what is drawn (which is what the protocol measures), of that where the oval lets it through, where the head
mask does as well, and of the face as it is pasted; then the same by the landmarks that are found in the
damaged photo instead of the true ones.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.degradation.protocol import FAMILIES, degrade
from engine.evaluation.metrics import PerceptualDistance, ssim
from engine.faces import TEMPLATE, Face, FaceDetector, plan_paste
from engine.photo import Photo, read_photo
from engine.restore import Restorer
from tests.evaluation.measure_small import WAYS
from tests.evaluation.some_faces import evenly_chosen, grey_like, in_bytes

_SIDE, _AROUND = 256, 96
_CROP = (slice(_AROUND, _AROUND + _SIDE), slice(_AROUND, _AROUND + _SIDE))
_NAMES = "photo", "drawn", "in the oval", "on the head", "pasted", "by its own landmarks"

Picture = NDArray[np.uint8]


def main(folder: Path, count: int) -> None:
    """Print a line for each kind of damage."""
    distance, detector = PerceptualDistance(), FaceDetector()
    with Restorer("cpu") as restorer:
        for kind in (*FAMILIES, *list(WAYS)[1:]):
            rows = []
            for path in evenly_chosen(folder, count):
                sharp = read_photo(path).rgb8()
                low = degrade(sharp, kind, path.name) if kind in FAMILIES else WAYS[kind](sharp)
                sharp = grey_like(low, sharp)
                faces = [low, *_ways_into(low, restorer, detector)]
                rows.append((distance(sharp, faces), [ssim(face, sharp) for face in faces]))
            far, alike = np.mean(rows, 0)
            said = (f"{n} {d / far[0]:.3f}, {s:.3f}" for n, d, s in zip(_NAMES, far, alike, strict=True))
            print(f"{kind:<26}" + "; ".join(said), flush=True)


def _ways_into(low: Picture, restorer: Restorer, detector: FaceDetector) -> list[Picture]:
    """Give a damaged face restored: drawn, in the oval, on the head, pasted, by its own landmarks."""
    photo = Photo(np.pad(low, ((_AROUND, _AROUND), (_AROUND, _AROUND), (0, 0)), "symmetric"))
    left, top, right, bottom = (_AROUND + _SIDE * share for share in (0.25, 0.2, 0.75, 0.9))
    known = Face((left, top, right, bottom), 1.0, (TEMPLATE * _SIDE + _AROUND).astype(np.float32))
    analysis = restorer.analyse(photo, faces=[known])
    (face,) = analysis.restorable
    level = face.automatic_level or 0.0
    assert face.aligned is not None
    assert face.encoded is not None
    drawn = restorer.draw([(face, level)])[0].pixels
    through = []
    for masks in [], [face.encoded.mask]:
        (plan,) = plan_paste(photo.pixels, [face.aligned], masks)
        weight = np.zeros(photo.pixels.shape[:2], np.float32)
        weight[plan.region] = plan.weight
        share = weight[_CROP][..., None]
        through.append(in_bytes(share * drawn + (1 - share) * np.float32(low / 255)))
    around = [one for one in detector(photo.rgb8()) if one.refusal is None]
    nearest = min(
        around, key=lambda one: np.hypot(*(one.landmarks - known.landmarks).T).mean(), default=known
    )
    own = restorer.render(restorer.analyse(photo, faces=[nearest]))
    pasted = [one.rgb8()[_CROP] for one in (restorer.render(analysis, {1: level}), own)]
    return [in_bytes(drawn), *through, *pasted]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20)
