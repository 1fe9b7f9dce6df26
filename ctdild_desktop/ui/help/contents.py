"""The contents at the left of the manual: books, their pages, and the headings of each page."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QWidget

from ctdild_desktop.manual.books import Manual, Page
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.table_view import TreeView

_PAGE, _ANCHOR = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
_DEEPEST = 3


class Contents(TreeView):
    """``chosen`` carries the page and the anchor; Enter or a click chooses."""

    chosen = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("manual_contents")
        self.setAccessibleName(self.tr("Contents"))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setEditTriggers(TreeView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._items = QStandardItemModel(self)
        self._places: dict[tuple[str, str], QStandardItem] = {}
        self.setModel(self._items)
        self.activated.connect(self._on_chosen)
        self.clicked.connect(self._on_chosen)

    def fill(self, manual: Manual) -> None:
        """List the books of a manual."""
        self._items.clear()
        self._places.clear()
        for book in manual.books:
            head = self._item(book.title)
            head.setFont(theme.font(bold=True))
            self._items.appendRow(head)
            if book.pages:
                self._lead(head, book.pages[0], "")
            documents = len({page.source for page in book.pages})
            firsts: dict[str, QStandardItem] = {}
            for page in book.pages:
                item = self._item(page.title)
                # of several documents, the further parts of one stand below its first
                firsts.get(page.source, head).appendRow(item)
                if documents > 1:
                    firsts.setdefault(page.source, item)
                self._lead(item, page, "")
                self._places[page.address, ""] = item
                for mark in page.marks[1:]:
                    if mark.level > _DEEPEST:
                        continue
                    inner = self._item(mark.title)
                    item.appendRow(inner)
                    self._lead(inner, page, mark.anchor)
                    for anchor in mark.anchors:
                        self._places[page.address, anchor] = inner

    def mark(self, page: Page, anchor: str) -> None:
        """Show where the page in sight stands among the others."""
        item = self._places.get((page.address, anchor)) or self._places.get((page.address, ""))
        if item is not None:
            self.collapseAll()
            self.setCurrentIndex(item.index())
            self.scrollTo(item.index())
            self.expand(self._places[page.address, ""].index())

    @staticmethod
    def _item(words: str) -> QStandardItem:
        item = QStandardItem(words)
        item.setToolTip(tip(words))
        return item

    @staticmethod
    def _lead(item: QStandardItem, page: Page, anchor: str) -> None:
        item.setData(page, _PAGE)
        item.setData(anchor, _ANCHOR)

    def _on_chosen(self, index: QModelIndex) -> None:
        page = index.data(_PAGE)
        if page is not None:
            self.chosen.emit(page, index.data(_ANCHOR))
