import contextlib
import json
import os
import shutil
import sqlite3
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image

from engine.album import Album, AlbumSettings, LevelRule, State, WithoutFaces
from engine.errors import OutputError, UsageError
from engine.photo import PhotoFormat, enlarged, read_ai_edit, read_photo
from engine.restore import Arrangement, Restorer

FIXED = AlbumSettings(LevelRule(fixed=80))


@pytest.fixture
def run(restorer, tmp_path, states):
    """Open the job of a folder, run it, and give the album's states and notices."""

    def run(photos: Path, output: Path | None = None, settings: AlbumSettings = FIXED, **options):
        with Album.open([str(photos)], str(output or tmp_path / "out"), settings, **options) as album:
            album.run(restorer)
            return states(album), album.notices

    return run


def test_a_tree_of_photos_is_mirrored(run, make_album, tmp_path, checksums):
    photos = make_album(4)
    before = checksums(photos)
    assert set(run(photos)[0].values()) == {"done"}
    assert list(checksums(tmp_path / "out")) == [name.replace(".jpg", "-restored.jpg") for name in before]
    assert checksums(photos) == before


def test_the_result_is_what_the_restorer_makes_of_the_photo(run, save, restorer, tmp_path):
    original = save(tmp_path / "in/photo.png")
    run(tmp_path / "in")
    analysis = restorer.analyse(read_photo(original))
    expected = restorer.render(analysis, {face.number: 80 for face in analysis.restorable})
    result = read_photo(tmp_path / "out/photo-restored.png")
    # Landmarks differ by 1e-5 px, because the album runs the detector on one thread.
    assert np.abs(result.pixels.astype(int) - expected.pixels).max() <= 1
    assert read_ai_edit(result.metadata).levels == (80.0,)


def test_running_again_gives_the_same_bytes(run, make_album, tmp_path, checksums):
    photos = make_album(3)
    run(photos, tmp_path / "first", AlbumSettings())
    run(photos, tmp_path / "second", AlbumSettings())
    assert checksums(tmp_path / "first") == checksums(tmp_path / "second")


def test_one_failure_does_not_stop_the_rest(run, make_album, tmp_path):
    photos = make_album(3)
    (photos / "0/photo001.jpg").write_bytes(b"\xff\xd8\xff broken")
    found, _ = run(photos)
    assert found == {"photo000.jpg": "done", "photo001.jpg": "failed", "photo002.jpg": "done"}
    with Album.reopen(str(tmp_path / "out")) as album:
        (failed,) = album.records(State.FAILED)
        assert "photo001.jpg" in failed.sentence
        assert album.exit_code == 3


def test_photos_of_many_kinds_go_through_together(run, save, portrait, tmp_path):
    deep = portrait.astype(np.uint16) * 257
    save(tmp_path / "in/deep.png", pixels=deep)
    save(tmp_path / "in/plain.webp")
    cv2.imencode(".png", cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY))[1].tofile(tmp_path / "in/grey.png")
    assert set(run(tmp_path / "in")[0].values()) == {"done"}
    assert read_photo(tmp_path / "out/deep-restored.png").pixels.dtype == np.uint16
    assert read_photo(tmp_path / "out/grey-restored.png").is_grey


def test_photos_without_a_face_are_skipped_or_copied(run, save, meadow, tmp_path, checksums):
    original = save(tmp_path / "in/meadow.png", pixels=meadow)
    assert run(tmp_path / "in")[0] == {"meadow.png": "no_face"}
    assert checksums(tmp_path / "out") == {}
    run(tmp_path / "in", tmp_path / "copies", AlbumSettings(without_faces=WithoutFaces.COPY))
    assert (tmp_path / "copies/meadow.png").read_bytes() == original.read_bytes()


def test_results_may_have_another_format(run, make_album, tmp_path):
    run(make_album(1), settings=AlbumSettings(LevelRule(80), PhotoFormat.PNG))
    assert read_photo(tmp_path / "out/0/photo000-restored.png").format is PhotoFormat.PNG


def test_photos_of_one_stem_do_not_meet(run, save, tmp_path, checksums):
    save(tmp_path / "in/a.jpg", 1)
    save(tmp_path / "in/a.png", 2)
    run(tmp_path / "in", settings=AlbumSettings(LevelRule(80), PhotoFormat.PNG))
    assert list(checksums(tmp_path / "out")) == ["a-jpg-restored.png", "a-png-restored.png"]


@pytest.mark.parametrize("output", ["", "0/inside", "."])
def test_originals_are_safe_when_results_go_among_them(run, make_album, save, meadow, output, checksums):
    photos = make_album(2)
    save(photos / "meadow.png", pixels=meadow)
    before = checksums(photos)
    settings = AlbumSettings(LevelRule(80), without_faces=WithoutFaces.COPY)
    for _ in range(2):  # the second run must not take results for originals
        found, _ = run(photos, photos / output, settings, resume=True, overwrite=True)
        assert found == {"meadow.png": "no_face", "photo000.jpg": "done", "photo001.jpg": "done"}
    after = checksums(photos)
    assert {name: after[name] for name in before} == before


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_an_original_is_not_replaced_under_another_name(run, make_album, tmp_path):
    photos = make_album(1)
    original = photos / "0/photo000.jpg"
    before = original.read_bytes()
    (tmp_path / "out/0").mkdir(parents=True)
    os.link(original, tmp_path / "out/0/photo000-restored.jpg")
    assert run(photos, overwrite=True)[0] == {"photo000.jpg": "failed"}
    assert original.read_bytes() == before


@pytest.fixture
def lookalike(save, tmp_path):
    """A photo of the user's own that is called like the result of the one beside it, ``in/x.jpg``."""
    save(tmp_path / "in/x.jpg")
    return save(tmp_path / "in/x-restored.jpg", 30)


@pytest.mark.parametrize("output", ["in", "link"])
def test_an_original_that_is_called_like_a_result_is_never_replaced(run, lookalike, tmp_path, output):
    if output == "link":
        if os.name != "posix":
            pytest.skip("needs links")
        (tmp_path / "link").symlink_to(tmp_path / "in")
    before = lookalike.read_bytes()
    for resume in (False, True):
        found, notices = run(tmp_path / "in", tmp_path / output, overwrite=True, resume=resume)
        assert found == {"x.jpg": "failed"}
        assert lookalike.read_bytes() == before
        assert any("1 photo" in notice and "name it" in notice for notice in notices)


def test_an_original_that_is_called_like_a_result_is_restored_when_it_is_named(
    restorer, states, lookalike, tmp_path, checksums
):
    before = checksums(tmp_path / "in")
    inputs = [str(tmp_path / "in/x.jpg"), str(lookalike)]
    for _ in range(2):
        with Album.open(inputs, str(tmp_path / "in"), FIXED, overwrite=True) as album:
            album.run(restorer)
            assert states(album) == {"x.jpg": "done", "x-restored.jpg": "done"}
        after = checksums(tmp_path / "in")
        assert after.items() > before.items()
        assert set(after) == {*before, "x-restored-2.jpg", "x-restored-restored.jpg"}


@pytest.mark.parametrize("again", [{"resume": True}, {"overwrite": True}])
def test_own_results_are_replaced_without_a_word_and_are_no_photos_even_when_named(
    run, restorer, save, tmp_path, again, states
):
    save(tmp_path / "in/x.jpg")
    save(tmp_path / "in/y.jpg", 9)
    run(tmp_path / "in", tmp_path / "in")
    before = (tmp_path / "in/x-restored.jpg").read_bytes()
    save(tmp_path / "in/x.jpg", 30)
    found, notices = run(tmp_path / "in", tmp_path / "in", **again)
    assert found == {"x.jpg": "done", "y.jpg": "done"}
    assert not [notice for notice in notices if "called like" in notice]
    assert (tmp_path / "in/x-restored.jpg").read_bytes() != before
    if os.name == "posix":
        (tmp_path / "link").symlink_to(tmp_path / "in")
        inputs = [
            str(tmp_path / "in/x.jpg"),
            str(tmp_path / "in/y.jpg"),
            str(tmp_path / "link/x-restored.jpg"),
        ]
        with Album.open(inputs, str(tmp_path / "in"), FIXED, resume=True) as album:
            assert states(album) == {"x.jpg": "done", "y.jpg": "done"}


def test_a_photo_that_was_put_in_the_place_of_a_result_is_kept(run, save, tmp_path):
    save(tmp_path / "in/x.jpg")
    run(tmp_path / "in", tmp_path / "in")
    mine = save(tmp_path / "in/x-restored.jpg", 30).read_bytes()
    assert run(tmp_path / "in", tmp_path / "in", overwrite=True)[0] == {"x.jpg": "failed"}
    assert (tmp_path / "in/x-restored.jpg").read_bytes() == mine


def test_photos_that_are_called_like_results_are_counted(run, save, tmp_path):
    for number, name in enumerate(("x.jpg", "x-restored.jpg", "deep/y.jpg", "deep/y-restored-2.jpg")):
        save(tmp_path / "in" / name, number)
    told = [notice for notice in run(tmp_path / "in")[1] if "called like" in notice]
    assert len(told) == 1
    assert told[0].startswith(f'2 photos in "{tmp_path / "in"}" are called like results of others')


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_results_are_not_restored_again_whatever_the_output_folder_is_called(
    run, save, tmp_path, checksums, monkeypatch
):
    save(tmp_path / "in/a.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    for _ in range(2):
        assert run(tmp_path / "in", tmp_path / "link/out", resume=True)[0] == {"a.jpg": "done"}
    assert list(checksums(tmp_path / "in")) == ["a.jpg", "out/a-restored.jpg"]


def test_results_among_their_originals_are_known_without_a_journal(run, save, tmp_path, checksums):
    for number, name in enumerate(("a.jpg", "a.png", "c.Jpg")):
        save(tmp_path / "in" / name, number)
    run(tmp_path / "in", tmp_path / "in")
    before = checksums(tmp_path / "in")
    shutil.rmtree(tmp_path / "in/.heirloom-album")
    found, _ = run(tmp_path / "in", tmp_path / "in", overwrite=True)
    assert found == {"a.jpg": "done", "a.png": "done", "c.Jpg": "done"}
    assert checksums(tmp_path / "in") == before


def test_a_result_that_is_there_already_byte_for_byte_is_no_stranger(run, make_album, tmp_path, checksums):
    photos = make_album(1)
    run(photos)
    before = checksums(tmp_path / "out")
    shutil.rmtree(tmp_path / "out/.heirloom-album")
    assert run(photos)[0] == {"photo000.jpg": "done"}
    assert checksums(tmp_path / "out") == before


def test_a_folder_that_can_not_be_opened_is_told(small_model, tmp_path, monkeypatch):
    def walk(folder, onerror):
        onerror(PermissionError(13, "Permission denied", str(folder)))
        return iter(())

    (tmp_path / "in").mkdir()
    monkeypatch.setattr("engine.album.sources.os.walk", walk)
    with pytest.raises(UsageError, match=r"can't be looked into \(Permission denied\)"):
        Album.open([str(tmp_path / "in")], str(tmp_path / "out"))


def test_an_existing_file_is_replaced_only_when_asked(run, make_album, tmp_path):
    photos, stranger = make_album(1), tmp_path / "out/0/photo000-restored.jpg"
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"mine")
    assert run(photos)[0] == {"photo000.jpg": "failed"}
    assert stranger.read_bytes() == b"mine"
    run(photos, overwrite=True)
    assert stranger.read_bytes() != b"mine"


def test_a_job_is_gone_on_with_only_when_asked(run, make_album):
    photos = make_album(1)
    run(photos)
    with pytest.raises(UsageError, match="--resume"):
        run(photos)
    assert run(photos, resume=True)[0] == {"photo000.jpg": "done"}


def test_new_photos_join_the_job(run, make_album, save):
    photos = make_album(1)
    run(photos)
    save(photos / "new.jpg", 9)
    assert run(photos, resume=True)[0] == {"photo000.jpg": "done", "new.jpg": "done"}


def test_a_changed_original_is_done_again_and_others_are_not(run, make_album, save, tmp_path, checksums):
    photos = make_album(2)
    run(photos)
    before = checksums(tmp_path / "out")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.jpg")}
    save(photos / "0/photo000.jpg", 40)
    run(photos, resume=True)
    after = checksums(tmp_path / "out")
    assert [name for name in before if before[name] != after[name]] == ["0/photo000-restored.jpg"]
    assert (tmp_path / "out/0/photo001-restored.jpg").stat().st_mtime_ns in times.values()


def test_a_touched_original_is_not_done_again(run, make_album, tmp_path):
    photos = make_album(1)
    run(photos)
    result = tmp_path / "out/0/photo000-restored.jpg"
    time = result.stat().st_mtime_ns
    os.utime(photos / "0/photo000.jpg")
    run(photos, resume=True)
    assert result.stat().st_mtime_ns == time


def test_a_lost_result_is_made_again(run, make_album, tmp_path, checksums):
    photos = make_album(2)
    run(photos)
    before = checksums(tmp_path / "out")
    (tmp_path / "out/0/photo001-restored.jpg").unlink()
    run(photos, resume=True)
    assert checksums(tmp_path / "out") == before


def test_changed_settings_are_a_new_job_and_said(run, make_album, tmp_path, checksums):
    photos = make_album(1)
    run(photos)
    before = checksums(tmp_path / "out")
    with pytest.raises(UsageError, match=r"level 80 → 40.*--overwrite"):
        run(photos, settings=AlbumSettings(LevelRule(40)), resume=True)
    assert checksums(tmp_path / "out") == before
    _, notices = run(photos, settings=AlbumSettings(LevelRule(40)), resume=True, overwrite=True)
    assert "level 80 → 40" in notices[0]
    assert "new job" in notices[0]
    assert checksums(tmp_path / "out") != before


def test_two_jobs_do_not_share_a_folder(make_album, small_model, tmp_path):
    photos = make_album(1)
    with Album.open([str(photos)], str(tmp_path / "out")), pytest.raises(OutputError, match="running"):
        Album.open([str(photos)], str(tmp_path / "out"), resume=True)


def test_a_folder_with_a_model_may_be_chosen(make_album, model_folder, tmp_path, monkeypatch):
    photos = str(make_album(2))
    monkeypatch.chdir(model_folder.parent)
    with Album.open([photos], str(tmp_path / "out"), FIXED, model=model_folder.name) as album:
        assert album.model.name == "small"
    monkeypatch.chdir(tmp_path)
    with Album.reopen(str(tmp_path / "out")) as album, Restorer("cpu", album.model.reference, 1) as restorer:
        assert restorer.info == album.model
        assert album.run(restorer).done == 2


def _rename_model(folder, name):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["models"][0]["name"] = name
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_a_model_whose_name_holds_spaces_is_found_again(make_album, model_folder, tmp_path, monkeypatch):
    folder = shutil.copytree(model_folder, tmp_path / "models")
    _rename_model(folder, "my own model")
    monkeypatch.setenv("HEIRLOOM_MODELS", str(folder))
    Album.open([str(make_album(1))], str(tmp_path / "out"), model="my own model").close()
    assert Album.job(str(tmp_path / "out")).model == "my own model"
    Album.reopen(str(tmp_path / "out")).close()


def test_a_model_of_which_any_part_changed_is_another_one(make_album, model_folder, tmp_path):
    photos, folder = str(make_album(1)), shutil.copytree(model_folder, tmp_path / "models")
    Album.open([photos], str(tmp_path / "out"), model=str(folder)).close()
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["models"][0]["files"]["encode"]["sha256"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with Album.open([photos], str(tmp_path / "out"), resume=True, model=str(folder)) as album:
        assert "new job" in album.notices[0]


@pytest.mark.parametrize("name", ["small", "my own model"])
def test_a_job_of_an_earlier_version_is_gone_on_with(make_album, model_folder, tmp_path, monkeypatch, name):
    photos, folder = str(make_album(1)), shutil.copytree(model_folder, tmp_path / "models")
    _rename_model(folder, name)
    monkeypatch.setenv("HEIRLOOM_MODELS", str(folder))
    Album.open([photos], str(tmp_path / "out"), model=name).close()
    with contextlib.closing(sqlite3.connect(tmp_path / "out/.heirloom-album/journal.sqlite")) as journal:
        settings = json.loads(journal.execute("SELECT settings FROM job").fetchone()[0])
        del settings["model_reference"]
        settings["model"] = settings["model"].rpartition(" ")[0]  # it said less of the model, too
        journal.execute("UPDATE job SET settings = ?", (json.dumps(settings),))
        journal.commit()
    assert Album.job(str(tmp_path / "out")).model == name
    with Album.reopen(str(tmp_path / "out")) as album:
        assert album.notices == ()


def test_a_job_is_opened_again_as_it_was(run, make_album, tmp_path):
    run(make_album(1), settings=AlbumSettings(LevelRule.parse("auto-5")))
    with Album.reopen(str(tmp_path / "out")) as album:
        assert album.settings == AlbumSettings(LevelRule(offset=-5))
        assert album.progress().done == 1


def test_a_job_that_takes_some_formats_only_takes_no_others_later(run, make_album, save, tmp_path):
    photos = make_album(1)
    save(photos / "new.png", 9)
    run(photos, settings=AlbumSettings(only=(PhotoFormat.JPEG,)))
    with Album.reopen(str(tmp_path / "out")) as album:
        assert album.settings.only == (PhotoFormat.JPEG,)
        assert [record.source for record in album.records()] == [str(photos / "0/photo000.jpg")]


def test_a_job_that_may_replace_files_still_may_when_it_goes_on(run, make_album, save, tmp_path):
    photos = make_album(1)
    run(photos, overwrite=True)
    save(photos / "new.jpg", 9)
    stranger = tmp_path / "out/new-restored.jpg"
    stranger.write_bytes(b"asked for")
    assert run(photos, resume=True)[0] == {"photo000.jpg": "done", "new.jpg": "done"}
    assert stranger.read_bytes() != b"asked for"


def test_a_folder_without_a_job_is_not_reopened(small_model, tmp_path):
    with pytest.raises(UsageError, match="no album job"):
        Album.reopen(str(tmp_path))


def test_a_photo_may_have_its_own_level(run, make_album, restorer, tmp_path):
    run(make_album(2))
    with Album.reopen(str(tmp_path / "out")) as album:
        album.set_level(1, 20)
        assert album.run(restorer).done == 2
        assert [face.level for record in album.records() for face in record.faces] == [20.0, 80.0]


def test_failed_photos_are_tried_again(run, make_album, save, restorer, tmp_path):
    photos = make_album(2)
    (photos / "0/photo000.jpg").write_bytes(b"")
    run(photos)
    save(photos / "0/photo000.jpg")
    shutil.rmtree(tmp_path / "out/0")
    with Album.reopen(str(tmp_path / "out")) as album:
        album.retry_failed()
        assert album.run(restorer).done == 2


def test_photos_with_faces_are_enlarged(run, save, restorer, tmp_path):
    original = save(tmp_path / "in/photo.png")
    wall = save(tmp_path / "in/wall.png", pixels=np.full((90, 120, 3), 150, np.uint8))
    settings = AlbumSettings(LevelRule(80), enlargement=2, without_faces=WithoutFaces.COPY)
    run(tmp_path / "in", settings=settings)
    analysis = restorer.analyse(read_photo(original), Arrangement(enlargement=2))
    expected = restorer.render(analysis, {face.number: 80 for face in analysis.restorable})
    result = read_photo(tmp_path / "out/photo-restored.png")
    # As above, and landmarks are twice as far off in a photo twice as large.
    assert np.abs(result.pixels.astype(int) - expected.pixels).max() <= 2
    assert (tmp_path / "out/wall.png").read_bytes() == wall.read_bytes()
    with Album.reopen(str(tmp_path / "out")) as album:
        (record,) = album.records(State.DONE)
        assert album.settings == settings
    assert np.allclose(2 * np.array(record.faces[0].box), analysis.faces[0].face.box, atol=0.2)


@pytest.mark.parametrize("upright", [True, False])
def test_photos_that_lie_on_their_side_are_turned_if_wanted(run, save, restorer, tmp_path, upright):
    standing = read_photo(save(tmp_path / "photo.png"))
    lying = np.ascontiguousarray(np.rot90(standing.pixels))
    original = save(tmp_path / "in/lying.png", pixels=lying)
    save(tmp_path / "in/standing.png")
    before = original.read_bytes()
    run(tmp_path / "in", settings=AlbumSettings(LevelRule(80), upright=upright))
    assert original.read_bytes() == before
    results = [read_photo(tmp_path / f"out/{name}-restored.png").pixels for name in ("lying", "standing")]
    turned = results[0] if upright else np.rot90(results[0], -1)
    changed = [(one != standing.pixels).any(-1) for one in (turned, results[1])]
    assert changed[1].any()
    assert (changed[0] & changed[1]).sum() > 0.9 * changed[1].sum()
    with Album.reopen(str(tmp_path / "out")) as album:
        records = {record.relative: record for record in album.records(State.DONE)}
        assert album.settings.upright == upright
    assert records["lying.png"].faces[0].turned == (3 if upright else 0)
    assert records["standing.png"].faces[0].turned == 0


def test_photos_of_telephones_are_taken_in(run, save, tmp_path):
    scene = read_photo(save(tmp_path / "photo.png")).pixels
    (tmp_path / "in").mkdir()
    wall = np.full((90, 120, 3), 150, np.uint8)
    for name, pixels in (("photo.heic", scene), ("wall.HEIC", wall)):
        pillow_heif.from_pillow(Image.fromarray(pixels)).save(tmp_path / "in" / name)
    Image.fromarray(wall).save(tmp_path / "in/wall.bmp")
    run(tmp_path / "in", settings=AlbumSettings(LevelRule(80), without_faces=WithoutFaces.COPY))
    result = read_photo(tmp_path / "out/photo-restored.jpg")
    assert result.format is PhotoFormat.JPEG
    assert result.pixels.shape == scene.shape
    for name in ("wall.HEIC", "wall.bmp"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "in" / name).read_bytes()


def test_at_level_0_an_enlarged_album_is_nothing_more(run, save, tmp_path):
    original = save(tmp_path / "in/photo.png")
    run(tmp_path / "in", settings=AlbumSettings(LevelRule(0), enlargement=3))
    result = read_photo(tmp_path / "out/photo-restored.png")
    assert np.array_equal(result.pixels, enlarged(read_photo(original), 3).pixels)


def test_a_face_of_which_too_little_is_left_stays_until_a_person_gives_it_a_level(
    restorer, save, tmp_path, monkeypatch
):
    monkeypatch.setattr("engine.restore.model._LEAST_LIKENESS", 99.0)
    original, copy = save(tmp_path / "in/photo.png"), tmp_path / "out/photo-restored.png"
    with Album.open([str(tmp_path / "in")], str(tmp_path / "out"), AlbumSettings()) as album:
        album.run(restorer)
        (record,) = album.records(State.DONE)
        (face,) = record.faces
        assert (face.automatic, face.level, face.refusal) == (0, 0, "unrecognisable")
        assert "Face 1: Too little of this face is left" in record.sentence
        assert record.unsure
        assert np.array_equal(read_photo(copy).pixels, read_photo(original).pixels)
        assert read_ai_edit(read_photo(copy).metadata) is None
        album.set_level(record.id, 60)
        album.run(restorer)
        (record,) = album.records(State.DONE)
        assert (record.faces[0].level, record.faces[0].refusal, record.sentence) == (60, None, None)
        assert not record.unsure
        assert not np.array_equal(read_photo(copy).pixels, read_photo(original).pixels)
