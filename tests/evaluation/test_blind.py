"""Blind comparison: shuffled pairs, a key kept apart, answers counted."""

import json

import pytest

from engine.errors import UsageError
from engine.evaluation.blind import Pair, read_key, shuffled_pairs, tally, write_questions

NAMES = ("model-1", "model-2")
SUBJECTS = [f"photo {i}" for i in range(60)]


def test_every_subject_is_asked_once_with_both_on_random_sides():
    pairs = shuffled_pairs(SUBJECTS, NAMES, seed=4)
    assert sorted(pair.subject for pair in pairs) == sorted(SUBJECTS)
    assert {frozenset((pair.left, pair.right)) for pair in pairs} == {frozenset(NAMES)}
    assert 15 < sum(pair.left == "model-2" for pair in pairs) < 45
    assert [pair.subject for pair in pairs] != SUBJECTS


def test_the_same_seed_asks_the_same():
    assert shuffled_pairs(SUBJECTS, NAMES, 1) == shuffled_pairs(SUBJECTS, NAMES, 1)
    assert shuffled_pairs(SUBJECTS, NAMES, 1) != shuffled_pairs(SUBJECTS, NAMES, 2)


def test_the_page_does_not_tell_what_the_key_tells(tmp_path):
    folder, key = tmp_path / "sheet", tmp_path / "sheet-key.json"
    folder.mkdir()
    pairs = shuffled_pairs(SUBJECTS[:3], NAMES, 0)
    page = write_questions(folder, key, pairs, NAMES).read_text(encoding="utf-8")
    assert page.count("<fieldset") == 3
    assert not any(word in page for word in (*NAMES, "photo 1"))
    assert read_key(key) == (NAMES, pairs)


def test_answers_are_counted_for_whom_they_meant():
    pairs = [Pair("pair-001", "a", "model-1", "model-2"), Pair("pair-002", "b", "model-2", "model-1")]
    pairs += [Pair(f"pair-{n:03}", "c", "model-1", "model-2") for n in (3, 4)]
    result = tally(["pair-001 right", "", "pair-002 left", "pair-003 same", "pair-004"], pairs, NAMES)
    assert result.wins == {"model-1": 0, "model-2": 2}
    assert (result.same, result.unanswered) == (1, 1)


def test_the_interval_is_wilsons():
    pairs = [Pair(f"pair-{n}", "s", "model-1", "model-2") for n in range(10)]
    result = tally([f"pair-{n} {'left' if n < 3 else 'right'}" for n in range(10)], pairs, NAMES)
    assert result.share("model-2") == pytest.approx(
        (0.7, 0.3968, 0.8922), abs=1e-4
    )  # Wilson 1927, for 7 of 10


def test_without_answers_nothing_is_known():
    assert tally([], [Pair("pair-001", "a", "model-1", "model-2")], NAMES).share("model-2") == (0.5, 0.0, 1.0)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["pair-001 up"], "Line 1"),
        (["pair-009 left"], "Line 1"),
        (["pair-001 left", "pair-001 right"], "a second time"),
    ],
)
def test_senseless_answers_are_named(lines, sentence):
    with pytest.raises(UsageError, match=sentence):
        tally(lines, [Pair("pair-001", "a", "model-1", "model-2")], NAMES)


@pytest.mark.parametrize("content", ["{}", "no json", json.dumps({"names": ["a"], "pairs": []})])
def test_a_damaged_key_is_named(tmp_path, content):
    key = tmp_path / "key.json"
    key.write_text(content)
    with pytest.raises(UsageError, match="no key"):
        read_key(key)


def test_a_share_of_none_is_not_below_zero():
    pairs = [Pair(f"pair-{i:03}", "a", "model-1", "model-2") for i in (1, 2)]
    result = tally(["pair-001 left", "pair-002 left"], pairs, NAMES)
    assert f"{result.share('model-2')[1]:.0%}" == "0%"
    assert result.share("model-1")[2] <= 1
