"""The model card's picture of failures: ``python -m tests.evaluation.make_failures FILE.jpg``.

Damage of which the model is known to leave, or to invent, too much, on scikit-image's portrait. Look at it
when the model changes: what the card says of it may no longer be so.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from engine.cli.demo import portrait
from engine.cli.drawing import contact_sheet
from engine.degradation import Damage, protocol
from engine.photo import Photo
from engine.restore import Restorer

_BEYOND = 120.0


def damaged(face: np.ndarray) -> dict[str, np.ndarray]:
    """Spoil a face, (S, S, 3) uint8 RGB, in each way; by a label for the sheet."""
    torn = face.copy()
    for x, width in ((0.44, 5), (0.66, 9)):
        ends = ((int(x * len(face)), 0), (int((x + 0.07) * len(face)), len(face)))
        cv2.line(torn, *ends, (235, 230, 220), width, cv2.LINE_AA)
    coarse = Damage(seed=3, halftone=0.75, pitch=9.0, angle=0.8)
    engraved = Damage(seed=4, halftone=0.75, pitch=6.0, angle=0.5, lines=True)
    return {
        "little but blur": protocol.degrade(face, "severe", "astronaut.png"),
        "a coarse screen": coarse.apply(face),
        "an engraving's lines": engraved.apply(face),
        "wide scratches": torn,
        "damp and losses": Damage(seed=6, foxing=12, losses=4, creases=1).apply(face),
    }


def main(path: Path) -> None:
    """Draw the sheet."""
    rows = []
    with Restorer(device="cpu") as restorer:
        aligned = restorer.analyse(Photo(portrait())).restorable[0].aligned
        assert aligned is not None
        face = aligned.pixels
        for label, low in damaged(face).items():
            drawn = restorer.redraw([low, low], [lambda level: level or 0.0, lambda level: _BEYOND])
            shown = [np.rint(one.pixels.clip(0, 1) * 255).astype(np.uint8) for one in drawn]
            titles = (label, f"auto {drawn[0].level:.0f}", f"{_BEYOND:.0f}", "as it was")
            rows.append(list(zip(titles, (low, *shown, face), strict=True)))
    Image.fromarray(contact_sheet(rows)).save(path, quality=90)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
