"""Damaged files by the hundred: each ends as failed with a sentence or as done, and the process lives."""

import json
import os
import random
import shutil
import struct
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.album import Album, AlbumSettings, LevelRule, State, write_report

COUNT = int(os.environ.get("HEIRLOOM_DAMAGED", "40"))


def damaged(good: dict[str, bytes], number: int) -> tuple[str, bytes]:
    """Name and content of a file made from a good one."""
    rng = random.Random(number)
    extension = rng.choice(sorted(good))
    data = bytearray(good[extension])
    kind = ("cut", "flip", "renamed", "huge", "overwritten", "empty")[number % 6]
    if kind == "cut":
        del data[rng.randrange(1, len(data)) :]
    elif kind == "flip":
        for _ in range(rng.randint(1, 40)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == "renamed":
        extension = rng.choice([e for e in sorted(good) if e != extension])
    elif kind == "huge":
        data = _with_huge_size(extension, data)
    elif kind == "overwritten":
        start = rng.randrange(len(data))
        data[start : start + 500] = rng.randbytes(min(500, len(data) - start))
    else:
        data = bytearray(rng.randbytes(rng.choice([0, 1, 10])))
    return f"{number:04}-{kind}{extension}", bytes(data)


def _with_huge_size(extension: str, data: bytearray) -> bytearray:
    if extension == ".png":
        data[16:24] = struct.pack(">II", 60_000, 60_000)
    elif extension == ".jpg":
        frame = data.find(b"\xff\xc0")
        data[frame + 5 : frame + 9] = struct.pack(">HH", 65_000, 65_000)
    else:
        data[20:40] = b"\xff" * 20
    return data


def test_damaged_files_fail_each_with_a_sentence(portrait, restorer, tmp_path: Path):
    small = cv2.resize(portrait, (120, 120))[..., ::-1]
    good = {e: cv2.imencode(e, small)[1].tobytes() for e in (".jpg", ".png", ".webp", ".tiff")}
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(COUNT):
        name, data = damaged(good, number)
        (folder / name).write_bytes(data)
    with Album.open([str(folder)], str(tmp_path / "out"), AlbumSettings(LevelRule(80))) as album:
        summary = album.run(restorer)
        assert (summary.total, summary.waiting) == (COUNT, 0)
        assert summary.failed > COUNT // 3
        for record in album.records(State.FAILED):
            assert Path(record.source).name in record.sentence
            assert record.sentence.endswith(".")
            assert "mistake in Heirloom" not in record.sentence


def test_names_of_every_kind_are_kept(save, restorer, tmp_path, checksums):
    names = [
        "Großmutter & Opa.jpg",
        "写真.jpg",
        "with 'quotes' \"all\" over.jpg",
        "<b>.jpg",
        "two\nlines.jpg",
    ]
    for name in names:
        save(tmp_path / "in" / name)
    with Album.open([str(tmp_path / "in")], str(tmp_path / "out"), AlbumSettings(LevelRule(80))) as album:
        assert album.run(restorer).done == len(names)
    assert set(checksums(tmp_path / "out")) == {name.replace(".jpg", "-restored.jpg") for name in names}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file can be called so")
def test_a_name_that_is_no_unicode_is_one_like_any_other(save, restorer, tmp_path, checksums):
    odd = os.fsdecode(b"Gro\xdf.jpg")
    shutil.move(save(tmp_path / "in/photo.jpg"), tmp_path / "in" / odd)
    save(tmp_path / "in/other.jpg")
    (tmp_path / "in" / os.fsdecode(b"torn\xdf.jpg")).write_bytes(b"torn")
    for _ in range(2):
        with Album.open([str(tmp_path / "in")], str(tmp_path / "out"), resume=True) as album:
            album.run(restorer)
            assert (album.progress().done, album.progress().failed) == (2, 1)
            assert json.loads(json.dumps(next(album.records()).to_dict()))["output"].startswith("Gro")
    assert set(checksums(tmp_path / "out")) == {os.fsdecode(b"Gro\xdf-restored.jpg"), "other-restored.jpg"}
    page = write_report(str(tmp_path / "out")).read_text(encoding="utf-8")
    assert page.count("<article class=pair>") == 2
    assert "Gro\\udcdf" in page


def test_a_photo_that_vanishes_fails_alone(make_album, restorer, tmp_path):
    photos = make_album(3)
    with Album.open([str(photos)], str(tmp_path / "out"), AlbumSettings(LevelRule(80))) as album:
        (photos / "0/photo001.jpg").unlink()
        summary = album.run(restorer)
        assert (summary.done, summary.failed) == (2, 1)


def test_a_photo_full_of_faces_needs_no_more_memory_than_its_batch(portrait, save, restorer, tmp_path):
    crowd = np.tile(portrait, (2, 3, 1))
    save(tmp_path / "in/crowd.png", pixels=crowd)
    with Album.open([str(tmp_path / "in")], str(tmp_path / "out"), AlbumSettings(LevelRule(80))) as album:
        album.run(restorer)
        (record,) = album.records(State.DONE)
        assert len([face for face in record.faces if face.level == 80]) == 6
