"""What all tests share: a portrait, the shared folder where there is one, and nobody's own settings."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

# Before any test imports Qt: no window may open on the screen of whoever runs the tests.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A busy machine is no failure: examples have no time limit of their own.
settings.register_profile("heirloom", deadline=None)
settings.load_profile("heirloom")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _nobodys_models(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the models and settings of whoever runs the tests out of them, and them out of theirs."""
    monkeypatch.delenv("HEIRLOOM_MODELS", raising=False)
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path_factory.getbasetemp() / "nobody"))


@pytest.fixture
def _ctrl_c_is_heard() -> Iterator[None]:
    """Let SIGINT interrupt the main thread, also where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """A portrait in the public domain: (512, 512, 3) uint8 RGB, one face near the top, read-only."""
    from skimage import data

    pixels = np.ascontiguousarray(data.astronaut())
    pixels.setflags(write=False)
    return pixels


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The project's folder of faces and photos beside the clone; the test is skipped without it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs ../shared")
    return folder


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the model store with a small network, not trained, that visibly changes faces."""
    torch = pytest.importorskip("torch")
    from engine.lcqs.export import export_model
    from engine.lcqs.network import Lcqs, NetworkConfig

    torch.manual_seed(7)
    net = Lcqs(NetworkConfig(size=256, widths=(8, 8, 8, 16, 16), convs=(1, 1, 1, 1, 1), dim=8))
    torch.nn.init.normal_(net.generator.to_rgb[-1].weight, std=0.2)  # a new network changes nothing
    folder = tmp_path_factory.mktemp("models")
    export_model(net, folder, name="small", version="1", licence="none")
    return folder


@pytest.fixture(scope="session")
def finer_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with a finer stage that visibly changes faces."""
    torch = pytest.importorskip("torch")
    from engine.lcqs.export import export_model
    from engine.lcqs.finer import Finer, FinerConfig
    from engine.lcqs.network import Lcqs, NetworkConfig

    torch.manual_seed(7)
    net = Lcqs(NetworkConfig(size=256, widths=(8, 8, 8, 16, 16), convs=(1, 1, 1, 1, 1), dim=8))
    torch.nn.init.normal_(net.generator.to_rgb[-1].weight, std=0.2)
    finer = Finer(FinerConfig(half=4, quarter=4, blocks=1, full=4))
    torch.nn.init.normal_(finer.full.to_rgb.weight, std=0.1)
    folder = tmp_path_factory.mktemp("finer")
    export_model(net, folder, name="small-finer", version="1", licence="none", finer=finer)
    return folder


@pytest.fixture
def small_model(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of that network, which is the default for the time of the test."""
    monkeypatch.setenv("HEIRLOOM_MODELS", str(model_folder))
    return "small"
