"""The photos of an album as a table: filtered and searched, changed while they are looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable
from enum import Enum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from desktop_app.album_messages import PhotoRow
from desktop_app.engine_text import in_users_language, refusal_sentence
from desktop_app.theme import Theme, drawing
from desktop_app.thumbnails import Thumbnails, plain_icon

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_NOWHERE = QModelIndex()
MARK = 16
"""Side of a state's drawing, logical pixels."""


class Filter(Enum):
    """Which photos are listed."""

    ALL = "all"
    DONE = "done"
    UNSURE = "unsure"
    NO_FACE = "no_face"
    FAILED = "failed"


class Column(Enum):
    """What is told of a photo."""

    PHOTO = 0
    STATE = 1
    LEVEL = 2
    REMARK = 3


class AlbumModel(QAbstractTableModel):
    """All rows, of which those that pass filter and search are shown.

    Rows and places are kept in plain lists: with 50,000 photos, a filter takes milliseconds, and a photo that
    changes costs its own row alone.

    Parameters
    ----------
    thumbnails : Thumbnails
    theme : Theme
    """

    def __init__(self, thumbnails: Thumbnails, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails, self._theme = thumbnails, theme
        self._rows: list[PhotoRow] = []
        self._places: dict[int, int] = {}  # in _rows, by id
        self._shown: list[int] = []  # places in _rows, rising
        self._counts: Counter[Filter] = Counter()
        self._running: frozenset[int] = frozenset()
        self._kept: set[int] = set()  # ids, listed whatever the filter
        self._filter, self._search = Filter.ALL, ""
        self._marks: dict[str, QIcon] = {}
        thumbnails.ready.connect(self._show_thumbnail)
        theme.changed.connect(self._marks.clear)

    # What is in it

    @property
    def shown(self) -> tuple[PhotoRow, ...]:
        """The rows that are shown, in order."""
        return tuple(self._rows[place] for place in self._shown)

    def count(self, filter_: Filter) -> int:
        """Count the photos that a filter lets through."""
        return len(self._rows) if filter_ is Filter.ALL else self._counts[filter_]

    def row(self, index: Index) -> PhotoRow:
        """Give the photo of an index."""
        return self._rows[self._shown[index.row()]]

    def by_id(self, id_: int) -> PhotoRow | None:
        """Give the photo of that number, whether it is shown or not."""
        place = self._places.get(id_)
        return None if place is None else self._rows[place]

    def clear(self) -> None:
        """Forget all photos."""
        self.beginResetModel()
        self._rows, self._places, self._shown = [], {}, []
        self._counts.clear()
        self._running = frozenset()
        self._kept.clear()
        self.endResetModel()

    def append(self, rows: Collection[PhotoRow]) -> None:
        """Add photos behind those that are there."""
        start = len(self._rows)
        for place, row in enumerate(rows, start):
            self._rows.append(row)
            self._places[row.id] = place
            self._counts.update(_filters(row))
        new = [place for place in range(start, len(self._rows)) if self._passes(self._rows[place])]
        if new:
            self.beginInsertRows(_NOWHERE, len(self._shown), len(self._shown) + len(new) - 1)
            self._shown += new
            self.endInsertRows()

    def change(self, rows: Iterable[PhotoRow]) -> None:
        """Put photos in the place of those with their ids."""
        for row in rows:
            place = self._places.get(row.id)
            if place is not None:
                self._counts.subtract(_filters(self._rows[place]))
                self._counts.update(_filters(row))
                self._rows[place] = row
                self._running -= {row.id}
                self._renew(place)

    def set_running(self, ids: frozenset[int]) -> None:
        """Mark the photos that are being restored, and no others."""
        changed, self._running = self._running ^ ids, ids
        for id_ in changed:
            if id_ in self._places:
                self._renew(self._places[id_])

    def choose(self, filter_: Filter, search: str = "") -> None:
        """Show the photos of a filter whose name contains what is searched."""
        self.beginResetModel()
        self._filter, self._search = filter_, search.strip().casefold()
        self._kept.clear()
        self._shown = [place for place, row in enumerate(self._rows) if self._passes(row)]
        self.endResetModel()

    def keep(self, ids: Collection[int]) -> None:
        """List these photos also when they leave the filter, until a filter is chosen or something searched.

        Not only while they are chosen: a row that goes when another one is clicked shifts the others below
        the pointer, and the second click of a double click would meet another photo.
        """
        self._kept.update(ids)

    def state(self, row: PhotoRow) -> str:
        """Tell a photo's state, with what is known of the run."""
        return "running" if row.id in self._running and row.state == "waiting" else row.state

    def remark(self, row: PhotoRow) -> str:
        """Say why a photo failed, or which faces were left alone."""
        if row.sentence:
            return in_users_language(row.sentence)
        said = [
            self.tr("Face {number}: {sentence}").format(number=number, sentence=refusal_sentence(refusal))
            for number, refusal in row.left_alone
        ]
        return " ".join(said)

    def state_text(self, row: PhotoRow) -> str:
        """Name a photo's state in the user's language."""
        return {
            "waiting": self.tr("waiting"),
            "running": self.tr("being restored"),
            "done": self.tr("restored"),
            "no_face": self.tr("no face to restore"),
            "failed": self.tr("failed"),
        }[self.state(row)]

    def level_text(self, row: PhotoRow) -> str:
        """Tell a photo's level, or the range of its faces' levels."""
        if row.levels:
            least, most = round(min(row.levels)), round(max(row.levels))
            return str(least) if least == most else f"{least}–{most}"
        return "" if row.own_level is None else str(round(row.own_level))

    def retranslate(self) -> None:
        """Take the texts of the present language."""
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(Column) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    # What a view asks

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Count the photos that are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Count the columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        """Name the columns."""
        if orientation is Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return {
                Column.PHOTO: self.tr("Photo"),
                Column.STATE: self.tr("State"),
                Column.LEVEL: self.tr("Level"),
                Column.REMARK: self.tr("Remark"),
            }[Column(section)]
        if orientation is Qt.Orientation.Horizontal and role == _Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """Give what a cell shows."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row, column = self.row(index), Column(index.column())
        if role == _Role.DisplayRole:
            return self._text(row, column)
        if role == _Role.DecorationRole:
            if column is Column.PHOTO:
                return self._thumbnails.get(row.id, row.source)
            return self._mark(self.state(row)) if column is Column.STATE else None
        if role == _Role.ToolTipRole:
            return row.source if column is Column.PHOTO else self._text(row, column) or None
        if role == _Role.AccessibleTextRole and column is Column.PHOTO:
            return f"{row.name}, {self.state_text(row)}"
        if role == _Role.ForegroundRole and column is not Column.PHOTO:
            colours = self._theme.colours
            return QColor(colours.danger if row.state == "failed" else colours.muted)
        return None

    def _text(self, row: PhotoRow, column: Column) -> str:
        if column is Column.PHOTO:
            return row.name
        if column is Column.STATE:
            return self.state_text(row)
        return self.level_text(row) if column is Column.LEVEL else self.remark(row)

    def _mark(self, state: str) -> QIcon:
        """The small drawing of a state; kept until the theme changes."""
        if state not in self._marks:
            colours = self._theme.colours
            colour = {"running": colours.accent, "done": colours.accent, "failed": colours.danger}
            colour_of = colour.get(state, colours.muted)
            self._marks[state] = plain_icon(
                drawing(f"state-{state}", colour_of, MARK, self._thumbnails.ratio)
            )
        return self._marks[state]

    # Keeping up

    def _passes(self, row: PhotoRow) -> bool:
        if row.id in self._kept:
            return True
        if self._filter is not Filter.ALL and self._filter not in _filters(row):
            return False
        return not self._search or self._search in row.name.casefold()

    def _renew(self, place: int) -> None:
        """Show a row's new content, or show it no more, or again."""
        at = bisect_left(self._shown, place)
        is_shown = at < len(self._shown) and self._shown[at] == place
        passes = self._passes(self._rows[place])
        if is_shown and passes:
            self.dataChanged.emit(self.index(at, 0), self.index(at, len(Column) - 1))
        elif is_shown:
            self.beginRemoveRows(_NOWHERE, at, at)
            del self._shown[at]
            self.endRemoveRows()
        elif passes:
            self.beginInsertRows(_NOWHERE, at, at)
            self._shown.insert(at, place)
            self.endInsertRows()

    def _show_thumbnail(self, id_: int) -> None:
        place = self._places.get(id_)
        if place is None:
            return
        at = bisect_left(self._shown, place)
        if at < len(self._shown) and self._shown[at] == place:
            index = self.index(at, Column.PHOTO.value)
            self.dataChanged.emit(index, index, [_Role.DecorationRole])


def _filters(row: PhotoRow) -> tuple[Filter, ...]:
    """Name the filters, beside ALL, that let a photo through."""
    passed = {"done": (Filter.DONE,), "no_face": (Filter.NO_FACE,), "failed": (Filter.FAILED,)}
    return passed.get(row.state, ()) + ((Filter.UNSURE,) if row.unsure else ())
