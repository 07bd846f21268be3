"""Pictures that explain: a photo with its faces marked, a sheet of faces at several levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from engine.faces import align
from engine.photo.photo import eight_bits
from engine.restore import AnalysedFace

Rgb8 = NDArray[np.uint8]

_LONGEST = 4000  # px; a marked photo is for looking at, whatever the size of the photo
_RESTORABLE, _LEFT_ALONE = (64, 224, 96), (255, 176, 32)
_LARGEST_FACE = 512  # px; side of a face on a sheet, where the photo has as many
_PAPER, _INK = (24, 24, 24), (240, 240, 240)


def mark_faces(photo: Rgb8, faces: Sequence[AnalysedFace]) -> Rgb8:
    """Draw each face's box, landmarks, number and automatic level onto a photo.

    Parameters
    ----------
    photo : (H, W, 3) uint8, RGB
    faces : sequence of AnalysedFace
        Restorable ones become green; those that are left alone orange, with the reason.

    Returns
    -------
    (h, w, 3) uint8, RGB
        At most 4,000 pixels long.
    """
    picture = Image.fromarray(photo)
    picture.thumbnail((_LONGEST, _LONGEST))
    scale = picture.width / photo.shape[1]
    draw = ImageDraw.Draw(picture)
    line = max(2, round(max(picture.size) / 600))
    for face in faces:
        left, top, right, bottom = (v * scale for v in face.face.box)
        refusal = face.left_alone
        colour = _LEFT_ALONE if refusal else _RESTORABLE
        draw.rectangle((left, top, max(left, right), max(top, bottom)), outline=colour, width=line)
        for x, y in face.face.landmarks * scale:
            draw.ellipse((x - line, y - line, x + line, y + line), fill=colour)
        note = refusal.value.replace("_", " ") if refusal else f"level {face.automatic_level:.0f}"
        font = ImageFont.load_default(size=float(np.clip((right - left) / 5, 14, picture.width / 20 + 14)))
        text = f"{face.number}: {note}"
        _, _, width, height = draw.textbbox((0, 0), text, font=font)
        # Above the box where there is room, else in it; never outside the picture.
        at = (min(max(left, 0), max(picture.width - width, 0)), top - height if top > height else top)
        draw.rectangle((*at, at[0] + width + line, at[1] + height + line), fill=_PAPER)
        draw.text(at, text, fill=colour, font=font)
    return np.asarray(picture)


def cut_face(face: AnalysedFace, pixels: NDArray[Any]) -> Rgb8:
    """Cut a face from its photo's pixels, upright.

    Parameters
    ----------
    face : AnalysedFace
    pixels : (H, W, 3) or (H, W), uint8 or uint16
        Of the photo or of its restoration.

    Returns
    -------
    (S, S, 3) uint8, RGB
        Enlarged to no more than the network's size: S is 256, or what the photo has, up to 512. The sheet's
        paper shows where the photo has ended.
    """
    least = 256
    own = least if face.aligned is None else round(face.aligned.size / face.aligned.scale)
    cut = align(pixels, face.face.landmarks, min(max(own, least), _LARGEST_FACE))
    there = cut.within(pixels.shape)
    return np.where(there[..., None], eight_bits(cut.pixels), np.array(_PAPER, np.uint8))


def contact_sheet(rows: Sequence[Sequence[tuple[str, Rgb8]]]) -> Rgb8:
    """Lay pictures out in rows, each under its label.

    Parameters
    ----------
    rows : sequence of sequences of (str, (S, S, 3) uint8 RGB)
        Rows of equally many cells; S may differ from row to row. At least one.

    Returns
    -------
    (H, W, 3) uint8, RGB
    """
    cell = max(picture.shape[0] for row in rows for _, picture in row)
    gap, strip = cell // 32, cell // 8
    font = ImageFont.load_default(size=strip * 0.7)
    heights = [strip + row[0][1].shape[0] + gap for row in rows]
    width = max(len(row) for row in rows) * (cell + gap) + gap
    sheet = Image.new("RGB", (width, sum(heights) + gap), _PAPER)
    draw = ImageDraw.Draw(sheet)
    top = gap
    for row, height in zip(rows, heights, strict=True):
        for i, (label, picture) in enumerate(row):
            left = gap + i * (cell + gap)
            draw.text((left + cell / 2, top + strip / 2), label, fill=_INK, font=font, anchor="mm")
            sheet.paste(Image.fromarray(picture), (left + (cell - picture.shape[1]) // 2, top + strip))
        top += height
    return np.asarray(sheet)
