"""Everything has its room: in small windows, in another language, with long names, and in full screen."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton, QToolButton, QWidget

from desktop_app.album_details import AlbumDetails
from desktop_app.album_messages import PhotoRow
from desktop_app.album_model import AlbumModel, Column
from desktop_app.application import make_window
from desktop_app.notifications import Notice
from desktop_app.theme import Theme
from desktop_app.thumbnails import Thumbnails
from engine.photo import Photo, write_photo

LONG = "the wedding of great-grandmother Wilhelmine and great-grandfather Johann-Friedrich in Oldenburg"
ERROR = Notice("The photo can't be read; the other photos of this folder go on.", is_error=True, details="…")


def place_of(widget: QWidget) -> QRect:
    """Where a widget lies in its window."""
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size())


def settle() -> None:
    for _ in range(10):  # nested layouts settle one after the other
        QApplication.processEvents()


def covered_by(banner: QWidget) -> list[QWidget]:
    """The buttons and fields that lie under a banner."""
    controls = [
        control
        for kind in (QPushButton, QToolButton, QCheckBox)
        for control in banner.window().findChildren(kind)
        if control.isVisible() and not banner.isAncestorOf(control)
    ]
    return [control for control in controls if place_of(control).intersects(place_of(banner))]


@pytest.fixture
def family(astronaut, tmp_path):
    """A photo of four faces, more than the panel has room for."""
    path = tmp_path / "family.png"
    person = cv2.resize(astronaut[:300, 100:340], (160, 200))
    write_photo(Photo(np.vstack([np.hstack([person, person[:, ::-1]])] * 2)), path)
    return path


def test_in_german_cards_of_several_faces_are_whole(user, window, family):
    window.actions_.languages["de"].trigger()
    window.resize(window.minimumSize())
    user.opens(family)
    settle()
    strip = window.panel.strip
    assert strip.verticalScrollBar().isVisible()
    assert len(strip.cards) == 4
    for card in strip.cards:
        assert card.geometry().right() < strip.viewport().width()
        assert card.minimumSizeHint().width() <= card.width()


@pytest.mark.parametrize("language", ["en", "de", "zh_CN"])
def test_the_header_shows_icons_where_there_is_no_room_for_texts(user, window, language):
    header = window.header
    modes = header._modes.findChildren(QToolButton)
    user.waits_until(lambda: window.session.engine is not None)
    window.actions_.languages[language].trigger()
    settle()
    header.refresh(True, True, 11, 120)

    def texts():
        settle()
        shown = [button for button in (header._open, header._album, *modes) if button.isVisible()]
        assert all(button.width() >= button.sizeHint().width() for button in shown)
        assert all(button.toolTip() for button in shown)
        return [button.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly for button in shown]

    window.resize(1400, 720)
    assert texts() == [True] * 5
    window.resize(window.minimumSize())
    assert texts() == ([True] * 5 if language == "zh_CN" else [False] * 5)
    header.refresh(True, False, None, 0)
    assert texts()[-3:] == [True] * 3
    window.resize(1400, 720)
    assert texts() == [True] * 4


@pytest.fixture
def album_page(window):
    """The page of an album of one photo, which is restored."""
    page = window.albums.page
    page.thumbnails.ratio = 2.0
    page.model.append([PhotoRow(1, "/a.png", "a.png", "done", (62.0,), (1,), (), "", "", None, False)])
    window._stack.setCurrentWidget(page)
    settle()
    return page


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_filters_of_an_album_get_the_room_of_the_search_field(window, album_page, language):
    window.actions_.languages[language].trigger()
    rows = []
    for width in (window.minimumWidth(), 1024, 1280):
        window.resize(width, 640)
        settle()
        for button in album_page.filters.values():
            assert button.toolTip() == button.text()
            if album_page._segments.sizeHint().width() <= album_page.table.width():
                assert button.width() >= button.sizeHint().width()
        filters, search = place_of(album_page._segments), place_of(album_page.search)
        assert not filters.intersects(search)
        assert place_of(album_page).contains(search)
        rows.append(1 if search.top() < filters.bottom() else 2)
    assert rows[0] == 2
    assert rows[-1] == 1


def test_the_mark_of_a_state_is_no_larger_where_pixels_are_smaller(window, album_page):
    table = album_page.table
    cell = table.visualRect(album_page.model.index(0, Column.STATE.value))
    image = table.viewport().grab(cell).toImage()
    ground = image.pixel(0, 0)
    inside = range(image.height() - 2)  # above the line between two rows
    rows = [y for y in inside if any(image.pixel(x, y) != ground for x in range(40))]
    assert 0 < rows[-1] - rows[0] < 20


@pytest.fixture
def thumbnails():
    made = Thumbnails(1.0)
    yield made
    made.stop()


def test_in_a_low_window_the_face_of_an_album_makes_room_for_the_dial(qtbot, qapp, thumbnails):
    details = AlbumDetails(AlbumModel(thumbnails, Theme(qapp)))
    qtbot.addWidget(details)
    row = PhotoRow(1, "/a.png", "a.png", "done", (62.0,), (1,), (), "", "/b.png", None, False)
    details.setMinimumHeight(1)  # as in the window, whose least size is a given one
    details.resize(details.width(), 700)
    with qtbot.waitExposed(details):
        details.show()
    details.set_photos([row])
    face = QImage(132, 132, QImage.Format.Format_RGB32)
    face.fill(Qt.GlobalColor.red)
    details.show_face(1, face, face)
    heights = []
    for height in (700, 500, 454, 380):
        details.resize(details.width(), height)
        settle()
        assert details.dial.height() >= details.dial.minimumSizeHint().height()
        if details._pictures.isVisible():
            assert not place_of(details._before).intersects(place_of(details._captions[0]))
            assert details._pictures.geometry().bottom() < details._level_title.geometry().top()
        heights.append(details._before.height() if details._pictures.isVisible() else 0)
    assert heights[0] == 132
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == 0


def test_a_long_name_leaves_room_in_the_status_bar(user, window, portrait):
    path = portrait.rename(portrait.with_name(f"{LONG}.png"))
    window.resize(window.minimumSize())
    user.opens(path)
    settle()
    status = window.status
    assert "…" in status.photo.text()
    assert status.photo.text().endswith("512 × 512")
    assert path.name in status.photo.toolTip()
    for widget in (status.zoom, status.model, status.device):
        assert status.rect().contains(widget.geometry())
        assert widget.width() >= widget.sizeHint().width()


def test_a_short_name_is_whole(user, opened):
    assert opened.status.photo.text() == "grandmother.png   512 × 512"


@pytest.mark.parametrize("page", ["empty", "photo", "album"])
def test_a_message_covers_no_button(window, tmp_path, page):
    window.resize(window.minimumSize())
    window.empty.set_recent([tmp_path / f"{number}.png" for number in range(5)])
    album = window.albums.page
    window._stack.setCurrentWidget({"empty": window.empty, "photo": window.viewer, "album": album}[page])
    for button in (album.pause_button, album.stop_button, album.retry_button, album.report_button):
        button.show()
    album.details.open_button.show()
    window.notify(ERROR)
    settle()
    assert window.banner.isVisible()
    assert not covered_by(window.banner)
    assert place_of(window.centralWidget()).contains(place_of(window.banner))
    window.resize(1200, 800)
    settle()
    assert place_of(window.centralWidget()).bottom() - place_of(window.banner).bottom() < 40


def test_an_ampersand_in_a_name_is_no_mnemonic(window, tmp_path):
    window._settings.add_recent(tmp_path / "Mum & Dad.png")
    window._show_recent()
    entry = window.actions_.recent_menu.actions()[0]
    button = window.empty._recent.findChild(QPushButton)
    assert (entry.text(), button.text()) == ("Mum && Dad.png", "Mum && Dad.png")


def test_full_screen_ends_where_it_began(window):
    window.showMaximized()
    for full in (True, False):
        window.actions_.full_screen.trigger()
        assert (window.isFullScreen(), window.actions_.full_screen.isChecked()) == (full, full)
    assert window.isMaximized()
    window.showFullScreen()  # as the desktop may do by itself
    assert window.actions_.full_screen.isChecked()


def test_a_window_closed_in_full_screen_knows_it_when_it_opens_again(qtbot, qapp, window):
    window.actions_.full_screen.trigger()
    window.close()
    again = make_window(qapp, "cpu")
    qtbot.addWidget(again)
    with qtbot.waitExposed(again, timeout=60_000):
        again.show()
    assert again.isFullScreen()
    again.actions_.full_screen.trigger()
    assert not again.isFullScreen()
