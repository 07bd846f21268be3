"""What a person does about copies: save one, and leave a photo only when nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop_app.document import Document
from desktop_app.messages import Failed, Saved, SavePhoto, SaveSheet
from desktop_app.notifications import Notice, Notifications
from desktop_app.save_dialog import SaveDialog, free_suffix
from desktop_app.session import Session
from desktop_app.settings import Settings


class SavingDesk(QObject):
    """Asks where to save, asks about unsaved work, and tells what was saved.

    Its dialogs close when another photo opens: what they are about is not seen any more.

    Parameters
    ----------
    session, settings, notifications
        Those of the window.
    window : QWidget
        Parent of the dialogs.
    """

    def __init__(
        self, session: Session, settings: Settings, notifications: Notifications, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._settings, self._window = session, settings, window
        self._notifications = notifications
        self._plan: Callable[[], None] | None = None  # what is done as soon as nothing is being saved
        self._is_let_go = False
        session.saved.connect(self._tell_saved)
        session.failed.connect(self._note_failure)

    def folder(self, document: Document) -> Path:
        """Give the folder that is offered for what is made of a photo."""
        if document.path is not None:
            return document.path.absolute().parent
        return self._settings.recent[0].parent if self._settings.recent else Path.home()

    def stem(self, document: Document) -> str:
        """Give what the names of files begin with that are made of a photo."""
        return Path(document.name).stem or self.tr("photo")

    def ask(self, go_on: Callable[[], None] | None = None) -> None:
        """Ask where to save a copy of the open photo, save it, and go on when it is there."""
        document, self._plan = self._session.document, None
        if document is None:
            return
        folder, stem, extension = self.folder(document), self.stem(document), document.extension
        offered = free_suffix(folder, stem, self._settings.suffix, extension, self._session.being_written)
        dialog = SaveDialog(
            folder,
            document.path,
            stem,
            extension,
            document.format,
            document.foreign,
            document.bits,
            offered,
            QSize(document.width, document.height) / document.enlargement,
            document.enlargement,
            document.has_small_faces,
            self._window,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def save() -> None:
            choice = dialog.choice
            if choice.suffix != offered:
                self._settings.suffix = choice.suffix
            self._plan = go_on
            self._session.save(
                document, choice.path, choice.format, choice.quality, choice.overwrite, choice.enlargement
            )

        dialog.accepted.connect(save)
        self._session.opened.connect(dialog.reject)
        dialog.open()

    def leave(self, go_on: Callable[[], None]) -> None:
        """Go on at once, or after asking about unsaved work: once for each photo."""
        document = self._session.document
        if document is None or not self.holds_unsaved:
            go_on()
        elif self._session.is_being_saved(document):
            self.wait(go_on)
        else:
            self._ask_before(document, go_on)

    @property
    def holds_unsaved(self) -> bool:
        """Whether something is unsaved about which nobody was asked just now."""
        document = self._session.document
        return document is not None and document.is_dirty and not self._is_let_go

    def wait(self, go_on: Callable[[], None]) -> None:
        """Go on as soon as nothing is being saved."""
        self._plan = go_on
        self._notifications.tell(Notice(self.tr("One moment: the copy is being saved.")))

    def _let_go(self, go_on: Callable[[], None]) -> None:
        """Go on without asking; if it comes to nothing, what is unsaved is so still."""
        self._is_let_go = True
        try:
            go_on()
        finally:
            self._is_let_go = False

    def _ask_before(self, document: Document, go_on: Callable[[], None]) -> None:
        self._plan = None  # what was meant before is not meant any more
        question = QMessageBox(self._window)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.NoIcon)
        question.setWindowTitle("Heirloom")
        name = document.name or self.tr("this photo")
        question.setText(self.tr("Save a copy of {name} before you leave it?").format(name=name))
        question.setInformativeText(
            self.tr("You changed its levels. The original stays as it is in any case.")
        )
        save = question.addButton(self.tr("Save a copy…"), QMessageBox.ButtonRole.AcceptRole)
        leave = question.addButton(self.tr("Don't save"), QMessageBox.ButtonRole.DestructiveRole)
        question.addButton(QMessageBox.StandardButton.Cancel)
        question.setDefaultButton(save)

        def answered() -> None:
            if document is not self._session.document:
                return  # another one was opened meanwhile
            if question.clickedButton() is save:
                self.ask(go_on)
            elif question.clickedButton() is leave:
                self._let_go(go_on)

        question.finished.connect(answered)
        self._session.opened.connect(question.reject)
        question.open()

    def _tell_saved(self, answer: Saved) -> None:
        sentence = self.tr("Saved as {name}.").format(name=answer.path.name)
        self._notifications.tell(Notice(sentence, details=str(answer.path)))
        if self._plan is not None and not self._session.is_saving:
            plan, self._plan = self._plan, None
            self.leave(plan)  # it may have been turned further meanwhile

    def _note_failure(self, failed: Failed) -> None:
        if isinstance(failed.request, SavePhoto | SaveSheet):
            self._plan = None  # who reads what went wrong is still here
