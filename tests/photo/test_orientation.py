"""Photos stand upright, whatever the camera noted."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine.photo import Metadata, Photo, PhotoFormat, read_photo, turned, write_photo
from engine.photo.turning import oriented


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_all_eight_orientations_are_applied(save, exif, scene, format_, orientation):
    options = {"lossless": True} if format_ is PhotoFormat.WEBP else {}
    path = save(format_, exif=exif(orientation), **options)
    with Image.open(path) as stored:
        expected = np.asarray(ImageOps.exif_transpose(stored))
    assert np.array_equal(read_photo(path).pixels, expected)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_sixteen_bits_and_alpha_turn_alike(orientation, scene):
    picture = Image.fromarray(scene)
    picture.getexif()[0x0112] = orientation
    stream = io.BytesIO()
    picture.save(stream, "PNG", exif=picture.getexif())
    expected = np.asarray(ImageOps.exif_transpose(Image.open(stream)))
    assert np.array_equal(oriented(scene.astype(np.uint16), orientation), expected)
    assert np.array_equal(oriented(scene[..., 0], orientation), expected[..., 0])


@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_a_turned_photo_is_written_upright_once(save, exif, tmp_path, format_):
    photo = read_photo(save(format_, exif=exif(6)))
    copy = tmp_path / f"copy{format_.extensions[0]}"
    write_photo(photo.with_pixels(photo.pixels.copy()), copy)
    with Image.open(copy) as written:
        assert written.getexif().get(0x0112, 1) == 1
        assert written.size == (48, 64)
    assert read_photo(copy).pixels.shape == (64, 48, 3)


def test_the_size_in_exif_turns_too(save, exif):
    photo = read_photo(save("jpeg", exif=exif(8)))
    block = Image.Exif()
    block.load(photo.metadata.exif)
    assert (block.get_ifd(0x8769)[0xA002], block.get_ifd(0x8769)[0xA003]) == (48, 64)


def test_resolution_turns_too(save, exif):
    photo = read_photo(save("jpeg", exif=exif(6), dpi=(300, 600)))
    assert photo.metadata.dpi == (600, 300)


def test_orientation_in_xmp_does_not_turn_the_photo_again(save, exif):
    photo = read_photo(save("jpeg", exif=exif(6), xmp=b'<x a="b" tiff:Orientation="6"/>'))
    assert photo.metadata.xmp == b'<x a="b" tiff:Orientation="1"/>'


@pytest.mark.parametrize("quarters", [-1, 0, 1, 2, 3, 4])
def test_a_photo_is_turned_by_quarters(scene, quarters):
    alpha = scene[..., 0]
    photo = Photo(scene, alpha, metadata=Metadata(dpi=(300, 600), xmp=b'<x tiff:Orientation="1"/>'))
    result = turned(photo, quarters)
    assert np.array_equal(result.pixels, np.rot90(scene, quarters))
    assert np.array_equal(result.alpha, np.rot90(alpha, quarters))
    assert result.metadata.dpi == ((600, 300) if quarters % 2 else (300, 600))
    assert result.metadata.xmp == photo.metadata.xmp
    assert result.edited == (quarters % 4 != 0)


@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_a_photo_that_was_turned_by_hand_is_written_as_it_stands(save, exif, tmp_path, format_):
    photo = read_photo(save(format_, exif=exif(6)))
    copy = tmp_path / f"copy{format_.extensions[0]}"
    write_photo(turned(photo, 1), copy)
    with Image.open(copy) as written:
        assert written.getexif().get(0x0112, 1) == 1
        assert written.size == (64, 48)
    again = read_photo(copy)
    assert again.pixels.shape == (48, 64, 3)
    block = Image.Exif()
    block.load(again.metadata.exif)
    assert (block.get_ifd(0x8769)[0xA002], block.get_ifd(0x8769)[0xA003]) == (64, 48)
