"""The evaluation protocol: sharp faces are degraded, restored and compared with themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation import FAMILIES, degrade
from engine.errors import OutputError, PhotoError, UsageError, named
from engine.evaluation.metrics import IdentityMetric, PerceptualDistance, ssim
from engine.photo import read_photo
from engine.restore import LcqsModel

Rgb8 = NDArray[np.uint8]

CLEAN = "clean"
DIAL = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
"""Positions of the dial that are measured, as shares of the automatic level."""
_IMAGES = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"}


@dataclass(frozen=True)
class Record:
    """One face in one family.

    Attributes
    ----------
    name : str
        The file.
    family : str
        ``clean`` or one of `engine.degradation.FAMILIES`.
    level : float
        α(x).
    ssim, pd, ip : tuple of float
        Of the input, then of the dial's positions after 0, each against the sharp face; `ip` is empty without
        an embedding.
    """

    name: str
    family: str
    level: float
    ssim: tuple[float, ...]
    pd: tuple[float, ...]
    ip: tuple[float, ...]


def find_faces(
    folder: Path, size: int, limit: int | None, notice: Callable[[str], None]
) -> Iterator[tuple[str, Rgb8]]:
    """Yield aligned faces by name, resized to `size` where needed; unreadable ones are named and skipped.

    Raises
    ------
    UsageError
        When the folder does not exist or holds no images.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _IMAGES) if folder.is_dir() else []
    if not paths:
        raise UsageError(f"There are no face images in '{folder}'.")
    if limit is not None and limit < len(paths):
        paths = [paths[i * len(paths) // limit] for i in range(limit)]
    for path in paths:
        try:
            face = read_photo(path).rgb8()
        except PhotoError as error:
            notice(f"skipped: {error}")
            continue
        if face.shape[:2] != (size, size):
            notice(f"{path.name} is resized from {face.shape[1]}×{face.shape[0]} to {size}×{size}")
            face = np.asarray(cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
        yield path.name, face


class Protocol:
    """Measures one model on faces, one record for each face and family.

    Parameters
    ----------
    model : LcqsModel
    identity : IdentityMetric or None
    """

    def __init__(self, model: LcqsModel, identity: IdentityMetric | None) -> None:
        self._model, self._identity, self._distance = model, identity, PerceptualDistance()

    def measure(self, name: str, face: Rgb8) -> list[Record]:
        """Measure a sharp face, (S, S, 3) uint8 RGB, clean and in every family."""
        records = []
        for family in (CLEAN, *FAMILIES):
            damaged = face if family == CLEAN else degrade(face, family, name)
            encoded = self._model.encode([damaged])[0]
            top = self._model.info.levels[1]
            drawn = [
                self._model.decode([encoded], [min(encoded.level * share, top)])[0] for share in DIAL[1:]
            ]
            shown = [damaged, *(np.rint(image * 255).astype(np.uint8) for image in drawn)]
            records.append(
                Record(
                    name,
                    family,
                    encoded.level,
                    tuple(ssim(face, image) for image in shown),
                    tuple(self._distance(face, shown)),
                    tuple(self._identity(face, shown)) if self._identity else (),
                )
            )
        return records


def load_records(path: Path) -> list[Record]:
    """Read the records of an interrupted evaluation; none when there is no file.

    A face that is not there in all families, because writing was cut short, is dropped, from the file too: it
    is measured again, and what is appended begins on a line of its own.

    Raises
    ------
    OutputError
        When the file can't be read or repaired.
    """
    if not path.exists():
        return []
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        faces: dict[str, dict[str, Record]] = {}
        for record in filter(None, map(_parse, text.splitlines())):
            faces.setdefault(record.name, {})[record.family] = record
        whole = [face for face in faces.values() if set(face) == {CLEAN, *FAMILIES}]
        records = [record for face in whole for record in face.values()]
        if text != "".join(map(_line, records)):
            partial = path.with_name(f"{path.name}.partial")
            partial.write_text("".join(map(_line, records)), encoding="utf-8")
            partial.replace(path)
    except OSError as error:
        raise OutputError(
            f"{named(path)} can't be used ({error.strerror}); choose another folder."
        ) from error
    return records


def append_records(path: Path, records: list[Record]) -> None:
    """Add records to the file, a line each.

    Raises
    ------
    OutputError
        When the file can't be written.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(map(_line, records)))
    except OSError as error:
        raise OutputError(
            f"{named(path)} was not written ({error.strerror}); choose another folder."
        ) from error


def _line(record: Record) -> str:
    return json.dumps(asdict(record)) + "\n"


def _parse(line: str) -> Record | None:
    """Read a line; None for a torn one."""
    try:
        data = json.loads(line)
        return Record(
            name=data["name"],
            family=data["family"],
            level=data["level"],
            ssim=tuple(data["ssim"]),
            pd=tuple(data["pd"]),
            ip=tuple(data["ip"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
