"""Acts of the audit trail as rows: when, who, what and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from ctdild_desktop.services.history import Entry
from ctdild_desktop.services.history_words import Item
from ctdild_desktop.services.texts import NOT_RECORDED
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

Index = QModelIndex | QPersistentModelIndex
WHAT = "what"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Acts", text)


def _title(column: str) -> str:
    return {
        "when": _tr("When"),
        "who": _tr("Who"),
        "about": _tr("Patient"),
        WHAT: _tr("What"),
        "why": _tr("Why"),
    }[column]


class ActsModel(QAbstractTableModel):
    """One row for each act, the newest first."""

    def __init__(self, *, with_patients: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        about = ("about",) if with_patients else ()
        self.columns = ("when", "who", *about, WHAT, "why")
        self._entries: tuple[Entry, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The acts shown."""
        return self._entries

    def show(self, entries: Sequence[Entry]) -> None:
        """Replace all acts."""
        self.beginResetModel()
        self._entries = tuple(entries)
        self.endResetModel()

    def append(self, entries: Sequence[Entry]) -> None:
        """Add older acts at the end."""
        if not entries:
            return
        first = len(self._entries)
        self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
        self._entries += tuple(entries)
        self.endInsertRows()

    def rowCount(self, parent: Index | None = None) -> int:
        """Acts at the top level."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index | None = None) -> int:
        """Columns at the top level."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return _title(self.columns[section]) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, weight and ink of a cell; the whole act as the accessible text of its first cell."""
        if not index.isValid() or not 0 <= index.row() < len(self._entries):
            return None
        entry, column = self._entries[index.row()], self.columns[index.column()]
        text = cell(entry, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(text) or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(entry) if index.column() == 0 else f"{_title(column)}: {text}"
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.color("text" if column == WHAT else "text2")
        return None


def cell(entry: Entry, column: str) -> str:
    """The text of one cell."""
    return {
        "when": entry.when,
        "who": entry.who,
        "about": entry.about,
        WHAT: entry.summary,
        "why": entry.reason,
    }[column]


def spoken(entry: Entry) -> str:
    """An act as a screen reader says it."""
    parts = (entry.when, entry.who, entry.about, entry.summary.replace("\n", ", "), entry.reason)
    return ", ".join(part for part in parts if part)


def whole(entry: Entry) -> str:
    """Everything that an act did, each value with what it was before."""
    head = ", ".join(part for part in (entry.when, entry.who, entry.about) if part)
    why = [_tr("Why: {reason}").format(reason=entry.reason)] if entry.reason else []
    return "\n".join((head, *why, *(line for item in entry.items for line in _lines(item))))


def _lines(item: Item) -> list[str]:
    lines = [item.head]
    for change in item.changes:
        if change.fresh:
            lines.append(f"    {change.label}: {change.now}")
        else:
            words = _tr("{label}: {now}, was {was}").format(
                label=change.label, now=change.now or NOT_RECORDED, was=change.was or NOT_RECORDED
            )
            lines.append(f"    {words}")
    return lines
