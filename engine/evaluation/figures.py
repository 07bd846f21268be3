"""The figures of an evaluation: what the dial does, and where α(x) puts it."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np

from engine.evaluation.protocol import CLEAN, DIAL
from engine.evaluation.tables import Results

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

_DPI = 110


def dial_curves(results: Results, path: Path) -> None:
    """Draw each metric along the dial, a column for each family: the evidence for monotonicity.

    Parameters
    ----------
    results : Results
        With at least one system that has a dial.
    path : Path
        PNG to write.
    """
    metrics, families = results.metrics, results.families
    figure, axes = plt.subplots(
        len(metrics),
        len(families),
        squeeze=False,
        sharex=True,
        figsize=(3.6 * len(families), 2.4 * len(metrics)),
    )
    for i, metric in enumerate(metrics):
        for j, family in enumerate(families):
            axis = axes[i, j]
            for row in results.dials:
                curve = [np.mean(results.values(row.name, family, metric, share)) for share in DIAL]
                axis.plot(DIAL, curve, marker="o", markersize=3, label=row.title)
            axis.axvline(1.0, color="grey", linewidth=0.8, linestyle=":")
            axis.grid(alpha=0.3)
            if i == 0:
                axis.set_title(family)
            if j == 0:
                axis.set_ylabel(f"{metric.name} {metric.arrow}")
            if i == len(metrics) - 1:
                axis.set_xlabel("level, as a share of α(x)")
    axes[0, 0].legend(fontsize=7)
    _save(figure, path)


def level_violins(results: Results, path: Path) -> None:
    """Draw how α(x) is distributed in each family, a panel for each system with a dial.

    Parameters
    ----------
    results : Results
        With at least one system that has a dial.
    path : Path
        PNG to write.
    """
    families = [CLEAN, *results.families]
    figure, axes = plt.subplots(
        1, len(results.dials), squeeze=False, sharey=True, figsize=(3.6 * len(results.dials), 3.2)
    )
    for axis, row in zip(axes[0], results.dials, strict=True):
        levels = [[record.level or 0.0 for record in results.at(row.name, family)] for family in families]
        axis.violinplot(levels, showmedians=True)
        axis.set_xticks(range(1, len(families) + 1), families)
        axis.set_title(row.title)
        axis.grid(alpha=0.3, axis="y")
    axes[0, 0].set_ylabel("α(x)")
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    figure.tight_layout()
    # The same figures give the same file: no date, no version.
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})
    plt.close(figure)
