"""A model is measured face by face; an interrupted evaluation goes on."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch")

from engine.cli.main import main
from engine.degradation import FAMILIES
from engine.errors import UsageError
from engine.evaluation.protocol import (
    CLEAN,
    DIAL,
    Protocol,
    Record,
    append_records,
    find_faces,
    load_records,
)
from engine.evaluation.report import report
from engine.restore import LcqsModel
from engine.runtime import load_manifest

ALL = (CLEAN, *FAMILIES)


def records(name, gain=0.8, ip=True):
    """What measuring one face gives, with a dial that improves PD steadily to `gain` of the input's."""
    curve = np.interp(DIAL, (0, 1, 1.25), (1, gain, gain * 1.1))
    return [
        Record(
            name,
            family,
            20.0 * order,
            tuple(0.7 + 0.1 * (1 - curve)),
            tuple((order or 0.01) * curve),
            tuple(0.9 * np.ones(len(DIAL))) if ip else (),
        )
        for order, family in enumerate(ALL)
    ]


def test_records_come_back_as_they_were(tmp_path):
    path = tmp_path / "records.jsonl"
    assert load_records(path) == []
    append_records(path, records("anna.png"))
    append_records(path, records("bert.png", ip=False))
    before = path.read_bytes()
    assert load_records(path) == records("anna.png") + records("bert.png", ip=False)
    assert path.read_bytes() == before


@pytest.mark.parametrize("kept", [4, 5.5, 7, 7.9])
def test_a_face_whose_records_are_torn_is_measured_again(tmp_path, kept):
    path = tmp_path / "records.jsonl"
    append_records(path, records("anna.png"))
    append_records(path, records("bert.png"))
    lines = path.read_text().splitlines(keepends=True)
    torn = lines[int(kept)][: int(len(lines[int(kept)]) * (kept % 1))]
    path.write_text("".join(lines[: int(kept)]) + torn)
    assert load_records(path) == records("anna.png")
    append_records(path, records("bert.png"))
    assert path.read_text() == "".join(lines)


def test_a_missing_line_end_is_put_right(tmp_path):
    path = tmp_path / "records.jsonl"
    append_records(path, records("anna.png"))
    whole = path.read_text()
    path.write_text(whole[:-1])
    assert load_records(path) == records("anna.png")
    assert path.read_text() == whole


def test_foreign_lines_are_dropped(tmp_path):
    path = tmp_path / "records.jsonl"
    append_records(path, records("anna.png"))
    with path.open("a") as file:
        file.write('{"name": "x"}\n[1]\n\x00\x00\n')
    assert load_records(path) == records("anna.png")


def test_faces_are_spread_resized_and_skipped_with_a_notice(tmp_path, astronaut):
    for number in range(6):
        Image.fromarray(astronaut[:100, 160:260]).save(tmp_path / f"{number}.png")
    (tmp_path / "3.png").write_bytes(b"torn")
    said = []
    found = list(find_faces(tmp_path, 64, 2, said.append))
    assert [name for name, _ in found] == ["0.png"]
    assert found[0][1].shape == (64, 64, 3)
    assert "resized" in said[0]
    assert "skipped" in said[1]
    with pytest.raises(UsageError, match="no face images"):
        list(find_faces(tmp_path / "none", 64, None, said.append))


def test_the_report_states_what_was_measured():
    text = report(records("old_1.png") + records("young_1.png", gain=0.6))
    assert text.startswith("2 faces in each family")
    assert (
        "| mild | input | 0.700 (0.700 to 0.700) | 1.000 (1.000 to 1.000) | 0.900 (0.900 to 0.900) |" in text
    )
    assert "| mild | ours | 0.730 (0.720 to 0.740) | 0.700 (0.600 to 0.800) |" in text
    assert "| severe | 60.0 (60.0 to 60.0) | 60 to 60 | 100.0 % |" in text
    assert "Spearman's ρ of α(x) with the order clean, mild, moderate, severe: 1.000." in text
    assert "| old | 1 | 0.80 | 0.80 | 0.80 |" in text
    assert "| young | 1 | 0.60 | 0.60 | 0.60 |" in text


def test_a_dial_that_steps_back_is_counted():
    bad = [
        Record(r.name, r.family, r.level, r.ssim, (r.pd[0], r.pd[0] * 1.2, *r.pd[2:]), r.ip)
        for r in records("bert.png")
    ]
    assert "| 50.0 % |" in report(records("anna.png") + bad)


def test_without_an_embedding_identity_is_not_measured():
    assert "not measured" in report(records("anna.png", ip=False))


def test_a_face_is_measured_in_every_family(model_folder, astronaut, monkeypatch):
    monkeypatch.setattr("engine.evaluation.protocol.DIAL", (0.0, 1.0))
    (info,) = load_manifest(model_folder).models
    face = np.asarray(Image.fromarray(astronaut[:200, 120:320]).resize((256, 256)))
    measured = Protocol(LcqsModel(info, "cpu"), None).measure("anna.png", face)
    assert [record.family for record in measured] == list(ALL)
    clean = measured[0]
    assert clean.ssim[0] == pytest.approx(1)
    assert clean.pd[0] == pytest.approx(0, abs=1e-5)
    for record in measured:
        assert record.name == "anna.png"
        assert len(record.ssim) == len(record.pd) == 2
        assert record.ssim[1] < 1
        assert record.ip == ()


def test_the_command_goes_on_where_it_was(small_model, tmp_path, astronaut, capsys, monkeypatch):
    asked = []

    def measure(self, name, face):
        asked.append(name)
        return records(name, ip=False)

    monkeypatch.setattr(Protocol, "measure", measure)
    monkeypatch.setattr("engine.evaluation.protocol.PerceptualDistance", lambda: None)
    data, out = tmp_path / "faces", tmp_path / "out"
    data.mkdir()
    for number in range(2):
        Image.fromarray(astronaut[:256, 96 + number : 352 + number]).save(data / f"{number}.png")
    call = ["evaluate", "--data", str(data), "--out", str(out), "--device", "cpu"]
    assert main([*call, "--limit", "1"]) == 0
    assert main(call) == 0
    assert main(call) == 0
    assert asked == ["0.png", "1.png"]
    printed = capsys.readouterr().out
    assert "2 faces in each family" in printed
    assert (out / "table.md").read_text(encoding="utf-8") in printed
    assert sorted(path.name for path in out.glob("*.png")) == [f"sheet-{f}.png" for f in sorted(FAMILIES)]


def test_the_command_refuses_a_folder_without_faces(small_model, tmp_path, capsys):
    assert main(["evaluate", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "no face images" in capsys.readouterr().err
