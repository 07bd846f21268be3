"""``heirloom faces`` and ``heirloom sweep``."""

import json

import numpy as np
import pytest
from PIL import Image

from engine.degradation import Damage
from engine.photo import read_ai_edit, read_photo


@pytest.fixture
def room(tmp_path, portrait):
    """A PNG with one face, and one that is too small."""
    wall = np.full((240, 120, 3), 200, np.uint8)
    wall[20:52, 20:52] = np.asarray(Image.fromarray(portrait).resize((32, 32), Image.Resampling.BOX))
    Image.fromarray(np.hstack([portrait, wall])).save(tmp_path / "room.png")
    return tmp_path / "room.png"


def test_faces_are_listed_and_shown(heirloom, room, tmp_path):
    ran = heirloom("faces", room, "-o", tmp_path / "out")
    assert (ran.code, ran.err) == (0, "")
    title, heading, first, second = ran.out.splitlines()
    assert "2 faces, shown in" in title
    assert heading.split() == ["face", "left", "top", "width", "height", "score", "level"]
    assert first.split()[0] == "1"
    assert "This face is too small" in second
    shown = np.asarray(Image.open(tmp_path / "out" / "room-faces.png"))
    assert shown.shape == (240, 360, 3)
    assert (shown != np.asarray(Image.open(room))).any(2).mean() > 0.01


def test_faces_for_scripts(heirloom, room):
    ran = heirloom("faces", room, "--json")
    report = json.loads(ran.out)
    first, second = report["faces"]
    left, top, right, bottom = first["box"]
    assert left < 130 < right
    assert top < 110 < bottom
    assert first["left_alone"] is None
    assert 0 <= first["automatic_level"] <= 150
    assert second["left_alone"] == "too_small"
    assert second["automatic_level"] is None
    assert report["output"] == str(room.with_name("room-faces.png"))


def test_a_printed_face_is_told(heirloom, room, portrait, tmp_path):
    printed = Damage(seed=1, halftone=0.6, pitch=2.2, angle=0.5).apply(portrait)
    Image.fromarray(printed).save(tmp_path / "clipping.png")
    ran = heirloom("faces", tmp_path / "clipping.png", room)
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines() if "printed with a screen" in line] == ["1"]
    lines = heirloom("faces", tmp_path / "clipping.png", room, "--json", "--overwrite").out.splitlines()
    told = [[face["screen"] for face in json.loads(line)["faces"]] for line in lines]
    assert told == [[True], [False, False]]


def test_a_marked_jpeg_is_a_jpeg(heirloom, photo):
    heirloom("faces", photo)
    assert Image.open(photo.with_name("grandmother-faces.jpg")).format == "JPEG"


def test_no_face_no_picture(heirloom, tmp_path):
    Image.new("RGB", (80, 60), "grey").save(tmp_path / "wall.png")
    for command in ("faces", "sweep"):
        ran = heirloom(command, tmp_path / "wall.png")
        assert ran.code == 0
        assert "nothing written" in ran.out
    assert [path.name for path in tmp_path.iterdir()] == ["wall.png"]


def test_a_sweep_has_five_columns_and_a_row_for_each_restorable_face(heirloom, room):
    ran = heirloom("sweep", room)
    assert (ran.code, ran.err) == (0, "")
    sheet = read_photo(room.with_name("room-sweep.png"))
    assert sheet.width > 5 * 256
    assert 256 < sheet.height < 2 * 256
    cells = np.split(sheet.pixels[-200:-80, 8:], range(264, 5 * 264, 264), axis=1)
    first = cells[0][:, :256].astype(int)
    for cell in cells[1:5]:
        assert np.abs(cell[:, :256].astype(int) - first).mean() > 0.5


def test_a_sweep_says_that_ai_drew_it(heirloom, photo):
    heirloom("sweep", photo, "--json")
    edit = read_ai_edit(read_photo(photo.with_name("grandmother-sweep.png")).metadata)
    assert (edit.levels[0], *edit.levels[1:3], edit.levels[4]) == (0.0, 30.0, 60.0, 120.0)


def test_a_large_face_is_shown_larger(heirloom, tmp_path, astronaut):
    close = Image.fromarray(astronaut[:240, 96:336]).resize((720, 720))
    close.save(tmp_path / "close.jpg")
    heirloom("sweep", tmp_path / "close.jpg")
    assert Image.open(tmp_path / "close-sweep.png").height > 400


def test_where_a_photo_has_ended_a_sheet_shows_none(heirloom, tmp_path, portrait):
    cut = portrait[70:]  # hair that is cut off is not mirrored
    Image.fromarray(cut).save(tmp_path / "cut.png")
    heirloom("sweep", tmp_path / "cut.png")
    sheet = np.asarray(Image.open(tmp_path / "cut-sweep.png"))
    cell = sheet[8 + 32 : 8 + 32 + 256, 8 : 8 + 256]
    assert (cell[:4] == sheet[0, 0]).all()
    assert (cell[-128:] != sheet[0, 0]).any(2).mean() > 0.95
