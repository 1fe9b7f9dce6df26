"""Everything that the program carries, with its licence; the texts beside the list."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontDatabase, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop import licences
from ctdild_desktop.licences import Carried, Licences
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.table_view import TableView

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class LicenceModel(QAbstractTableModel):
    """One row for each thing that is carried: name, version, licence, and in what it lies."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Carried, ...] = ()

    def show_parts(self, rows: tuple[Carried, ...]) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """One row for each thing."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """Name, version, licence, inside of."""
        return 0 if parent.isValid() else 4

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The words above the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Name"), self.tr("Version"), self.tr("Licence"), self.tr("Part of"))[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; the tip has them in full."""
        one = self.rows[index.row()]
        text = (one.name, one.version, one.licence, one.inside)[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        return tip(text) if role == Qt.ItemDataRole.ToolTipRole else None


class LicenceTable(TableView):
    """Enter goes to the text of the row."""

    def __init__(self, text: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setObjectName("licence_table")
        self.setAccessibleName(self.tr("What the program carries; Enter goes to the licence"))
        self.setProperty("verbatim", True)  # names, versions and licences as they were given
        self.verticalHeader().hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setStretchLastSection(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the text; everything else is the table's own."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._text.setFocus(Qt.FocusReason.OtherFocusReason)
            event.accept()
        else:
            super().keyPressEvent(event)


class LicencesDialog(QDialog):
    """Reads the list when it is opened; Esc closes. Open it with ``open()``."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("licences_dialog")
        self.setWindowTitle(self.tr("Licences"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._listed: Licences | None = None
        words = named(
            QLabel(
                self.tr(
                    "The program is free software (Apache License 2.0). It carries what is listed here; each "
                    "licence stands beside it, in the language in which it was given."
                )
            ),
            "licences_words",
        )
        words.setWordWrap(True)
        self.text = named(QPlainTextEdit(), "licence_text")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Text of the licence"))
        self.text.setPlainText(self.tr("Being read…"))
        self.rows = LicenceModel(self)
        self.table = LicenceTable(self.text)
        self.table.setModel(self.rows)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.text)
        split.setSizes([theme.scaled(470), theme.scaled(620)])
        column = QVBoxLayout(self)
        column.addWidget(words)
        column.addWidget(split, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(theme.scaled(1100), theme.scaled(560))
        runner.run(licences.carried, while_alive(self, self._on_read), files=True)

    def _on_read(self, listed: Licences) -> None:
        self._listed = listed
        self.rows.show_parts(listed.parts)
        for column, wide in enumerate((160, 80, 130, 60)):
            self.table.setColumnWidth(column, theme.scaled(wide))
        self.table.selectRow(0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_row(self, current: QModelIndex) -> None:
        if self._listed is not None and current.isValid():
            part = self.rows.rows[current.row()]
            self.text.setPlainText(self._listed.text_of(part))
            self.text.setAccessibleName(self.tr("Licence of {name}").format(name=part.name))
