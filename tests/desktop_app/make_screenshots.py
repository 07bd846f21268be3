"""Screenshots of the main states: ``python -m tests.desktop_app.make_screenshots FOLDER [PHOTO…]``.

Needs a model; without photos, scikit-image's portrait is shown. Look at each of them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

# No screen, and nobody's own settings and recent photos.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_HOME = tempfile.TemporaryDirectory(prefix="heirloom-screenshots-")
for _variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
    os.environ[_variable] = _HOME.name

from PySide6.QtCore import QPoint, QSize, Qt  # noqa: E402
from PySide6.QtGui import QFont, QFontDatabase  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QWidget  # noqa: E402

from desktop_app.application import make_application, make_window  # noqa: E402
from desktop_app.main_window import MainWindow  # noqa: E402
from desktop_app.theme import Scheme  # noqa: E402
from desktop_app.viewer import Mode  # noqa: E402
from tests.desktop_app.waiting import pause, wait_until  # noqa: E402

SIZE = QSize(1280, 800)


def wait(until: Callable[[], bool], seconds: float = 90) -> None:
    """Let the application work until something is so, and then come to rest."""
    wait_until(until, seconds, every=20)
    pause(150)


def portrait(folder: Path) -> Path:
    """Scikit-image's portrait as a file."""
    from skimage import data

    from engine.photo import Photo, write_photo

    path = folder / "portrait.png"
    write_photo(Photo(data.astronaut()), path)
    return path


def main(folder: Path, photos: list[Path]) -> None:
    """Make them all."""
    folder.mkdir(parents=True, exist_ok=True)
    application = make_application(["heirloom-desktop"])
    if "Inter" in QFontDatabase.families():
        application.setFont(QFont("Inter", 10))
    photos = photos or [portrait(Path(_HOME.name))]
    window = make_window(application, "cpu")
    window.resize(SIZE)
    window.show()
    wait(lambda: window.session.engine is not None)

    def shoot(name: str, widget: QWidget = window) -> None:
        pause(120)
        for _ in range(10):  # nested layouts settle one after the other
            QApplication.processEvents()
        widget.grab().save(str(folder / f"{name}.png"))
        print(folder / f"{name}.png")

    shoot("01-empty")
    open_photo(window, photos[0])
    shoot("02-photo")
    window.viewer.set_divider(0.35)
    shoot("03-divider")
    window.actions_.modes[Mode.SIDE_BY_SIDE].trigger()
    shoot("04-side-by-side")
    window.actions_.modes[Mode.DIVIDER].trigger()
    open_photo(window, photos[-1])
    shoot("05-last-photo")
    window.actions_.outlines.setChecked(True)
    shoot("06-faces")
    window.actions_.outlines.setChecked(False)
    window.actions_.compare.trigger()
    sheet = application.activeModalWidget()
    assert isinstance(sheet, QDialog)
    wait(lambda: sheet.findChildren(QWidget)[-1].isVisible() and sheet.save_button.isEnabled())
    shoot("07-contact-sheet", sheet)
    sheet.reject()
    window.actions_.save.trigger()
    saving = application.activeModalWidget()
    assert isinstance(saving, QDialog)
    shoot("08-save", saving)
    saving.reject()
    window.actions_.shortcuts.trigger()
    shortcuts = application.activeModalWidget()
    assert isinstance(shortcuts, QDialog)
    shoot("09-shortcuts", shortcuts)
    shortcuts.reject()
    window.actions_.about.trigger()
    about = application.activeModalWidget()
    assert isinstance(about, QDialog)
    shoot("10-about", about)
    about.reject()
    window.actions_.schemes[Scheme.DARK].trigger()
    shoot("11-dark")
    window.actions_.languages["zh_CN"].trigger()
    shoot("12-chinese")
    window.actions_.schemes[Scheme.LIGHT].trigger()
    window.actions_.languages["de"].trigger()
    window.resize(1024, 640)
    shoot("13-german-1024x640")
    window.actions_.languages["en"].trigger()
    window.resize(SIZE)
    broken = Path(_HOME.name) / "grandmother.jpg"
    broken.write_bytes(b"not a photo")
    window.open_paths([broken])
    wait(window.banner.isVisible)
    shoot("14-error")
    window.resize(3840, 2160)
    shoot("15-4k")
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    window.close()


def open_photo(window: MainWindow, path: Path) -> None:
    """Open a photo and wait for its restored view."""
    shown: list[object] = []
    window.session.rendered.connect(shown.append)
    window.open_paths([path])
    wait(lambda: bool(shown))
    QApplication.processEvents()


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
