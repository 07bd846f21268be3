"""Small pictures of photos and faces."""

import numpy as np
import pytest
from PIL import Image

from engine.album import face_pair, thumbnail
from engine.errors import PhotoError


def test_a_thumbnail_is_upright_and_no_larger_than_asked(save, tmp_path):
    path = save(tmp_path / "tall.jpg", pixels=np.full((300, 900, 3), 90, np.uint8))
    with Image.open(path) as image:
        exif = image.getexif()
        exif[0x0112] = 6  # turned by the camera
        image.save(path, exif=exif)
    assert thumbnail(path, 96).shape == (96, 32, 3)


def test_a_small_photo_is_not_enlarged(save, tmp_path):
    path = save(tmp_path / "small.png", pixels=np.zeros((20, 30, 3), np.uint8))
    assert thumbnail(path, 96).shape == (20, 30, 3)


def test_a_photo_with_a_wrong_extension_has_a_thumbnail(save, tmp_path):
    path = save(tmp_path / "photo.png").rename(tmp_path / "photo.jpg")
    assert thumbnail(path, 48).shape == (48, 48, 3)


def test_a_broken_photo_has_no_thumbnail_but_a_sentence(tmp_path):
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 no more")
    with pytest.raises(PhotoError, match=r"broken\.jpg"):
        thumbnail(path, 48)


def test_a_face_is_cut_from_photo_and_copy_alike(save, tmp_path):
    before, after = save(tmp_path / "a.png", 0), save(tmp_path / "b.png", 30)
    pair = face_pair(before, after, (60, 40, 160, 170), 0, 64)
    assert pair[0].shape == pair[1].shape == (64, 64, 3)
    assert pair[1].mean() > pair[0].mean() + 15


def test_a_copy_of_another_size_is_no_copy(save, tmp_path):
    before = save(tmp_path / "a.png")
    after = save(tmp_path / "b.png", pixels=np.zeros((20, 30, 3), np.uint8))
    with pytest.raises(PhotoError, match=r"b\.png"):
        face_pair(before, after, (0, 0, 10, 10), 0, 64)


def test_a_face_is_found_again_in_an_enlarged_copy(save, tmp_path):
    scene = np.zeros((120, 160, 3), np.uint8)
    scene[40:60, 100:120] = 255
    before = save(tmp_path / "a.png", pixels=scene)
    after = save(tmp_path / "b.png", pixels=scene.repeat(3, 0).repeat(3, 1))
    pair = face_pair(before, after, (100, 40, 120, 60), 0, 60)
    assert pair[0].shape == pair[1].shape
    assert np.abs(pair[0].astype(int) - pair[1]).mean() < 8


@pytest.mark.parametrize("turned", [1, 2, 3])
def test_a_face_is_found_again_in_a_copy_that_was_turned(save, tmp_path, turned):
    scene = np.zeros((120, 160, 3), np.uint8)
    scene[40:60, 100:120] = 255
    scene[40:50, 100:110] = 120
    before = save(tmp_path / "a.png", pixels=scene)
    larger = scene.repeat(2, 0).repeat(2, 1)
    after = save(tmp_path / "b.png", pixels=np.ascontiguousarray(np.rot90(larger, turned)))
    pair = face_pair(before, after, (100, 40, 120, 60), turned, 60)
    assert pair[0].shape == pair[1].shape
    assert pair[0].max() == 255
    assert np.abs(pair[0].astype(int) - pair[1]).mean() < 8
    if turned != 2:
        with pytest.raises(PhotoError, match=r"b\.png"):
            face_pair(before, after, (100, 40, 120, 60), 0, 60)
