"""Acts of the audit trail to be read: a list, the chosen act in full, and older ones on demand."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.services.history import Page
from ctdild_desktop.ui.widgets.acts_model import ActsModel, whole
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.wrapped_table import WrappedTable


class ActsView(QWidget):
    """Shows pages of acts; ``older_requested`` carries where the next page begins."""

    older_requested = Signal(int)

    def __init__(
        self,
        name: str,
        label: str,
        *,
        empty: tuple[str, str],
        with_patients: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._older: int | None = None
        self._acts = ActsModel(with_patients=with_patients, parent=self)
        self.table = WrappedTable(f"{name}_table", label, self._acts)
        widths = {"when": 122, "who": 130, "about": 170, "what": 0, "why": 180}
        self.table.set_widths({at: widths[column] for at, column in enumerate(self._acts.columns)})
        self.table.row_selected.connect(self._on_selected)
        self.table.row_opened.connect(self._on_opened)
        self.detail = details(f"{name}_detail", self.tr("The chosen act in full"))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        self._empty = EmptyState(*empty)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(split)
        self.older = named(QPushButton(self.tr("Show o&lder acts")), f"{name}_older")
        self.older.clicked.connect(self._on_older)
        self._count = named(QLabel(), f"{name}_count")
        self._count.setProperty("hint", True)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 5, 10, 5)
        foot.setSpacing(12)
        foot.addWidget(self.older)
        foot.addWidget(self._count)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)

    @property
    def acts(self) -> ActsModel:
        """The acts shown."""
        return self._acts

    def show_page(self, page: Page) -> None:
        """Show the newest acts in place of what was shown."""
        self._acts.show(page.entries)
        self._stack.setCurrentIndex(1 if page.entries else 0)
        if page.entries:
            self.table.selectRow(0)
        else:
            self.detail.clear()
        self._take(page)

    def add_page(self, page: Page) -> None:
        """Add older acts below; the first of them is chosen."""
        first = self._acts.rowCount()
        self._acts.append(page.entries)
        if page.entries:
            self.table.selectRow(first)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._take(page)

    def clear(self) -> None:
        """Hold nothing any more."""
        self.show_page(Page(()))

    def focus_first(self) -> None:
        """Put the focus where reading begins."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, page: Page) -> None:
        self._older = page.older
        self.older.setVisible(page.older is not None)
        number = self._acts.rowCount()
        words = self.tr("1 act") if number == 1 else self.tr("{count} acts").format(count=number)
        whole_words = words if page.older is None else self.tr("{acts}, older ones follow").format(acts=words)
        self._count.setText(whole_words if number else "")

    def _on_selected(self, row: int) -> None:
        if 0 <= row < self._acts.rowCount():
            self.detail.setPlainText(whole(self._acts.entries[row]))

    def _on_opened(self, row: int) -> None:
        self._on_selected(row)
        self.detail.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_older(self) -> None:
        if self._older is not None:
            self.older_requested.emit(self._older)


def details(name: str, label: str) -> QPlainTextEdit:
    """A field of words to be read and copied; Tab goes on."""
    made = named(QPlainTextEdit(), name)
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setAccessibleName(label)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    made.setMinimumHeight(70)
    return made
