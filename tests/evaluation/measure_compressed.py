"""What undoing compression gains: ``python -m tests.evaluation.measure_compressed SHARP [COUNT]``.

COUNT (40) faces of SHARP, evenly chosen, are compressed in photos that hold them larger or smaller and turned
by some degrees, cut out, and restored at their automatic level by the shipped model: without its deblocker,
as it is, with all of them deblocked, and each in the better of these ways. PD is told relative to the
compressed faces'. So are faces that were not compressed, or as the protocol does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation import Compression, degrade, draw_damage, draw_turned
from engine.evaluation.metrics import PerceptualDistance
from engine.photo import read_photo
from engine.restore import Restorer
from engine.restore.model import _OF_THE_WHOLE
from tests.evaluation.some_faces import evenly_chosen, in_bytes, restored
from tests.faces.hidden import grainy

Rgb8 = NDArray[np.uint8]
SIZE = 256


def sized(face: Rgb8, side: int) -> Rgb8:
    """Give a face at another size, as a scanner or the alignment would."""
    if len(face) == side:
        return face
    by = cv2.INTER_AREA if side < len(face) else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(face, (side, side), interpolation=by), np.uint8)


def cut_out(face: Rgb8, photo: Rgb8, name: str) -> tuple[Rgb8, Rgb8]:
    """Give the crop of a face's photo that the network is shown, and the sharp one, at 256 px.

    A face is turned in its photo, always alike for the same file's name: what is not resampled at all, as
    hardly any face of a photo, is none that the deblocker learnt from.
    """
    side = SIZE if len(photo) <= SIZE else 2 * SIZE
    cut = draw_turned(np.random.default_rng(list(name.encode())), side, len(photo))
    return cut.of(photo), sized(cut.of_sharp(face), SIZE)


def compressed(
    form: str, quality: int, side: int, before: Callable[[Rgb8, str], Rgb8] | None = None
) -> Callable[[Rgb8, str], Rgb8]:
    """Compress faces in photos that hold them at `side` px, spoilt `before` that or not."""

    def spoil(face: Rgb8, name: str) -> Rgb8:
        face = face if before is None else before(face, name)
        return Compression(form, quality).apply(sized(face, side))

    return spoil


def damaged(face: Rgb8, name: str) -> Rgb8:
    """Damage a face as in training, always alike for the same file's name."""
    return draw_damage(np.random.default_rng(list(name.encode()))).apply(face)


WAYS: dict[str, Callable[[Rgb8, str], Rgb8]] = {
    "sharp": lambda face, _: face,
    "mild": lambda face, name: degrade(face, "mild", name),
    "moderate": lambda face, name: degrade(face, "moderate", name),
    "severe": lambda face, name: degrade(face, "severe", name),
    **{
        f"JPEG of {quality}, {side} px": compressed("JPEG", quality, side)
        for side in (256, 512)
        for quality in (10, 20, 40, 70)
    },
    "JPEG of 20, 128 px": compressed("JPEG", 20, 128),
    "JPEG of 20, 180 px": compressed("JPEG", 20, 180),
    "JPEG of 20, 384 px": compressed("JPEG", 20, 384),
    "WebP of 10, 256 px": compressed("WEBP", 10, 256),
    "grain, JPEG of 20, 256 px": compressed("JPEG", 20, 256, lambda face, _: grainy(face, 20, 2)),
    "damaged, JPEG of 20, 256 px": compressed("JPEG", 20, 256, damaged),
    "damaged, not compressed": damaged,
}


def main(sharp: Path, count: int) -> None:
    """Print a line for each way."""
    distance, paths = PerceptualDistance(), evenly_chosen(sharp, count)
    faces = [read_photo(path).rgb8() for path in paths]

    def apart(face: Rgb8, other: Rgb8) -> float:
        return float(distance(face, [sized(other, SIZE)])[0])

    with Restorer("cpu") as restorer:
        model = restorer._model
        helps = model._deblocking_helps

        def all_of_them(feeds: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
            return {**helps(feeds), "helps": np.array([True])}

        for name, spoil in WAYS.items():
            whole, before, after, deblocked, chosen = 0.0, [], [], [], 0
            for face, path in zip(faces, paths, strict=True):
                spoilt, sharp_one = cut_out(face, spoil(face, path.name), path.name)
                whole += apart(sharp_one, spoilt)
                for results, asked in ((before, None), (deblocked, all_of_them), (after, helps)):
                    model._deblocking_helps = asked
                    (encoded,) = model.encode([spoilt])
                    results.append(apart(sharp_one, in_bytes(restored(restorer, spoilt).pixels)))
                chosen += encoded.whole is not encoded.pixels
            old, new, always = np.array(before), np.array(after), np.array(deblocked)
            without, own, all_, best = (
                one.sum() / max(whole, 1) for one in (old, new, always, np.minimum(old, always))
            )
            print(
                f"{name:<28} PD {without:.3f} → {own:.3f} (all {all_:.3f}, best {best:.3f}); "
                f"deblocked {chosen}; worse by 5 % {(new > 1.05 * old).sum()}, "
                f"better {(new < 0.95 * old).sum()} of {count}",
                flush=True,
            )
        for side in (SIZE, 2 * SIZE):
            pixels = sized(faces[0], side).transpose(2, 0, 1).astype(np.float32) / 255
            encoded = model._encode({"face": model._shrunk(pixels)[None]})
            face = {"face": pixels[None]}
            looking = face | {name: one for name, one in encoded.items() if name not in _OF_THE_WHOLE}
            passed = {name: one for name, one in helps(looking).items() if name != "helps"}
            print(
                f"{side} px: to tell whom it helps {timed(lambda feeds=looking: helps(feeds)):.0f} ms, ",
                end="",
            )
            print(f"to deblock {timed(lambda feeds=face | passed: model._deblock(feeds)):.0f} ms more")


def timed(work: Callable[[], object]) -> float:
    """Give the median of seven times, ms."""
    times = []
    for _ in range(7):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return float(1000 * np.median(times))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 40)
