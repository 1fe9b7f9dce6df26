"""What a search in the manual found: the place, and below it the words around."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QListView, QWidget

from ctdild_desktop.manual.searching import Found

_FOUND = Qt.ItemDataRole.UserRole + 1


class FoundList(QListView):
    """``chosen`` carries what was found; going to a row by the arrow keys or the mouse chooses it."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("manual_found")
        self.setAccessibleName(self.tr("What was found in the manual"))
        self.setWordWrap(True)
        self.setSpacing(3)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.selectionModel().currentChanged.connect(self._on_current)

    @property
    def count(self) -> int:
        """How many places are listed."""
        return self._items.rowCount()

    def fill(self, found: Sequence[Found]) -> None:
        """List these; none is chosen yet."""
        self.selectionModel().blockSignals(True)
        self._items.clear()
        for one in found:
            item = QStandardItem(f"{one.title}\n{one.snippet}")
            item.setData(one, _FOUND)
            self._items.appendRow(item)
        self.selectionModel().blockSignals(False)

    def start(self) -> None:
        """Go to the first row and choose it."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setCurrentIndex(self._items.index(0, 0))

    def _on_current(self, index: QModelIndex) -> None:
        found = index.data(_FOUND)
        if found is not None:
            self.chosen.emit(found)
