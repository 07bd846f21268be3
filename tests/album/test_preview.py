from engine.album import Album, AlbumSettings, preview


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


def test_a_dry_run_knows_what_is_done_already(make_album, restorer, tmp_path):
    photos = str(make_album(2))
    with Album.open([photos], str(tmp_path / "out")) as album:
        album.run(restorer)
    assert preview([photos], str(tmp_path / "out"), AlbumSettings(), restorer).finished == 2
