"""The tables say what was measured."""

from dataclasses import replace

import numpy as np
import pytest

from engine.evaluation.poster import POSTER, POSTER_ABLATION
from engine.evaluation.protocol import CLEAN, DIAL
from engine.evaluation.records import Record
from engine.evaluation.tables import (
    Mark,
    Results,
    ablation_table,
    dial_table,
    group_table,
    main_table,
    poster_table,
)

FAMILIES = ("mild", "moderate", "severe")


def plain(system, pd, faces=("a", "b"), family="mild", ip=None):
    return [
        Record(face, face, "", family, system, "1", 1.0, None, 1 - pd / 10, pd, ip, None) for face in faces
    ]


def dial(system, gain=0.8, group="", faces=("a",), bump=0.0):
    """A dial that improves PD steadily to `gain` of the input's; with a step back of `bump` of it."""
    curve = np.interp(DIAL, (0, 1, 1.25), (1, gain, gain * 1.1))
    curve[1] += bump
    return [
        Record(
            face, face, group, f, system, "1", share, 20.0 * order, 0.5, (order or 0.01) * value, 0.9, None
        )
        for face in faces
        for order, f in enumerate((CLEAN, *FAMILIES))
        for share, value in zip(DIAL, curve, strict=True)
    ]


def rows(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_rows_are_in_the_posters_order_and_the_best_are_marked():
    table = main_table(Results(plain("lu", 3.0) + plain("input", 4.0) + plain("gfpgan", 2.0)))
    assert table.head == ("", "Method", "Faces", "mild: SSIM ↑", "mild: PD ↓")
    assert rows(table) == [
        ["", "Input", "2", "0.600", "4.000"],
        ["Paired", "GFPGAN", "2", "0.800", "2.000"],
        ["Unpaired", "Lu et al.", "2", "0.700", "3.000"],
    ]
    assert [row[4].mark for row in table.rows] == [Mark.NONE, Mark.BEST, Mark.SECOND]
    assert table.rows[0][4].small == "4.000 to 4.000"


def test_the_best_is_decided_on_common_faces():
    """ZSSR had the easy face only, where it is worse."""
    easy, hard = plain("input", 1.0, faces=["a"]), plain("input", 9.0, faces=["b"])
    table = main_table(Results(easy + hard + plain("zssr", 2.0, faces=["a"])))
    assert [(row[2].text, row[4].mark) for row in table.rows] == [("2", Mark.BEST), ("1", Mark.SECOND)]


def test_what_goes_beyond_the_poster_is_not_ranked():
    table = main_table(Results(plain("input", 4.0) + plain("shipped", 1.0)))
    assert [row[4].mark for row in table.rows] == [Mark.BEST, Mark.NONE]


def test_only_what_was_measured_has_a_column():
    assert main_table(Results(plain("input", 4.0, ip=0.5))).head[-1] == "mild: IP ↑"


def test_the_ablation_ends_with_the_method_and_has_the_posters_figures_beside():
    steps = {"baseline": 4.0, "upper": 3.0, "upper-layers": 3.5, "unpaired": 2.0}
    records = [record for name, pd in steps.items() for record in plain(name, pd, family="moderate")]
    table = ablation_table(Results(records))
    assert [row[0] for row in rows(table)] == ["baseline", "+ upper", "+ upper + Δⁱ", "+ upper + Δⁱ + L_down"]
    assert rows(table)[-1][2:] == ["2.000", "0.643", "0.150", "0.668"]
    assert main_table(Results(records)).rows[0][1].text == "Ours"
    assert ablation_table(Results(plain("input", 4.0))) is None


def test_the_dials_levels_and_their_order():
    table = dial_table(Results(dial("shipped", faces=("a", "b"))))
    assert rows(table)[0] == ["Ours, as shipped", "clean", "0.000", "0 to 0", "", "1.000"]
    assert rows(table)[3] == ["Ours, as shipped", "severe", "60.0", "60 to 60", "100.0 %", ""]
    assert dial_table(Results(plain("input", 4.0))) is None


@pytest.mark.parametrize(("bump", "share"), [(0.01, "100.0 %"), (0.3, "50.0 %")])
def test_a_dial_that_steps_back_is_counted(bump, share):
    records = dial("shipped", faces=["good"]) + dial("shipped", faces=["bad"], bump=bump)
    assert rows(dial_table(Results(records)))[1][4] == share


def test_each_distance_that_was_measured_has_its_own_way_along_the_dial():
    records = [replace(one, lpips=0.5 - 0.1 * one.share) for one in dial("shipped", bump=0.3)]
    table = dial_table(Results(records))
    assert table.head[-3:] == ("LPIPS never rises", "PD never rises", "ρ")
    assert rows(table)[1][4:6] == ["100.0 %", "0.0 %"]


def test_groups_stand_side_by_side():
    records = dial("shipped", group="old", faces=["a"]) + dial("shipped", 0.6, "young", ["b", "c"])
    table = group_table(Results(records))
    assert rows(table) == [
        ["Ours, as shipped", "old", "1", "0.80", "+0.000", "0.80", "+0.000", "0.80", "+0.000"],
        ["Ours, as shipped", "young", "2", "0.60", "+0.000", "0.60", "+0.000", "0.60", "+0.000"],
    ]
    assert group_table(Results(dial("shipped", group="old"))) is None


def test_the_posters_figures_are_those_of_its_text(shared_dir):
    path = shared_dir / "docs" / "poster.txt"
    if not path.is_file():
        pytest.skip("needs the poster's text")
    printed = path.read_text(encoding="utf-8").splitlines()
    figures = [[float(f) for f in line.split("\t") if f.startswith("0.")] for line in printed]
    assert [list(values) for values in POSTER.values()] == [row for row in figures if len(row) == 9]
    assert POSTER_ABLATION["unpaired"] == POSTER["unpaired"][3:6]
    assert "other faces" in poster_table().note
