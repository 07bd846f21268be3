"""A lossless format gives back exactly the pixels that went in; other programs see the same."""

import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.photo import Coding, Metadata, Photo, PhotoFormat, read_photo, write_photo


@st.composite
def photos(draw, dtypes=(np.uint8, np.uint16)):
    height, width = draw(st.integers(1, 20)), draw(st.integers(1, 20))
    dtype = draw(st.sampled_from(dtypes))
    pixels = draw(arrays(dtype, draw(st.sampled_from([(height, width), (height, width, 3)]))))
    alpha = draw(st.none() | arrays(dtype, (height, width)))
    coding = Coding(compressed=draw(st.booleans()), lossless=True)
    dpi = draw(st.none() | st.tuples(st.integers(30, 3000), st.integers(30, 3000)))
    return Photo(pixels, alpha, metadata=Metadata(dpi=dpi, coding=coding))


def round_trip(photo, format_):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"photo{format_.extensions[0]}"
        write_photo(photo, path)
        return read_photo(path)


@settings(max_examples=60)
@given(photo=photos(), format_=st.sampled_from([PhotoFormat.PNG, PhotoFormat.TIFF]))
def test_png_and_tiff_give_every_pixel_back(photo, format_):
    copy = round_trip(photo, format_)
    assert copy.pixels.dtype == photo.pixels.dtype
    assert np.array_equal(copy.pixels, photo.pixels)
    assert (copy.alpha is None) == (photo.alpha is None)
    assert copy.alpha is None or np.array_equal(copy.alpha, photo.alpha)
    assert photo.metadata.dpi is None or copy.metadata.dpi == pytest.approx(photo.metadata.dpi, rel=1e-3)


@settings(max_examples=30)
@given(photo=photos(dtypes=(np.uint8,)))
def test_lossless_webp_gives_every_pixel_back(photo):
    copy = round_trip(photo, PhotoFormat.WEBP)
    assert np.array_equal(copy.pixels, photo.rgb8())
    # An opacity of 255 everywhere says nothing, and WebP drops it.
    if photo.alpha is not None and np.any(photo.alpha != 255):
        assert np.array_equal(copy.alpha, photo.alpha)


def test_opencv_reads_our_sixteen_bit_png(tmp_path, scene):
    pixels = scene.astype(np.uint16) * 200 + 7
    write_photo(Photo(pixels), tmp_path / "deep.png")
    seen = cv2.imdecode(np.fromfile(tmp_path / "deep.png", np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(seen[..., ::-1], pixels)


@pytest.mark.parametrize("compressed", [False, True])
def test_tifffile_reads_our_sixteen_bit_tiff(tmp_path, scene, compressed):
    pixels = scene.astype(np.uint16) * 200 + 7
    write_photo(Photo(pixels, metadata=Metadata(coding=Coding(compressed=compressed))), tmp_path / "deep.tif")
    assert np.array_equal(tifffile.imread(tmp_path / "deep.tif"), pixels)


def test_a_tall_photo_is_written_in_many_strips(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (3000, 500, 3), np.uint8)
    for name in ("tall.png", "tall.tif"):
        write_photo(Photo(pixels), tmp_path / name)
        assert np.array_equal(read_photo(tmp_path / name).pixels, pixels)
