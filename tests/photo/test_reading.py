"""Every kind of picture that the four formats hold, as independent writers write it."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from engine.photo import PhotoFormat, read_photo, write_photo


@pytest.fixture
def deep(scene):
    """The scene with 16 bits, low bits in use."""
    return scene.astype(np.uint16) * 257 ^ 0x35


def png_of(pixels):
    return cv2.imencode(".png", pixels if pixels.ndim == 2 else pixels[..., [2, 1, 0, 3][: pixels.shape[2]]])[
        1
    ].tobytes()


@pytest.mark.parametrize("format_", ["png", "tiff"])
def test_rgb_is_read_exactly(save, scene, format_):
    photo = read_photo(save(format_))
    assert photo.format is PhotoFormat(format_)
    assert photo.alpha is None
    assert np.array_equal(photo.pixels, scene)


def test_jpeg_is_read_as_pillow_decodes_it(save):
    path = save("jpeg", quality=90)
    assert np.array_equal(read_photo(path).pixels, np.asarray(Image.open(path)))


@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_grey_stays_grey(save, scene, format_):
    photo = read_photo(save(format_, scene[..., 0].copy()))
    assert photo.is_grey
    assert photo.pixels.ndim == (3 if format_ is PhotoFormat.WEBP else 2)  # WebP has no grey


@pytest.mark.parametrize("format_", ["png", "tiff", "webp"])
def test_alpha_is_kept_apart(save, scene, format_):
    options = {"lossless": True, "exact": True} if format_ == "webp" else {}
    photo = read_photo(save(format_, np.dstack((scene, scene[..., 0])), **options))
    assert np.array_equal(photo.pixels, scene)
    assert np.array_equal(photo.alpha, scene[..., 0])


def test_grey_with_alpha(save, scene):
    photo = read_photo(save("png", Image.fromarray(scene[..., :2].copy(), "LA")))
    assert np.array_equal(photo.pixels, scene[..., 0])
    assert np.array_equal(photo.alpha, scene[..., 1])


@pytest.mark.parametrize("format_", ["png", "tiff"])
def test_a_palette_becomes_rgb(save, scene, format_):
    picture = Image.fromarray(scene).quantize(16)
    photo = read_photo(save(format_, picture))
    assert np.array_equal(photo.pixels, np.asarray(picture.convert("RGB")))


def test_a_transparent_palette_entry_becomes_alpha(save, scene):
    picture = Image.fromarray(scene).quantize(16)
    photo = read_photo(save("png", picture, transparency=3))
    assert np.array_equal(photo.alpha == 0, np.asarray(picture) == 3)


@pytest.mark.parametrize("format_", ["png", "tiff"])
def test_one_bit_becomes_black_and_white(save, scene, format_):
    picture = Image.fromarray(scene[..., 0] > 128)
    photo = read_photo(save(format_, picture))
    assert np.array_equal(photo.pixels, (scene[..., 0] > 128) * np.uint8(255))


def test_a_transparent_colour_becomes_alpha(save, scene):
    scene[10:20, 10:20] = (1, 2, 3)
    photo = read_photo(save("png", scene, transparency=(1, 2, 3)))
    assert np.array_equal(photo.alpha == 0, np.all(scene == (1, 2, 3), axis=2))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bit_png_keeps_sixteen_bits(tmp_path, deep, channels):
    pixels = np.dstack((deep, deep[..., 0]))[..., :channels]
    path = tmp_path / "deep.png"
    path.write_bytes(png_of(pixels[..., 0] if channels == 1 else pixels))
    photo = read_photo(path)
    assert photo.pixels.dtype == np.uint16
    assert np.array_equal(photo.pixels, deep[..., 0] if channels == 1 else deep)
    assert (photo.alpha is not None) == (channels == 4)


def test_sixteen_bit_png_of_grey_with_alpha(tmp_path, deep):
    samples = deep[..., :2].astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in samples)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 64, 48, 16, 4, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    path = tmp_path / "la.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks
        )
    )
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, deep[..., 0])
    assert np.array_equal(photo.alpha, deep[..., 1])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"byteorder": ">"},
        {"compression": "zlib"},
        {"compression": "zlib", "predictor": 2},
        {"tile": (16, 16)},
        {"planarconfig": "separate"},
        {"bigtiff": True},
    ],
    ids=str,
)
def test_sixteen_bit_tiff_keeps_sixteen_bits(tmp_path, deep, options):
    path = tmp_path / "deep.tif"
    stored = deep.transpose(2, 0, 1).copy() if "planarconfig" in options else deep
    tifffile.imwrite(path, stored, photometric="rgb", **options)
    photo = read_photo(path)
    assert photo.pixels.dtype == np.uint16
    assert np.array_equal(photo.pixels, deep)


def test_sixteen_bit_tiff_compressed_with_lzw(tmp_path, deep):
    path = tmp_path / "lzw.tif"
    path.write_bytes(cv2.imencode(".tif", deep[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 5])[1].tobytes())
    assert np.array_equal(read_photo(path).pixels, deep)


def test_sixteen_bit_tiff_of_grey_with_alpha(tmp_path, deep):
    path = tmp_path / "la.tif"
    tifffile.imwrite(
        path, deep[..., :2].copy(), photometric="minisblack", extrasamples=[2], planarconfig="contig"
    )
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, deep[..., 0])
    assert np.array_equal(photo.alpha, deep[..., 1])


def lzw(data):
    """Pack bytes as LZW does that has learnt nothing: codes of nine bits, cleared before they grow."""
    codes = []
    for at in range(0, len(data), 250):
        codes += [256, *data[at : at + 250]]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def differences(samples):
    """Return (H, W, channels) samples as predictor 2 stores them."""
    return np.concatenate((samples[:, :1], np.diff(samples, axis=1)), axis=1).tobytes()


def layout(pixels, **others):
    """Tags of (H, W, channels) samples: 256 width, 257 height, 258 bits, 277 samples, 278 rows of a strip."""
    height, width, channels = pixels.shape
    tags = {256: width, 257: height, 258: [pixels.dtype.itemsize * 8] * channels, 277: channels, 278: height}
    tags[262] = 2 if channels > 2 else 1
    return tags | {int(number.removeprefix("t")): value for number, value in others.items()}


@pytest.mark.parametrize("predictor", [1, 2])
def test_sixteen_bit_grey_with_alpha_compressed_with_lzw(tiff, deep, predictor):
    samples = deep[..., :2]
    packed = lzw(differences(samples) if predictor == 2 else samples.tobytes())
    photo = read_photo(tiff(layout(samples, t259=5, t338=2, t317=predictor), packed))
    assert np.array_equal(photo.pixels, samples[..., 0])
    assert np.array_equal(photo.alpha, samples[..., 1])


@pytest.mark.parametrize("options", [{}, {"tile": (16, 16)}, {"rowsperstrip": 7}], ids=str)
@pytest.mark.parametrize("channels", [2, 5])
def test_sixteen_bit_tiff_with_differences_and_any_number_of_channels(tmp_path, deep, options, channels):
    stored = np.dstack((deep, deep // 2))[..., :channels].copy()
    kind = {"photometric": "rgb" if channels > 2 else "minisblack", "planarconfig": "contig"}
    kind |= {"extrasamples": [2] if channels == 2 else [2, 0], "compression": "zlib", "predictor": 2}
    tifffile.imwrite(tmp_path / "odd.tif", stored, **kind, **options)
    photo = read_photo(tmp_path / "odd.tif")
    assert np.array_equal(photo.pixels, stored[..., 0] if channels == 2 else deep)
    assert np.array_equal(photo.alpha, stored[..., channels - (1 if channels == 2 else 2)])


@pytest.mark.parametrize("compression", [1, 5])
@pytest.mark.parametrize("channels", [2, 3, 4])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_tiff_in_planes(tiff, scene, deep, bits, channels, compression):
    stored = deep if bits == 16 else scene
    samples = np.dstack((stored, stored[::-1, :, 0]))[..., :channels]
    strips = [
        half.tobytes()
        for number in range(channels)
        for half in (samples[:30, :, number], samples[30:, :, number])
    ]
    if compression == 5:
        strips = [lzw(strip) for strip in strips]
    photo = read_photo(tiff(layout(samples, t259=compression, t278=30, t284=2, t338=2), *strips))
    assert np.array_equal(photo.pixels, samples[..., 0] if channels == 2 else samples[..., :3])
    assert channels == 3 or np.array_equal(photo.alpha, samples[..., -1])


@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("bits", [10, 12, 14])
def test_bits_between_8_and_16_fill_16(tiff, deep, bits, channels, order, white_is_zero):
    samples = deep[..., :channels] >> (16 - bits)
    samples[0, 0], samples[0, 1] = 0, 2**bits - 1
    rows = ("".join(f"{value:0{bits}b}" for value in row.ravel()) for row in samples)
    packed = b"".join(int(row, 2).to_bytes(len(row) // 8, "big") for row in rows)
    tags = layout(samples, t258=[bits] * channels, t259=1)
    if white_is_zero and channels == 1:
        tags[262] = 0
    pixels = read_photo(tiff(tags, packed, order=order)).pixels
    if tags[262] == 0:
        pixels = np.invert(pixels)
    assert pixels.dtype == np.uint16
    assert pixels.ndim == (2 if channels == 1 else 3)
    assert np.array_equal(pixels.reshape(samples.shape) >> (16 - bits), samples)
    assert (pixels[0, 0].max(), pixels[0, 1].min()) == (0, 65_535)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_tiff_that_does_not_say_what_its_numbers_mean(tiff, scene, deep, bits, channels):
    samples = (deep if bits == 16 else scene)[..., :channels]
    tags = layout(samples, t259=1)
    del tags[262]
    pixels = read_photo(tiff(tags, samples.tobytes())).pixels
    assert np.array_equal(pixels, samples[..., 0] if channels == 1 else samples)


def test_a_big_tiff_of_either_byte_order(tmp_path, scene):
    for order in "<>":
        path = tmp_path / "big.tif"
        tifffile.imwrite(path, scene, photometric="rgb", bigtiff=True, byteorder=order, rowsperstrip=9)
        assert np.array_equal(read_photo(path).pixels, scene)


@pytest.mark.parametrize("lengths", [[], [0]])
def test_an_old_tiff_may_leave_out_how_long_its_only_strip_is(tiff, scene, deep, lengths):
    for samples in (scene, deep):
        path = tiff(layout(samples, t259=1), samples.tobytes(), lengths=lengths)
        assert np.array_equal(read_photo(path).pixels, samples)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_tiff_in_which_white_is_zero(tmp_path, scene, deep, bits):
    stored = scene[..., 0].copy() if bits == 8 else deep[..., 0].copy()
    path = tmp_path / "negative.tif"
    tifffile.imwrite(path, stored, photometric="miniswhite")
    assert np.array_equal(read_photo(path).pixels, np.invert(stored))


@pytest.mark.parametrize("stated", [[], [0, 0], [None, 0], [None]], ids=str)
@pytest.mark.parametrize("compression", [1, 5, 8])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_tiff_may_leave_out_how_long_its_strips_are(tiff, scene, deep, bits, compression, stated):
    samples = scene if bits == 8 else deep
    pack = {1: bytes, 5: lzw, 8: zlib.compress}[compression]
    strips = [pack(half.tobytes()) for half in (samples[:30], samples[30:])]
    lengths = [len(strips[0]) if length is None else length for length in stated]
    path = tiff(layout(samples, t259=compression, t278=30), *strips, lengths=lengths)
    assert np.array_equal(read_photo(path).pixels, samples)


@pytest.mark.parametrize("missing", [1, 2, 10_000])
def test_plain_strips_are_as_long_as_they_must_be(tiff, scene, deep, missing):
    for samples in (scene, deep):
        strips = samples[:30].tobytes(), samples[30:].tobytes()
        lengths = [max(1, len(strip) - missing) for strip in strips]
        path = tiff(layout(samples, t259=1, t278=30), *strips, lengths=lengths)
        assert np.array_equal(read_photo(path).pixels, samples)


@pytest.mark.parametrize("channels", [3, 4])
def test_deep_grey_with_more_samples_beside_it(tiff, deep, channels):
    samples = np.dstack((deep, deep[::-1, :, 0]))[..., :channels]
    extra = [2, 0, 0][: channels - 1]
    photo = read_photo(tiff(layout(samples, t259=1, t262=1, t338=extra), samples.tobytes()))
    assert np.array_equal(photo.pixels, samples[..., 0])
    assert np.array_equal(photo.alpha, samples[..., 1])


def test_premultiplied_colours_are_divided_by_alpha(tmp_path):
    path = tmp_path / "premultiplied.tif"
    half = np.full((4, 4, 4), (10_000, 20_000, 32_767, 32_767), np.uint16)
    tifffile.imwrite(path, half, photometric="rgb", extrasamples=[1])
    assert np.allclose(read_photo(path).pixels[0, 0], (20_000, 40_000, 65_535), atol=2)


@pytest.mark.parametrize("format_", ["jpeg", "tiff"])
def test_cmyk_becomes_rgb(save, scene, format_):
    photo = read_photo(save(format_, Image.fromarray(scene).convert("CMYK")))
    assert photo.pixels.shape == scene.shape
    assert np.abs(photo.pixels.astype(int) - scene).mean() < 3


def test_cmyk_with_a_wrong_profile_gets_the_plain_formula(save, scene):
    # An RGB profile in the place of the CMYK one is refused, and the plain formula remains.
    wrong = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = read_photo(save("jpeg", Image.fromarray(scene).convert("CMYK"), icc_profile=wrong))
    assert photo.metadata.icc is None
    assert np.abs(photo.pixels.astype(int) - scene).mean() < 3


def test_lab_becomes_srgb(save, scene):
    lab = ImageCms.profileToProfile(
        Image.fromarray(scene),
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB"),
        outputMode="LAB",
    )
    photo = read_photo(save("tiff", lab))
    assert np.abs(photo.pixels.astype(int) - scene).mean() < 3
    assert ImageCms.ImageCmsProfile(io.BytesIO(photo.metadata.icc)).profile.xcolor_space.strip() == "RGB"


@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_one_pixel_is_a_photo(save, tmp_path, format_):
    photo = read_photo(save(format_, np.full((1, 1, 3), 90, np.uint8)))
    assert (photo.width, photo.height) == (1, 1)
    write_photo(photo.with_pixels(photo.pixels.copy()), tmp_path / f"copy{format_.extensions[0]}")


def test_content_tells_the_format_not_the_name(save, tmp_path):
    path = save("png").rename(tmp_path / "really a png.jpg")
    assert read_photo(path).format is PhotoFormat.PNG


@pytest.mark.parametrize("name", ["Großmutter 1927", "祖母の写真", "бабушка", "📷 'a' \"b\" %s {x}"])
def test_any_name_will_do(save, tmp_path, name, scene):
    path = save("png").rename(tmp_path / f"{name}.png")
    write_photo(read_photo(path).with_pixels(scene.copy()), tmp_path / f"{name}-2.png")
    assert np.array_equal(read_photo(tmp_path / f"{name}-2.png").pixels, scene)


def test_a_phones_multi_picture_jpeg_opens_as_its_main_picture(tmp_path, scene):
    path = tmp_path / "phone.jpg"
    Image.fromarray(scene).save(path, "MPO", save_all=True, append_images=[Image.fromarray(scene // 2)])
    assert np.abs(read_photo(path).pixels.astype(int) - scene).mean() < 4


def test_a_tiff_with_a_preview_behind_it_opens(tmp_path, scene):
    path = tmp_path / "scan.tif"
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(scene, photometric="rgb")
        tiff.write(scene[::4, ::4].copy(), photometric="rgb", subfiletype=1)
    assert np.array_equal(read_photo(path).pixels, scene)


def test_old_photographs_open(shared_dir):
    for path in sorted((shared_dir / "photos").iterdir())[:8]:
        with Image.open(path) as expected:
            assert (read_photo(path).width, read_photo(path).height) == expected.size
