"""Small faces in figures: ``python -m tests.evaluation.measure_enlarged FOLDER [COUNT] [EMBEDDING.onnx]``.

Sharp faces of FOLDER, evenly chosen, are shrunk to a quarter, as they are in a picture of many people. Each
is a photo that is restored by the shipped model at the automatic level: at its size, and enlarged with what
is restored. The first is enlarged afterwards, as a viewer does, to be compared with the sharp face.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from engine.degradation.protocol import jpeg
from engine.evaluation.lpips import Lpips
from engine.evaluation.metrics import PerceptualDistance, bootstrap_interval, open_identity, ssim
from engine.photo import Photo, enlarged, read_photo
from engine.restore import Arrangement, Restorer
from tests.evaluation.some_faces import evenly_chosen

_FACTOR = 4
_QUALITIES = 92, 40


def main(folder: Path, count: int, embedding: str | None) -> None:
    """Print means for the photo, its copy enlarged afterwards, its enlarged copy, and what that gains."""
    distance, lpips, identity = PerceptualDistance(), Lpips(), open_identity(embedding)
    with Restorer("cpu") as restorer:
        for quality in _QUALITIES:
            rows = []
            for path in evenly_chosen(folder, count):
                sharp = read_photo(path).rgb8()
                side = len(sharp) // _FACTOR
                small = np.asarray(Image.fromarray(sharp).resize((side, side), Image.Resampling.BICUBIC))
                photo = Photo(jpeg(small, quality))
                analysis = restorer.analyse(photo)
                if not analysis.restorable:
                    continue
                copy = restorer.render(analysis)
                larger = restorer.render(restorer.analyse(photo, Arrangement(enlargement=_FACTOR)))
                faces = [enlarged(photo, _FACTOR).rgb8(), enlarged(copy, _FACTOR).rgb8(), larger.rgb8()]
                rows.append(
                    (
                        [ssim(face, sharp) for face in faces],
                        distance(sharp, faces),
                        lpips(sharp, faces),
                        identity(sharp, faces) if identity else [0.0] * 3,
                    )
                )
            print(f"{len(rows)} of {count} faces of {side} px, JPEG of quality {quality}")
            for name, values in zip(("SSIM", "PD", "LPIPS", "IP"), np.moveaxis(rows, 1, 0), strict=True):
                photo_, after, at_once = values.mean(0)
                gain, least, most = bootstrap_interval(values[:, 2] - values[:, 1])
                print(
                    f"  {name:5} photo {photo_:.3f}, enlarged afterwards {after:.3f}, at once {at_once:.3f}: "
                    f"{gain:+.3f} ({least:+.3f} to {most:+.3f})",
                    flush=True,
                )


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        int(sys.argv[2]) if len(sys.argv) > 2 else 60,
        sys.argv[3] if len(sys.argv) > 3 else None,
    )
