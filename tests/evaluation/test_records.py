"""Records survive whatever happens to their file."""

from dataclasses import replace

import pytest

from engine.errors import OutputError
from engine.evaluation.records import Journal, Record

ANNA = Record("a1", "anna.png", "", "mild", "input", "1", 1.0, None, 0.7, 3.0, None, None)
BERT = replace(ANNA, face="b2", name="grün/bert.png", level=61.5, ip=0.8)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "records.jsonl"


def test_records_come_back_as_they_were(path):
    journal = Journal(path)
    journal.append([ANNA])
    journal.append([BERT])
    before = path.read_bytes()
    assert Journal(path).records == journal.records == [ANNA, BERT]
    assert path.read_bytes() == before


@pytest.mark.parametrize("rest", ['{"face": "x"}\n', "[1]\n\x00\x00\n", '{"face": "a1", "na'])
def test_what_is_no_record_is_dropped_from_the_file_too(path, rest):
    Journal(path).append([ANNA])
    whole = path.read_text()
    path.write_text(whole + rest)
    assert Journal(path).records == [ANNA]
    assert path.read_text() == whole


def test_a_missing_line_end_is_put_right(path):
    Journal(path).append([ANNA])
    whole = path.read_text()
    path.write_text(whole[:-1])
    Journal(path).append([BERT])
    assert Journal(path).records == [ANNA, BERT]


def test_a_file_that_cant_be_used_is_said(tmp_path):
    with pytest.raises(OutputError, match="choose another folder"):
        Journal(tmp_path)
    with pytest.raises(OutputError, match="was not written"):
        Journal(tmp_path / "none" / "records.jsonl").append([ANNA])
