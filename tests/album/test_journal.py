import threading

import pytest

from engine.album.journal import FaceRecord, Journal, Outcome, State
from engine.errors import OutputError

FACE = FaceRecord((1.0, 2.0, 3.0, 4.0), 0.9, 80.0, 60.0, None)
OUTCOME = Outcome("12 34 56", "in-sha", (FACE,), "small 1", None)


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path)
    journal.begin_job({"level": "auto"}, ["/photos"], False)
    journal.add([(f"/photos/{n}.jpg", f"{n}.jpg", f"{n}-restored") for n in range(3)])
    yield journal
    journal.close()


def test_a_photo_is_given_out_once(journal):
    assert [journal.take().relative for _ in range(3)] == ["0.jpg", "1.jpg", "2.jpg"]
    assert journal.take() is None


def test_threads_never_get_the_same_photo(journal):
    journal.add([(f"/more/{n}.jpg", f"more/{n}.jpg", f"more/{n}") for n in range(40)])
    taken: list[int] = []

    def take() -> None:
        while record := journal.take():
            taken.append(record.id)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 43


def test_a_finished_photo_tells_all_that_was_done_to_it(journal):
    record = journal.take()
    journal.announce(record, "0-restored.jpg", "out-sha", OUTCOME)
    done = journal.finish(record, 1.5)
    assert (done.state, done.input_sha, done.output, done.output_sha) == (
        State.DONE,
        "in-sha",
        "0-restored.jpg",
        "out-sha",
    )
    assert (done.faces, done.model, done.seconds, done.announced) == ((FACE,), "small 1", 1.5, None)


def test_a_photo_that_fails_keeps_its_sentence_and_can_wait_again(journal):
    failed = journal.fail(journal.take(), "It is damaged.", 3, "12 34 56")
    assert (failed.state, failed.sentence, journal.first_code()) == (State.FAILED, "It is damaged.", 3)
    journal.wait_again([failed.id])
    assert journal.record(failed.id).sentence is None
    assert journal.take().id == failed.id


def test_it_is_read_while_it_is_written(journal, tmp_path):
    journal.take()
    other = Journal(tmp_path, read_only=True)
    assert other.counts()[State.RUNNING] == 1
    other.close()


def test_photos_are_added_all_or_none(journal):
    with pytest.raises(OutputError):
        journal.add([("/photos/new.jpg", "new.jpg", "new"), ("/photos/0.jpg", "0.jpg", "again")])
    assert sum(journal.counts().values()) == 3


def test_a_damaged_journal_is_told_in_a_sentence(tmp_path):
    path = tmp_path / ".heirloom-album" / "journal.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(OutputError, match="journal"):
        Journal(tmp_path)
