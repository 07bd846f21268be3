"""A job that is gone on with after its photos, or what was named, changed: nothing twice, nothing stuck."""

import os
import shutil
from pathlib import Path

import pytest

from engine.album import Album, AlbumSettings, LevelRule, State, WithoutFaces
from engine.errors import UsageError


@pytest.fixture
def run(restorer, tmp_path, states):
    """Open the job in ``out``, run it, and give its states."""

    def run(*inputs: Path, level: float = 80, copy: bool = False, **options) -> dict[str, str]:
        settings = AlbumSettings(
            LevelRule(level), without_faces=WithoutFaces.COPY if copy else WithoutFaces.SKIP
        )
        with Album.open([str(one) for one in inputs], str(tmp_path / "out"), settings, **options) as album:
            album.run(restorer)
            return states(album)

    return run


@pytest.fixture
def times(tmp_path):
    """Times of the results, by name."""
    return lambda: {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.jpg")}


def test_photos_in_a_renamed_folder_are_the_same_photos(run, make_album, save, tmp_path, times):
    photos = make_album(2)
    (photos / "0/photo001.jpg").write_bytes(b"torn")
    run(photos)
    before = times()
    moved = photos.rename(tmp_path / "renamed")
    save(moved / "0/photo001.jpg")
    assert run(moved, resume=True) == {"photo000.jpg": "done", "photo001.jpg": "done"}
    assert times().items() > before.items()
    assert set(times()) == {"photo000-restored.jpg", "photo001-restored.jpg"}


def test_a_copy_of_the_folder_stands_for_it_when_it_is_gone(run, make_album, tmp_path, times):
    photos = make_album(2)
    run(photos)
    before = times()
    shutil.copytree(photos, tmp_path / "copy")
    shutil.rmtree(photos)
    run(tmp_path / "copy", resume=True)
    assert times() == before


@pytest.mark.parametrize("names_the_missing", [False, True])
@pytest.mark.parametrize("is_copied", [False, True])
def test_one_of_several_folders_may_be_renamed(run, save, tmp_path, times, names_the_missing, is_copied):
    kept, old, new = (tmp_path / name for name in ("kept", "old", "new"))
    save(kept / "photo.jpg", 0)
    save(old / "photo.jpg", 9)
    save(old / "deep/photo.jpg", 20)
    run(kept, old)
    before = times()
    if is_copied:  # with times of its own
        shutil.copytree(old, new, copy_function=shutil.copyfile)
        shutil.rmtree(old)
    else:
        old.rename(new)
    inputs = (kept, old, new) if names_the_missing else (kept, new)
    assert run(*inputs, resume=True) == {"photo.jpg": "done"}
    assert times() == before
    with Album.reopen(str(tmp_path / "out")) as album:
        assert album.progress().total == 3


def test_a_photo_of_the_same_name_and_size_is_another_one(run, save, tmp_path, times):
    save(tmp_path / "kept/other.jpg", 0)
    photo = save(tmp_path / "old/photo.bmp", 9)
    run(tmp_path / "kept", photo.parent)
    before = times()
    shutil.rmtree(photo.parent)
    save(tmp_path / "new/photo.bmp", 30)
    with Album.open(
        [str(tmp_path / "kept"), str(tmp_path / "new")],
        str(tmp_path / "out"),
        AlbumSettings(LevelRule(80)),
        resume=True,
    ) as album:
        assert [record.source for record in album.records(State.WAITING)] == [str(tmp_path / "new/photo.bmp")]
    assert times() == before


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_photos_that_are_reached_by_a_link_are_the_same_photos(run, make_album, tmp_path, times):
    photos = make_album(1)
    run(photos)
    before = times()
    (tmp_path / "link").symlink_to(photos)
    assert run(tmp_path / "link", resume=True) == {"photo000.jpg": "done"}
    assert times() == before


def test_waiting_photos_are_found_in_a_renamed_folder(make_album, restorer, tmp_path):
    photos = make_album(2)
    Album.open([str(photos)], str(tmp_path / "out")).close()
    moved = photos.rename(tmp_path / "renamed")
    with Album.open([str(moved)], str(tmp_path / "out"), resume=True) as album:
        assert album.run(restorer).done == album.progress().total == 2


def test_another_photo_of_the_same_name_does_not_replace_the_result_of_one_that_is_gone(
    run, save, tmp_path, checksums
):
    save(tmp_path / "one/photo.jpg", 0)
    run(tmp_path / "one")
    before = checksums(tmp_path / "out")
    shutil.rmtree(tmp_path / "one")
    save(tmp_path / "two/photo.jpg", 30)
    run(tmp_path / "two", resume=True)
    after = checksums(tmp_path / "out")
    assert after.items() > before.items()
    assert list(after) == ["photo-restored-2.jpg", "photo-restored.jpg"]


def test_a_photo_that_was_damaged_for_a_while_is_restored_when_it_is_whole(run, make_album, tmp_path):
    photos = make_album(1)
    photo = photos / "0/photo000.jpg"
    whole = photo.read_bytes()
    run(photos)
    photo.write_bytes(b"torn")
    assert run(photos, resume=True) == {"photo000.jpg": "failed"}
    photo.write_bytes(whole)
    assert run(photos, resume=True) == {"photo000.jpg": "done"}


def test_a_failed_photo_that_is_as_it_was_is_not_tried_again(run, make_album, restorer, tmp_path):
    photos = make_album(1)
    (photos / "0/photo000.jpg").write_bytes(b"torn")
    run(photos)
    with Album.reopen(str(tmp_path / "out")) as album:
        assert album.progress().remaining == 0


def test_a_named_photo_that_is_gone_does_not_stop_the_rest(run, save, tmp_path):
    first, second = save(tmp_path / "a/first.jpg"), save(tmp_path / "b/second.jpg")
    run(first, second)
    second.unlink()
    save(first, 30)
    with Album.reopen(str(tmp_path / "out")) as album:
        assert "second.jpg" in album.notices[0]
        assert [record.source for record in album.records(State.WAITING)] == [str(first)]


def test_a_named_photo_that_is_gone_before_its_turn_fails_alone(save, restorer, tmp_path, states):
    first, second = save(tmp_path / "a/first.jpg"), save(tmp_path / "b/second.jpg")
    Album.open([str(first), str(second)], str(tmp_path / "out")).close()
    first.unlink()
    with Album.reopen(str(tmp_path / "out")) as album:
        album.run(restorer)
        assert states(album) == {"first.jpg": "failed", "second.jpg": "done"}
    second.unlink()
    with pytest.raises(UsageError, match=r"first\.jpg"):
        Album.reopen(str(tmp_path / "out"))


def test_what_is_named_for_the_first_time_must_be_there(run, save, tmp_path):
    with pytest.raises(UsageError, match="nowhere"):
        run(save(tmp_path / "photo.jpg"), tmp_path / "nowhere.jpg", resume=True)
    assert not (tmp_path / "out").exists()


def test_a_new_job_does_not_do_the_photos_of_the_one_before(run, save, tmp_path, checksums, times):
    save(tmp_path / "one/photo.jpg", 0)
    save(tmp_path / "two/other.jpg", 9)
    run(tmp_path / "one")
    before = times()
    assert run(tmp_path / "two", level=60, overwrite=True) == {"other.jpg": "done"}
    assert times().items() > before.items()
    # When it comes back it is done again, and its result known as the job's own.
    assert run(tmp_path / "one", level=60, resume=True) == {"photo.jpg": "done", "other.jpg": "done"}
    assert list(checksums(tmp_path / "out")) == ["other-restored.jpg", "photo-restored.jpg"]
    assert times()["photo-restored.jpg"] != before["photo-restored.jpg"]


@pytest.mark.parametrize("copy", [False, True])
def test_a_face_that_was_away_for_a_while_gets_its_result_again(run, save, meadow, tmp_path, checksums, copy):
    photo = save(tmp_path / "in/photo.jpg")
    run(tmp_path / "in", copy=copy)
    save(photo, pixels=meadow)
    assert run(tmp_path / "in", copy=copy, resume=True) == {"photo.jpg": "no_face"}
    save(photo, 30)
    assert run(tmp_path / "in", copy=copy, resume=True) == {"photo.jpg": "done"}
    assert "photo-restored.jpg" in checksums(tmp_path / "out")


def test_a_job_that_came_to_nothing_does_not_stand_in_the_way(run, make_album, tmp_path):
    photos = make_album(1)
    Album.open([str(photos)], str(tmp_path / "out"), AlbumSettings(LevelRule(80))).close()
    assert run(photos) == {"photo000.jpg": "done"}
