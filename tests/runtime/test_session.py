import os

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from engine.errors import DeviceError, DeviceOutOfMemory, ModelError, UsageError
from engine.runtime import DeviceReport, open_session, session

PICTURES = np.ones((2, 3, 4, 4), np.float32)


@pytest.fixture
def no_cuda(monkeypatch):
    monkeypatch.setattr(session, "find_obstacle", lambda index: f"cuda:{index} is not there; buy one")


@pytest.fixture
def cuda_starts(monkeypatch):
    """Play a machine where nothing stands in CUDA's way, and sessions open as `opens` does."""

    def play(opens):
        monkeypatch.setattr(session, "find_obstacle", lambda index: None)
        real_open = session._open

        def fake_open(source, providers, threads, severity):
            if providers == ["CPUExecutionProvider"]:
                return real_open(source, providers, threads, severity)
            return opens(source, providers)

        monkeypatch.setattr(session, "_open", fake_open)

    return play


def test_a_model_is_called_like_a_function(doubler):
    outputs = open_session(doubler, "cpu")({"x": PICTURES})
    assert list(outputs) == ["y"]
    assert np.array_equal(outputs["y"], 2 * PICTURES)


def test_a_model_may_be_a_file(doubler, tmp_path):
    path = tmp_path / "Großmutter 祖母.onnx"
    path.write_bytes(doubler)
    assert np.array_equal(open_session(path, "cpu")({"x": PICTURES})["y"], 2 * PICTURES)


def test_a_model_tells_the_name_of_its_input(doubler):
    assert open_session(doubler, "cpu").input_name == "x"


def test_threads_do_not_change_the_result(doubler):
    assert np.array_equal(open_session(doubler, "cpu", threads=1)({"x": PICTURES})["y"], 2 * PICTURES)


def test_the_cpu_needs_no_excuse(doubler):
    assert open_session(doubler, "cpu").report == DeviceReport("cpu", "CPU", None)


@pytest.mark.parametrize("wish", ["auto", "cuda", "cuda:1"])
def test_a_fallback_names_cause_and_remedy(doubler, no_cuda, wish):
    report = open_session(doubler, wish).report
    index = 1 if wish == "cuda:1" else 0
    assert report == DeviceReport(
        wish, "CPU", f"Running on the CPU because cuda:{index} is not there; buy one."
    )


def test_a_session_without_cuda_in_it_is_a_fallback_and_onnx_runtimes_words_are_the_cause(
    doubler, cuda_starts, capfd
):
    def opens(source, providers):
        os.write(2, b"\x1b[1;31m2026-11-23 06:46:50 [E:onnxruntime:Default, a.cc:1 f()] no kernel image\n\n")
        return onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"])

    cuda_starts(opens)
    report = open_session(doubler, "cuda").report
    assert report.provider == "CPU"
    assert "CUDA did not start (no kernel image); update" in report.fallback
    assert capfd.readouterr().err == ""


def test_full_memory_on_the_card_is_a_fallback(doubler, cuda_starts):
    def opens(source, providers):
        raise RuntimeError("[ONNXRuntimeError] : 1 : FAIL : CUDA failure 2: out of memory ; GPU=0")

    cuda_starts(opens)
    assert "the memory of cuda:0 is full" in open_session(doubler, "cuda").report.fallback


def test_any_other_failure_of_the_card_is_a_fallback(doubler, cuda_starts):
    def opens(source, providers):
        raise RuntimeError("[ONNXRuntimeError] : 1 : FAIL : CUDA failure 35: the driver is too old\nmore")

    cuda_starts(opens)
    report = open_session(doubler, "auto").report
    assert "CUDA failed (CUDA failure 35: the driver is too old)" in report.fallback


def test_cuda_that_works_is_reported_with_its_number(doubler, cuda_starts):
    class OnCuda:
        def get_providers(self):
            return ["CUDAExecutionProvider", "CPUExecutionProvider"]

    asked = []

    def opens(source, providers):
        asked.append(providers[0])
        return OnCuda()

    cuda_starts(opens)
    assert open_session(doubler, "cuda:1").report == DeviceReport("cuda:1", "CUDA:1", None)
    assert asked[0][0] == "CUDAExecutionProvider"
    assert asked[0][1]["device_id"] == 1


@pytest.mark.gpu
def test_cuda_gives_what_the_cpu_gives(one_node):
    model = one_node(helper.make_node("Sigmoid", ["x"], ["y"]))
    on_card = open_session(model, "cuda")
    if on_card.report.fallback:
        pytest.skip(on_card.report.fallback)
    assert on_card.report.provider == "CUDA:0"
    on_cpu = open_session(model, "cpu")
    np.testing.assert_allclose(on_card({"x": PICTURES})["y"], on_cpu({"x": PICTURES})["y"], rtol=1e-3)


def test_an_unknown_device_is_refused(doubler):
    with pytest.raises(UsageError):
        open_session(doubler, "tpu")


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x00" * 1000])
def test_a_damaged_model_is_one_sentence(content, tmp_path, capfd):
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.onnx is damaged .*; install it again\.$"):
        open_session(path, "cpu")
    assert capfd.readouterr() == ("", "")


def test_a_missing_model_is_one_sentence(tmp_path):
    with pytest.raises(ModelError, match=r"none\.onnx does not exist\.$"):
        open_session(tmp_path / "none.onnx", "cpu")


@pytest.mark.parametrize(
    "feeds",
    [{}, {"z": PICTURES}, {"x": PICTURES[..., :2]}, {"x": PICTURES.astype(np.float64)}],
    ids=["nothing", "another name", "another size", "another type"],
)
def test_inputs_that_do_not_fit_are_a_model_error(doubler, feeds, capfd):
    with pytest.raises(ModelError, match="does not take what it was given"):
        open_session(doubler, "cpu")(feeds)
    assert capfd.readouterr() == ("", "")


def test_too_little_memory_has_an_error_of_its_own(one_node):
    greedy = one_node(
        helper.make_node("ConstantOfShape", ["x"], ["y"]), TensorProto.INT64, TensorProto.FLOAT, shape=(1,)
    )
    with pytest.raises(DeviceOutOfMemory, match="memory of CPU does not suffice; close other programs"):
        open_session(greedy, "cpu")({"x": np.array([2**50])})


def test_any_other_failure_of_a_run_is_a_device_error(one_node, capfd):
    picky = one_node(helper.make_node("Reshape", ["x", "x"], ["y"]), TensorProto.INT64, shape=("n",))
    with pytest.raises(DeviceError, match="computation on CPU failed") as caught:
        open_session(picky, "cpu")({"x": np.array([5, 5])})
    assert not isinstance(caught.value, DeviceOutOfMemory)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64])
def test_a_model_is_warmed_up_whatever_it_takes(one_node, kind):
    open_session(one_node(helper.make_node("Identity", ["x"], ["y"]), kind), "cpu").warm_up(batch=2)
