"""End to end with the model that Heirloom ships. Skipped as long as there is none in resources/models."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.degradation import Damage
from engine.faces import align
from engine.photo import Photo
from engine.restore import Restorer

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
    analysis = shipped.analyse(damaged)
    (face,) = analysis.restorable
    restored = shipped.render(analysis)

    def distance(pixels):
        crop, sharp = (align(p, face.face.landmarks, 256).pixels.astype(float) for p in (pixels, astronaut))
        return np.abs(crop - sharp)[48:224, 48:208].mean()

    assert distance(restored.pixels) < 0.95 * distance(damaged.pixels)


def test_a_damaged_portrait_gets_a_higher_level_than_a_sharp_one(shipped, damaged, astronaut):
    (bad,) = shipped.analyse(damaged).restorable
    (good,) = shipped.analyse(Photo(astronaut)).restorable
    assert good.level < bad.level


def test_the_dial_moves_pixels_at_every_step(shipped, damaged):
    dial = shipped.begin(shipped.analyse(damaged))
    for level in range(15, 151, 15):
        before = dial.pixels.copy()
        ((rows, columns),) = dial.set_levels({1: float(level)})
        assert (dial.pixels[rows, columns] != before[rows, columns]).mean() > 0.05


def test_scratches_fade_and_the_rest_gains(shipped, astronaut):
    """On soft scans of the portrait, at the automatic level; what is left of wide ones is soft."""
    portrait = np.ascontiguousarray(astronaut[:300, 80:380])
    in_scratches, elsewhere = [], []
    for seed in (2, 4, 5, 10):
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
            errors.append([np.abs(pixels - wanted)[where].mean() for pixels in (was, now)])
    before, after = np.mean(in_scratches, 0)
    assert after < 0.75 * before
    before, after = np.mean(elsewhere, 0)
    assert after < before
