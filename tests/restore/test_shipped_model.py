"""End to end with the model that Heirloom ships. Skipped as long as there is none in resources/models."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.degradation import Compression, Damage
from engine.faces import Refusal, align
from engine.faces.geometry import invert, transform
from engine.photo import Photo
from engine.restore import Restorer
from tests.evaluation.directions import along_rows_and_columns
from tests.faces.hidden import block_steps, blocks, faded, grainy, printed

SHIPPED = Path(__file__).parents[2] / "resources" / "models" / "manifest.json"

pytestmark = pytest.mark.skipif(not SHIPPED.is_file(), reason="no model in resources/models yet")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        # A user's models, and those of other tests, come before the shipped one.
        patch.setenv("HEIRLOOM_MODELS", str(tmp_path_factory.mktemp("no-models")))
        with Restorer(device="cpu") as restorer:
            yield restorer


@pytest.fixture(scope="module")
def damaged(astronaut):
    recipe = Damage(seed=3, blur=1.2, shrink=2.4, noise=8.0, jpeg_first=60)
    return Photo(recipe.apply(astronaut))


def test_a_restored_portrait_comes_nearer_to_the_sharp_one(shipped, damaged, astronaut):
    """To the eye by a sixth, and in the face's pixels by a little: hair that is drawn runs where it may."""
    pytest.importorskip("torch")
    from engine.evaluation.metrics import PerceptualDistance

    analysis = shipped.analyse(damaged)
    (face,) = analysis.restorable
    restored = shipped.render(analysis)
    before, after, sharp = (
        align(pixels, face.face.landmarks, 256).pixels
        for pixels in (damaged.pixels, restored.pixels, astronaut)
    )
    was, is_now = PerceptualDistance()(sharp, [before, after])
    assert is_now < 0.85 * was
    lost, left = (np.abs(one.astype(float) - sharp)[80:224, 72:184].mean() for one in (before, after))
    assert left < 0.98 * lost


def test_a_damaged_portrait_gets_a_higher_level_than_a_sharp_one(shipped, damaged, astronaut):
    (bad,) = shipped.analyse(damaged).restorable
    (good,) = shipped.analyse(Photo(astronaut)).restorable
    assert good.level < bad.level


def test_the_dial_moves_pixels_at_every_step(shipped, damaged):
    dial = shipped.begin(shipped.analyse(damaged))
    for level in range(15, 151, 15):
        before = dial.pixels.copy()
        (part,) = dial.set_levels({1: float(level)})
        assert (part.pixels[part.region] != before[part.region]).mean() > 0.05


def test_scratches_fade_and_the_rest_gains(shipped, astronaut):
    """On soft scans of the portrait, at the automatic level; what is left of wide ones is soft."""
    portrait = np.ascontiguousarray(astronaut[:300, 80:380])
    in_scratches, elsewhere = [], []
    for seed in range(14):
        soft = Damage(seed=seed, blur=1.2, shrink=2.0)
        torn = Photo(replace(soft, scratches=10).apply(portrait))
        analysis = shipped.analyse(torn)
        restored = shipped.render(analysis)
        left, top, right, bottom = (int(v) for v in analysis.restorable[0].face.box)
        whole, was, now, wanted = (
            pixels[top:bottom, left:right].astype(int)
            for pixels in (soft.apply(portrait), torn.pixels, restored.pixels, portrait)
        )
        scratched = np.abs(was - whole).max(2) > 30
        for errors, where in ((in_scratches, scratched), (elsewhere, ~scratched)):
            errors.append([np.abs(pixels - wanted)[where] for pixels in (was, now)])
    for all_errors, share in ((in_scratches, 0.75), (elsewhere, 1.0)):
        before, after = (np.concatenate(errors).mean() for errors in zip(*all_errors, strict=True))
        assert after < share * before


def test_moles_stay(shipped, astronaut):
    """On a soft scan of the portrait, at the automatic level: what two restorations differ in."""
    portrait = np.ascontiguousarray(astronaut[:300, 80:380])
    (face,) = shipped.analyse(Photo(portrait)).restorable
    left, top, right, bottom = face.face.box
    spotted, skin = portrait.astype(np.float32), np.zeros(portrait.shape[:2], np.float32)
    for across, down in ((0.25, 0.62), (0.72, 0.55), (0.6, 0.15), (0.35, 0.85)):
        at = int(left + across * (right - left)), int(top + down * (bottom - top))
        cv2.circle(skin, at, 2, 1.0, -1)
    spotted *= 1 - 0.55 * cv2.GaussianBlur(skin, (0, 0), 0.7)[..., None]
    soft = Damage(seed=2, blur=1.0, shrink=1.5, noise=3.0)
    before = [soft.apply(one) for one in (portrait, np.rint(spotted).astype(np.uint8))]
    after = [shipped.render(shipped.analyse(Photo(one))).pixels for one in before]
    there, left_there = (np.subtract(*map(np.int32, pair))[skin > 0].mean() for pair in (before, after))
    assert there > 15
    assert left_there > 0.9 * there


def test_a_large_face_gets_detail_that_a_small_one_cannot_hold(shipped, astronaut):
    """A soft enlargement of the portrait, drawn at 512 px, and drawn at 256 px and enlarged."""
    enlarged = cv2.resize(astronaut[:300, 80:380], None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    (face,) = shipped.analyse(Photo(enlarged)).restorable
    large = face.aligned.pixels
    assert large.shape == (512, 512, 3)
    small = cv2.resize(large, (256, 256), interpolation=cv2.INTER_AREA)
    fine, coarse = (one.pixels for one in shipped.redraw([large, small], [lambda level: 60.0] * 2))
    coarse = cv2.resize(coarse, (512, 512), interpolation=cv2.INTER_CUBIC)

    def detail(drawn):
        return np.square(drawn - cv2.GaussianBlur(drawn, (0, 0), 1.5))[128:384, 128:384].mean()

    assert detail(fine) > 1.2 * detail(coarse)
    assert np.abs(cv2.resize(fine - coarse, (64, 64), interpolation=cv2.INTER_AREA)).max() < 0.1


def test_lights_beside_a_head_stay_and_the_head_is_restored(shipped, damaged):
    """Discs of light on the background, as near to the head as the oval that is pasted reaches."""
    (face,) = shipped.analyse(damaged).restorable
    to_photo = invert(face.aligned.matrix)
    lit, lights = damaged.pixels.copy(), np.zeros(damaged.pixels.shape[:2], np.uint8)
    cell = face.aligned.size / len(face.encoded.mask)
    behind = cv2.erode((face.encoded.mask < 0.02).astype(np.uint8), np.ones((7, 7)), borderValue=1)
    behind = np.argwhere(behind > 0)[:, ::-1] + 0.5
    middle = np.array((0.5, 0.51)) * len(face.encoded.mask)
    near = behind[np.argsort(np.linalg.norm(behind - middle, axis=1))]
    chosen = [near[0]]
    for at in near:
        if len(chosen) < 4 and min(np.linalg.norm(at - one) for one in chosen) > 8:
            chosen.append(at)
    for x, y in transform(to_photo, np.array(chosen) * cell):
        cv2.circle(lights, (round(x), round(y)), 3, 1, -1)
    lit[lights > 0] = 245
    analysis = shipped.analyse(Photo(lit))
    after = shipped.render(analysis, {1: 100.0}).pixels
    assert np.array_equal(after[lights > 0], lit[lights > 0])
    left, top, right, bottom = (int(v) for v in face.face.box)
    assert (after != lit).any(2)[top:bottom, left:right].mean() > 0.9


def test_a_face_of_which_too_little_is_left_is_known_and_one_behind_damage_is_restored(shipped, astronaut):
    portrait = np.ascontiguousarray(astronaut[:300, 80:380])
    (face,) = shipped.analyse(Photo(portrait)).restorable
    length, seen = face.face.length, face.encoded.likeness
    for hide, is_left in (
        (lambda: printed(portrait, length / 10), True),
        (lambda: printed(portrait, length / 30), False),
        (lambda: blocks(portrait, length / 11), True),
        (lambda: blocks(portrait, length / 24), False),
        (lambda: cv2.GaussianBlur(portrait, (0, 0), 0.09 * length), True),
        (lambda: cv2.GaussianBlur(portrait, (0, 0), 0.03 * length), False),
        (lambda: grainy(portrait, 60), False),
    ):
        (encoded,) = shipped.analyse(Photo(hide()), faces=[face.face]).restorable
        assert (encoded.left_alone is Refusal.UNRECOGNISABLE) == is_left
        assert encoded.encoded.likeness < seen


@pytest.mark.parametrize("fading", [(0.2, 102), (0.2, 0), ((0.8, 0.4, 0.6), (50, 30, 50))])
def test_a_faded_face_is_restored_as_far_as_one_that_is_not(shipped, astronaut, fading):
    recipe = Damage(seed=3, blur=1.5, shrink=4.0, noise=10.0, jpeg_first=60)
    portrait = recipe.apply(np.ascontiguousarray(astronaut[:300, 80:380]))
    (face,) = shipped.analyse(Photo(portrait)).restorable
    fainter = Photo(faded(portrait, *fading))
    (same,) = shipped.analyse(fainter, faces=[face.face]).restorable
    assert same.left_alone is None
    assert same.level == pytest.approx(face.level, abs=8)
    (drawn,), (fainter_drawn,) = (shipped.draw([(one, 80.0)]) for one in (face, same))
    contrast = np.asarray(fading[0], np.float32)
    expected = (drawn.pixels * 255 * contrast + np.float32(fading[1])) / 255
    changed = np.abs(expected - same.encoded.pixels.transpose(1, 2, 0)) / contrast
    off = np.abs(expected - fainter_drawn.pixels) / contrast
    assert off.mean() < 0.6 * changed.mean()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda face: printed(face, 4),
        lambda face: blocks(face, 4),
        lambda face: grainy(face, 40),
    ],
    ids=["dots", "blocks", "noise"],
)
def test_what_misleads_the_network_is_blurred_away_first(shipped, astronaut, monkeypatch, spoil):
    pytest.importorskip("torch")
    from engine.evaluation.metrics import PerceptualDistance

    portrait = Photo(np.ascontiguousarray(astronaut[:300, 80:380]))
    (face,) = shipped.analyse(portrait).restorable
    assert face.encoded.softening == 0
    spoilt = spoil(face.aligned.pixels)
    (encoded,) = shipped._model.encode([spoilt])
    assert encoded.softening > 0.5
    (drawn,) = shipped.redraw([spoilt], [lambda level: level])
    none = {"softening": np.zeros(1, np.float32)}
    monkeypatch.setattr(shipped._model, "_softening", lambda features: none)
    (otherwise,) = shipped.redraw([spoilt], [lambda level: level])
    both = [np.rint(one.pixels * 255).astype(np.uint8) for one in (drawn, otherwise)]
    left, left_otherwise = PerceptualDistance()(face.aligned.pixels, both)
    assert left < 0.9 * left_otherwise


@pytest.mark.parametrize(("times", "size"), [(1.5, 256), (2, 512), (3, 512)])
def test_the_blocks_of_jpeg_go_with_all_that_it_did(shipped, astronaut, monkeypatch, times, size):
    """At any size of the face: the photo's blocks are as large in the crop as its resolution makes them."""
    sharp = astronaut[:300, 80:380]
    sharp = cv2.resize(sharp, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    photo = Compression("JPEG", 10).apply(sharp)
    with_it = shipped.analyse(Photo(photo))
    monkeypatch.setattr(shipped._model, "_deblocking_helps", None)
    without = shipped.analyse(Photo(photo))
    (face,) = with_it.restorable
    assert face.encoded.pixels.shape[1] == size
    assert face.encoded.whole is not face.encoded.pixels
    restored, otherwise = (shipped.render(analysis).pixels for analysis in (with_it, without))
    x, y = (int(at) // 8 * 8 for at in face.face.landmarks[:2].min(0))
    inner = slice(y, y + int(0.6 * face.face.length)), slice(x, x + int(0.5 * face.face.length))
    steps = [block_steps(one[inner]) - 1 for one in (photo, otherwise, restored)]
    assert steps[2] < 0.4 * steps[0]
    assert steps[2] < 0.7 * steps[1]
    wanted = (
        align(sharp, face.face.landmarks, size).pixels.transpose(2, 0, 1)[:, size // 3 : -size // 3] / 255
    )
    was, is_now = (
        np.abs(one[:, size // 3 : -size // 3] - wanted).mean()
        for one in (face.encoded.pixels, face.encoded.whole)
    )
    assert is_now < 0.92 * was
    assert face.encoded.level >= 25  # where none of it is left


def test_a_face_that_was_hardly_compressed_is_seen_as_it_is(shipped, astronaut):
    (face,) = shipped.analyse(Photo(np.ascontiguousarray(astronaut[:300, 80:380]))).restorable
    assert face.encoded.whole is face.encoded.pixels
    grain = grainy(face.aligned.pixels, 12, 1)
    (encoded,) = shipped._model.encode([grain])
    assert encoded.whole is encoded.pixels


def test_interlaced_video_is_drawn_without_its_comb(shipped, astronaut):
    (face,) = shipped.analyse(Photo(np.ascontiguousarray(astronaut[:300, 80:380]))).restorable
    combed = Damage(1, shrink=2, comb=4).apply(face.aligned.pixels)
    (drawn,) = shipped.redraw([combed], [lambda level: level])

    def comb(picture):
        rows = cv2.resize(picture, (128, 128), interpolation=cv2.INTER_AREA).mean(2)
        return np.abs(rows[1:-1] - (rows[:-2] + rows[2:]) / 2).mean()

    assert comb(drawn.pixels) < 0.6 * comb(combed.astype(np.float32) / 255)


def test_hair_is_drawn_without_one(shipped, astronaut, monkeypatch):
    photo = Photo(cv2.resize(cv2.GaussianBlur(astronaut[:300, 80:380], (0, 0), 1.5), (900, 900)))
    (face,) = shipped.analyse(photo).restorable
    (shown,) = shipped.draw([(face, 100.0)])
    monkeypatch.setattr("engine.restore.model.without_lattice", lambda drawn, share: drawn)
    (drawn,) = shipped.draw([(face, 100.0)])
    assert shown.pixels.shape == drawn.pixels.shape == (512, 512, 3)
    before, after = (along_rows_and_columns(one.pixels) for one in (drawn, shown))
    assert before > 2.5
    assert after < 0.5 * before
