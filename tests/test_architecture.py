"""What must hold for the project as a whole, seen from outside, each in a fresh interpreter."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distributions

import pytest

IMPORT_ALL_BUT_TRAINING = """
import importlib, pkgutil, sys
import engine

TRAINING = ("engine.lcqs", "engine.evaluation", "engine.cli.training")
for module in pkgutil.walk_packages(engine.__path__, "engine."):
    if not module.name.startswith(TRAINING):
        importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""

RUN_A_MODEL = """
from engine.restore import Restorer

with Restorer(device="cpu") as restorer:
    restorer.warm_up()
"""

OPEN_A_WINDOW = """
import cv2  # brings Qt plugins of its own, which must not get in PySide6's way
from PySide6.QtWidgets import QApplication, QLabel

app = QApplication([])
label = QLabel("Heirloom")
label.show()
app.processEvents()
print(app.platformName(), label.isVisible())
"""


def run_python(code: str, **environment: str) -> str:
    """What `code` prints in an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def x_server() -> Iterator[str]:
    """The name of a fresh X display without a screen."""
    if shutil.which("Xvfb") is None:
        pytest.skip("needs Xvfb")
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as number:  # written when the server is ready; closed if it fails
            display = number.readline().strip()
        assert display, "Xvfb did not start"
        yield f":{display}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="module")
def modules_of_a_run() -> set[str]:
    """Top-level names of everything in memory after all of the engine but training was imported."""
    return set(run_python(IMPORT_ALL_BUT_TRAINING).split())


def test_restoring_needs_no_torch(modules_of_a_run):
    assert "torch" not in modules_of_a_run


def test_the_engine_needs_no_qt(modules_of_a_run):
    assert not {"PySide6", "shiboken6", "desktop_app"} & modules_of_a_run


@pytest.mark.parametrize("family", ["opencv-", "onnxruntime"])
def test_exactly_one_distribution_provides(family):
    """Two of a family share one folder in site-packages and overwrite each other's files."""
    names = {distribution.name.lower().replace("_", "-") for distribution in distributions()}
    assert len([name for name in names if name.startswith(family)]) == 1


def test_opencv_before_qt_leaves_a_working_application():
    assert run_python(OPEN_A_WINDOW, QT_QPA_PLATFORM="offscreen") == "offscreen True"


def test_opencv_before_qt_opens_a_window_on_a_real_x_server(x_server):
    assert run_python(OPEN_A_WINDOW, QT_QPA_PLATFORM="xcb", DISPLAY=x_server) == "xcb True"


def test_running_a_model_leaves_no_trace_of_telemetry(tmp_path):
    """ONNX Runtime would keep a number of the computer and its reports in the user's cache."""
    run_python(RUN_A_MODEL, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path), LOCALAPPDATA=str(tmp_path))
    assert not list(tmp_path.iterdir())
