"""Photos and results that fsspec reaches; its memory file system stands for s3://."""

import pytest

from engine.album import Album, AlbumSettings, LevelRule, WithoutFaces
from engine.errors import UsageError

fsspec = pytest.importorskip("fsspec")
SETTINGS = AlbumSettings(LevelRule(80), without_faces=WithoutFaces.COPY)


@pytest.fixture
def bucket(make_album, save, meadow, tmp_path, monkeypatch):
    """An album in memory, as on a server."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))  # where the journal lies
    photos = make_album(2)
    save(photos / "meadow.png", pixels=meadow)
    files = fsspec.filesystem("memory")
    files.put(str(photos), "/bucket/photos", recursive=True)
    yield files
    files.rm("/bucket", recursive=True)


def test_an_album_goes_from_url_to_url(bucket, restorer, make_album, tmp_path, checksums):
    with Album.open(["memory://bucket/photos"], "memory://bucket/out", SETTINGS) as album:
        assert album.run(restorer).done == 2
    with Album.open([str(make_album(2))], str(tmp_path / "local"), SETTINGS) as album:
        album.run(restorer)
    bucket.get("/bucket/out", str(tmp_path / "fetched"), recursive=True)
    assert checksums(tmp_path / "fetched") == checksums(tmp_path / "local")


def test_such_an_album_is_gone_on_with(bucket, restorer):
    with Album.open(["memory://bucket/photos"], "memory://bucket/out", SETTINGS) as album:
        album.run(restorer)
    bucket.rm("/bucket/out/0/photo001-restored.jpg")
    with Album.open(["memory://bucket/photos"], "memory://bucket/out", SETTINGS, resume=True) as album:
        assert album.progress().remaining == 1
        assert album.run(restorer).done == 2


def test_a_url_that_is_not_there_is_told(small_model):
    with pytest.raises(UsageError):
        Album.open(["memory://bucket/nowhere"], "memory://bucket/out")


def test_a_kind_of_url_that_is_unknown_is_told(small_model, tmp_path):
    with pytest.raises(UsageError, match="can't be reached"):
        Album.open(["nothing://bucket"], str(tmp_path))
