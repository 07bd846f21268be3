"""``heirloom album`` as it is typed."""

import json
import os
import select
import subprocess
import sys
import threading
import time

import pytest

from engine.cli.keys import listening
from engine.cli.main import main


@pytest.fixture
def album(small_model, tmp_path, capsys):
    """Run ``heirloom album`` with the output folder ``out``; gives exit code, output and errors."""

    def album(*arguments: object) -> tuple[int, str, str]:
        output = ["-o", str(tmp_path / "out")] if arguments[0] != "report" else []
        code = main(["album", *map(str, arguments), *output, "--device", "cpu"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return album


def test_an_album_is_restored_and_summed_up(album, make_album, save, meadow):
    photos = make_album(2)
    save(photos / "meadow.png", pixels=meadow)
    code, out, _ = album(photos, "--level", "60", "--resume")
    assert code == 0
    assert "3 photos: 2 restored, 1 without a face to restore, 0 failed" in out


def test_a_failure_is_told_and_gives_the_exit_code(album, make_album):
    photos = make_album(1)
    (photos / "broken.jpg").write_bytes(b"")
    code, out, err = album(photos)
    assert code == 3
    assert "broken.jpg" in err
    assert "1 failed" in out


def test_scripts_get_a_line_for_each_photo_and_a_summary(album, make_album):
    _, out, _ = album(make_album(2), "--level", "auto+10", "--json")
    *photos, last = [json.loads(line) for line in out.splitlines()]
    assert {photo["state"] for photo in photos} == {"done"}
    assert photos[0]["faces"][0]["level"] == pytest.approx(photos[0]["faces"][0]["automatic"] + 10, abs=0.02)
    assert last["summary"]["done"] == 2


def test_the_report_is_written(album, make_album, tmp_path):
    album(make_album(1))
    code, out, _ = album("report", tmp_path / "out")
    assert code == 0
    assert str(tmp_path / "out" / "album-report.html") in out


def test_a_dry_run_writes_nothing(album, make_album, tmp_path):
    _, out, _ = album(make_album(2), "--dry-run")
    assert "2 photos" in out
    assert "about 2 faces" in out
    assert not (tmp_path / "out").exists()


def test_a_dry_run_supposes_what_the_job_would(album, make_album):
    photos = make_album(2)
    (photos / "0/photo001.jpg").write_bytes(b"torn")
    album(photos)

    def done_and_tried(*options):
        seen = json.loads(album(photos, "--dry-run", "--json", *options)[1])["dry_run"]
        return seen["finished"], seen["sampled"]

    assert done_and_tried("--resume") == (1, 0)
    assert done_and_tried("--retry-failed") == (1, 1)
    assert done_and_tried("--overwrite") == (0, 2)
    assert done_and_tried("--overwrite", "--resume") == (1, 0)
    assert done_and_tried("--level", "auto+10") == (0, 2)


def test_changed_settings_are_told(album, make_album):
    photos = make_album(1)
    album(photos, "--level", "60")
    code, _, err = album(photos, "--level", "70", "--resume")
    assert code == 2
    assert "level 60 → 70" in err
    code, _, err = album(photos, "--level", "70", "--resume", "--overwrite")
    assert code == 0
    assert "new job" in err


def test_a_resumed_job_keeps_the_settings_that_are_not_named(album, make_album, save, tmp_path):
    photos = make_album(1)
    save(photos / "other.png", 7)
    album(photos, "--level", "60", "--only", "jpeg")
    assert list((tmp_path / "out").rglob("*-restored.*")) == [tmp_path / "out/0/photo000-restored.jpg"]
    code, out, _ = album(photos, "--resume")
    assert code == 0
    assert "1 photos: 1 restored" in out
    code, out, _ = album(photos, "--resume", "--only", "jpeg", "--only", "png")
    assert code == 0
    assert "2 photos: 2 restored" in out
    _, out, _ = album(photos, "--resume", "--json")
    assert json.loads(out.splitlines()[-1])["summary"]["done"] == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere"),
        (["."], "no photos"),
        ([".", "--level", "much"], "auto"),
        (["report"], "output folder"),
    ],
)
def test_a_senseless_call_is_told_in_a_sentence(album, tmp_path, monkeypatch, arguments, told):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    code, _, err = album(*arguments)
    assert code == 2
    assert told in err


def test_a_wrong_device_is_told_before_a_job_begins(album, make_album, small_model, tmp_path, capsys):
    photos = make_album(1)
    assert main(["album", str(photos), "-o", str(tmp_path / "out"), "--device", "foo"]) == 2
    assert "foo" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert album(photos)[0] == 0


@pytest.mark.parametrize("output", [[], ["-o", ""]])
def test_an_album_without_an_output_folder_is_told(small_model, make_album, capsys, output):
    assert main(["album", str(make_album(1)), *output]) == 2
    assert "-o DIR" in capsys.readouterr().err


def test_empty_names_are_refused(album, make_album, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(make_album(1))
    code, _, err = album("")
    assert (code, "empty" in err) == (2, True)
    assert main(["album", "report", str(tmp_path), "-o", ""]) == 2
    assert "Name the file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_with_a_model_may_be_named(album, make_album, model_folder, monkeypatch):
    photos = make_album(1)
    monkeypatch.delenv("HEIRLOOM_MODELS")
    monkeypatch.chdir(model_folder.parent)
    code, out, _ = album(photos, "--model", model_folder.name, "--json")
    assert code == 0
    assert json.loads(out.splitlines()[0])["model"] == "small 1"
    monkeypatch.chdir(photos)
    code, _, err = album(photos, "--resume")
    assert (code, err) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_keys_pause_and_stop_a_job(small_model, make_album, tmp_path):
    photos = make_album(30)
    import termios

    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 150))
    command = [sys.executable, "-m", "engine.cli.main", "album", str(photos), "-o", str(tmp_path / "out")]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    seen = b""

    def wait_for(text: bytes) -> None:
        nonlocal seen
        end = time.monotonic() + 120
        while text not in seen and time.monotonic() < end:
            if select.select([ours], [], [], 0.2)[0]:
                seen += os.read(ours, 65536)
        assert text in seen, seen

    wait_for(b"1 done")
    os.write(ours, b"p")
    wait_for(b"paused")
    os.write(ours, b"q")
    wait_for(b"go on with --resume")
    assert process.wait(60) == 130
    os.close(ours)


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_terminal_shows_what_is_typed_again_however_often_ctrl_c_is_pressed(monkeypatch):
    import termios

    ours, theirs = os.openpty()

    def shows() -> bool:
        return bool(termios.tcgetattr(theirs)[3] & termios.ECHO)

    def interrupted(thread, timeout=None):
        raise KeyboardInterrupt

    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr("engine.cli.keys.threading.Thread.join", interrupted)
        with pytest.raises(KeyboardInterrupt), listening({}):  # noqa: PT012
            while shows():
                time.sleep(0.01)
            raise KeyboardInterrupt
        assert shows()
        monkeypatch.undo()
        for thread in threading.enumerate():
            if thread.name == "keys":
                thread.join()
    os.close(ours)


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_terminal_that_was_closed_meanwhile_is_nobodys_failure(monkeypatch):
    ours, theirs = os.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        with listening({}) as heard:
            os.close(ours)
        assert heard
    assert not [thread for thread in threading.enumerate() if thread.name == "keys"]


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_in_the_background_the_terminal_is_left_alone(monkeypatch):
    """As after Ctrl-Z and bg: touching or reading it would stop the process."""
    import termios

    ours, theirs = os.openpty()
    touched = []
    with os.fdopen(theirs) as terminal, monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", terminal)
        with listening({"p": lambda: touched.append("p")}):
            patch.setattr("engine.cli.keys.os.tcgetpgrp", lambda terminal: os.getpgrp() + 1)
            patch.setattr(termios, "tcsetattr", lambda *args: touched.append(args))
            os.write(ours, b"p")
        assert not touched
    os.close(ours)


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_the_keys_are_let_go_whatever_happens_to_the_terminal(monkeypatch):
    import termios

    def interrupted(*args):
        raise KeyboardInterrupt

    ours, theirs = os.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        with pytest.raises(KeyboardInterrupt), listening({}):
            monkeypatch.setattr(termios, "tcsetattr", interrupted)
        for thread in threading.enumerate():
            if thread.name == "keys":
                thread.join(10)
                assert not thread.is_alive()
    os.close(ours)
