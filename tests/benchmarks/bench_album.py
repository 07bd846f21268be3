"""What an album must reach: ``python -m tests.benchmarks.bench_album speed|memory|kills|full|damaged``.

Each part takes its numbers as options, so that a busy machine can run a smaller one:

- ``speed --photos 40 --loop 6``: photos of 3 MP with one face through the pipeline; the networks alone on one
  of them in memory, on all cores, before and after it; a loop over ``heirloom restore``.
- ``memory --small 200 --large 2000 --pixels 480000``: peak memory of an album ten times as large.
- ``kills --photos 300 --kills 50``: random SIGKILLs, each followed by ``--resume``.
- ``full --photos 60``: a disk (tmpfs) that fills up, then gets room; a read-only one. Needs root.
- ``damaged --files 1000``.

Uses the default model (set ``HEIRLOOM_MODELS``), and photos made from scikit-image's portrait.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from skimage import data

from engine.album import Album, AlbumSettings, LevelRule, State
from engine.album.pipeline import Crew, usable_cores
from engine.errors import HeirloomError
from engine.faces import FaceDetector, align_to_fit
from engine.faces.centerface import open_network
from engine.photo import read_photo
from engine.restore import Restorer

SETTINGS = AlbumSettings(LevelRule(fixed=80))
PORTRAIT = data.astronaut()[..., ::-1]


def main() -> None:
    """Run the part that is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = parser.add_subparsers(required=True)

    def part(name: str, run: Callable[[argparse.Namespace, Path], None], **numbers: int) -> None:
        sub = parts.add_parser(name)
        sub.set_defaults(run=run)
        for option, default in numbers.items():
            sub.add_argument(f"--{option}", type=int, default=default)

    part("speed", bench_speed, photos=40, loop=6)
    part("memory", bench_memory, small=200, large=2000, pixels=480_000)
    part("memory-of", measure_memory, photos=200, pixels=480_000)
    part("kills", bench_kills, photos=300, kills=50, seed=0)
    part("full", bench_full_disk, photos=60)
    part("damaged", bench_damaged, files=1000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="heirloom-bench-") as folder:
        args.run(args, Path(folder))


def make_photos(folder: Path, count: int, pixels: int) -> Path:
    """Make photos of 4:3 with one face each, all different."""
    folder.mkdir()
    width = round((pixels * 4 / 3) ** 0.5)
    height = pixels // width
    face = cv2.resize(PORTRAIT[:320, 80:400], (height // 2, height // 2), interpolation=cv2.INTER_AREA)
    wall = cv2.resize(np.random.default_rng(0).integers(90, 150, (24, 32, 3), np.uint8), (width, height))
    for number in range(count):
        photo = wall.copy()
        left = (number * 37) % (width - face.shape[1])
        photo[height // 4 : height // 4 + face.shape[0], left : left + face.shape[1]] = face
        photo = cv2.convertScaleAbs(photo, beta=number % 40)
        cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tofile(folder / f"{number:05}.jpg")
    return folder


def bench_speed(args: argparse.Namespace, folder: Path) -> None:
    """Pipeline against the networks alone, and against a loop over `heirloom restore`."""
    photos = make_photos(folder / "photos", args.photos, 3_000_000)
    with Restorer(device="cpu") as restorer:
        restorer.warm_up()
        before = networks_alone(restorer, photos, args.photos)
        cpu = time.process_time()
        with Album.open([str(photos)], str(folder / "out"), SETTINGS) as album:
            summary = album.run(restorer)
        cpu = time.process_time() - cpu
        after = networks_alone(restorer, photos, args.photos)
    assert summary.done == args.photos, summary
    pipeline = summary.done / summary.seconds
    print(f"cores {usable_cores()}, crew {Crew.for_cores(usable_cores())}, {args.photos} photos of 3 MP")
    for when, (rate, seconds) in (("before", before), ("after", after)):
        print(f"networks alone, {when:<6}      {rate:.3f} photos/s, {seconds:.2f} CPU s/photo")
    print(f"pipeline                    {pipeline:.3f} photos/s, {cpu / args.photos:.2f} CPU s/photo")
    alone = (before[0] + after[0]) / 2
    share = (before[1] + after[1]) / 2 / (cpu / args.photos)
    print(f"  = {pipeline / alone:.0%} of the networks alone; they take {share:.0%} of its CPU time")
    files = [str(path) for path in sorted(photos.iterdir())[: args.loop]]
    level = ["--level", "80", "-o", str(folder / "loop"), "--overwrite"]
    for name, calls in (("one call for all", [files]), ("a call for each", [[file] for file in files])):
        start, cpu = time.monotonic(), children_cpu()
        for named in calls:
            subprocess.run([*heirloom("restore"), *named, *level], check=True, stdout=subprocess.DEVNULL)
        rate = args.loop / (time.monotonic() - start)
        print(
            f"heirloom restore, {name:<16}  {rate:.3f} photos/s,"
            f" {(children_cpu() - cpu) / args.loop:.2f} CPU s/photo:"
            f" the pipeline is {pipeline / rate:.2f} times as fast"
        )


def networks_alone(restorer: Restorer, photos: Path, count: int) -> tuple[float, float]:
    """Photos per second and CPU seconds per photo of all networks on pictures in memory, a thread a core."""
    path = min(photos.iterdir())
    rgb = read_photo(path).rgb8()
    detectors = [FaceDetector(open_network(threads=1)) for _ in range(usable_cores())]
    landmarks = detectors[0](rgb)[0].landmarks
    crop = align_to_fit(rgb, landmarks, restorer.info.sizes).pixels

    def work(number: int) -> None:
        detectors[number % len(detectors)](rgb)
        restorer.redraw([crop], [SETTINGS.level.choose])

    with ThreadPoolExecutor(usable_cores()) as pool:
        start, cpu = time.monotonic(), time.process_time()
        list(pool.map(work, range(count)))
        return count / (time.monotonic() - start), (time.process_time() - cpu) / count


def bench_memory(args: argparse.Namespace, folder: Path) -> None:
    """Peak memory of a small and of a large album, each in a process of its own."""
    peaks = []
    for count in (args.small, args.large):
        command = [sys.executable, "-m", "tests.benchmarks.bench_album", "memory-of"]
        done = subprocess.run(
            [*command, "--photos", str(count), "--pixels", str(args.pixels)],
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(float(done.stdout.split()[-1]))
        print(f"{count} photos of {args.pixels / 1e6:.2f} MP: peak {peaks[-1]:.0f} MB")
    print(f"  = {peaks[1] / peaks[0] - 1:+.1%}")


def measure_memory(args: argparse.Namespace, folder: Path) -> None:
    """Restore one album and print the peak of this process, MB."""
    photos = make_photos(folder / "photos", args.photos, args.pixels)
    with (
        Restorer(device="cpu") as restorer,
        Album.open([str(photos)], str(folder / "out"), SETTINGS) as album,
    ):
        assert album.run(restorer).done == args.photos
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def bench_kills(args: argparse.Namespace, folder: Path) -> None:
    """Kill the album again and again; compare with an undisturbed run."""
    rng = random.Random(args.seed)
    photos = make_photos(folder / "photos", args.photos, 100_000)
    before = checksums(photos)
    command = [*heirloom("album"), str(photos), "--resume", "--json", "--level", "80", "-o"]
    start = time.monotonic()
    subprocess.run([*command, str(folder / "whole")], check=True, stdout=subprocess.DEVNULL)
    length = time.monotonic() - start
    told: list[str] = []
    kills = 0
    for _ in range(args.kills):
        process = subprocess.Popen([*command, str(folder / "out")], stdout=subprocess.PIPE, text=True)
        first = process.stdout.readline()  # type: ignore[union-attr]
        time.sleep(rng.random() * length / args.kills)
        kills += process.poll() is None
        process.send_signal(signal.SIGKILL)
        told += [first, *process.communicate()[0].splitlines()]
    done = subprocess.run([*command, str(folder / "out")], check=True, capture_output=True, text=True)
    told += done.stdout.splitlines()
    whole_lines = [line for line in told if line.rstrip().endswith("}") and '"source"' in line]
    sources = [json.loads(line)["source"] for line in whole_lines]
    whole, out = checksums(folder / "whole"), checksums(folder / "out")
    print(f"{kills} kills in an album of {args.photos} photos, {length:.0f} s undisturbed")
    lost, foreign = len(set(whole) - set(out)), len(set(out) - set(whole))
    print(f"  lost {lost}, foreign {foreign}, different {differing(whole, out)}")
    print(f"  photos told twice as done: {len(sources) - len(set(sources))}")
    print(f"  originals changed: {differing(before, checksums(photos))}")
    left = [path for path in (folder / "out").rglob("*") if path.name.endswith(".part")]
    print(f"  half-written files left: {len(left)}")


def bench_full_disk(args: argparse.Namespace, folder: Path) -> None:
    """Fill a small tmpfs, give it room, resume; and try a read-only one."""
    photos = make_photos(folder / "photos", args.photos, 100_000)
    before = checksums(photos)
    disk = folder / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk))
    try:
        with Restorer(device="cpu") as restorer:
            stops = 0
            for size in (600, 900, 1500, 100_000):
                mount("-o", f"remount,size={size}k", str(disk))
                try:
                    with Album.open([str(photos)], str(disk / "out"), SETTINGS, resume=True) as album:
                        summary = album.run(restorer)
                except HeirloomError as error:
                    stops += 1
                    print(f"  {size} kB: {error}")
            with Album.open([str(photos)], str(folder / "whole"), SETTINGS) as album:
                album.run(restorer)
            mount("-o", "remount,ro", str(disk))
            try:
                Album.open([str(photos)], str(disk / "out"), SETTINGS, resume=True)
            except HeirloomError as error:
                print(f"  read-only: {error}")
        print(f"disk full {stops} times, then {summary.done} of {args.photos} done, {summary.failed} failed")
        different = differing(checksums(folder / "whole"), checksums(disk / "out"))
        print(f"  different from an undisturbed run: {different}")
        print(f"  originals changed: {differing(before, checksums(photos))}")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def bench_damaged(args: argparse.Namespace, folder: Path) -> None:
    """Damaged files by the thousand."""
    path = Path(__file__).parent.parent / "album" / "test_hostile.py"
    spec = importlib.util.spec_from_file_location("test_hostile", path)
    assert spec is not None
    assert spec.loader is not None
    hostile = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hostile)
    small = cv2.resize(PORTRAIT[:240, 100:340], (120, 120))
    good = {e: cv2.imencode(e, small)[1].tobytes() for e in (".jpg", ".png", ".webp", ".tiff")}
    (folder / "in").mkdir()
    for number in range(args.files):
        name, content = hostile.damaged(good, number)
        (folder / "in" / name).write_bytes(content)
    with (
        Restorer(device="cpu") as restorer,
        Album.open([str(folder / "in")], str(folder / "out"), SETTINGS) as album,
    ):
        summary = album.run(restorer)
        records = list(album.records(State.FAILED))
    odd = [r.sentence for r in records if not r.sentence or "mistake in Heirloom" in r.sentence]
    print(
        f"{args.files} damaged files: {summary.done} done, {summary.no_face} no face, {summary.failed} failed"
    )
    print(
        f"  waiting {summary.waiting}, without a proper sentence {len(odd)}, {summary.seconds:.0f} s; alive"
    )


def children_cpu() -> float:
    """Seconds that ended processes took of all cores."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def heirloom(command: str) -> list[str]:
    """Give the command line in a process of its own."""
    return [sys.executable, "-m", "engine.cli.main", command]


def checksums(folder: Path) -> dict[str, str]:
    """Checksum of every file but the job's own."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and ".heirloom-album" not in path.parts
    }


def differing(one: dict[str, str], other: dict[str, str]) -> int:
    """Count the files that are not in both, or not the same."""
    return len(one.items() ^ other.items())


def mount(*arguments: str) -> None:
    """Mount, as root."""
    subprocess.run(["mount", *arguments], check=True)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
