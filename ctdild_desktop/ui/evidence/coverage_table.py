"""The small table of what was studied where: a cell is chosen by arrows and opened by Enter."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QSizePolicy, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.evidence.library_models import CoverageModel
from ctdild_desktop.ui.widgets.focus_ring import draw_focus_ring
from ctdild_desktop.ui.widgets.table_view import TableView

_ROW, _HEAD = 22, 24


class CoverageTable(TableView):
    """``chosen`` carries the code of a disease and that of a drug."""

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evidence_coverage")
        self.setAccessibleName(self.tr("Studies and statements by disease and drug"))
        self._cells = CoverageModel(self)
        self.setModel(self._cells)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCornerButtonEnabled(False)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        across.setFixedHeight(theme.scaled(_HEAD))
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(theme.scaled(_ROW))
        down.setMinimumWidth(theme.scaled(56))
        for head in (across, down):
            head.setHighlightSections(False)
            head.setSectionsClickable(False)
        self.setFixedHeight(theme.scaled(_HEAD) + self._cells.rowCount() * theme.scaled(_ROW) + 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.doubleClicked.connect(lambda _index: self._choose())
        self.setCurrentIndex(self._cells.index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks for the disease and the drug of the cell."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells, and the focus ring around the whole table."""
        super().paintEvent(event)
        draw_focus_ring(self)

    def _choose(self) -> None:
        if self.currentIndex().isValid():
            seen = self._cells.at(self.currentIndex())
            self.chosen.emit(seen.disease, seen.drug)
