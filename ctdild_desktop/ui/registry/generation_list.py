"""The backups of a registry as a table: newest first, one row for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from ctdild_desktop.services.backups import Generation, State
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.registry import backup_words

_RIGHT = (2, 3, 4)
_FEWEST, _MOST = 3, 8


def _headings() -> tuple[str, ...]:
    def tr(text: str) -> str:
        return QCoreApplication.translate("GenerationList", text)

    return (tr("Made"), tr("Occasion"), tr("Size"), tr("Patients"), tr("Tests"), tr("State"))


class GenerationList(QTableWidget):
    """Shows backups; ``opened`` carries the one on which Enter was pressed."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        headings = _headings()
        super().__init__(0, len(headings), parent)
        self._rows: tuple[Generation, ...] = ()
        self.setObjectName("generation_list")
        self.setAccessibleName(self.tr("Backups, newest first"))
        self.setHorizontalHeaderLabels(list(headings))
        self.verticalHeader().hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
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
        self._rows = tuple(rows)
        self.setRowCount(len(self._rows))
        for at, one in enumerate(self._rows):
            for column, text in enumerate(self._texts(one)):
                item = QTableWidgetItem(text)
                if column in _RIGHT:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if one.state is State.DAMAGED:
                    item.setFont(theme.font(bold=True))
                item.setToolTip(one.problem or one.path.name)
                self.setItem(at, column, item)
        shown = min(max(len(self._rows), _FEWEST), _MOST)
        rows_height = sum(self.rowHeight(at) for at in range(min(len(self._rows), shown)))
        empty_rows = max(0, shown - len(self._rows)) * theme.scaled(24)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows_height + empty_rows + 4)
        place = next((at for at, one in enumerate(self._rows) if wanted and one.path == wanted.path), 0)
        if self._rows:
            self.setCurrentCell(place, 0)

    @property
    def selected(self) -> Generation | None:
        """The backup of the current row."""
        row = self.currentRow()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter; everything else moves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected is not None:
            self.opened.emit(self.selected)
        else:
            super().keyPressEvent(event)

    def _on_opened(self, index: QModelIndex) -> None:
        self.opened.emit(self._rows[index.row()])

    def _texts(self, one: Generation) -> tuple[str, ...]:
        def counted(table: str) -> str:
            number = one.count(table)
            return "" if number is None else str(number)

        return (
            backup_words.moment(one.made_at),
            backup_words.why(one),
            backup_words.size(one.size),
            counted("patient"),
            counted("pft"),
            backup_words.state(one),
        )
