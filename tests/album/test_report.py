import re
import shutil
import subprocess

import pytest

from engine.album import Album, AlbumSettings, LevelRule, write_report
from engine.errors import UsageError


@pytest.fixture
def page(make_album, restorer, tmp_path):
    photos = make_album(3)
    (photos / "<script>alert(1)</script>.jpg".replace("/", "_")).write_bytes(b"no photo")
    with Album.open([str(photos)], str(tmp_path / "out"), AlbumSettings(LevelRule(60))) as album:
        album.run(restorer)
        return write_report(str(tmp_path / "out"))


def test_the_page_shows_pairs_levels_and_failures(page):
    text = page.read_text(encoding="utf-8")
    assert text.count("<article class=pair>") == 3
    assert "face 1: level 60" in text
    assert text.count("<tr class=failure>") == 1
    assert "is no picture" in text


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(page):
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"https?://|<script|<link|@import", text)
    assert set(re.findall(r"src=(.{5})", text)) == {"data:"}


def test_only_so_many_pairs_are_shown(page, tmp_path):
    text = write_report(str(tmp_path / "out"), tmp_path / "short.html", most=2).read_text(encoding="utf-8")
    assert text.count("<article class=pair>") == 2
    assert "2 of 3 restored photos are shown" in text


def test_a_result_that_is_gone_leaves_the_page_whole(page, tmp_path):
    (tmp_path / "out/0/photo000-restored.jpg").unlink()
    assert "does not exist" in write_report(str(tmp_path / "out")).read_text(encoding="utf-8")


def test_a_report_replaces_nothing_but_pages(page, tmp_path):
    original, result = tmp_path / "photos/0/photo000.jpg", tmp_path / "out/0/photo000-restored.jpg"
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "link.html").symlink_to(original)
    for target, told in (
        (original, "original"),
        (tmp_path / "link.html", "original"),
        (result, "no page"),
        (tmp_path / "notes.txt", "no page"),
    ):
        before = target.read_bytes()
        with pytest.raises(UsageError, match=told):
            write_report(str(tmp_path / "out"), target)
        assert target.read_bytes() == before
    assert write_report(str(tmp_path / "out"), page) == page


def test_a_report_goes_into_a_folder(page, tmp_path):
    assert write_report(str(tmp_path / "out"), tmp_path) == tmp_path / "album-report.html"


def test_a_folder_without_a_job_has_no_report(tmp_path):
    with pytest.raises(UsageError, match="no album job"):
        write_report(str(tmp_path))


def test_the_page_opens_in_a_browser(page, tmp_path):
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("needs Chromium")
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    done = subprocess.run(
        [*command, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=300, check=True
    )
    assert done.stdout.count('<article class="pair">') == 3
    assert done.stdout.count("<img ") == 12  # photo and face, before and after
