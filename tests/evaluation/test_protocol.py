"""Faces are measured in every family, and an interrupted evaluation goes on."""

from dataclasses import dataclass, field

import numpy as np
import pytest

pytest.importorskip("torch")

from engine.evaluation.faces import FaceReader, find_images
from engine.evaluation.metrics import Score
from engine.evaluation.protocol import CLEAN, DIAL, Protocol, damage, evaluate
from engine.evaluation.records import Journal


class Brightness:
    """A stand-in for the metrics: how close the mean is."""

    version = "brightness"

    def __call__(self, truth, faces):
        gaps = [abs(float(face.mean()) - float(truth.mean())) for face in faces]
        return [Score(1 - gap / 255, gap, None, None) for gap in gaps]


@dataclass
class Darker:
    """A system that darkens, and remembers whom."""

    version: str = "1"
    story: str = ""
    asked: list = field(default_factory=list)

    def restore(self, face):
        self.asked.append(face)
        return np.asarray(face // 2, np.uint8)


@dataclass
class Dial(Darker):
    def sweep(self, face, shares):
        self.asked.append(face)
        return 40.0, [np.asarray(face * (1 - share / 2), np.uint8) for share in shares]


@pytest.fixture
def setting(tmp_path, face_file):
    """Two faces and a function that evaluates systems on them, with one journal."""
    folder = tmp_path / "faces"
    for number in range(2):
        face_file(folder / f"{number}.png", left=100 + 20 * number)

    def run(slow=(), families=("mild", "severe"), **systems):
        protocol = Protocol(systems, families, Brightness())
        reader = FaceReader(folder, 256, print)
        paths = find_images(folder, None)
        journal = Journal(tmp_path / "records.jsonl")
        return evaluate(protocol, reader, paths, {folder / name for name in slow}, journal)

    return run


def test_every_system_is_measured_in_every_family(setting):
    records, shown = setting(input=Darker())
    assert [(r.name, r.family, r.share) for r in records] == [
        ("0.png", "mild", 1.0), ("0.png", "severe", 1.0), ("1.png", "mild", 1.0), ("1.png", "severe", 1.0),
    ]  # fmt: skip
    assert all(r.level is None and r.ip is None and r.pd > 10 for r in records)
    assert shown == []


def test_a_dial_is_measured_at_each_position_and_on_clean_faces(setting):
    records, _ = setting(shipped=Dial(), families=("mild",))
    one = [r for r in records if r.name == "0.png"]
    assert [(r.family, r.share) for r in one] == [(f, share) for f in (CLEAN, "mild") for share in DIAL]
    assert {r.level for r in one} == {40.0}
    assert one[0].pd == 0
    assert [r.pd for r in one[: len(DIAL)]] == sorted(r.pd for r in one[: len(DIAL)])


def test_slow_systems_are_measured_on_their_choice(setting):
    records, shown = setting(slow=["1.png"], zssr=Darker(), input=Darker())
    assert {r.name for r in records if r.system == "zssr"} == {"1.png"}
    assert {r.name for r in records if r.system == "input"} == {"0.png", "1.png"}
    assert [face.name for face in shown] == ["1.png"]


def test_what_was_measured_is_not_measured_again(setting):
    first, again, other = Darker(), Darker(), Darker()
    once, _ = setting(input=first, families=("mild",))
    twice, _ = setting(input=again, bicubic=other, families=("mild",))
    assert len(first.asked) == 2
    assert again.asked == []
    assert len(other.asked) == 2
    assert [r for r in twice if r.system == "input"] == once


def test_another_version_is_measured_anew(setting):
    setting(input=Darker())
    newer = Darker("2")
    records, _ = setting(input=newer)
    assert len(newer.asked) == 4
    assert {r.version for r in records} == {"2"}


def test_a_measurement_that_was_cut_short_is_made_again(setting, tmp_path):
    whole, _ = setting(shipped=Dial(), families=("mild",))
    path = tmp_path / "records.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-2]) + lines[-2][:30])
    again = Dial()
    records, _ = setting(shipped=again, families=("mild",))
    assert len(again.asked) == 1
    assert sorted(map(str, records)) == sorted(map(str, whole))


def test_damage_depends_on_the_files_name_alone(tmp_path, face_file):
    (face,) = FaceReader(tmp_path, 256, print)(face_file(tmp_path / "anna.png"))
    (moved,) = FaceReader(tmp_path, 256, print)(face_file(tmp_path / "x" / "anna.png"))
    assert (damage(face, "moderate") == damage(moved, "moderate")).all()
    assert (damage(face, CLEAN) == face.pixels).all()
