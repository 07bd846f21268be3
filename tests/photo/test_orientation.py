"""Photos stand upright, whatever the camera noted."""

import io
import struct

import numpy as np
import pytest
import tifffile
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


@pytest.mark.filterwarnings("ignore:Metadata Warning")  # of Pillow, about the first
@pytest.mark.parametrize(
    "entries",
    [
        [(3, 2, b"\0\6\0\6")],  # twice in one value
        [(1, 1, b"\6\0\0\0")],  # as one byte
        [(4, 1, b"\0\0\0\6")],  # as four
        [(3, 1, b"\0\1\0\0"), (3, 1, b"\0\6\0\0")],
        [(3, 1, b"\0\6\0\0"), (3, 1, b"\0\1\0\0")],
    ],
)
def test_however_oddly_it_is_stated_a_copy_is_turned_no_second_time(save, tmp_path, entries):
    table = b"".join(struct.pack(">HHI", 274, kind, count) + value for kind, count, value in entries)
    block = b"MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + table + bytes(4)
    photo = read_photo(save("jpeg", exif=b"Exif\0\0" + block))
    write_photo(photo.with_pixels(photo.pixels.copy()), tmp_path / "copy.jpg")
    copy = read_photo(tmp_path / "copy.jpg")
    assert copy.pixels.shape == photo.pixels.shape
    with Image.open(tmp_path / "copy.jpg") as written:  # which reads the first of two entries, we the last
        assert ImageOps.exif_transpose(written).size == (photo.width, photo.height)
    assert len(copy.metadata.exif) == len(block)


def test_private_tags_of_many_megabytes_do_not_hide_it(tmp_path, scene):
    private = [(60_000 + number, 1, 1_000_000, bytes(1_000_000), True) for number in range(18)]
    tifffile.imwrite(
        tmp_path / "scan.tif", scene, photometric="rgb", extratags=[(274, 3, 1, 6, True), *private]
    )
    assert np.array_equal(read_photo(tmp_path / "scan.tif").pixels, np.rot90(scene, 3))


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
