"""What a person does with albums: begin one, look at it, leave it, come back to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop_app.album_dialog import AlbumDialog
from desktop_app.album_messages import AlbumChoice, AlbumOpened, AlbumSeen, ReportWritten
from desktop_app.album_page import AlbumPage
from desktop_app.album_session import AlbumSession, Phase
from desktop_app.engine_text import in_users_language
from desktop_app.messages import Failed
from desktop_app.notifications import Notice, Notifications
from desktop_app.photo_series import FaceSettings
from desktop_app.restorers import Restorers
from desktop_app.settings import Settings
from desktop_app.theme import Theme
from desktop_app.wording import duration, folder_name


class AlbumDesk(QObject):
    """Owns the album's session and panel, and asks and tells what there is to be asked and told.

    Parameters
    ----------
    restorers : Restorers
        Shared with the viewer.
    window : QWidget
        Parent of panel and dialogs.
    """

    shown = Signal()
    """The panel is to be seen."""
    left = Signal()
    """There is no album any more."""
    changed = Signal()
    """What `headline` tells."""
    photoWanted = Signal(object, int, object)
    """Photos, the place of one to open in the viewer, and what gives the `FaceSettings` of a place."""

    def __init__(
        self,
        restorers: Restorers,
        theme: Theme,
        settings: Settings,
        notifications: Notifications,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._settings, self._notifications, self._window = settings, notifications, window
        self._starts = False  # whether the job that is being opened runs at once
        self.session = AlbumSession(restorers, self)
        self.page = AlbumPage(self.session, theme, window)
        session = self.session
        session.opened.connect(self._take_up)
        session.closed.connect(self.left)
        session.phaseChanged.connect(self.changed)
        session.finished.connect(self._tell_end)
        session.seen.connect(self._offer)
        session.reportWritten.connect(self._show_report)
        session.failed.connect(self._tell_failure)
        self.page.openWanted.connect(self._open_photo)
        self.page.closeWanted.connect(lambda: self.leave(self._close))

    @property
    def is_open(self) -> bool:
        """Whether there is an album to look at."""
        return self.session.phase is not Phase.CLOSED

    @property
    def headline(self) -> str:
        """How far a running album is, for the window's title; "" when none runs."""
        standing = self.session.standing
        if not self.session.is_busy or not standing.total:
            return ""
        share = f"{100 * standing.ended // standing.total} %"
        if self.session.phase is Phase.PAUSED:
            return self.tr("{share}, paused").format(share=share)
        if standing.eta is None:
            return share
        return self.tr("{share}, {time} to go").format(share=share, time=duration(standing.eta))

    # Beginning

    def offer_unfinished(self) -> None:
        """Offer the album that was left unfinished, if there is one."""
        if self._settings.album:
            self.session.look(self._settings.album)

    def ask(self, folder: str = "") -> None:
        """Ask for a new album, once a running one is stopped; `folder` is offered."""
        self.leave(lambda: self._ask(folder))

    def _ask(self, folder: str) -> None:
        dialog = AlbumDialog(folder, "", self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.previewWanted.connect(self.session.preview)
        dialog.startWanted.connect(self._start)
        dialog.finished.connect(self.session.end_preview)
        self.session.previewed.connect(dialog.show_preview)
        self.session.previewFailed.connect(dialog.show_failure)
        dialog.open()

    def _start(self, choice: AlbumChoice) -> None:
        self._starts = True
        self.session.start(choice)
        self.shown.emit()

    def _take_up(self, opened: AlbumOpened) -> None:
        self._settings.album = opened.choice.output
        self._settings.sync()  # now: a crash must not lose the offer
        starts, self._starts = self._starts, False
        if opened.stays:
            return
        if opened.notices:
            self._tell(" ".join(in_users_language(notice) for notice in opened.notices))
        if starts and opened.standing.remaining:
            self.session.run()

    def _offer(self, seen: AlbumSeen) -> None:
        standing = seen.standing
        if standing is None or not standing.remaining or self.is_open:
            return
        sentence = self.tr("An album was left unfinished: {ended} of {total} photos of {name} are done.")
        sentence = sentence.format(ended=standing.ended, total=standing.total, name=folder_name(seen.output))
        self._notifications.tell(
            Notice(sentence, action=self.tr("Go on"), act=lambda: self._go_on(seen.output))
        )

    def _go_on(self, output: str) -> None:
        self._starts = True
        self.session.reopen(output)
        self.shown.emit()

    # Leaving

    def leave(self, go_on: Callable[[], None]) -> None:
        """Go on at once, or after asking whether a running album is to be stopped."""
        if not self.session.is_busy:
            go_on()
            return
        standing = self.session.standing
        question = QMessageBox(self._window)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.NoIcon)
        question.setWindowTitle("Heirloom")
        question.setText(self.tr("Stop restoring the album?"))
        text = self.tr("{ended} of {total} photos are done and stay. You can go on with the others later.")
        question.setInformativeText(text.format(ended=standing.ended, total=standing.total))
        stop = question.addButton(self.tr("Stop"), QMessageBox.ButtonRole.AcceptRole)
        stay = question.addButton(self.tr("Keep restoring"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(stay)
        question.setEscapeButton(stay)

        def answered() -> None:
            if question.clickedButton() is stop:
                self.session.cancel()
                go_on()

        question.finished.connect(answered)
        question.open()

    def _close(self) -> None:
        if not self.session.is_changing:  # else photos wait of which nobody was told
            self._settings.album = ""
        self.session.close()
        self.offer_unfinished()

    def stop(self) -> None:
        """End the run and all threads; what is not done is offered at the next start."""
        self.page.stop()
        self.session.stop()

    # Telling

    def _tell_end(self) -> None:
        standing = self.session.standing
        sentence = self.tr("The album is finished: {done} photos restored, {failed} failed.")
        self._tell(sentence.format(done=standing.done, failed=standing.failed))

    def _show_report(self, written: ReportWritten) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(written.path)))
        self._tell(self.tr("The report is {name}.").format(name=written.path.name), str(written.path))

    def _tell(self, sentence: str, details: str = "") -> None:
        self._notifications.tell(Notice(sentence, details=details))

    def _tell_failure(self, failed: Failed) -> None:
        sentence = in_users_language(failed.sentence) if failed.sentence else ""
        if not sentence:
            sentence = self.tr("Something unexpected happened; your photos are as they were.")
        self._notifications.tell(Notice(sentence, is_error=True, details=failed.details))

    def _open_photo(self, place: int) -> None:
        rows = self.page.model.shown  # as it is now: the list goes on changing

        def settings_of(place: int) -> FaceSettings:
            row = rows[place]
            return {number: (level, True) for number, level in zip(row.faces, row.levels, strict=True)}

        self.photoWanted.emit(tuple(Path(row.source) for row in rows), place, settings_of)
