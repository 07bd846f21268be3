"""Speed on a photo of 12 megapixels: `pytest --benchmark-only tests/photo/test_speed.py`.

Medians on two cores of a quiet server: read 0.2 s, write 0.15 s, grey 7 ms.
"""

import numpy as np
import pytest
from PIL import Image

from engine.photo import Photo, read_photo, write_photo


@pytest.fixture(scope="module")
def large(astronaut, tmp_path_factory):
    """A JPEG of 4000 x 3000 pixels with film grain."""
    path = tmp_path_factory.mktemp("large") / "large.jpg"
    pixels = np.asarray(Image.fromarray(astronaut).resize((4000, 3000), Image.Resampling.BICUBIC))
    grain = np.random.default_rng(0).integers(0, 16, (3000, 4000, 1), np.uint8)
    Image.fromarray(pixels // 2 + grain).save(path, quality=93, subsampling=1)
    return path


def test_read(benchmark, large):
    photo = benchmark.pedantic(read_photo, (large,), rounds=5, warmup_rounds=1)
    assert (photo.width, photo.height) == (4000, 3000)


def test_write(benchmark, large, tmp_path):
    photo = read_photo(large)
    edited = photo.with_pixels(photo.pixels.copy())
    benchmark.pedantic(
        write_photo, (edited, tmp_path / "o.jpg"), {"overwrite": True}, rounds=5, warmup_rounds=1
    )


def test_grey(benchmark):
    pixels = np.full((3000, 4000, 3), 90, np.uint8)
    assert benchmark(lambda: Photo(pixels).is_grey)
