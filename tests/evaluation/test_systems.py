"""Each system of the table restores, learns, and can be found by its name."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine.errors import ModelError, UsageError
from engine.evaluation.systems import pulse, zssr
from engine.evaluation.systems.blocks import region_maps
from engine.evaluation.systems.prior import Prior
from engine.evaluation.systems.registry import ROWS, DialSystem, open_system
from engine.evaluation.systems.training import METHODS, SHIPPED, trained
from engine.lcqs.network import NetworkConfig
from engine.lcqs.two_branch import TwoBranchConfig
from engine.lcqs.unpaired_run import Folders, UnpairedRun

SIZE = 128
SYSTEMS = ["psfrgan", "prior", "gfpgan", "bulat", "lu"]


@pytest.fixture
def faces(tmp_path, astronaut):
    from PIL import Image

    folder = tmp_path / "faces"
    folder.mkdir()
    for number in range(4):
        cut = astronaut[:200, 100 + 15 * number : 300 + 15 * number]
        Image.fromarray(cut).resize((SIZE, SIZE)).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def run(faces, tmp_path):
    def run(name, steps=2, folder="run", **changes):
        config, make = METHODS[name]
        if "network" in config.method:
            network = NetworkConfig(SIZE, (8, 8, 8, 16, 16), convs=(1, 1, 1, 1, 1), dim=8, head=(4, 16))
            changes["method"] = config.method | {
                "network": TwoBranchConfig(network=network).as_dict()["network"]
            }
        config = replace(
            config, size=SIZE, count=1, crop=64, adversarial_from=0.0, senses_from=0.0, **changes
        )
        return UnpairedRun(config, make, Folders(faces, None, tmp_path / folder), steps)

    return run


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_learns_and_its_weights_restore(run, name, tmp_path):
    training = run(name)
    before = {key: value.clone() for key, value in training.method.named_parameters()}
    training.run(None, lambda line: None)
    moved = [not torch.equal(value, before[key]) for key, value in training.method.named_parameters()]
    assert any(moved)
    method, path, story = trained(name, tmp_path)
    assert path == training.weights
    assert "2 steps, each of 1 sharp and 1 damaged faces of 128 px" in story
    face = torch.rand(1, 3, SIZE, SIZE)
    with torch.no_grad():
        restored = method.restore(face)
    assert restored.shape == face.shape
    assert torch.isfinite(restored).all()


def test_bulat_learns_to_damage_first_and_to_restore_then(run):
    training = run("bulat", steps=10)

    def moved():
        before = {key: value.clone() for key, value in training.method.named_parameters()}
        training.train_step(training.batch(training.step))
        after = training.method.named_parameters()
        return {key.split(".")[0] for key, value in after if not torch.equal(value, before[key])}

    training.train_step(training.batch(0))
    assert moved() == {"degrade"}
    training.step = 8
    training.train_step(training.batch(8))
    # Adam's momentum moves the damage on for a while; what it makes is no longer trained.
    training.step = 8
    assert "improve" in moved()


def test_gfpgan_keeps_the_prior_as_it_was_trained(run):
    prior = run("prior", folder="prior")
    prior.run(None, lambda line: None)
    training = run("gfpgan")
    training.start_from(prior.weights)
    generator = {key: value.clone() for key, value in training.method.generator.state_dict().items()}
    assert torch.allclose(generator["start"], prior.ema.generator.start, atol=1e-2)
    training.run(None, lambda line: None)
    assert all(torch.equal(v, generator[k]) for k, v in training.method.generator.state_dict().items())


def test_regions_cover_the_face():
    maps = region_maps(64)
    assert torch.allclose(maps.sum(0), torch.ones(64, 64), atol=1e-6)
    eyes, nose, mouth, skin, rest = maps
    assert eyes[28, 24] > 0.9  # FFHQ's left eye at 0.38, 0.47
    assert mouth[47, 32] > 0.8
    assert nose[38, 32] > 0.5
    assert rest[2, 2] > 0.9
    assert skin[40, 20] > 0.5


def test_pulse_finds_a_face_that_looks_like_the_photo_when_shrunk(monkeypatch):
    monkeypatch.setattr(pulse, "_STEPS", 15)
    torch.manual_seed(0)
    prior = Prior(SIZE)
    face = np.full((SIZE, SIZE, 3), (150, 110, 90), np.uint8)

    def miss(steps):
        monkeypatch.setattr(pulse, "_STEPS", steps)
        found = pulse.Pulse(prior).restore(face).reshape(16, 8, 16, 8, 3).mean((1, 3))
        return np.square(found - face[0, 0]).mean()

    assert miss(15) < miss(0)
    assert np.array_equal(pulse.Pulse(prior).restore(face), pulse.Pulse(prior).restore(face))


def test_zssr_learns_from_the_photo_alone_and_repeats(monkeypatch, astronaut):
    monkeypatch.setattr(zssr, "_STEPS", 40)
    sharp = np.ascontiguousarray(astronaut[:SIZE, 160 : 160 + SIZE])
    one, two = zssr.Zssr().restore(sharp), zssr.Zssr().restore(sharp)
    assert np.array_equal(one, two)
    assert one.shape == sharp.shape
    assert np.abs(one.astype(float) - sharp).mean() < 20


def test_bicubic_takes_away_what_is_finer_than_four_pixels(model_info):
    checks = np.indices((256, 256)).sum(0) % 2 * 255
    face = np.repeat(checks[..., None], 3, 2).astype(np.uint8)
    restored = open_system("bicubic", None, model_info, "cpu").restore(face)
    assert restored.std() < 1
    assert np.array_equal(open_system("input", None, model_info, "cpu").restore(face), face)


def test_the_two_branch_method_has_a_dial(run, tmp_path, model_info):
    training = run("unpaired", steps=1)
    training.run(None, lambda line: None)
    system = open_system("unpaired", tmp_path, model_info, "cpu")
    assert isinstance(system, DialSystem)
    face = np.random.default_rng(0).integers(0, 255, (SIZE, SIZE, 3), np.uint8)
    level, (still, moved) = system.sweep(face, (0.0, 1.0))
    assert level > 0
    assert np.array_equal(moved, system.restore(face))
    assert still.shape == face.shape


def test_a_row_has_its_weights_or_says_what_is_missing(model_info, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.evaluation.systems.training.SHIPPED", tmp_path)
    with pytest.raises(ModelError, match="heirloom train --config lu"):
        open_system("lu", None, model_info, "cpu")
    with pytest.raises(UsageError, match="There is no system 'codeformer'"):
        open_system("codeformer", None, model_info, "cpu")


def test_damaged_weights_are_refused(tmp_path, model_info):
    (tmp_path / "lu.pt").write_bytes(b"PK")
    with pytest.raises(ModelError, match="holds no weights"):
        open_system("lu", tmp_path, model_info, "cpu")
    state = {"config": METHODS["lu"][0].as_dict(), "step": 1, "weights": {"x": torch.zeros(1)}}
    torch.save(state, tmp_path / "lu.pt")
    with pytest.raises(ModelError, match="do not fit"):
        open_system("lu", tmp_path, model_info, "cpu")


def test_every_row_can_be_opened_by_its_name():
    trains = {row.name for row in ROWS} - {"input", "bicubic", "zssr", "pulse", "shipped"}
    assert trains | {"prior"} == set(METHODS)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_the_systems_come_trained(name):
    """What the repository ships loads, and does something to a damaged face."""
    method, path, story = trained(name, None)
    assert path.is_relative_to(SHIPPED)
    assert int(story.split(" steps")[0].rsplit(" ", 1)[1]) >= 500
    if name != "prior":
        rng = torch.Generator().manual_seed(4)
        soft = F.interpolate(torch.rand(1, 3, 16, 16, generator=rng), size=256, mode="bicubic")
        face = (0.2 + 0.6 * soft + 0.06 * torch.randn(1, 3, 256, 256, generator=rng)).clamp(0, 1)
        with torch.inference_mode():
            change = (method.restore(face) - face).abs().mean()
        # The baseline, which no pairs teach, does little.
        assert (0.001 if name == "baseline" else 0.002) < change < 0.2


def test_a_model_with_other_levels_alone_is_another_version(model_info, monkeypatch):
    opens = "engine.evaluation.systems.registry.LcqsModel"
    monkeypatch.setattr(opens, lambda info, device: SimpleNamespace(info=info))
    encoder = model_info.files["encode"]
    other = replace(model_info, files={**model_info.files, "encode": replace(encoder, sha256="0" * 64)})
    versions = [open_system("shipped", None, info, "cpu").version for info in (model_info, model_info, other)]
    assert versions[0] == versions[1] != versions[2]
