"""One window for each user: a second start hands its photos to the first and ends.

The first start holds a lock file and listens on a local socket (a named pipe on Windows) that only this user
can reach. The lock decides who is first; the socket only carries messages.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from engine.folders import user_data_folder

_PATIENCE = 5000  # milliseconds: the first window may be busy painting


class SingleInstance(QObject):
    """Says whether this start is the first, and passes photos between starts.

    Parameters
    ----------
    parent : QObject, optional
    """

    asked = Signal(list)
    """Another start wants these photos opened: list of Path, which may be empty."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
        # Whoever has settings of his own (a test, another user in the same /tmp) has a window of his own.
        name = "heirloom-" + hashlib.sha256(os.fsencode(user_data_folder())).hexdigest()[:16]
        self._name = name if sys.platform == "win32" else str(folder / f"{name}.socket")
        self._lock = QLockFile(str(folder / f"{name}.lock"))
        self._lock.setStaleLockTime(0)  # as long as its process lives, however long that is
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._take)

    def claim(self) -> bool:
        """Try to be the first; where no lock can be made, everyone is."""
        if not self._lock.tryLock(0) and self._lock.error() == QLockFile.LockError.LockFailedError:
            return False
        QLocalServer.removeServer(self._name)  # of a window that was killed
        self._server.listen(self._name)
        return True

    def hand_over(self, photos: Sequence[Path]) -> bool:
        """Ask the first window to come forward and open photos; False when it does not answer."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_PATIENCE):
            return False
        socket.write(json.dumps([str(photo.absolute()) for photo in photos]).encode() + b"\n")
        return socket.waitForReadyRead(_PATIENCE)

    def release(self) -> None:
        """Let the next start be the first."""
        self._server.close()
        self._lock.unlock()

    def _take(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            self._read(socket)  # what came before anyone listened

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            return
        try:
            photos = [Path(name) for name in json.loads(bytes(socket.readLine().data()))]
        except (ValueError, TypeError):
            return  # no Heirloom sent that
        socket.write(b"\n")
        socket.flush()
        self.asked.emit(photos)
