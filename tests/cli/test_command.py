"""The command as a whole: help, speed of its start, models, doctor."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from engine.cli.arguments import parser

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_help_imports_nothing_heavy():
    code = """
import sys
from engine.cli.main import main
try:
    main(["--help"])
finally:
    heavy = {"numpy", "cv2", "PIL", "onnxruntime", "torch", "tqdm"}
    print(*sorted(heavy & set(sys.modules)), file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.stderr.strip() == ""
    for command in ("restore", "faces", "sweep", "demo", "models", "doctor", "train", "export", "evaluate"):
        assert command in ran.stdout


def test_help_needs_little_time_of_the_processor():
    code = "import time; from engine.cli.arguments import parser; parser(); print(time.process_time())"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert float(ran.stdout) < 0.3


def test_exit_codes_of_the_help_are_those_of_readme():
    told = " ".join(parser().epilog.split())
    for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE):
        assert re.search(rf"\b{code} [a-z]", told)


def test_commands_of_readme_exist():
    known = parser()._subparsers._group_actions[0].choices
    for command in re.findall(r"^heirloom (\w+)", README, re.MULTILINE):
        assert command in known


def test_models_are_listed(heirloom):
    ran = heirloom("models")
    assert ran.code == 0
    assert ran.out.startswith("small 1 (default): 256 px,")
    (model, *_) = json.loads(heirloom("models", "--json").out)
    assert model["name"] == "small"
    assert model["levels"] == [0.0, 150.0]


def test_the_doctor_says_what_runs_where(heirloom):
    ran = heirloom("doctor", "--device", "cpu")
    assert (ran.code, ran.err) == (0, "")
    assert "Models run on CPU" in ran.out
    assert "Model small 1: checksums match" in ran.out
    report = json.loads(heirloom("doctor", "--device", "cpu", "--json").out)
    assert report["device"] == "CPU"
    assert report["errors"] == []
    assert "numpy" in report["packages"]


def test_sigterm_leaves_nothing_half_written(tmp_path):
    code = """
import os, sys, time
from pathlib import Path
import numpy as np
from engine.cli.main import main
from engine.photo import Photo, write_photo

def run(args):
    os.fsync = lambda _: (print("writing", flush=True), time.sleep(60))
    write_photo(Photo(np.zeros((9, 9, 3), np.uint8)), Path(sys.argv[1]) / "photo.png")

sys.modules["engine.cli.diagnosing"] = type(sys)("fake")
sys.modules["engine.cli.diagnosing"].run = run
sys.exit(main(["models"]))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "writing\n"
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 143
    assert list(tmp_path.iterdir()) == []
