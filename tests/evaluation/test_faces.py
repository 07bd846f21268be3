"""Which faces a table is made of."""

import numpy as np
import pytest
from PIL import Image

from engine.errors import UsageError
from engine.evaluation.faces import FaceReader, find_images, some_of


def read(folder, paths, said=None):
    reader = FaceReader(folder, 256, (said if said is not None else []).append)
    return [face for path in paths for face in reader(path)]


def test_a_folder_without_images_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no face images"):
        find_images(tmp_path, None)
    with pytest.raises(UsageError, match="no face images"):
        find_images(tmp_path / "none", None)


def test_a_limit_is_spread_over_the_folder(tmp_path, face_file):
    for number in range(6):
        face_file(tmp_path / f"{number}.png")
    assert [path.name for path in find_images(tmp_path, 2)] == ["0.png", "3.png"]


def test_faces_of_the_same_name_in_two_folders_are_two_faces(tmp_path, face_file):
    for number, folder in enumerate(("anna", "bert")):
        face_file(tmp_path / folder / "1.png", left=100 + 20 * number)
    faces = read(tmp_path, find_images(tmp_path, None))
    assert [face.name for face in faces] == ["anna/1.png", "bert/1.png"]
    assert faces[0].file == faces[1].file == "1.png"
    assert faces[0].digest != faces[1].digest


def test_a_group_is_a_folder_or_what_stands_before_the_underscore(tmp_path, face_file):
    paths = [face_file(tmp_path / name) for name in ("old/1.png", "young_1.png", "1.png")]
    assert [face.group for face in read(tmp_path, paths)] == ["old", "young", ""]


def test_a_face_of_another_size_is_resized_with_a_notice(tmp_path):
    Image.new("RGB", (100, 100), "grey").save(tmp_path / "small.png")
    said = []
    (face,) = read(tmp_path, [tmp_path / "small.png"], said)
    assert face.pixels.shape == (256, 256, 3)
    assert said == ["small.png is resized from 100×100 to 256×256"]


def test_an_unreadable_picture_is_skipped_and_named(tmp_path):
    (tmp_path / "torn.png").write_bytes(b"torn")
    said = []
    assert read(tmp_path, [tmp_path / "torn.png"], said) == []
    assert said[0].startswith("skipped: ")
    assert "torn.png" in said[0]


def test_in_a_photo_the_faces_are_found_and_aligned(tmp_path, astronaut):
    Image.fromarray(astronaut[:400]).save(tmp_path / "photo.png")
    Image.new("RGB", (300, 200), "grey").save(tmp_path / "wall.png")
    said = []
    (face,) = read(tmp_path, [tmp_path / "photo.png", tmp_path / "wall.png"], said)
    assert face.name == "photo.png#1"
    assert face.pixels.shape == (256, 256, 3)
    assert said == ["skipped: no face that can be used is found in wall.png"]


def test_the_choice_for_slow_systems_stays(tmp_path, face_file):
    paths = [face_file(tmp_path / f"{number}.png") for number in range(8)]
    chosen = some_of(paths, tmp_path, 3)
    assert len(chosen) == 3
    assert chosen == some_of(paths[::-1], tmp_path, 3)
    assert chosen < some_of(paths, tmp_path, 5)


def test_what_belongs_to_a_face_are_its_pixels(tmp_path, face_file):
    one, two = face_file(tmp_path / "1.png"), face_file(tmp_path / "2.png")
    faces = read(tmp_path, [one, two])
    assert np.array_equal(faces[0].pixels, faces[1].pixels)
    assert faces[0].digest == faces[1].digest
