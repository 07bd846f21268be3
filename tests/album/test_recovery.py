"""Kill the process at any moment, fill the disk, forbid to write: nothing lost, doubled or half-written."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from engine.album import Album, AlbumSettings, LevelRule, State, write_report
from engine.album.database import OutputFull
from engine.album.journal import Journal
from engine.album.pipeline import Crew
from engine.album.places import LocalOutput
from engine.errors import OutputError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")


def start(photos: Path, output: Path) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "engine.cli.main",
        "album",
        str(photos),
        "-o",
        str(output),
        "--resume",
        "--json",
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def is_photo(line: str) -> bool:
    """Whether a line tells of a photo: not torn by the kill, and not the summary of a run that was faster."""
    return line.rstrip().endswith("}") and "summary" not in line


def kill_again_and_again(photos: Path, output: Path, kills: int, seed: int) -> int:
    """Start, kill after a random number of photos and a moment more, start again; then let it end.

    Returns how many times a photo was told as done.
    """
    rng = random.Random(seed)
    told = 0
    for _ in range(kills):
        process = start(photos, output)
        for _ in range(rng.randint(1, 3)):
            told += is_photo(process.stdout.readline())
        time.sleep(rng.random() * 0.5)
        process.send_signal(signal.SIGKILL)
        told += sum(map(is_photo, process.communicate()[0].splitlines()))
    process = start(photos, output)
    out, err = process.communicate(timeout=1200)
    assert process.returncode == 0, err
    summary = json.loads(out.splitlines()[-1])["summary"]
    assert summary["done"] == summary["total"]
    return told + len(out.splitlines()) - 1


def kill_test(photos: Path, undisturbed: Path, disturbed: Path, kills: int, checksums) -> None:
    before = checksums(photos)
    assert start(photos, undisturbed).wait(1200) == 0
    told = kill_again_and_again(photos, disturbed, kills, seed=kills)
    assert checksums(disturbed) == checksums(undisturbed)
    assert checksums(photos) == before
    assert told <= len(before)  # none twice
    assert not list((disturbed / ".heirloom-album").glob("unfinished/*"))
    with contextlib.closing(Journal(disturbed, read_only=True)) as journal:
        for record in journal.records():
            assert record.state is State.DONE
            assert LocalOutput(disturbed).checksum(record.output) == record.output_sha


def test_an_album_survives_kills(make_album, small_model, tmp_path, checksums):
    kill_test(make_album(10), tmp_path / "undisturbed", tmp_path / "killed", 3, checksums)


@pytest.mark.slow
@pytest.mark.skipif("HEIRLOOM_KILLS" not in os.environ, reason="set HEIRLOOM_KILLS=50: it takes an hour")
def test_a_large_album_survives_many_kills(make_album, small_model, tmp_path, checksums):
    kills = int(os.environ["HEIRLOOM_KILLS"])
    kill_test(make_album(6 * kills), tmp_path / "undisturbed", tmp_path / "killed", kills, checksums)


@pytest.fixture
def album(make_album, small_model, tmp_path):
    with Album.open([str(make_album(2))], str(tmp_path / "out"), AlbumSettings(LevelRule(80))) as album:
        yield album


@pytest.mark.parametrize("method", ["announce", "publish", "finish"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_stop_around_each_step_of_a_commit_is_healed(
    album, restorer, monkeypatch, tmp_path, checksums, method, moment
):
    """As a kill does it: the step's effect is there or not, and nothing after it is."""
    target = album.output if method == "publish" else album.journal
    real = getattr(target, method)

    class Killed(BaseException):
        pass

    def die(*args):
        if moment == "after":
            real(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(target, method, die)
        with pytest.raises(Killed):
            _without_cleaning_up(album, restorer, patch)
    album.close()
    with Album.reopen(str(tmp_path / "out")) as again:
        assert again.run(restorer).done == 2
        expected = {LocalOutput(tmp_path / "out").checksum(record.output) for record in again.records()}
        assert {record.output_sha for record in again.records()} == expected
    assert len(checksums(tmp_path / "out")) == 2


def test_a_result_that_was_not_noted_when_a_run_was_broken_off_is_our_own(
    album, restorer, monkeypatch, tmp_path, checksums
):
    """As a second Ctrl-C leaves it: the photo waits again, its result is in its place."""

    class Interrupted(BaseException):
        pass

    def interrupt(*args):
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(album.journal, "finish", interrupt)
        with pytest.raises(Interrupted):
            album.run(restorer)
    album.close()
    before = checksums(tmp_path / "out")
    assert before
    with Album.reopen(str(tmp_path / "out")) as again:
        assert again.progress().done == len(before)
        assert again.run(restorer).done == 2
    assert checksums(tmp_path / "out").items() >= before.items()


def _without_cleaning_up(album, restorer, patch):
    patch.setattr(album.journal, "release", lambda: None)
    album.run(restorer)


@pytest.mark.usefixtures("_ctrl_c_is_heard")
def test_who_is_interrupted_again_and_again_leaves_when_all_is_written(
    album, restorer, monkeypatch, tmp_path, checksums
):
    """Ctrl-C, three times, while a result is on its way to its place."""
    real, interrupted = album.output.publish, threading.Event()

    def publish(*args):
        if not interrupted.is_set():
            interrupted.set()
            for _ in range(3):
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
                time.sleep(0.5)  # until it is heard
        real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(album.output, "publish", publish)
        with pytest.raises(KeyboardInterrupt):
            album.run(restorer)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("album")]
    assert album.progress().done == len(checksums(tmp_path / "out")) > 0
    assert album.run(restorer).done == 2


@pytest.mark.parametrize("deed", [shutil.rmtree, lambda folder: folder.rename(folder.with_name("moved"))])
def test_an_output_folder_that_is_gone_stops_the_job_and_is_not_made_again(
    make_album, restorer, tmp_path, deed
):
    output = tmp_path / "out"
    with Album.open([str(make_album(6))], str(output), AlbumSettings(LevelRule(80))) as album:
        told = []

        def observe(event):
            if not told:
                deed(output)
            told.append(event)

        with pytest.raises(OutputError, match="moved or deleted"):
            album.run(restorer, observe=observe, crew=Crew(1, 1, 1))
        assert len(told) == 1
    assert not output.exists()
    if (moved := tmp_path / "moved").exists():
        moved.rename(output)
        with Album.reopen(str(output)) as album:
            assert album.run(restorer).done == 6


def test_a_journal_that_is_gone_stops_the_job(album, restorer):
    def observe(event):
        album.journal.path.unlink(missing_ok=True)

    with pytest.raises(OutputError, match="moved or deleted"):
        album.run(restorer, observe=observe, crew=Crew(1, 1, 1))


def test_a_journal_that_is_gone_before_a_run_stops_it(album, restorer, tmp_path):
    shutil.rmtree(tmp_path / "out/.heirloom-album")
    for _ in range(2):  # nothing of the first run is left
        with pytest.raises(OutputError, match="moved or deleted"):
            album.run(restorer)
    assert not (tmp_path / "out/.heirloom-album").exists()


def test_only_folders_below_the_output_folder_are_made(tmp_path):
    (tmp_path / "staged").write_bytes(b"a result")
    with pytest.raises(OutputFull, match="moved or deleted"):
        LocalOutput(tmp_path / "out").publish(tmp_path / "staged", "deep/er/result.jpg")
    assert not (tmp_path / "out").exists()
    (tmp_path / "out").mkdir()
    LocalOutput(tmp_path / "out").publish(tmp_path / "staged", "deep/er/result.jpg")
    assert (tmp_path / "out/deep/er/result.jpg").read_bytes() == b"a result"


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 300 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("may not mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def test_a_full_disk_stops_the_job_which_goes_on_with_room(
    make_album, restorer, small_disk, checksums, tmp_path
):
    photos, settings = make_album(12), AlbumSettings(LevelRule(80))
    with (
        Album.open([str(photos)], str(small_disk / "out"), settings) as album,
        pytest.raises(OutputError, match="full"),
    ):
        album.run(restorer)
    remount(small_disk, "size=20m")
    with Album.reopen(str(small_disk / "out")) as album:
        assert album.run(restorer).done == 12
    with Album.open([str(photos)], str(tmp_path / "whole"), settings) as album:
        album.run(restorer)
    assert checksums(small_disk / "out") == checksums(tmp_path / "whole")


def test_a_folder_of_the_output_may_lie_on_another_disk(
    make_album, restorer, small_disk, tmp_path, checksums
):
    photos, settings = make_album(2), AlbumSettings(LevelRule(80))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/0").symlink_to(small_disk)
    for folder in ("out", "whole"):
        with Album.open([str(photos)], str(tmp_path / folder), settings) as album:
            assert album.run(restorer).done == 2
    assert checksums(small_disk) == checksums(tmp_path / "whole/0")


def test_a_read_only_folder_is_told_at_once(make_album, small_model, small_disk):
    remount(small_disk, "ro")
    with pytest.raises(OutputError, match="another output folder"):
        Album.open([str(make_album(1))], str(small_disk / "out"))


def test_a_finished_album_on_a_read_only_disk_has_its_report(make_album, restorer, small_disk, tmp_path):
    with Album.open([str(make_album(1))], str(small_disk / "out")) as album:
        album.run(restorer)
    remount(small_disk, "ro")
    page = write_report(str(small_disk / "out"), tmp_path / "elsewhere.html")
    assert page.read_text(encoding="utf-8").count("<article class=pair>") == 1
    assert Album.look(str(small_disk / "out")).done == 1


def test_a_folder_that_takes_no_files_fails_its_photos_which_are_retried_later(album, restorer, tmp_path):
    (tmp_path / "out/0").write_bytes(b"a file where the folder should be")
    assert album.run(restorer).failed == 2
    assert all("was not written" in record.sentence for record in album.records())
    (tmp_path / "out/0").unlink()
    album.retry_failed()
    assert album.run(restorer).done == 2
