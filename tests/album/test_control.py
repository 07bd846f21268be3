"""Pause, resume, cancel and retry while a job runs; and what becomes of memory that does not suffice."""

import threading
import time

import pytest

from engine.album import Album, AlbumSettings, Control, LevelRule, State, preview, write_report
from engine.album.channel import Channel
from engine.album.pipeline import Crew
from engine.album.progress import Cancelled, Meter
from engine.errors import DeviceError, DeviceOutOfMemory, UsageError

FIXED = AlbumSettings(LevelRule(fixed=80))
SMALL = Crew(1, 1, 1)


@pytest.fixture
def album(make_album, small_model, tmp_path):
    with Album.open([str(make_album(8))], str(tmp_path / "out"), FIXED) as album:
        yield album


def test_every_photo_is_told_with_the_progress(album, restorer):
    events = []
    summary = album.run(restorer, observe=events.append)
    assert [event.progress.remaining for event in events] == list(range(7, -1, -1))
    assert {event.record.state for event in events} == {State.DONE}
    assert events[-1].progress.rate > 0
    assert events[-1].progress.eta == 0
    assert (summary.done, summary.waiting, summary.cancelled) == (8, 0, False)


def test_a_cancelled_job_is_gone_on_with(album, restorer, checksums, tmp_path, make_album):
    control = Control()
    summary = album.run(restorer, control, lambda event: control.cancel(), SMALL)
    assert summary.cancelled
    assert summary.done + summary.waiting == 8
    assert summary.waiting > 0
    assert album.run(restorer).done == 8
    with Album.open([str(make_album(8))], str(tmp_path / "whole"), FIXED) as whole:
        whole.run(restorer)
    assert checksums(tmp_path / "out") == checksums(tmp_path / "whole")


def test_nothing_begins_during_a_pause(album, restorer):
    control, ended = Control(), threading.Event()
    done = []

    def observe(event):
        done.append(event.record.id)
        if len(done) == 1:
            control.pause()

    def run():
        album.run(restorer, control, observe, SMALL)
        ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    while not control.paused:
        time.sleep(0.05)
    time.sleep(2)  # steps that were running end
    held = len(done)
    time.sleep(2)
    assert len(done) == held < 8
    control.resume()
    thread.join()
    assert ended.is_set()
    assert sorted(done) == list(range(1, 9))


def test_a_paused_job_can_be_cancelled(album, restorer):
    control = Control()
    control.pause()
    thread = threading.Thread(target=album.run, args=(restorer, control))
    thread.start()
    control.cancel()
    thread.join(30)
    assert not thread.is_alive()
    assert album.progress().remaining == 8


def test_a_failed_photo_is_retried_while_the_job_runs(make_album, save, restorer, tmp_path):
    photos = make_album(6)
    broken = photos / "0/photo000.jpg"
    broken.write_bytes(b"")

    with Album.open([str(photos)], str(tmp_path / "out"), FIXED) as album:

        def observe(event):
            if event.record.state is State.FAILED:
                save(broken)
                # Not from here: an observer is called inside the album.
                threading.Thread(target=album.retry_failed).start()

        assert album.run(restorer, observe=observe, crew=SMALL).done == 6


def test_a_run_is_not_started_twice(album, restorer):
    control = Control()
    control.pause()
    thread = threading.Thread(target=album.run, args=(restorer, control))
    thread.start()
    time.sleep(1)
    with pytest.raises(UsageError, match="already"):
        album.run(restorer)
    control.cancel()
    thread.join()


def test_batches_are_halved_until_they_fit(album, restorer, monkeypatch, checksums, tmp_path, make_album):
    sizes = []
    draw = restorer.redraw

    def redraw(crops, choose):
        sizes.append(len(crops))
        if len(crops) > 2:
            raise DeviceOutOfMemory("too much")
        return draw(crops, choose)

    album.journal.set_batch(8)
    with monkeypatch.context() as patch:
        patch.setattr(restorer, "redraw", redraw)
        assert album.run(restorer).done == 8
    assert set(sizes) == {8, 4, 2}
    assert album.journal.job().batch == 2
    with Album.open([str(make_album(8))], str(tmp_path / "single"), FIXED) as single:
        single.run(restorer)
    assert checksums(tmp_path / "out") == checksums(tmp_path / "single")


def test_a_face_that_never_fits_fails_alone(album, restorer, monkeypatch):
    def redraw(crops, choose):
        raise DeviceOutOfMemory("The memory of CPU does not suffice.")

    monkeypatch.setattr(restorer, "redraw", redraw)
    assert album.run(restorer).failed == 8


def test_a_device_that_fails_stops_the_job_and_loses_nothing(album, restorer, monkeypatch):
    def redraw(crops, choose):
        raise DeviceError("The card fell off the bus.")

    with monkeypatch.context() as patch:
        patch.setattr(restorer, "redraw", redraw)
        with pytest.raises(DeviceError, match="bus"):
            album.run(restorer)
    assert album.progress().remaining == 8
    assert album.run(restorer).done == 8


def test_a_pause_is_no_work(monkeypatch):
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    control = Control()
    meter = Meter({**dict.fromkeys(State, 0), State.WAITING: 10}, control.clock)
    for _ in range(4):
        now += 1
        before = meter.count(State.DONE)
    control.pause()
    now += 3600
    control.pause()
    now += 3600
    control.resume()
    control.resume()
    now += 1
    after = meter.count(State.DONE)
    assert before.rate == after.rate == 1
    assert after.eta == 5


def test_the_rate_of_a_run_leaves_out_its_pauses(album, restorer, monkeypatch):
    seen = []
    monkeypatch.setattr("engine.album.album.Meter", lambda *given: seen.append(given) or Meter(*given))
    control = Control()
    album.run(restorer, control)
    assert (control.clock,) in [given[1:] for given in seen]


def test_no_thread_outlives_a_run(album, restorer):
    album.run(restorer)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("album")]


def test_a_channel_never_holds_more_than_its_capacity():
    channel: Channel[int] = Channel(2, 1)
    thread = threading.Thread(target=lambda: [channel.put(n) for n in range(3)])
    thread.start()
    time.sleep(0.2)
    assert thread.is_alive()
    assert channel.get(most=5) == [0, 1]
    thread.join()
    channel.end()
    assert (channel.get(), channel.get()) == ([2], [])


def test_who_waits_at_a_channel_that_breaks_off_leaves():
    channel: Channel[int] = Channel(1, 1)
    threading.Timer(0.1, channel.break_off).start()
    with pytest.raises(Cancelled):
        channel.get()


def test_a_dry_run_and_a_report_can_be_broken_off(album, restorer, make_album, tmp_path):
    album.run(restorer)
    control = Control()
    control.cancel()
    with pytest.raises(Cancelled):
        preview([str(make_album(8))], str(tmp_path / "other"), FIXED, restorer, control=control)
    with pytest.raises(Cancelled):
        write_report(str(tmp_path / "out"), control=control)
    assert not list((tmp_path / "out").glob("*report*"))
    assert not list((tmp_path / "out").glob(".*report*"))


def test_a_job_can_be_looked_at_without_opening_it(album, restorer, tmp_path):
    assert Album.look(str(tmp_path)) is None
    album.run(restorer, Control(), crew=SMALL)
    assert Album.look(str(tmp_path / "out")).done == 8
