"""README's picture of a small face: ``python -m tests.evaluation.make_enlarged FILE.jpg``.

The portrait that scikit-image carries, shrunk to half and compressed, as faces are in a picture of many
people: the photo, its restored copy, and its enlarged copy, all shown as large.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from engine.cli.demo import portrait
from engine.cli.drawing import contact_sheet
from engine.degradation.protocol import jpeg
from engine.photo import Photo, enlarged
from engine.restore import Arrangement, Restorer

_SHRUNK, _FACTOR = 2, 4
_QUALITY = 75
_AROUND = 0.8  # of the face's height, to each side of its middle


def main(path: Path) -> None:
    """Draw the sheet."""
    small = cv2.resize(portrait(), None, fx=1 / _SHRUNK, fy=1 / _SHRUNK, interpolation=cv2.INTER_AREA)
    photo = Photo(jpeg(small, _QUALITY))
    with Restorer(device="cpu") as restorer:
        analysis = restorer.analyse(photo)
        arrangement = Arrangement(enlargement=_FACTOR)
        face = analysis.restorable[0].face.mapped(arrangement.matrix(photo))
        copy, larger = restorer.render(analysis), restorer.render(restorer.analyse(photo, arrangement))
    half = _AROUND * face.height
    x, y = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
    part = np.s_[max(0, int(y - half)) : int(y + half), max(0, int(x - half)) : int(x + half)]
    shown = {
        f"a face {face.height / _FACTOR:.0f} px high": enlarged(photo, _FACTOR),
        "restored at its size": enlarged(copy, _FACTOR),
        f"with --enlarge {_FACTOR}": larger,
    }
    row = [(label, np.ascontiguousarray(one.rgb8()[part])) for label, one in shown.items()]
    Image.fromarray(contact_sheet([row])).save(path, quality=90)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
