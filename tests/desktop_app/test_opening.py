"""Opening photos, in all the ways that people do."""

import errno
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QPlainTextEdit, QPushButton


def drop(window, urls):
    data = QMimeData()
    data.setUrls(urls)
    held = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, QDragEnterEvent(QPointF(50, 50), *held))
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), *held))


def test_the_button_opens_what_the_dialog_gives(user, window, portrait, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(portrait)], ""))
    user.clicks(window.empty.open_button)
    user.waits_until(lambda: window.session.document is not None)
    assert window.session.document.path == portrait
    assert "512 × 512" in window.status.photo.text()


def test_a_dropped_folder_opens_its_photos_one_after_the_other(user, window, portrait):
    second = portrait.with_name("zoe.png")
    second.write_bytes(portrait.read_bytes())
    portrait.with_name("notes.txt").write_text("no photo")
    drop(window, [QUrl.fromLocalFile(str(portrait.parent))])
    user.waits_until(lambda: window.session.document is not None)
    assert window.session.series.photos == (portrait, second)
    window.viewer.setFocus()
    user.presses("Alt+Right")
    user.waits_until(lambda: window.session.document.path == second)
    assert not window.actions_.next.isEnabled()


def test_a_pasted_picture_opens(user, window, astronaut):
    pixels = astronaut[:200, 100:360].copy()
    image = QImage(pixels.data, 260, 200, 780, QImage.Format.Format_RGB888).copy()
    QGuiApplication.clipboard().setImage(image)
    shown = []
    window.session.opened.connect(lambda answer: shown.append(answer.images[0]))
    user.presses("Ctrl+V", window)
    user.waits_until(lambda: window.session.document is not None)
    assert (window.session.document.width, window.session.document.height) == (260, 200)
    assert window.session.document.path is None
    assert shown[0].convertToFormat(QImage.Format.Format_RGB888) == image


def test_recent_photos_are_offered_on_the_first_page(user, opened, portrait):
    opened.session.document.undo.setClean()
    buttons = [button for button in opened.empty.findChildren(QPushButton) if button.text() == portrait.name]
    assert buttons
    entries = [action.text() for action in opened.actions_.recent_menu.actions()]
    assert portrait.name in entries


def test_the_photo_shows_before_its_faces_are_found(user, window, portrait):
    window.open_paths([portrait])
    user.waits_until(lambda: window.session.document is not None)
    assert window.viewer.isVisible()
    assert window.session.is_searching
    assert window.status.progress.isVisible()
    user.waits_until(lambda: not window.session.is_searching and not window.session.unread)
    assert not window.status.progress.isVisible()


@pytest.mark.parametrize("content", [b"", b"no photo", b"\xff\xd8\xff\xe0\x00\x10JFIF"])
def test_a_broken_file_gets_one_sentence_and_the_open_photo_stays(user, opened, tmp_path: Path, content):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(content)
    opened.open_paths([broken])
    user.waits_until(opened.banner.isVisible)
    assert "broken.jpg" in opened.banner.sentence
    assert "Traceback" not in opened.banner.sentence
    assert opened.session.document.name == "grandmother.png"


@pytest.mark.parametrize("known", [False, True])
def test_a_broken_file_does_not_keep_faces_from_being_read(user, window, portrait, tmp_path: Path, known):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    session, told = window.session, []
    session.failed.connect(told.append)
    window.open_paths([portrait])
    user.waits_until(lambda: session.document is not None and (session.document.searched or not known))
    window.open_paths([broken])
    user.waits_until(lambda: bool(told))
    user.waits_until(lambda: bool(session.document.levels) and not session.unread)
    user.sees_the_levels()
    assert session.document.name == "grandmother.png"
    assert not window.status.progress.isVisible()


def test_a_folder_without_photos_gets_one_sentence_and_the_open_photo_stays(user, opened, tmp_path: Path):
    empty = tmp_path / "attic"
    empty.mkdir()
    opened.open_paths([empty])
    user.waits_until(opened.banner.isVisible)
    assert "no photo in" in opened.banner.sentence
    assert opened.session.document.name == "grandmother.png"
    assert opened.actions_.save.isEnabled()
    assert not opened.status.progress.isVisible()


def test_a_folder_that_is_gone_gets_one_sentence(user, window, tmp_path: Path):
    window.open_paths([tmp_path / "unplugged" / "photo.jpg"])
    user.waits_until(window.banner.isVisible)
    assert "does not exist" in window.banner.sentence


@pytest.fixture
def folder(portrait):
    """A folder of four photos, of which the second is broken, with what a Mac leaves beside them."""
    folder = portrait.parent / "attic"
    folder.mkdir()
    for name in ("a.png", "c.png", "d.png"):
        (folder / name).write_bytes(portrait.read_bytes())
    for name in ("b.png", "._a.png"):
        (folder / name).write_bytes(b"no photo")
    return folder


def opens_without_waiting(user, window, path):
    with user.waits_for(window.session.opened):
        window.open_paths([path])


def test_a_photo_that_cannot_be_read_is_passed_over(user, window, folder):
    session = window.session
    opens_without_waiting(user, window, folder)
    assert [path.name for path in session.series.photos] == ["a.png", "b.png", "c.png", "d.png"]
    with user.waits_for(session.opened):
        window.actions_.next.trigger()
    assert session.document.name == "c.png"
    user.waits_until(window.banner.isVisible)
    assert "b.png" in window.banner.sentence
    with user.waits_for(session.opened):
        window.actions_.previous.trigger()
    assert session.document.name == "a.png"
    assert session.series.index == 0


def test_a_folder_whose_first_photos_cannot_be_read_opens(user, window, folder):
    (folder / "a.png").write_bytes(b"")
    opens_without_waiting(user, window, folder)
    assert window.session.document.name == "c.png"
    user.waits_until(window.banner.isVisible)
    assert "a.png" in window.banner.sentence
    assert "b.png" in window.banner.findChild(QPlainTextEdit).toPlainText()


def test_whoever_goes_on_quickly_gets_as_far(user, window, folder):
    (folder / "b.png").write_bytes((folder / "a.png").read_bytes())
    opens_without_waiting(user, window, folder)
    with user.waits_for(window.session.opened):
        for _ in range(2):
            window.actions_.next.trigger()
    user.waits_until(lambda: window.session.document.name == "c.png")


def test_whoever_goes_on_quickly_beyond_the_last_that_can_be_read_gets_there(user, window, folder):
    (folder / "d.png").write_bytes(b"no photo")
    (folder / "e.png").write_bytes(b"no photo")
    opens_without_waiting(user, window, folder)
    for _ in range(4):
        window.actions_.next.trigger()
    user.waits_until(lambda: window.session.document.name == "c.png" and not window.session.is_opening)
    for _ in range(4):
        window.actions_.previous.trigger()
    user.waits_until(lambda: window.session.document.name == "a.png" and not window.session.is_opening)


def test_behind_the_last_photo_that_can_be_read_the_open_one_stays(user, window, folder):
    for name in ("b.png", "c.png", "d.png"):
        (folder / name).write_bytes(b"no photo")
    opens_without_waiting(user, window, folder)
    window.actions_.next.trigger()
    user.waits_until(window.banner.isVisible)
    assert window.session.document.name == "a.png"
    assert window.session.series.index == 0
    assert window.actions_.next.isEnabled()
    user.waits_until(window.actions_.save.isEnabled)


def test_a_photo_opened_alone_belongs_to_no_folder_before(user, window, folder, tmp_path):
    opens_without_waiting(user, window, folder)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    window.open_paths([broken])
    user.waits_until(window.banner.isVisible)
    assert len(window.session.series.photos) == 4
    assert window.actions_.next.isEnabled()


@pytest.mark.parametrize("inside", [False, True])
def test_what_may_not_be_looked_into_gets_one_sentence(user, window, folder, monkeypatch, inside):
    def deny(self, *_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "stat" if inside else "iterdir", deny)
    window.open_paths([folder / "a.png" if inside else folder])
    user.waits_until(window.banner.isVisible)
    monkeypatch.undo()
    assert ("a.png" if inside else "attic") in window.banner.sentence
    assert "unexpected" not in window.banner.sentence


def test_a_dropped_link_gets_a_sentence_of_its_own(window):
    drop(window, [QUrl("https://example.org/grandmother.jpg")])
    assert "dropped" in window.banner.sentence
