"""The tables of every screen: a spreadsheet calculates nothing of what is copied from them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QTreeView

from ctdild_desktop.interchange.outgoing import as_line
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.naming import named


class TableView(QTableView):
    """A table whose Copy takes the selected rows, cell by cell in the columns that are shown.

    The toolkit's own Copy would take one cell as it is, a patient called ``=1+1`` included.
    """

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected rows; everything else is the table's own."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
            event.accept()
        else:
            super().keyPressEvent(event)

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard, one line each, cells parted by tabs."""
        model = self.model()
        rows = sorted({index.row() for index in self.selectedIndexes()})
        if model is None or not rows:
            return
        header = self.horizontalHeader()
        columns = [header.logicalIndex(place) for place in range(model.columnCount())]
        shown = [column for column in columns if not self.isColumnHidden(column)]
        lines = [as_line([str(model.index(row, column).data() or "") for column in shown]) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))


class TreeView(QTreeView):
    """A tree whose Copy takes the row in hand, cell by cell, in the same manner."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the row; everything else is the tree's own."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_row()
            event.accept()
        else:
            super().keyPressEvent(event)

    def copy_row(self) -> None:
        """Put the current row on the clipboard, its cells parted by tabs."""
        index = self.currentIndex()
        if index.isValid():
            columns = range(index.model().columnCount(index.parent()))
            cells = [str(index.siblingAtColumn(column).data() or "") for column in columns]
            QGuiApplication.clipboard().setText(as_line(cells))


def show_whole_rows(table: TableView, row_height: int) -> None:
    """Let the rows be read and chosen whole, each of one line; the last column takes what is left."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(theme.scaled(row_height))
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setStretchLastSection(True)


def row_table(name: str, model: QAbstractItemModel, widths: Sequence[int], row_height: int) -> TableView:
    """A table of :func:`show_whole_rows`.

    Args:
        widths: of the first columns, which a person may change.
    """
    table = named(TableView(), name)
    table.setModel(model)
    show_whole_rows(table, row_height)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    for place, width in enumerate(widths):
        header.resizeSection(place, theme.scaled(width))
    return table
