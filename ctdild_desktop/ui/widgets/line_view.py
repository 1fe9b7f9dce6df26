"""A list of things, one in a row: Enter and a double click open the row in hand."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QStyledItemDelegate, QWidget

from ctdild_desktop.ui.widgets.focus_ring import draw_focus_ring

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LineView(QListView):
    """Rows are drawn by ``delegate``; nothing is typed into them."""

    row_opened = Signal(QModelIndex)

    def __init__(
        self,
        name: str,
        label: str,
        model: QAbstractListModel,
        delegate: QStyledItemDelegate,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setModel(model)
        delegate.setParent(self)
        self.setItemDelegate(delegate)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(self.row_opened)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row in hand; everything else moves."""
        if event.key() in _ENTER and self.currentIndex().isValid():
            self.row_opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, and the focus ring around the whole list."""
        super().paintEvent(event)
        draw_focus_ring(self)
