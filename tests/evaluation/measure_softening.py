"""What blurring faces for the network gains: ``python -m tests.evaluation.measure_softening SHARP [COUNT]``.

COUNT (60) faces of SHARP, evenly chosen, are spoilt in many ways, some of which its head did not learn from,
and restored at their automatic level by the shipped model, as it is and without its softening. PD is told
relative to the spoilt faces'.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.degradation import Compression, Damage, degrade, draw_flawed
from engine.degradation.protocol import jpeg
from engine.evaluation.metrics import PerceptualDistance
from engine.photo import read_photo
from engine.restore import Restorer
from tests.evaluation.some_faces import evenly_chosen, in_bytes, printing, restored
from tests.faces.hidden import blocks, grainy, printed

Rgb8 = NDArray[np.uint8]


def of_few_colours(face: Rgb8) -> Rgb8:
    """Leave 16 colours, as a GIF may have."""
    return np.asarray(Image.fromarray(face).quantize(16).convert("RGB"))


def on_a_screen(face: Rgb8) -> Rgb8:
    """Take every fourth row half of its light, as on a tube."""
    light = np.ones(len(face), np.float32)
    light[::4], light[1::4] = 0.4, 0.7
    return (face * light[:, None, None]).astype(np.uint8)


def on_textured_paper(face: Rgb8) -> Rgb8:
    """Light a honeycomb of 9 px from the side."""
    y, x = np.mgrid[: len(face), : len(face)] * (2 * np.pi / 9)
    cells = sum(np.cos(x * np.cos(turn) + y * np.sin(turn)) for turn in np.radians((10, 70, 130)))
    slope = np.gradient(cells, axis=1)
    return np.clip(face + 18 * (slope / slope.std())[..., None], 0, 255).astype(np.uint8)


WAYS: dict[str, Callable[[Rgb8, str], Rgb8]] = {
    "sharp": lambda face, _: face,
    "mild": lambda face, name: degrade(face, "mild", name),
    "moderate": lambda face, name: degrade(face, "moderate", name),
    "severe": lambda face, name: degrade(face, "severe", name),
    "flaws": lambda face, name: draw_flawed(np.random.default_rng(len(name) + ord(name[-5]))).apply(face),
    "mild, median of 9": lambda face, name: cv2.medianBlur(degrade(face, "mild", name), 9),
    "moderate, means": lambda face, name: Damage(1, smooth=7, smooth_by="means").apply(
        degrade(face, "moderate", name)
    ),
    "mild, sharpened": lambda face, name: Damage(1, sharpen=2, sharpen_width=3).apply(
        degrade(face, "mild", name)
    ),
    "JPEG of 10": lambda face, _: jpeg(face, 10),
    "JPEG of 5": lambda face, _: jpeg(face, 5),
    "interlaced": lambda face, name: Damage(1, shrink=2, comb=4).apply(degrade(face, "mild", name)),
    "print": lambda face, name: printing(name).apply(face),
    "dots of 4 px": lambda face, _: printed(face, 4),
    "noise of 40": lambda face, _: grainy(face, 40),
    "grain of 25, 2 px": lambda face, _: grainy(face, 25, 2),
    "blocks of 4 px": lambda face, _: blocks(face, 4),
    "WebP of 5": lambda face, _: Compression("WEBP", 5).apply(face),
    "mild, 16 colours": lambda face, name: of_few_colours(degrade(face, "mild", name)),
    "mild, oil filter": lambda face, name: cv2.edgePreservingFilter(
        degrade(face, "mild", name), flags=1, sigma_s=30, sigma_r=0.3
    ),
    "mild, on a tube": lambda face, name: on_a_screen(degrade(face, "mild", name)),
    "mild, honeycomb": lambda face, name: on_textured_paper(degrade(face, "mild", name)),
}


def main(sharp: Path, count: int) -> None:
    """Print a line for each way."""
    distance, paths = PerceptualDistance(), evenly_chosen(sharp, count)
    faces = [read_photo(path).rgb8() for path in paths]
    with Restorer("cpu") as restorer:
        model = restorer._model
        as_shipped = model._softening

        def untouched(features: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
            return {"softening": np.zeros(len(features["f2"]), np.float32)}

        for name, spoil in WAYS.items():
            spoilt = [spoil(face, path.name) for face, path in zip(faces, paths, strict=True)]
            measure = partial(_left, restorer, distance, faces, spoilt)
            model._softening = untouched  # type: ignore[assignment]
            before, level, alone = measure()
            model._softening = as_shipped
            after, new_level, still = measure()
            chosen = np.array([model.encode([one])[0].softening for one in spoilt])
            whole = max(sum(distance(face, [one])[0] for face, one in zip(faces, spoilt, strict=True)), 1.0)
            ratio, middle = after / before, np.median(chosen[chosen > 0]) if chosen.any() else 0
            print(
                f"{name:<18} PD {before.sum() / whole:.3f} → {after.sum() / whole:.3f}, "
                f"level {level:.0f} → {new_level:.0f}, left alone {alone} → {still}; "
                f"blurred {(chosen > 0).sum()}, by {middle:.1f} px; "
                f"worse by 5 % {(ratio > 1.05).sum()}, better {(ratio < 0.95).sum()} of {count}",
                flush=True,
            )


def _left(
    restorer: Restorer, distance: PerceptualDistance, faces: list[Rgb8], spoilt: list[Rgb8]
) -> tuple[NDArray[np.float64], float, int]:
    """Give PD of each face restored, their mean level, and how many are left alone."""
    left, levels = [], []
    for face, one in zip(faces, spoilt, strict=True):
        drawn = restored(restorer, one)
        left += distance(face, [in_bytes(drawn.pixels)])
        levels.append(np.nan if drawn.automatic is None else drawn.automatic)
    return np.array(left), float(np.nanmean(levels)), int(np.isnan(levels).sum())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60)
