"""Starting where something is wrong: each time one clear sentence, an exit code, and a log."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from desktop_app import application as module
from desktop_app import logbook
from desktop_app.single_instance import SingleInstance
from engine.errors import ModelError

PATIENCE = 120


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


def start(home: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """The application as a process of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    environment = kept | {"XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, "-m", "desktop_app", *arguments],
        env=environment | {"QT_QPA_PLATFORM": "offscreen"} | variables,
        stderr=subprocess.PIPE,
        text=True,
    )


def written(home: Path) -> str:
    log = home / "heirloom" / logbook.NAME
    return log.read_text(encoding="utf-8") if log.exists() else ""


def wait_for(line: str, home: Path) -> None:
    end = time.monotonic() + PATIENCE
    while line not in written(home):
        assert time.monotonic() < end, written(home)
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="displays of X11")
@pytest.mark.parametrize(
    ("display", "sentence"),
    [
        ("", "There is no display to open a window on; the command heirloom works without one."),
        (":987", "The display :987 can't be reached; the command heirloom works without one."),
    ],
)
def test_without_a_display_it_says_so_and_where_the_log_is(home, display, sentence):
    process = start(home, QT_QPA_PLATFORM="xcb", DISPLAY=display)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    log = home / "heirloom" / logbook.NAME
    assert said == f'heirloom-desktop: {sentence} Details are in "{log}".\n'
    assert sentence in written(home)


def test_a_second_start_hands_its_photos_to_the_first_and_ends(home, portrait):
    first = start(home)
    try:
        wait_for("window shown", home)
        second = start(home, str(portrait))
        second.communicate(timeout=PATIENCE)
        assert second.returncode == 0
        wait_for(f"photo open: {portrait.name}", home)
        assert first.poll() is None
    finally:
        first.kill()
        first.communicate()


def test_a_second_start_says_when_the_first_does_not_answer(home, monkeypatch, capsys, qapp):
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    monkeypatch.setattr("desktop_app.single_instance._PATIENCE", 100)
    monkeypatch.setattr(logbook, "show", lambda text, has_qt: None)
    monkeypatch.setattr(module, "make_application", lambda arguments: qapp)
    monkeypatch.setattr(module, "hear_qt", lambda: None)
    first = SingleInstance()
    assert first.claim()
    try:
        assert module.run([], []) == 1
    finally:
        first.release()
    assert "running already, but its window does not answer" in capsys.readouterr().err


def test_after_the_first_has_ended_the_next_is_the_first(home, monkeypatch, qapp):
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    first = SingleInstance()
    assert first.claim()
    first.release()
    second = SingleInstance()
    assert second.claim()
    second.release()


def test_a_damaged_model_is_told_and_the_window_lives(home, tmp_path):
    from engine.runtime import find_model

    info = find_model()
    models = tmp_path / "models"
    shutil.copytree(str(info.folder), models)
    cut = models / info.files["decode"].file
    cut.write_bytes(cut.read_bytes()[:-1000])
    process = start(home, HEIRLOOM_MODELS=str(models))
    try:
        wait_for(f"{cut} is damaged", home)
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_in_a_home_that_is_read_only_the_log_goes_elsewhere(home, monkeypatch):
    home.mkdir()
    home.chmod(0o500)
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    assert home not in logbook.open_log().parents


def test_where_no_folder_can_be_made_the_log_goes_to_the_temporary_files(tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("no folder")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "a file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert logbook.open_log() == tmp_path / logbook.NAME


def test_an_error_of_the_engine_keeps_its_sentence_and_code(monkeypatch, capsys):
    monkeypatch.setattr(logbook, "show", lambda text, has_qt: None)
    assert logbook.fail_with(ModelError("The model is gone.")) == ModelError.exit_code
    assert "The model is gone." in capsys.readouterr().err


def test_a_missing_part_of_the_bundle_is_told_as_such(monkeypatch, capsys):
    monkeypatch.setattr(logbook, "show", lambda text, has_qt: None)
    assert logbook.fail_with(ImportError("libQt6Gui.so.6: cannot open shared object file")) == 1
    assert "missing or damaged (libQt6Gui.so.6" in capsys.readouterr().err
    assert logbook.fail_with(ModuleNotFoundError("No module named 'PySide6'", name="PySide6")) == 1
    assert "heirloom[desktop]" in capsys.readouterr().err


def test_without_a_terminal_the_sentence_comes_in_a_dialog(monkeypatch, qapp: QApplication):
    shown = []
    monkeypatch.setattr(QMessageBox, "critical", lambda parent, title, text: shown.append(text))
    monkeypatch.setenv("DISPLAY", ":1")
    logbook.show("Something is wrong.")
    assert shown == ["Something is wrong."]


def test_a_log_that_has_grown_large_is_begun_anew(home, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    log = home / "heirloom" / logbook.NAME
    log.parent.mkdir(parents=True)
    log.write_text("x" * 1_000_001)
    logbook.open_log()
    assert log.stat().st_size < 1000
    assert log.with_suffix(".old.log").stat().st_size == 1_000_001
