import numpy as np
import pytest
from onnx import TensorProto, helper

from engine.errors import DeviceError
from engine.runtime import DeviceReport, Session, open_checked_session, output_is_sound, precision

FACE = np.full((2, 3, 4, 4), 0.5, np.float32)


def test_a_picture_is_sound():
    assert output_is_sound(FACE)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_value_that_is_no_number_is_not(value):
    broken = FACE.copy()
    broken[1, 2, 3, 3] = value
    assert not output_is_sound(broken)


def test_one_black_picture_among_several_is_not():
    broken = FACE.copy()
    broken[1] = 0
    assert not output_is_sound(broken)


def test_a_level_of_zero_is_sound():
    assert output_is_sound(np.zeros(1, np.float32))


class PlayedSession:
    """A session on a card; its output is `factor` times its input, or the error that `factor` is."""

    def __init__(self, factor):
        self.factor = factor
        self.report = DeviceReport("cuda", "CUDA:0")

    def __call__(self, feeds):
        if isinstance(self.factor, Exception):
            raise self.factor
        return {"y": feeds["x"] * self.factor}


@pytest.fixture
def on_a_card(monkeypatch):
    """Open sessions on a card that is not there: the half-precision model behaves as told."""

    def play(half):
        behaviour = {b"half": half, b"full": 1.0}
        monkeypatch.setattr(precision, "open_session", lambda model, device: PlayedSession(behaviour[model]))

    return play


def test_half_precision_is_kept_where_it_works(on_a_card):
    on_a_card(half=1.0)
    session = open_checked_session(b"half", b"full", {"x": FACE}, "cuda")
    assert session.report == DeviceReport("cuda", "CUDA:0")


@pytest.mark.parametrize("half", [0.0, np.nan, DeviceError("no half precision here")], ids=str)
def test_unusable_half_precision_gives_way_to_full_and_says_so(on_a_card, half):
    on_a_card(half)
    session = open_checked_session(b"half", b"full", {"x": FACE}, "cuda")
    assert session.factor == 1.0
    assert session.report.provider == "CUDA:0"
    assert "full precision because CUDA:0 gives no usable picture" in session.report.fallback


def test_the_cpu_takes_full_precision(one_node):
    half = one_node(helper.make_node("Neg", ["x"], ["y"]), TensorProto.FLOAT16)
    full = one_node(helper.make_node("Identity", ["x"], ["y"]))
    session = open_checked_session(half, full, {"x": FACE}, "cpu")
    assert isinstance(session, Session)
    assert session.report == DeviceReport("cpu", "CPU")
    assert np.array_equal(session({"x": FACE})["y"], FACE)
