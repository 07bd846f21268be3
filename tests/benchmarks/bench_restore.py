"""How long restoring takes: ``python -m tests.benchmarks.bench_restore``.

Prints medians for one 256-px face on two threads (float32), for a whole 12-megapixel JPEG with one face in a
fresh process, at its size and twice as wide and high, and for JPEGs of 12 and 48 megapixels that a face
fills, with their peaks of memory, and for ``heirloom --help``.
The model is the default, also of ``HEIRLOOM_MODELS``. Behind each figure stands what it should reach.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from skimage import data

from engine.faces import FaceDetector, align, apply_changes, plan_paste
from engine.restore import LcqsModel
from engine.runtime import find_model, open_session
from tests.benchmarks.photos import portrait

THREADS = 2
PORTRAIT = data.astronaut()

MEASURED = """
import sys, time
start = time.perf_counter()
from engine.cli.main import main
code = main(sys.argv[1:])
seconds = time.perf_counter() - start
# Not `ru_maxrss`, which begins with what the process that started this one had.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(seconds, int(peak.split()[1]) / 1024, code)
"""


def median(name: str, limit: str, work: Callable[[], object], runs: int) -> None:
    """Print the median of several runs after a first one, in milliseconds."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    print(f"{name:<45} {np.median(times):8.1f} ms   least {min(times):8.1f} ms   ({limit})", flush=True)


def bench_face() -> None:
    """Encode, decode and paste one face."""
    model = LcqsModel(find_model(), "cpu", threads=THREADS)
    (face,) = FaceDetector()(PORTRAIT)
    photo = cv2.resize(PORTRAIT, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    aligned = align(photo, face.landmarks * 2)
    (encoded,) = model.encode([aligned.pixels])
    (drawn,) = model.decode([encoded], [60.0])
    (plan,) = plan_paste(photo, [aligned])
    print(f"one face, {model.info.name} {model.info.version}, float32, {THREADS} threads")
    encode = open_session(model.info.read("encode"), "cpu", threads=THREADS)
    feeds = {"face": encoded.pixels[None]}
    median("encode, once", "40 ms", lambda: encode(feeds), 15)
    median("encode, both ways, with the automatic level", "-", lambda: model.encode([aligned.pixels]), 15)
    kept = [drawn.details]
    median("decode, once, as the dial turns", "60 ms", lambda: model.decode([encoded], [61.0], kept), 15)
    median("decode, both ways", "-", lambda: model.decode([encoded], [60.0]), 15)
    median("paste", "10 ms", lambda: apply_changes(photo, [plan.change(drawn.pixels)], plan.region), 15)
    large = align(photo, face.landmarks * 2, model.info.sizes[-1])
    (encoded,) = model.encode([large.pixels])
    (drawn,) = model.decode([encoded], [60.0])
    (plan,) = plan_paste(photo, [large])
    side = large.size
    median(
        f"decode, both ways, and finer stage, {side} px",
        "250 ms",
        lambda: model.decode([encoded], [60.0]),
        15,
    )
    kept = [drawn.details]
    median(
        f"decode, once, as the dial turns, {side} px", "-", lambda: model.decode([encoded], [61.0], kept), 15
    )
    change = plan.change
    median(f"paste, {side} px", "-", lambda: apply_changes(photo, [change(drawn.pixels)], plan.region), 15)


def bench_photo(folder: Path) -> None:
    """Restore a 12-megapixel JPEG in a process of its own."""
    rng = np.random.default_rng(0)
    wall = rng.normal(120, 25, (75, 100, 3)).clip(0, 255).astype(np.uint8)
    photo = cv2.resize(wall, (4000, 3000), interpolation=cv2.INTER_CUBIC)
    person = cv2.resize(PORTRAIT[:300], None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    photo[400 : 400 + person.shape[0], 900 : 900 + person.shape[1]] = person
    Image.fromarray(photo).save(folder / "large.jpg", quality=92)
    some, filled = folder / "large.jpg", "restore {} megapixels that a face fills"
    bench_call("restore 12 megapixels, one face", some, "1", "2 s", "600 MB")
    bench_call("restore 12 megapixels, one face, twice", some, "2", "-", "-")
    bench_call(filled.format(12), portrait(folder), "1", "-", "-")
    bench_call(filled.format(48), portrait(folder, 6000, 8000), "1", "-", "-")


def bench_call(name: str, photo: Path, enlargement: str, most_seconds: str, most_memory: str) -> None:
    """Print the median time of three calls of the command, and their peak of memory."""
    arguments = ["restore", str(photo), "--enlarge", enlargement, "-o", str(photo.parent / "out")]
    arguments += ["--overwrite", "--json", "--device", "cpu"]
    times, peaks = [], []
    for _ in range(3):
        command = [sys.executable, "-c", MEASURED, *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        seconds, peak, code = done.stdout.split()[-3:]
        assert code == "0", done.stderr
        times.append(float(seconds))
        peaks.append(float(peak))
    print(f"{name:<45} {np.median(times):8.2f} s    least {min(times):8.2f} s    ({most_seconds})")
    print(f"{'peak memory of it':<45} {max(peaks):8.0f} MB   {'':<18} ({most_memory})", flush=True)


def help_command() -> None:
    """Run ``heirloom --help``."""
    command = [sys.executable, "-m", "engine.cli.main", "--help"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def main() -> None:
    """Run all."""
    cv2.setNumThreads(THREADS)
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    bench_face()
    with tempfile.TemporaryDirectory() as folder:
        bench_photo(Path(folder))
    median("heirloom --help", "300 ms", help_command, 5)


if __name__ == "__main__":
    main()
