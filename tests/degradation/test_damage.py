"""Random damage for training: repeatable, gradual, and without a change of tone."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.degradation import (
    Damage,
    draw_damage,
    draw_flawed,
    draw_mixed,
    draw_processed,
    draw_ruined,
    draw_screened,
    draw_tone,
)
from engine.degradation.flaws import KINDS

RECIPES = {
    "blur": Damage(1, blur=3.0),
    "motion": Damage(1, blur=6.0, blur_kind="motion", angle=0.7),
    "disc": Damage(1, blur=4.0, blur_kind="disc"),
    "oblong": Damage(1, blur=3.0, blur_kind="oblong", angle=1.0),
    "shrink": Damage(1, shrink=6.0),
    "noise": Damage(1, noise=20.0),
    "grain": Damage(1, grain=12.0, grain_size=2.0),
    "halftone": Damage(1, halftone=0.6),
    "texture": Damage(1, texture=8.0),
    "scratches": Damage(1, scratches=12),
    "foxing": Damage(1, foxing=12),
    "creases": Damage(1, creases=2),
    "losses": Damage(1, losses=8),
    "stains": Damage(1, stains=8.0),
    "jpeg": Damage(1, jpeg_last=30),
    "comb": Damage(1, shrink=2.0, comb=4),
    "median": Damage(1, smooth=7),
    "bilateral": Damage(1, smooth=5, smooth_by="bilateral"),
    "means": Damage(1, smooth=7, smooth_by="means"),
    "sharpen": Damage(1, sharpen=2.0, sharpen_width=2.0),
}


@pytest.fixture(scope="module")
def face(astronaut):
    return np.ascontiguousarray(astronaut[:256, 96:352])


def distance_map(a, b):
    return np.abs(a.astype(int) - b).max(2)


def distance(a, b):
    return np.abs(a.astype(int) - b).mean()


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_more_strength_moves_further_from_the_sharp_face(face, recipe):
    steps = [distance(recipe.apply(face, strength), face) for strength in (0.0, 0.3, 0.65, 1.0)]
    assert steps[0] == 0
    assert steps == sorted(steps)
    assert steps[3] > 0.3


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_the_tone_of_the_face_stays(face, recipe):
    """Seen from afar; single flaws are seen from afar too, so they get room."""
    before, after = (cv2.resize(p, (4, 4), interpolation=cv2.INTER_AREA) for p in (face, recipe.apply(face)))
    assert np.abs(before.astype(int) - after).max() <= (40 if recipe.is_flawed else 9)


@pytest.mark.parametrize("draw", [draw_damage, draw_flawed, draw_screened, draw_processed, draw_mixed])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=12)
def test_a_recipe_gives_the_same_each_time(draw, seed):
    face = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    recipe = draw(np.random.default_rng(seed))
    again = draw(np.random.default_rng(seed))
    assert recipe == again
    damaged = recipe.apply(face, 0.7)
    assert np.array_equal(damaged, again.apply(face, 0.7))
    assert damaged.shape == face.shape
    assert damaged.dtype == np.uint8


def test_flawed_scans_are_known_among_all_that_is_drawn():
    rng = np.random.default_rng(0)
    assert all(draw_flawed(rng).is_flawed_scan for _ in range(50))
    assert not any(draw_screened(rng).is_flawed_scan for _ in range(50))
    drawn = [draw_damage(rng) for _ in range(400)]
    assert 0.15 < np.mean([one.is_flawed_scan for one in drawn]) < 0.35
    assert sum(one.scratches > 0 and not one.is_flawed_scan for one in drawn) > 40


def test_software_is_at_work_in_most_that_is_drawn_as_processed():
    rng = np.random.default_rng(0)
    drawn = [draw_processed(rng) for _ in range(300)]
    kinds = [[one.smooth > 0, one.sharpen > 0, one.jpeg_last > 0, one.comb > 0] for one in drawn]
    assert (np.mean(kinds, axis=0) > 0.2).all()
    assert 0.85 < np.any(kinds, axis=1).mean() < 1


def test_smoothing_leaves_edges_and_takes_grain(face):
    edge = np.full((64, 64, 3), 60, np.uint8)
    edge[:, 32:] = 200
    grainy = np.clip(edge + np.random.default_rng(0).normal(0, 6, edge.shape), 0, 255).astype(np.uint8)
    for kind in ("median", "bilateral", "means"):
        smooth = Damage(1, smooth=5, smooth_by=kind).apply(grainy)
        assert smooth[20:44, 8:24].std() < 0.6 * grainy[20:44, 8:24].std(), kind
        assert (smooth[20:44, 34].astype(int) - smooth[20:44, 29]).mean() > 110, kind


def test_every_other_row_of_interlaced_video_is_off(face):
    combed = Damage(1, comb=5).apply(face)
    assert np.array_equal(combed[::2], face[::2])
    assert np.array_equal(combed[1::2, 5:], face[1::2, :-5])


def test_flaws_lie_at_the_same_places_at_every_strength(face):
    for kind in KINDS:
        recipe = replace(Damage(2, blur=2.0), **{kind: 3})
        plain = recipe.without_flaws()
        assert recipe.is_flawed
        assert not plain.is_flawed
        assert plain.blur == recipe.blur
        faint, full = (distance_map(recipe.apply(face, s), plain.apply(face, s)) for s in (0.4, 1.0))
        assert 0 < (full > 12).mean() < 0.3, kind
        assert (faint > 12).sum() <= (full > 12).sum()
        assert ((faint > 12) & (full <= 6)).sum() == 0


def test_a_loss_hides_what_was_there(face):
    hidden = [Damage(5, losses=4).apply(one) for one in (face, 255 - face)]
    gone = (distance_map(hidden[0], face) > 0) & (distance_map(*hidden) == 0)
    assert gone.sum() > 60


def test_the_small_dark_spots_of_foxing_are_left_to_moles():
    grey = np.full((256, 256, 3), 160, np.uint8)
    for seed in range(30):
        darker = (grey.astype(int) - Damage(seed, foxing=1).apply(grey)).max(2) > 15
        assert darker.sum() == 0 or darker.sum() > 12 or darker[[0, -1]].any() or darker[:, [0, -1]].any()


def test_streaks_run_right_across_and_have_colours():
    grey = np.full((96, 96, 3), 128, np.uint8)
    coloured = 0
    for seed in range(20):
        change = Damage(seed, streaks=1).apply(grey).astype(int) - 128
        most = np.abs(change).max(2)
        if most.max() < 20:
            continue  # faint, or its middle lies beyond the edge
        seen = most > 4
        across = max(seen.any(0).mean(), seen.any(1).mean())
        assert across > 0.9
        assert seen.mean() < 0.08
        coloured += np.ptp(change[most == most.max()], axis=1).max() > 10
    assert coloured > 4
    assert np.array_equal(Damage(3, streaks=4).apply(grey), Damage(3, streaks=4).apply(grey))


def test_a_screen_shows_on_an_even_grey():
    grey = np.full((128, 128, 3), 128, np.uint8)
    for seed in range(12):
        recipe = replace(draw_screened(np.random.default_rng(seed)), grain=0.0, texture=0.0, scratches=0)
        printed = recipe.apply(grey)[..., 0].astype(float)
        assert printed.std() > 2
        spectrum = np.abs(np.fft.rfft2(printed - printed.mean()))
        assert spectrum.max() > 15 * spectrum.mean()  # regular, not grain


def test_another_seed_gives_other_grain(face):
    one = RECIPES["grain"]
    assert not np.array_equal(one.apply(face), replace(one, seed=2).apply(face))


def test_strength_0_leaves_the_face_as_it_is(face):
    assert draw_damage(np.random.default_rng(5)).apply(face, 0.0) is face


def test_noise_has_the_strength_that_was_asked_for():
    grey = np.full((256, 256, 3), 128, np.uint8)
    assert RECIPES["noise"].apply(grey).astype(float).std() == pytest.approx(20, rel=0.05)
    assert RECIPES["noise"].apply(grey, 0.5).astype(float).std() == pytest.approx(10, rel=0.05)
    assert RECIPES["grain"].apply(grey).astype(float).std() == pytest.approx(12, rel=0.05)


def test_film_noise_is_grey_and_sensor_noise_is_not():
    grey = np.full((64, 64, 3), 128, np.uint8)
    film = replace(RECIPES["noise"], noise_grey=True).apply(grey)
    assert np.array_equal(film[..., 0], film[..., 2])
    sensor = RECIPES["noise"].apply(grey)
    assert not np.array_equal(sensor[..., 0], sensor[..., 2])


def test_tones_are_drawn_of_every_kind(face):
    rng = np.random.default_rng(0)
    toned = [draw_tone(face, rng) for _ in range(60)]
    grey = [np.ptp(t.astype(int), axis=2).max() <= 1 for t in toned]
    same = [np.array_equal(t, face) for t in toned]
    assert 5 < sum(grey) < 40
    assert 5 < sum(same) < 40
    assert all(t.dtype == np.uint8 for t in toned)


def test_ruins_hold_far_less_of_a_face_than_damage_and_some_hold_nearly_all(face):
    def lost(draw):
        small = cv2.resize(face, (32, 32), interpolation=cv2.INTER_AREA)
        for seed in range(60):
            ruin = draw(np.random.default_rng(seed)).apply(face)
            yield distance(cv2.resize(ruin, (32, 32), interpolation=cv2.INTER_AREA), small)

    ruined, damaged = np.array(list(lost(draw_ruined))), np.array(list(lost(draw_damage)))
    assert np.quantile(ruined, 0.9) > 2 * np.quantile(damaged, 0.9)
    assert ruined.min() < np.median(damaged)
