"""Printed pictures in figures: ``python -m tests.evaluation.measure_printed FOLDER [COUNT]``.

Sharp faces of FOLDER, evenly chosen, are printed with a screen as in training, and restored by the shipped
model at the automatic level: as they are drawn, and with what is left of the screen taken away.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from engine.evaluation.metrics import PerceptualDistance, bootstrap_interval, ssim
from engine.photo import read_photo
from engine.restore import LcqsModel
from engine.restore.screen import Screen
from engine.runtime import find_model
from tests.evaluation.some_faces import evenly_chosen, in_bytes, printing


def main(folder: Path, count: int) -> None:
    """Print how many screens were found, and SSIM and PD where one was."""
    model, distance = LcqsModel(find_model(None), "cpu"), PerceptualDistance()
    printed = {"dots": 0, "lines": 0}
    found, rows = dict(printed), []
    for path in evenly_chosen(folder, count):
        sharp = read_photo(path).rgb8()
        recipe = printing(path.name)
        photo, kind = recipe.apply(sharp), "lines" if recipe.lines else "dots"
        printed[kind] += 1
        screen = Screen.of(photo)
        if screen is None:
            continue
        found[kind] += 1
        (encoded,) = model.encode([photo])
        (drawing,) = model.decode([encoded], [encoded.level])
        drawn = [drawing.pixels, screen.taken_from(drawing.pixels, 1.0)]
        faces = [photo, *(in_bytes(one) for one in drawn)]
        rows.append((*(ssim(face, sharp) for face in faces), *distance(sharp, faces)))
    print("  ".join(f"{kind}: {found[kind]} of {number} found" for kind, number in printed.items()))
    values = np.array(rows)
    for name, first in (("SSIM", 0), ("PD", 3)):
        photo, drawn, bare = values.mean(0)[first : first + 3]
        change, least, most = bootstrap_interval(values[:, first + 2] - values[:, first + 1])
        print(
            f"{name:4} photo {photo:.3f}, drawn {drawn:.3f}, without the screen {bare:.3f}: "
            f"{change:+.3f} ({least:+.3f} to {most:+.3f})"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60)
