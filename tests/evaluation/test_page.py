"""One page, in Markdown and in HTML."""

from engine.evaluation.page import Picture, as_html, as_markdown
from engine.evaluation.tables import Cell, Mark, Table

TABLE = Table(
    "Comparison",
    "**Best** and _second best_.",
    ("Method", "SSIM ↑"),
    ((Cell("A & B"), Cell("0.9", "0.8 to 1.0", Mark.BEST)), (Cell("C"), Cell("0.7", mark=Mark.SECOND))),
)
SECTIONS = ["Made by `heirloom evaluate`.", TABLE, Picture("Along the dial", "dial.png")]


def test_markdown():
    assert as_markdown("Results", SECTIONS) == (
        "# Results\n\nMade by `heirloom evaluate`.\n\n## Comparison\n\n**Best** and _second best_.\n\n"
        "| Method | SSIM ↑ |\n|---|---|\n| A & B | **0.9** (0.8 to 1.0) |\n| C | _0.7_ |\n\n"
        "## Along the dial\n\n![Along the dial](dial.png)\n"
    )


def test_html():
    page = as_html("Results", SECTIONS)
    assert "<p>Made by <code>heirloom evaluate</code>.</p>" in page
    assert "<p><b>Best</b> and <u>second best</u>.</p>" in page
    assert "<td>A &amp; B</td><td><b>0.9</b><small>0.8 to 1.0</small></td>" in page
    assert "<td><u>0.7</u></td>" in page
    assert '<img src="dial.png" alt="Along the dial">' in page
