"""The job's memory: one SQLite file (write-ahead log) in the output folder, one row for each photo.

Every change of state is one transaction that reaches the disk before the next step begins, so whatever
happens to the process, the journal tells what is done. A result appears in this order: written to a hidden
folder and flushed; *announced* here with its checksum; renamed to its place; marked as done. After a kill
between the last two steps, the file with the announced checksum is recognised and the photo is not done
again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.album.database import Database, Row
from engine.faces import Refusal

FOLDER = ".heirloom-album"
"""Hidden folder inside the output folder that holds the journal and unfinished results."""

_SURE = 0.75
"""Detector scores below it deserve a look; faces of old photos that are faces score 0.8 to 0.93."""

_TO_BE_JUDGED = (Refusal.UNCERTAIN, Refusal.UNRECOGNISABLE)

_FILE = "journal.sqlite"

_LEFT = "left"
"""Kept in the column of the state for a photo that an earlier job took and this one does not. It is neither
counted nor given; but what is known of its result helps when it comes back."""

_KNOWN = ", ".join(f"'{state}'" for state in ("waiting", "done", "no_face", "failed", _LEFT))


class State(StrEnum):
    """State of a photo in the journal."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    NO_FACE = "no_face"
    FAILED = "failed"


@dataclass(frozen=True)
class FaceRecord:
    """What the journal keeps of a face.

    Attributes
    ----------
    box : (x0, y0, x1, y1) of float
        In pixels of the original.
    score : float
        How sure the detector is, 0 to 1.
    automatic : float or None
        Automatic level: α(x), or 0 for an unrecognisable face; None for one that can't be restored.
    level : float or None
        Level at which it was restored.
    refusal : str or None
        Value of `engine.faces.Refusal` for a face that is left alone.
    turned : int
        By how many quarters the result is turned beside the original, as ``numpy.rot90`` counts them.
    """

    box: tuple[float, float, float, float]
    score: float
    automatic: float | None
    level: float | None
    refusal: str | None
    turned: int = 0


@dataclass(frozen=True)
class Record:
    """A photo of the job, as its row in the journal.

    Attributes
    ----------
    id : int
        Its number in this journal.
    source : str
        Path or URL of the original.
    relative : str
        The same below the input folders.
    result : str
        Where its result goes below the output folder, without extension.
    state : State
    sentence : str or None
        Why it failed; or what was left alone.
    code : int or None
        Exit code that stands for the failure.
    stamp : str or None
        Size and times of the original when it was read.
    input_sha, output_sha, announced : str or None
        SHA-256 of the original, of the finished result, and of a result that is about to take its place.
    output : str or None
        The result below the output folder; None where there is none.
    faces : tuple of FaceRecord
    model : str or None
        Name and version.
    seconds : float or None
        From reading to renaming.
    own_level : float or None
        Level that a person chose for this photo instead of the job's.
    """

    id: int
    source: str
    relative: str
    result: str
    state: State
    sentence: str | None
    code: int | None
    stamp: str | None
    input_sha: str | None
    output: str | None
    output_sha: str | None
    announced: str | None
    faces: tuple[FaceRecord, ...]
    model: str | None
    seconds: float | None
    own_level: float | None

    @property
    def unsure(self) -> bool:
        """Whether a person should look: something may be a face or none, or is left for them to choose."""
        return any(
            face.refusal in _TO_BE_JUDGED or (face.level is not None and face.score < _SURE)
            for face in self.faces
        )

    def to_dict(self) -> dict[str, Any]:
        """Give what scripts want to know, as JSON can hold it."""
        data = asdict(self)
        for key in ("id", "relative", "result", "stamp", "announced", "own_level"):
            del data[key]
        return data | {"state": self.state.value}


@dataclass(frozen=True)
class JobRow:
    """What the journal keeps of the job itself; the columns of its table."""

    settings: dict[str, Any]
    inputs: tuple[str, ...]
    overwrite: bool
    batch: int | None


@dataclass(frozen=True)
class Outcome:
    """What came of a photo, before its result takes its place.

    Attributes
    ----------
    stamp : str
    input_sha : str
    faces : tuple of FaceRecord
    model : str
    sentence : str or None
    """

    stamp: str
    input_sha: str
    faces: tuple[FaceRecord, ...]
    model: str
    sentence: str | None

    @property
    def restored(self) -> bool:
        """Whether a face was restored (or its level was 0)."""
        return any(face.level is not None for face in self.faces)


class Journal:
    """The journal of one output folder; may be used from several threads.

    Parameters
    ----------
    folder : Path
        Local folder that holds `FOLDER`.
    read_only : bool
        For a look from outside, also while the job runs.

    Raises
    ------
    OutputError
        When it can't be opened or made, or a newer Heirloom wrote it.
    OutputFull
        By any method, when it can't be written any more.
    """

    def __init__(self, folder: Path, read_only: bool = False) -> None:
        self.path = folder / FOLDER / _FILE
        self._database = Database(self.path, read_only)

    @classmethod
    def exists(cls, folder: Path) -> bool:
        """Whether a folder holds a journal."""
        return (folder / FOLDER / _FILE).is_file()

    def job(self) -> JobRow | None:
        """The job; None in a fresh journal."""
        row = next(iter(self._database.read("SELECT * FROM job")), None)
        if row is None:
            return None
        batch = row["batch"]
        inputs = tuple(json.loads(row["inputs"]))
        return JobRow(json.loads(row["settings"]), inputs, bool(row["overwrite"]), batch)

    def begin_job(self, settings: Mapping[str, Any], inputs: Sequence[str], overwrite: bool) -> None:
        """Begin a job, without photos so far; those of the job before wait for `claim`.

        Their rows stay, so that results keep their names.
        """
        with self._database.transaction() as write:
            write("DELETE FROM job")
            values = (json.dumps(settings), json.dumps(list(inputs)), overwrite)
            write("INSERT INTO job (id, settings, inputs, overwrite) VALUES (1, ?, ?, ?)", values)
            query = "UPDATE photo SET state = ?, sentence = NULL, code = NULL, own_level = NULL"
            write(query, (_LEFT,))

    def continue_job(self, settings: Mapping[str, Any], inputs: Sequence[str], overwrite: bool) -> None:
        """Note what a later call of the same job named."""
        with self._database.transaction() as write:
            values = (json.dumps(settings), json.dumps(list(inputs)), overwrite)
            write("UPDATE job SET settings = ?, inputs = ?, overwrite = ?", values)

    def set_batch(self, batch: int) -> None:
        """Keep the batch size, for the same results after a resume."""
        with self._database.transaction() as write:
            write("UPDATE job SET batch = ?", (batch,))

    def add(self, photos: Sequence[tuple[str, str, str]]) -> None:
        """Add photos as (source, relative, result), all or none."""
        with self._database.transaction() as write:
            for photo in photos:
                write("INSERT INTO photo (source, relative, result) VALUES (?, ?, ?)", photo)

    def claim(self, sources: Sequence[str]) -> None:
        """Let photos of an earlier job be this one's: they wait. Others are as they were."""
        query = "UPDATE photo SET state = 'waiting' WHERE state = ? AND source = ?"
        with self._database.transaction() as write:
            for source in sources:
                write(query, (_LEFT, source))

    def move(self, sources: Mapping[int, str]) -> None:
        """Note, by number, where originals are found now."""
        with self._database.transaction() as write:
            for id_, source in sources.items():
                write("UPDATE photo SET source = ? WHERE id = ?", (source, id_))

    def take(self) -> Record | None:
        """Take the next waiting photo: it is running now; None when none waits."""
        with self._database.transaction() as write:
            row = write("SELECT * FROM photo WHERE state = 'waiting' ORDER BY id LIMIT 1").fetchone()
            if row is None:
                return None
            write("UPDATE photo SET state = 'running', announced = NULL WHERE id = ?", (row["id"],))
        return _record({**dict(row), "state": State.RUNNING, "announced": None})

    def take_all(self) -> list[Record]:
        """Take every waiting photo: all of them are running now."""
        with self._database.transaction() as write:
            rows = write("SELECT * FROM photo WHERE state = 'waiting' ORDER BY id").fetchall()
            write("UPDATE photo SET state = 'running', announced = NULL WHERE state = 'waiting'")
        return [_record({**dict(row), "state": State.RUNNING, "announced": None}) for row in rows]

    def announce(self, record: Record, output: str, sha: str, outcome: Outcome) -> None:
        """Note the checksum of the result that takes its place next, and all that is known of the photo."""
        with self._database.transaction() as write:
            write(
                "UPDATE photo SET output = ?, announced = ?,"
                " stamp = ?, input_sha = ?, faces = ?, model = ?, sentence = ? WHERE id = ?",
                (output, sha, *_values(outcome), record.id),
            )
            write("INSERT OR IGNORE INTO written VALUES (?, ?)", (output, sha))

    def finish(self, record: Record, seconds: float) -> Record:
        """Mark a photo as done whose announced result is in its place."""
        with self._database.transaction() as write:
            write(
                "UPDATE photo SET state = ?, output_sha = announced, announced = NULL, code = NULL,"
                " seconds = ? WHERE id = ?",
                (State.DONE.value, seconds, record.id),
            )
        return self.record(record.id)

    def no_face(self, record: Record, outcome: Outcome, seconds: float) -> Record:
        """Mark a photo as having no face to restore; an announced copy of it counts as its result."""
        with self._database.transaction() as write:
            write(
                "UPDATE photo SET state = ?,"
                " stamp = ?, input_sha = ?, faces = ?, model = ?, sentence = ?, code = NULL,"
                " output = CASE WHEN announced IS NULL THEN NULL ELSE output END,"
                " output_sha = announced, announced = NULL, seconds = ? WHERE id = ?",
                (State.NO_FACE.value, *_values(outcome), seconds, record.id),
            )
        return self.record(record.id)

    def fail(self, record: Record, sentence: str, code: int, stamp: str | None) -> Record:
        """Mark a photo as failed. What is known of an earlier result stays."""
        with self._database.transaction() as write:
            write(
                "UPDATE photo SET state = ?, sentence = ?, code = ?, stamp = ?, announced = NULL"
                " WHERE id = ?",
                (State.FAILED.value, sentence, code, stamp, record.id),
            )
        return self.record(record.id)

    def complete(self, record: Record) -> None:
        """Mark a photo as finished whose announced result was found in its place after a kill."""
        state = State.DONE if any(face.level is not None for face in record.faces) else State.NO_FACE
        with self._database.transaction() as write:
            write(
                "UPDATE photo SET state = ?, output_sha = announced, announced = NULL, code = NULL"
                " WHERE id = ?",
                (state.value, record.id),
            )

    def restamp(self, record: Record, stamp: str) -> None:
        """Note new times of an original whose content is still the same."""
        with self._database.transaction() as write:
            write("UPDATE photo SET stamp = ? WHERE id = ?", (stamp, record.id))

    def wait_again(self, ids: Sequence[int]) -> None:
        """Let photos wait again, in one transaction."""
        with self._database.transaction() as write:
            for id_ in ids:
                write("UPDATE photo SET state = 'waiting', sentence = NULL, code = NULL WHERE id = ?", (id_,))

    def release(self) -> None:
        """Let every running photo wait again, and any whose state another Heirloom thought of."""
        with self._database.transaction() as write:
            write(f"UPDATE photo SET state = 'waiting' WHERE state NOT IN ({_KNOWN})")

    def set_own_level(self, id_: int, level: float | None) -> bool:
        """Choose the level of one photo (None: the job's) and let it wait; False when it is running."""
        with self._database.transaction() as write:
            query = "UPDATE photo SET own_level = ?, state = 'waiting' WHERE id = ? AND state <> 'running'"
            return bool(write(query, (level, id_)).rowcount)

    def counts(self) -> dict[State, int]:
        """Number of photos in each state."""
        counts = dict.fromkeys(State, 0)
        query = "SELECT state, count(*) AS number FROM photo WHERE state <> ? GROUP BY state"
        for row in self._database.read(query, (_LEFT,)):
            counts[_state(row["state"])] += row["number"]
        return counts

    def first_code(self) -> int:
        """Exit code of the first failed photo; 0 when none failed."""
        rows = self._database.read("SELECT code FROM photo WHERE state = 'failed' ORDER BY id LIMIT 1")
        return int(rows[0]["code"] or 1) if rows else 0

    def record(self, id_: int) -> Record:
        """The photo of that number.

        Raises
        ------
        KeyError
            When there is none.
        """
        rows = self._database.read("SELECT * FROM photo WHERE id = ?", (id_,))
        if not rows:
            raise KeyError(id_)
        return _record(rows[0])

    def records(self, *states: State) -> Iterator[Record]:
        """Photos in order, of some states or of all; read in pieces, so that memory stays small."""
        last, wanted = 0, [state.value for state in states]
        chosen = f"state IN ({', '.join('?' * len(wanted))})" if wanted else f"state <> '{_LEFT}'"
        query = f"SELECT * FROM photo WHERE id > ? AND {chosen} ORDER BY id LIMIT 256"
        while rows := self._database.read(query, (last, *wanted)):
            last = rows[-1]["id"]
            yield from map(_record, rows)

    def announced(self) -> list[Record]:
        """Photos whose announced result may be in its place, though nothing says that they are finished."""
        query = (
            "SELECT * FROM photo WHERE state IN ('running', 'waiting')"
            " AND announced IS NOT NULL AND output IS NOT NULL"
        )
        return [_record(row) for row in self._database.read(query)]

    def origins(self) -> list[tuple[int, str, str]]:
        """Number, source and relative of every photo, of earlier jobs too."""
        rows = self._database.read("SELECT id, source, relative FROM photo ORDER BY id")
        return [(row["id"], row["source"], row["relative"]) for row in rows]

    def wrote(self, output: str, sha: str | None) -> bool:
        """Whether a result of this checksum was ever announced for this place: if it is there, it is ours."""
        return bool(self._database.read("SELECT 1 FROM written WHERE output = ? AND sha = ?", (output, sha)))

    def outputs(self) -> set[str]:
        """Every place, below the output folder, for which a result was ever announced."""
        return {row["output"] for row in self._database.read("SELECT output FROM written")}

    def column(self, name: str) -> list[str]:
        """All values of a column that are not NULL, by id; those of photos of earlier jobs too."""
        query = f"SELECT {name} FROM photo WHERE {name} IS NOT NULL ORDER BY id"
        return [row[name] for row in self._database.read(query)]

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _values(outcome: Outcome) -> tuple[str | None, ...]:
    faces = json.dumps([asdict(face) for face in outcome.faces])
    return (outcome.stamp, outcome.input_sha, faces, outcome.model, outcome.sentence)


def _state(name: str) -> State:
    """Read a state; a photo in one that this Heirloom does not know is still to be done by it."""
    try:
        return State(name)
    except ValueError:
        return State.WAITING


def _record(row: Row) -> Record:
    values = {field.name: row[field.name] for field in fields(Record)}
    values["state"] = _state(values["state"])
    values["faces"] = tuple(
        FaceRecord(**face | {"box": tuple(face["box"])}) for face in json.loads(values["faces"])
    )
    return Record(**values)
