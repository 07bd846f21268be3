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

from desktop_app.album_dialog import AlbumDialog  # noqa: E402
from desktop_app.album_model import Filter  # noqa: E402
from desktop_app.album_session import Phase  # noqa: E402
from desktop_app.application import make_application, make_window  # noqa: E402
from desktop_app.main_window import MainWindow  # noqa: E402
from desktop_app.messages import Rendered  # noqa: E402
from desktop_app.theme import Scheme  # noqa: E402
from desktop_app.viewer import Mode  # noqa: E402
from tests.desktop_app.waiting import is_restored, pause, wait_until  # noqa: E402

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


def attic(folder: Path) -> Path:
    """A folder of old prints: the portrait in many states, a garden, and a file that is none."""
    import cv2
    import numpy as np
    from skimage import data

    rng = np.random.default_rng(3)
    face = data.astronaut()[:400, 40:400].astype(np.float32)
    grey = np.repeat(face.mean(2, keepdims=True), 3, 2)
    sepia = grey * (1.0, 0.86, 0.68)
    faded = 110 + grey * (0.5, 0.48, 0.42)
    grain = np.clip(grey + rng.normal(0, 22, grey.shape), 0, 255)
    soft = cv2.GaussianBlur(face, (0, 0), 3)
    garden = cv2.resize(rng.normal((120, 150, 90), 9, (6, 9, 3)), (540, 360), interpolation=cv2.INTER_CUBIC)
    prints = {
        "1931 Wedding/bride.jpg": sepia,
        "1931 Wedding/bride and veil.jpg": faded[:360],
        "1931 Wedding/garden.jpg": np.clip(garden, 0, 255),
        "1944 At the airfield.jpg": grain,
        "1948 Harvest.jpg": sepia[30:350, 20:300],
        "1952 Studio portrait.jpg": grey[:, ::-1],
        "1960 First colour film.jpg": np.clip(face * (1.1, 0.95, 0.8), 0, 255),
        "1961 Anniversary.jpg": soft,
        "1963 Passport.jpg": grey[:300, 80:330],
    }
    for name, pixels in prints.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        coded = cv2.imencode(".jpg", pixels.astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
        coded[1].tofile(path)
    (folder / "1958 Seaside.jpg").write_bytes(b"torn")
    return folder


def show_album(window: MainWindow, shoot: Callable[..., None]) -> None:
    """The dialog, a running and a finished album, in its narrowest and its darkest."""
    window.albums.ask()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, AlbumDialog)
    dialog.folder_field.setText(str(attic(Path(_HOME.name) / "Grandmother's box")))
    wait(lambda: "about" in dialog.told)
    shoot("16-album-dialog", dialog)
    dialog.start_button.click()
    session, page = window.albums.session, window.albums.page
    wait(lambda: session.standing.ended >= 4)
    page.table.selectRow(0)
    wait(page.details._pictures.isVisible)
    shoot("17-album-running")
    wait(lambda: session.phase is Phase.RESTING)
    window.banner.hide()
    shoot("18-album")
    window.actions_.schemes[Scheme.DARK].trigger()
    shoot("19-album-dark")
    window.actions_.languages["de"].trigger()
    window.resize(1024, 640)
    shoot("20-album-german-1024x640")
    window.actions_.languages["zh_CN"].trigger()
    shoot("21-album-chinese")
    window.actions_.languages["en"].trigger()
    window.actions_.schemes[Scheme.LIGHT].trigger()
    window.resize(SIZE)
    page.filters[Filter.FAILED].click()
    page.table.selectRow(0)
    shoot("22-album-failed")


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
    window.resize(SIZE)
    show_album(window, shoot)
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    window.close()


def open_photo(window: MainWindow, path: Path) -> None:
    """Open a photo and wait until all of its faces are restored."""
    session, shown, before = window.session, list[Rendered](), window.session.document
    session.rendered.connect(shown.append)
    window.open_paths([path])
    wait(lambda: session.document is not before and is_restored(session, shown))
    session.rendered.disconnect(shown.append)
    QApplication.processEvents()


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
