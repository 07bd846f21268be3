import pytest

from engine.album import Album, AlbumSettings, LevelRule, preview
from engine.errors import UsageError

AUTOMATIC = AlbumSettings()


@pytest.fixture
def finished(make_album, restorer, tmp_path):
    """An album of three photos, one of them torn, that came to its end in the folder ``out``."""
    photos = make_album(3)
    (photos / "0/photo001.jpg").write_bytes(b"torn")
    with Album.open([str(photos)], str(tmp_path / "out")) as album:
        album.run(restorer)
    return photos


@pytest.fixture
def look(finished, restorer, tmp_path):
    """Preview the finished album; gives the numbers of photos that are done already, and that were tried."""

    def look(settings=AUTOMATIC, **options):
        seen = preview([str(finished)], str(tmp_path / "out"), settings, restorer, **options)
        assert seen.photos == 3
        return seen.finished, seen.sampled

    return look


def test_a_dry_run_says_what_would_happen_and_writes_nothing(make_album, save, meadow, restorer, tmp_path):
    photos = make_album(4)
    save(photos / "meadow.png", pixels=meadow)
    (photos / "broken.jpg").write_bytes(b"")
    seen = preview([str(photos)], str(tmp_path / "out"), AlbumSettings(), restorer)
    assert (seen.photos, seen.finished, seen.sampled, seen.unreadable, seen.faces) == (6, 0, 6, 1, 4)
    assert "broken.jpg" in seen.sentences[0]
    assert seen.seconds > 0
    assert seen.bytes > 4 * 1000
    assert seen.free_bytes > 0
    assert not (tmp_path / "out").exists()


def test_a_large_album_is_estimated_from_a_sample(make_album, restorer, tmp_path):
    seen = preview([str(make_album(26))], str(tmp_path / "out"), AlbumSettings(), restorer)
    assert seen.sampled < 13
    assert seen.faces == 26


def test_a_dry_run_knows_what_is_done_already(look):
    assert look() == (2, 0)
    assert look(retry_failed=True) == (2, 1)


def test_results_of_other_settings_are_not_done(look, monkeypatch):
    assert look(AlbumSettings(LevelRule(offset=10))) == (0, 3)
    monkeypatch.setattr("engine.album.album._identity", lambda model: "another 2 0123456789ab")
    assert look() == (0, 3)


def test_a_job_that_begins_anew_has_nothing_done(look):
    assert look(anew=True) == (0, 3)


def test_what_a_resumed_job_does_again_is_not_done(look, finished, save, tmp_path):
    save(finished / "0/photo000.jpg", 40)
    assert look() == (1, 1)
    (tmp_path / "out/0/photo002-restored.jpg").unlink()
    assert look() == (0, 2)


def test_a_dry_run_goes_on_without_a_folder_that_is_gone_as_the_job_does(finished, restorer, tmp_path):
    inputs = [str(finished), str(tmp_path / "gone")]
    seen = preview(inputs, str(tmp_path / "out"), AUTOMATIC, restorer)
    assert (seen.photos, seen.finished, seen.sampled) == (3, 2, 0)
    assert "goes on without it" in seen.notices[0]
    for output, anew in (("out", True), ("new", False)):
        with pytest.raises(UsageError, match="gone"):
            preview(inputs, str(tmp_path / output), AUTOMATIC, restorer, anew=anew)


def test_a_dry_run_knows_photos_in_a_renamed_folder(finished, restorer, tmp_path):
    moved = finished.rename(tmp_path / "renamed")
    seen = preview([str(moved)], str(tmp_path / "out"), AUTOMATIC, restorer)
    assert (seen.photos, seen.finished) == (3, 2)


def test_a_dry_run_says_what_is_left_out(save, restorer, tmp_path):
    save(tmp_path / "in/x.jpg")
    save(tmp_path / "in/x-restored.jpg", 30)
    for output in ("new", "in"):
        seen = preview([str(tmp_path / "in")], str(tmp_path / output), AUTOMATIC, restorer)
        assert seen.photos == 1
        assert "1 photo in" in seen.notices[0]
