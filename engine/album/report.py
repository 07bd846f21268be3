"""The album as one HTML page without anything from elsewhere: pairs before and after, levels, failures."""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from engine.album.journal import Journal, Record, State
from engine.album.pictures import face_squares, shrunk
from engine.album.places import Output, is_url, open_output
from engine.album.progress import Cancelled, Control
from engine.errors import HeirloomError, OutputError, UsageError, named
from engine.faces import Refusal
from engine.paths import identity
from engine.photo import read_photo

_FACE = 192  # side of a face's picture on the page
_PHOTO = 320  # longer side of a photo's picture
_FACES = 6  # pictures of faces for one photo

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0
1rem;color:#222;background:#faf9f7} h1{font-weight:600}h2{margin-top:2.5rem;font-weight:600}
.counts{display:flex;gap:2rem;flex-wrap:wrap}.counts b{display:block;font-size:1.8rem}
article{background:#fff;border:1px solid #ddd;border-radius:6px;padding:1rem;margin:1rem 0} article
h3{margin:0 0 .5rem;font-size:1rem;overflow-wrap:anywhere} figure{display:inline-block;margin:0 1rem .5rem
0}figcaption{color:#666;font-size:.85rem}
img{border-radius:3px;margin-right:2px;vertical-align:top;max-width:100%}
table{border-collapse:collapse;width:100%;background:#fff}td,th{border:1px solid #ddd;padding:.4rem
.6rem;text-align:left} td{overflow-wrap:anywhere;vertical-align:top}
"""


def write_report(
    output: str, path: Path | None = None, most: int = 200, control: Control | None = None
) -> Path:
    """Write the page about an output folder's job; also while it runs.

    Parameters
    ----------
    output : str
        The job's output folder or URL.
    path : Path, optional
        File to write, or the folder for ``album-report.html``; the output folder when None.
    most : int
        Photos that are shown in pictures; all others are counted. Failures are always listed.
    control : Control, optional
        Asked before each photo that is shown.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    Cancelled
        When `control` said so; then no file is left behind.
    UsageError
        When the folder holds no job, or `path` is an original or another file that is no page.
    OutputError
        When the file can't be written.
    """
    place = open_output(output)
    if not Journal.exists(place.folder):
        raise UsageError(f"There is no album job in {named(output)}.")
    target = path or place.folder
    target = target / "album-report.html" if target.is_dir() else target
    part = target.with_name(f".{target.name}.part")
    journal = Journal(place.folder, read_only=True)
    try:
        if journal.job() is None:
            raise UsageError(f"There is no album job in {named(output)}.")
        _guard(target, journal)
        with part.open("w", encoding="utf-8", errors="backslashreplace") as file:  # names may be no Unicode
            for piece in _page(journal, place, most, control or Control()):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except Cancelled:
        part.unlink()
        raise
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise OutputError(f"{named(target)} was not written: {error.strerror}.") from error
    finally:
        journal.close()
    return target


def _guard(target: Path, journal: Journal) -> None:
    """Refuse to replace anything but a page, and an original whatever it is called."""
    there = identity(target)
    if there is None:
        return
    sources = (Path(source) for source in journal.column("source") if not is_url(source))
    if any(identity(source) == there for source in sources):
        raise UsageError(
            f"{named(target)} is an original photo, which Heirloom never writes to; choose another name."
        )
    if target.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{named(target)} exists and is no page; choose a name that ends in .html.")


def _page(journal: Journal, place: Output, most: int, control: Control) -> Iterator[str]:
    job = journal.job()
    settings = job.settings if job else {}
    counts = journal.counts()
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Heirloom album</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
    yield f"<h1>Album</h1><p>{_text(place.shown(''))}</p>"
    yield f"<p>Level {_text(settings.get('level'))}, model {_text(settings.get('model'))}.</p>"
    yield "<div class=counts>"
    words = {
        "done": "restored",
        "no_face": "without a face to restore",
        "failed": "failed",
        "waiting": "waiting",
    }
    for state, word in words.items():
        yield f'<div id="{state}"><b>{counts[State(state)]:,}</b>{word}</div>'
    yield "</div>"
    if counts[State.FAILED]:
        yield "<h2>Failed</h2><table><tr><th>Photo</th><th>Why</th></tr>"
        for record in journal.records(State.FAILED):
            yield f"<tr class=failure><td>{_text(record.relative)}</td><td>{_text(record.sentence)}</td></tr>"
        yield "</table>"
    yield "<h2>Before and after</h2>"
    shown = 0
    # From the whole album: every so-and-so-many-th.
    step = max(1, -(-counts[State.DONE] // max(1, most)))
    for number, record in enumerate(journal.records(State.DONE)):
        if number % step == 0:
            control.checkpoint()
            shown += 1
            yield _pair(record, place)
    if shown < counts[State.DONE]:
        yield f"<p>{shown:,} of {counts[State.DONE]:,} restored photos are shown.</p>"
    yield "</body></html>"


def _pair(record: Record, place: Output) -> str:
    """Show one photo, its faces before and after, and their levels."""
    head = f"<article class=pair><h3>{_text(record.relative)} → {_text(record.output)}</h3>"
    note = f"<p>{_text(record.sentence)}</p>" if record.sentence else ""
    try:
        before = read_photo(record.source).rgb8()
        after = read_photo(place.shown(record.output or "")).rgb8()
    except HeirloomError as error:
        return f"{head}<p>{_text(error)}</p>{note}</article>"
    pieces = [_figure(shrunk(before, _PHOTO), shrunk(after, _PHOTO), "before and after")]
    drawn = [(n, face) for n, face in enumerate(record.faces, 1) if face.level is not None]
    for number, face in drawn[:_FACES]:
        told = f"face {number}: level {face.level:.0f} (automatic {face.automatic:.0f})"
        pieces.append(_figure(*face_squares(before, after, face.box, face.turned, _FACE), told))
    more = f"<p>and {len(drawn) - _FACES} more faces</p>" if len(drawn) > _FACES else ""
    left = [(n, face.refusal) for n, face in enumerate(record.faces, 1) if face.refusal]
    alone = "" if note else " ".join(f"Face {n}: {Refusal(refusal).sentence}" for n, refusal in left)
    return f"{head}{''.join(pieces)}{more}{note}{alone}</article>"


def _figure(before: np.ndarray, after: np.ndarray, caption: str) -> str:
    pictures = f"<img alt=before src={_data(before)}><img alt=after src={_data(after)}>"
    return f"<figure>{pictures}<figcaption>{caption}</figcaption></figure>"


def _data(rgb: np.ndarray) -> str:
    coded = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return "data:image/jpeg;base64," + base64.b64encode(coded.tobytes()).decode()


def _text(value: object) -> str:
    return html.escape("" if value is None else str(value))
