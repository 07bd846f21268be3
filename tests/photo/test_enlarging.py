"""A larger photo: the same picture, and metadata that fit it."""

import numpy as np
import pytest
from PIL import Image

from engine.errors import UsageError
from engine.photo import ENLARGEMENTS, MAX_PIXELS, Metadata, Photo, PhotoFormat, enlarged, read_photo
from engine.photo import write_photo as write
from engine.photo import xmp as xmp_packet
from engine.photo.exif import resolution_of

WIDTH, HEIGHT = 0xA002, 0xA003


@pytest.mark.parametrize("factor", [2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(48, 64), (48, 64, 3)])
def test_kind_and_depth_stay(shape, dtype, factor):
    alpha = np.full(shape[:2], np.iinfo(dtype).max, dtype)
    alpha[:24] = 0
    photo = Photo(np.full(shape, 77, dtype), alpha)
    larger = enlarged(photo, factor)
    assert larger.pixels.shape == (48 * factor, 64 * factor, *shape[2:])
    assert larger.pixels.dtype == dtype
    assert (larger.pixels == 77).all()
    assert larger.alpha[0, 0] == 0
    assert larger.alpha[-1, -1] == np.iinfo(dtype).max
    assert larger.edited


def test_nothing_moves():
    """Shrunk again by whole blocks, it is the picture that it was made of."""
    rows, columns = np.mgrid[0:48, 0:64]
    scene = np.rint(120 + 50 * np.sin(rows / 6) + 50 * np.cos(columns / 7)).astype(np.uint8)
    for factor in (2, 3, 4):
        blocks = enlarged(Photo(scene), factor).pixels.reshape(48, factor, 64, factor).mean((1, 3))
        inside = np.s_[3:-3, 3:-3]
        assert np.abs(blocks - scene)[inside].max() < 2


def test_once_as_large_is_the_photo_itself(scene):
    photo = Photo(scene)
    assert enlarged(photo, 1) is photo


@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_it_prints_as_large_as_before_and_states_its_size(save, exif, tmp_path, format_):
    source = save(format_, exif=exif(), dpi=(300, 300))
    write(enlarged(read_photo(source), 2), tmp_path / f"copy{source.suffix}")
    copy = read_photo(tmp_path / f"copy{source.suffix}")
    before = read_photo(source).metadata.dpi
    if before is not None:
        assert copy.metadata.dpi == pytest.approx((2 * before[0], 2 * before[1]), rel=1e-3)
    with Image.open(tmp_path / f"copy{source.suffix}") as written:
        details = written.getexif().get_ifd(0x8769)
        assert (details[WIDTH], details[HEIGHT]) == (128, 96) == written.size
        assert written.getexif()[0x010E] == "Grandmother, 1927"


def test_the_resolution_in_exif_grows_too(scene):
    block = Image.Exif()
    block[282], block[283], block[296] = 300.0, 300.0, 2
    stated = Metadata(exif=block.tobytes().removeprefix(b"Exif\0\0"), dpi=(300, 300))
    larger = enlarged(Photo(scene, metadata=stated), 3)
    assert resolution_of(larger.metadata.exif) == pytest.approx((900, 900))
    assert larger.metadata.dpi == (900, 900)


def test_broken_exif_stays_as_it_is(scene):
    broken = Metadata(exif=b"II*\0\xff\xff\xff\xff", xmp=b"no packet")
    assert enlarged(Photo(scene, metadata=broken), 2).metadata == broken


def test_sizes_in_xmp_grow_and_nothing_else():
    packet = b'<a tiff:ImageWidth="640" exif:PixelYDimension = \'48\' dc:w="640"><tiff:XResolution>300/1<'
    grown = packet.replace(b'h="640"', b'h="1280"').replace(b"48", b"96").replace(b"300/", b"600/")
    assert xmp_packet.enlarged(packet, 2) == grown


def test_a_picture_that_would_be_too_large_is_refused_in_a_sentence():
    side = int(MAX_PIXELS**0.5)
    large = Photo(np.broadcast_to(np.uint8(0), (side // 2 + 8, side // 2 + 8)))
    with pytest.raises(UsageError, match=r"^This picture would be too large with .* enlarge it less\.$"):
        enlarged(large, 2)


def test_only_whole_and_small_factors_are_known(scene):
    assert ENLARGEMENTS == (1, 2, 3, 4)
    with pytest.raises(ValueError, match="not 5"):
        enlarged(Photo(scene), 5)
