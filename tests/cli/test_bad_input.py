"""Whatever is wrong: one sentence, the right exit code, nothing half-written, the other photos done."""

import errno
import json
import os
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.runtime import find_model


def unreadable(make):
    """Give a test case its name."""
    return pytest.param(make, id=make.__name__)


def no_such_file(path, photo):
    pass


def a_folder(path, photo):
    path.mkdir()


def an_empty_file(path, photo):
    path.touch()


def text_renamed(path, photo):
    path.write_text("Dear grandmother")


def a_truncated_jpeg(path, photo):
    path.write_bytes(photo.read_bytes()[:2000])


def a_header_of_30000_pixels_squared(path, photo):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(10**6))))


def an_animation(path, photo):
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    frames[0].save(path, "PNG", save_all=True, append_images=frames[1:])


UNREADABLE = [
    unreadable(make)
    for make in (
        no_such_file,
        a_folder,
        an_empty_file,
        text_renamed,
        a_truncated_jpeg,
        a_header_of_30000_pixels_squared,
        an_animation,
    )
]


@pytest.mark.parametrize("make", UNREADABLE)
@pytest.mark.parametrize("command", ["restore", "faces", "sweep"])
def test_a_photo_that_can_not_be_read(heirloom, photo, tmp_path, make, command):
    bad = tmp_path / "bad.jpg"
    make(bad, photo)
    ran = heirloom(command, bad, "-o", tmp_path / "out")
    assert ran.code == 3
    assert "bad.jpg" in ran.sentence
    assert ran.out == ""
    assert not (tmp_path / "out").exists()


def test_the_other_photos_are_done_and_the_first_failure_gives_the_code(heirloom, photo, tmp_path):
    text_renamed(tmp_path / "bad.jpg", photo)
    out = tmp_path / "out"
    ran = heirloom("restore", tmp_path / "bad.jpg", photo, tmp_path / "none.jpg", "--level", "0", "-o", out)
    assert ran.code == 3
    assert ran.err.count("\n") == 2
    assert [path.name for path in out.iterdir()] == ["grandmother-restored.jpg"]


def test_failures_for_scripts(heirloom, photo, tmp_path):
    ran = heirloom("restore", tmp_path / "none.jpg", photo, "--level", "0", "--json")
    failed, done = map(json.loads, ran.out.splitlines())
    assert failed["photo"] == str(tmp_path / "none.jpg")
    assert failed["exit_code"] == ran.code == 3
    assert failed["error"] in ran.sentence
    assert done["output"] == str(tmp_path / "grandmother-restored.jpg")


def test_a_single_pixel_is_a_photo_without_faces(heirloom, tmp_path):
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    ran = heirloom("restore", tmp_path / "dot.png")
    assert ran.code == 0
    assert "no face to restore" in ran.out


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (["--level", "151"], "from 0 to 150"),
        (["--level", "high"], "from 0 to 150"),
        (["--level", "nan"], "from 0 to 150"),
        (["--level=-1"], "from 0 to 150"),
        (["--face", "1"], "NUMBER=LEVEL"),
        (["--face", "0=60"], "NUMBER=LEVEL"),
        (["--face", "1=200"], "from 0 to 150"),
        (["--quality", "0"], "from 1 to 100"),
        (["--format", "gif"], "invalid choice"),
        (["--strength", "3"], "unrecognized arguments"),
        (["--device", "tpu"], "choose auto, cpu, cuda"),
        (["-o", "restored.JPG"], "--output takes a folder"),
    ],
)
def test_a_senseless_request(heirloom, photo, arguments, about):
    ran = heirloom("restore", photo, *arguments)
    assert ran.code == 2
    assert about in ran.sentence


def test_no_command_and_no_photo(heirloom):
    assert "COMMAND" in heirloom().sentence
    assert "PHOTO" in heirloom("restore").sentence


def test_an_unknown_face_stops_only_its_photo(heirloom, photo, portrait, tmp_path):
    Image.fromarray(np.hstack([portrait, portrait[:, ::-1]])).save(tmp_path / "sisters.png")
    ran = heirloom("restore", photo, tmp_path / "sisters.png", "--face", "2=0", "--level", "0")
    assert ran.code == 2
    assert 'grandmother.jpg" has no face 2 (only 1 found)' in ran.sentence
    assert (tmp_path / "sisters-restored.png").is_file()
    assert not (tmp_path / "grandmother-restored.jpg").exists()


# -- models -----------------------------------------------------------------------------------------


@pytest.fixture
def own_models(model_folder, tmp_path, monkeypatch):
    folder = tmp_path / "models"
    shutil.copytree(model_folder, folder)
    monkeypatch.setenv("HEIRLOOM_MODELS", str(folder))
    return folder


@pytest.mark.parametrize("command", ["restore", "faces", "sweep", "demo", "doctor"])
def test_a_flipped_byte_in_the_model(heirloom, own_models, photo, tmp_path, command):
    file = own_models / "small-decode.onnx"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    photos = [photo] if command in ("restore", "faces", "sweep") else []
    places = ["-o", tmp_path / "out"] if command != "doctor" else []
    ran = heirloom(command, *photos, *places)
    assert ran.code == 5
    assert "is damaged (its checksum differs" in ran.sentence
    assert not (tmp_path / "out").exists()


def test_a_damaged_list_of_models(heirloom, own_models, photo):
    (own_models / "manifest.json").write_text("{")
    for command in (["restore", photo], ["models"], ["doctor"]):
        ran = heirloom(*command)
        assert ran.code == 5
        assert "manifest.json" in ran.sentence


def test_an_unknown_model(heirloom, photo):
    ran = heirloom("restore", photo, "--model", "none")
    assert ran.code == 5
    assert "There is no model 'none'; installed are: small" in ran.sentence


# -- folders and disks ------------------------------------------------------------------------------


def test_the_result_folder_is_a_file(heirloom, photo, tmp_path):
    (tmp_path / "out").write_text("mine")
    ran = heirloom("restore", photo, "-o", tmp_path / "out")
    assert ran.code == 4
    assert "not a folder" in ran.sentence
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize("level", ["0", "90"])
def test_a_full_disk_leaves_nothing_behind(heirloom, photo, tmp_path, monkeypatch, level):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    ran = heirloom("restore", photo, "--level", level, "-o", tmp_path / "out")
    assert ran.code == 4
    assert "the disk is full" in ran.sentence
    assert list((tmp_path / "out").iterdir()) == []


def run(*arguments, shell_redirect="", unprivileged=False, **environment):
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "engine.cli.main", *map(str, arguments)]
    if unprivileged and os.geteuid() == 0:  # root may read and write everywhere
        if shutil.which("setpriv") is None:
            pytest.skip("needs setpriv, or not to be root")
        command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
    if shell_redirect:
        command = ["sh", "-c", f'exec "$@" {shell_redirect}', "sh", *command]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Traceback" not in done.stderr
    return done


posix = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


@posix
def test_folders_without_permission(small_model, photo, tmp_path):
    locked, sealed = tmp_path / "locked", tmp_path / "sealed"
    locked.mkdir()
    (locked / "hidden.jpg").write_bytes(photo.read_bytes())
    sealed.mkdir()
    locked.chmod(0)
    sealed.chmod(0o555)
    try:
        ran = run("restore", locked / "hidden.jpg", photo, "-o", sealed, "--level=0", unprivileged=True)
    finally:
        locked.chmod(0o755)
        sealed.chmod(0o755)
    assert ran.returncode == 3
    hidden, unwritable = ran.stderr.splitlines()
    assert 'hidden.jpg" may not be read' in hidden
    assert "the folder may not be written to" in unwritable
    assert list(sealed.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_can_not_be_written(small_model):
    ran = run("models", shell_redirect="> /dev/full")
    assert ran.returncode == 4
    assert ran.stderr == "heirloom: The output can't be written (No space left on device).\n"


@posix
def test_a_reader_that_has_seen_enough(small_model):
    ran = run("models", shell_redirect="| true")
    assert ran.stderr == ""


@posix
def test_what_is_said_to_nobody_stops_no_work(small_model, photo):
    ran = run("restore", photo, "--level=0", shell_redirect="2>&-")
    assert ran.returncode == 0
    assert "-restored.jpg" in ran.stdout


def test_a_user_without_a_home_has_the_models_that_come_along(monkeypatch):
    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    for variable in ("XDG_DATA_HOME", "LOCALAPPDATA", "HEIRLOOM_MODELS"):
        monkeypatch.delenv(variable, raising=False)
    assert find_model().name


def test_a_name_that_the_terminal_can_not_show(small_model, photo):
    photo = photo.rename(photo.with_name("Großmutter – 1927.jpg"))
    ran = run("restore", photo, "--level=0", PYTHONIOENCODING="ascii")
    assert ran.returncode == 0, ran.stderr
    assert "1927-restored.jpg" in ran.stdout


# -- mistakes of our own ----------------------------------------------------------------------------


@pytest.fixture
def mistake(monkeypatch):
    def analyse(self, photo, arrangement, faces):
        raise ZeroDivisionError("division by zero\nand more")

    monkeypatch.setattr("engine.restore.Restorer.analyse", analyse)


def test_a_mistake_of_heirloom_is_one_sentence_too(heirloom, photo, mistake):
    ran = heirloom("restore", photo)
    assert ran.code == 1
    assert 'Heirloom itself has failed at "' in ran.sentence
    assert "(ZeroDivisionError: division by zero); set HEIRLOOM_DEBUG=1" in ran.sentence


def test_and_shows_where_on_request(heirloom, photo, mistake, monkeypatch):
    monkeypatch.setenv("HEIRLOOM_DEBUG", "1")
    ran = heirloom("restore", photo)
    assert ran.code == 1
    assert "Traceback" in ran.err
    assert "ZeroDivisionError" in ran.err


def test_too_little_memory_is_told(heirloom, photo, monkeypatch):
    def analyse(self, photo, arrangement, faces):
        raise MemoryError

    monkeypatch.setattr("engine.restore.Restorer.analyse", analyse)
    assert "close other programs" in heirloom("restore", photo).sentence


def test_ctrl_c_leaves_with_130(heirloom, photo, monkeypatch):
    def analyse(self, photo, arrangement, faces):
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.restore.Restorer.analyse", analyse)
    ran = heirloom("restore", photo)
    assert ran.code == 130
    assert "interrupted" in ran.sentence
