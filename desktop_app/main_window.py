"""The main window: puts the views together, and turns what the user does into requests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QMouseEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.actions import Actions
from desktop_app.album_desk import AlbumDesk
from desktop_app.contact_sheet import ContactSheet
from desktop_app.document import Document
from desktop_app.empty_page import EmptyPage
from desktop_app.engine_text import in_users_language, refusal_sentence
from desktop_app.header import Header
from desktop_app.help_dialogs import AboutDialog, ShortcutsDialog, key_rows
from desktop_app.language import Languages
from desktop_app.messages import (
    Failed,
    Opened,
    OpenPhoto,
    Prepare,
    Presented,
    Rendered,
)
from desktop_app.notifications import Banner, Notice, Notifications
from desktop_app.photo_series import FaceSettings
from desktop_app.restorers import Restorers
from desktop_app.saving_desk import SavingDesk
from desktop_app.session import Session
from desktop_app.settings import Settings
from desktop_app.side_panel import SidePanel
from desktop_app.status_bar import StatusBar
from desktop_app.theme import Scheme, Theme, is_palette_change
from desktop_app.viewer import HoldKey, Mode, Outline, Viewer
from desktop_app.wording import without_mnemonic

_ENCODED = ("image/png", "image/jpeg", "image/tiff", "image/webp")
_FILES = "*.jpg *.jpeg *.png *.webp *.tif *.tiff *.heic *.heif *.avif *.jp2 *.jpx *.jpf *.j2k *.bmp"


class MainWindow(QMainWindow):
    """The application's window.

    Parameters
    ----------
    application, theme, languages, settings
        Shared by the whole application.
    notifications : Notifications
        Where everything that people must know is told.
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    """

    def __init__(
        self,
        application: QApplication,
        theme: Theme,
        languages: Languages,
        settings: Settings,
        notifications: Notifications,
        device: str = "auto",
    ) -> None:
        super().__init__()
        self._application = application
        self._theme, self._languages, self._settings = theme, languages, settings
        self._notifications = notifications
        self._was_shown = self._is_stopped = False
        self._restorers = Restorers(device)
        self.session = Session(self._restorers, self)
        self.saving = SavingDesk(self.session, settings, notifications, self)
        self.actions_ = Actions(self, theme)
        self.header = Header(self.actions_, self)
        self.status = StatusBar(self.session, self.actions_.device, self)
        self.viewer = Viewer(self)
        self.panel = SidePanel(theme, self)
        self.empty = EmptyPage(theme, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.viewer)
        self.albums = AlbumDesk(self._restorers, theme, settings, notifications, self)
        self._stack.addWidget(self.albums.page)
        self.banner = Banner(notifications, theme, self._stack)
        self.setAcceptDrops(True)
        self.setMinimumSize(880, 560)
        self._build()
        self._connect()
        self._application.installEventFilter(self._hold_key)
        self._set_mode(settings.mode)
        self.actions_.schemes[settings.scheme].setChecked(True)
        self.actions_.languages[languages.current].setChecked(True)
        if not self.restoreGeometry(settings.geometry):
            self._take_first_size()
        self.retranslate()
        self._show_recent()
        self._refresh()

    # Building

    def _build(self) -> None:
        self._hold_key = HoldKey(self.viewer)
        content = QHBoxLayout()
        content.setSpacing(0)
        content.addWidget(self._stack, 1)
        content.addWidget(self.panel)
        middle = QWidget(self)
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addLayout(content, 1)
        self.setCentralWidget(middle)
        self.setStatusBar(self.status)

    def _connect(self) -> None:
        actions, session, viewer = self.actions_, self.session, self.viewer
        for action in (actions.save, actions.copy, actions.compare):
            action.triggered.connect(self.panel.dial.take_typed)
        actions.open.triggered.connect(self._ask_for_photos)
        actions.paste.triggered.connect(self._paste)
        actions.next.triggered.connect(lambda: self._leave(lambda: session.step(1)))
        actions.previous.triggered.connect(lambda: self._leave(lambda: session.step(-1)))
        actions.save.triggered.connect(lambda: self.saving.ask())
        actions.copy.triggered.connect(session.copy)
        actions.quit.triggered.connect(self.close)
        actions.undo.triggered.connect(lambda: self._document_does(lambda document: document.undo.undo()))
        actions.redo.triggered.connect(lambda: self._document_does(lambda document: document.undo.redo()))
        actions.automatic.triggered.connect(
            lambda: self._document_does(lambda document: document.set_automatic())
        )
        actions.original.triggered.connect(lambda: self._document_does(lambda photo: photo.set_level(0)))
        actions.together.toggled.connect(self.panel.together.setChecked)
        self.panel.together.toggled.connect(actions.together.setChecked)
        for mode, action in actions.modes.items():
            action.triggered.connect(lambda _=False, mode=mode: self._set_mode(mode))
        actions.fit.triggered.connect(viewer.fit)
        actions.full.triggered.connect(lambda: viewer.zoom_to(1.0))
        actions.zoom_in.triggered.connect(lambda: viewer.zoom_to(viewer.zoom * 1.25))
        actions.zoom_out.triggered.connect(lambda: viewer.zoom_to(viewer.zoom / 1.25))
        actions.outlines.toggled.connect(viewer.show_outlines)
        actions.divider_left.triggered.connect(lambda: viewer.set_divider(viewer.divider - 0.05))
        actions.divider_right.triggered.connect(lambda: viewer.set_divider(viewer.divider + 0.05))
        actions.full_screen.triggered.connect(
            lambda: self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        )
        actions.next_face.triggered.connect(lambda: self._select_neighbour(1))
        actions.previous_face.triggered.connect(lambda: self._select_neighbour(-1))
        actions.switch_face.triggered.connect(self._switch_face)
        actions.add_face.triggered.connect(self._frame_face)
        actions.compare.triggered.connect(self._compare)
        actions.shortcuts.triggered.connect(self._show_shortcuts)
        actions.device.triggered.connect(self._tell_device)
        actions.about.triggered.connect(self._show_about)
        for scheme, action in actions.schemes.items():
            action.triggered.connect(lambda _=False, scheme=scheme: self._set_scheme(scheme))
        for factor, action in actions.sizes.items():
            action.triggered.connect(lambda _=False, factor=factor: session.enlarge(factor))
        actions.turn_left.triggered.connect(lambda: session.turn(1))
        actions.turn_right.triggered.connect(lambda: session.turn(-1))
        for language, action in actions.languages.items():
            action.triggered.connect(lambda _=False, language=language: self._set_language(language))
        actions.new_album.triggered.connect(lambda: self.albums.ask())
        actions.show_album.triggered.connect(lambda on: self._show_album(on))
        self.albums.shown.connect(lambda: self._show_album(True))
        self.albums.left.connect(lambda: self._show_album(False))
        self.albums.changed.connect(self._refresh)
        self.albums.photoWanted.connect(self._open_from_album)
        self._stack.currentChanged.connect(lambda _: self._turn_page())
        self.empty.openWanted.connect(self._ask_for_photos)
        self.empty.albumWanted.connect(lambda: self.albums.ask())
        self.empty.photoWanted.connect(lambda path: self.open_paths([path]))
        self.panel.compareWanted.connect(self._compare)
        self.panel.framingWanted.connect(self._frame_face)
        self.panel.enlargementWanted.connect(session.enlarge)
        self.panel.turnWanted.connect(session.turn)
        viewer.faceClicked.connect(self._select)
        viewer.boxDrawn.connect(session.add_face)
        viewer.zoomChanged.connect(lambda: self.status.show_zoom(viewer.zoom))
        session.opening.connect(lambda name: self._refresh())
        session.opened.connect(self._show_photo)
        session.searched.connect(lambda answer: self._say_if_none())
        session.presented.connect(self._show_presented)
        session.rendered.connect(self._show_rendered)
        session.engineReady.connect(lambda engine: self._refresh())
        session.copied.connect(self._put_on_clipboard)
        session.failed.connect(self._tell_failure)
        session.busyChanged.connect(self._refresh)

    def retranslate(self) -> None:
        """Take the texts of the present language."""
        self.actions_.retranslate()
        self.header.retranslate()
        self.viewer.retranslate()
        self._refresh()

    def _take_first_size(self) -> None:
        screen = self.screen().availableGeometry().size()
        wanted = QSize(1280, 820).boundedTo(screen * 0.94)
        self.resize(wanted.expandedTo(self.minimumSize()))

    # Opening

    def _leave(self, go_on: Callable[[], None]) -> None:
        """Go on to another photo, or out, when nothing of this one is lost."""
        self.panel.dial.take_typed()
        self.saving.leave(go_on)

    def open_paths(self, paths: list[Path]) -> None:
        """Open photos and folders, after asking about unsaved work."""
        if paths:
            self._leave(lambda: self.session.open_paths(paths))

    def _ask_for_photos(self) -> None:
        folder = str(self._settings.recent[0].parent) if self._settings.recent else ""
        photos, others = self.tr("Photos"), self.tr("All files")
        kinds = f"{photos} ({_FILES} {_FILES.upper()});;{others} (*)"
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Open photos"), folder, kinds)
        self.open_paths([Path(name) for name in names])

    def _paste(self) -> None:
        if not self._take(QGuiApplication.clipboard().mimeData()):
            self._notifications.tell(Notice(self.tr("There is no photo on the clipboard.")))

    def _take(self, data: QMimeData) -> bool:
        """Open what was dropped or pasted: files first, then a picture, undecoded where that is possible."""
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths and self._stack.currentWidget() is self.albums.page:
            self.albums.ask(str(paths[0]))
            return True
        if paths:
            self.open_paths(paths)
            return True
        for kind in _ENCODED:
            if data.hasFormat(kind):
                self._open_picture(bytes(data.data(kind).data()))
                return True
        picture = data.imageData() if data.hasImage() else None
        if isinstance(picture, QImage):
            self._open_picture(picture)
            return True
        return False

    def _open_picture(self, source: bytes | QImage) -> None:
        self._leave(lambda: self.session.open_picture(source))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files, folders and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        if self._take(event.mimeData()):
            event.acceptProposedAction()
        else:
            sentence = self.tr("What was dropped is no photo on this computer; save it first, then open it.")
            self._notifications.tell(Notice(sentence))

    def _show_photo(self, opened: Opened) -> None:
        document = self.session.document
        if document is None:
            return
        self.status.show_time(None)
        self.viewer.set_photo(opened.images, opened.width, opened.height)
        self._stack.setCurrentWidget(self.viewer)
        self.banner.hide()
        self.panel.set_document(document)
        document.facesChanged.connect(self._refresh_faces)
        document.selectionChanged.connect(self._refresh_faces)
        document.settingsChanged.connect(self._refresh_faces)
        document.undo.cleanChanged.connect(lambda clean: self._refresh())
        self.viewer.setFocus()
        if opened.path is not None:
            self._settings.add_recent(opened.path)
            self._show_recent()
        if opened.restored_at is not None:
            self._say_restored_before(opened)
        else:
            self._offer_album()
        self._refresh()

    def _offer_album(self) -> None:
        """Offer to restore all photos of the folder that was just opened."""
        folder, count = self.session.series.folder, len(self.session.series.photos)
        if folder is None or count < 2:
            return
        sentence = self.tr("This folder holds {count} photos.").format(count=count)
        text = self.tr("Restore them all…")
        self._notifications.tell(Notice(sentence, action=text, act=lambda: self.albums.ask(str(folder))))

    def _open_from_album(
        self, photos: tuple[Path, ...], place: int, settings_of: Callable[[int], FaceSettings]
    ) -> None:
        self._leave(lambda: self.session.open_among(photos, place, settings_of))

    def _show_album(self, shown: bool) -> None:
        """Show the album, or what is open beside it."""
        if shown and self.albums.is_open:
            page: QWidget = self.albums.page
        else:
            page = self.empty if self.session.document is None else self.viewer
        self._stack.setCurrentWidget(page)
        self.banner.hide()  # it was about the other page
        self._looked_at().setFocus()
        self._refresh()

    def _looked_at(self) -> QWidget:
        page = self._stack.currentWidget()
        return self.albums.page.table if page is self.albums.page else page or self._stack

    def _turn_page(self) -> None:
        self.banner.lie_on(self._looked_at())
        self._refresh()

    def _say_restored_before(self, opened: Opened) -> None:
        levels = ", ".join(f"{level:.0f}" for level in opened.restored_at or ())
        sentence = self.tr("Heirloom made this copy, at {levels}; it opens as it is.").format(levels=levels)
        original = opened.original
        if original is None:
            self._notifications.tell(Notice(sentence))
        else:
            text = self.tr("Open the original")
            self._notifications.tell(Notice(sentence, action=text, act=lambda: self.open_paths([original])))

    def _say_if_none(self) -> None:
        self.panel.set_searching(False)
        self._refresh_faces()

    def _show_presented(self, answer: Presented) -> None:
        self.viewer.set_photo(answer.images, answer.width, answer.height)
        self._refresh_faces()

    # Faces and levels

    def _document_does(self, what: Callable[[Document], None]) -> None:
        if self.session.document is not None:
            what(self.session.document)

    def _select(self, number: int) -> None:
        self._document_does(lambda document: document.select(number))

    def _select_neighbour(self, by: int) -> None:
        document = self.session.document
        if document is None or not document.faces:
            return
        numbers = [face.number for face in document.faces]
        selected = document.selected
        place = numbers.index(selected.number) + by if selected is not None else 0
        document.select(numbers[place % len(numbers)])

    def _switch_face(self) -> None:
        document = self.session.document
        if document is not None and document.selected is not None and document.selected.automatic is not None:
            document.set_on(document.selected.number, not document.selected.setting.on)

    def _frame_face(self) -> None:
        document = self.session.document
        if document is None or not document.searched:
            return
        self.viewer.set_framing(True)
        self.viewer.setFocus()
        self._notifications.tell(
            Notice(self.tr("Draw a box around the face, from forehead to chin; Escape gives up."))
        )

    def _compare(self) -> None:
        document = self.session.document
        face = None if document is None else document.selected
        if document is None or face is None or face.automatic is None:
            return
        dialog = ContactSheet(face, self.saving.folder(document), self.saving.stem(document), self)
        self.session.sheetDrawn.connect(dialog.show_sheet)
        self.session.opened.connect(dialog.reject)
        dialog.levelTaken.connect(lambda level: self._take_level(document, dialog.face, level))
        sheet = (document, dialog.face, dialog.levels, dialog.captions)
        dialog.saveWanted.connect(lambda path, replace: self.session.save_sheet(*sheet, path, replace))
        self.session.draw_sheet(document, face.number, dialog.levels)
        dialog.open()

    def _take_level(self, document: Document, number: int, level: float) -> None:
        document.select(number)
        if document.selected is not None and level == document.selected.automatic:
            document.set_automatic()  # where all turn together, each to its own
        else:
            document.set_level(level)

    def _refresh_faces(self) -> None:
        document = self.session.document
        if document is None:
            return
        outlines = tuple(
            Outline(
                face.number,
                face.box,
                face.found.is_restorable,
                "" if face.left_alone is None else refusal_sentence(face.left_alone),
            )
            for face in document.faces
        )
        self.viewer.set_outlines(outlines, None if document.selected is None else document.selected.number)
        self._refresh()

    def _show_rendered(self, answer: Rendered) -> None:
        self.viewer.set_patches(answer.patches)
        if answer.patches:
            self.status.show_time(answer.milliseconds)

    def _put_on_clipboard(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self._notifications.tell(Notice(self.tr("The restored photo is on the clipboard.")))

    # Telling

    def notify(self, notice: Notice) -> None:
        """Tell the user something."""
        self._notifications.tell(notice)

    def _tell_failure(self, failed: Failed) -> None:
        sentence = in_users_language(failed.sentence) if failed.sentence else ""
        if not sentence:
            sentence = self.tr("Something unexpected happened; your photos are as they were.")
        details = failed.details if not failed.sentence else f"{failed.sentence}\n\n{failed.details}"
        if isinstance(failed.request, OpenPhoto) and isinstance(failed.request.source, Path):
            self._settings.remove_recent(failed.request.source)
            self._show_recent()
        self.panel.set_searching(self.session.is_searching)
        if isinstance(failed.request, Prepare):
            self._say_no_model(sentence, details)
        else:
            self._notifications.tell(Notice(sentence, is_error=True, details=details))
        self._refresh()

    def _say_no_model(self, sentence: str, details: str) -> None:
        """Say at the start, so that nobody looks for faces in vain, that nothing can be restored."""
        message = QMessageBox(self)
        message.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        message.setIcon(QMessageBox.Icon.NoIcon)
        message.setWindowTitle("Heirloom")
        message.setText(self.tr("Nothing can be restored: the model can't be loaded."))
        consolation = self.tr("Photos can be opened and looked at all the same.")
        message.setInformativeText(f"{sentence} {consolation}")
        message.setDetailedText(details)
        message.open()

    def _tell_device(self) -> None:
        engine = self.session.engine
        if engine is None:
            self._notifications.tell(Notice(self.tr("The model is not loaded yet.")))
            return
        sentence = self.tr("{model} runs on {device}.").format(model=engine.model, device=engine.device)
        if engine.fallback:
            sentence += " " + in_users_language(engine.fallback)
        self._notifications.tell(Notice(sentence))

    def _show_about(self) -> None:
        self._open_dialog(AboutDialog(self.session.engine, self))

    def _show_shortcuts(self) -> None:
        groups = [
            (heading, key_rows(actions))
            for heading, actions in zip(self.actions_.headings, self.actions_.groups, strict=True)
        ]
        groups[0][1].append((self.tr("Find a photo of the album"), self.tr("Ctrl+F, in the album")))
        groups[2][1].insert(0, (self.tr("See the original"), self.tr("hold Space")))
        groups[2][1].append((self.tr("Zoom around the pointer"), self.tr("wheel, pinch")))
        dial = [
            (self.tr("One level"), self.tr("arrow keys")),
            (self.tr("Ten levels"), self.tr("page keys")),
            (self.tr("Lowest, highest"), self.tr("Home, End")),
            (self.tr("A typed level"), self.tr("digits, Enter")),
            (self.tr("Two levels"), self.tr("wheel")),
            (self.tr("Back to automatic"), self.tr("double click")),
        ]
        self._open_dialog(ShortcutsDialog([*groups, (self.tr("Dial"), dial)], self))

    def _open_dialog(self, dialog: AboutDialog | ShortcutsDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # Looks

    def _set_mode(self, mode: Mode) -> None:
        self.actions_.modes[mode].setChecked(True)
        self.viewer.set_mode(mode)
        self._settings.mode = mode

    def _set_scheme(self, scheme: Scheme) -> None:
        self._settings.scheme = scheme
        self._theme.choose(scheme)

    def _set_language(self, language: str) -> None:
        self._settings.language = language
        self._languages.choose(language)

    def _show_recent(self) -> None:
        recent = self._settings.recent
        self.empty.set_recent(recent)
        menu = self.actions_.recent_menu
        menu.clear()
        for path in recent:
            self._add_recent(menu, path)
        menu.addSeparator()
        menu.addAction(self.tr("Clear this list"), self._clear_recent)
        menu.setEnabled(bool(recent))

    def _add_recent(self, menu: QMenu, path: Path) -> None:
        entry = menu.addAction(without_mnemonic(path.name))
        entry.setToolTip(str(path))
        entry.triggered.connect(lambda: self.open_paths([path]))

    def _clear_recent(self) -> None:
        self._settings.clear_recent()
        QTimer.singleShot(0, self, self._show_recent)

    def _refresh(self) -> None:
        """Bring actions, title and status bar up to date."""
        session, actions = self.session, self.actions_
        # What can be done to a photo can be done while it is seen.
        document = None if self._stack.currentWidget() is self.albums.page else session.document
        has_photo = document is not None
        face = None if document is None else document.selected
        restorable = face is not None and face.automatic is not None
        for action in (
            actions.fit,
            actions.full,
            actions.zoom_in,
            actions.zoom_out,
        ):
            action.setEnabled(has_photo)
        stays = has_photo and not session.is_opening  # else what is asked for may come too late
        actions.copy.setEnabled(stays)
        actions.save.setEnabled(stays and not session.is_saving)
        self.panel.setVisible(has_photo)
        for action in (actions.automatic, actions.original, actions.switch_face, actions.compare):
            action.setEnabled(restorable)
        for action in (actions.next_face, actions.previous_face, actions.outlines):
            action.setEnabled(document is not None and bool(document.faces))
        for action in actions.modes.values():
            action.setEnabled(self._stack.currentWidget() is not self.albums.page)
        actions.show_album.setEnabled(self.albums.is_open)
        actions.show_album.setChecked(self._stack.currentWidget() is self.albums.page)
        actions.add_face.setEnabled(document is not None and document.searched)
        actions.together.setEnabled(document is not None and len(document.restorable) > 1)
        for action in (actions.turn_left, actions.turn_right):
            action.setEnabled(document is not None and document.searched)
        for factor, action in actions.sizes.items():
            action.setEnabled(document is not None and document.can_be_enlarged(factor))
            action.setChecked(factor == (1 if document is None else document.enlargement))
        actions.undo.setEnabled(document is not None and stays and document.undo.canUndo())
        actions.redo.setEnabled(document is not None and stays and document.undo.canRedo())
        if document is not None:
            actions.undo.setToolTip(self.tr("Undo {what}").format(what=document.undo.undoText()))
            actions.redo.setToolTip(self.tr("Redo {what}").format(what=document.undo.redoText()))
        index, count = session.series.index, len(session.series.photos)
        actions.previous.setEnabled(has_photo and index is not None and index > 0)
        actions.next.setEnabled(has_photo and index is not None and index + 1 < count)
        self.header.refresh(has_photo, self.albums.is_open, index, count)
        self.status.refresh(self._stack.currentWidget() is self.viewer)
        named = [] if document is None else [f"{document.name or self.tr('From the clipboard')}[*]"]
        said = [self.albums.headline] if self.albums.headline else []
        self.setWindowTitle(" · ".join([*said, *named, "Heirloom"]))
        self.setWindowModified(document is not None and document.is_dirty)

    # Window

    def _prepare(self) -> None:
        self.session.prepare()
        self.albums.offer_unfinished()

    def showEvent(self, event: QShowEvent) -> None:
        """Load the model as soon as the window is there for the first time."""
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            QTimer.singleShot(0, self, self._prepare)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work, then stop the engine cleanly."""
        self.panel.dial.take_typed()
        event.ignore()
        if self._is_stopped:
            event.accept()
        elif self.saving.holds_unsaved:
            self._leave(self._close)
        elif self.session.is_saving:
            self.saving.wait(self._close)
        elif self.albums.session.is_busy:
            self.albums.leave(self._stop_and_close)
        else:
            self._stop()
            event.accept()

    def _stop(self) -> None:
        """Remember the window's place, and end all threads."""
        self._settings.geometry = self.saveGeometry()
        self._settings.sync()
        self.hide()  # the running request may take a moment to end
        if not self._is_stopped:
            self._is_stopped = True
            self._application.removeEventFilter(self._hold_key)
            self.albums.stop()
            self.session.stop()
            self._restorers.close()

    def _stop_and_close(self) -> None:
        self._stop()
        self._close()

    def _close(self) -> None:
        self.close()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._show_recent()
            self._refresh_faces()
        elif is_palette_change(event):
            self.actions_.retranslate()
        elif event.type() == QEvent.Type.WindowStateChange:
            self.actions_.full_screen.setChecked(self.isFullScreen())
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the focus away from fields when the user clicks beside them."""
        focus = self.focusWidget()
        if focus is not None:
            focus.clearFocus()
        super().mousePressEvent(event)
