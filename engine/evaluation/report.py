"""The result of an evaluation: tables, figures and sample sheets as one page, in Markdown and in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.evaluation.faces import TestFace
from engine.evaluation.figures import dial_curves, level_violins
from engine.evaluation.page import Picture, Section, as_html, as_markdown
from engine.evaluation.protocol import Protocol
from engine.evaluation.records import Record
from engine.evaluation.sheets import write_sheet
from engine.evaluation.tables import (
    Results,
    ablation_table,
    dial_table,
    group_table,
    main_table,
    poster_table,
    training_table,
)

TITLE = "Heirloom's evaluation"

_PROTOCOL = (
    "Sharp faces of 256 px are damaged as the poster names it: mild is bicubic ↓4, JPEG quality 40, bicubic "
    "↑4; moderate is bicubic ↓4, Gaussian noise of σ = 15 of 255, bicubic ↑4; severe is Gaussian blur of "
    "σ = 3 px, bilinear ↓8, noise of σ = 10, bilinear ↑8. SSIM has Gaussian weights; IP is the cosine "
    "similarity of face embeddings of the restored and the sharp face; PD is a perceptual distance in the "
    "form of LPIPS, without learned weights, on EfficientNet-Lite0, which is also the perceptual loss of "
    "everything trained here: it flatters all of them, but not input, bicubic and ZSSR."
)
_SYSTEMS = (
    "All methods but ours as shipped are small reimplementations of the idea, of about a million parameters "
    "each, trained here on the same faces, for as long as the second table says; see "
    "`engine/evaluation/systems`. Nothing here says how good the originals are."
)


def write_report(
    records: Sequence[Record],
    protocol: Protocol,
    shown: Sequence[TestFace],
    command: str,
    out: Path,
    no_lpips: str = "",
) -> str:
    """Write ``table.md``, ``table.html``, figures and sheets into a folder.

    Parameters
    ----------
    records : sequence of Record
        At least one.
    protocol : Protocol
    shown : sequence of TestFace
        For the sample sheets; none are made without any.
    command : str
        What was typed, for the page.
    out : Path
        Exists.
    no_lpips : str
        Why LPIPS was not measured, if so.

    Returns
    -------
    str
        The page as Markdown.
    """
    results = Results(records)
    sections: list[Section] = [f"Made by `{command}`.", _PROTOCOL, _SYSTEMS]
    if not any(metric.name == "LPIPS" for metric in results.metrics):
        sections.append(f"{no_lpips} PD stands in its place, not for it.")
    if not any(metric.name == "IP" for metric in results.metrics):
        sections.append(
            "IP was not measured: `pip install 'heirloom[identity]'`, or give an embedding with `--identity`."
        )
    tables = (ablation_table(results), dial_table(results), group_table(results))
    sections += [
        main_table(results),
        training_table(protocol.systems),
        poster_table(),
        *(table for table in tables if table),
    ]
    if results.dials:
        dial_curves(results, out / "dial.png")
        level_violins(results, out / "levels.png")
        sections += [Picture("Along the dial", "dial.png"), Picture("α(x) by family", "levels.png")]
    if shown:
        for family in protocol.families:
            sheet = write_sheet(protocol, shown, family, out)
            sections.append(Picture(f"Samples: {family}", sheet.name))
    page = as_markdown(TITLE, sections)
    (out / "table.md").write_text(page, encoding="utf-8")
    (out / "table.html").write_text(as_html(TITLE, sections), encoding="utf-8")
    return page
