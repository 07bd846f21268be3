"""The journal's SQLite file: opened, its tables made, and every failure of it told in a sentence."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from engine.errors import OutputError, named

Row = dict[str, Any]
"""Values by the names of their columns."""

_VERSION = 1
"""Kept in the file. Files of 0 were written before it was kept; their tables are the same."""

_TABLES = (
    """CREATE TABLE IF NOT EXISTS job (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    settings TEXT NOT NULL,       -- JSON, with the model
    inputs TEXT NOT NULL,         -- JSON list of what was named
    overwrite INTEGER NOT NULL,   -- whether results may replace files that are not ours
    batch INTEGER                 -- faces in one run of the model; NULL until the device chose
)""",
    """CREATE TABLE IF NOT EXISTS photo (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,  -- path or URL of the original
    relative TEXT NOT NULL,       -- the same below the input folders, with /
    result TEXT NOT NULL UNIQUE,  -- result below the output folder, without extension
    state TEXT NOT NULL DEFAULT 'waiting',
    sentence TEXT,                -- why it failed, or what was left alone
    code INTEGER,                 -- exit code of the failure
    stamp TEXT,                   -- size and times of the original when it was read
    input_sha TEXT,
    output TEXT,                  -- result below the output folder
    output_sha TEXT,              -- of the finished result
    announced TEXT,               -- of the result that is about to take its place
    faces TEXT NOT NULL DEFAULT '[]',
    model TEXT,
    seconds REAL,
    own_level REAL                -- level that a person chose for this photo
)""",
    "CREATE INDEX IF NOT EXISTS photo_state ON photo (state, id)",
    # All that was ever announced: what lies there with this checksum is ours and may be replaced.
    """CREATE TABLE IF NOT EXISTS written (
    output TEXT NOT NULL,
    sha TEXT NOT NULL,
    PRIMARY KEY (output, sha)
) WITHOUT ROWID""",
    # A Heirloom without that table wrote some, before or between.
    """INSERT OR IGNORE INTO written
    SELECT output, output_sha FROM photo WHERE output IS NOT NULL AND output_sha IS NOT NULL""",
)

_BUT_TO_READ = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class OutputFull(OutputError):
    """The output takes nothing more: the album stops. Nothing is lost; with room again, it is resumed."""


class Write(Protocol):
    """Executes one statement of a transaction."""

    def __call__(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Give the cursor, whose rows are `Row`."""


class Database:
    """The file with the journal's tables; may be used from several threads.

    Parameters
    ----------
    path : Path
        Made, with its folder, if missing.
    read_only : bool
        For a look from outside, also while the job runs. A file in which a job never came to be has empty
        tables.

    Raises
    ------
    OutputError
        When it can't be opened or made, or a newer Heirloom wrote it.
    OutputFull
        By any method, when the file can't be used any more.
    """

    def __init__(self, path: Path, read_only: bool = False) -> None:
        self.path = path
        self._lock = threading.RLock()
        with self._sentences():
            self._connection = self._look() if read_only else self._make()

    def read(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        """Give the rows of a query."""
        with self._lock, self._sentences():
            return self._execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[Write]:
        """Execute statements that reach the disk together or not at all."""
        with self._lock, self._sentences():
            self._execute("BEGIN IMMEDIATE")
            try:
                yield self._execute
                self._execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _execute(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._connection.execute(query, tuple(map(_kept, values)))

    def _make(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = self._open("mode=rwc")
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a result that is renamed must be known here, also after a power failure.
        connection.execute("PRAGMA synchronous = FULL")
        _make_tables(connection)
        return connection

    def _look(self) -> sqlite3.Connection:
        connection = self._open_to_read()
        if _has_tables(connection):
            return connection
        connection.close()  # the process was killed before it had begun the job
        connection = _connect(":memory:")
        _make_tables(connection)
        return connection

    def _open_to_read(self) -> sqlite3.Connection:
        """Open without writing, if SQLite can: what a kill left half-written it has to finish first."""
        ways = ["mode=ro", "mode=rw"]
        log = self.path.with_name(f"{self.path.name}-wal")
        if not log.exists() or not log.stat().st_size:
            # Beside a file on a read-only disk it can't keep track of other processes; there are none.
            ways.append("mode=ro&immutable=1")
        for number, way in enumerate(ways, 1):
            try:
                connection = self._open(way)
            except sqlite3.OperationalError as error:
                if number == len(ways) or _code(error) not in _BUT_TO_READ:
                    raise
            else:
                connection.execute("PRAGMA query_only = ON")
                break
        return connection

    def _open(self, way: str) -> sqlite3.Connection:
        connection = _connect(f"{self.path.absolute().as_uri()}?{way}")
        try:
            if not _is_known(connection):
                raise OutputError(
                    f"The album's journal {named(self.path)} was written by a newer Heirloom;"
                    " install that one, or choose another output folder."
                )
        except BaseException:
            connection.close()
            raise
        return connection

    def _damaged(self, cause: str) -> OutputFull:
        return OutputFull(
            f"The album's journal {named(self.path)} is damaged ({cause}); remove the folder"
            f" {named(self.path.parent.name)}, and begin the album anew with leave to replace the results."
        )

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            cause = getattr(error, "strerror", None) or str(error)
            if _code(error) in _DAMAGED:
                raise self._damaged(cause) from error
            raise OutputFull(
                f"The album's journal {named(self.path)} can't be used ({cause});"
                " make room, or make the folder writable, and resume."
            ) from error


def _connect(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, uri=True, timeout=30, isolation_level=None, check_same_thread=False)
    connection.row_factory = _row
    return connection


def _make_tables(connection: sqlite3.Connection) -> None:
    """Make what is missing, all or nothing: a kill leaves no half of it."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")


def _has_tables(connection: sqlite3.Connection) -> bool:
    return bool(_columns(connection, "job") and _columns(connection, "photo"))


def _is_known(connection: sqlite3.Connection) -> bool:
    """Whether the tables, as far as there are any, have all that this Heirloom asks for."""
    if connection.execute("PRAGMA user_version").fetchone()["user_version"] > _VERSION:
        return False
    ours = _connect(":memory:")
    _make_tables(ours)
    pairs = [(_columns(ours, table), _columns(connection, table)) for table in ("job", "photo")]
    ours.close()
    return all(not there or wanted <= there for wanted, there in pairs)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """Names of a table's columns; none where it is missing."""
    return {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}


def _code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF  # without the finer distinctions


def _kept(value: Any) -> Any:
    """Give a value as the file keeps it; text that is no Unicode, as some names of files are, as bytes.

    Python writes undecodable bytes of a name as lone surrogates, which SQLite's text can't hold.
    """
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    return value


def _row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    """Undo `_kept`, and name the values."""
    names = [column[0] for column in cursor.description]
    plain = [v.decode("utf-8", "surrogatepass") if isinstance(v, bytes) else v for v in values]
    return dict(zip(names, plain, strict=True))
