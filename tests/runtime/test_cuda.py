"""The obstacles to CUDA, each played by a driver that is not there."""

import os

import onnxruntime
import pytest

from engine.runtime import cuda


class FakeDriver:
    """The three functions of the CUDA driver API that are asked."""

    def __init__(self, status: int = 0, version: int = 13020, devices: int = 1) -> None:
        self.status, self.version, self.devices = status, version, devices

    def cuInit(self, flags):
        return self.status

    def cuDriverGetVersion(self, out):
        out._obj.value = self.version

    def cuDeviceGetCount(self, out):
        out._obj.value = self.devices


@pytest.fixture
def driver(monkeypatch):
    """Install a fake driver; every other library is missing."""

    def install(fake: FakeDriver | None) -> None:
        def load(name):
            if fake is None or name != cuda._DRIVER:
                raise OSError(name)
            return fake

        monkeypatch.setattr(cuda, "load_library", load)

    return install


@pytest.fixture(autouse=True)
def _libraries_are_looked_for_anew():
    cuda.library_obstacle.cache_clear()
    yield
    cuda.library_obstacle.cache_clear()


def test_no_driver(driver):
    driver(None)
    assert "no NVIDIA driver was found; install" in cuda.driver_obstacle(0, 13)


@pytest.mark.parametrize("fake", [FakeDriver(status=100), FakeDriver(devices=0)])
def test_no_card(driver, fake):
    driver(fake)
    assert "no NVIDIA card is visible; check nvidia-smi" in cuda.driver_obstacle(0, 13)


def test_a_driver_that_does_not_start(driver):
    driver(FakeDriver(status=803))
    assert "does not start (CUDA error 803); restart" in cuda.driver_obstacle(0, 13)


def test_a_driver_that_is_too_old(driver):
    driver(FakeDriver(version=12040))
    assert cuda.driver_obstacle(0, 13) == (
        "the NVIDIA driver supports CUDA 12.4 and CUDA 13 is needed; update the driver"
    )


@pytest.mark.parametrize("version", [13000, 13020, 14000])
def test_a_driver_that_is_new_enough(driver, version):
    driver(FakeDriver(version=version))
    assert cuda.driver_obstacle(0, 13) is None


def test_a_card_that_does_not_exist(driver):
    driver(FakeDriver(devices=2))
    assert cuda.driver_obstacle(1, 13) is None
    assert "there is no cuda:2, as the computer has 2 cards" in cuda.driver_obstacle(2, 13)


def test_an_onnx_runtime_without_cuda(monkeypatch):
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    assert "no CUDA support; on x86-64 Linux or Windows" in cuda.find_obstacle(0)


def test_a_missing_cuda_library_is_named(monkeypatch, driver):
    def preload_dlls():
        print("Failed to load /venv/nvidia/cu13/lib/libcublas.so.13: damaged")
        print("Failed to load libcublasLt.so.13: libcublasLt.so.13: cannot open shared object file")

    driver(FakeDriver())
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    monkeypatch.setattr(onnxruntime, "preload_dlls", preload_dlls, raising=False)
    assert cuda.find_obstacle(0) == (
        "a CUDA library is missing (libcublasLt.so.13); install them with pip install 'heirloom[cuda]'"
    )


def test_a_missing_cudnn_is_named(monkeypatch, driver):
    driver(FakeDriver())
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: None, raising=False)
    assert cuda.library_obstacle().startswith("cuDNN is missing")


def test_nothing_stands_in_the_way(monkeypatch):
    monkeypatch.setattr(cuda, "load_library", lambda name: FakeDriver())
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: None, raising=False)
    assert cuda.find_obstacle(0) is None


def test_what_native_code_says_is_caught(capfd):
    with cuda.capture_native_stderr() as said:
        os.write(2, b"the reason\n")
        assert said() == "the reason\n"
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "afterwards\n"
