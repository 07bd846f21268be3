"""Before and after, zoom and pan."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QInputDevice, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.messages import Patch
from desktop_app.viewer import Mode, Outline, Viewer

RED, BLUE = QColor(200, 30, 30), QColor(30, 30, 200)


def plain(width, height, colour):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image


@pytest.fixture
def viewer(qtbot):
    """Shows a red photo whose restored state is blue."""
    shown = Viewer()
    qtbot.addWidget(shown)
    shown.resize(600, 400)
    shown.set_photo((plain(800, 400, RED), plain(400, 200, RED)), 800, 400)
    shown.set_patches([Patch(0, 0, 800, 400, (plain(800, 400, BLUE), plain(400, 200, BLUE)))])
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def colour_at(viewer, x, y):
    colour = viewer.grab().toImage().pixelColor(x, y)
    return "before" if colour.red() > colour.blue() else "after"


def test_the_divider_parts_before_from_after(viewer):
    assert colour_at(viewer, 150, 250) == "before"
    assert colour_at(viewer, 450, 250) == "after"


def test_dragging_the_divider_moves_it(viewer):
    middle = QPointF(300, 200)
    QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    QTest.mouseMove(viewer, QPointF(500, 200).toPoint())
    QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=QPointF(500, 200).toPoint())
    assert colour_at(viewer, 450, 250) == "before"


def test_side_by_side_shows_the_same_place_twice(viewer):
    viewer.set_mode(Mode.SIDE_BY_SIDE)
    viewer.zoom_to(2.0, QPointF(150, 200))
    assert viewer.to_photo(QPointF(100, 200)) == viewer.to_photo(QPointF(400, 200))
    assert colour_at(viewer, 150, 250) == "before"
    assert colour_at(viewer, 450, 250) == "after"


def test_the_wheel_zooms_around_the_pointer(viewer):
    place = QPointF(420, 170)
    viewer.zoom_to(2.0, place)
    before = viewer.to_photo(place)
    viewer.zoom_to(3.0, place)
    after = viewer.to_photo(place)
    assert (after - before).manhattanLength() < 1e-6
    assert viewer.zoom == pytest.approx(3.0)


@pytest.fixture
def touchpad():
    """A device that pinches."""
    return QPointingDevice(
        "touchpad",
        1,
        QInputDevice.DeviceType.TouchPad,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position,
        2,
        0,
    )


def test_a_pinch_zooms_around_the_fingers(viewer, touchpad):
    viewer.zoom_to(2.0)
    place = QPointF(420, 170)
    before = viewer.to_photo(place)
    for _ in range(3):
        pinch = QNativeGestureEvent(
            Qt.NativeGestureType.ZoomNativeGesture,
            touchpad,
            2,
            place,
            place,
            QPointF(viewer.mapToGlobal(place)),
            0.2,
            QPointF(),
        )
        QApplication.sendEvent(viewer, pinch)
    assert viewer.zoom == pytest.approx(2.0 * 1.2**3)
    assert (viewer.to_photo(place) - before).manhattanLength() < 1e-6


HIGH_DPI = """
import sys
import numpy as np
from PySide6.QtGui import QImage
from desktop_app.application import make_application
from desktop_app.pictures import to_image
from desktop_app.viewer import Mode, Viewer
application = make_application(["heirloom-desktop"])
board = np.random.default_rng(0).integers(0, 256, (900, 900, 3), np.uint8)
viewer = Viewer()
viewer.resize(320, 240)
viewer.set_photo((to_image(board), to_image(board[::2, ::2].copy())), 900, 900)
viewer.set_mode(Mode.RESTORED)
viewer.show()
viewer.zoom_to(1.0)
shot = viewer.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
pixels = np.frombuffer(shot.constBits(), np.uint8).reshape(shot.height(), shot.bytesPerLine())
pixels = pixels[:, : shot.width() * 3].reshape(shot.height(), shot.width(), 3)
x, y = (round(value) for value in viewer.to_photo(viewer.rect().topLeft().toPointF()).toTuple())
seen = board[y + 200 : y + 300, x + 100 : x + 300]
print(shot.devicePixelRatio(), shot.width(), (pixels[200:300, 100:300] == seen).all())
"""


def test_a_high_dpi_screen_shows_each_pixel_of_the_photo_sharply():
    done = subprocess.run(
        [sys.executable, "-c", HIGH_DPI],
        env=os.environ | {"QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.stdout.split() == ["2.0", "640", "True"], done.stdout + done.stderr


def test_fit_shows_all_of_the_photo(viewer):
    viewer.zoom_to(8.0)
    viewer.fit()
    corner, other = viewer.from_photo(QPointF(0, 0)), viewer.from_photo(QPointF(800, 400))
    assert viewer.rect().contains(corner.toPoint())
    assert viewer.rect().contains(other.toPoint())


def test_dragging_moves_a_large_photo_but_never_out_of_sight(viewer):
    viewer.zoom_to(4.0, QPointF(300, 200))
    for _ in range(30):
        viewer.pan(QPointF(500, 500))
    assert viewer.to_photo(QPointF(300, 200)).x() > 0


def test_a_click_on_a_face_selects_it(qtbot, viewer):
    viewer.set_outlines((Outline(2, QRectF(100, 100, 120, 120), True, ""),), None)
    place = viewer.from_photo(QPointF(160, 160)).toPoint()
    with qtbot.waitSignal(viewer.faceClicked) as clicked:
        QTest.mouseClick(viewer, Qt.MouseButton.LeftButton, pos=place)
    assert clicked.args == [2]


def test_a_drag_in_framing_draws_a_box_in_photo_pixels(qtbot, viewer):
    viewer.set_framing(True)
    start, end = viewer.from_photo(QPointF(100, 50)), viewer.from_photo(QPointF(300, 250))
    with qtbot.waitSignal(viewer.boxDrawn) as drawn:
        QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=start.toPoint())
        QTest.mouseMove(viewer, end.toPoint())
        QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=end.toPoint())
    box = drawn.args[0]
    assert box.left() == pytest.approx(100, abs=2)
    assert box.bottom() == pytest.approx(250, abs=2)


def test_a_patch_of_a_small_part_repaints_only_that_part(viewer):
    viewer.set_mode(Mode.RESTORED)
    small = Patch(0, 0, 160, 160, (plain(160, 160, RED), plain(80, 80, RED)))
    viewer.set_patches([small])
    inside, outside = viewer.from_photo(QPointF(80, 80)), viewer.from_photo(QPointF(400, 200))
    assert colour_at(viewer, int(inside.x()), int(inside.y())) == "before"
    assert colour_at(viewer, int(outside.x()), int(outside.y())) == "after"


@pytest.mark.parametrize("zoom", [0.2, 0.5, 1.0, 3.0])
def test_a_patch_that_is_there_halved_alone_is_shown_at_every_zoom(viewer, zoom):
    viewer.set_mode(Mode.RESTORED)
    viewer.set_patches([Patch(400, 0, 400, 400, (plain(200, 200, RED),), step=1)])
    viewer.zoom_to(zoom)
    viewer.pan(QPointF(-1, 0))
    left, right = (viewer.from_photo(QPointF(x, 200)) for x in (398, 402))
    assert colour_at(viewer, int(left.x()) - 2, int(left.y())) == "after"
    assert colour_at(viewer, int(right.x()) + 2, int(right.y())) == "before"


def test_space_shows_the_original_while_it_is_held(user, opened):
    opened.viewer.setFocus()
    QTest.keyPress(opened.viewer, Qt.Key.Key_Space)
    assert opened.viewer.shows_original
    QTest.keyRelease(opened.viewer, Qt.Key.Key_Space)
    assert not opened.viewer.shows_original


@pytest.mark.parametrize("elsewhere", [QEvent.Type.WindowDeactivate, QEvent.Type.WindowBlocked])
def test_space_is_let_go_of_when_its_release_goes_to_another_window(user, opened, elsewhere):
    opened.panel.dial.setFocus()
    QTest.keyPress(opened.panel.dial, Qt.Key.Key_Space)
    assert opened.viewer.shows_original
    QApplication.sendEvent(opened, QEvent(elsewhere))
    assert not opened.viewer.shows_original


def test_space_is_let_go_of_when_a_dialog_opens(user, opened):
    opened.panel.dial.setFocus()
    QTest.keyPress(opened.panel.dial, Qt.Key.Key_Space)
    opened.actions_.about.trigger()
    dialog = user.dialog()
    QTest.keyRelease(dialog, Qt.Key.Key_Space)
    dialog.reject()
    assert not opened.viewer.shows_original


def test_keys_fit_zoom_and_outline(user, opened):
    opened.viewer.setFocus()
    user.presses("1")
    assert opened.viewer.zoom == pytest.approx(1.0)
    user.presses("+")
    assert opened.viewer.zoom == pytest.approx(1.25)
    user.presses("0")
    assert opened.viewer.fits
    user.presses("F")
    assert opened.actions_.outlines.isChecked()
    user.turns_wheel(opened.viewer, QPointF(200, 200), 1)
    assert not opened.viewer.fits
