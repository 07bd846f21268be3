"""The deblocker: changes nothing at first, learns, resumes, knows whom it helps, ships beside its network."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.cli.main import main
from engine.degradation import draw_compression
from engine.errors import ModelError, UsageError
from engine.lcqs.batches import FRESH
from engine.lcqs.checkpoint import load_deblocker
from engine.lcqs.deblocker import Deblocker, DeblockerConfig
from engine.lcqs.deblocker_run import DEBLOCKER_CONFIGS, DeblockerRun
from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.export import export_model
from engine.lcqs.network import Lcqs
from engine.lcqs.softening import softened
from engine.lcqs.training_config import CONFIGS
from engine.runtime import load_manifest, open_session

TINY = DEBLOCKER_CONFIGS["deblocker-tiny"]
THROUGH = DEBLOCKER_CONFIGS["deblocker-tiny-through"]


def deblocking():
    torch.manual_seed(2)
    net = Deblocker(TINY.network).eval()
    torch.nn.init.normal_(net.full.to_rgb.weight, std=0.1)
    return net


@torch.no_grad()
def test_a_new_one_changes_nothing_and_helps_nobody():
    net, faces = Deblocker(TINY.network), torch.rand(2, 3, 64, 96)
    assert torch.equal(net(faces), faces)
    features = Lcqs(CONFIGS["tiny"].network).encode(torch.rand(2, 3, 64, 64)).features
    assert net.helps([*features, *net.look(faces)]).tolist() == [0, 0]


def test_one_that_knew_whom_it_helps_by_less_helps_nobody():
    net = Deblocker(TINY.network)
    older = {name: torch.ones_like(one) for name, one in net.state_dict().items()}
    older["helps.mlp.0.weight"] = older["helps.mlp.0.weight"][:, :-8]
    net.load_state_dict(older)
    assert torch.all(net.stem.weight == 1)
    assert not torch.any(net.helps.last.weight)


@pytest.mark.parametrize("config", [TINY, THROUGH])
def test_it_learns_and_resumes_exactly(faces, weights, tmp_path, config):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    straight = DeblockerRun(config, faces, faces, tmp_path / "straight", 4, "cpu")
    straight.start_from(weights)
    assert straight.run(None, lambda line: None)
    first = DeblockerRun(config, faces, faces, tmp_path / "halves", 4, "cpu")
    first.start_from(weights)
    for step in range(2):
        losses = first.train_step(first.batch(step))
    assert all(np.isfinite(list(losses.values())))
    first.folder.mkdir()
    first.save()
    second = DeblockerRun(config, faces, faces, tmp_path / "halves", None, "cpu")
    second.resume()
    told = []
    assert second.run(None, told.append)
    torch.set_num_threads(threads)
    assert "deblocking leaves" in told[-1] if config.faces else not told
    assert torch.any(straight.net.full.to_rgb.weight != 0)
    for name, weight in straight.ema.state_dict().items():
        assert torch.equal(weight, second.ema.state_dict()[name]), name


def test_what_it_learns_from_is_compressed_pictures_as_they_were(faces, tmp_path):
    run = DeblockerRun(replace(TINY, pairs=16), faces, None, tmp_path, 1, "cpu")
    batch = run.batch(3)
    assert batch.compressed.shape == batch.whole.shape == (16, 3, 32, 32)
    apart = np.abs(batch.compressed.astype(float) - batch.whole).mean((1, 2, 3))
    assert np.median(apart) > 0.5
    assert apart.max() < 60
    again = run.batch(3)
    assert np.array_equal(batch.compressed, again.compressed)
    compressed, whole, made = run.sample(batch)[0], run.sample(batch)[2], run.sample(batch)[1]
    assert torch.equal(compressed, made)  # nothing is learnt yet
    assert compressed.shape == whole.shape


def test_of_whole_faces_it_learns_by_what_the_network_draws(faces, weights, tmp_path):
    run = DeblockerRun(replace(THROUGH, whole=4), faces, None, tmp_path, 1, "cpu")
    run.start_from(weights)
    batches = [run.batch(step) for step in range(8)]
    lost, spoilt = [], []
    for step, batch in enumerate(batches):
        if step % 4 == 0:
            assert batch.whole.shape == (2, 3, 32, 32)
            assert batch.sharp is None
            continue
        sizes = (2, 3, 128, 128) if step % 4 == 2 else (4, 3, 64, 64)
        assert batch.compressed.shape == batch.whole.shape == batch.sharp.shape == sizes
        lost.append(np.abs(batch.sharp.astype(float) - batch.whole).mean())
        spoilt.extend(np.abs(batch.compressed.astype(float) - batch.whole).mean((1, 2, 3)))
    assert max(spoilt) < 40
    assert max(lost) < 40  # all three show the same place
    assert 0.1 < np.mean(np.array(spoilt) == 0) < 0.7  # what is not compressed is to stay
    before = {name: one.clone() for name, one in run.served.state_dict().items()}
    for batch in batches[1:3]:
        losses = run.train_step(batch)
        assert losses["restored"] > 0
        columns = run.sample(batch)
        assert {one.shape for one in columns} == {(len(batch.sharp), 3, 64, 64)}
        assert len(columns) == 5
    assert torch.any(run.net.full.to_rgb.weight != 0)
    assert all(torch.equal(one, before[name]) for name, one in run.served.state_dict().items())


def test_lessons_are_of_both_sizes_and_of_old_faces_too_and_many_are_compressed_lightly(
    faces, tmp_path, monkeypatch
):
    run, drawn = DeblockerRun(THROUGH, faces, faces, tmp_path, 1, "cpu"), []

    def compression(rng, lightly=False):
        drawn.append(lightly)
        return draw_compression(rng, lightly)

    monkeypatch.setattr("engine.lcqs.deblocker_run.draw_compression", compression)
    light = {}
    for number in range(96):
        drawn.clear()
        batch = run._lesson(FRESH + number)
        large, are_old = batch.sharp.shape[-1] == 128, run._folder_of(number) is run._old
        light.setdefault((large, are_old), []).extend(drawn)
    assert set(light) == {(large, are_old) for large in (False, True) for are_old in (False, True)}
    assert all(0.15 < np.mean(some) < 0.7 for some in light.values())
    drawn.clear()
    for step in range(8):
        run.batch(step)
    assert len(drawn) > 0  # what training compresses shows
    assert not any(drawn)


@pytest.mark.parametrize("losing", ["dark", "large"])
def test_it_learns_whom_it_helps(faces, weights, tmp_path, monkeypatch, losing):
    """Some faces lose by it, others gain: the network's features tell dark ones, its own large ones."""
    monkeypatch.setattr("engine.lcqs.head_fit._ROUNDS", 800)
    run = DeblockerRun(replace(THROUGH, faces=320), faces, None, tmp_path / "run", 1, "cpu")
    run.start_from(weights)
    look, sides, seen = run.ema.look, [], []

    def looking(faces):
        sides.append(faces.shape[-1])
        return look(faces)

    def left(net, features, ways, sharp):
        assert {one.shape for one in ways} == {sharp.shape}
        dark = ways[0].mean((1, 2, 3)) < 0.55  # four of ten
        lose = dark if losing == "dark" else torch.full_like(dark, sides[-1] == 128)
        seen.append(lose)
        return torch.stack([torch.ones(len(lose)), torch.where(lose, 2.0, 0.4)], 1)

    monkeypatch.setattr(run.ema, "look", looking)
    monkeypatch.setattr("engine.lcqs.deblocker_run.damage_left", left)
    before = {name: one.clone() for name, one in run.served.state_dict().items()}
    chosen, best = run.fit_helps()
    assert 0.1 < torch.cat(seen).float().mean() < 0.9
    assert best < 1
    assert chosen < (1 + best) / 2
    assert all(torch.equal(one, before[name]) for name, one in run.served.state_dict().items())


def test_larger_batches_hold_more_windows_and_more_whole_faces():
    windows, through = (
        DEBLOCKER_CONFIGS[name].with_pairs(128) for name in ("deblocker", "deblocker-through")
    )
    assert (windows.pairs, windows.whole, through.pairs, through.whole) == (128, 0, 128, 32)
    assert DEBLOCKER_CONFIGS["deblocker-through"].with_pairs(1).whole == 2  # one of them twice as large


@torch.no_grad()
def test_its_lessons_are_as_soft_as_the_network_is_shown_faces(faces, weights, tmp_path, monkeypatch):
    run = DeblockerRun(THROUGH, faces, None, tmp_path, 1, "cpu")
    run.start_from(weights)
    torch.nn.init.normal_(run.ema.full.to_rgb.weight, std=0.1)
    asked, seen = [], []

    def softening(features):
        asked.append(features)
        return torch.tensor([0.0, 4.0])

    def left(net, features, ways, sharp):
        seen.append(ways)
        return torch.ones(len(sharp), 2)

    monkeypatch.setattr(run.served.softening, "forward", softening)
    monkeypatch.setattr("engine.lcqs.deblocker_run.damage_left", left)
    compressed = torch.rand(2, 3, 128, 128)
    run._example(compressed, torch.rand(2, 3, 64, 64), False)
    looks = run.ema.look(compressed)
    with run.autocast():
        deblocked = run.ema.undo(compressed, looks).clamp(0, 1)
    as_they_are, deblocked = (run._as_seen(one) for one in (compressed, deblocked))
    assert (as_they_are - deblocked).abs().mean() > 1e-3
    for shown, features, one in zip(seen[0], asked, (as_they_are, deblocked), strict=True):
        torch.testing.assert_close(shown, softened(one, torch.tensor([0.0, 4.0])))
        torch.testing.assert_close(features, run.served.encode(one).features)


def test_onnx_gives_what_torch_gives_at_any_size(tmp_path):
    net = deblocking()
    served = Lcqs(CONFIGS["tiny"].network).eval()
    info = export_model(served, tmp_path, name="t", version="1", licence="none", deblocker=net)
    deblock = open_session(info.read("deblock"), "cpu", threads=1)
    for height, width in ((64, 64), (128, 128), (32, 96)):
        faces = torch.rand(6, 3, height, width)
        with torch.no_grad():
            features = served.encode(torch.rand(6, 3, 64, 64)).features
            seen = [*features, *net.look(faces)]
            torch.nn.init.normal_(net.helps.last.weight, std=30)
            net.helps.last.bias -= net.helps.change(pooled_statistics(seen)).median(0).values
            wanted = net.helps(seen) > 0
            expected = net(faces).clamp(0, 1).numpy()
        assert 0 < wanted.sum() < 6
        export_model(served, tmp_path, name="t", version="1", licence="none", deblocker=net)
        (info,) = load_manifest(tmp_path).models
        helps = open_session(info.read("deblocking_helps"), "cpu", threads=1)
        feeds = {f"f{64 // one.shape[-1]}": one.numpy() for one in features}
        found = helps({"face": faces.numpy(), **feeds})
        assert found.pop("helps").tolist() == wanted.tolist()
        assert np.abs(deblock({"face": faces.numpy(), **found})["deblocked"] - expected).max() < 1e-3
        assert np.abs(expected - faces.numpy()).mean() > 1e-3


def test_from_the_command_line_to_the_store(faces, weights, tmp_path, capsys):
    run = tmp_path / "run"
    command = [
        "train",
        "--config",
        "deblocker-tiny",
        "--sharp",
        str(faces),
        "--steps",
        "2",
        "--run",
        str(run),
    ]
    assert main(command) == 2
    assert "add --from with its weights" in capsys.readouterr().err
    assert main([*command, "--from", str(weights)]) == 0
    checkpoint, kept, store = run / "checkpoint.pt", tmp_path / "kept.pt", tmp_path / "store"
    export = ["export", str(weights), "--name", "t", "--to", str(store)]
    assert main([*export, "--deblocker", str(checkpoint), "--weights", str(kept)]) == 0
    (model,) = load_manifest(store).models
    first = model.read("deblock")
    # The weights that were kept hold both: the next run goes on from them.
    further = DeblockerRun(TINY, faces, None, tmp_path / "further", 1, "cpu")
    further.start_from(kept)
    shipped = load_deblocker(checkpoint)
    assert shipped is not None
    for name, weight in shipped.state_dict().items():
        torch.testing.assert_close(further.net.state_dict()[name], weight, atol=1e-3, rtol=1e-3)
        assert torch.equal(further.net.state_dict()[name], further.ema.state_dict()[name])
    apart = DeblockerRun(TINY, faces, None, tmp_path / "apart", 1, "cpu")
    apart.start_from(weights, checkpoint)
    assert torch.equal(apart.net.stem.weight, shipped.stem.weight)
    assert main(["export", str(kept), *export[2:]]) == 0
    (again,) = load_manifest(store).models
    assert len(again.read("deblock")) == len(first)
    assert main([*export]) == 0
    (without,) = load_manifest(store).models
    assert "deblock" not in without.files
    wider = replace(TINY, network=DeblockerConfig(widths=(4, 12), blocks=(1, 1), full=4))
    with pytest.raises(UsageError, match="other sizes"):
        DeblockerRun(wider, faces, None, tmp_path / "wider", 1, "cpu").start_from(kept)
    with pytest.raises(UsageError, match="other sizes"):
        DeblockerRun(DEBLOCKER_CONFIGS["deblocker"], faces, None, tmp_path / "large", 1, "cpu").start_from(
            kept
        )
    assert main([*export, "--deblocker", str(weights)]) == 2
    assert "There is no deblocker in" in capsys.readouterr().err


def test_a_run_of_no_steps_learns_whom_it_helps_alone(faces, weights, tmp_path):
    begun = DeblockerRun(TINY, faces, None, tmp_path / "begun", 1, "cpu")
    begun.folder.mkdir()
    begun.train_step(begun.batch(0))
    begun.save()
    command = ["train", "--config", "deblocker-tiny-through", "--sharp", str(faces), "--steps", "0"]
    command += ["--run", str(tmp_path / "fitted"), "--from", str(weights), str(begun.checkpoint)]
    assert main(command) == 0
    fitted = load_deblocker(tmp_path / "fitted" / "checkpoint.pt")
    assert fitted is not None
    changed = {n for n, one in begun.ema.state_dict().items() if not torch.equal(fitted.state_dict()[n], one)}
    assert {name.partition(".")[0] for name in changed} == {"helps"}


def test_a_run_of_windows_fits_nothing_at_its_end(faces, weights, tmp_path, capsys):
    command = ["train", "--config", "deblocker-tiny", "--sharp", str(faces), "--steps", "0"]
    assert main([*command, "--run", str(tmp_path / "run"), "--from", str(weights)]) == 2
    assert "only fits whom it helps" in capsys.readouterr().err


def test_what_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(ModelError, match="There is no checkpoint"):
        load_deblocker(tmp_path / "none.pt")
    (tmp_path / "text.pt").write_text("no weights")
    with pytest.raises(ModelError, match="is not a checkpoint"):
        load_deblocker(tmp_path / "text.pt")
