"""What a file says beside its pixels survives, as an independent reader (Pillow) sees it."""

import struct

import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin

from engine.errors import OutputError
from engine.photo import PhotoFormat, iptc, read_photo, write_photo


@pytest.fixture
def rewritten(tmp_path):
    """A function that reads a file, writes the photo as edited, and returns the new path."""

    def rewritten(path, format_=None):
        photo = read_photo(path)
        copy = tmp_path / f"copy{PhotoFormat(format_).extensions[0] if format_ else path.suffix}"
        write_photo(photo.with_pixels(photo.pixels.copy()), copy)
        return copy

    return rewritten


@pytest.mark.parametrize("to", list(PhotoFormat))
@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_exif_with_position_and_maker_note_survives(save, exif, rewritten, format_, to):
    copy = rewritten(save(format_, exif=exif()), to)
    with Image.open(copy) as written:
        block = written.getexif()
        # EXIF text is bytes without an encoding: what matters is that it is the same text.
        assert block[0x010F].encode("latin1", "replace")[:5] == b"Voigt"
        assert block[0x010E] == "Grandmother, 1927"
        assert block.get_ifd(0x8769)[0x927C] == b"maker\x00note\xff" * 20
        assert block.get_ifd(0x8769)[0x829A] == (1, 60)
        assert block.get_ifd(0x8825)[2] == (48.0, 8.0, 15.0)


def test_exif_bytes_stay_where_they_are(save, exif):
    stored = exif(1)
    assert read_photo(save("jpeg", exif=stored)).metadata.exif == stored.removeprefix(b"Exif\0\0")


def test_the_stale_thumbnail_is_cut_off(save, exif, rewritten):
    copy = rewritten(save("jpeg", exif=exif(thumbnail=True)))
    with Image.open(copy) as written:
        assert not written.getexif().get_ifd(1)
        assert written.getexif()[0x010E] == "Grandmother, 1927"
    assert copy.read_bytes().count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize("to", list(PhotoFormat))
@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_the_colour_profile_survives(save, srgb, rewritten, format_, to):
    with Image.open(rewritten(save(format_, icc_profile=srgb), to)) as written:
        assert written.info["icc_profile"] == srgb


@pytest.mark.parametrize("to", list(PhotoFormat))
def test_xmp_survives(save, rewritten, to):
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">1927</x:xmpmeta>'
    assert read_photo(rewritten(save("jpeg", xmp=packet), to)).metadata.xmp == packet


@pytest.mark.parametrize("to", list(PhotoFormat))
@pytest.mark.parametrize("format_", ["jpeg", "png", "tiff"])
def test_resolution_survives(save, rewritten, format_, to):
    copy = rewritten(save(format_, dpi=(300, 600)), to)
    assert read_photo(copy).metadata.dpi == pytest.approx((300, 600), rel=1e-3)


def test_a_density_per_centimetre_stays_one(save, rewritten):
    path = save("jpeg", dpi=(118, 118))
    data = bytearray(path.read_bytes())
    data[13] = 2  # the unit in the JFIF header
    path.write_bytes(data)
    assert read_photo(path).metadata.dpi == pytest.approx((118 * 2.54, 118 * 2.54))
    assert rewritten(path).read_bytes()[13:18] == data[13:18]


def test_a_tiff_resolution_per_centimetre_stays_one(tmp_path, scene, rewritten):
    path = tmp_path / "scan.tif"
    tifffile.imwrite(path, scene, photometric="rgb", resolution=(118.5, 118.5), resolutionunit=3)
    with tifffile.TiffFile(rewritten(path)) as written:
        tags = written.pages[0].tags
        assert tags["ResolutionUnit"].value == 3
        assert tags["XResolution"].value[0] / tags["XResolution"].value[1] == pytest.approx(118.5)


def test_a_jpeg_copy_has_tables_subsampling_and_scans_of_its_source(save, rewritten):
    path = save("jpeg", quality=83, subsampling=1, progressive=True)
    copy = rewritten(path)
    with Image.open(path) as before, Image.open(copy) as after:
        assert after.quantization == before.quantization
        assert after.layer == before.layer
        assert after.info["progressive"]


def test_outside_the_edit_a_jpeg_changes_by_nothing_visible(astronaut, save, tmp_path):
    photo = read_photo(save("jpeg", astronaut, quality=80))
    pixels = photo.pixels.copy()
    pixels[64:128, 64:128] = 255 - pixels[64:128, 64:128]
    write_photo(photo.with_pixels(pixels), tmp_path / "copy.jpg")
    difference = np.abs(read_photo(tmp_path / "copy.jpg").pixels.astype(int) - photo.pixels)
    difference[48:144, 48:144] = 0
    assert difference.mean() < 0.3


def test_quality_can_be_chosen(save, astronaut, tmp_path):
    photo = read_photo(save("jpeg", astronaut, quality=95))
    write_photo(photo, tmp_path / "small.jpg", quality=30)
    assert (tmp_path / "small.jpg").stat().st_size < photo.path.stat().st_size / 2


def test_lossless_webp_stays_lossless_and_lossy_stays_lossy(save, tmp_path):
    for lossless in (True, False):
        photo = read_photo(save("webp", lossless=lossless))
        copy = tmp_path / f"{lossless}.webp"
        write_photo(photo.with_pixels(photo.pixels.copy()), copy)
        assert (b"VP8L" in copy.read_bytes()) == lossless


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_deflate"])
def test_a_tiff_is_compressed_if_its_source_was(save, rewritten, compression):
    copy = rewritten(save("tiff", compression=compression))
    with tifffile.TiffFile(copy) as written:
        assert (written.pages[0].compression != 1) == (compression is not None)


def test_a_caption_survives_in_jpeg_and_tiff(save, scene, rewritten):
    caption = b"\x1c\x02\x78\x00\x11Grandmother, 1927"
    block = b"Photoshop 3.0\0" + b"8BIM\x04\x0c\0\0" + struct.pack(">I", 3) + b"old\0" + iptc.pack(caption)
    segment = b"\xff\xed" + struct.pack(">H", len(block) + 2) + block
    path = save("jpeg", extra=segment)
    assert read_photo(path).metadata.iptc == caption
    assert read_photo(rewritten(path)).metadata.iptc == caption
    assert read_photo(rewritten(path, "tiff")).metadata.iptc == caption


def test_png_texts_and_gamma_survive(save, rewritten):
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Grandfather")
    texts.add(b"gAMA", struct.pack(">I", 45455))
    with Image.open(rewritten(save("png", pnginfo=texts))) as written:
        assert written.text["Author"] == "Grandfather"
        assert written.info["gamma"] == pytest.approx(0.45455)


def test_a_jpeg_comment_survives(save, rewritten):
    with Image.open(rewritten(save("jpeg", comment=b"from the attic"))) as written:
        assert written.info["comment"] == b"from the attic"


def test_big_endian_exif_goes_into_a_tiff_that_others_can_read(save, exif, tmp_path, scene):
    block = exif().removeprefix(b"Exif\0\0")
    assert block[:2] == b"MM"
    photo = read_photo(save("png", exif=exif()))
    write_photo(photo.with_pixels(scene.copy()), tmp_path / "copy.tif")
    assert np.array_equal(tifffile.imread(tmp_path / "copy.tif"), scene)


def test_a_second_exif_segment_is_no_part_of_the_first(save, exif, rewritten):
    path = save("jpeg", exif=exif() + bytes(40_000))
    data = path.read_bytes()
    second = exif() + bytes(40_000)
    at = 4 + int.from_bytes(data[4:6], "big")
    path.write_bytes(data[:at] + b"\xff\xe1" + struct.pack(">H", len(second) + 2) + second + data[at:])
    with Image.open(rewritten(path)) as written:
        assert written.getexif()[0x010E] == "Grandmother, 1927"


def with_exif_segments(path, *contents):
    """Put segments of EXIF in front of what a JPEG file begins with."""
    segments = [b"Exif\0\0" + content for content in contents]
    data = path.read_bytes()
    packed = [b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment for segment in segments]
    path.write_bytes(data[:2] + b"".join(packed) + data[2:])
    return path


def test_exif_over_several_segments_is_put_together(save, exif, rewritten):
    block = exif().removeprefix(b"Exif\0\0") + bytes(range(256)) * 400
    other = exif(6).removeprefix(b"Exif\0\0")
    path = with_exif_segments(save("jpeg"), b"", block[:65_000], block[65_000:], other)
    assert read_photo(path).metadata.exif == block
    with Image.open(rewritten(path, PhotoFormat.PNG)) as written:
        assert written.getexif()[0x010E] == "Grandmother, 1927"
    with pytest.raises(OutputError, match="64 kB"):
        rewritten(path)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # pytest overrules our filter
@pytest.mark.parametrize(
    "broken", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\1" * 30]
)
def test_broken_exif_is_dropped_and_the_photo_opens(save, rewritten, broken):
    path = save("jpeg", exif=broken)
    assert read_photo(path).metadata.exif is None
    rewritten(path)
