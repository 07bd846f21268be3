"""The page about an evaluation, as Markdown and as HTML: tables and the pictures that lie beside it."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.evaluation.tables import Cell, Mark, Table

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#222;background:#faf9f7}h1,h2{font-weight:600}
table{border-collapse:collapse;background:#fff}
td,th{border:1px solid #ddd;padding:.35rem .6rem;text-align:left}
td small{display:block;color:#777}u{text-underline-offset:3px}img{max-width:100%}.wide{overflow-x:auto}
"""


@dataclass(frozen=True)
class Picture:
    """A picture that lies beside the page."""

    title: str
    file: str


Section = str | Table | Picture
"""A paragraph, a table or a picture."""


def as_markdown(title: str, sections: Sequence[Section]) -> str:
    """Write a page as Markdown: best in bold, second best in italics, intervals in brackets."""
    parts = [f"# {title}"]
    for section in sections:
        if isinstance(section, Table):
            lines = [_line(section.head), "|---" * len(section.head) + "|"]
            lines += [_line([_markdown(cell) for cell in row]) for row in section.rows]
            parts += [f"## {section.title}", section.note, "\n".join(lines)]
        elif isinstance(section, Picture):
            parts += [f"## {section.title}", f"![{section.title}]({section.file})"]
        else:
            parts.append(section)
    return "\n\n".join(parts) + "\n"


def as_html(title: str, sections: Sequence[Section]) -> str:
    """Write a page as HTML: best in bold, second best underlined, intervals in small print."""
    parts = [f"<h1>{html.escape(title)}</h1>"]
    for section in sections:
        if isinstance(section, Table):
            head = "".join(f"<th>{html.escape(text)}</th>" for text in section.head)
            rows = "".join(f"<tr>{''.join(map(_html, row))}</tr>\n" for row in section.rows)
            parts.append(
                f"<h2>{html.escape(section.title)}</h2>\n<p>{_emphasised(section.note)}</p>\n"
                f'<div class="wide"><table><tr>{head}</tr>\n{rows}</table></div>'
            )
        elif isinstance(section, Picture):
            name = html.escape(section.title)
            parts.append(f'<h2>{name}</h2>\n<img src="{html.escape(section.file)}" alt="{name}">')
        else:
            parts.append(f"<p>{_emphasised(section)}</p>")
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n{body}\n</html>\n"
    )


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _markdown(cell: Cell) -> str:
    around = {Mark.NONE: "", Mark.BEST: "**", Mark.SECOND: "_"}[cell.mark]
    text = f"{around}{cell.text}{around}" if cell.text else ""
    return f"{text} ({cell.small})" if cell.small else text


def _html(cell: Cell) -> str:
    tag = {Mark.NONE: "", Mark.BEST: "b", Mark.SECOND: "u"}[cell.mark]
    text = html.escape(cell.text)
    text = f"<{tag}>{text}</{tag}>" if tag else text
    return f"<td>{text}<small>{html.escape(cell.small)}</small></td>" if cell.small else f"<td>{text}</td>"


def _emphasised(text: str) -> str:
    """Turn the few marks that our own sentences use into HTML."""
    text = html.escape(text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"`(.+?)`", r"<code>\1</code>", text)
    return re.sub(r"\b_(.+?)_\b", r"<u>\1</u>", text)
