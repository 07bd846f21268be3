"""What the desktop application must reach: ``python -m tests.benchmarks.bench_desktop_app``.

A 12-megapixel photo with five faces, and one that a portrait fills, in a real window (offscreen unless
``QT_QPA_PLATFORM`` says otherwise). Prints each figure with its goal; the goals are for two quiet cores.
``--moves`` and ``--photos`` shorten the long runs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_HOME = tempfile.TemporaryDirectory(prefix="heirloom-benchmark-")
for _variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
    os.environ[_variable] = _HOME.name

from PySide6.QtCore import QEvent, QObject, Qt, QTimer  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402

from desktop_app.album_messages import PhotoRow  # noqa: E402
from desktop_app.album_model import Filter  # noqa: E402
from desktop_app.application import make_application, make_window  # noqa: E402
from desktop_app.main_window import MainWindow  # noqa: E402
from desktop_app.messages import Rendered  # noqa: E402
from tests.benchmarks.photos import portrait  # noqa: E402
from tests.desktop_app.waiting import is_restored, pause, wait_until  # noqa: E402

_PATIENCE = 300.0  # seconds

_START = """
import os, sys, time
from desktop_app.application import make_application, make_window
application = make_application(["heirloom-desktop"])
window = make_window(application, "cpu")
window.show()
while not window.windowHandle().isExposed():
    application.processEvents()
application.processEvents()
print(time.time() - float(os.environ["STARTED"]), time.process_time())
window.close()
"""


def report(name: str, value: float, unit: str, goal: float | None = None) -> None:
    """Print a figure beside its goal."""
    verdict = "" if goal is None else f"   goal {goal:g} {unit}   {'reached' if value <= goal else 'MISSED'}"
    print(f"{name:<52}{value:9.2f} {unit}{verdict}", flush=True)


def percentile(values: list[float], share: float) -> float:
    """Value below which a share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def resident() -> float:
    """Megabytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def family(folder: Path) -> Path:
    """A photo of 4000 × 3000 pixels with five faces, as JPEG."""
    import cv2
    import numpy as np
    from skimage import data

    from engine.photo import Photo, PhotoFormat, write_photo

    face = data.astronaut()[:220, 100:350]
    rng = np.random.default_rng(0)
    wall = rng.normal(120, 20, (75, 100, 3)).clip(0, 255).astype(np.uint8)
    photo = cv2.resize(wall, (4000, 3000), interpolation=cv2.INTER_CUBIC)
    for index in range(5):
        size = (750, 660)
        x, y = 20 + index * 790, 300 + (index % 2) * 1100
        photo[y : y + size[1], x : x + size[0]] = cv2.resize(face, size, interpolation=cv2.INTER_CUBIC)
    path = folder / "family.jpg"
    write_photo(Photo(np.ascontiguousarray(photo)), path, format=PhotoFormat.JPEG, quality=90)
    return path


class Painted(QObject):
    """Notes when the viewer has painted."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.times: list[float] = []
        window.viewer.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the time of a paint event."""
        if event.type() == QEvent.Type.Paint:
            self.times.append(time.perf_counter())
        return False

    def since(self, start: float) -> float | None:
        """Time of the first painting that began at or after `start`."""
        return next((at for at in self.times if at >= start), None)


def wait(until: Callable[[], bool]) -> None:
    """Let the application work until something is so."""
    if not wait_until(until, _PATIENCE):
        raise TimeoutError("the application did not answer")


def bench_start() -> None:
    """From the start of the process to a visible window."""
    times, own = [], []
    for _ in range(3):
        environment = os.environ | {"STARTED": str(time.time())}
        done = subprocess.run(
            [sys.executable, "-c", _START], env=environment, capture_output=True, text=True, check=True
        )
        wall, cpu = map(float, done.stdout.split()[:2])
        times.append(wall)
        own.append(cpu)
    report("window visible after start (least of 3)", min(times), "s", 1.5)
    report("  of which processor time", min(own), "s")


def bench_opening(window: MainWindow, photo: Path) -> None:
    """From opening a photo to its first restored face, and to all of them."""
    painted, times, shown = Painted(window), [], []

    def note(answer: Rendered) -> None:
        times.append(time.perf_counter())
        shown.append(answer)

    window.session.rendered.connect(note)
    start = time.perf_counter()
    window.open_paths([photo])
    wait(lambda: window.session.document is not None and window.session.document.path == photo)
    report("photo shown after open", time.perf_counter() - start, "s")
    wait(lambda: bool(times) and painted.since(times[0]) is not None)
    report("first restored view after open", time.perf_counter() - start, "s", 4.0)
    wait(lambda: is_restored(window.session, shown))
    window.session.rendered.disconnect(note)
    report("all faces restored after open", time.perf_counter() - start, "s")
    document = window.session.document
    report("faces found", len(document.restorable) if document else 0, "")


def bench_dial(window: MainWindow, moves: int) -> None:
    """From a key on the dial to the painted picture, and to the one that is settled."""
    painted, document = Painted(window), window.session.document
    assert document is not None
    shown: list[tuple[float, Rendered]] = []

    def note(answer: Rendered) -> None:
        turned = document.selected.number if document.selected is not None else 0
        if turned in answer.pictures and answer.levels[turned] == document.levels[turned]:
            shown.append((time.perf_counter(), answer))

    window.session.rendered.connect(note)
    times, engine, settled = [], [], []
    for move in range(moves):
        shown.clear()
        painted.times.clear()
        start = time.perf_counter()
        QTest.keyClick(window.panel.dial, Qt.Key.Key_Up if move % 40 < 20 else Qt.Key.Key_Down)
        wait(lambda: bool(shown) and painted.since(shown[0][0]) is not None)
        engine.append(shown[0][1].milliseconds)
        times.append(((painted.since(shown[0][0]) or start) - start) * 1e3)
        if move % 10 == 9:
            wait(lambda: shown[-1][1].settled)
            settled.append((shown[-1][0] - start) * 1e3)
    window.session.rendered.disconnect(note)
    report("dial to picture, median", percentile(times, 0.5), "ms", 120)
    report("dial to picture, 95 %", percentile(times, 0.95), "ms", 200)
    report("  of which the engine, median", percentile(engine, 0.5), "ms")
    report("  of which the engine, least", min(engine), "ms")
    report("dial to settled picture, median", percentile(settled, 0.5), "ms")


def bench_heartbeat(window: MainWindow, seconds: float) -> None:
    """Longest time that the GUI thread does not answer while the dial turns.

    Beside it, what tells the application from a busy machine: the same while nothing happens, and the most
    processor time that the GUI thread itself took between two heartbeats.
    """
    gaps: list[float] = []
    own: list[float] = []
    last, last_own = time.perf_counter(), time.thread_time()

    def beat() -> None:
        nonlocal last, last_own
        now, now_own = time.perf_counter(), time.thread_time()
        gaps.append((now - last) * 1e3)
        own.append((now_own - last_own) * 1e3)
        last, last_own = now, now_own

    heart = QTimer(window, interval=2)
    heart.timeout.connect(beat)
    hand = QTimer(window, interval=16)
    step = 0

    def turn() -> None:
        nonlocal step
        step += 1
        QTest.keyClick(window.panel.dial, Qt.Key.Key_Up if step % 80 < 40 else Qt.Key.Key_Down)

    hand.timeout.connect(turn)
    drawn: list[object] = []
    window.session.rendered.connect(drawn.append)
    heart.start()
    pause(3000)
    idle = max(gaps)
    gaps.clear()
    own.clear()
    hand.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pause(50)
    heart.stop()
    hand.stop()
    window.session.rendered.disconnect(drawn.append)
    report(f"GUI thread blocked at most, {seconds:g} s of dialling", max(gaps), "ms", 50)
    report("  the same while nothing happens (3 s)", idle, "ms")
    report("  own processor time between heartbeats, at most", max(own), "ms")
    report("  99.9 % of heartbeats within", percentile(gaps, 0.999), "ms")
    report("  pictures drawn meanwhile", len(drawn), "")


def bench_memory(window: MainWindow, photo: Path, moves: int, photos: int) -> None:
    """Growth over many dial moves and many opened photos, after a first tenth of each."""
    dial, drawn = window.panel.dial, 0

    def count(_: object) -> None:
        nonlocal drawn
        drawn += 1

    window.session.rendered.connect(count)

    def turn(times: int) -> None:
        for move in range(times):
            before = drawn
            QTest.keyClick(dial, Qt.Key.Key_Up if move % 40 < 20 else Qt.Key.Key_Down)
            wait(lambda before=before: drawn > before)

    turn(moves // 10)
    before = resident()
    turn(moves)
    report(f"memory growth over {moves} dial moves", resident() - before, "MB", 30)

    def open_again(times: int) -> None:
        for _ in range(times):
            if window.session.document is not None:
                window.session.document.undo.setClean()
            before = drawn
            window.open_paths([photo])
            wait(lambda before=before: drawn > before and not window.session.unread)

    open_again(max(2, photos // 10))
    before = resident()
    open_again(photos)
    report(f"memory growth over {photos} opened photos", resident() - before, "MB", 60)
    report("memory in all", resident(), "MB")


def bench_album(window: MainWindow) -> None:
    """Filter and search an album of fifty thousand photos."""
    rows = [
        PhotoRow(n, f"/attic/{n:05}.jpg", f"{n:05}.jpg", "done", (50.0,), (1,), (), "", "", None, False)
        for n in range(50_000)
    ]
    model = window.albums.page.model
    model.append(rows)
    start = time.perf_counter()
    model.choose(Filter.DONE, "00017")
    report("filter and search 50,000 photos", 1000 * (time.perf_counter() - start), "ms", 100)
    model.choose(Filter.ALL)


def main() -> None:
    """Run all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--dial", type=int, default=100, help="dial moves whose latency is measured")
    parser.add_argument("--seconds", type=float, default=10, help="of dialling under the heartbeat")
    parser.add_argument("--moves", type=int, default=2000, help="dial moves under the memory watch")
    parser.add_argument("--photos", type=int, default=200, help="photos under the memory watch")
    options = parser.parse_args()
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    bench_start()
    photo, large = family(Path(_HOME.name)), portrait(Path(_HOME.name))
    application = make_application(["heirloom-desktop"])
    window = make_window(application, "cpu")
    window.resize(1280, 820)
    window.show()
    wait(lambda: window.session.engine is not None)
    pause(300)
    for one in large, photo:
        print(one.stem)
        bench_opening(window, one)
        bench_dial(window, options.dial)
        if window.session.document is not None:
            window.session.document.undo.setClean()
    bench_heartbeat(window, options.seconds)
    bench_memory(window, photo, options.moves, options.photos)
    bench_album(window)
    if window.session.document is not None:
        window.session.document.undo.setClean()
    window.close()


if __name__ == "__main__":
    main()
