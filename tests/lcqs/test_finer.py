"""The finer stage: adds nothing where nothing is asked for, learns, resumes, ships beside its network."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.cli.main import main
from engine.errors import ModelError, UsageError
from engine.lcqs.checkpoint import load_finer
from engine.lcqs.export import export_model
from engine.lcqs.finer import Finer, FinerConfig, doubled
from engine.lcqs.finer_run import FINER_CONFIGS, FinerRun
from engine.lcqs.network import Lcqs
from engine.lcqs.training_config import CONFIGS
from engine.runtime import load_manifest, open_session

TINY = FINER_CONFIGS["finer-tiny"]


def drawing():
    torch.manual_seed(2)
    net = Finer(FinerConfig(half=4, quarter=8, blocks=1, full=4)).eval()
    torch.nn.init.normal_(net.full.to_rgb.weight, std=0.1)
    return net


@torch.no_grad()
def test_without_a_share_the_photo_and_what_restoration_changed_remain():
    net, photo = drawing(), torch.rand(2, 3, 64, 64)
    shrunk = torch.nn.functional.avg_pool2d(photo, 2)
    change = 0.1 * torch.rand(2, 3, 32, 32)
    none, whole = torch.zeros(2), torch.ones(2)
    torch.testing.assert_close(net(photo, shrunk, none), photo)
    torch.testing.assert_close(net(photo, shrunk + change, none), photo + doubled(change))
    halfway = (net(photo, shrunk, none) + net(photo, shrunk, whole)) / 2
    torch.testing.assert_close(net(photo, shrunk, whole / 2), halfway)
    assert (net(photo, shrunk, whole) - doubled(shrunk)).abs().mean() > 1e-3


def test_it_learns_and_resumes_exactly(faces, weights, tmp_path):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    straight = FinerRun(TINY, faces, tmp_path / "straight", 4, "cpu")
    straight.start_from(weights)
    before = straight.net.full.to_rgb.weight.clone()
    assert straight.run(None, lambda line: None)
    first = FinerRun(TINY, faces, tmp_path / "halves", 4, "cpu")
    first.start_from(weights)
    for step in range(2):
        losses = first.train_step(first.batch(step))
    assert all(np.isfinite(list(losses.values())))
    first.folder.mkdir()
    first.save()
    second = FinerRun(TINY, faces, tmp_path / "halves", None, "cpu")
    second.resume()
    assert second.run(None, lambda line: None)
    torch.set_num_threads(threads)
    assert not torch.equal(before, straight.net.full.to_rgb.weight)
    for name, weight in straight.ema.state_dict().items():
        assert torch.equal(weight, second.ema.state_dict()[name]), name


def test_onnx_draws_what_torch_draws(tmp_path):
    net = drawing()
    info = export_model(
        Lcqs(CONFIGS["tiny"].network).eval(), tmp_path, name="t", version="1", licence="none", finer=net
    )
    assert info.sizes == (64, 128)
    photo, restored, share = torch.rand(3, 3, 128, 128), torch.rand(3, 3, 64, 64), torch.rand(3)
    with torch.no_grad():
        expected = net(photo, restored, share).clamp(0, 1).numpy()
    session = open_session(info.read("finer"), "cpu", threads=1)
    feeds = {"photo": photo.numpy(), "restored": restored.numpy(), "share": share.numpy()}
    assert np.abs(session(feeds)["finer"] - expected).max() < 1e-3


def test_from_the_command_line_to_the_store(faces, weights, tmp_path, capsys):
    run = tmp_path / "run"
    command = ["train", "--config", "finer-tiny", "--sharp", str(faces), "--steps", "2", "--run", str(run)]
    assert main(command) == 2
    assert "add --from with its weights" in capsys.readouterr().err
    assert main([*command, "--from", str(weights)]) == 0
    checkpoint, kept, store = run / "checkpoint.pt", tmp_path / "kept.pt", tmp_path / "store"
    export = ["export", str(weights), "--name", "t", "--to", str(store)]
    assert main([*export, "--finer", str(checkpoint), "--weights", str(kept)]) == 0
    (model,) = load_manifest(store).models
    first = model.read("finer")
    # The weights that were kept hold both: the next run goes on from them.
    further = FinerRun(TINY, faces, tmp_path / "further", 1, "cpu")
    further.start_from(kept)
    shipped = load_finer(checkpoint)
    assert shipped is not None
    for name, weight in shipped.state_dict().items():
        torch.testing.assert_close(further.net.state_dict()[name], weight, atol=1e-3, rtol=1e-3)
        assert torch.equal(further.net.state_dict()[name], further.ema.state_dict()[name])
    assert main(["export", str(kept), *export[2:]]) == 0
    (again,) = load_manifest(store).models
    assert len(again.read("finer")) == len(first)
    assert main([*export]) == 0
    (without,) = load_manifest(store).models
    assert without.sizes == (64,)
    deeper = FinerRun(
        replace(TINY, network=replace(TINY.network, blocks=3)), faces, tmp_path / "deeper", 1, "cpu"
    )
    deeper.start_from(kept)
    photo, restored, share = torch.rand(2, 3, 64, 64), torch.rand(2, 3, 32, 32), torch.ones(2)
    assert torch.equal(deeper.ema(photo, restored, share), further.ema(photo, restored, share))
    wider = FinerRun(
        replace(TINY, network=replace(TINY.network, half=6)), faces, tmp_path / "wider", 1, "cpu"
    )
    with pytest.raises(UsageError, match="other sizes"):
        wider.start_from(kept)
    assert main([*export, "--finer", str(weights)]) == 2
    assert "There is no finer stage in" in capsys.readouterr().err


def test_what_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(ModelError, match="There is no checkpoint"):
        load_finer(tmp_path / "none.pt")
    (tmp_path / "text.pt").write_text("no weights")
    with pytest.raises(ModelError, match="is not a checkpoint"):
        load_finer(tmp_path / "text.pt")
