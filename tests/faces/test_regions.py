"""Parts of a photo."""

import threading

import cv2
import numpy as np
import pytest

from engine.faces.regions import intersection, on_strips, overlap, strips, whole, widened, within

PART = (slice(10, 30), slice(5, 25))


@pytest.mark.parametrize("pixels", [1, 50, 64, 10**6])
def test_strips_cover_a_region_once(pixels, monkeypatch):
    monkeypatch.setattr("engine.faces.regions._STRIP", pixels)
    times = np.zeros((40, 30), int)
    for strip in strips(PART):
        times[strip] += 1
    assert (times[PART] == 1).all()
    assert times.sum() == 20 * 20


def test_an_empty_region_has_no_strips():
    assert list(strips((slice(3, 3), slice(0, 0)))) == []


@pytest.fixture(params=[1, 3])
def threads(request):
    """So many threads for OpenCV."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(request.param)
    yield request.param
    cv2.setNumThreads(before)


def test_all_strips_are_worked_on_once(threads, monkeypatch):
    monkeypatch.setattr("engine.faces.regions._STRIP", 20)
    seen = []
    on_strips(seen.append, PART)
    assert sorted(rows.start for rows, _ in seen) == list(range(10, 30))


def test_strips_are_worked_on_at_once_where_opencv_may_use_threads(threads, monkeypatch):
    monkeypatch.setattr("engine.faces.regions._STRIP", 140)  # three strips
    everybody = threading.Barrier(threads)
    on_strips(lambda strip: everybody.wait(10), PART)  # breaks if fewer than `threads` work at once


def test_an_error_on_a_strip_is_told(threads, monkeypatch):
    monkeypatch.setattr("engine.faces.regions._STRIP", 20)

    def fail(strip):
        raise ValueError("not this one")

    with pytest.raises(ValueError, match="not this one"):
        on_strips(fail, PART)


def test_work_on_strips_may_itself_work_on_strips(threads, monkeypatch):
    monkeypatch.setattr("engine.faces.regions._STRIP", 20)
    seen = []
    on_strips(lambda strip: on_strips(seen.append, (slice(0, 9), slice(0, 20))), PART)
    assert len(seen) == 20 * 9


def test_regions_share_what_lies_in_both():
    other = (slice(25, 60), slice(0, 8))
    assert overlap(PART, other)
    assert intersection(PART, other) == (slice(25, 30), slice(5, 8))
    beside = (slice(10, 30), slice(25, 30))
    assert not overlap(PART, beside)
    assert np.zeros((40, 40))[intersection(PART, beside)].size == 0


def test_a_part_is_found_again_within_a_region():
    picture = np.arange(40 * 30).reshape(40, 30)
    inner = (slice(12, 15), slice(6, 20))
    assert np.array_equal(picture[PART][within(inner, PART)], picture[inner])


def test_a_part_is_widened_up_to_the_edges():
    assert widened(PART, 8, (33, 30, 3)) == (slice(2, 33), slice(0, 30))
    assert widened(PART, 100, (33, 30)) == whole((33, 30))
