"""heirloom evaluate."""

import pytest

from engine.cli.main import main


@pytest.fixture
def call(small_model, tmp_path, face_file):
    data = tmp_path / "faces"
    for number in range(3):
        face_file(data / f"group{number}_x.png", left=100 + 20 * number)
    out = tmp_path / "out"
    command = ["evaluate", "--data", str(data), "--out", str(out), "--device", "cpu", "--families", "mild"]

    def call(*more):
        return main([*command, *more])

    call.data, call.out = data, out
    return call


def test_a_page_with_tables_figures_and_sheets(call, capsys, monkeypatch):
    # As if neither dlib's network nor LPIPS's were there.
    for module in ("evaluation.metrics", "package_weights"):
        monkeypatch.setattr(f"engine.{module}.package_folders", lambda name: ())
    (call.data / "torn.png").write_bytes(b"torn")
    assert call("--systems", "shipped,input", "--slow-faces", "2") == 0
    said = capsys.readouterr()
    page = (call.out / "table.md").read_text(encoding="utf-8")
    assert page in said.out
    assert "1 of 4 pictures were skipped" in said.err
    for title in (
        "Comparison",
        "What was trained",
        "The poster's own figures",
        "The dial",
        "By group",
        "Samples: mild",
    ):
        assert f"## {title}" in page
    assert "LPIPS can't be measured here: " in page
    assert "IP was not measured" in page
    html = (call.out / "table.html").read_text(encoding="utf-8")
    for name in ("dial.png", "levels.png", "sheet-mild.jpg"):
        assert f'src="{name}"' in html
        assert (call.out / name).stat().st_size > 1000


def test_the_same_again_is_the_same_to_the_last_digit(call):
    systems = ("--systems", "input,bicubic,shipped")
    assert call(*systems, "--limit", "1") == 0
    assert call(*systems) == 0
    files = {path.name: path.read_bytes() for path in call.out.iterdir() if path.is_file()}
    for path in call.out.iterdir():
        if path.is_file():
            path.unlink()
    assert call(*systems) == 0
    assert {path.name: path.read_bytes() for path in call.out.iterdir() if path.is_file()} == files


def test_faces_that_may_not_be_shown_are_on_no_sheet(call):
    assert call("--systems", "input", "--limit", "1", "--no-samples") == 0
    assert not list(call.out.glob("*.jpg"))
    assert "Samples" not in (call.out / "table.md").read_text(encoding="utf-8")
    assert not (call.out / "pictures").exists()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--systems", "codeformer"], "There is no system 'codeformer'"),
        (["--families", "harsh"], "There is no family 'harsh'"),
        (["--weights", "/nowhere"], "is no folder"),
        (["--data", "/nowhere"], "no face images"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(call, capsys, more, sentence):
    assert call(*more) == 2
    assert sentence in capsys.readouterr().err


def test_nothing_readable_is_said(call, tmp_path, capsys):
    data = tmp_path / "bad"
    data.mkdir()
    (data / "x.png").write_bytes(b"torn")
    assert call("--data", str(data), "--systems", "input") == 2
    assert "can be read" in capsys.readouterr().err


def test_systems_without_weights_are_left_out_with_a_notice_unless_asked_for(
    call, capsys, monkeypatch, tmp_path
):
    monkeypatch.setattr("engine.evaluation.systems.training.SHIPPED", tmp_path)
    monkeypatch.setattr("engine.evaluation.systems.zssr._STEPS", 2)
    assert call("--limit", "1") == 0
    assert "lu is left out: There are no weights of lu" in capsys.readouterr().err
    assert call("--limit", "1", "--systems", "lu") == 5
