"""The network sees faded faces as it sees others, and what it draws is as faded as the photo."""

import cv2
import numpy as np
import pytest

from engine.restore.tone import Tone
from tests.faces.hidden import faded

FADINGS = {
    "flat": (0.2, 102),
    "pale": (0.2, 190),
    "dark": (0.2, 0),
    "magenta": ((0.8, 0.4, 0.6), (50, 30, 50)),
    "orange light": ((0.9, 0.7, 0.25), 0),
}


@pytest.fixture
def crop(portrait):
    return cv2.resize(portrait, (256, 256))


def scaled(crop):
    return crop.astype(np.float32) / 255


def seen(crop):
    return Tone.of(crop).stretched(scaled(crop))


def test_a_face_with_contrast_is_seen_as_it_is(crop):
    assert np.array_equal(seen(crop), scaled(crop))
    assert np.array_equal(Tone.of(crop).given_back(scaled(crop), scaled(crop)), scaled(crop))


@pytest.mark.parametrize("fading", FADINGS)
def test_a_faded_face_is_seen_with_black_and_white_in_each_channel(crop, fading):
    photo = faded(crop, *FADINGS[fading])
    was, becomes = (np.quantile(one, (0.02, 0.98), axis=(0, 1)) for one in (scaled(photo), seen(photo)))
    assert np.ptp(was, axis=0).min() < 0.4
    assert np.ptp(becomes, axis=0).min() > 0.5
    assert becomes[0].max() < 0.2


@pytest.mark.parametrize("fading", FADINGS)
def test_a_drawing_gets_the_photos_tone(crop, fading):
    photo = faded(crop, *FADINGS[fading])
    tone = Tone.of(photo)
    assert np.abs(tone.given_back(seen(photo), scaled(photo)) - scaled(photo)).max() < 1e-5
    shades = np.linspace(0, 1, 33, dtype=np.float32)[:, None, None].repeat(3, 2)
    drawn = tone.given_back(shades, np.full_like(shades, np.median(scaled(photo))))
    assert (np.diff(drawn, axis=0) > 0).all()
    assert drawn.min() >= 0
    assert drawn.max() <= 1


def test_a_glint_stays_and_a_scratch_that_is_not_drawn_goes(crop):
    dark = faded(crop, 0.2, 0)
    glint, scratch = (slice(120, 125), slice(80, 85)), (slice(20, 230), 150)
    spoilt = dark.copy()
    spoilt[glint] = spoilt[scratch] = 240
    drawn = seen(spoilt)
    drawn[scratch] = Tone.of(spoilt).stretched(scaled(dark))[scratch]
    after = Tone.of(spoilt).given_back(drawn, scaled(spoilt))
    assert np.abs(after[glint] - scaled(spoilt)[glint]).max() < 1e-5
    skin = drawn[scratch] < 0.8  # what is white itself may take a scratch for its glint
    assert np.abs(after[scratch] - scaled(dark)[scratch])[skin].max() < 0.01


def test_a_pupil_stays_in_a_pale_face(crop):
    pale = faded(crop, 0.2, 190)
    pale[118:122, 100:104] = 5
    given_back = Tone.of(pale).given_back(seen(pale), scaled(pale))
    assert np.abs(given_back - scaled(pale)).max() < 1e-5


def test_scratches_do_not_pass_for_white(crop):
    dark = faded(crop, 0.2, 0)
    scratched = dark.copy()
    for x in (60, 130, 190):
        cv2.line(scratched, (x, 0), (x + 20, 255), (255, 255, 255), 1)
    assert np.allclose(Tone.of(scratched).gain, Tone.of(dark).gain, rtol=0.1)


def test_16_bits_have_the_tone_of_8(crop):
    photo = faded(crop, 0.3, 90)
    one, other = Tone.of(photo), Tone.of(photo.astype(np.uint16) * 257)
    assert np.allclose(one.gain, other.gain, rtol=0.02)
    assert np.allclose(one.offset, other.offset, atol=0.02)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_what_has_no_contrast_is_not_stretched_to_noise(value):
    plain = np.full((256, 256, 3), value, np.uint8)
    grainy = plain.astype(np.float32) / 255 + np.random.default_rng(0).normal(0, 0.004, plain.shape)
    tone = Tone.of(plain)
    assert tone.stretched(grainy.astype(np.float32)).std() < 0.04
    assert np.allclose(tone.given_back(seen(plain), scaled(plain)), scaled(plain), atol=1e-5)
