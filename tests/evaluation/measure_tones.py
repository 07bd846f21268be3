"""How well faded, dark and discoloured faces are restored: ``python -m tests.evaluation.measure_tones SHARP
[COUNT]``.

COUNT (60) faces of SHARP, evenly chosen, are damaged, faded in several ways, and restored at their automatic
level by the shipped model. PD is measured after the fading is undone, and told relative to the damaged
faces', not faded.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from engine.degradation import degrade
from engine.evaluation.metrics import PerceptualDistance
from engine.photo import read_photo
from engine.restore import Restorer
from tests.evaluation.some_faces import evenly_chosen, restored
from tests.faces.hidden import faded

_Channels = float | tuple[float, float, float]

FADINGS: dict[str, tuple[_Channels, _Channels]] = {  # contrast, and new black of 255
    "as it is": (1.0, 0.0),
    "half the contrast": (0.5, 64.0),
    "a third of it": (0.33, 85.0),
    "a third of it, pale": (0.33, 160.0),
    "a fifth of it": (0.2, 102.0),
    "a third of the light": (0.33, 0.0),
    "a fifth of it, dark": (0.2, 0.0),
    "cyan and green gone": ((0.8, 0.45, 0.6), (50.0, 30.0, 50.0)),
    "orange light": ((1.0, 0.75, 0.4), 0.0),
    "blue": ((0.55, 0.7, 1.0), (0.0, 10.0, 0.0)),
}


def main(sharp: Path, count: int) -> None:
    """Print a line for each kind of damage and fading."""
    distance, paths = PerceptualDistance(), evenly_chosen(sharp, count)
    faces = [read_photo(path).rgb8() for path in paths]
    with Restorer("cpu") as restorer:
        for family in ("moderate", "severe"):
            damaged = [degrade(face, family, path.name) for face, path in zip(faces, paths, strict=True)]
            pairs = list(zip(faces, damaged, strict=True))
            whole = np.array([distance(face, [one])[0] for face, one in pairs])
            for name, (contrast, black) in FADINGS.items():
                left, levels = [], []
                for face, one in pairs:
                    drawn = restored(restorer, faded(one, contrast, black))
                    undone = (drawn.pixels * 255 - np.float32(black)) / np.float32(contrast)
                    left += distance(face, [np.clip(np.rint(undone), 0, 255).astype(np.uint8)])
                    levels.append(np.nan if drawn.automatic is None else drawn.automatic)
                print(
                    f"{family:<9} {name:<20} PD {np.sum(left) / whole.sum():.3f} of the input's, mean level "
                    f"{np.nanmean(levels):.0f}, {np.isnan(levels).sum()} of {len(faces)} left alone",
                    flush=True,
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60)
