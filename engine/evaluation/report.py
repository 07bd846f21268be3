"""From records to the table, in words and as Markdown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import spearmanr

from engine.degradation import FAMILIES
from engine.evaluation.metrics import bootstrap_interval
from engine.evaluation.protocol import CLEAN, DIAL, Record

_AUTO = DIAL.index(1.0)
_TOLERANCE = 0.01  # share of the input's PD that a step of the dial may lose before it counts as a step back


def report(records: list[Record]) -> str:
    """Write the result as Markdown: the table with 95 % bootstrap intervals, levels, the dial, groups.

    Parameters
    ----------
    records : list of Record
        As `Protocol.measure` gives them, each face in all families.
    """
    families = [CLEAN, *FAMILIES]
    by_family = {family: [r for r in records if r.family == family] for family in families}
    count = len(by_family[CLEAN])
    lines = [f"{count} faces in each family. Mean with its 95 % bootstrap interval.", ""]
    lines += ["| family | row | SSIM ↑ | PD ↓ | IP ↑ | PD of the input's |", "|---|---|---|---|---|---|"]
    for family in families:
        rows = by_family[family]
        for label, i in (("input", 0), ("ours", _AUTO)):
            share = "" if i == 0 or family == CLEAN else f"{_mean(rows, _pd(i)) / _mean(rows, _pd(0)):.2f}"
            identity = _interval([r.ip[i] for r in rows]) if rows[0].ip else "not measured"
            cells = (
                family,
                label,
                _interval([r.ssim[i] for r in rows]),
                _interval([r.pd[i] for r in rows]),
                identity,
                share,
            )
            lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        "| family | α(x), mean and interval | 5 % to 95 % | the dial never steps back |",
        "|---|---|---|---|",
    ]
    for family in families:
        levels = np.array([r.level for r in by_family[family]])
        low, high = np.percentile(levels, (5, 95))
        monotone = (
            "" if family == CLEAN else f"{100 * np.mean([_monotone(r) for r in by_family[family]]):.1f} %"
        )
        lines.append(f"| {family} | {_interval(levels)} | {low:.0f} to {high:.0f} | {monotone} |")
    order = [families.index(r.family) for r in records]
    rho = spearmanr([r.level for r in records], order).statistic
    lines += ["", f"Spearman's ρ of α(x) with the order clean, mild, moderate, severe: {rho:.3f}.", ""]
    lines += [
        "PD along the dial (shares of α(x)):",
        "",
        "| family | " + " | ".join(f"{s:g}" for s in DIAL) + " |",
    ]
    lines.append("|---" * (len(DIAL) + 1) + "|")
    for family in FAMILIES:
        curve = np.array([r.pd for r in by_family[family]]).mean(0)
        lines.append(f"| {family} | " + " | ".join(f"{v:.2f}" for v in curve) + " |")
    lines += ["", *_groups(by_family)]
    return "\n".join(lines) + "\n"


def _groups(by_family: dict[str, list[Record]]) -> list[str]:
    """Results by group, where files are named GROUP_something: the gain in PD, in per cent of the input's."""
    groups = sorted({r.name.split("_")[0] for r in by_family[CLEAN] if "_" in r.name})
    if len(groups) < 2:
        return []
    lines = ["| group | faces | " + " | ".join(f"PD of the input's, {f}" for f in FAMILIES) + " |"]
    lines.append("|---" * (len(FAMILIES) + 2) + "|")
    for group in groups:
        cells = []
        for family in FAMILIES:
            rows = [r for r in by_family[family] if r.name.startswith(group + "_")]
            cells.append(f"{_mean(rows, _pd(_AUTO)) / _mean(rows, _pd(0)):.2f}")
        lines.append(f"| {group} | {len(rows)} | " + " | ".join(cells) + " |")
    return lines


def _monotone(record: Record) -> bool:
    """Whether PD falls, or stays within a hair, at each step of the dial from 0 to the automatic level."""
    curve = np.array(record.pd[: _AUTO + 1])
    return bool((np.diff(curve) <= _TOLERANCE * curve[0]).all())


def _pd(i: int) -> Callable[[Record], float]:
    return lambda record: record.pd[i]


def _mean(rows: list[Record], value: Callable[[Record], float]) -> float:
    return float(np.mean([value(row) for row in rows]))


def _interval(values: list[float] | np.ndarray) -> str:
    mean, low, high = bootstrap_interval(np.asarray(values, np.float64))
    digits = 1 if abs(mean) >= 10 else 3
    return f"{mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
