"""The album's panel: how far it is, what can be done with it, and all of its photos."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.album_details import AlbumDetails
from desktop_app.album_messages import PhotoRow
from desktop_app.album_model import MARK, AlbumModel, Column, Filter
from desktop_app.album_session import AlbumSession, Phase
from desktop_app.theme import Theme
from desktop_app.thumbnails import SIDE, Thumbnails
from desktop_app.wording import ElidedLabel, duration, folder_name, level_rule, pace

_ROW = SIDE + 12
_WIDE = 1150  # from here on the list has room for remarks


class PhotoTable(QTableView):
    """The list; Enter opens what is chosen."""

    opened = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Leave typing to the search field: Qt's own would ask all of 50,000 rows for their texts."""


class _State(QStyledItemDelegate):
    """Gives the drawing of a state its size: Qt takes the pixels of an icon for logical ones."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.decorationSize = QSize(MARK, MARK)


class _Remark(QStyledItemDelegate):
    """Shortens sentences at their end; names are shortened in the middle."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideRight


class AlbumPage(QWidget):
    """Shows a session's album.

    Parameters
    ----------
    session : AlbumSession
    theme : Theme
    """

    openWanted = Signal(int)
    """Place, among the shown rows, of the photo to open in the viewer."""
    closeWanted = Signal()

    def __init__(self, session: AlbumSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("album")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session, self._theme = session, theme
        self.thumbnails = Thumbnails(self.devicePixelRatioF(), self)
        self.model = AlbumModel(self.thumbnails, theme, self)
        self.details = AlbumDetails(self.model, self)
        self.table = PhotoTable(self)
        self.search = QLineEdit(self)
        self.filters = {filter_: QToolButton(self) for filter_ in Filter}
        self.pause_button, self.stop_button, self.retry_button, self.report_button, self.close_button = (
            QPushButton(self) for _ in range(5)
        )
        self.bar = QProgressBar(self)
        self.progress = QLabel(self)
        self._title, self._place = QLabel(self), ElidedLabel(self)
        self._title.setProperty("role", "title")
        self._place.setProperty("role", "muted")
        self._nothing = QLabel(self.table)
        self._find = QAction(self)
        self._lay_out()
        self._set_up_table()
        self._connect()
        self.retranslate()

    # Building

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        for button in (
            self.pause_button,
            self.stop_button,
            self.retry_button,
            self.report_button,
            self.close_button,
        ):
            head.addWidget(button)
        self.pause_button.setProperty("role", "primary")
        self.bar.setTextVisible(False)
        self.progress.setProperty("role", "muted")
        segments = QFrame(self)
        segments.setObjectName("modes")
        row = QHBoxLayout(segments)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        for segment in self.filters.values():
            segment.setCheckable(True)
            self._group.addButton(segment)
            row.addWidget(segment)
        self.filters[Filter.ALL].setChecked(True)
        self._segments = segments
        self._choosing = choose = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        choose.setSpacing(12)
        choose.addWidget(segments, 0, Qt.AlignmentFlag.AlignLeft)
        choose.addWidget(self.search)
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(220)
        self._column = column = QVBoxLayout()
        column.setContentsMargins(20, 16, 20, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._place)
        column.addSpacing(4)
        column.addWidget(self.bar)
        column.addWidget(self.progress)
        column.addSpacing(6)
        column.addLayout(choose)
        column.addSpacing(2)
        column.addWidget(self.table, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(column, 1)
        layout.addWidget(self.details)

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setObjectName("photos")
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setTabKeyNavigation(False)
        table.setIconSize(QSize(SIDE, SIDE))
        table.setItemDelegateForColumn(Column.STATE.value, _State(table))
        table.setItemDelegateForColumn(Column.REMARK.value, _Remark(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows, columns = table.verticalHeader(), table.horizontalHeader()
        rows.hide()
        rows.setDefaultSectionSize(_ROW)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        columns.setSectionResizeMode(Column.PHOTO.value, QHeaderView.ResizeMode.Stretch)
        for column, width in ((Column.STATE, 172), (Column.LEVEL, 72), (Column.REMARK, 180)):
            table.setColumnWidth(column.value, width)
        self._open, self._retry, self._reset = (QAction(self) for _ in range(3))
        table.addActions([self._open, self._reset, self._retry])
        self._nothing.setProperty("role", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _connect(self) -> None:
        session, model, details = self._session, self.model, self.details
        session.opening.connect(self._clear)
        session.opened.connect(self._begin)
        session.closed.connect(self._clear)
        session.rowsRead.connect(self._append)
        session.rowsChanged.connect(self._change)
        session.watched.connect(self._mark_running)
        session.phaseChanged.connect(self.refresh)
        session.faceShown.connect(lambda answer: details.show_face(answer.id, answer.before, answer.after))
        self.pause_button.clicked.connect(self._pause_or_go_on)
        self.stop_button.clicked.connect(session.cancel)
        self.retry_button.clicked.connect(lambda: session.retry())
        self.report_button.clicked.connect(session.write_report)
        self.close_button.clicked.connect(self._close)
        self._group.buttonClicked.connect(lambda _: self._choose())
        self.search.textChanged.connect(lambda _: self._choose())
        self._find.setShortcut(QKeySequence.StandardKey.Find)
        self._find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._find.triggered.connect(self.search.setFocus)
        self.addAction(self._find)
        self.table.doubleClicked.connect(lambda index: self.openWanted.emit(index.row()))
        self.table.opened.connect(self._open_chosen)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_chosen())
        model.modelReset.connect(self._show_chosen)
        model.rowsRemoved.connect(lambda *_: self._show_chosen())
        for changed in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            changed.connect(lambda *_: self._say_if_empty())
        details.levelWanted.connect(self._set_levels)
        details.faceWanted.connect(session.show_face)
        details.retryWanted.connect(session.retry)
        details.openWanted.connect(self._open_chosen)
        self._open.triggered.connect(self._open_chosen)
        self._reset.triggered.connect(lambda: self._set_levels(details.ids, None))
        self._retry.triggered.connect(lambda: session.retry(details.ids))

    def retranslate(self) -> None:
        """Take the texts of the present language."""
        self.stop_button.setText(self.tr("Stop"))
        self.stop_button.setToolTip(self.tr("Photos that are done stay; you can go on at any time"))
        self.retry_button.setText(self.tr("Retry failed"))
        self.report_button.setText(self.tr("Report"))
        self.report_button.setToolTip(self.tr("Write a page with pairs before and after, and show it"))
        self.close_button.setText(self.tr("Close"))
        self.close_button.setToolTip(self.tr("Close this album; it can be opened again"))
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search for a photo's name"))
        self.table.setAccessibleName(self.tr("Photos of the album"))
        self.bar.setAccessibleName(self.tr("Progress of the album"))
        self._open.setText(self.tr("Open in the viewer"))
        self._reset.setText(self.tr("Level as in the album"))
        self._retry.setText(self.tr("Try again"))
        self.model.retranslate()
        self.refresh()
        self._say_if_empty()

    # Showing

    def refresh(self) -> None:
        """Show what the job is doing and how far it is."""
        session, standing = self._session, self._session.standing
        phase, album = session.phase, session.album
        if album is not None:
            self._title.setText(folder_name(album.choice.folder))
            choice = album.choice
            results = self.tr("Results in {output}").format(output=folder_name(choice.output))
            self._place.set_whole(f"{results} · {level_rule(choice.level)} · {album.model}")
            self._place.setToolTip(f"{choice.folder} → {choice.output}")
        self.bar.setRange(0, 0 if phase is Phase.OPENING else max(1, standing.total))
        self.bar.setValue(standing.ended)
        self.progress.setText(self._told())
        goes = phase in (Phase.RUNNING, Phase.STOPPING)
        self.pause_button.setText(self.tr("Pause") if goes else self.tr("Go on"))
        self.pause_button.setEnabled(session.can_be_steered or phase is Phase.RESTING)
        self.pause_button.setVisible(session.is_busy or (phase is Phase.RESTING and standing.remaining > 0))
        self.stop_button.setVisible(session.is_busy)
        self.stop_button.setEnabled(session.can_be_steered)
        self.retry_button.setVisible(standing.failed > 0)
        self.report_button.setVisible(standing.ended > 0)
        self.report_button.setEnabled(not session.is_reporting)
        names = self._filter_names()
        for filter_, button in self.filters.items():
            count = self.model.count(filter_)
            button.setText(f"{names[filter_]}  {count}")
            button.setToolTip(button.text())  # where there is no room for the whole
            button.setEnabled(count > 0 or filter_ is Filter.ALL or button.isChecked())
        self._fit()

    def _fit(self) -> None:
        """Give the search field a row of its own where it would take the filters' room."""
        margins = self._column.contentsMargins()
        room = self.width() - self.details.width() - margins.left() - margins.right()
        self._segments.updateGeometry()  # at once, and not only when events are next handled
        needed = self._segments.sizeHint().width() + self._choosing.spacing() + self.search.minimumWidth()
        direction, side = QBoxLayout.Direction.LeftToRight, Qt.AlignmentFlag.AlignRight
        if needed > room:
            direction, side = QBoxLayout.Direction.TopToBottom, Qt.AlignmentFlag.AlignLeft
        self._choosing.setDirection(direction)
        self._choosing.setAlignment(self.search, side)

    def _filter_names(self) -> dict[Filter, str]:
        return {
            Filter.ALL: self.tr("All"),
            Filter.DONE: self.tr("Restored"),
            Filter.UNSURE: self.tr("Unsure"),
            Filter.NO_FACE: self.tr("No face"),
            Filter.FAILED: self.tr("Failed"),
        }

    def _told(self) -> str:
        """Say what is going on in one line."""
        standing, phase = self._session.standing, self._session.phase
        if phase is Phase.OPENING:
            return self.tr("Looking for photos…")
        said = [self.tr("{ended} of {total} photos").format(ended=standing.ended, total=standing.total)]
        if standing.failed:
            said.append(self.tr("{number} failed").format(number=standing.failed))
        if phase is Phase.PAUSED:
            said.append(self.tr("paused"))
        elif phase is Phase.STOPPING:
            said.append(self.tr("stopping…"))
        elif phase is Phase.RUNNING and standing.rate and standing.eta is not None:
            said.append(pace(standing.rate))
            said.append(self.tr("{time} to go").format(time=duration(standing.eta)))
        elif phase is Phase.RESTING:
            said.append(self.tr("stopped") if standing.remaining else self.tr("finished"))
        if self._session.is_reporting:
            said.append(self.tr("writing the report…"))
        return " · ".join(said)

    @property
    def chosen(self) -> tuple[PhotoRow, ...]:
        """The selected photos, in their order."""
        indexes = self.table.selectionModel().selectedRows()
        return tuple(self.model.row(index) for index in sorted(indexes, key=QModelIndex.row))

    def _begin(self) -> None:
        self.search.clear()
        self.filters[Filter.ALL].setChecked(True)
        self._choose()

    def _clear(self) -> None:
        """Show nothing of an album that is open no more: its rows would be taken for the next one's."""
        self.thumbnails.clear()
        self.model.clear()
        self._title.clear()
        self._place.set_whole("")
        self.refresh()

    def _append(self, rows: tuple[PhotoRow, ...]) -> None:
        self.model.append(rows)
        if self.table.currentIndex().row() < 0 and self.model.rowCount():
            self.table.selectionModel().setCurrentIndex(
                self.model.index(0, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self.refresh()

    def _change(self, rows: tuple[PhotoRow, ...]) -> None:
        self.model.change(rows)
        self._show_if_chosen({row.id for row in rows})

    def _mark_running(self, ids: frozenset[int]) -> None:
        self.model.set_running(ids)
        self._show_if_chosen(set(self.details.ids))

    def _show_if_chosen(self, ids: set[int]) -> None:
        if ids & set(self.details.ids):
            self._show_chosen()

    def _show_chosen(self) -> None:
        rows = self.chosen
        self.details.set_photos(rows)
        self._reset.setEnabled(any(row.own_level is not None for row in rows))
        self._retry.setEnabled(any(row.state == "failed" for row in rows))
        self.model.keep(self.details.ids)  # a level that is turned must not take the photo out of the hand

    def _say_if_empty(self) -> None:
        text = "" if self._session.phase is Phase.OPENING else self.tr("No photo here")
        self._nothing.setText(text)
        self._nothing.setVisible(not self.model.rowCount())
        self._nothing.setGeometry(0, 60, self.table.width(), 40)

    # Doing

    def _choose(self) -> None:
        filter_ = next(filter_ for filter_, button in self.filters.items() if button.isChecked())
        self.model.choose(filter_, self.search.text())

    def _set_levels(self, ids: Collection[int], level: float | None) -> None:
        if level is None:  # the others have the album's, and would be restored again for nothing
            rows = map(self.model.by_id, ids)
            ids = [row.id for row in rows if row is not None and row.own_level is not None]
        self._session.set_levels(ids, level)

    def _close(self) -> None:
        self.details.take_turned()  # while the album is open still
        self.closeWanted.emit()

    def _pause_or_go_on(self) -> None:
        if self._session.phase is Phase.RUNNING:
            self._session.pause()
        else:
            self._session.resume()

    def _open_chosen(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.openWanted.emit(index.row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the remarks to the side where there is little room."""
        super().resizeEvent(event)
        self._fit()
        self.table.setColumnHidden(Column.REMARK.value, self.width() < _WIDE)

    def stop(self) -> None:
        """Take the level that was turned last, and end what works for the panel alone."""
        self.details.take_turned()
        self.thumbnails.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
