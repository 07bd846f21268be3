"""The dial under the hand."""

import math

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

from desktop_app.dial import Dial


@pytest.fixture
def dial(qtbot):
    """A dial at 60 whose automatic level is 80, that shows what it is turned to."""
    shown = Dial()
    qtbot.addWidget(shown)
    shown.resize(260, 230)
    shown.show_level(60, 80.4, False)
    shown.turned.connect(lambda level: shown.show_level(level, 80.4, False))
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def test_dragging_around_turns_it_by_the_hand_s_angle(dial):
    start, end = dial.point_of(60, 50), dial.point_of(90, 50)
    QTest.mousePress(dial, Qt.MouseButton.LeftButton, pos=start.toPoint())
    QTest.mouseMove(dial, end.toPoint())
    QTest.mouseRelease(dial, Qt.MouseButton.LeftButton, pos=end.toPoint())
    assert dial.value() == pytest.approx(90, abs=3)


def test_a_click_on_a_mark_goes_there(dial):
    QTest.mouseClick(dial, Qt.MouseButton.LeftButton, pos=dial.point_of(120).toPoint())
    assert dial.value() == pytest.approx(120, abs=2)


def test_it_stops_at_its_ends(dial):
    QTest.mousePress(dial, Qt.MouseButton.LeftButton, pos=dial.point_of(60, 50).toPoint())
    for level in range(60, -61, -10):
        QTest.mouseMove(dial, dial.point_of(level, 50).toPoint())
    QTest.mouseRelease(dial, Qt.MouseButton.LeftButton, pos=dial.point_of(-60, 50).toPoint())
    assert dial.value() == 0


@pytest.mark.parametrize(
    ("key", "level"),
    [
        (Qt.Key.Key_Up, 61),
        (Qt.Key.Key_Left, 59),
        (Qt.Key.Key_PageUp, 70),
        (Qt.Key.Key_PageDown, 50),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 150),
    ],
)
def test_keys_turn_it(dial, key, level):
    QTest.keyClick(dial, key)
    assert dial.value() == level


def test_digits_type_a_level(dial):
    dial.setFocus()
    QTest.keyClick(dial, Qt.Key.Key_1)
    QTest.keyClicks(dial.number, "05")
    QTest.keyClick(dial.number, Qt.Key.Key_Return)
    assert dial.value() == 105


def test_digits_reach_it_although_they_are_shortcuts_of_the_window(qtbot, dial):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(dial)
    pressed = []
    shortcut = QAction(window, shortcut="1")
    shortcut.triggered.connect(pressed.append)
    window.addAction(shortcut)
    with qtbot.waitActive(window):
        window.show()
    dial.setFocus()
    QTest.keyClick(dial, Qt.Key.Key_1)
    assert dial.number.text() == "1"
    assert not pressed
    window.takeCentralWidget()


def test_a_typed_level_beyond_the_end_becomes_the_end(dial):
    dial.setFocus()
    QTest.keyClick(dial, Qt.Key.Key_9)
    QTest.keyClicks(dial.number, "99")
    QTest.keyClick(dial.number, Qt.Key.Key_Return)
    assert dial.value() == 150


def test_escape_leaves_the_level_as_it_was(dial):
    dial.setFocus()
    QTest.keyClick(dial, Qt.Key.Key_7)
    QTest.keyClick(dial.number, Qt.Key.Key_Escape)
    assert dial.value() == 60
    assert dial.number.text() == "60"


def test_a_number_that_is_typed_stays_when_the_level_is_shown_anew(dial):
    dial.setFocus()
    QTest.keyClick(dial, Qt.Key.Key_8)
    dial.show_level(82, 80.4, False)  # another face was read
    assert dial.number.text() == "8"
    QTest.keyClicks(dial.number, "0")
    dial.show_level(82, 80.4, False)
    QTest.keyClick(dial.number, Qt.Key.Key_Return)
    assert dial.value() == 80
    dial.show_level(70, 80.4, False)
    assert dial.number.text() == "70"


def test_a_step_takes_the_place_of_what_was_typed(dial):
    dial.setFocus()
    QTest.keyClick(dial, Qt.Key.Key_8)
    QTest.keyClick(dial, Qt.Key.Key_Up)
    assert (dial.value(), dial.number.text()) == (61, "61")


@pytest.mark.parametrize(("typed", "level"), [("", 60), ("75", 75), ("999", 150)])
def test_a_number_is_taken_when_it_is_left_and_nothing_for_none(qtbot, dial, typed, level):
    dial.activateWindow()
    qtbot.waitUntil(dial.isActiveWindow)
    dial.number.setFocus()
    dial.number.selectAll()
    QTest.keyClick(dial.number, Qt.Key.Key_Delete)
    QTest.keyClicks(dial.number, typed)
    dial.setFocus()
    assert (dial.value(), dial.number.text()) == (level, str(level))


def test_double_click_asks_for_the_automatic_level(qtbot, dial):
    with qtbot.waitSignal(dial.automaticWanted):
        QTest.mouseDClick(dial, Qt.MouseButton.LeftButton, pos=dial.point_of(60, 50).toPoint())


def turn_wheel(dial, notches):
    place = QPointF(100, 100)
    event = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(dial, event)


def test_fine_wheels_add_up(dial):
    for _ in range(4):
        turn_wheel(dial, 0.25)
    assert dial.value() == 62


def test_steps_are_one_movement_until_the_hand_rests_or_does_something_else(qtbot, dial):
    begun = []
    dial.gestureBegan.connect(lambda: begun.append(dial.value()))
    for _ in range(3):
        turn_wheel(dial, 1)
    QTest.keyClick(dial, Qt.Key.Key_Up)
    assert begun == [60]
    QTest.mouseClick(dial, Qt.MouseButton.LeftButton, pos=dial.point_of(90).toPoint())
    turn_wheel(dial, 1)
    assert len(begun) == 3
    qtbot.waitUntil(lambda: not dial._steps.isActive())
    turn_wheel(dial, 1)
    assert len(begun) == 4


def test_it_tells_its_name_and_value(dial):
    interface = QAccessible.queryAccessibleInterface(dial)
    assert interface.text(QAccessible.Text.Name) == "Restoration level"
    assert interface.valueInterface().currentValue() == 60
    interface.valueInterface().setCurrentValue(75)
    assert dial.value() == 75


def test_marks_lie_where_the_hand_points(dial):
    left, right = dial.point_of(0), dial.point_of(150)
    assert math.isclose(left.y(), right.y())
    assert dial.point_of(75).y() < left.y()
