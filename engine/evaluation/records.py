"""What was measured: a line of JSON for each result, so that an interrupted evaluation goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.errors import OutputError, named


@dataclass(frozen=True)
class Record:
    """One system's result on one face in one family.

    Attributes
    ----------
    face : str
        `TestFace.digest`.
    name, group : str
        As in `TestFace`.
    family : str
        ``clean`` or one of `engine.degradation.FAMILIES`.
    system, version : str
        As in `engine.evaluation.systems.registry`.
    share : float
        Position of the dial, as a share of α(x); 1 for systems without one.
    level : float or None
        α(x), for systems that have it.
    ssim, pd : float
    ip, lpips : float or None
        None where it was not measured.
    """

    face: str
    name: str
    group: str
    family: str
    system: str
    version: str
    share: float
    level: float | None
    ssim: float
    pd: float
    ip: float | None
    lpips: float | None


Key = tuple[str, str, str, str]


def key(record: Record) -> Key:
    """Name the measurement that a record is a part of: face, family, system, version."""
    return record.face, record.family, record.system, record.version


class Journal:
    """The file of records.

    Parameters
    ----------
    path : Path
        Need not exist.

    Raises
    ------
    OutputError
        When it can't be read or repaired.
    """

    def __init__(self, path: Path):
        self._path = path
        self.records: list[Record] = []
        if not path.exists():
            return
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
            self.records = [record for record in map(_parse, text.splitlines()) if record]
            if text != "".join(map(_line, self.records)):
                # What was cut short goes, so that what is appended begins on a line of its own.
                partial = path.with_name(f"{path.name}.partial")
                partial.write_text("".join(map(_line, self.records)), encoding="utf-8")
                partial.replace(path)
        except OSError as error:
            raise OutputError(
                f"{named(path)} can't be used ({error.strerror}); choose another folder."
            ) from error

    def append(self, records: Iterable[Record]) -> None:
        """Add the records of whole measurements.

        Raises
        ------
        OutputError
            When the file can't be written.
        """
        fresh = list(records)
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write("".join(map(_line, fresh)))
        except OSError as error:
            raise OutputError(
                f"{named(self._path)} was not written ({error.strerror}); choose another folder."
            ) from error
        self.records += fresh


def _line(record: Record) -> str:
    return json.dumps(asdict(record), ensure_ascii=False) + "\n"


def _parse(line: str) -> Record | None:
    """Read a line; None for a torn one."""
    try:
        return Record(**json.loads(line))
    except (ValueError, TypeError):
        return None
