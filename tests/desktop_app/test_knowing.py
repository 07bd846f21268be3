"""Status, errors, help, languages, themes, and what is remembered."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPlainTextEdit, QTextBrowser

from desktop_app.application import make_window
from desktop_app.engine_text import in_users_language
from desktop_app.language import LANGUAGES
from desktop_app.messages import FindFaces, OpenPhoto, ReadFace, Render, Request, SavePhoto, Settle
from desktop_app.theme import Scheme
from desktop_app.viewer import Mode
from desktop_app.worker import Mailbox
from engine.photo import read_ai_edit, read_photo

PATIENCE = 60_000  # milliseconds
ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "resources" / "translations"


def test_the_status_bar_tells_device_model_and_time(user, opened):
    assert opened.status.device.text() == "CPU"
    assert opened.status.model.text() == opened.session.engine.model
    assert opened.status.time.text().endswith("ms")
    user.clicks(opened.status.device)
    assert "CPU" in opened.banner.sentence


def test_without_a_model_it_starts_says_so_and_shows_photos(qtbot, qapp, monkeypatch, tmp_path, portrait):
    shutil.copytree(ROOT / "resources" / "models", tmp_path / "models")
    for file in (tmp_path / "models").glob("*.onnx"):
        file.unlink()
    monkeypatch.setenv("HEIRLOOM_MODELS", str(tmp_path / "models"))
    window = make_window(qapp, "cpu")
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox), timeout=PATIENCE)
    message = QApplication.activeModalWidget()
    assert "can't be loaded" in message.text()
    assert "Traceback" not in message.informativeText()
    message.button(QMessageBox.StandardButton.Ok).click()
    window.open_paths([portrait])
    qtbot.waitUntil(lambda: window.session.document is not None, timeout=PATIENCE)
    qtbot.waitUntil(window.banner.isVisible, timeout=PATIENCE)
    assert "model" in window.banner.sentence
    assert window.viewer.isVisible()
    window.close()
    window.deleteLater()


def test_an_error_shows_its_details_on_demand(user, window, tmp_path):
    window.open_paths([tmp_path / "nowhere.jpg"])
    user.waits_until(window.banner.isVisible)
    details = window.banner.findChild(QPlainTextEdit)
    assert not details.isVisible()
    user.clicks(window.banner._more)
    assert details.isVisible()
    assert "PhotoError" in details.toPlainText()


def test_about_shows_licences_and_model(user, opened):
    opened.actions_.about.trigger()
    dialog = user.dialog()
    text = " ".join(browser.toPlainText() for browser in dialog.findChildren(QTextBrowser))
    assert "Apache" in text
    assert "ONNX Runtime" in text
    assert opened.session.engine.model in text
    dialog.reject()


def test_the_sheet_of_shortcuts_lists_every_key(user, opened):
    user.presses("F1", opened)
    dialog = user.dialog()
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Ctrl+O", "Ctrl+S", "hold Space", "F11"} <= shown
    dialog.reject()


def test_dark_and_light_can_be_chosen(user, window):
    window.actions_.schemes[Scheme.DARK].trigger()
    assert window.palette().color(QPalette.ColorRole.Window).lightness() < 80
    window.actions_.schemes[Scheme.LIGHT].trigger()
    assert window.palette().color(QPalette.ColorRole.Window).lightness() > 200


def test_the_language_changes_at_once_and_back(user, window):
    for language, text in (("de", "Öffnen…"), ("zh_CN", "打开…"), ("en", "Open…")):
        window.actions_.languages[language].trigger()
        user.waits_until(lambda text=text: window.empty.open_button.text() == text)


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_every_text_is_translated_and_keeps_its_placeholders(language):
    tree = ET.parse(TRANSLATIONS / f"heirloom_{language}.ts")
    messages = tree.findall(".//message")
    assert len(messages) > 150
    for message in messages:
        source, target = message.findtext("source"), message.find("translation")
        assert target.get("type") is None, source
        assert target.text, source
        for placeholder in ("{number}", "{level}", "{file}", "{name}", "{levels}", "{cause}"):
            assert (placeholder in source) == (placeholder in target.text), source


def test_the_compiled_translations_are_those_of_the_sources(qapp):
    for language in LANGUAGES:
        if language == "en":
            continue
        translator = QTranslator()
        assert translator.load(f"heirloom_{language}", str(TRANSLATIONS))
        tree = ET.parse(TRANSLATIONS / f"heirloom_{language}.ts")
        for context in tree.findall("context"):
            for message in context.findall("message"):
                name, source = context.findtext("name"), message.findtext("source")
                assert translator.translate(name, source) == message.findtext("translation")


def test_the_engine_s_sentences_are_translated(user, window):
    window.actions_.languages["de"].trigger()
    sentence = in_users_language('"/a/oma.jpg" is empty; try another copy of it.')
    assert "oma.jpg" in sentence
    assert "empty" not in sentence
    window.actions_.languages["en"].trigger()


def test_an_unknown_sentence_stays_as_it_is():
    assert in_users_language("The sky is green.") == "The sky is green."


def test_mode_theme_and_language_are_remembered(user, window, qapp):
    window.actions_.modes[Mode.SIDE_BY_SIDE].trigger()
    window.actions_.schemes[Scheme.DARK].trigger()
    window.actions_.languages["de"].trigger()
    window.close()
    again = make_window(qapp, "cpu")
    assert again.viewer.mode is Mode.SIDE_BY_SIDE
    assert again.empty.open_button.text() == "Öffnen…"
    again.actions_.languages["en"].trigger()
    again.actions_.schemes[Scheme.LIGHT].trigger()
    again.close()
    again.deleteLater()


def test_it_is_usable_at_1024_by_640(user, opened):
    opened.resize(1024, 640)
    QCoreApplication.processEvents()
    assert (opened.width(), opened.height()) == (1024, 640)
    for widget in (opened.panel.dial, opened.panel.compare, opened.header.save, opened.panel.strip.cards[0]):
        place = widget.mapTo(opened, widget.rect().center())
        assert opened.rect().contains(place)


def test_newer_requests_replace_waiting_ones():
    mailbox = Mailbox()
    save = SavePhoto(1, {}, (), Path("copy.png"), "png", None, False, 1)
    newest = Render(1, {1: 20.0})
    for request in (FindFaces(1), Render(1, {1: 10.0}), save, Settle(1), newest):
        mailbox.put(request)
    assert [type(mailbox.take()).__name__ for _ in range(2)] == ["FindFaces", "SavePhoto"]
    assert mailbox.take() is newest
    for request in (ReadFace(1), Settle(1), newest):
        mailbox.put(request)
    assert [type(mailbox.take()).__name__ for _ in range(3)] == ["Render", "ReadFace", "NoneType"]
    mailbox.put(newest)
    mailbox.put(Settle(1))
    assert mailbox.holds(Settle)
    assert not mailbox.holds(OpenPhoto)
    mailbox.put(OpenPhoto(2, Path("next.png")))
    assert not mailbox.holds(Settle)
    assert isinstance(mailbox.take(), OpenPhoto)
    assert mailbox.take() is None
    assert not mailbox.holds(Request)


def use_application(platform, photo, display=None):
    """Start the application as a user does, turn the dial by hand, save, and close it."""
    environment = os.environ | {"QT_QPA_PLATFORM": platform} | ({"DISPLAY": display} if display else {})
    return subprocess.run(
        [sys.executable, "-c", HAND, str(photo)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
    )


HAND = """
import sys
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
import desktop_app.application as application
make = application.make_window

def patched(*args):
    window = make(*args)
    window.session.rendered.connect(lambda answer: steps and steps.pop(0)(window))
    window.session.saved.connect(lambda answer: QTimer.singleShot(100, window.close))
    return window

def drag(window):
    print(window.session.document.name, application.QGuiApplication.platformName(), window.isVisible())
    dial = window.panel.dial
    start, end = dial.point_of(dial.value(), 50).toPoint(), dial.point_of(100, 50).toPoint()
    QTest.mousePress(dial, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(dial, end)
    QTest.mouseRelease(dial, Qt.MouseButton.LeftButton, pos=end)

def save(window):
    print("level", round(window.session.document.levels[1], -1))
    QTimer.singleShot(0, lambda: click(window.header.save))
    QTimer.singleShot(0, accept)

def accept():
    dialog = QApplication.activeModalWidget()
    if dialog is None:
        QTimer.singleShot(50, accept)
    else:
        click(dialog.save_button)

def click(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)

steps = [drag, save]
application.make_window = patched
from desktop_app.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_photo_is_opened_restored_and_saved_on_a_real_x_server(portrait, x_server):
    done = use_application("xcb", portrait, x_server)
    assert done.returncode == 0, done.stderr
    assert "grandmother.png xcb True" in done.stdout
    assert "level 100.0" in done.stdout
    copy = read_photo(portrait.with_name("grandmother-restored.png"))
    assert read_ai_edit(copy.metadata).levels[0] == pytest.approx(100, abs=4)


def test_hundreds_of_thousands_of_calls_do_not_end_the_interpreter():
    code = (
        "from desktop_app.application import make_application\n"
        "application = make_application(['heirloom-desktop'])\n"
        "for _ in range(200_000): application.setApplicationDisplayName('Heirloom')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr


def test_nothing_heavy_is_loaded_before_the_window_shows():
    code = (
        "import sys, desktop_app.application\n"
        "heavy = {'numpy', 'cv2', 'onnxruntime', 'PIL', 'torch', 'skimage'} & set(sys.modules)\n"
        "print(*heavy); sys.exit(bool(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def x_server():
    """The name of a fresh X display without a screen."""
    if shutil.which("Xvfb") is None:
        pytest.skip("needs Xvfb")
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as number:
        display = number.readline().strip()
    assert display, "Xvfb did not start"
    yield f":{display}"
    server.terminate()
    server.wait(20)
