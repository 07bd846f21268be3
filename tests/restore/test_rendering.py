"""What rendering changes, and what it leaves alone."""

import cv2
import numpy as np
import pytest

from engine.errors import UsageError
from engine.photo import Photo, halved
from engine.restore import Arrangement, Rendering, Restorer


def test_level_0_is_the_photo_itself(restorer, analysis):
    assert restorer.render(analysis, {1: 0.0}) is analysis.photo


def test_the_automatic_level_is_the_default(restorer, analysis):
    level = analysis.faces[0].automatic_level
    assert np.array_equal(restorer.render(analysis).pixels, restorer.render(analysis, {1: level}).pixels)


def test_outside_the_face_every_pixel_stays(restorer, analysis, footprint):
    before, after = analysis.photo.pixels, restorer.render(analysis, {1: 90.0}).pixels
    inside = footprint(analysis, 1)
    assert np.array_equal(before[~inside], after[~inside])
    assert (before[inside] != after[inside]).mean() > 0.2


def test_each_face_has_a_level_of_its_own(restorer, pair, footprint):
    before = pair.photo.pixels
    after = restorer.render(pair, {1: 0.0, 2: 100.0}).pixels
    only_first = footprint(pair, 1) & ~footprint(pair, 2)
    assert np.array_equal(before[only_first], after[only_first])
    assert not np.array_equal(before, after)


def test_small_steps_of_the_dial_end_where_one_large_step_does(restorer, pair):
    at_once = restorer.render(pair, {1: 75.0, 2: 40.0})
    dial = restorer.begin(pair)
    for level in range(0, 76, 15):
        dial.set_levels({1: float(level)})
    for level in (120.0, 0.0, 40.0):
        dial.set_levels({2: level})
    assert np.array_equal(dial.photo().pixels, at_once.pixels)
    assert dial.levels == {1: 75.0, 2: 40.0}


@pytest.mark.parametrize("quickly", [False, True])
def test_faces_that_come_one_after_the_other_end_where_all_at_once_do(restorer, portrait, footprint, quickly):
    near = portrait[:, 40:190]
    photo, levels = Photo(np.hstack([near, near[:, ::-1], near])), {1: 60.0, 2: 90.0, 3: 110.0}
    analysis = restorer.analyse(photo)
    assert (footprint(analysis, 1) & footprint(analysis, 2)).any()
    at_once = restorer.render(analysis, levels)
    located = restorer.locate(photo)
    assert [face.number for face in located.waiting] == [1, 2, 3]
    assert not located.restorable
    dial = restorer.begin(located)
    for number in (3, 1, 2):
        dial.extend(restorer.encode(dial.analysis, {number}))
        assert dial.levels[number] == 0
        dial.set_levels({number: levels[number]}, quickly)
    assert dial.unsettled == {1}  # which shares the photo with 2 since that is there
    assert not dial.analysis.waiting
    off = np.abs(dial.photo().pixels.astype(int) - at_once.pixels)
    assert off.max() <= 1  # faces encoded in other batches
    assert (off > 0).mean() < 1e-3


def test_back_at_0_the_photo_is_there_again(restorer, pair):
    dial = restorer.begin(pair, {1: 80.0, 2: 80.0})
    dial.set_levels({1: 0.0})
    dial.set_levels({2: 0.0})
    assert dial.photo() is pair.photo
    assert np.array_equal(dial.pixels, pair.photo.pixels)


def test_a_step_tells_what_it_touched(restorer, pair):
    dial = restorer.begin(pair)
    before = dial.pixels.copy()
    (part,) = dial.set_levels({2: 110.0})
    changed = (dial.pixels != before).any(2)
    assert changed.any()
    changed[part.region] = False
    assert not changed.any()
    assert dial.set_levels({2: 110.0}) == ()


def test_the_input_is_never_written_to(restorer, analysis):
    before = analysis.photo.pixels.copy()
    restorer.begin(analysis, {1: 30.0}).set_levels({1: 60.0})
    assert np.array_equal(analysis.photo.pixels, before)


@pytest.mark.parametrize("level", [-1.0, 151.0, float("nan")])
def test_a_level_off_the_dial_is_refused(restorer, analysis, level):
    with pytest.raises(UsageError, match="between 0 and 150"):
        restorer.render(analysis, {1: level})


def test_an_unknown_face_is_refused_and_nothing_is_changed(restorer, analysis):
    dial = restorer.begin(analysis, {1: 50.0})
    before = dial.pixels.copy()
    with pytest.raises(UsageError, match=r"Face 7 can't be restored: the photo has 1 face"):
        dial.set_levels({1: 90.0, 7: 90.0})
    assert dial.levels == {1: 50.0}
    assert np.array_equal(dial.pixels, before)


def grey(rgb):
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)


def test_a_photo_of_one_channel_stays_one(restorer, portrait):
    photo = Photo(grey(portrait))
    after = restorer.render(restorer.analyse(photo), {1: 100.0})
    assert after.pixels.shape == (240, 240)
    assert not np.array_equal(after.pixels, photo.pixels)


def test_grey_in_three_channels_stays_grey(restorer, portrait):
    photo = Photo(cv2.cvtColor(grey(portrait), cv2.COLOR_GRAY2RGB))
    red, green, blue = cv2.split(restorer.render(restorer.analyse(photo), {1: 100.0}).pixels)
    assert np.array_equal(red, green)
    assert np.array_equal(green, blue)
    assert not np.array_equal(red, photo.pixels[..., 0])


def test_sepia_keeps_its_hue(restorer, portrait):
    deep = np.array((0.9, 0.78, 0.6))
    before = np.clip(grey(portrait)[..., None] * deep + 12, 0, 255).astype(np.uint8)
    after = restorer.render(restorer.analyse(Photo(before)), {1: 100.0}).pixels
    assert not np.array_equal(before, after)
    brightness = (after @ (0.299, 0.587, 0.114) - 12) / (deep @ (0.299, 0.587, 0.114))
    with_room = (brightness > 10) & (brightness < 240)  # next to black and white there is less for colour
    off = np.abs(after - (brightness[..., None] * deep + 12))[with_room]
    assert np.quantile(off, 0.999) <= 3
    assert off.max() <= 6


def test_16_bits_stay_16_bits_and_look_the_same(restorer, analysis, portrait):
    deep = Photo(portrait.astype(np.uint16) * 257)
    after = restorer.render(restorer.analyse(deep), {1: 80.0}).pixels
    shallow = restorer.render(analysis, {1: 80.0}).pixels
    assert after.dtype == np.uint16
    assert len(np.unique(after % 257)) > 100  # steps finer than 8 bits
    assert np.abs(after / 257 - shallow).mean() < 0.5


def test_alpha_passes_through(restorer, portrait):
    alpha = np.tile(np.arange(240, dtype=np.uint8), (240, 1))
    after = restorer.render(restorer.analyse(Photo(portrait, alpha)), {1: 80.0})
    assert np.array_equal(after.alpha, alpha)


@pytest.fixture(scope="module")
def finer_restorer(finer_model_folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEIRLOOM_MODELS", str(finer_model_folder))
        with Restorer(device="cpu", threads=1) as restorer:
            yield restorer


@pytest.mark.parametrize("grey", [False, True])
def test_a_large_face_is_drawn_in_more_pixels_and_the_rest_stays(finer_restorer, portrait, footprint, grey):
    large = cv2.resize(portrait, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    if grey:
        large = np.repeat(cv2.cvtColor(large, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
    analysis = finer_restorer.analyse(Photo(large))
    (face,) = analysis.restorable
    assert face.aligned.size == 512
    assert finer_restorer.render(analysis, {1: 0.0}) is analysis.photo
    after = finer_restorer.render(analysis, {1: 90.0}).pixels
    inside = footprint(analysis, 1)
    assert np.array_equal(large[~inside], after[~inside])
    assert (large[inside] != after[inside]).mean() > 0.2
    if grey:
        assert not np.ptp(after, axis=2).any()
    (again,) = finer_restorer.redraw([face.aligned.pixels], [lambda level: 90.0])
    (drawn,) = finer_restorer.draw([(face, 90.0)])
    assert np.allclose(again.pixels, drawn.pixels, atol=1e-3)


@pytest.mark.parametrize("size", [1.0, 2.5])
def test_a_quick_step_of_the_dial_settles_to_what_a_slow_one_gives(finer_restorer, portrait, size):
    photo = cv2.resize(portrait, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC)
    analysis = finer_restorer.analyse(Photo(photo))
    dial = finer_restorer.begin(analysis)
    dial.set_levels({1: 30.0}, quickly=True)
    assert not dial.unsettled  # nothing to go on: it was drawn finely
    dial.set_levels({1: 120.0}, quickly=True)
    assert dial.unsettled == {1}
    slow = finer_restorer.render(analysis, {1: 120.0}).pixels
    assert not np.array_equal(dial.pixels, slow)
    assert dial.set_levels({1: 120.0}, quickly=True) == ()
    assert dial.set_levels({1: 120.0})
    assert not dial.unsettled
    assert np.array_equal(dial.pixels, slow)
    assert dial.set_levels({1: 120.0}) == ()


def test_back_at_0_nothing_is_left_to_settle(finer_restorer, portrait):
    large = cv2.resize(portrait, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    analysis = finer_restorer.analyse(Photo(large))
    dial = finer_restorer.begin(analysis, {1: 60.0})
    dial.set_levels({1: 30.0}, quickly=True)
    dial.set_levels({1: 0.0}, quickly=True)
    assert not dial.unsettled
    assert dial.photo() is analysis.photo


@pytest.fixture(scope="module")
def large(restorer, portrait):
    """A photo of odd size whose two faces are four times as wide and high as their crops."""
    two = np.hstack([portrait[:, 30:210], portrait[:, 210:30:-1]])
    photo = Photo(cv2.resize(two, (2201, 1471), interpolation=cv2.INTER_CUBIC))
    analysis = restorer.analyse(photo)
    assert len(analysis.restorable) == 2
    return analysis


def quarter(pixels):
    return halved(halved(pixels)).astype(int)


@pytest.fixture
def counted(restorer, large):
    """A dial on it, and how many faces were drawn."""
    drawn = []

    def draw(wanted, details=()):
        drawn.extend(wanted)
        return restorer.draw(wanted, details)

    return Rendering(large, draw), drawn


def test_while_the_dial_turns_a_large_face_is_shown_in_a_halved_photo(counted, large, footprint):
    dial, drawn = counted
    (part,) = dial.set_levels({1: 90.0}, quickly=True)
    assert part.step == 2
    assert part.pixels.shape == (368, 551, 3)
    assert dial.pixels is large.photo.pixels
    assert dial.unsettled == {1}
    (settled,) = dial.set_levels({1: 90.0})
    assert len(drawn) == 1  # what was drawn with details of its own is not drawn again
    assert (settled.step, settled.region) == (0, part.region)
    assert not dial.unsettled
    before, quick, after = quarter(large.photo.pixels), part.pixels.astype(int), quarter(settled.pixels)
    assert np.abs(quick - after).mean() < 0.1 * np.abs(before - after).mean()
    near = cv2.dilate(footprint(large, 1).astype(np.uint8), np.ones((9, 9)))
    beyond = cv2.resize(near, quick.shape[1::-1], interpolation=cv2.INTER_NEAREST) == 0
    assert beyond.mean() > 0.2
    assert np.array_equal(quick[beyond], before[beyond])


def test_of_a_large_face_back_at_0_the_photo_is_settled_too(counted, large):
    dial, _ = counted
    dial.set_levels({1: 90.0})
    (part,) = dial.set_levels({1: 0.0}, quickly=True)
    assert np.array_equal(part.pixels, quarter(large.photo.pixels))
    assert dial.unsettled == {1}
    assert not np.array_equal(dial.pixels, large.photo.pixels)
    dial.set_levels({1: 0.0})
    assert np.array_equal(dial.pixels, large.photo.pixels)
    assert dial.photo() is large.photo


def test_a_photo_is_handed_on_settled(counted, restorer, large):
    dial, _ = counted
    dial.set_levels({1: 60.0, 2: 40.0}, quickly=True)
    dial.set_levels({1: 80.0}, quickly=True)
    assert np.array_equal(dial.photo().pixels, restorer.render(large, {1: 80.0, 2: 40.0}).pixels)
    assert not dial.unsettled


def test_a_photo_that_was_handed_on_is_not_written_to(counted, large):
    dial, _ = counted
    dial.set_levels({1: 60.0})
    photo = dial.photo()
    assert np.shares_memory(photo.pixels, dial.pixels)  # nothing is copied while nothing changes
    kept = photo.pixels.copy()
    dial.set_levels({1: 90.0})
    assert np.array_equal(photo.pixels, kept)
    now = dial.pixels
    assert not np.array_equal(now, kept)
    dial.set_levels({2: 90.0})
    assert dial.pixels is now  # nor is it copied again as nobody keeps it


def test_settling_gives_way_and_is_taken_up_again(counted, restorer, large):
    dial, _ = counted
    dial.set_levels({1: 90.0}, quickly=True)
    answers = iter([False, False, True])
    assert dial.set_levels({1: 90.0}, stop=lambda: next(answers)) == ()
    assert next(answers, None) is None  # it was asked three times, and no more
    assert dial.unsettled == {1}
    dial.set_levels({1: 70.0}, quickly=True)
    assert len(dial.set_levels({1: 70.0})) == 1
    assert np.array_equal(dial.pixels, restorer.render(large, {1: 70.0, 2: 0.0}).pixels)


def test_a_halved_photo_shows_all_faces_as_they_are(counted, large):
    dial, _ = counted
    dial.set_levels({1: 100.0})
    (part,) = dial.set_levels({2: 100.0}, quickly=True)
    quick = part.pixels.copy()
    after = quarter(dial.photo().pixels)
    before = quarter(large.photo.pixels)
    assert np.abs(quick - after).mean() < 0.1 * np.abs(before - after).mean()


def test_a_small_face_is_drawn_at_the_networks_size(finer_restorer, portrait):
    (face,) = finer_restorer.analyse(Photo(portrait)).restorable
    assert face.aligned.size == 256
    (drawn,) = finer_restorer.draw([(face, 90.0)])
    assert drawn.pixels.shape == (256, 256, 3)


def of_its_own(restorer, dial):
    """The same levels, by a rendering that knows nothing of what was before."""
    return restorer.render(dial.analysis, dial.levels).pixels


def test_of_a_large_face_that_was_settled_by_half_nothing_stays_at_0(counted, restorer):
    dial, _ = counted
    dial.set_levels({2: 70.0})
    dial.set_levels({1: 90.0}, quickly=True)
    answers = iter([False] * 3 + [True] * 99)
    dial.set_levels({1: 90.0}, stop=lambda: next(answers))
    dial.set_levels({1: 0.0}, quickly=True)
    assert np.array_equal(dial.photo().pixels, of_its_own(restorer, dial))


def test_of_a_large_face_whose_neighbour_came_later_nothing_stays_at_0(restorer, large):
    both = restorer.find(large.photo)
    first = restorer.encode(restorer.locate(large.photo, Arrangement(), both), {1})
    dial = restorer.begin(first)
    dial.set_levels({1: 90.0})
    dial.extend(restorer.encode(first, {2}))
    dial.set_levels({2: 70.0})
    dial.set_levels({1: 0.0}, quickly=True)
    assert np.array_equal(dial.photo().pixels, of_its_own(restorer, dial))


def test_of_a_large_face_that_a_small_one_was_shown_on_nothing_stays_at_0(restorer, portrait):
    whole = cv2.resize(portrait[:, 30:210], None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    small = cv2.resize(portrait[20:200, 30:210], (150, 150), interpolation=cv2.INTER_AREA)
    whole[600:750, 40:190] = small  # on her shoulder
    analysis = restorer.analyse(Photo(whole))
    large, near = sorted(analysis.restorable, key=lambda face: -face.face.length)
    assert near.aligned.scale > 0.5 > large.aligned.scale
    dial = restorer.begin(analysis)
    dial.set_levels({large.number: 80.0}, quickly=True)
    dial.set_levels({near.number: 80.0}, quickly=True)
    dial.set_levels({large.number: 0.0}, quickly=True)
    assert np.array_equal(dial.photo().pixels, of_its_own(restorer, dial))
