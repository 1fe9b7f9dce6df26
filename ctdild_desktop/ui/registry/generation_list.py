"""The backups of a registry as a table: newest first, one row for each."""

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
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from ctdild_desktop.services.backups import Generation, State
from ctdild_desktop.services.history_words import moment
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.texts import size_words
from ctdild_desktop.ui.registry import backup_words
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.table_view import TableView

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_RIGHT = (2, 3, 4)
_FEWEST, _MOST = 3, 8


def _headings() -> tuple[str, ...]:
    def tr(text: str) -> str:
        return QCoreApplication.translate("GenerationList", text)

    return (tr("Made"), tr("Occasion"), tr("Size"), tr("Patients"), tr("Tests"), tr("State"))


class GenerationModel(QAbstractTableModel):
    """One row for each backup."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Generation, ...] = ()
        self._headings = _headings()

    def show_generations(self, rows: Sequence[Generation]) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """One row for each backup."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """Moment, occasion, size, counts, state."""
        return 0 if parent.isValid() else len(self._headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The words above the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; a damaged backup is bold and its tip says why."""
        one, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(one)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(one.problem or one.path.name)
        if role == Qt.ItemDataRole.FontRole and one.state is State.DAMAGED:
            return theme.font(bold=True)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _texts(self, one: Generation) -> tuple[str, ...]:
        def counted(table: str) -> str:
            number = one.count(table)
            return "" if number is None else str(number)

        return (
            moment(one.made_at),
            backup_words.why(one),
            size_words(one.size),
            counted("patient"),
            counted("pft"),
            backup_words.state(one),
        )


class GenerationList(TableView):
    """Shows backups; ``opened`` carries the one on which Enter was pressed."""

    opened = Signal(object)
    selection_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = GenerationModel(self)
        self.setModel(self.rows)
        self.setObjectName("generation_list")
        self.setAccessibleName(self.tr("Backups, newest first"))
        self.verticalHeader().hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        self.doubleClicked.connect(self._on_opened)

    def show_generations(self, rows: Sequence[Generation], select: Generation | None = None) -> None:
        """Replace what is listed; the row of ``select``, or the one that was selected before, is current."""
        wanted = select or self.selected
        self.rows.show_generations(rows)
        count = len(self.rows.rows)
        shown = min(max(count, _FEWEST), _MOST)
        row, head = (
            self.verticalHeader().defaultSectionSize(),
            self.horizontalHeader().sizeHint().height() + 4,
        )
        self.setMaximumHeight(head + row * shown)
        self.setMinimumHeight(head + row * _FEWEST)  # a low screen shows fewer and scrolls
        paths = [one.path for one in self.rows.rows]
        if paths:
            place = paths.index(wanted.path) if wanted is not None and wanted.path in paths else 0
            self.select(place)
        self.selection_changed.emit()

    def select(self, row: int) -> None:
        """Make a row the current one."""
        self.setCurrentIndex(self.rows.index(row, 0))

    @property
    def selected(self) -> Generation | None:
        """The backup of the current row."""
        row = self.currentIndex().row()
        return self.rows.rows[row] if 0 <= row < len(self.rows.rows) else None

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        """Say that another row is current."""
        super().currentChanged(current, previous)
        self.selection_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter; everything else moves or copies."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected is not None:
            self.opened.emit(self.selected)
        else:
            super().keyPressEvent(event)

    def _on_opened(self, index: QModelIndex) -> None:
        self.opened.emit(self.rows.rows[index.row()])
