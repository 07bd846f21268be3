"""From records to tables, in the poster's form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy.stats import spearmanr

from engine.evaluation.metrics import bootstrap_interval
from engine.evaluation.poster import POSTER, POSTER_ABLATION
from engine.evaluation.protocol import CLEAN, DIAL
from engine.evaluation.records import Record
from engine.evaluation.systems.registry import ROWS, Row, System

POSTER_FAMILIES = {
    "mild": "Bicubic+Compression (mild)",
    "moderate": "Bicubic+Noise (moderate)",
    "severe": "Blur+Bilinear+Noise (severe)",
}
_TOLERANCE = 0.01  # of the distance of the input: a rise that does not count as a step back


class Mark(Enum):
    """What stands out in a column."""

    NONE = 0
    BEST = 1
    SECOND = 2


@dataclass(frozen=True)
class Cell:
    """A cell: text, smaller text behind it, and how it stands out."""

    text: str
    small: str = ""
    mark: Mark = Mark.NONE


@dataclass(frozen=True)
class Table:
    """A table with a sentence or two about it.

    Attributes
    ----------
    title, note : str
    head : tuple of str
    rows : tuple of tuple of Cell
    """

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Metric:
    """A column of the table."""

    name: str
    arrow: str
    value: Callable[[Record], float | None]

    @property
    def sign(self) -> int:
        """+1 where more is better."""
        return 1 if self.arrow == "↑" else -1


METRICS = (
    Metric("SSIM", "↑", lambda record: record.ssim),
    Metric("LPIPS", "↓", lambda record: record.lpips),
    Metric("PD", "↓", lambda record: record.pd),
    Metric("IP", "↑", lambda record: record.ip),
)


class Results:
    """Records, looked up by row, family and position of the dial.

    Parameters
    ----------
    records : sequence of Record
    """

    def __init__(self, records: Sequence[Record]):
        self._by: dict[tuple[str, str, float], list[Record]] = {}
        for record in records:
            self._by.setdefault((record.system, record.family, record.share), []).append(record)
        found = {record.system for record in records}
        self.rows = [row for row in ROWS if row.name in found]
        self.families = [f for f in POSTER_FAMILIES if any(record.family == f for record in records)]
        self.metrics = [m for m in METRICS if any(m.value(record) is not None for record in records)]
        self.dials = [r for r in self.rows if (r.name, CLEAN, 0.0) in self._by]
        self.groups = sorted({record.group for record in records} - {""})

    def at(self, system: str, family: str, share: float = 1.0) -> list[Record]:
        """Give a row's records in one family at one position of the dial."""
        return self._by.get((system, family, share), [])

    def values(self, system: str, family: str, metric: Metric, share: float = 1.0) -> list[float]:
        """Give a metric's values where it was measured."""
        found = (metric.value(record) for record in self.at(system, family, share))
        return [value for value in found if value is not None]

    def mean(self, system: str, family: str, metric: Metric, faces: set[str]) -> float:
        """Give a metric's mean over some faces, by their digests."""
        found = [metric.value(record) for record in self.at(system, family) if record.face in faces]
        return float(np.mean([value for value in found if value is not None]))


def main_table(results: Results) -> Table:
    """Make the poster's table: rows are systems, columns families and metrics."""
    rows = [row for row in results.rows if row.kind != "Ablation"]
    columns = [(family, metric) for family in results.families for metric in results.metrics]
    cells = {column: _column(results, rows, *column) for column in columns}
    counts = {row.name: max(len(results.at(row.name, f)) for f in results.families) for row in rows}
    return Table(
        "Comparison",
        "Mean, and its 95 % bootstrap interval. **Best** and _second best_ of a column are marked, the "
        "input included and what the poster does not have left out. Slow methods are measured on fewer "
        "faces, a fixed random choice; what is best is decided on the faces that all have in common.",
        ("", "Method", "Faces", *(f"{f}: {m.name} {m.arrow}" for f, m in columns)),
        tuple(
            (
                Cell(row.kind),
                Cell(row.title),
                Cell(str(counts[row.name])),
                *(cells[c][row.name] for c in columns),
            )
            for row in rows
        ),
    )


def _column(results: Results, rows: Sequence[Row], family: str, metric: Metric) -> dict[str, Cell]:
    values = {row.name: results.values(row.name, family, metric) for row in rows}
    ranked = [row.name for row in rows if values[row.name] and row.kind != "Beyond the poster"]
    common = (
        set.intersection(*({r.face for r in results.at(name, family)} for name in ranked))
        if ranked
        else set()
    )
    ranked.sort(key=lambda name: -metric.sign * results.mean(name, family, metric, common))
    marks = dict(zip(ranked, (Mark.BEST, Mark.SECOND), strict=False))
    return {name: _interval(found, marks.get(name, Mark.NONE)) for name, found in values.items()}


def poster_table() -> Table:
    """Make the poster's table from its own figures."""
    titles = {row.name: row for row in ROWS}
    rows = []
    for name, values in POSTER.items():
        figures = [Cell(f"{value:.3f}") for value in values]
        rows.append((Cell(titles[name].kind), Cell(titles[name].title), *figures))
    head = [f"{family}: {metric}" for family in POSTER_FAMILIES for metric in ("SSIM ↑", "LPIPS ↓", "IP ↑")]
    return Table(
        "The poster's own figures",
        "**Measured on other faces**, with the originals, at other sizes: compare the order, not the values.",
        ("", "Method", *head),
        tuple(rows),
    )


def training_table(systems: Mapping[str, System]) -> Table:
    """Say how each system was trained."""
    rows = [(Cell(row.title), Cell(systems[row.name].story)) for row in ROWS if row.name in systems]
    return Table(
        "What was trained",
        "GFPGAN and PULSE have the same prior, trained as PULSE's row says.",
        ("Method", "Training"),
        tuple(row for row in rows if row[1].text),
    )


def ablation_table(results: Results, family: str = "moderate") -> Table | None:
    """Make the ablation, one ingredient more in each row; None when no step was measured."""
    rows = [row for row in results.rows if row.kind == "Ablation"]
    if not rows or family not in results.families:
        return None
    rows += [row for row in results.rows if row.name == "unpaired"]
    columns = [_column(results, rows, family, metric) for metric in results.metrics]
    lines = []
    for row in rows:
        title = row.title if row.kind == "Ablation" else "+ upper + Δⁱ + L_down"
        theirs = [Cell(f"{value:.3f}") for value in POSTER_ABLATION[row.name]]
        lines.append((Cell(title), *(column[row.name] for column in columns), *theirs))
    head = [f"{metric.name} {metric.arrow}" for metric in results.metrics]
    others = [f"poster: {name}" for name in ("SSIM ↑", "LPIPS ↓", "IP ↑")]
    return Table(
        "Ablation",
        f"Family {family}. The poster's figures were measured on other faces.",
        ("Method", *head, *others),
        tuple(lines),
    )


def dial_table(results: Results) -> Table | None:
    """Make the evidence about the dial: levels, and whether distances fall at each step up to α(x)."""
    if not results.dials:
        return None
    distances = [metric for metric in results.metrics if metric.sign < 0]
    lines = []
    for row in results.dials:
        families = [CLEAN, *results.families]
        levels = {f: [record.level or 0.0 for record in results.at(row.name, f)] for f in families}
        order = [i for i, f in enumerate(families) for _ in levels[f]]
        rho = spearmanr([level for f in families for level in levels[f]], order).statistic
        for family in families:
            low, high = np.percentile(levels[family], (5, 95))
            lines.append(
                (
                    Cell(row.title), Cell(family), _interval(levels[family]),
                    Cell(f"{low:.0f} to {high:.0f}"),
                    *(_monotone(results, row.name, family, one) for one in distances),
                    Cell(f"{rho:.3f}" if family == CLEAN else ""),
                )
            )  # fmt: skip
    return Table(
        "The dial",
        "α(x) by family; the share of faces whose distance from the sharp one never rises on the way from 0 "
        "to α(x) by more than 1 % of the input's; Spearman's ρ of α(x) with the order clean, mild, moderate, "
        "severe.",
        ("Method", "Family", "α(x)", "5 % to 95 %", *(f"{one.name} never rises" for one in distances), "ρ"),
        tuple(lines),
    )


def _monotone(results: Results, system: str, family: str, metric: Metric) -> Cell:
    if family == CLEAN:
        return Cell("")
    curves: dict[str, dict[float, float]] = {}
    for share in DIAL:
        for record in results.at(system, family, share):
            curves.setdefault(record.face, {})[share] = metric.value(record) or 0.0
    upward = [share for share in DIAL if share <= 1]
    lines = np.array([[curve[share] for share in upward] for curve in curves.values()])
    never = (np.diff(lines, axis=1) <= _TOLERANCE * lines[:, :1]).all(1)
    return Cell(f"{100 * never.mean():.1f} %")


def group_table(results: Results) -> Table | None:
    """Make the results by group, where the data name groups: PD and IP after, as gains over the input."""
    if len(results.groups) < 2 or not results.dials:
        return None
    with_identity = any(metric.name == "IP" for metric in results.metrics)
    lines = []
    for row in results.dials:
        for group in results.groups:
            cells = []
            for family in results.families:
                before, after = (
                    [r for r in results.at(row.name, family, share) if r.group == group]
                    for share in (0.0, 1.0)
                )
                cells.append(Cell(f"{np.mean([r.pd for r in after]) / np.mean([r.pd for r in before]):.2f}"))
                if with_identity:
                    gain = np.mean([r.ip or 0.0 for r in after]) - np.mean([r.ip or 0.0 for r in before])
                    cells.append(Cell(f"{gain:+.3f}"))
            count = sum(record.group == group for record in results.at(row.name, CLEAN))
            lines.append((Cell(row.title), Cell(group), Cell(str(count)), *cells))
    kinds = ("PD of the input's", "IP gained") if with_identity else ("PD of the input's",)
    head = [f"{family}: {kind}" for family in results.families for kind in kinds]
    return Table(
        "By group",
        "Groups are what the data name so: sub-folders, or what stands before _ in a file's name.",
        ("Method", "Group", "Faces", *head),
        tuple(lines),
    )


def _interval(values: Sequence[float], mark: Mark = Mark.NONE) -> Cell:
    if not values:
        return Cell("–")
    mean, low, high = bootstrap_interval(np.asarray(values, np.float64))
    digits = 1 if abs(mean) >= 10 else 3
    return Cell(f"{mean:.{digits}f}", f"{low:.{digits}f} to {high:.{digits}f}", mark)
