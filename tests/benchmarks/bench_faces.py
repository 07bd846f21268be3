"""How long finding, aligning and pasting faces takes: ``python -m tests.benchmarks.bench_faces [threads]``.

Prints the least and the median time of several runs; the least is what a quiet machine gives.
"""

import sys
import time
from collections.abc import Callable

import cv2
import numpy as np
from skimage import data

from engine.faces import Face, FaceDetector, align, apply_changes, plan_paste
from engine.faces.centerface import open_network

PORTRAIT = data.astronaut()


def report(name: str, work: Callable[[], object], runs: int) -> None:
    """Print one line for one piece of work."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    print(f"{name:<58} least {min(times) * 1e3:8.1f} ms   median {np.median(times) * 1e3:8.1f} ms")


def photo_with_portrait(height: int, width: int, factor: float) -> np.ndarray:
    """A photo of a textured wall with the portrait on it, enlarged by a factor."""
    rng = np.random.default_rng(0)
    wall = rng.normal(120, 25, (height // 40, width // 40, 3)).clip(0, 255).astype(np.uint8)
    photo = cv2.resize(wall, (width, height), interpolation=cv2.INTER_CUBIC)
    picture = cv2.resize(PORTRAIT[:300], None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    picture = picture[:height, :width]
    photo[: picture.shape[0], : picture.shape[1]] = picture
    return photo


def bench_detection(detector: FaceDetector) -> None:
    """Whole photos with one face."""
    for name, height, width, factor in (
        ("0.3 megapixels", 480, 640, 0.8),
        ("2 megapixels", 1200, 1600, 2.0),
        ("12 megapixels", 3000, 4000, 3.0),
        ("24 megapixels", 4000, 6000, 3.0),
    ):
        photo = photo_with_portrait(height, width, factor)
        report(f"find faces, {name} ({len(detector(photo))} found)", lambda photo=photo: detector(photo), 5)


def bench_paste(face: Face) -> None:
    """One face in a 12-megapixel photo, at several sizes of its box."""
    for height in (100, 256, 400, 800):
        factor = height / face.height
        photo = photo_with_portrait(3000, 4000, factor)
        landmarks = face.landmarks * factor
        aligned = align(photo, landmarks)
        (plan,) = plan_paste(photo, [aligned])
        restored = cv2.GaussianBlur(aligned.pixels.astype(np.float32) / 255, (0, 0), 1.5)
        name = f"box {height} px high"
        report(f"align, {name}", lambda p=photo, m=landmarks: align(p, m), 15)
        report(f"plan a paste, {name}", lambda p=photo, a=aligned: plan_paste(p, [a]), 7)
        report(
            f"paste a new level, {name}",
            lambda p=photo, n=plan, r=restored: apply_changes(p, [n.change(r)], n.region),
            15,
        )


def main() -> None:
    """Run all."""
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    cv2.setNumThreads(threads)
    print(f"{threads} threads")
    detector = FaceDetector(open_network(threads))
    (face,) = detector(PORTRAIT)
    bench_detection(detector)
    report("find a face in a box drawn by hand", lambda: detector.detect_in_box(PORTRAIT, face.box), 5)
    bench_paste(face)


if __name__ == "__main__":
    main()
