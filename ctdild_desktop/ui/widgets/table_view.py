"""The table of every screen: a spreadsheet calculates nothing of what is copied from it."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QTableView

from ctdild_desktop.interchange.outgoing import as_line


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
