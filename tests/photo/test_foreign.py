"""Photos of telephones and old scanners: read, and copied in another format."""

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps

from engine.errors import PhotoError
from engine.photo import EXTENSIONS, PhotoFormat, read_photo, turned, write_photo

pillow_heif.register_heif_opener()

EXTENSION = {"HEIF": ".heic", "AVIF": ".avif", "JPEG2000": ".jp2", "BMP": ".bmp"}
LOSSLESS = {"JPEG2000", "BMP"}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


@pytest.fixture
def save_foreign(tmp_path):
    """A function ``save_foreign(format, pixels, **options) -> Path``."""

    def save(format_, pixels, **options):
        path = tmp_path / f"photo{EXTENSION[format_]}"
        Image.fromarray(pixels).save(path, format_, **options)
        return path

    return save


@pytest.mark.parametrize("format_", EXTENSION)
@pytest.mark.parametrize("grey", [False, True])
def test_it_is_read(save_foreign, scene, format_, grey):
    scene = scene[..., 0] if grey else scene
    photo = read_photo(save_foreign(format_, scene, quality=95))
    assert photo.foreign
    assert photo.format is (PhotoFormat.PNG if format_ in LOSSLESS else PhotoFormat.JPEG)
    pixels = photo.pixels
    if grey and pixels.ndim == 3:
        pixels = pixels[..., 0]
    assert pixels.shape == scene.shape
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - scene).mean() < (1e-9 if format_ in LOSSLESS else 3)


@pytest.mark.parametrize("format_", ["HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_it_stands_upright_and_keeps_metadata(save_foreign, scene, exif, srgb, format_, orientation):
    options = {"exif": exif(orientation), "icc_profile": srgb, "xmp": XMP, "quality": 95}
    photo = read_photo(save_foreign(format_, scene, **options))
    picture = Image.fromarray(scene)
    picture.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(picture))
    assert photo.pixels.shape == expected.shape
    assert np.abs(photo.pixels.astype(int) - expected).mean() < 3
    block = Image.Exif()
    block.load(photo.metadata.exif)
    assert block.get(0x0112, 1) == 1
    assert block[0x010E] == "Grandmother, 1927"
    assert photo.metadata.icc == srgb
    assert photo.metadata.xmp.rstrip(b"\0") == XMP


def test_orientation_in_xmp_does_not_turn_a_heic_again(save_foreign, scene, exif):
    lying = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" tiff:Orientation="6"/>'
    photo = read_photo(save_foreign("HEIF", scene, exif=exif(6), xmp=lying))
    assert photo.pixels.shape == (64, 48, 3)
    assert photo.metadata.xmp.rstrip(b"\0") == lying.replace(b"6", b"1")


@pytest.mark.parametrize("format_", ["HEIF", "AVIF", "BMP"])
def test_a_copy_of_an_opaque_photo_may_be_a_jpeg(save_foreign, scene, tmp_path, format_):
    picture = np.dstack((scene, np.full(scene.shape[:2], 255, np.uint8)))
    photo = read_photo(save_foreign(format_, picture))
    write_photo(photo.with_pixels(photo.pixels.copy()), tmp_path / "copy.jpg")
    assert np.abs(read_photo(tmp_path / "copy.jpg").pixels.astype(int) - photo.pixels).mean() < 3


def test_more_than_8_bits_are_kept(tmp_path, scene):
    deep = scene.astype(np.uint16) * 257
    deep[:8, :8] = 65535
    path = tmp_path / "deep.heic"
    pillow_heif.from_bytes("RGB;16", (64, 48), deep.tobytes()).save(path, quality=100)
    photo = read_photo(path)
    assert photo.pixels.dtype == np.uint16
    assert np.abs(photo.pixels.astype(int) - deep).mean() < 600
    assert photo.pixels[2, 2].min() > 65000


def test_opacity_is_kept(save_foreign, scene):
    picture = np.dstack((scene, np.full(scene.shape[:2], 255, np.uint8)))
    picture[:20, :20, 3] = 0
    for format_ in ("HEIF", "AVIF"):
        photo = read_photo(save_foreign(format_, picture, quality=95))
        assert photo.alpha[4, 4] < 10
        assert photo.alpha[40, 40] > 245


def box(kind, content):
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def test_of_an_archives_scan_profile_and_metadata_are_kept(save_foreign, scene, exif, srgb):
    """As archives write them: the profile in the header, EXIF and XMP in boxes of their own."""
    path = save_foreign("JPEG2000", scene)
    data = path.read_bytes()
    at, header = data.index(b"jp2h") - 4, data.index(b"colr") - 4
    profile = box(b"colr", b"\2\0\0" + srgb)
    rest = data[header + int.from_bytes(data[header : header + 4], "big") :]
    length = int.from_bytes(data[at : at + 4], "big") - int.from_bytes(data[header : header + 4], "big")
    begin = data[:at] + (length + len(profile)).to_bytes(4, "big") + data[at + 4 : header] + profile
    xmp = box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + XMP)
    block = b"JpgTiffExif->JP2" + exif(6).removeprefix(b"Exif\0\0")
    large = (1).to_bytes(4, "big") + b"uuid" + (16 + len(block)).to_bytes(8, "big") + block
    last = rest.index(b"jp2c") - 4
    path.write_bytes(begin + rest[:last] + xmp + large + rest[last:])
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, np.rot90(scene, 3))
    assert photo.metadata.icc == srgb
    assert photo.metadata.xmp == XMP
    read = Image.Exif()
    read.load(photo.metadata.exif)
    assert read[0x010E] == "Grandmother, 1927"
    assert read.get(0x0112, 1) == 1


def test_a_codestream_without_a_file_around_it_is_read(tmp_path, scene):
    path = tmp_path / "photo.j2k"
    Image.fromarray(scene).save(path, "JPEG2000", no_jp2=True)
    assert path.read_bytes()[:4] == b"\xff\x4f\xff\x51"
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, scene)
    assert photo.foreign


def test_a_deep_grey_scan_keeps_its_depth(tmp_path, scene):
    deep = scene[..., 0].astype(np.uint16) * 257 + 5
    path = tmp_path / "deep.jp2"
    Image.fromarray(deep).save(path, "JPEG2000")
    photo = read_photo(path)
    assert photo.pixels.dtype == np.uint16
    assert np.array_equal(photo.pixels, deep)


def test_an_empty_profile_does_no_harm(save_foreign, scene):
    path = save_foreign("JPEG2000", scene)
    data = path.read_bytes()
    last = data.index(b"jp2c") - 4
    path.write_bytes(data[:last] + box(b"colr", b"\2\0\0") + data[last:])
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, scene)
    assert not photo.metadata.icc


@pytest.mark.parametrize("length", [3, 7])
def test_a_box_that_lies_about_its_length_is_damaged(save_foreign, scene, length):
    path = save_foreign("JPEG2000", scene)
    path.write_bytes(path.read_bytes() + length.to_bytes(4, "big") + b"uuid")
    with pytest.raises(PhotoError, match="is damaged"):
        read_photo(path)


def test_a_bitmap_keeps_its_resolution(save_foreign, scene):
    assert read_photo(save_foreign("BMP", scene, dpi=(300, 300))).metadata.dpi == pytest.approx(
        (300, 300), abs=0.1
    )


@pytest.mark.parametrize("format_", EXTENSION)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_file_that_ends_early(save_foreign, astronaut, format_, share):
    path = save_foreign(format_, astronaut)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(PhotoError, match="is damaged"):
        read_photo(path)


@pytest.mark.parametrize("format_", EXTENSION)
def test_a_photo_that_is_too_large_is_refused_from_its_header(save_foreign, scene, format_):
    with pytest.raises(PhotoError, match="is too large with 64 x 48 pixels"):
        read_photo(save_foreign(format_, scene), max_pixels=1000)


def test_several_frames_are_left_alone(tmp_path, scene):
    path = tmp_path / "frames.avif"
    Image.fromarray(scene).save(path, save_all=True, append_images=[Image.fromarray(scene // 2)])
    with pytest.raises(PhotoError, match="has several frames"):
        read_photo(path)


def test_a_text_that_begins_like_a_bitmap_is_no_picture(tmp_path):
    path = tmp_path / "cars.bmp"
    path.write_text("BMW, Borgward, Opel")
    with pytest.raises(PhotoError, match="is no picture"):
        read_photo(path)


@pytest.mark.parametrize("format_", EXTENSION)
def test_its_copy_has_another_format_or_is_the_file(save_foreign, scene, tmp_path, format_):
    path = save_foreign(format_, scene)
    photo = read_photo(path)
    copy = tmp_path / f"copy{photo.format.extension(path)}"
    write_photo(photo, copy)
    again = read_photo(copy)
    assert not again.foreign
    assert np.abs(again.pixels.astype(int) - photo.pixels).mean() < 2
    same = tmp_path / f"same{path.suffix}"
    write_photo(photo, same)
    assert same.read_bytes() == path.read_bytes()
    write_photo(turned(photo, 1), tmp_path / f"turned{photo.format.extension(path)}")


def test_they_are_looked_for_in_folders():
    assert {".heic", ".heif", ".avif", ".jp2", ".bmp", ".jpg", ".tiff"} <= EXTENSIONS
    assert PhotoFormat.JPEG.extensions[0] == ".jpg"
    assert ".heic" not in PhotoFormat.JPEG.extensions


@pytest.mark.parametrize("name", [b"application/rdf+xml", b"Exif\0", b"hvc1\0"])
def test_a_heif_that_names_its_parts_in_no_ascii_is_damaged(save_foreign, scene, exif, name):
    path = save_foreign("HEIF", scene, xmp=XMP, exif=exif())
    data = bytearray(path.read_bytes())
    at = data.index(name, data.index(b"infe"))
    data[at] |= 0x80
    path.write_bytes(data)
    with pytest.raises(PhotoError, match="is damaged"):  # pi_heif alone ends the process
        read_photo(path)


def test_a_heif_of_nothing_is_damaged(tmp_path, save_foreign, scene):
    data = save_foreign("HEIF", scene).read_bytes()
    path = tmp_path / "zeros.heic"
    path.write_bytes(data[:60] + bytes(len(data) - 60))
    with pytest.raises(PhotoError, match="is damaged"):
        read_photo(path)
