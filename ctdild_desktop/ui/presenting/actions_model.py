"""What has to be done after a case, as rows that are typed into: what, who, until when."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.entry import EntryError, parse_date_entry
from ctdild_desktop.clinical.records import Action
from ctdild_desktop.clinical.typed_text import as_shown
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
WHAT, OWNER, DUE = range(3)
_NAMES = ("what", "owner", "due")
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One row as typed; ``saved`` is the action behind it, if there is one."""

    texts: tuple[str, str, str]
    saved: Action | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is typed in it."""
        return not any(self.texts)


class ActionsModel(QAbstractTableModel):
    """Rows carried over from earlier meetings, those of this case, and one to type a new one into.

    A due date is typed as in any form; one that cannot be read stays as it is typed and is marked.
    """

    typed = Signal()
    """A row was changed by the person."""

    def __init__(self, today: Callable[[], dt.date], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._carried: tuple[Action, ...] = ()
        self._rows: list[ActionRow] = []

    # what is in it

    def show_actions(self, actions: Sequence[Action], carried: Sequence[Action] = ()) -> None:
        """Show these rows, those of earlier meetings first."""
        self.beginResetModel()
        self._carried = tuple(carried)
        self._rows = [_row_of(action) for action in actions]
        self.endResetModel()

    def text_value(self) -> str:
        """The rows of this case as text, for drafts; empty without any."""
        rows = [
            {"id": row.saved.id if row.saved else "", **dict(zip(_NAMES, row.texts, strict=True))}
            for row in self._rows
            if not row.empty
        ]
        return json.dumps(rows, ensure_ascii=False) if rows else ""

    def set_text(self, text: str) -> None:
        """Put rows back that a draft kept; rows of saved actions stay those of the same actions."""
        known = {row.saved.id: row.saved for row in self._rows if row.saved is not None}
        self.beginResetModel()
        self._rows = [
            ActionRow((row["what"], row["owner"], row["due"]), known.get(row["id"]))
            for row in (json.loads(text) if text else ())
        ]
        self.endResetModel()

    def actions(self) -> tuple[Action, ...]:
        """The actions of this case as records; only where :meth:`problem` is empty."""
        made = []
        for row in self._rows:
            if not row.empty:
                base = row.saved or Action(id="", decision_id="", what="")
                made.append(replace(base, what=row.texts[WHAT], owner=row.texts[OWNER], due=self._due(row)))
        return tuple(made)

    def problem(self) -> str:
        """Why a row cannot be kept, as one sentence; empty when all can."""
        for row in self._rows:
            if not row.empty and not row.texts[WHAT]:
                return self.tr("An action needs what is to be done.")
            try:
                self._due(row)
            except EntryError as error:
                return self.tr("{action}: {reason}").format(action=row.texts[WHAT], reason=error)
        return ""

    def _due(self, row: ActionRow) -> dt.date | None:
        text = row.texts[DUE]
        month_first = wording.style().date.startswith("mm")
        return parse_date_entry(text, today=self._today(), month_first=month_first) if text else None

    # rows

    def is_new(self, row: int) -> bool:
        """Whether this is the row to type a new action into."""
        return row == len(self._carried) + len(self._rows)

    def is_carried(self, row: int) -> bool:
        """Whether this row was decided at an earlier meeting."""
        return row < len(self._carried)

    def carried(self, row: int) -> Action:
        """The action of an earlier meeting in this row."""
        return self._carried[row]

    def remove(self, row: int) -> str:
        """Take a row of this case out; the rows as they were before, for bringing it back."""
        before, at = self.text_value(), row - len(self._carried)
        if 0 <= at < len(self._rows):
            self.beginRemoveRows(_NOWHERE, row, row)
            del self._rows[at]
            self.endRemoveRows()
            self.typed.emit()
        return before

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """All rows, and the one for a new action."""
        return 0 if parent.isValid() else len(self._carried) + len(self._rows) + 1

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """What, owner, due."""
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Action"), self.tr("Owner"), self.tr("Due"))[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == DUE else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Rows of this case and the new one can be typed into."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags if self.is_carried(index.row()) else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        new, carried = self.is_new(row), self.is_carried(row)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            if new:
                hint = self.tr("Add action…") if column == WHAT else ""
                return hint if role == Qt.ItemDataRole.DisplayRole else ""
            text = self._texts(row)[column]
            return tip(self._told(row, text)) if role == Qt.ItemDataRole.ToolTipRole else text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.headerData(column, Qt.Orientation.Horizontal)}: {self._texts(row)[column]}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column == DUE else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole:
            wrong = not new and not carried and column == DUE and self._wrong(row)
            return theme.color("over" if wrong else "text3" if new else "text2" if carried else "text")
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed into a cell; typing into the new row makes it a row of this case."""
        if role != Qt.ItemDataRole.EditRole or self.is_carried(index.row()):
            return False
        text = as_shown(str(value)).strip()[:_LONGEST]
        row, column = index.row(), index.column()
        if self.is_new(row):
            if not text:
                return False
            self.beginInsertRows(_NOWHERE, row + 1, row + 1)
            self._rows.append(ActionRow(("", "", "")))
            self.endInsertRows()
        at = row - len(self._carried)
        texts = list(self._rows[at].texts)
        if column == DUE:
            text = self._written_out(text)
        if texts[column] == text:
            return False
        texts[column] = text
        self._rows[at] = replace(self._rows[at], texts=(texts[WHAT], texts[OWNER], texts[DUE]))
        self.dataChanged.emit(self.index(row, 0), self.index(row, DUE))
        self.typed.emit()
        return True

    def _texts(self, row: int) -> tuple[str, str, str]:
        if self.is_new(row):
            return ("", "", "")
        if not self.is_carried(row):
            return self._rows[row - len(self._carried)].texts
        action = self._carried[row]
        what = self.tr("{action} (carried over)").format(action=action.what)
        return (what, action.owner, wording.day(action.due) if action.due is not None else "")

    def _told(self, row: int, text: str) -> str:
        if not self.is_carried(row):
            return text
        return self.tr("{text}\nOf an earlier meeting. Space: done").format(text=text)

    def _wrong(self, row: int) -> bool:
        try:
            self._due(self._rows[row - len(self._carried)])
        except EntryError:
            return True
        return False

    def _written_out(self, text: str) -> str:
        """A short date as the date that it was taken for."""
        try:
            day = self._due(ActionRow(("", "", text)))
        except EntryError:
            return text
        return wording.day(day) if day is not None else ""


def _row_of(action: Action) -> ActionRow:
    due = wording.day(action.due) if action.due is not None else ""
    return ActionRow((action.what, action.owner, due), action)
