"""Sample sheets: rows are faces, columns are systems, the sharp face last."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from engine.evaluation.faces import TestFace
from engine.evaluation.protocol import Protocol, damage
from engine.evaluation.systems.registry import ROWS

Rgb8 = NDArray[np.uint8]

_HEAD = 24  # height of the titles, px


def write_sheet(protocol: Protocol, faces: Sequence[TestFace], family: str, folder: Path) -> Path:
    """Write the sheet of a family.

    Parameters
    ----------
    protocol : Protocol
        Its systems are the columns.
    faces : sequence of TestFace
        At least one.
    family : str
        The damage.
    folder : Path
        For ``sheet-FAMILY.jpg``; each restored face is kept in its folder ``pictures``, so that an
        interrupted sheet goes on.

    Returns
    -------
    Path
        The sheet.
    """
    rows = [row for row in ROWS if row.name in protocol.systems]
    size = faces[0].pixels.shape[0]
    titles = [*(row.title for row in rows), "Sharp"]
    sheet = Image.new("RGB", (size * len(titles), _HEAD + size * len(faces)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for column, title in enumerate(titles):
        draw.text((column * size + 6, 3), title, "black", font)
    for line, face in enumerate(faces):
        top = _HEAD + line * size
        for column, row in enumerate(rows):
            sheet.paste(
                Image.fromarray(_restored(protocol, face, family, row.name, folder)), (column * size, top)
            )
        sheet.paste(Image.fromarray(face.pixels), (len(rows) * size, top))
    path = folder / f"sheet-{family}.jpg"
    sheet.save(path, quality=90)
    return path


def _restored(protocol: Protocol, face: TestFace, family: str, name: str, folder: Path) -> Rgb8:
    system = protocol.systems[name]
    path = folder / "pictures" / f"{face.digest}-{family}-{name}-{system.version}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        Image.fromarray(system.restore(damage(face, family))).save(partial, "PNG")
        partial.replace(path)
    return np.asarray(Image.open(path).convert("RGB"))
