"""The unpaired two-branch method: its switches, its data, its training."""

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch

from engine.errors import ModelError, UsageError
from engine.lcqs.checkpoint import load_average
from engine.lcqs.faces_data import FaceFolder
from engine.lcqs.network import NetworkConfig
from engine.lcqs.two_branch import (
    MEAN_LEVEL,
    TWO_BRANCH_CONFIGS,
    TwoBranch,
    TwoBranchConfig,
    Wear,
    two_branch,
)
from engine.lcqs.unpaired_data import UnpairedSource
from engine.lcqs.unpaired_run import Folders, Method, UnpairedConfig, UnpairedRun, load_weights

NETWORK = NetworkConfig(
    size=64, widths=(8, 8, 8, 16, 16), convs=(1, 1, 1, 1, 1), dim=8, blocks=(1, 1, 1, 1), head=(4, 16)
)


def tiny(**switches):
    method = TwoBranchConfig(network=NETWORK, **switches).as_dict()
    return UnpairedConfig(
        "tiny", method, size=64, count=2, crop=64, warmup=2, adversarial_from=0.0, learning_rate=0.02
    )


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def trainer(faces, tmp_path):
    def trainer(name="run", steps=4, config=None):
        return UnpairedRun(config or tiny(), two_branch, Folders(faces, None, tmp_path / name), steps)

    return trainer


def silent(line):
    pass


def test_the_ablation_adds_one_ingredient_in_each_row():
    rows = [TwoBranchConfig.from_dict(config.method) for config in TWO_BRANCH_CONFIGS.values()]
    on = [{name for name in ("upper", "per_layer", "down") if getattr(row, name)} for row in rows]
    assert on[0] == set()
    assert on[-1] == {"upper", "per_layer", "down"}
    assert all(len(after - before) == 1 and before < after for before, after in pairwise(on))
    assert len({row.network for row in rows}) == 1


def test_each_switch_asks_for_its_own_losses(trainer):
    def losses(**switches):
        run = trainer(config=tiny(**switches))
        return set(run.train_step(run.batch(0)))

    none = losses(upper=False, per_layer=False, down=False)
    assert "down" not in none
    assert not any("low" in name or "pair" in name for name in none)
    assert losses(upper=False, per_layer=False) - none == {"down"}
    assert {"pair", "pair level", "judge low"} < losses(down=False) - none


def test_wear_blurs_as_gaussians_do():
    torch.manual_seed(0)
    wear, face = Wear(), torch.rand(1, 3, 64, 64)
    wear.noise.data.zero_()
    wear.softness.data.fill_(0.3)
    torch.manual_seed(1)
    turn = float(torch.rand(1)) * np.pi / 2
    torch.manual_seed(1)
    blurred = wear(face, torch.ones(1))[0].permute(1, 2, 0).detach().numpy()
    picture, deviation = face[0].permute(1, 2, 0).numpy(), 8 * 0.3 * np.cos(turn)
    wanted = cv2.GaussianBlur(picture, (25, 25), deviation, borderType=cv2.BORDER_REPLICATE)
    np.testing.assert_allclose(blurred, wanted, atol=1e-5)
    np.testing.assert_allclose(wear(face, torch.zeros(1)).detach(), face, atol=1e-6)


def test_one_direction_serves_all_layers_or_each_has_its_own():
    def moved(per_layer):
        net = TwoBranch(TwoBranchConfig(network=NETWORK, per_layer=per_layer)).net
        w = torch.zeros(1, net.generator.layers, NETWORK.dim)
        return net.shift(w, torch.tensor([30.0]))[0]

    one, each = moved(False), moved(True)
    assert torch.equal(one, one[:1].expand_as(one))
    assert not torch.allclose(each[0], each[1])
    assert torch.allclose(each.norm(dim=1), torch.full((len(each),), 30.0))


def test_people_of_the_two_qualities_are_different(tmp_path):
    """Each face is of one flat grey: it says who it is."""
    from PIL import Image

    for number in range(6):
        Image.new("RGB", (64, 64), (20 + 40 * number,) * 3).save(tmp_path / f"{number}.png")
    source = UnpairedSource(FaceFolder(tmp_path, 64), None, 4, 1, 64)
    batches = [source.batch(step) for step in range(10)]
    high = {int(face.mean()) for batch in batches for face in batch.high}
    low = {int(face.mean()) for batch in batches for face in batch.truth}
    assert high == {20, 100, 180}
    assert low == {60, 140, 220}


def test_a_batch_depends_on_its_number_alone(faces):
    def batch(step, seed=1):
        return UnpairedSource(FaceFolder(faces, 64), None, 2, seed, 32).batch(step)

    for name in ("high", "low", "truth", "crop"):
        assert np.array_equal(getattr(batch(3), name), getattr(batch(3), name))
    assert not np.array_equal(batch(3).low, batch(4).low)
    assert not np.array_equal(batch(3).low, batch(3, seed=2).low)
    assert not np.array_equal(batch(3).low, batch(3).truth)


def test_really_old_faces_have_no_truth(faces):
    batch = UnpairedSource(FaceFolder(faces, 64), FaceFolder(faces, 64), 2, 1, 32).batch(0)
    assert batch.low.shape == (2, 3, 64, 64)
    assert batch.truth.shape == (0, 3, 64, 64)


def test_a_method_of_pairs_refuses_old_faces(faces, tmp_path):
    class Paired(TwoBranch):
        paired = True

    def make(config: UnpairedConfig) -> Method:
        return Paired(TwoBranchConfig.from_dict(config.method))

    with pytest.raises(UsageError, match="learns from pairs"):
        UnpairedRun(tiny(), make, Folders(faces, faces, tmp_path), 1)


def test_a_resumed_run_equals_one_in_one_go(trainer):
    straight = trainer("straight")
    assert straight.run(None, silent)
    first = trainer("halves")
    for step in range(2):
        first.train_step(first.batch(step))
    first.folder.mkdir()
    first.save()
    second = trainer("halves", steps=None)
    second.resume()
    assert second.run(None, silent)
    for name in ("method", "ema", "judges"):
        ours, theirs = straight.state()[name], second.state()[name]
        assert all(torch.equal(ours[key], theirs[key]) for key in ours)
    assert straight.weights.read_bytes()


def test_training_draws_the_mean_level_to_its_unit(trainer):
    run = trainer(steps=30)
    before = abs(run.method.net.encode(run.tensor(run.batch(0).low)).level.mean().item() - MEAN_LEVEL)
    run.run(None, silent)
    after = abs(run.method.net.encode(run.tensor(run.batch(0).low)).level.mean().item() - MEAN_LEVEL)
    assert after < before


def test_weights_start_another_run(trainer, tmp_path):
    run = trainer("one")
    run.run(None, silent)
    weights = load_weights(run.weights)
    assert (weights.config, weights.step) == (run.config, 4)
    other = trainer("two")
    other.start_from(run.weights)
    for name, tensor in other.ema.state_dict().items():
        assert torch.allclose(tensor, weights.tensors[name])
    wide = TwoBranchConfig(network=replace(NETWORK, dim=16)).as_dict()
    third = trainer("three", config=replace(tiny(), method=wide))
    with pytest.raises(ModelError, match="do not fit"):
        third.start_from(run.weights)
    (tmp_path / "torn.pt").write_bytes(b"PK")
    with pytest.raises(ModelError, match="no weights"):
        other.start_from(tmp_path / "torn.pt")


def test_its_checkpoint_is_exported_like_the_other_trainers(trainer):
    """With one direction for all layers too."""
    for name, per_layer in (("each", True), ("one", False)):
        run = trainer(name, steps=1, config=tiny(per_layer=per_layer))
        run.run(None, silent)
        net = load_average(run.checkpoint)
        face = torch.rand(1, 3, 64, 64)
        with torch.no_grad():
            own, exported = run.ema.net.encode(face), net.encode(face)
            alpha = torch.tensor([40.0])
            assert torch.allclose(run.ema.net.decode(own, alpha), net.decode(exported, alpha), atol=1e-5)
