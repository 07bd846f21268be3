"""``heirloom compare``, from photos to the tally."""

import json
import shutil

import pytest
from PIL import Image
from skimage import data


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(data.astronaut()).save(folder / "astronaut.png")
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


def test_a_sheet_is_made_answered_and_counted(heirloom, photos, tmp_path, monkeypatch):
    out = tmp_path / "sheet"
    made = heirloom("compare", "input", "small", "--photos", photos, "-o", out)
    assert made.code == 0
    assert "1 pairs" in made.out
    assert "broken.jpg" in made.err
    width, height = Image.open(out / "pair-001.png").size
    assert 2 * 256 < width < 2 * height  # two faces: the photo is not shown beside itself
    key = json.loads((tmp_path / "sheet-key.json").read_text())
    assert not list(out.glob("*key*"))
    side = "left" if key["pairs"][0]["left"] == "small" else "right"
    (out / "answers.txt").write_text(f"pair-001 {side}\n")
    counted = heirloom("compare", "--tally", "-o", out)
    assert counted.code == 0
    assert "small: 1 chosen, 100%" in counted.out
    monkeypatch.chdir(out)
    assert heirloom("compare", "--tally", "-o", ".").out == counted.out


def test_photos_of_one_name_are_compared_each(heirloom, photos, tmp_path):
    (photos / "again").mkdir()
    shutil.copy(photos / "astronaut.png", photos / "again")
    assert "2 pairs" in heirloom("compare", "input", "small", "--photos", photos, "-o", tmp_path / "s").out
    pairs = json.loads((tmp_path / "s-key.json").read_text())["pairs"]
    assert {pair["subject"] for pair in pairs} == {"astronaut.png, face 1", "again/astronaut.png, face 1"}


def test_a_comparison_is_not_overwritten_unasked(heirloom, photos, tmp_path):
    call = ("compare", "input", "small", "--photos", photos, "-o", tmp_path / "sheet")
    assert heirloom(*call).code == 0
    refused = heirloom(*call)
    assert refused.code == 2
    assert "tally that comparison" in refused.sentence
    assert heirloom(*call, "--overwrite").code == 0


def test_answers_to_an_earlier_sheet_are_not_counted_for_the_new_one(heirloom, photos, tmp_path):
    out = tmp_path / "sheet"
    call = ("compare", "input", "small", "--photos", photos, "-o", out)
    out.mkdir()
    for name in ("answers.txt", "pair-001.png", "pair-002.png", "pair-of-shoes.png"):
        (out / name).write_text("pair-001 left\n")
    assert heirloom(*call, "--overwrite").code == 0
    assert {path.name for path in out.iterdir()} == {"index.html", "pair-001.png", "pair-of-shoes.png"}
    assert "no answers yet" in heirloom("compare", "--tally", "-o", out).sentence


@pytest.mark.parametrize("left", ["answers.txt", "pair-002.png"])
def test_what_an_earlier_sheet_left_is_told_before_restoring(heirloom, photos, tmp_path, monkeypatch, left):
    out = tmp_path / "sheet"
    out.mkdir()
    (out / left).write_text("pair-001 left\n")
    monkeypatch.setattr("engine.cli.comparing._cuts", lambda *_: pytest.fail("restored"))
    refused = heirloom("compare", "input", "small", "--photos", photos, "-o", out)
    assert refused.code == 2
    assert left in refused.sentence
    assert [path.name for path in out.iterdir()] == [left]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["input"], "two different models"),
        (["input", "input"], "two different models"),
        (["--tally"], "key"),
        (["input", "nobody"], "nobody"),
    ],
)
def test_senseless_calls_get_one_sentence(heirloom, photos, tmp_path, arguments, sentence):
    result = heirloom("compare", *arguments, "--photos", photos, "-o", tmp_path / "sheet")
    assert result.code != 0
    assert sentence in result.err
    assert "Traceback" not in result.err


def test_an_empty_folder_is_named(heirloom, tmp_path):
    (tmp_path / "empty").mkdir()
    result = heirloom("compare", "input", "small", "--photos", tmp_path / "empty", "-o", tmp_path / "s")
    assert result.code == 2
    assert "There are no photos in" in result.err


def test_two_models_are_judged_beside_the_photo(heirloom, photos, tmp_path):
    out = tmp_path / "sheet"
    assert heirloom("compare", "heirloom-256", "small", "--photos", photos, "-o", out).code == 0
    width, height = Image.open(out / "pair-001.png").size
    assert width > 2 * height
