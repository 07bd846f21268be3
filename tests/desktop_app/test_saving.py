"""Saving a copy, leaving, coming back."""

import threading

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QSlider

from desktop_app.save_dialog import SaveDialog
from desktop_app.wording import ENLARGEMENTS
from engine.photo import ENLARGEMENTS as KNOWN
from engine.photo import PhotoFormat, enlarged, read_ai_edit, read_photo, write_photo


def turn_to(user, window, level):
    window.panel.dial.setFocus()
    for digit in str(level)[:1]:
        user.presses(getattr(Qt.Key, f"Key_{digit}"), window.panel.dial)
    QTest.keyClicks(window.panel.dial.number, str(level)[1:])
    user.presses(Qt.Key.Key_Return, window.panel.dial.number)


def save_copy(user, window):
    user.presses("Ctrl+S", window)
    return user.saves(user.dialog())


def test_a_copy_is_saved_beside_the_original_with_level_and_model(user, opened, portrait):
    before = portrait.read_bytes()
    turn_to(user, opened, 45)
    assert opened.isWindowModified()
    path = save_copy(user, opened)
    assert path == portrait.with_name("grandmother-restored.png")
    assert portrait.read_bytes() == before
    edit = read_ai_edit(read_photo(path).metadata)
    assert edit.levels == (45.0,)
    assert edit.model == opened.session.engine.model
    assert not opened.isWindowModified()
    assert "grandmother-restored.png" in opened.banner.sentence


@pytest.mark.parametrize("leaves", [False, True])
def test_a_photo_can_be_saved_before_its_faces_are_found(user, window, portrait, leaves):
    session, path = window.session, portrait.with_name("early.png")
    with user.waits_for(session.opened):
        window.open_paths([portrait])
    session.save(session.document, path, "png", None, False, 1)
    if leaves:
        with user.waits_for(session.opened):
            session.open_paths([portrait])
    user.waits_until(lambda: path.exists() and not session.is_saving)
    user.opens(portrait)  # from its memory
    (face,) = session.document.restorable
    assert face.is_automatic
    edit = read_ai_edit(read_photo(path).metadata)
    assert edit.levels == pytest.approx((face.automatic,), abs=0.01)
    later = save_copy(user, window)
    assert np.array_equal(read_photo(path).pixels, read_photo(later).pixels)


def test_what_opens_under_the_dialog_is_not_saved_in_its_place(user, opened, portrait):
    second = portrait.with_name("grandfather.png")
    second.write_bytes(portrait.read_bytes())
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    path = dialog.choice.path
    with user.waits_for(opened.session.opened):
        opened.open_paths([second])  # as when it is opened in the file manager
    user.waits_until(lambda: QApplication.activeModalWidget() is None)
    assert not path.exists()
    assert opened.session.document.name == "grandfather.png"
    user.waits_until(opened.actions_.save.isEnabled)


def slowly(monkeypatch):
    """Have copies written only when that is allowed."""
    allowed = threading.Event()

    def write(*arguments, **named):
        assert allowed.wait(60)
        write_photo(*arguments, **named)

    monkeypatch.setattr("desktop_app.engine_room.write_photo", write)
    return allowed


def test_a_copy_that_is_being_saved_is_saved_before_the_window_closes(user, opened, monkeypatch):
    allowed = slowly(monkeypatch)
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    path = dialog.choice.path
    user.clicks(dialog.save_button)
    user.waits_until(lambda: opened.session.is_saving)
    opened.close()
    assert opened.isVisible()
    assert "being saved" in opened.banner.sentence
    allowed.set()
    user.waits_until(lambda: not opened.isVisible())
    assert path.exists()


def test_a_copy_that_waits_for_its_turn_is_saved_before_the_window_closes(user, window, portrait):
    with user.waits_for(window.session.opened):
        window.open_paths([portrait])
    path = portrait.with_name("early.png")
    window.session.save(window.session.document, path, "png", None, False, 1)
    window.close()
    user.waits_until(lambda: not window.isVisible())
    assert read_photo(path).width == 512


def test_a_window_whose_copy_could_not_be_saved_stays_and_says_so(user, opened, portrait):
    opened.session.save(opened.session.document, portrait, "png", None, True, 1)
    opened.close()
    user.waits_until(lambda: not opened.session.is_saving)
    assert opened.isVisible()
    assert "is the original" in opened.banner.sentence
    opened.close()
    assert not opened.isVisible()


def test_what_is_turned_while_a_copy_is_saved_is_asked_about_and_saved_too(user, opened, monkeypatch):
    allowed = slowly(monkeypatch)
    turn_to(user, opened, 45)
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    first = dialog.choice.path
    user.clicks(dialog.save_button)
    turn_to(user, opened, 80)
    opened.close()
    question = user.dialog()
    assert isinstance(question, QMessageBox)
    user.clicks(question.defaultButton())
    user.waits_until(lambda: isinstance(QApplication.activeModalWidget(), SaveDialog))
    dialog = user.dialog()
    second = dialog.choice.path
    assert second != first
    user.clicks(dialog.save_button)
    allowed.set()
    user.waits_until(lambda: not opened.isVisible())
    assert [read_ai_edit(read_photo(path).metadata).levels for path in (first, second)] == [(45.0,), (80.0,)]


def test_who_leaves_what_is_being_saved_is_not_asked(user, opened, portrait, monkeypatch):
    allowed = slowly(monkeypatch)
    turn_to(user, opened, 45)
    user.presses("Ctrl+S", opened)
    user.clicks(user.dialog().save_button)
    second = portrait.with_name("grandfather.png")
    second.write_bytes(portrait.read_bytes())
    opened.open_paths([second])
    assert QApplication.activeModalWidget() is None
    with user.waits_for(opened.session.opened):
        allowed.set()
    assert opened.session.document.path == second
    assert portrait.with_name("grandmother-restored.png").exists()


def leaves_for(window, path, monkeypatch, user, level):
    """Save a copy, ask for another photo, and turn the dial once more before the copy is there."""
    allowed = slowly(monkeypatch)
    turn_to(user, window, level)
    user.presses("Ctrl+S", window)
    user.clicks(user.dialog().save_button)
    window.open_paths([path])
    window.session.document.set_level(110)
    return allowed


def test_what_is_turned_while_one_waits_to_leave_is_asked_about(user, opened, portrait, monkeypatch):
    second = portrait.with_name("grandfather.png")
    second.write_bytes(portrait.read_bytes())
    allowed = leaves_for(opened, second, monkeypatch, user, 45)
    allowed.set()
    question = user.dialog()
    assert isinstance(question, QMessageBox)
    assert opened.session.document.levels == {1: 110.0}
    question.reject()
    assert opened.session.document.path == portrait


def test_who_is_asked_anew_is_asked_once(user, opened, portrait, monkeypatch):
    allowed = leaves_for(opened, portrait, monkeypatch, user, 45)
    opened.close()
    question = user.dialog()
    allowed.set()
    user.waits_until(lambda: not opened.session.is_saving)
    assert QApplication.activeModalWidget() is question
    question.reject()
    QApplication.processEvents()
    assert QApplication.activeModalWidget() is None
    assert opened.isVisible()
    assert opened.session.document.is_dirty


def test_work_that_one_gave_up_for_nothing_is_still_unsaved(user, opened, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    turn_to(user, opened, 45)
    for _ in range(2):  # asked each time
        opened.open_paths([broken])
        question = user.dialog()
        (leave,) = (b for b in question.buttons() if question.buttonRole(b).name == "DestructiveRole")
        user.clicks(leave)
        user.waits_until(lambda: not opened.session.is_opening)
        assert opened.session.document.is_dirty
        assert opened.isWindowModified()


def test_the_dial_of_a_photo_that_is_being_left_does_not_turn(user, opened, portrait):
    document = opened.session.document
    before = document.levels
    opened.open_paths([portrait.with_name("gone.png")])
    document.set_level(130)
    assert document.levels == before
    assert not document.is_dirty
    user.waits_until(lambda: not opened.session.is_opening)
    document.set_level(130)
    assert document.levels == {1: 130.0}


@pytest.mark.parametrize("key", ["Ctrl+S", "C", "Alt+Right"])
def test_a_number_that_is_typed_counts_for_what_is_done_next(user, window, portrait, key):
    portrait.with_name("zoe.png").write_bytes(portrait.read_bytes())
    user.opens(portrait.parent)
    turn_to(user, window, 45)
    window.session.document.undo.setClean()
    dial = window.panel.dial
    user.presses(Qt.Key.Key_3, dial)
    QTest.keyClicks(dial.number, "3")
    user.presses(key, window if key != "C" else window.viewer)
    assert window.session.document.levels == {1: 33.0}
    user.dialog().reject()
    QApplication.processEvents()


def test_the_save_dialog_has_room_for_all_it_says(user, opened):
    opened.session.document.bits = 16
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    before = dialog.suffix_field.height()
    dialog.folder_field.setText("/" + "a long name of a folder/" * 12)
    dialog.format_field.setFocus()
    QTest.keyClicks(dialog.format_field, "JPEG")
    QApplication.processEvents()
    assert dialog.suffix_field.height() >= before
    assert dialog.height() >= dialog.layout().totalHeightForWidth(dialog.width())
    dialog.reject()
    QApplication.processEvents()


def test_while_a_photo_opens_nothing_is_saved(user, opened, portrait):
    opened.open_paths([portrait.with_name("gone.png")])
    assert not opened.actions_.save.isEnabled()
    assert not opened.actions_.copy.isEnabled()
    user.waits_until(opened.actions_.save.isEnabled)
    assert opened.actions_.copy.isEnabled()


def test_outside_the_face_the_copy_is_the_original(user, opened, portrait):
    path = save_copy(user, opened)
    original, copy = read_photo(portrait).pixels, read_photo(path).pixels
    box = opened.session.document.faces[0].box
    below = int(box.bottom() + box.height())
    assert np.array_equal(original[below:], copy[below:])


def test_format_and_suffix_can_be_chosen(user, opened, portrait):
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    dialog.suffix_field.selectAll()
    QTest.keyClicks(dialog.suffix_field, " (Oma)")
    dialog.format_field.setFocus()
    QTest.keyClicks(dialog.format_field, "JPEG")
    user.clicks(dialog.save_button)
    target = portrait.with_name("grandmother (Oma).jpg")
    user.waits_until(target.exists)
    assert read_photo(target).format is PhotoFormat.JPEG


@pytest.mark.parametrize(
    ("folder", "suffix", "told"),
    [
        ("", "-b", "a folder"),
        ("here", "-b", "a folder"),
        (None, "/b", "can't hold"),
        (None, "", "the original"),
    ],
)
def test_what_cannot_be_saved_is_told_before(user, opened, portrait, folder, suffix, told):
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    if folder is not None:
        dialog.folder_field.setText(folder)
    dialog.suffix_field.setText(suffix)
    assert not dialog.save_button.isEnabled()
    assert any(told in label.text() for label in dialog.findChildren(QLabel))
    dialog.folder_field.setText(str(portrait.parent))
    dialog.suffix_field.setText("-b")
    assert dialog.save_button.isEnabled()
    dialog.reject()
    QApplication.processEvents()


def test_a_name_that_is_too_long_gets_one_sentence(user, opened):
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    dialog.suffix_field.setText("x" * 260)
    assert "xxx" in dialog.choice.path.name
    user.clicks(dialog.save_button)
    user.waits_until(opened.banner.isVisible)
    assert "too long" in opened.banner.sentence


def test_the_quality_of_a_copy_can_be_chosen(user, opened, portrait):
    sizes = []
    for quality in (90, 20):
        user.presses("Ctrl+S", opened)
        dialog = user.dialog()
        dialog.format_field.setFocus()
        QTest.keyClicks(dialog.format_field, "JPEG")
        slider = dialog.findChild(QSlider)
        slider.setFocus()
        user.presses(Qt.Key.Key_Home if quality == 20 else Qt.Key.Key_End, slider)
        for _ in range(19 if quality == 20 else 10):
            user.presses(Qt.Key.Key_Right if quality == 20 else Qt.Key.Key_Left, slider)
        assert dialog.choice.quality == quality
        path = user.saves(dialog)
        sizes.append(path.stat().st_size)
    assert sizes[1] < sizes[0] / 2


def test_a_larger_copy_has_the_levels_that_were_set(user, opened, portrait):
    turn_to(user, opened, 45)
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    dialog.size_field.setFocus()
    user.presses(Qt.Key.Key_Down, dialog.size_field)
    assert "1024 × 1024" in dialog.size_field.currentText()
    path = user.saves(dialog)
    copy, larger = read_photo(path), enlarged(read_photo(portrait), 2)
    assert read_ai_edit(copy.metadata).levels == (45.0,)
    box = opened.session.document.faces[0].box
    changed = (copy.pixels != larger.pixels).any(-1)
    assert changed[round(2 * box.center().y()), round(2 * box.center().x())]
    assert not changed[2 * int(box.bottom() + box.height()) :].any()
    assert opened.session.document.levels == {1: 45.0}
    assert not opened.isWindowModified()


def test_a_photo_is_saved_as_large_as_it_is_shown(user, opened, portrait):
    turn_to(user, opened, 45)
    opened.actions_.sizes[2].trigger()
    user.waits_until(lambda: opened.session.document.enlargement == 2)
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    assert dialog.choice.enlargement == 2
    assert "1024 × 1024" in dialog.size_field.currentText()
    path = user.saves(dialog)
    assert read_photo(path).width == 1024
    assert read_ai_edit(read_photo(path).metadata).levels == (45.0,)


def test_a_photo_that_is_shown_larger_can_be_saved_in_its_own_size(user, opened, portrait):
    opened.actions_.sizes[3].trigger()
    user.waits_until(lambda: opened.session.document.enlargement == 3)
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    dialog.size_field.setFocus()
    user.presses(Qt.Key.Key_Home, dialog.size_field)
    path = user.saves(dialog)
    original, copy = read_photo(portrait).pixels, read_photo(path).pixels
    assert copy.shape == original.shape
    assert 0.01 < (copy != original).any(-1).mean() < 0.5


def test_the_window_offers_what_the_engine_can_do():
    assert ENLARGEMENTS == KNOWN


def test_reopening_the_original_brings_the_level_back(user, opened, portrait):
    turn_to(user, opened, 45)
    save_copy(user, opened)
    moved = portrait.rename(portrait.with_name("moved.png"))
    user.opens(moved)
    assert opened.session.document.levels == {1: 45.0}


def test_reopening_the_copy_restores_nothing_twice_and_leads_to_the_original(user, opened, portrait):
    turn_to(user, opened, 45)
    copy = save_copy(user, opened)
    user.opens(copy)
    assert opened.session.document.levels == {1: 0.0}
    assert "45" in opened.banner.sentence
    with_levels = opened.session.rendered
    shown = []
    with_levels.connect(shown.append)
    user.clicks(opened.banner._action)
    user.waits_until(lambda: bool(shown))
    assert opened.session.document.path == portrait
    assert opened.session.document.levels == {1: 45.0}


def test_a_photo_that_was_deleted_while_open_can_still_be_saved(user, opened, portrait):
    portrait.unlink()
    path = save_copy(user, opened)
    assert read_photo(path).width == 512


def test_a_folder_that_is_gone_gets_one_sentence(user, opened, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    user.presses("Ctrl+S", opened)
    dialog = user.dialog()
    dialog.folder_field.setText(str(blocked / "below"))
    user.clicks(dialog.save_button)
    user.waits_until(opened.banner.isVisible)
    assert "was not written" in opened.banner.sentence


def test_the_restored_photo_goes_to_the_clipboard(user, opened):
    QGuiApplication.clipboard().clear()
    user.presses("Ctrl+C", opened)
    user.waits_until(lambda: not QGuiApplication.clipboard().image().isNull())
    assert QGuiApplication.clipboard().image().width() == 512


@pytest.mark.parametrize("answer", ["cancel", "leave"])
def test_unsaved_work_is_asked_about_once(user, opened, answer):
    turn_to(user, opened, 45)
    opened.close()
    question = user.dialog()
    assert isinstance(question, QMessageBox)
    roles = {
        "cancel": QMessageBox.ButtonRole.RejectRole,
        "leave": QMessageBox.ButtonRole.DestructiveRole,
    }
    button = next(b for b in question.buttons() if question.buttonRole(b) == roles[answer])
    user.clicks(button)
    user.waits_until(lambda: opened.isVisible() == (answer == "cancel"))
    assert opened.session.document.levels == {1: 45.0}


def test_closing_during_a_rendering_ends_cleanly(user, opened):
    opened.panel.dial.setFocus()
    for _ in range(5):
        user.presses(Qt.Key.Key_PageDown, opened.panel.dial)
    opened.session.document.undo.setClean()
    opened.close()
    assert not opened.isVisible()


def test_a_telephone_s_photo_is_saved_as_a_jpeg(user, window, astronaut, tmp_path):
    path = tmp_path / "IMG_1927.heic"
    pillow_heif.from_pillow(Image.fromarray(astronaut)).save(path)
    user.opens(path)
    user.presses("Ctrl+S", window)
    dialog = user.dialog()
    assert dialog.format_field.currentText() == "JPEG"  # not like the photo
    copy = user.saves(dialog)
    assert copy == tmp_path / "IMG_1927-restored.jpg"
    assert read_photo(copy).format is PhotoFormat.JPEG
