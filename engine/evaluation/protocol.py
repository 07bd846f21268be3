"""The evaluation protocol: sharp faces are degraded, restored and compared with themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.degradation import degrade
from engine.evaluation.faces import FaceReader, TestFace
from engine.evaluation.metrics import Metrics
from engine.evaluation.records import Journal, Key, Record, key
from engine.evaluation.systems.registry import ROWS, DialSystem, System

Rgb8 = NDArray[np.uint8]

CLEAN = "clean"
DIAL = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
"""Positions of the dial that are measured, as shares of the automatic level."""
_SHOWN = 6
_SLOW = {row.name for row in ROWS if row.slow}


@dataclass(frozen=True)
class Protocol:
    """What is measured.

    Attributes
    ----------
    systems : mapping of str to System
        By name.
    families : tuple of str
        Of `engine.degradation.FAMILIES`; systems with a dial are measured on clean faces too.
    metrics : Metrics
    """

    systems: Mapping[str, System]
    families: tuple[str, ...]
    metrics: Metrics

    def wanted(self, face: TestFace, slow: bool) -> dict[Key, str]:
        """Give all measurements of a face, with the name of what each needs; the slow ones only if asked."""
        keys = {}
        for name, system in self.systems.items():
            if name in _SLOW and not slow:
                continue
            families = (CLEAN, *self.families) if isinstance(system, DialSystem) else self.families
            for family in families:
                keys[(face.digest, family, name, system.version)] = name
        return keys

    def positions(self, measurement: Key) -> int:
        """Say how many records a measurement has."""
        return len(DIAL) if isinstance(self.systems.get(measurement[2]), DialSystem) else 1

    def measure(self, face: TestFace, family: str, name: str) -> list[Record]:
        """Measure one system on one face in one family, at each position of its dial."""
        system, damaged = self.systems[name], damage(face, family)
        level: float | None = None
        shares: tuple[float, ...] = (1.0,)
        if isinstance(system, DialSystem):
            level, drawn = system.sweep(damaged, DIAL[1:])
            shares, drawn = DIAL, [damaged, *drawn]
        else:
            drawn = [system.restore(damaged)]
        scores = self.metrics(face.pixels, drawn)
        return [
            Record(
                face.digest, face.name, face.group, family, name, system.version, share, level,
                score.ssim, score.pd, score.ip, score.lpips,
            )
            for share, score in zip(shares, scores, strict=True)
        ]  # fmt: skip


def damage(face: TestFace, family: str) -> Rgb8:
    """Give a face as a family has it; clean is as it is."""
    return face.pixels if family == CLEAN else degrade(face.pixels, family, face.file)


def evaluate(
    protocol: Protocol,
    read: FaceReader,
    paths: Iterable[Path],
    slow: set[Path],
    journal: Journal,
) -> tuple[list[Record], list[TestFace]]:
    """Measure what the journal does not have yet.

    Parameters
    ----------
    protocol : Protocol
    read : FaceReader
    paths : iterable of Path
        Pictures; iterated once, so that it may show progress.
    slow : set of Path
        Those that slow systems are measured on too.
    journal : Journal
        Each measurement is written when it is done.

    Returns
    -------
    records : list of Record
        Of these faces and systems, each once.
    shown : list of TestFace
        The first few faces that all systems restored, for sample sheets.
    """
    # A measurement of which only some positions were written, because it was cut short, is made again.
    written = Counter(one for one, _ in {(key(record), record.share) for record in journal.records})
    done = {one for one, count in written.items() if count == protocol.positions(one)}
    asked: set[Key] = set()
    shown: list[TestFace] = []
    for path in paths:
        for face in read(path):
            wanted = protocol.wanted(face, path in slow)
            asked |= wanted.keys()
            for measurement, name in wanted.items():
                if measurement not in done:
                    journal.append(protocol.measure(face, measurement[1], name))
                    done.add(measurement)
            if path in slow and len(shown) < _SHOWN:
                shown.append(face)
    # The same face in two files is one face; the same measurement written twice is one measurement.
    unique = {(key(record), record.share): record for record in journal.records if key(record) in asked}
    return list(unique.values()), shown
