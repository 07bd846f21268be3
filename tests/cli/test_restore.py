"""``heirloom restore``, as a user calls it."""

import json

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from engine.cli.arguments import parser
from engine.photo import ENLARGEMENTS, enlarged, read_ai_edit, read_photo


def pixels(path):
    return np.asarray(Image.open(path))


def test_a_restored_copy_lies_beside_the_photo(heirloom, photo):
    original = photo.read_bytes()
    ran = heirloom("restore", photo)
    assert ran.code == 0
    assert ran.err == ""
    assert '"' + str(photo.with_name("grandmother-restored.jpg")) in ran.out
    assert "face 1 at" in ran.out
    assert photo.read_bytes() == original
    assert not np.array_equal(pixels(photo.with_name("grandmother-restored.jpg")), pixels(photo))


def test_at_level_0_the_copy_is_the_file_byte_for_byte(heirloom, photo, tmp_path):
    assert heirloom("restore", photo, "--level", "0", "-o", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "grandmother-restored.jpg").read_bytes() == photo.read_bytes()


def test_the_copy_says_what_ai_did_to_it(heirloom, photo):
    heirloom("restore", photo, "--level", "75")
    edit = read_ai_edit(read_photo(photo.with_name("grandmother-restored.jpg")).metadata)
    assert edit.model == "small 1"
    assert edit.levels == (75.0,)
    assert edit.software.startswith("Heirloom ")


def test_camera_and_profile_are_kept(heirloom, photo, portrait, tmp_path):
    from PIL import ImageCms

    exif = Image.Exif()
    exif[0x010F] = "Voigtlaender"
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(portrait).save(photo, exif=exif, icc_profile=icc, dpi=(300, 300))
    heirloom("restore", photo, "--level", "60")
    copy = Image.open(tmp_path / "grandmother-restored.jpg")
    assert copy.getexif()[0x010F] == "Voigtlaender"
    assert copy.info["icc_profile"] == icc
    assert copy.info["dpi"] == (300, 300)


def test_16_bits_stay_16_bits(heirloom, portrait, tmp_path):
    import cv2

    deep = portrait[..., ::-1].astype(np.uint16) * 257
    (tmp_path / "scan.png").write_bytes(cv2.imencode(".png", deep)[1].tobytes())
    assert heirloom("restore", tmp_path / "scan.png").code == 0
    assert read_photo(tmp_path / "scan-restored.png").pixels.dtype == np.uint16


@pytest.mark.parametrize("mode", ["CMYK", "P", "RGBA", "L"])
def test_other_kinds_of_picture_are_restored_too(heirloom, portrait, tmp_path, mode):
    path = tmp_path / ("photo.jpg" if mode == "CMYK" else "photo.png")
    Image.fromarray(portrait).convert(mode).save(path)
    ran = heirloom("restore", path)
    assert ran.code == 0, ran.err
    assert "face 1 at" in ran.out
    assert path.with_stem("photo-restored").is_file()


def test_another_format_on_request(heirloom, photo, tmp_path):
    assert heirloom("restore", photo, "--format", "png", "-o", tmp_path / "new" / "folder").code == 0
    copy = Image.open(tmp_path / "new" / "folder" / "grandmother-restored.png")
    assert copy.format == "PNG"


def test_a_wrong_extension_is_put_right(heirloom, photo):
    photo.rename(photo.with_suffix(".png"))
    heirloom("restore", photo.with_suffix(".png"))
    assert Image.open(photo.with_name("grandmother-restored.jpg")).format == "JPEG"


def test_each_face_can_have_its_level(heirloom, portrait, tmp_path):
    Image.fromarray(np.hstack([portrait, portrait[:, ::-1]])).save(tmp_path / "sisters.png")
    ran = heirloom("restore", tmp_path / "sisters.png", "--level", "60", "--face", "2=0", "--json")
    assert ran.code == 0
    report = json.loads(ran.out)
    assert [face["level"] for face in report["faces"]] == [60.0, 0.0]
    assert report["output"] == str(tmp_path / "sisters-restored.png")
    assert report["device"] == "CPU"
    before, after = pixels(tmp_path / "sisters.png"), pixels(tmp_path / "sisters-restored.png")
    assert np.array_equal(before[:, 300:], after[:, 300:])
    assert not np.array_equal(before, after)


def test_a_face_that_is_left_alone_is_told(heirloom, portrait, tmp_path):
    wall = np.full((240, 120, 3), 200, np.uint8)
    wall[20:52, 20:52] = np.asarray(Image.fromarray(portrait).resize((32, 32), Image.Resampling.BOX))
    Image.fromarray(np.hstack([portrait, wall])).save(tmp_path / "room.png")
    ran = heirloom("restore", tmp_path / "room.png", "--face", "2=0")
    assert ran.code == 0
    assert "Face 2: This face is too small" in ran.out
    ran = heirloom("restore", tmp_path / "room.png", "--face", "2=60", "--overwrite")
    assert ran.code == 2
    assert "can't be restored: This face is too small" in ran.sentence


def test_without_a_face_nothing_is_written(heirloom, tmp_path):
    Image.new("RGB", (80, 60), "grey").save(tmp_path / "wall.png")
    ran = heirloom("restore", tmp_path / "wall.png")
    assert ran.code == 0
    assert "no face to restore, nothing written" in ran.out
    assert [path.name for path in tmp_path.iterdir()] == ["wall.png"]


def test_an_existing_result_is_replaced_only_on_request(heirloom, photo):
    result = photo.with_name("grandmother-restored.jpg")
    result.write_text("mine")
    ran = heirloom("restore", photo)
    assert ran.code == 4
    assert "exists already" in ran.sentence
    assert result.read_text() == "mine"
    assert heirloom("restore", photo, "--overwrite").code == 0
    assert Image.open(result).format == "JPEG"


def test_two_photos_never_become_one_file(heirloom, photo, tmp_path):
    """The same name in two folders, results in a third: the second is refused, even with --overwrite."""
    twin = tmp_path / "1927" / photo.name
    twin.parent.mkdir()
    twin.write_bytes(photo.read_bytes())
    out = tmp_path / "out"
    ran = heirloom("restore", photo, twin, "--overwrite", "--level", "0", "-o", out)
    assert ran.code == 2
    assert "would become the same file as" in ran.sentence
    assert [path.name for path in out.iterdir()] == ["grandmother-restored.jpg"]


@pytest.mark.parametrize(
    ("command", "name"),
    [("restore", "scan-restored.png"), ("sweep", "scan-sweep.png"), ("faces", "scan-faces.png")],
)
@pytest.mark.parametrize("place", [".", "out"])
def test_a_result_never_takes_the_place_of_another_photo_of_the_call(
    heirloom, portrait, tmp_path, command, name, place
):
    scan, other = tmp_path / "scan.png", tmp_path / place / name
    other.parent.mkdir(exist_ok=True)
    Image.fromarray(portrait).save(scan)
    Image.fromarray(portrait[:, ::-1]).save(other)
    before, link = other.read_bytes(), tmp_path / "called otherwise.png"
    link.hardlink_to(other)
    folder = [] if place == "." else ["-o", other.parent]
    for called in (other, link):
        ran = heirloom(command, scan, called, "--overwrite", *folder)
        assert ran.code == 2
        assert f'{name}" is itself a photo of this call' in ran.sentence
        assert other.read_bytes() == before
    assert heirloom(command, scan, "--overwrite", *folder).code == 0


def test_a_folder_may_be_called_as_a_photo_is_if_it_is_there(heirloom, photo, tmp_path):
    folder = tmp_path / "from grandmother.tif"
    refused = heirloom("restore", photo, "--level", "0", "-o", folder)
    assert refused.code == 2
    assert not folder.exists()
    folder.mkdir()
    assert heirloom("restore", photo, "--level", "0", "-o", folder).code == 0
    assert [path.name for path in folder.iterdir()] == ["grandmother-restored.jpg"]


def test_a_device_that_is_not_there_is_told_and_replaced(heirloom, photo):
    ran = heirloom("restore", photo, "--level", "0", "--device", "cuda:9")
    assert ran.code == 0
    assert "Running on the CPU because" in ran.sentence


def test_a_copy_can_be_enlarged(heirloom, portrait, tmp_path):
    path = tmp_path / "small.png"
    Image.fromarray(portrait).save(path)
    said = heirloom("restore", path, "--enlarge", "2", "--json")
    assert said.code == 0
    data = json.loads(said.out)
    copy, larger = read_photo(tmp_path / "small-restored.png"), enlarged(read_photo(path), 2)
    assert data["enlarged"] == 2
    x0, y0, x1, y1 = data["faces"][0]["box"]
    assert 0 < x0 < x1 < portrait.shape[1]
    changed = (copy.pixels != larger.pixels).any(-1)
    assert changed[round(y0 + y1), round(x0 + x1)]
    assert not changed[-60:].any()
    assert read_ai_edit(copy.metadata).levels[0] == pytest.approx(data["faces"][0]["level"], abs=0.1)


def test_a_telephone_s_photo_becomes_a_jpeg(heirloom, portrait, tmp_path):
    path = tmp_path / "IMG_1927.HEIC"
    pillow_heif.from_pillow(Image.fromarray(portrait)).save(path)
    before = path.read_bytes()
    said = json.loads(heirloom("restore", path, "--json").out)
    assert said["output"] == str(tmp_path / "IMG_1927-restored.jpg")
    with Image.open(said["output"]) as copy:
        assert copy.format == "JPEG"
        assert copy.size == portrait.shape[1::-1]
    assert heirloom("restore", path, "--level", "0", "--overwrite").code == 0
    with Image.open(said["output"]) as copy:
        assert copy.format == "JPEG"
        assert np.abs(np.asarray(copy).astype(int) - read_photo(path).pixels).mean() < 2
    assert heirloom("restore", path, "--format", "png").code == 0
    assert path.read_bytes() == before


def test_a_copy_can_be_turned_so_that_faces_stand(heirloom, portrait, tmp_path):
    path, upright = tmp_path / "lying.png", tmp_path / "out"
    Image.fromarray(np.rot90(portrait, -1)).save(path)
    found = json.loads(heirloom("restore", path, "--json").out)
    said = json.loads(heirloom("restore", path, "--upright", "--json", "-o", upright).out)
    assert (found["turned"], said["turned"]) == (0, 270)
    assert found["faces"] == said["faces"]
    as_it_lies = read_photo(tmp_path / "lying-restored.png").pixels
    stands = read_photo(upright / "lying-restored.png").pixels
    assert as_it_lies.shape[:2] == stands.shape[1::-1]
    other, restored = (np.abs(one.astype(int) - stands).mean() for one in (np.rot90(as_it_lies), portrait))
    assert other < 0.1 * restored
    assert "turned upright" in heirloom("restore", path, "--upright", "--overwrite").out
    assert ", turned" not in heirloom("restore", upright / "lying-restored.png", "--upright").out


def test_at_level_0_an_enlarged_copy_is_nothing_more(heirloom, photo, tmp_path):
    assert heirloom("restore", photo, "--enlarge", "3", "--level", "0", "--format", "png").code == 0
    copy = read_photo(tmp_path / "grandmother-restored.png")
    assert np.array_equal(copy.pixels, enlarged(read_photo(photo), 3).pixels)
    assert read_ai_edit(copy.metadata) is None


@pytest.mark.parametrize("wish", ["0", "5", "two", "1.5"])
def test_a_photo_is_enlarged_once_to_four_times(heirloom, photo, wish):
    refused = heirloom("restore", photo, "--enlarge", wish)
    assert refused.code == 2
    assert "--enlarge" in refused.err


def test_what_can_be_typed_is_what_the_engine_can_do():
    for factor in ENLARGEMENTS:
        assert parser().parse_args(["album", "in", "--enlarge", str(factor)]).enlarge == factor


def test_a_copy_that_would_be_too_large_gets_one_sentence(heirloom, photo, monkeypatch):
    monkeypatch.setattr("engine.photo.enlarging.MAX_PIXELS", 500_000)
    assert heirloom("restore", photo, "--enlarge", "2").code == 0
    refused = heirloom("restore", photo, "--enlarge", "3", "--overwrite")
    assert refused.code == 2
    assert "grandmother.jpg" in refused.sentence
    assert "enlarge it less" in refused.sentence


def test_small_faces_are_told_of_where_nobody_has_chosen_a_size(heirloom, portrait, tmp_path):
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    Image.fromarray(portrait[::2, ::2]).save(small)
    Image.fromarray(portrait).resize((480, 480)).save(large)
    assert "--enlarge 4 shows more" in heirloom("restore", small).out
    assert "--enlarge" not in heirloom("restore", small, "--enlarge", "1", "--overwrite").out
    assert "--enlarge" not in heirloom("restore", small, "--level", "0", "--overwrite").out
    assert "--enlarge" not in heirloom("restore", large).out


def test_a_face_of_which_too_little_is_left_is_drawn_only_at_a_level_that_is_given(
    heirloom, photo, monkeypatch
):
    monkeypatch.setattr("engine.restore.model._LEAST_LIKENESS", 99.0)
    copy = photo.with_name("grandmother-restored.jpg")
    ran = heirloom("restore", photo)
    assert ran.code == 0
    assert "face 1 at 0" in ran.out
    assert "Face 1: Too little of this face is left to know the person" in ran.out
    assert copy.read_bytes() == photo.read_bytes()
    (face,) = json.loads(heirloom("restore", photo, "--overwrite", "--json").out)["faces"]
    assert (face["level"], face["automatic_level"], face["left_alone"]) == (0, 0, "unrecognisable")
    for wish in (("--face", "1=60"), ("--level", "60")):
        told = json.loads(heirloom("restore", photo, *wish, "--overwrite", "--json").out)["faces"][0]
        assert (told["level"], told["left_alone"]) == (60, None)
        assert not np.array_equal(pixels(copy), pixels(photo))
    assert "Too little" not in heirloom("restore", photo, "--level", "60", "--overwrite").out


def test_such_a_face_is_listed_with_the_reason(heirloom, photo, monkeypatch):
    monkeypatch.setattr("engine.restore.model._LEAST_LIKENESS", 99.0)
    out = heirloom("faces", photo).out
    assert "Too little of this face is left to know the person" in out
    (row,) = [line for line in out.splitlines() if "Too little" in line]
    assert row.split()[6] == "0"  # its level
