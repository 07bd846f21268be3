"""Whatever a file is: a photo, or one sentence that names it."""

import io
import os
import random
import struct
import sys
import tracemalloc
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, TiffImagePlugin

from engine.errors import HeirloomError, PhotoError
from engine.photo import Photo, PhotoFormat, read_photo, write_photo


def sentence(path):
    """Check that a file is refused with one clear sentence, and return it."""
    with pytest.raises(PhotoError) as raised:
        read_photo(path)
    text = str(raised.value)
    assert text.startswith('"')
    assert text.endswith(".")
    assert "\n" not in text
    assert Path(path).name in text
    return text


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_png_chunk(png, name, data):
    """Insert a chunk behind the header."""
    return png[:33] + png_chunk(name, data) + png[33:]


def test_no_such_file(tmp_path):
    assert "does not exist" in sentence(tmp_path / "gone.jpg")


def test_a_folder(tmp_path):
    (tmp_path / "album.jpg").mkdir()
    assert "is a folder" in sentence(tmp_path / "album.jpg")


def test_an_empty_file(tmp_path):
    (tmp_path / "empty.jpg").touch()
    assert "is empty" in sentence(tmp_path / "empty.jpg")


def test_text_renamed_to_jpg(tmp_path):
    (tmp_path / "letter.jpg").write_text("Dear grandmother")
    assert "is no picture" in sentence(tmp_path / "letter.jpg")


def test_a_name_can_not_write_to_the_terminal(tmp_path):
    with pytest.raises(PhotoError) as raised:
        read_photo(tmp_path / "a\nb\x1b[31m.jpg")
    assert r"a\nb\x1b[31m.jpg" in str(raised.value)


def test_a_name_with_a_zero_character():
    with pytest.raises(PhotoError):
        read_photo("a\0b.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "is a device or pipe" in sentence(tmp_path / "pipe.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_file_without_permission(save, monkeypatch):
    path = save("jpeg")
    path.chmod(0)
    if os.geteuid() == 0:  # permissions do not bind root: deny it in the system's stead
        monkeypatch.setattr(
            Path, "open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
        )
    assert "may not be read" in sentence(path)


@pytest.mark.parametrize(
    ("name", "mode", "kind"),
    [("a.gif", "GIF", "a GIF"), ("a.pdf", "PDF", "a PDF")],
)
def test_other_formats_are_called_by_name(tmp_path, scene, name, mode, kind):
    Image.fromarray(scene).save(tmp_path / name, mode)
    assert f"is {kind}" in sentence(tmp_path / name)


@pytest.mark.parametrize("format_", ["jpeg", "png", "webp", "tiff"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_file_that_ends_early(tmp_path, save, astronaut, format_, share):
    options = {"compression": "tiff_lzw"} if format_ == "tiff" else {}
    path = save(format_, astronaut, **options)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert "is damaged" in sentence(path)


@pytest.mark.parametrize("format_", ["webp", "png", "tiff"])
def test_several_frames_are_left_alone(tmp_path, scene, format_):
    path = tmp_path / f"frames.{format_}"
    frames = [Image.fromarray(scene), Image.fromarray(scene // 2)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert "has several frames or pages and is left alone" in sentence(path)


def huge_jpeg(folder):
    stream = io.BytesIO()
    Image.new("L", (16, 16)).save(stream, "JPEG")
    data = bytearray(stream.getvalue())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 30_000, 30_000)
    (folder / "huge.jpg").write_bytes(data)
    return folder / "huge.jpg"


def huge_png(folder):
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(b"\0")) + png_chunk(b"IEND", b"")
    (folder / "huge.png").write_bytes(data)
    return folder / "huge.png"


def huge_webp(folder):
    size = (29_999).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes(4) + size + size
    (folder / "huge.webp").write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk)
    return folder / "huge.webp"


def huge_tiff(folder):
    stream = io.BytesIO()
    tifffile.imwrite(stream, np.zeros((16, 16), np.uint8))
    data = bytearray(stream.getvalue())
    for tag in (256, 257):
        at = next(at for at in range(8, 200) if data[at : at + 2] == struct.pack("<H", tag))
        data[at + 2 : at + 12] = struct.pack("<HII", 4, 1, 30_000)
    (folder / "huge.tif").write_bytes(data)
    return folder / "huge.tif"


@pytest.mark.parametrize("make", [huge_jpeg, huge_png, huge_webp, huge_tiff])
def test_a_huge_header_is_refused_before_decoding(tmp_path, make):
    path = make(tmp_path)
    assert "is too large with 30,000 x 30,000 pixels" in sentence(path)


def test_a_large_header_with_next_to_no_data_is_refused_before_decoding(tmp_path):
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 19_000, 19_000, 16, 6, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(b"\0")) + png_chunk(b"IEND", b"")
    (tmp_path / "liar.png").write_bytes(data)
    assert "is damaged" in sentence(tmp_path / "liar.png")


def test_the_limit_can_be_lowered(save):
    with pytest.raises(PhotoError, match="is too large"):
        read_photo(save("png"), max_pixels=1000)


@pytest.mark.parametrize("place", ["zTXt", "iCCP", "iTXt"])
def test_a_bomb_in_a_png_chunk_does_not_go_off(save, scene, place):
    bomb = zlib.compress(bytes(200_000_000))
    data = {
        "zTXt": b"Comment\0\0" + bomb,
        "iCCP": b"profile\0\0" + bomb,
        "iTXt": b"XML:com.adobe.xmp\0\1\0\0\0" + bomb,
    }[place]
    path = save("png")
    path.write_bytes(with_png_chunk(path.read_bytes(), place.encode(), data))
    tracemalloc.start()
    photo = read_photo(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000
    assert np.array_equal(photo.pixels, scene)
    assert photo.metadata.icc is None
    assert photo.metadata.xmp is None


def test_a_png_that_does_not_match_its_checksum(save):
    path = save("png")
    data = bytearray(path.read_bytes())
    data[data.index(b"IDAT") + 40] ^= 1
    path.write_bytes(data)
    assert "is damaged" in sentence(path)


def test_a_sixteen_bit_png_whose_data_stop_early(tmp_path, scene, capfd):
    write_photo(Photo(scene.astype(np.uint16)), tmp_path / "deep.png")
    rows = zlib.compress(bytes(48 * 64 * 3))
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 16, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    (tmp_path / "short.png").write_bytes(data)
    assert "is damaged" in sentence(tmp_path / "short.png")


def test_floating_point_tiff(tmp_path):
    tifffile.imwrite(tmp_path / "hdr.tif", np.zeros((8, 8), np.float32))
    assert "floating-point" in sentence(tmp_path / "hdr.tif")


def test_a_camera_raw_file(tmp_path, scene):
    tifffile.imwrite(tmp_path / "raw.dng", scene, extratags=[(50706, 1, 4, (1, 4, 0, 0), True)])
    assert "is a camera raw file" in sentence(tmp_path / "raw.dng")


PLAIN = {256: 64, 257: 48, 258: 8, 259: 1, 262: 1, 277: 1, 278: 48}


@pytest.mark.parametrize(
    "tags",
    [
        {259: 50001},  # WebP
        {258: [16] * 3, 259: 50000, 262: 2, 277: 3},  # ZSTD of 16 bits
        {258: [16] * 3, 259: 34925, 262: 2, 277: 3},  # LZMA
        {258: [16] * 3, 262: 8, 277: 3},  # Lab
        {258: [8] * 3, 262: 9, 277: 3},  # Lab in another measure
        {258: 16, 262: 3, 320: [0] * 3 * 2**16},  # palette
        {258: [8] * 5, 262: 5, 277: 5, 338: 2},  # CMYK with alpha
        {258: [8] * 2, 262: 0, 277: 2, 338: 2},  # white is 0, with alpha
        {258: [5, 6, 5], 262: 2, 277: 3},
        {258: 11},
        {258: [8] * 9, 277: 9},
    ],
    ids=str,
)
def test_a_sound_tiff_of_an_unknown_kind_is_not_called_damaged(tiff, tags):
    said = sentence(tiff(PLAIN | tags, bytes(64 * 48 * 10)))
    assert "is stored in a way that Heirloom does not know; save it as plain TIFF or PNG" in said


@pytest.mark.parametrize(
    ("tags", "lengths"),
    [
        ({259: 8}, [0]),
        ({259: 8}, []),
        ({259: 8}, [1]),
        ({259: 5, 258: [16] * 8, 277: 8}, [1]),
        ({259: 1}, [0]),
        ({259: 8, 322: 1024, 323: 1024, 324: [0] * 361, 325: [0] * 361}, [1]),
    ],
    ids=str,
)
def test_a_large_tiff_with_next_to_no_data_is_refused_before_decoding(tiff, tags, lengths, monkeypatch):
    monkeypatch.setattr(cv2, "imdecode", None)
    monkeypatch.setattr(TiffImagePlugin, "TiffImageFile", None)
    path = tiff(PLAIN | {256: 19_000, 257: 19_000, 258: 16, 278: 19_000} | tags, b"x", lengths=lengths)
    assert "the file ends before the picture does" in sentence(path)


@pytest.mark.parametrize("lengths", [[], [1]])
@pytest.mark.parametrize("kept", [0, 300])
def test_a_tiff_without_lengths_that_ends_early(tiff, kept, lengths):
    tags = PLAIN | {256: 60, 257: 60, 258: 8, 278: 20}
    strips = bytes(1_200), bytes(1_200), bytes(kept)
    assert "ends before the picture" in sentence(tiff(tags, *strips, lengths=lengths))


def test_more_samples_than_any_photo_has_are_refused_before_decoding(tiff, monkeypatch):
    monkeypatch.setattr(cv2, "imdecode", None)
    monkeypatch.setattr(TiffImagePlugin, "TiffImageFile", None)
    assert "does not know" in sentence(tiff(PLAIN | {258: [16] * 30, 259: 8, 277: 30}, bytes(10_000)))


def test_directories_that_point_in_circles(tmp_path, scene):
    stream = io.BytesIO()
    tifffile.imwrite(stream, scene, subfiletype=0)
    data = bytearray(stream.getvalue())
    (first,) = struct.unpack_from("<I", data, 4)
    (length,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * length, first)
    (tmp_path / "circle.tif").write_bytes(data)
    sentence(tmp_path / "circle.tif")


def test_libraries_keep_silent(tmp_path, save, capfd):
    path = save("tiff", compression="tiff_lzw")
    path.write_bytes(path.read_bytes()[:-40])
    sentence(path)
    deep = cv2.imencode(".tif", np.zeros((40, 40, 3), np.uint16), [cv2.IMWRITE_TIFF_COMPRESSION, 5])[1]
    deep[9:20] ^= 0xFF
    (tmp_path / "deep.tif").write_bytes(deep.tobytes())
    with pytest.raises(PhotoError):
        read_photo(tmp_path / "deep.tif")
    assert capfd.readouterr() == ("", "")


def damaged(data, random_):
    """Return one of many kinds of damage that happen to files."""
    data = bytearray(data)
    kind = random_.randrange(4)
    if kind == 0:
        return bytes(data[: random_.randrange(len(data))])
    if kind == 1:
        for _ in range(random_.choice((1, 4, 40))):
            data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
    elif kind == 2:  # in the header, where structure is
        for _ in range(random_.choice((1, 4))):
            data[random_.randrange(min(200, len(data)))] = random_.randrange(256)
    else:
        start = random_.randrange(len(data))
        del data[start : start + random_.randrange(1, 100)]
    return bytes(data)


def sixteen_bit_files(scene, folder):
    """Yield a TIFF and a PNG of 16 bits: other decoders than for 8."""
    for name in ("deep.tif", "deep.png"):
        write_photo(Photo(scene.astype(np.uint16) * 257), folder / name)
        yield (folder / name).read_bytes()


@pytest.mark.filterwarnings("ignore")
def test_two_hundred_damages_of_each_format_end_in_a_photo_or_a_sentence(small_files, scene, tmp_path):
    outcomes = set()
    for number, good in enumerate([*small_files.values(), *sixteen_bit_files(scene, tmp_path)]):
        random_ = random.Random(number)
        for _ in range(200):
            path = tmp_path / "damaged.jpg"
            path.write_bytes(damaged(good, random_))
            try:
                photo = read_photo(path, max_pixels=1_000_000)
            except PhotoError as error:
                outcomes.add(type(error))
                continue
            # What opened must also be writable, with whatever is left of its metadata.
            for format_ in (PhotoFormat.TIFF, PhotoFormat.PNG):
                write_photo(photo, tmp_path / "copy", format=format_, overwrite=True)
            assert photo.pixels.size
            outcomes.add(Photo)
    assert outcomes == {PhotoError, Photo}
    assert issubclass(PhotoError, HeirloomError)
