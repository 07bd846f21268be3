"""The album panel, as a person uses it: mouse, keys, and folders of real files."""

from dataclasses import replace
from threading import Event

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from desktop_app import album_room
from desktop_app.album_dialog import AlbumDialog
from desktop_app.album_messages import PhotoRow, RetryFailed, SetLevels, ShowFace, WatchAlbum
from desktop_app.album_model import AlbumModel, Column, Filter
from desktop_app.album_session import Phase
from desktop_app.application import make_window
from desktop_app.messages import Request
from desktop_app.theme import Scheme, Theme
from desktop_app.thumbnails import NewestFirst, Thumbnails
from desktop_app.worker import Mailbox, WorkerThread
from engine.album import Album, State
from engine.photo import read_ai_edit, read_photo


@pytest.fixture
def make_folder(astronaut, tmp_path):
    """Make a folder of portraits, and beside them a meadow and a broken file."""

    def make(portraits=2, others=True):
        folder = tmp_path / "attic"
        folder.mkdir()
        for number in range(portraits):
            picture = cv2.convertScaleAbs(astronaut[:240, 100:340], beta=4 * number)
            cv2.imencode(".jpg", picture[..., ::-1])[1].tofile(folder / f"portrait{number}.jpg")
        if others:
            cv2.imencode(".png", np.full((80, 120, 3), 120, np.uint8))[1].tofile(folder / "wall.png")
            (folder / "torn.jpg").write_bytes(b"torn")
        return folder

    return make


@pytest.fixture
def begin(user, window, tmp_path):
    """Start an album of a folder through the dialog."""

    def begin(folder):
        window.albums.ask()
        dialog = user.dialog()
        dialog.folder_field.setText(str(folder))
        user.clicks(dialog.start_button)
        user.waits_until(lambda: window.albums.session.phase in (Phase.RUNNING, Phase.RESTING))
        return folder.with_name(f"{folder.name}-restored")

    return begin


@pytest.fixture
def finished(user, window, make_folder, begin):
    """A window that shows a finished album of two portraits, a wall and a broken file."""
    begin(make_folder())
    user.waits_until(lambda: window.albums.session.phase is Phase.RESTING)
    return window


def choose_row(window, name):
    """Click a row of the table."""
    table = window.albums.page.table
    row = next(n for n, row in enumerate(window.albums.page.model.shown) if row.name == name)
    table.scrollTo(table.model().index(row, 0))
    place = table.visualRect(table.model().index(row, Column.STATE.value)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    return place


def row_of(window, name):
    return next(row for row in window.albums.page.model.shown if row.name == name)


def test_a_folder_is_restored_from_the_first_page_to_the_last_photo(user, window, make_folder, tmp_path):
    folder = make_folder()
    before = {path: path.read_bytes() for path in folder.iterdir()}
    user.clicks(window.empty.album_button)
    dialog = user.dialog()
    assert isinstance(dialog, AlbumDialog)
    assert not dialog.start_button.isEnabled()
    QTest.keyClicks(dialog.folder_field, str(folder))
    assert dialog.output_field.text() == str(tmp_path / "attic-restored")
    user.waits_until(lambda: "4 photos" in dialog.told)
    assert not (tmp_path / "attic-restored").exists()
    user.clicks(dialog.start_button)
    page, session = window.albums.page, window.albums.session
    user.waits_until(lambda: session.phase is Phase.RUNNING and session.standing.ended > 0)
    assert page.isVisible()
    assert "%" in window.windowTitle()
    user.waits_until(lambda: session.phase is Phase.RESTING)
    assert window.windowTitle() == "Heirloom"
    assert "finished" in window.banner.sentence
    states = {row.name: row.state for row in page.model.shown}
    assert states == {
        "portrait0.jpg": "done",
        "portrait1.jpg": "done",
        "torn.jpg": "failed",
        "wall.png": "no_face",
    }
    results = {path.name for path in (tmp_path / "attic-restored").glob("*.*") if path.is_file()}
    assert results == {"portrait0-restored.jpg", "portrait1-restored.jpg"}
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_the_options_are_those_of_the_job(user, window, make_folder, tmp_path):
    folder, output = make_folder(1), tmp_path / "elsewhere"
    user.presses("Ctrl+Shift+O", window)
    dialog = user.dialog()
    dialog.folder_field.setText(str(folder))
    dialog.output_field.setFocus()
    dialog.output_field.selectAll()
    QTest.keyClicks(dialog.output_field, str(output))
    dialog.level_field.setFocus()
    user.presses(Qt.Key.Key_End, dialog.level_field)
    dialog.number_field.setFocus()
    dialog.number_field.selectAll()
    QTest.keyClicks(dialog.number_field, "35")
    dialog.format_field.setFocus()
    QTest.keyClicks(dialog.format_field, "PNG")
    dialog.size_field.setFocus()
    user.presses(Qt.Key.Key_Down, dialog.size_field)
    dialog.faceless_field.setFocus()
    user.presses(Qt.Key.Key_End, dialog.faceless_field)
    user.clicks(dialog.upright_box)
    user.clicks(dialog.start_button)
    user.waits_until(lambda: window.albums.session.standing.ended == 3)
    user.waits_until(lambda: window.albums.session.phase is Phase.RESTING)
    result = read_photo(output / "portrait0-restored.png")
    assert read_ai_edit(result.metadata).levels == (35.0,)
    assert result.width == 2 * read_photo(folder / "portrait0.jpg").width
    assert Album.job(str(output)).settings.upright
    assert (output / "wall.png").read_bytes() == (folder / "wall.png").read_bytes()


def test_a_dry_run_of_nothing_says_so(user, window, tmp_path):
    window.albums.ask()
    dialog = user.dialog()
    dialog.folder_field.setText(str(tmp_path / "nowhere"))
    user.waits_until(lambda: "nowhere" in dialog.told)
    assert "check the name" in dialog.told
    assert not dialog.start_button.isEnabled()
    user.presses(Qt.Key.Key_Escape, dialog)


def test_an_answer_about_another_folder_says_nothing(user, window, make_folder, tmp_path, monkeypatch):
    empty, may_answer, answers = tmp_path / "empty", Event(), []
    empty.mkdir()
    preview = album_room.preview

    def slow(inputs, *args, **kwargs):
        if inputs == [str(empty)]:
            answers.append("begun")
            may_answer.wait()
        return preview(inputs, *args, **kwargs)

    monkeypatch.setattr(album_room, "preview", slow)
    window.albums.ask(str(empty))
    dialog = user.dialog()
    user.waits_until(lambda: answers == ["begun"])
    dialog.folder_field.setText(str(make_folder()))
    user.waits_until(lambda: "4 photos" in dialog.told)
    window.albums.session.previewed.connect(answers.append)
    may_answer.set()
    user.waits_until(lambda: len(answers) == 2)
    assert answers[1].photos == 0
    assert "4 photos" in dialog.told
    assert dialog.start_button.isEnabled()
    dialog.folder_field.setText(str(empty))
    user.waits_until(lambda: "no photos" in dialog.told)
    assert not dialog.start_button.isEnabled()
    user.presses(Qt.Key.Key_Escape, dialog)


def test_an_opened_folder_is_offered_as_an_album(user, window, make_folder):
    folder = make_folder(2, others=False)
    user.opens(folder)
    user.waits_until(window.banner.isVisible)
    assert "2 photos" in window.banner.sentence
    user.clicks(window.banner._action)
    dialog = user.dialog()
    assert dialog.folder_field.text() == str(folder)
    user.presses(Qt.Key.Key_Escape, dialog)


def test_it_is_paused_stopped_and_gone_on_with(user, window, make_folder, begin):
    begin(make_folder(6, others=False))
    page, session = window.albums.page, window.albums.session
    user.waits_until(lambda: session.standing.ended > 0 and session.can_be_steered)
    user.clicks(page.pause_button)
    assert session.phase is Phase.PAUSED
    assert "paused" in page.progress.text()
    assert "paused" in window.windowTitle()
    user.clicks(page.pause_button)
    assert session.phase is Phase.RUNNING
    user.clicks(page.stop_button)
    user.waits_until(lambda: session.phase is Phase.RESTING)
    assert session.standing.remaining > 0
    assert "stopped" in page.progress.text()
    user.clicks(page.pause_button)
    user.waits_until(lambda: session.phase is Phase.RESTING and not session.standing.remaining)
    assert {row.state for row in page.model.shown} == {"done"}


def test_filters_and_search_show_the_photos_that_are_meant(user, finished):
    page = finished.albums.page
    user.clicks(page.filters[Filter.FAILED])
    assert [row.name for row in page.model.shown] == ["torn.jpg"]
    assert "no picture" in page.model.remark(page.model.shown[0])
    user.clicks(page.filters[Filter.NO_FACE])
    assert [row.name for row in page.model.shown] == ["wall.png"]
    user.clicks(page.filters[Filter.ALL])
    user.presses("Ctrl+F", page.table)
    QTest.keyClicks(page.search, "TRAIT1")
    assert [row.name for row in page.model.shown] == ["portrait1.jpg"]
    assert not page.filters[Filter.UNSURE].isEnabled()


def test_a_failed_photo_is_tried_again(user, finished, tmp_path):
    page, session = finished.albums.page, finished.albums.session
    (tmp_path / "attic/torn.jpg").write_bytes((tmp_path / "attic/portrait0.jpg").read_bytes())
    user.clicks(page.retry_button)
    user.waits_until(lambda: row_of(finished, "torn.jpg").state == "done")
    user.waits_until(lambda: session.phase is Phase.RESTING)
    assert not page.retry_button.isVisible()


def test_what_is_tried_again_in_a_stopped_album_waits_with_the_rest(
    user, window, make_folder, begin, tmp_path
):
    folder = make_folder(6, others=False)
    torn = folder / "a torn.jpg"
    torn.write_bytes(b"torn")
    begin(folder)
    page, session = window.albums.page, window.albums.session
    user.waits_until(lambda: session.standing.failed == 1 and session.can_be_steered)
    user.clicks(page.stop_button)
    user.waits_until(lambda: session.phase is Phase.RESTING)
    ended = session.standing.ended
    assert session.standing.remaining > 0
    torn.write_bytes((folder / "portrait0.jpg").read_bytes())
    choose_row(window, "a torn.jpg")
    user.clicks(page.details.retry_button)
    user.waits_until(lambda: row_of(window, "a torn.jpg").state == "waiting")
    assert session.phase is Phase.RESTING
    assert session.standing.ended == ended - 1
    user.clicks(page.pause_button)
    user.waits_until(lambda: session.phase is Phase.RESTING and not session.standing.remaining)
    assert {row.state for row in page.model.shown} == {"done"}


def test_a_photo_gets_a_level_of_its_own_and_back(user, finished, tmp_path):
    page = finished.albums.page
    choose_row(finished, "portrait1.jpg")
    user.waits_until(page.details._pictures.isVisible)
    automatic = row_of(finished, "portrait1.jpg").levels
    dial = page.details.dial
    dial.setFocus()
    QTest.keyClicks(dial, "9")
    QTest.keyClicks(dial.number, "0")
    user.presses(Qt.Key.Key_Return, dial.number)
    user.waits_until(lambda: row_of(finished, "portrait1.jpg").levels == (90.0,))
    copy = tmp_path / "attic-restored/portrait1-restored.jpg"
    assert read_ai_edit(read_photo(copy).metadata).levels == (90.0,)
    user.waits_until(page.details.automatic.isEnabled)
    user.clicks(page.details.automatic)
    user.waits_until(lambda: row_of(finished, "portrait1.jpg").levels == automatic)
    # A window whose album is busy asks before it closes.
    user.waits_until(lambda: finished.albums.session.phase is Phase.RESTING)


def test_only_photos_with_a_level_of_their_own_go_back_to_the_album_s(user, finished):
    page, session = finished.albums.page, finished.albums.session
    page.table.selectAll()
    assert not page._reset.isEnabled()
    portrait = row_of(finished, "portrait1.jpg")
    for go_back in (page._reset.trigger, page.details.automatic.click):
        session.set_levels([portrait.id], 90.0)
        user.waits_until(lambda: row_of(finished, "portrait1.jpg").levels == (90.0,))
        user.waits_until(lambda: session.phase is Phase.RESTING)
        assert page._reset.isEnabled()
        changed = []
        session.rowsChanged.connect(changed.extend)
        go_back()
        user.waits_until(lambda: row_of(finished, "portrait1.jpg").levels == portrait.levels)
        user.waits_until(lambda: session.phase is Phase.RESTING)
        assert {row.id for row in changed} == {portrait.id}
        assert not page._reset.isEnabled()
        session.rowsChanged.disconnect(changed.extend)


def test_the_photo_whose_dial_is_turned_stays_in_the_filter(user, finished):
    page, session = finished.albums.page, finished.albums.session
    user.clicks(page.filters[Filter.DONE])
    choose_row(finished, "portrait0.jpg")
    seen = []
    session.rowsChanged.connect(lambda rows: seen.append((rows[0].state, [row.name for row in page.chosen])))
    page.details.dial.setFocus()
    user.presses(Qt.Key.Key_Home, page.details.dial)
    user.waits_until(lambda: row_of(finished, "portrait0.jpg").levels == (0.0,))
    user.waits_until(lambda: session.phase is Phase.RESTING)
    assert seen == [("waiting", ["portrait0.jpg"]), ("done", ["portrait0.jpg"])]
    assert page.details.dial.isVisible()


def test_a_double_click_meets_the_photo_under_the_pointer_where_the_chosen_one_left_the_filter(
    user, finished
):
    page, session = finished.albums.page, finished.albums.session
    user.clicks(page.filters[Filter.DONE])
    choose_row(finished, "portrait0.jpg")
    user.waits_until(page.details._pictures.isVisible)
    session.rowsChanged.emit((replace(row_of(finished, "portrait0.jpg"), state="waiting"),))
    place = choose_row(finished, "portrait1.jpg")
    assert [row.name for row in page.model.shown] == ["portrait0.jpg", "portrait1.jpg"]
    QTest.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    user.waits_until(lambda: finished.session.document is not None and finished.session.document.searched)
    assert finished.session.document.name == "portrait1.jpg"
    user.presses("Ctrl+L", finished)
    user.clicks(page.filters[Filter.DONE])
    assert [row.name for row in page.model.shown] == ["portrait1.jpg"]


def test_an_album_that_is_closed_keeps_the_level_that_was_turned_last(user, finished, tmp_path):
    page, session, failures = finished.albums.page, finished.albums.session, []
    session.failed.connect(failures.append)
    choose_row(finished, "portrait0.jpg")
    page.details.dial.setFocus()
    user.presses(Qt.Key.Key_Home, page.details.dial)
    user.clicks(page.close_button)
    assert session.phase is Phase.CLOSED
    user.waits_until(lambda: "3 of 4 photos" in finished.banner.sentence)  # it is not finished any more
    assert finished._settings.album == str(tmp_path / "attic-restored")
    session.reopen(str(tmp_path / "attic-restored"))
    user.waits_until(lambda: page.model.rowCount() == 4)
    row = row_of(finished, "portrait0.jpg")
    assert (row.own_level, row.state) == (0.0, "waiting")
    assert not failures


def test_a_finished_album_that_is_closed_is_not_offered_again(user, finished):
    user.clicks(finished.albums.page.close_button)
    assert finished._settings.album == ""


def test_a_window_that_is_closed_keeps_the_levels_that_were_turned_last(user, finished, tmp_path):
    page = finished.albums.page
    choose_row(finished, "portrait0.jpg")
    user.presses("Shift+Down", page.table)
    assert len(page.chosen) == 2
    page.details.dial.setFocus()
    user.presses(Qt.Key.Key_Home, page.details.dial)
    finished.close()
    assert not finished.isVisible()
    with Album.reopen(str(tmp_path / "attic-restored")) as album:
        levels = {record.relative: record.own_level for record in album.records(State.WAITING)}
    assert levels == {"portrait0.jpg": 0.0, "portrait1.jpg": 0.0}
    assert finished._settings.album == str(tmp_path / "attic-restored")


def test_a_thread_that_ends_does_what_must_be_done_and_nothing_else(qapp):
    begun, may_end, done = Event(), Event(), []

    class Ending(Mailbox):
        def clear(self):
            super().clear()
            may_end.set()

    class SlowRoom:
        def handle(self, request):
            begun.set()
            may_end.wait()
            done.append(type(request))

        def close(self):
            done.append("closed")

    thread = WorkerThread("slow", lambda tell: SlowRoom(), mailbox=Ending())
    for request in (WatchAlbum(0), RetryFailed(0), ShowFace(0, 1, 132), SetLevels(0, (1,), 50.0)):
        thread.post(request)
        begun.wait()
    thread.stop()
    assert done == [WatchAlbum, RetryFailed, SetLevels, "closed"]


@pytest.fixture
def cellar(tmp_path):
    """Another folder, with a photo without faces."""
    folder = tmp_path / "cellar"
    folder.mkdir()
    cv2.imencode(".png", np.full((80, 120, 3), 120, np.uint8))[1].tofile(folder / "door.png")
    return folder


def test_while_another_album_is_opened_nothing_of_the_first_one_can_be_changed(
    user, finished, cellar, monkeypatch
):
    page, session, may_open, failures = finished.albums.page, finished.albums.session, Event(), []
    opens = Album.open
    monkeypatch.setattr(album_room.Album, "open", lambda *args, **kw: may_open.wait() and opens(*args, **kw))
    session.failed.connect(failures.append)
    choose_row(finished, "portrait0.jpg")
    finished.albums.ask(str(cellar))
    user.clicks(user.dialog().start_button)
    seen = (session.phase, page.isVisible(), page.model.rowCount(), page.details.ids, page._title.text())
    session.set_levels([1], 90.0)
    session.retry([1])
    may_open.set()
    assert seen == (Phase.OPENING, True, 0, (), "")
    user.waits_until(lambda: session.standing.ended == 1 and session.phase is Phase.RESTING)
    assert [(row.name, row.own_level) for row in page.model.shown] == [("door.png", None)]
    assert not failures


@pytest.mark.parametrize("same_output", [False, True])
def test_an_album_stays_open_where_another_one_can_t_be_opened(user, finished, tmp_path, same_output):
    page, session, output = finished.albums.page, finished.albums.session, str(tmp_path / "attic-restored")
    finished.albums.ask(str(tmp_path / "attic"))
    dialog = user.dialog()
    if same_output:  # results at another level would have to replace those that are there
        dialog.level_field.setCurrentIndex(2)
    else:
        dialog.folder_field.setText(str(tmp_path / "attick"))
    dialog.start_button.click()
    user.waits_until(lambda: finished.banner.isVisible() and "finished" not in finished.banner.sentence)
    assert ("replace" if same_output else "check the name") in finished.banner.sentence
    assert session.phase is Phase.RESTING
    assert page.isVisible()
    assert page._title.text() == "attic"
    assert [row.name for row in page.model.shown][:2] == ["portrait0.jpg", "portrait1.jpg"]
    assert finished._settings.album == output
    session.set_levels([row_of(finished, "portrait1.jpg").id], 90.0)
    user.waits_until(lambda: row_of(finished, "portrait1.jpg").levels == (90.0,))
    user.waits_until(lambda: session.phase is Phase.RESTING)


def test_a_double_click_opens_the_photo_as_the_album_restored_it(user, finished):
    session = finished.albums.session
    session.set_levels([row_of(finished, "portrait0.jpg").id], 90.0)
    user.waits_until(lambda: row_of(finished, "portrait0.jpg").levels == (90.0,))
    user.waits_until(lambda: session.phase is Phase.RESTING)
    place = choose_row(finished, "portrait1.jpg")
    table = finished.albums.page.table
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    user.waits_until(lambda: finished.session.document is not None and finished.session.document.searched)
    user.waits_until(lambda: not finished.session.unread)
    document = finished.session.document
    assert document.name == "portrait1.jpg"
    assert finished.viewer.isVisible()
    assert document.levels[1] == row_of(finished, "portrait1.jpg").levels[0]
    user.presses("Alt+Left", finished.viewer)
    user.waits_until(lambda: finished.session.document.name == "portrait0.jpg")
    user.waits_until(lambda: finished.session.document.levels == {1: 90.0})
    user.presses("Ctrl+L", finished)
    assert table.isVisible()
    user.presses("Ctrl+L", finished)
    assert finished.viewer.isVisible()


def test_the_dial_turns_while_an_album_runs_on_the_same_model(user, opened, make_folder, begin):
    begin(make_folder(6, others=False))
    session = opened.albums.session
    user.waits_until(lambda: session.can_be_steered)
    user.presses("Ctrl+L", opened)
    opened.panel.dial.setFocus()
    user.presses(Qt.Key.Key_Home, opened.panel.dial)
    user.sees_the_levels()
    assert opened.session.document.levels == {1: 0.0}
    assert len(opened._restorers._loaded) == 1
    user.waits_until(lambda: session.standing.ended == 6)
    opened.session.document.undo.setClean()
    user.waits_until(lambda: session.phase is Phase.RESTING)


def test_the_report_is_written_and_shown(user, finished, monkeypatch, tmp_path):
    shown = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    user.clicks(finished.albums.page.report_button)
    user.waits_until(lambda: bool(shown))
    assert shown == [str(tmp_path / "attic-restored/album-report.html")]
    assert finished.albums.page.report_button.isEnabled()


def answer(user, role):
    question = user.dialog()
    assert isinstance(question, QMessageBox)
    user.clicks(next(b for b in question.buttons() if question.buttonRole(b) == role))


def test_closing_asks_and_the_next_start_offers_to_go_on(user, qtbot, qapp, window, make_folder, begin):
    begin(make_folder(6, others=False))
    session = window.albums.session
    user.waits_until(lambda: session.can_be_steered)
    window.close()
    answer(user, QMessageBox.ButtonRole.RejectRole)
    user.waits_until(lambda: QApplication.activeModalWidget() is None)
    assert window.isVisible()
    assert session.is_busy
    window.close()
    answer(user, QMessageBox.ButtonRole.AcceptRole)
    user.waits_until(lambda: not window.isVisible())
    again = make_window(qapp, "cpu")
    with qtbot.waitExposed(again):
        again.show()
    user.waits_until(again.banner.isVisible)
    assert "of 6 photos" in again.banner.sentence
    user.clicks(again.banner._action)
    user.waits_until(lambda: again.albums.session.standing.done == 6)
    user.waits_until(lambda: again.albums.session.phase is Phase.RESTING)
    again.close()
    again.deleteLater()


def test_an_output_folder_that_can_t_be_gets_one_sentence(user, window, make_folder, tmp_path):
    (tmp_path / "file").write_text("in the way")
    window.albums.ask()
    dialog = user.dialog()
    dialog.folder_field.setText(str(make_folder(1)))
    dialog.output_field.setText(str(tmp_path / "file"))
    user.clicks(dialog.start_button)
    user.waits_until(window.banner.isVisible)
    assert "can't be written to" in window.banner.sentence
    assert window.empty.isVisible()


def test_it_is_used_with_keys_alone_at_1024_by_640(user, finished):
    finished.resize(1024, 640)
    finished.actions_.schemes[Scheme.DARK].trigger()
    page = finished.albums.page
    page.table.setFocus()
    user.presses(Qt.Key.Key_Home, page.table)
    user.presses(Qt.Key.Key_Down, page.table)
    assert [row.name for row in page.chosen] == ["portrait1.jpg"]
    reached = set()
    for _ in range(40):
        reached.add(QApplication.focusWidget())
        user.presses(Qt.Key.Key_Tab)
    wanted = {page.table, page.search, page.report_button, page.details.dial, page.details.open_button}
    assert wanted <= reached
    for widget in wanted:
        assert finished.rect().contains(widget.mapTo(finished, widget.rect().center()))
        assert widget.accessibleName() or widget.text()
    page.table.setFocus()
    user.presses(Qt.Key.Key_Return, page.table)
    user.waits_until(lambda: finished.session.document is not None and finished.session.document.searched)
    assert finished.session.document.name == "portrait1.jpg"
    finished.actions_.schemes[Scheme.LIGHT].trigger()


# Lists of any length


def photo_row(number, state="done"):
    name = f"box{number // 100:03}/photo{number:05}.jpg"
    return PhotoRow(number, f"/attic/{name}", name, state, (50.0,), (1,), (), "", "", None, False)


@pytest.fixture
def model(qapp):
    """Fifty thousand photos."""
    thumbnails, theme = Thumbnails(1.0), Theme(qapp)
    shown = AlbumModel(thumbnails, theme)
    shown.append([photo_row(number, "failed" if number % 1000 == 0 else "done") for number in range(50_000)])
    yield shown
    thumbnails.stop()
    theme.deleteLater()


def test_fifty_thousand_photos_are_filtered_and_searched_by_looking_at_each_once(model, monkeypatch):
    looked, passes = [], model._passes
    monkeypatch.setattr(model, "_passes", lambda row: looked.append(row.id) or passes(row))
    model.choose(Filter.FAILED)
    assert model.rowCount() == 50
    model.choose(Filter.ALL, "photo00017")
    assert model.rowCount() == 1
    model.choose(Filter.DONE)
    assert model.rowCount() == 49_950
    assert looked == 3 * list(range(50_000))


def test_a_photo_that_changes_enters_and_leaves_the_filter_at_its_place(model):
    model.choose(Filter.FAILED)
    model.change([photo_row(1500, "failed"), photo_row(2000, "done")])
    assert [row.id for row in model.shown][:4] == [0, 1000, 1500, 3000]
    assert model.count(Filter.FAILED) == 50


def test_photos_that_are_kept_stay_until_a_filter_is_chosen(model):
    model.choose(Filter.FAILED)
    for kept in (1000, 2000):
        model.keep([kept])
        model.change([photo_row(kept, "waiting")])
    assert [row.id for row in model.shown][:4] == [0, 1000, 2000, 3000]
    model.choose(Filter.FAILED)
    assert [row.id for row in model.shown][:2] == [0, 3000]


def test_only_what_is_seen_gets_a_thumbnail(qtbot, model):
    from PySide6.QtWidgets import QTableView

    asked = []
    model._thumbnails._thread.post = lambda request: asked.append(request.stamp)
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.verticalHeader().setDefaultSectionSize(60)
    view.resize(800, 600)
    with qtbot.waitExposed(view):
        view.show()
    view.scrollToBottom()
    qtbot.wait(50)
    assert 49_999 in asked
    assert len(set(asked)) < 60
    view.setModel(None)


def test_the_newest_thumbnail_is_made_first_and_those_scrolled_over_never():
    forgotten = []
    mailbox = NewestFirst(forgotten.append)
    requests = [Request(number) for number in range(100)]
    for request in requests:
        mailbox.put(request)
    assert mailbox.take() is requests[-1]
    assert forgotten == requests[:52]


def test_a_broken_photo_keeps_a_blank_thumbnail(qtbot, tmp_path):
    (tmp_path / "torn.jpg").write_bytes(b"torn")
    thumbnails = Thumbnails(1.0)
    with qtbot.waitSignal(thumbnails.ready, timeout=60_000) as ready:
        blank = thumbnails.get(7, str(tmp_path / "torn.jpg"))
    assert ready.args == [7]
    assert thumbnails.get(7, str(tmp_path / "torn.jpg")).cacheKey() == blank.cacheKey()
    thumbnails.stop()
