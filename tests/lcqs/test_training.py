"""Training: resumed exactly, saved whole, refused with a sentence."""

import json
import multiprocessing
import os
import signal
import threading
import time
from contextlib import closing
from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from engine.degradation import Damage
from engine.errors import DeviceError, ModelError, OutputError, PhotoError, UsageError
from engine.lcqs.augmentation import (
    another_person,
    beside_a_frame,
    on_a_mount,
    with_moles,
    with_something_thin,
)
from engine.lcqs.batches import draw_corner, prefetched, window
from engine.lcqs.deblocker_run import DEBLOCKER_CONFIGS, DeblockerRun
from engine.lcqs.faces_data import BEYOND, FULL, BatchSource, FaceFolder
from engine.lcqs.losses import face_weights, weights_in_places
from engine.lcqs.trainer import Paths, Trainer
from engine.lcqs.training_config import CONFIGS, TrainingConfig

TINY = CONFIGS["tiny"]


@pytest.fixture(autouse=True)
def _one_thread():
    """Sums of several threads may come in any order; with one the weights are the same to the last bit."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def trainer(faces, tmp_path):
    """A function ``trainer(name, steps=..., config=...) -> Trainer`` of a run in a folder of that name."""

    def trainer(name="run", steps=5, config=TINY):
        return Trainer(config, Paths(faces, faces, tmp_path / name), steps)

    return trainer


def silent(line):
    pass


def assert_same(a, b):
    """Compare two states, whatever they are made of, to the last bit."""
    if isinstance(a, torch.Tensor):
        assert torch.equal(a, b)
    elif isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            assert_same(a[key], b[key])
    elif isinstance(a, list | tuple):
        for x, y in zip(a, b, strict=True):
            assert_same(x, y)
    else:
        assert a == b


def test_a_resumed_run_equals_one_in_one_go(trainer):
    """Three of five steps, a checkpoint, another trainer, the rest; the critic counts from the third step."""
    straight = trainer("straight")
    assert straight.run(None, silent)

    first = trainer("halves")
    for step in range(3):
        first.train_step(first.source.batch(step))
    first.paths.run.mkdir()
    first.save()
    second = trainer("halves", steps=None)
    second.resume()
    assert second.step == 3
    assert second.run(None, silent)

    assert_same(straight.state(), second.state())
    before = trainer("fresh").state()
    assert not torch.equal(before["net"]["shift.raw"], straight.state()["net"]["shift.raw"])


def test_the_log_has_means_of_the_steps_since_the_last_line_also_after_a_resume(trainer, monkeypatch):
    monkeypatch.setattr("engine.lcqs.training_run._LOG_EVERY", 4)
    run = trainer(steps=8)
    run.step = 3  # as after a resume
    losses = iter((5.0, 1.0, 2.0, 3.0, 4.0))

    def step(batch):
        run.step += 1
        return {"pixels": next(losses)}

    run.train_step, run.complete = step, lambda report: None
    assert run.run(None, silent)
    lines = (run.paths.run / "log.jsonl").read_text().splitlines()
    assert [(json.loads(line)["step"], json.loads(line)["pixels"]) for line in lines] == [(4, 5.0), (8, 2.5)]


def test_sigterm_ends_a_run_between_steps_and_saves(trainer):
    run = trainer(steps=10**6)
    inner = run.train_step

    def step(batch):
        if run.step == 1:
            os.kill(os.getpid(), signal.SIGTERM)
        return inner(batch)

    run.train_step = step
    assert not run.run(None, silent)
    assert run.step == 2
    assert run.stopped_by == signal.SIGTERM
    again = trainer(steps=10**6)
    again.resume()
    assert_same(run.state(), again.state())
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.usefixtures("_ctrl_c_is_heard")
def test_what_comes_after_the_last_step_can_be_interrupted_and_is_taken_up_again(trainer):
    run, told = trainer(steps=2), []

    def complete(report):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)  # not as long, as that is heard

    run.complete = complete
    with pytest.raises(KeyboardInterrupt):
        run.run(None, silent)
    again = trainer(steps=2)
    again.resume()
    assert again.step == 2
    again.complete = told.append
    assert again.run(None, silent)
    assert told == [silent]


def test_a_checkpoint_that_has_no_room_gets_one_sentence(trainer, monkeypatch):
    run = trainer()
    run.paths.run.mkdir()

    def full(*_):
        raise RuntimeError("enforce fail at inline_container.cc")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OutputError, match="was not written"):
        run.save()


def test_an_empty_picture_among_the_faces_is_named(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    (tmp_path / "b.jpg").mkdir()
    with pytest.raises(PhotoError, match=r"a\.jpg"):
        FaceFolder(tmp_path, 64)[0]


def test_after_an_error_the_last_checkpoint_stands(trainer):
    run = trainer()
    run.paths.run.mkdir()
    run.save()
    saved = (run.paths.run / "checkpoint.pt").read_bytes()

    def step(batch):
        raise RuntimeError("half a step")

    run.train_step = step
    with pytest.raises(RuntimeError):
        run.run(None, silent)
    assert (run.paths.run / "checkpoint.pt").read_bytes() == saved


def test_a_checkpoint_of_another_configuration_is_refused(trainer):
    run = trainer()
    run.paths.run.mkdir()
    run.save()
    with pytest.raises(UsageError, match="belongs to another configuration than 'tiny'"):
        trainer(config=replace(TINY, learning_rate=1e-5)).resume()


def test_a_damaged_checkpoint_is_refused(trainer):
    run = trainer()
    with pytest.raises(UsageError, match="There is no checkpoint"):
        run.resume()
    run.paths.run.mkdir()
    (run.paths.run / "checkpoint.pt").write_bytes(b"PK")
    with pytest.raises(ModelError, match="is damaged"):
        run.resume()


def test_a_configuration_survives_its_checkpoint():
    for config in CONFIGS.values():
        assert TrainingConfig.from_dict(config.as_dict()) == config


def test_a_run_needs_a_length(trainer):
    with pytest.raises(UsageError, match="--steps or --budget"):
        trainer(steps=None).run(None, silent)


@pytest.mark.parametrize(
    ("able", "kind"),
    [
        ({"cpu_name": "Intel Xeon", "amx_bf16": True, "avx512_bf16": True}, torch.bfloat16),
        ({"cpu_name": "Intel Xeon", "amx_bf16": False, "avx512_bf16": True}, torch.float32),
        ({"cpu_name": "AMD EPYC", "amx_bf16": False, "avx512_bf16": True}, torch.bfloat16),
        ({"cpu_name": "AMD EPYC", "avx512_bf16": False}, torch.float32),
        ({}, torch.float32),
    ],
)
def test_bfloat16_on_processors_where_it_is_faster(trainer, monkeypatch, able, kind):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    with trainer().autocast():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == kind


def test_needs_are_presumed_along_the_line_that_known_ones_lie_on(trainer, monkeypatch):
    run = trainer()
    lessons = run.head_lessons()
    moved = torch.linspace(20, 60, run.config.pairs)
    monkeypatch.setattr(lessons, "_movement", lambda faces: moved)
    monkeypatch.setattr(lessons, "_distance", lambda faces, others: 2 * moved - 25)
    assert lessons._needed_for_movement([run.batch(0), run.batch(1)]) == pytest.approx((2, -25), abs=1e-3)


def test_a_network_that_moves_nothing_presumes_the_mean_need(trainer, monkeypatch):
    run = trainer()
    lessons = run.head_lessons()
    still, needed = torch.zeros(run.config.pairs), torch.full((run.config.pairs,), 40.0)
    monkeypatch.setattr(lessons, "_movement", lambda faces: still)
    monkeypatch.setattr(lessons, "_distance", lambda faces, others: needed)
    assert lessons._needed_for_movement([run.batch(0), run.batch(1)]) == pytest.approx((0, 40))


def test_likeness_is_fitted_to_faces_that_were_sharp_and_such_as_were_old(trainer):
    seen = []

    class Pixels(torch.nn.Module):
        def forward(self, face):
            seen.append(face)
            small = torch.nn.functional.interpolate(face, size=(6, 6), mode="area").flatten(1)
            return torch.nn.functional.normalize(small - small.mean(1, keepdim=True), dim=1), []

    run = trainer()
    run.identity = torch.nn.ModuleList([Pixels()])
    torch.nn.init.normal_(run.ema.generator.to_rgb[-1].weight, std=0.1)  # a new network changes nothing
    before = {name: one.clone() for name, one in run.ema.state_dict().items()}
    assert -1 <= run.head_lessons().likeness() <= 1
    changed = {name for name, one in run.ema.state_dict().items() if not torch.equal(one, before[name])}
    assert {name.partition(".")[0] for name in changed} == {"likeness"}
    drawn, people = (torch.cat(seen[start::2]) for start in (0, 1))
    assert len(drawn) == len(people) == TINY.likeness_faces
    whole = [len((255 * one).round().sub(255 * one).abs().gt(1e-3).nonzero()) == 0 for one in people]
    assert whole == [True] * 22 + [False] * 10  # what was drawn of old faces has other values than bytes


def test_the_softening_is_fitted_alone(trainer):
    run = trainer()
    torch.nn.init.normal_(run.ema.generator.to_rgb[-1].weight, std=0.1)  # a new network changes nothing
    before = {name: one.clone() for name, one in run.ema.state_dict().items()}
    chosen, best = run.head_lessons().softening()
    assert best <= min(chosen, 1)
    changed = {name for name, one in run.ema.state_dict().items() if not torch.equal(one, before[name])}
    assert {name.partition(".")[0] for name in changed} == {"softening"}


def test_as_many_faces_are_judged_each_time_and_whole_ones_first(trainer):
    run = trainer()
    for whole, judged in (
        ([True] * 10, [0, 1, 2, 3, 4, 5, 6]),
        ([False, True] * 5, [1, 3, 5, 7, 9, 0, 2]),
        ([False], [0]),
    ):
        assert run._judged(np.array(whole)).tolist() == judged


def test_a_device_that_pytorch_has_not_is_refused(faces, tmp_path):
    with pytest.raises(DeviceError, match="PyTorch sees"):
        Trainer(TINY, Paths(faces, faces, tmp_path), 1, "cuda:99")


# -- batches ----------------------------------------------------------------------------------------


def source(folder, **changes):
    settings = {"pairs": 4, "olds": 2, "seed": 1} | changes
    return BatchSource(FaceFolder(folder, 64), FaceFolder(folder, 64), **settings)


def test_a_batch_depends_on_seed_and_step_alone(faces):
    one, again = source(faces).batch(7), source(faces).batch(7)
    for part in fields(one):
        assert np.array_equal(getattr(one, part.name), getattr(again, part.name))
    assert not np.array_equal(one.low, source(faces).batch(8).low)
    assert not np.array_equal(one.low, source(faces, seed=2).batch(7).low)
    assert one.low.shape == (4, 3, 64, 64)
    assert one.old.shape == (2, 3, 64, 64)


@pytest.fixture(params=[0, 2], ids=["thread", "processes"])
def processes(request):
    if request.param and "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("batches are made by processes where they can be forked")
    return request.param


def test_a_stream_gives_the_batches_in_order_and_ends_what_makes_them(faces, processes):
    batches = source(faces)
    stream = prefetched(batches.batch, 5, processes)
    for step in (5, 6, 7, 8, 9):
        made, wanted = next(stream), batches.batch(step)
        for one in fields(made):
            assert np.array_equal(getattr(made, one.name), getattr(wanted, one.name))
    stream.close()
    for child in multiprocessing.active_children():
        child.join(5)
        assert not child.is_alive()
    for thread in threading.enumerate():
        if thread.name == "batches":
            thread.join(5)
            assert not thread.is_alive()


def test_a_stream_takes_batches_that_lack_something(faces, tmp_path, processes):
    run = DeblockerRun(DEBLOCKER_CONFIGS["deblocker-tiny"], faces, None, tmp_path, 1, "cpu")
    with closing(prefetched(run.batch, 3, processes)) as stream:
        batch = next(stream)
    assert np.array_equal(batch.compressed, run.batch(3).compressed)
    assert batch.sharp is None


def test_a_damaged_face_ends_the_stream_with_its_name(tmp_path, processes):
    (tmp_path / "torn.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(PhotoError, match=r"torn\.jpg"):
        next(prefetched(source(tmp_path).batch, 0, processes))


def test_a_folder_without_faces_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no face images"):
        FaceFolder(tmp_path, 64)


def test_the_middle_of_a_face_weighs_more_and_all_weigh_one_on_average():
    weights = face_weights(256, 4)[0, 0]
    assert weights.mean() == pytest.approx(1, abs=1e-5)
    assert weights[140, 128] == pytest.approx(4 * float(weights[10, 10]), rel=0.02)
    assert torch.equal(face_weights(64, 1), torch.ones(1, 1, 64, 64))


def test_where_scratches_lie_is_told(faces):
    torn = Damage(1, scratches=9, jpeg_last=70)
    batch = source(faces, pairs=24, draw_recipe=lambda rng: torn).batch(1)
    lost = np.abs(batch.low.astype(int) - batch.target).max(1, keepdims=True)
    whole = np.isin(batch.lesson, (FULL, BEYOND))
    assert batch.flawed.shape == (24, 1, 64, 64)
    assert batch.flawed.any((1, 2, 3)).mean() > 0.5  # some have no damage at all
    marked = batch.flawed[whole]
    assert lost[whole][marked].mean() > 4 * lost[whole][~marked].mean()


def test_good_scans_and_what_looks_like_flaws_are_told(faces):
    torn, soft = Damage(1, scratches=9), Damage(1, scratches=9, shrink=2.0)
    for recipe, scan in ((torn, True), (soft, False)):
        batch = source(faces, pairs=60, draw_recipe=lambda rng, recipe=recipe: recipe).batch(1)
        assert batch.scan.any() == scan
        assert not scan or batch.scan[batch.flawed.any((1, 2, 3))].all()
        before = batch.alike.any((1, 2, 3))
        assert 0.1 < before.mean() < 0.6
        assert batch.alike[before].mean() < 0.06
    # It stays: the target has it, too.
    whole = batch.lesson == FULL
    assert np.array_equal(batch.target[whole], batch.sharp[whole])


def test_another_person_is_the_same_face_moved_a_little():
    face = np.full((128, 128, 3), 90, np.uint8)
    face[56:72, 56:72] = 200
    made = [another_person(face, np.random.default_rng(seed)) for seed in range(40)]
    again = another_person(face, np.random.default_rng(7))
    assert np.array_equal(made[7], again)
    middles = np.array([np.argwhere(one[..., 0] > 145).mean(0) for one in made]) - 63.5
    sizes = np.array([(one[..., 0] > 145).sum() for one in made]) / 256
    assert np.abs(middles.mean(0)).max() < 1.5
    assert (middles.std(0) > 1.5).all()
    assert np.abs(middles).max() < 16
    assert sizes.mean() == pytest.approx(1, abs=0.1)
    assert 0.05 < sizes.std() < 0.4
    plain = np.full((64, 64, 3), 31, np.uint8)
    assert np.array_equal(another_person(plain, np.random.default_rng(0)), plain)  # no edge comes in


def test_a_mount_frames_a_face_with_plain_paper():
    face = np.random.default_rng(1).integers(100, 160, (128, 128, 3), np.uint8)
    made = [on_a_mount(face, np.random.default_rng(seed)) for seed in range(40)]
    assert np.array_equal(made[7][0], on_a_mount(face, np.random.default_rng(7))[0])
    corners = 0
    for one, covered in made:
        kept = (one == face).all(2)
        assert kept[covered == 0].all()
        assert covered.min() >= 0
        assert covered.max() <= 1
        assert kept[44:84, 44:84].mean() > 0.9
        paper = (one == one[0, 0]).all(2)
        if not kept[0, 0] and paper.mean() > 0.02:
            corners += 1
            # Of the paper's one tone, and beyond the face alone.
            assert not paper[54:74, 54:74].any()
    assert corners > 20


def test_a_frame_stands_beside_a_face_and_ends_the_picture_there():
    face = np.random.default_rng(1).integers(100, 160, (128, 128, 3), np.uint8)
    made = [beside_a_frame(face, np.random.default_rng(seed)) for seed in range(60)]
    assert np.array_equal(made[7][0], beside_a_frame(face, np.random.default_rng(7))[0])
    sides, goes_on = [], 0
    for one, covered in made:
        kept, beyond = (one == face).all(2), covered == 1
        assert kept[covered == 0].all()
        assert (covered[40:88, 40:88] == 0).all()
        # The line differs from the face, whose own tones lie in between, all along the edge.
        assert not kept[(covered > 0.5) & ~beyond].any()
        if beyond.any():
            row, column = np.argwhere(beyond).mean(0) - 63.5
            sides.append("top" if abs(row) > abs(column) else "left" if column < 0 else "right")
            goes_on += kept[beyond].mean() > 0.3
    assert {"left", "right", "top"} == set(sides)
    assert sides.count("top") < 30
    assert 3 < goes_on < 30


def test_something_thin_hides_a_strip_of_the_face_and_nothing_else():
    face = np.full((128, 128, 3), 255, np.uint8)
    made = [with_something_thin(face, np.random.default_rng(seed)) for seed in range(60)]
    assert np.array_equal(made[7], with_something_thin(face, np.random.default_rng(7)))
    hidden = np.array([(one < 235).any(2).mean() for one in made])
    assert (hidden > 0).mean() > 0.9  # some begin at the edge and lead out
    assert hidden.max() < 0.06
    mouth = np.array([np.abs(one[85:105, 54:74].astype(int) - face[0, 0]).max() > 20 for one in made])
    assert 0.4 < mouth.mean() < 0.8


def test_moles_are_small_dark_and_on_the_skin():
    face = np.full((256, 256, 3), (210, 170, 150), np.uint8)
    made = [with_moles(face, np.random.default_rng(seed)) for seed in range(60)]
    assert np.array_equal(made[7], with_moles(face, np.random.default_rng(7)))
    for one in made:
        darker = face.astype(int) - one
        assert darker.min() >= 0
        assert 0 < (darker > 30).any(2).sum() < 4 * 60
        rows, columns = np.nonzero(darker.any(2))
        assert rows.min() > 0.2 * 256
        assert 0.2 * 256 < columns.min() <= columns.max() < 0.8 * 256


def test_few_pixels_of_places_weigh_as_much_as_many():
    places = torch.zeros(4, 1, 64, 64, dtype=torch.bool)
    places[0, 0, :8, :8] = True
    places[1, 0, :32, :32] = True
    places[2, 0, 0, :2] = True
    weights = weights_in_places(places)
    assert (weights[~places] == 1).all()
    sums = (weights * places).sum((1, 2, 3)) / 64**2
    assert sums[:2].tolist() == pytest.approx([4, 4])
    assert weights[2].max() == 400
    assert sums[3] == 0


def test_a_window_lies_about_the_middle():
    rng = np.random.default_rng(0)
    corners = np.array([draw_corner(rng, 256, 128) for _ in range(300)])
    assert corners.min() >= 32
    assert corners.max() < 96
    assert list(draw_corner(rng, 64, 64)) == [0, 0]
    faces = torch.arange(2 * 3 * 8 * 8).view(2, 3, 8, 8)
    assert torch.equal(faces[window(np.array([2, 3]), 4)], faces[:, :, 2:6, 3:7])
