"""Small pictures for long lists: asked for when a row is painted, made in the background, newest first."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPainterPath, QPixmap

from desktop_app.messages import Answer, Failed, Request
from desktop_app.worker import Mailbox, Tell, WorkerThread

SIDE = 48
"""Of a thumbnail, logical pixels."""

_KEPT = 500  # thumbnails in memory: some screens full
_WAITING = 48  # requests: a screen full of rows, those that were scrolled over drop out


@dataclass(frozen=True, eq=False)
class MakeThumbnail(Request):
    """Make a thumbnail; the stamp is the row's id."""

    source: str
    side: int


@dataclass(frozen=True, eq=False)
class ThumbnailMade(Answer):
    """It is made."""

    source: str
    image: QImage


class NewestFirst(Mailbox):
    """Takes the newest request first, and forgets the oldest when many wait.

    Parameters
    ----------
    forgotten : callable
        Told of each request that nobody will answer.
    """

    def __init__(self, forgotten: Callable[[Request], None]) -> None:
        super().__init__()
        self._waiting: deque[Request] = deque()
        self._guard = threading.Lock()
        self._forgotten = forgotten

    def put(self, request: Request) -> None:
        """Add a request."""
        with self._guard:
            self._waiting.append(request)
            late = self._waiting.popleft() if len(self._waiting) > _WAITING else None
        if late is not None:
            self._forgotten(late)

    def take(self) -> Request | None:
        """Remove and return the newest request, None when there is none."""
        with self._guard:
            return self._waiting.pop() if self._waiting else None

    def clear(self) -> None:
        """Drop everything that waits."""
        with self._guard:
            self._waiting.clear()


class Thumbnails(QObject):
    """Gives thumbnails, at once or with a signal later.

    Parameters
    ----------
    ratio : float
        Device pixels for a logical one.
    """

    ready = Signal(int)
    """A thumbnail can be had now; its id."""

    def __init__(self, ratio: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ratio = ratio
        self._kept: OrderedDict[int, QIcon] = OrderedDict()
        self._asked: dict[int, str] = {}
        self._blank = _framed(None, ratio)
        self._thread = WorkerThread("thumbnails", _ThumbnailRoom, self, NewestFirst(self._forget))
        self._thread.answered.connect(self._receive)

    def get(self, id_: int, source: str) -> QIcon:
        """Give a thumbnail; a blank one, and `ready` later, where it is not made yet."""
        if id_ in self._kept:
            self._kept.move_to_end(id_)
            return self._kept[id_]
        if id_ not in self._asked:
            self._asked[id_] = source
            self._thread.post(MakeThumbnail(id_, source, round(SIDE * self.ratio)))
        return self._blank

    def clear(self) -> None:
        """Forget all of them: ids mean other photos from now on."""
        self._kept.clear()
        self._asked.clear()

    def stop(self) -> None:
        """End the thread."""
        self._thread.stop()

    def _forget(self, request: Request) -> None:
        self._asked.pop(request.stamp, None)

    def _receive(self, answer: Answer) -> None:
        image: QImage | None = None
        if isinstance(answer, ThumbnailMade):
            source, image = answer.source, answer.image
        elif isinstance(answer, Failed) and isinstance(answer.request, MakeThumbnail):
            source = answer.request.source  # of a broken photo there is no picture
        else:
            return
        if self._asked.get(answer.stamp) != source:
            return  # from another album
        del self._asked[answer.stamp]
        self._kept[answer.stamp] = self._blank if image is None else _framed(image, self.ratio)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self.ready.emit(answer.stamp)


class _ThumbnailRoom:
    """Makes thumbnails, on their thread."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def handle(self, request: Request) -> None:
        from desktop_app.pictures import to_image
        from engine.album import thumbnail

        assert isinstance(request, MakeThumbnail)
        image = to_image(thumbnail(Path(request.source), request.side))
        self._tell(ThumbnailMade(request.stamp, request.source, image))

    def close(self) -> None:
        pass


def _framed(image: QImage | None, ratio: float) -> QIcon:
    """Put a picture into the middle of a square, its corners rounded; without one, a pale square."""
    pixmap = QPixmap(round(SIDE * ratio), round(SIDE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    outline = QPainterPath()
    if image is None:
        outline.addRoundedRect(QRectF(0, 0, SIDE, SIDE), 5, 5)
        painter.fillPath(outline, QColor(128, 128, 128, 40))
    else:
        width, height = image.width() / ratio, image.height() / ratio
        place = QRectF((SIDE - width) / 2, (SIDE - height) / 2, width, height)
        outline.addRoundedRect(place, 3, 3)
        painter.setClipPath(outline)
        painter.drawImage(place, image)
    painter.end()
    return plain_icon(pixmap)


def plain_icon(pixmap: QPixmap) -> QIcon:
    """Make an icon that looks the same in a selected row: Qt would tint it."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
