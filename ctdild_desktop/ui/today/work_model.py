"""The work list as a model of two levels: kinds of reason, and under each its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from ctdild_desktop.services.today import Group, Place, TodayRow
from ctdild_desktop.ui.due import words
from ctdild_desktop.ui.today.work_list import Key, Shown, key_of
from ctdild_desktop.ui.widgets.plain import tip

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

COLUMNS = ("mark", "reason", "patient", "age", "disease", "due", "state", "opens")
_RIGHT = ("due", "state")
_GROUPS = tuple(Group)


def column_titles() -> dict[str, str]:
    """The words above each column of :data:`COLUMNS`."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("WorkModel", text)

    return {
        "mark": "",
        "reason": tr("Why it is here"),
        "patient": tr("Patient"),
        "age": tr("Age"),
        "disease": tr("CTD, pattern"),
        "due": tr("Due"),
        "state": tr("State"),
        "opens": tr("Enter opens"),
    }


class _Held:
    """One group as it is shown."""

    __slots__ = ("group", "keys", "rows", "total")

    def __init__(self, group: Group) -> None:
        self.group = group
        self.keys: list[Key] = []
        self.rows: list[TodayRow] = []
        self.total = 0


class WorkModel(QAbstractItemModel):
    """Rows move in and out one by one, so that a view keeps its place while the list is filled."""

    ROW = Qt.ItemDataRole.UserRole
    """The ``TodayRow``; None on the line of a group."""
    GROUP = Qt.ItemDataRole.UserRole + 1
    """The code of the ``Group``, on the line of a group alone."""

    def __init__(self, opens: Callable[[Place], Place], parent: QObject | None = None) -> None:
        """``opens`` says where Enter leads in place of where the work is done, for who may not do it."""
        super().__init__(parent)
        self._opens = opens
        self._held: list[_Held] = []

    def show_groups(self, wanted: Sequence[Shown]) -> None:
        """Show these groups and rows; those that stay keep their places."""
        names = {one.group for one in wanted}
        for place in reversed(range(len(self._held))):
            if self._held[place].group not in names:
                self.beginRemoveRows(_NOWHERE, place, place)
                del self._held[place]
                self.endRemoveRows()
        for place, one in enumerate(wanted):
            if place == len(self._held) or self._held[place].group is not one.group:
                self.beginInsertRows(_NOWHERE, place, place)
                self._held.insert(place, _Held(one.group))
                self.endInsertRows()
            self._show_rows(place, one)

    def _show_rows(self, place: int, wanted: Shown) -> None:
        held, parent = self._held[place], self.index(place, 0)
        keys = [key_of(row) for row in wanted.rows]
        stays, comes = set(keys), set(held.keys)
        gone = [at for at, key in enumerate(held.keys) if key not in stays]
        for first, last in reversed(list(_runs(gone))):
            self.beginRemoveRows(parent, first, last)
            del held.keys[first : last + 1]
            del held.rows[first : last + 1]
            self.endRemoveRows()
        new = [at for at, key in enumerate(keys) if key not in comes]
        for first, last in _runs(new):
            self.beginInsertRows(parent, first, last)
            held.keys[first:first] = keys[first : last + 1]
            held.rows[first:first] = wanted.rows[first : last + 1]
            self.endInsertRows()
        for at, row in enumerate(wanted.rows):
            if held.rows[at] is not row and held.rows[at] != row:
                held.rows[at] = row
                self.dataChanged.emit(self.index(at, 0, parent), self.index(at, len(COLUMNS) - 1, parent))
        held.total = wanted.total
        self.dataChanged.emit(parent, parent)

    def forget(self) -> None:
        """Let go of everybody."""
        self.beginResetModel()
        self._held = []
        self.endResetModel()

    def fit(self) -> None:
        """Say anew where Enter leads: the role is another one."""
        for place, held in enumerate(self._held):
            parent = self.index(place, 0)
            column = COLUMNS.index("opens")
            self.dataChanged.emit(
                self.index(0, column, parent), self.index(len(held.rows) - 1, column, parent)
            )

    def find(self, row: TodayRow) -> QModelIndex:
        """The place of a row that is in sight; invalid when it is not."""
        key = key_of(row)
        for place, held in enumerate(self._held):
            if held.group is row.group and key in held.keys:
                return self.index(held.keys.index(key), 0, self.index(place, 0))
        return QModelIndex()

    def is_folded(self, index: AnyIndex) -> bool:
        """Whether the line of a group stands above the first rows alone."""
        held = self._held[index.row()]
        return len(held.rows) < held.total

    # the model

    def index(self, row: int, column: int, parent: AnyIndex = _NOWHERE) -> QModelIndex:
        """A group has the internal id 0, a row that of its group."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(row, column, 0)
        return self.createIndex(row, column, _GROUPS.index(self._held[parent.row()].group) + 1)

    def parent(  # type: ignore[override]  # QObject has one without an index
        self, index: AnyIndex = _NOWHERE
    ) -> QModelIndex:
        """The line of the group above a row."""
        number = index.internalId() if index.isValid() else 0
        if not number:
            return QModelIndex()
        group = _GROUPS[number - 1]
        place = next((at for at, held in enumerate(self._held) if held.group is group), -1)
        return self.createIndex(place, 0, 0) if place >= 0 else QModelIndex()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """The groups, or the rows in sight of one."""
        if not parent.isValid():
            return len(self._held)
        if parent.internalId() or parent.column():
            return 0
        return len(self._held[parent.row()].rows)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """The columns of :data:`COLUMNS`."""
        del parent
        return len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The words above a column."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return column_titles()[COLUMNS[section]]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if COLUMNS[section] in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts for display and for a screen reader, the row or the group."""
        if not index.isValid():
            return None
        if not index.internalId():
            return self._group_data(self._held[index.row()], index.column(), role)
        row = self._held[index.parent().row()].rows[index.row()]
        if role == self.ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, COLUMNS[index.column()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row) if index.column() == 0 else self._text(row, COLUMNS[index.column()])
        if role == Qt.ItemDataRole.ToolTipRole:
            done = self.tr("Ctrl+D: done") if row.place is Place.MDT else ""
            who = (words.who_full(row.person), words.put_off_words(row))
            lines = (f"{row.reason}.", *who, *row.detail, done)
            return tip("\n".join(line for line in lines if line))
        return None

    def _group_data(self, held: _Held, column: int, role: int) -> Any:
        if role == self.GROUP:
            return held.group.value
        if column:
            return None
        count = words.count_words(len(held.rows), held.total)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{words.group_title(held.group)}  {count}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{words.group_title(held.group)}, {count}"
        return None

    def _text(self, row: TodayRow, column: str) -> str:
        return {
            "mark": "",
            "reason": row.reason,
            "patient": row.person.shown,
            "age": words.who_short(row.person),
            "disease": row.person.disease,
            "due": words.due_words(row),
            "state": words.state_words(row),
            "opens": words.place_name(self._opens(row.place)),
        }[column]

    def _spoken(self, row: TodayRow) -> str:
        return ", ".join(text for column in COLUMNS if (text := self._text(row, column)))


def _runs(places: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Neighbouring places as first and last."""
    for _offset, run in groupby(enumerate(places), lambda pair: pair[1] - pair[0]):
        found = [place for _at, place in run]
        yield found[0], found[-1]
