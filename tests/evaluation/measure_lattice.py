"""The lattice in large faces in figures: ``python -m tests.evaluation.measure_lattice SHARP [COUNT]``.

COUNT (16) faces of SHARP, evenly chosen, are damaged by the protocol, enlarged to twice their size and drawn
there at the automatic level, with the lattice that the finer stage draws and as they are shown. Told are the
power of waves of 3 px along rows and columns, by that in other directions, and SSIM, PD and LPIPS to the
sharp face, enlarged in the same way.
"""

from __future__ import annotations

import sys
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation import protocol
from engine.evaluation.lpips import Lpips
from engine.evaluation.metrics import PerceptualDistance, ssim
from engine.photo import read_photo
from engine.restore import Restorer
from tests.evaluation.directions import along_rows_and_columns
from tests.evaluation.some_faces import evenly_chosen, in_bytes, restored


def main(folder: Path, count: int) -> None:
    """Print two lines for each family of damage, and one for the faces themselves."""
    distance, lpips = PerceptualDistance(), Lpips()
    faces = {path.name: read_photo(path).rgb8() for path in evenly_chosen(folder, count)}
    own = [along_rows_and_columns(face / np.float32(255)) for face in faces.values()]
    print(f"sharp faces, at their own size: {np.median(own):.1f} times as much along rows and columns")
    with Restorer("cpu") as restorer:
        for family in protocol.FAMILIES:
            rows = []
            for name, face in faces.items():
                low, sharp = _twice(protocol.degrade(face, family, name)), _twice(face)
                shown = restored(restorer, low).pixels
                with patch("engine.restore.model.without_lattice", lambda drawn, share: drawn):
                    drawn = restored(restorer, low).pixels
                both = [in_bytes(drawn), in_bytes(shown)]
                along = [along_rows_and_columns(one) for one in (drawn, shown)]
                similar = [ssim(one, sharp) for one in both]
                rows.append((along, similar, distance(sharp, both), lpips(sharp, both)))
            values = np.array(rows)
            along, means = np.median(values[:, 0], axis=0), values.mean(0)
            for i, what in enumerate(("as drawn", "as shown")):
                said = f"{along[i]:.1f} times as much along rows and columns, SSIM {means[1, i]:.4f}"
                print(f"{family:9} {what}: {said}, PD {means[2, i]:.3f}, LPIPS {means[3, i]:.4f}", flush=True)


def _twice(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(face, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 16)
