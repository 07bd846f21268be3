"""From a checkpoint to the model of the store, and the same pictures from both."""

import copy
import hashlib
import shutil
from dataclasses import replace

import cv2
import numpy as np
import onnx
import pytest
import torch

from engine.cli.main import main
from engine.errors import ModelError, UsageError
from engine.lcqs.checkpoint import load_average, save_average
from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.export import export_model
from engine.lcqs.finer_run import FINER_CONFIGS, FinerRun
from engine.lcqs.network import STRONG, Lcqs
from engine.lcqs.trainer import Paths, Trainer
from engine.lcqs.training_config import CONFIGS
from engine.restore import LcqsModel
from engine.runtime import load_manifest, open_session
from engine.runtime.models import ModelFile

TINY = CONFIGS["tiny"]


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(3)
    net = Lcqs(TINY.network).eval()
    torch.nn.init.normal_(net.generator.to_rgb[-1].weight, std=0.1)
    torch.nn.init.normal_(net.second_look.last.weight, std=0.05)
    torch.nn.init.normal_(net.head_mask.last.weight)
    torch.nn.init.zeros_(net.head_mask.last.bias)
    return net


@pytest.fixture(scope="module")
def stored(net, tmp_path_factory):
    """The network as a model of a store."""
    return export_model(net, tmp_path_factory.mktemp("store"), name="tiny", version="3", licence="none")


@pytest.fixture(scope="module")
def exported(stored):
    """The network exported, as sessions (encode, decode)."""
    return tuple(open_session(stored.read(part), "cpu", threads=1) for part in ("encode", "decode"))


@pytest.mark.parametrize("faces", [1, 3])
def test_onnx_draws_what_torch_draws(net, exported, faces):
    encode, decode = exported
    face = torch.rand(faces, 3, 64, 64)
    alpha = torch.linspace(0, 120, faces)
    with torch.no_grad():
        encoding = net.encode(face)
        expected = net.decode(encoding, alpha).clamp(0, 1).numpy()
    codes = encode({"face": face.numpy()})
    assert np.allclose(codes.pop("first_level"), encoding.level, rtol=5e-3)
    assert codes.pop("strong_level").tolist() == [STRONG] * faces
    assert np.allclose(codes["w"], encoding.w, atol=0.1)
    drawn = decode(codes | {"face": face.numpy(), "alpha": alpha.numpy()})["restored"]
    assert np.abs(drawn - expected).max() < 4 / 255  # large weights are stored as float16


def test_what_is_drawn_lies_in_range(exported):
    encode, decode = exported
    face = np.random.default_rng(0).random((2, 3, 64, 64), np.float32).round()
    codes = encode({"face": face})
    del codes["first_level"], codes["strong_level"]
    drawn = decode(codes | {"face": face, "alpha": np.array([150, 150], np.float32)})["restored"]
    assert drawn.min() >= 0
    assert drawn.max() <= 1


def test_the_application_sees_the_level_and_the_head_that_torch_does(net, stored):
    face = np.random.default_rng(1).integers(256, size=(64, 64, 3), dtype=np.uint8)
    (encoded,) = LcqsModel(stored, "cpu", threads=1).encode([face])
    with torch.no_grad():
        encoding = net.encode(torch.from_numpy(encoded.pixels)[None])
        level = float(net.automatic_level(encoding))
        mask = net.masks(encoding)[0].numpy()
    assert abs(level - float(encoding.level)) > 1
    assert encoded.level == pytest.approx(level, rel=0.01)
    assert encoded.mask.shape == (16, 16)
    assert np.ptp(mask) > 0.2
    assert np.allclose(encoded.mask, mask, atol=0.02)


def test_the_application_softens_as_far_as_torch_does(net, tmp_path):
    net = copy.deepcopy(net)
    faces = np.random.default_rng(1).integers(256, size=(6, 64, 64, 3), dtype=np.uint8)
    for i in range(3, 6):
        faces[i] = cv2.normalize(cv2.GaussianBlur(faces[i], (0, 0), i - 2), None, 0, 255, cv2.NORM_MINMAX)
    seen = torch.from_numpy(faces.transpose(0, 3, 1, 2).astype(np.float32) / 255)
    with torch.no_grad():
        features = net.encode(seen).features
        torch.nn.init.normal_(net.softening.last.weight, std=30)
        net.softening.last.bias -= net.softening.change(pooled_statistics(features)).mean(0)
        wanted = net.softening(features).tolist()
    stored = export_model(net, tmp_path, name="tiny", version="3", licence="none")
    chosen = [one.softening for one in LcqsModel(stored, "cpu", threads=1).encode(list(faces))]
    assert chosen == wanted
    assert len({*chosen}) > 1


def test_a_model_of_an_older_application_is_refused(stored, tmp_path):
    graph = onnx.load_from_string(stored.read("encode"))
    (strong,) = (output for output in graph.graph.output if output.name == "strong_level")
    graph.graph.output.remove(strong)
    older = graph.SerializeToString()
    (tmp_path / "encode.onnx").write_bytes(older)
    entry = ModelFile("encode.onnx", hashlib.sha256(older).hexdigest(), len(older))
    files = dict.fromkeys(("encode", "softening", "decode", "level"), entry)  # it does not come to all
    with pytest.raises(ModelError, match="tiny 3 was made for an older Heirloom"):
        LcqsModel(replace(stored, files=files, folder=tmp_path), "cpu", threads=1)
    without = {part: file for part, file in stored.files.items() if part != "softening"}
    with pytest.raises(ModelError, match="tiny 3 was made for an older Heirloom"):
        LcqsModel(replace(stored, files=without), "cpu", threads=1)
    knew_less = stored.files | dict.fromkeys(("deblocking_helps", "deblock"), stored.files["softening"])
    with pytest.raises(ModelError, match="tiny 3 was made for an older Heirloom"):
        LcqsModel(replace(stored, files=knew_less), "cpu", threads=1)


def test_exporting_leaves_the_network_as_it_was(net, exported):
    for parameter in net.parameters():
        assert parameter.dtype == torch.float32
    conv = net.generator.to_rgb[-1]
    assert torch.equal(conv.energy(), conv.weight.square().sum((2, 3)))


def test_the_command_exports_the_average_of_a_checkpoint(faces, tmp_path, capsys):
    run = Trainer(TINY, Paths(faces, faces, tmp_path / "run"), 1)
    run.paths.run.mkdir()
    run.train_step(run.source.batch(0))
    run.save()
    checkpoint = tmp_path / "run" / "checkpoint.pt"
    own = load_average(checkpoint).state_dict()
    assert all(torch.equal(own[name], value) for name, value in run.ema.state_dict().items())
    assert main(["export", str(checkpoint), "--to", str(tmp_path / "store"), "--name", "mine"]) == 0
    assert "mine" in capsys.readouterr().out
    manifest = load_manifest(tmp_path / "store")
    assert manifest.default == "mine"
    assert manifest.models[0].size == 64


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--name", name) for name in ("", " ", "a/b", "../a", "a..b", "a\\b", "C:a", "a\nb", "\x1b[31m")),
        *((option, text) for option in ("--version", "--licence") for text in ("", "a\nb")),
    ],
)
def test_what_no_model_can_be_called_is_refused_before_anything_is_written(
    net, tmp_path, capsys, option, value
):
    assert main(["export", "none.pt", "--to", str(tmp_path / "store"), option, value]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"The {option[2:]} " in said
    labels = {"name": "tiny", "version": "3", "licence": "none"} | {option[2:]: value}
    with pytest.raises(UsageError):
        export_model(net, tmp_path / "store", **labels)
    assert list(tmp_path.iterdir()) == []


def content_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("failing", ["_halve_weights", "register_model"])
def test_an_export_that_fails_leaves_the_store_as_it_was(net, stored, tmp_path, monkeypatch, failing):
    shutil.copytree(stored.folder, tmp_path / "store")
    (tmp_path / "store" / "tiny-level.onnx").unlink()  # one that is new
    before = content_of(tmp_path / "store")

    def fail(*_, **__):
        raise OSError("No space left on device")

    monkeypatch.setattr(f"engine.lcqs.export.{failing}", fail)
    other = copy.deepcopy(net)
    torch.nn.init.normal_(other.generator.to_rgb[-1].weight)
    with pytest.raises(OSError, match="No space"):
        export_model(other, tmp_path / "store", name="tiny", version="4", licence="none")
    assert content_of(tmp_path / "store") == before


def test_an_export_replaces_a_whole_model(net, stored, tmp_path):
    shutil.copytree(stored.folder, tmp_path / "store")
    names = set(content_of(tmp_path / "store"))
    info = export_model(net, tmp_path / "store", name="tiny", version="4", licence="none")
    assert set(content_of(tmp_path / "store")) == names
    assert all(info.read(part) for part in info.files)


def test_a_damaged_store_is_told_before_anything_is_written(net, tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        export_model(net, tmp_path, name="tiny", version="3", licence="none")
    assert content_of(tmp_path) == {"manifest.json": b"{"}


@pytest.mark.parametrize("option", [None, "--finer", "--deblocker"])
def test_weights_never_go_over_the_checkpoint(weights, tmp_path, monkeypatch, capsys, option):
    before = weights.read_bytes()
    monkeypatch.chdir(weights.parent)  # one file by two paths
    command = ["export", str(weights) if option is None else "other.pt", "--weights", weights.name]
    command += [] if option is None else [option, str(weights)]
    assert main([*command, "--to", str(tmp_path / "store")]) == 2
    assert "choose another file for --weights" in capsys.readouterr().err
    with pytest.raises(UsageError, match="the checkpoint itself"):
        save_average(weights, weights)
    assert weights.read_bytes() == before
    assert not (tmp_path / "store").exists()


def test_weights_that_were_there_stay_until_new_ones_are_whole(weights, tmp_path, monkeypatch):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "weights.pt").write_bytes(b"earlier")

    def fail(_, path):
        path.write_bytes(b"PK")
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", fail)
        with pytest.raises(OSError, match="No space"):
            save_average(weights, tmp_path / "kept" / "weights.pt")
    assert content_of(tmp_path / "kept") == {"weights.pt": b"earlier"}
    save_average(weights, tmp_path / "kept" / "weights.pt")
    assert list(content_of(tmp_path / "kept")) == ["weights.pt"]
    load_average(tmp_path / "kept" / "weights.pt")


def test_another_run_starts_from_the_weights_alone(faces, tmp_path):
    run = Trainer(TINY, Paths(faces, faces, tmp_path / "run"), 1)
    run.paths.run.mkdir()
    run.train_step(run.source.batch(0))
    run.save()
    weights = tmp_path / "weights.pt"
    save_average(tmp_path / "run" / "checkpoint.pt", weights)
    assert weights.stat().st_size < (tmp_path / "run" / "checkpoint.pt").stat().st_size / 3
    other = Trainer(TINY, Paths(faces, faces, tmp_path / "other"), 1)
    other.start_from(weights)
    for name, value in run.ema.state_dict().items():
        torch.testing.assert_close(other.net.state_dict()[name], value, rtol=1e-3, atol=1e-5)


def assert_goes_on(critic, former):
    learnt = critic.state_dict()
    assert learnt["lessons"] == former.lessons > 0
    assert all(torch.equal(learnt[name], value) for name, value in former.state_dict().items())


def test_critics_go_on_where_they_were(faces, tmp_path):
    run = Trainer(TINY, Paths(faces, faces, tmp_path / "run"), 1)
    run.paths.run.mkdir()
    for step in range(3):
        run.train_step(run.source.batch(step))
    run.save()
    weights = tmp_path / "weights.pt"
    save_average(tmp_path / "run" / "checkpoint.pt", weights)
    other, stage = (
        Trainer(TINY, Paths(faces, faces, tmp_path / "other"), 1),
        FinerRun(FINER_CONFIGS["finer-tiny"], faces, tmp_path / "stage", 1, "cpu"),
    )
    for later in (other, stage):
        later.start_from(weights)
        assert_goes_on(later.critic, run.critic)
    assert_goes_on(other.critic_of_parts, run.critic_of_parts)

    state = torch.load(weights, weights_only=True)
    del state["critic"]["lessons"]  # as of another version
    torch.save(state, weights)
    new = Trainer(TINY, Paths(faces, faces, tmp_path / "new"), 1)
    new.start_from(weights)
    assert new.critic.lessons == 0
    assert new.critic_of_parts.lessons > 0


def test_a_run_may_start_from_the_mean_of_several(faces, tmp_path, capsys):
    seeds = (replace(TINY, seed=1), replace(TINY, seed=2))
    runs = [Trainer(seed, Paths(faces, faces, tmp_path / str(seed.seed)), 1) for seed in seeds]
    for run in runs:
        run.paths.run.mkdir()
        run.save()
    one, two = (run.checkpoint for run in runs)
    mixed = Trainer(TINY, Paths(faces, faces, tmp_path / "mixed"), 1)
    mixed.start_from(one, two, two, two)
    for name, weight in mixed.net.state_dict().items():
        wanted = runs[0].ema.state_dict()[name] / 4 + runs[1].ema.state_dict()[name] * 3 / 4
        torch.testing.assert_close(weight, wanted)
    other = replace(TINY, network=replace(TINY.network, dim=4))
    third = Trainer(other, Paths(faces, faces, tmp_path / "third"), 1)
    third.paths.run.mkdir()
    third.save()
    with pytest.raises(UsageError, match="different sizes"):
        mixed.start_from(one, third.checkpoint)
    command = ["train", "--config", "unpaired", "--sharp", str(faces), "--old", str(faces), "--steps", "1"]
    assert main([*command, "--run", str(tmp_path / "new"), "--from", str(one), str(two)]) == 2
    assert "starts from one file" in capsys.readouterr().err


def test_a_run_of_no_steps_fits_the_level_and_the_head_mask_alone(faces, tmp_path, capsys):
    run = Trainer(TINY, Paths(faces, faces, tmp_path / "run"), 1)
    run.paths.run.mkdir()
    run.train_step(run.source.batch(0))
    run.save()
    command = ["train", "--config", "tiny", "--sharp", str(faces), "--old", str(faces)]
    command += ["--run", str(tmp_path / "fitted"), "--steps", "0"]
    assert main(command) == 2
    assert "add --from" in capsys.readouterr().err
    assert main([*command, "--from", str(run.checkpoint), "--config", "unpaired"]) == 2
    assert "fits none at the end" in capsys.readouterr().err
    assert not (tmp_path / "fitted").exists()
    assert main([*command, "--from", str(run.checkpoint)]) == 0
    fitted = load_average(tmp_path / "fitted" / "checkpoint.pt").state_dict()
    changed = {name for name, value in run.ema.state_dict().items() if not torch.equal(fitted[name], value)}
    parts = ("level.", "second_look.", "head_mask.", "softening.")
    assert changed == {name for name in fitted if name.startswith(parts)}


def test_without_its_teacher_the_head_mask_stays_and_the_run_says_so(faces, tmp_path, monkeypatch):
    def missing():
        raise ModelError("It is not installed.")

    monkeypatch.setattr("engine.lcqs.head_lessons.Silhouettes", missing)
    run, told = Trainer(TINY, Paths(faces, faces, tmp_path / "run"), 0), []
    before = {name: one.clone() for name, one in run.ema.head_mask.state_dict().items()}
    assert run.run(None, told.append)
    assert told[0] == "The head mask will stay as it is. It is not installed."  # before hours are spent
    assert told[-1] == "The head mask stays as it was. It is not installed."
    assert "The likeness will stay as it is. It is learnt from networks" in told[1]
    assert "The likeness stays as it was. It is learnt from networks" in told[-2]
    assert all(torch.equal(one, before[name]) for name, one in run.ema.head_mask.state_dict().items())
    assert any(torch.any(one != 0) for one in run.ema.second_look.parameters())


def test_a_batch_may_be_larger(faces, tmp_path, capsys):
    command = ["train", "--sharp", str(faces), "--old", str(faces), "--run", str(tmp_path), "--steps", "1"]
    command += ["--pairs", "6"]
    assert main([*command, "--config", "unpaired"]) == 2
    assert "leave out --pairs" in capsys.readouterr().err
    run = CONFIGS["tiny"].with_pairs(6)
    assert (run.pairs, run.olds) == (6, 3)
    assert main([*command, "--config", "tiny"]) == 0
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["config"]
    assert (saved["pairs"], saved["olds"]) == (6, 3)


def test_a_network_from_before_the_second_look_looks_once(faces, tmp_path):
    run = Trainer(TINY, Paths(faces, faces, tmp_path / "run"), 1)
    run.paths.run.mkdir()
    run.save()
    state = torch.load(run.checkpoint, weights_only=True)
    state["ema"] = {name: one for name, one in state["ema"].items() if not name.startswith("second_look.")}
    torch.save(state, run.checkpoint)
    net = load_average(run.checkpoint)
    encoding = net.encode(torch.rand(2, 3, 64, 64))
    assert torch.equal(net.automatic_level(encoding), encoding.level)


def test_a_network_may_grow(faces, tmp_path):
    small = replace(TINY, network=replace(TINY.network, full=0, quarter=0))
    large = replace(TINY, network=replace(TINY.network, blocks=(2, 1, 1, 1)))
    run = Trainer(small, Paths(faces, faces, tmp_path / "run"), 1)
    run.paths.run.mkdir()
    run.train_step(run.source.batch(0))
    run.save()
    grown = Trainer(large, Paths(faces, faces, tmp_path / "grown"), 1)
    grown.start_from(run.checkpoint)
    face = torch.rand(1, 3, 64, 64)
    level = torch.tensor([60.0])
    drawn = [net.decode(net.encode(face), level) for net in (grown.net, grown.ema, run.ema)]
    assert torch.equal(drawn[0], drawn[2])
    assert torch.equal(drawn[1], drawn[2])
    grown.paths.run.mkdir()
    grown.train_step(grown.source.batch(1))
    grown.save()
    with pytest.raises(UsageError, match="other sizes"):
        Trainer(small, Paths(faces, faces, tmp_path / "back"), 1).start_from(grown.checkpoint)
    wider = replace(TINY, network=replace(large.network, full=2 * large.network.full))
    with pytest.raises(UsageError, match="other sizes"):
        Trainer(wider, Paths(faces, faces, tmp_path / "wider"), 1).start_from(grown.checkpoint)


def test_what_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(ModelError, match="no checkpoint"):
        load_average(tmp_path / "none.pt")
    (tmp_path / "torn.pt").write_bytes(b"PK")
    with pytest.raises(ModelError, match="not a checkpoint of heirloom train"):
        load_average(tmp_path / "torn.pt")
