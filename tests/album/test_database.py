"""Journals that a kill, a failing disk or another Heirloom left behind."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from engine.album import Album, write_report
from engine.album.database import Database
from engine.album.journal import FaceRecord, Journal, Outcome, State
from engine.errors import OutputError, UsageError

OUTCOME = Outcome(
    "12 34 56", "in-sha", (FaceRecord((1.0, 2.0, 3.0, 4.0), 0.9, 80.0, 60.0, None),), "s 1", None
)

# The tables of the version before the one that keeps its number in the file.
OLD = """
CREATE TABLE job (id INTEGER PRIMARY KEY CHECK (id = 1), settings TEXT NOT NULL, inputs TEXT NOT NULL,
    overwrite INTEGER NOT NULL, batch INTEGER);
CREATE TABLE photo (id INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, relative TEXT NOT NULL,
    result TEXT NOT NULL UNIQUE, state TEXT NOT NULL DEFAULT 'waiting', sentence TEXT, code INTEGER,
    stamp TEXT, input_sha TEXT, output TEXT, output_sha TEXT, announced TEXT,
    faces TEXT NOT NULL DEFAULT '[]', model TEXT, seconds REAL, own_level REAL);
CREATE INDEX photo_state ON photo (state, id);
INSERT INTO job VALUES (1, '{"level": "auto"}', '["/photos"]', 0, NULL);
INSERT INTO photo (source, relative, result, state, output, output_sha)
    VALUES ('/photos/0.jpg', '0.jpg', '0-restored', 'done', '0-restored.jpg', 'sha');
"""


@pytest.fixture
def path(tmp_path) -> Path:
    """Where the journal of the folder ``tmp_path`` lies."""
    path = tmp_path / ".heirloom-album/journal.sqlite"
    path.parent.mkdir()
    return path


def change(path: Path, statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(statements)


def journal_of_three(folder: Path) -> Journal:
    journal = Journal(folder)
    journal.begin_job({"level": "auto"}, ["/photos"], False)
    journal.add([(f"/photos/{n}.jpg", f"{n}.jpg", f"{n}-restored") for n in range(3)])
    return journal


@pytest.mark.parametrize("tables", ["", "CREATE TABLE job (id, settings, inputs, overwrite, batch);"])
def test_a_journal_that_was_hardly_begun_holds_no_job(make_album, small_model, path, tmp_path, tables):
    path.write_bytes(b"")
    change(path, f"PRAGMA journal_mode = WAL; {tables}")
    assert Album.job(str(tmp_path)) is None
    assert Album.look(str(tmp_path)) is None
    with pytest.raises(UsageError, match="no album job"):
        write_report(str(tmp_path))
    with Album.open([str(make_album(2))], str(tmp_path), resume=True) as album:
        assert album.progress().remaining == 2


def test_a_file_whose_first_write_was_broken_off_holds_no_job(path, tmp_path):
    """SQLite has to roll back before it can read; a look that may not write at all would fail."""
    change(path, "PRAGMA page_size = 512; CREATE TABLE stray (x); INSERT INTO stray VALUES (zeroblob(5000));")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA cache_spill = 1")
        database.execute("PRAGMA cache_size = 1")
        database.execute("BEGIN")
        database.execute("UPDATE stray SET x = randomblob(5000)")
        torn = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert "journal.sqlite-journal" in torn
    for name, content in torn.items():
        (path.parent / name).write_bytes(content)
    assert Album.job(str(tmp_path)) is None


def test_tables_are_made_all_or_none(path, monkeypatch):
    monkeypatch.setattr("engine.album.database._TABLES", ("CREATE TABLE job (id)", "CREATE TABLE photo"))
    with pytest.raises(OutputError):
        Database(path)
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT * FROM sqlite_master").fetchall() == []


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, None])
def test_a_damaged_journal_says_how_to_go_on(path, tmp_path, content):
    journal_of_three(tmp_path).close()
    path.write_bytes(content or path.read_bytes()[:9000])
    for read_only in (False, True):
        with pytest.raises(OutputError, match=r"is damaged .*begin the album anew"):
            list(Journal(tmp_path, read_only).records())


def test_the_journal_of_a_newer_heirloom_is_left_alone(path, tmp_path):
    journal_of_three(tmp_path).close()
    change(path, "PRAGMA user_version = 2")
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(OutputError, match="newer Heirloom"):
            Journal(tmp_path, read_only)
    assert path.read_bytes() == before


def test_a_journal_without_a_column_is_told_in_a_sentence(path, tmp_path):
    journal_of_three(tmp_path).close()
    change(path, "ALTER TABLE photo DROP COLUMN own_level")
    with pytest.raises(OutputError, match="newer Heirloom"):
        Journal(tmp_path, read_only=True)


def test_columns_that_are_not_known_do_no_harm(path, tmp_path):
    journal_of_three(tmp_path).close()
    change(path, "ALTER TABLE photo ADD COLUMN stars INTEGER")
    with contextlib.closing(Journal(tmp_path, read_only=True)) as journal:
        assert [record.relative for record in journal.records()] == ["0.jpg", "1.jpg", "2.jpg"]


def test_a_photo_in_a_state_that_is_not_known_is_still_to_be_done(path, tmp_path):
    journal_of_three(tmp_path).close()
    change(path, "UPDATE photo SET state = 'dreaming' WHERE id = 2")
    with contextlib.closing(Journal(tmp_path)) as journal:
        assert journal.counts()[State.WAITING] == 3
        assert journal.record(2).state is State.WAITING
        assert len(list(journal.records())) == 3
        journal.release()
        assert len(journal.take_all()) == 3


def test_a_journal_of_the_version_before_goes_on(path, tmp_path):
    change(path, OLD)
    with contextlib.closing(Journal(tmp_path, read_only=True)) as journal:
        assert journal.counts()[State.DONE] == 1
    with contextlib.closing(Journal(tmp_path)) as journal:
        assert journal.job().inputs == ("/photos",)
        assert journal.wrote("0-restored.jpg", "sha")
        assert not journal.wrote("0-restored.jpg", "another")


def test_names_that_are_no_unicode_are_kept_as_they_are(tmp_path):
    names = ["Gro\udcdf.jpg", "\ud83d.jpg", "Groß \\udcdf.jpg"]
    with contextlib.closing(Journal(tmp_path)) as journal:
        journal.begin_job({}, names, False)
        journal.add([(f"/{name}", name, name) for name in names])
        record = journal.take()
        journal.announce(record, names[0], "sha", OUTCOME)
        journal.finish(record, 1.0)
    with contextlib.closing(Journal(tmp_path, read_only=True)) as journal:
        assert list(journal.job().inputs) == names
        assert [record.relative for record in journal.records()] == names
        assert journal.column("source") == [f"/{name}" for name in names]
        assert journal.wrote(names[0], "sha")
