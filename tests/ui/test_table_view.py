"""Copying from tables: what lands on the clipboard is safe to paste into a spreadsheet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.ui.widgets.table_view import TableView
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill


def table(qtbot: QtBot, *rows: tuple[str, ...]) -> TableView:
    view = TableView()
    model = QStandardItemModel(view)
    for row in rows:
        model.appendRow([QStandardItem(text) for text in row])
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    qtbot.addWidget(view)
    view.show()
    return view


def copied(view: TableView) -> str:
    QGuiApplication.clipboard().setText("before")
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    return QGuiApplication.clipboard().text()


def test_a_copied_row_is_calculated_nowhere(qtbot: QtBot) -> None:
    view = table(qtbot, ("=1+1", "-2.5", "+1+1"), ("@A1", "two\nlines", "\t=1"))
    view.selectRow(0)
    assert copied(view) == "'=1+1\t-2.5\t'+1+1"
    view.selectAll()
    assert copied(view) == "'=1+1\t-2.5\t'+1+1\n'@A1\ttwo lines\t'=1"


def test_hidden_columns_are_not_copied_and_moved_ones_as_they_stand(qtbot: QtBot) -> None:
    view = table(qtbot, ("a", "b", "c"))
    view.setColumnHidden(1, True)
    view.horizontalHeader().moveSection(2, 0)
    view.selectRow(0)
    assert copied(view) == "c\ta"


def test_nothing_selected_copies_nothing(qtbot: QtBot) -> None:
    assert copied(table(qtbot, ("a", "b"))) == "before"


def test_the_list_of_patients_copies_a_name_that_is_a_formula_as_text(bench: Workbench, desk: Desk) -> None:
    fill(desk, PatientRecord(patient=Patient(id=new_id(), mrn="+49-1", family_name="=1+1")))
    bench.patients.refresh()
    bench.window.show_room("patients")
    view = bench.patients.findChild(TableView)
    view.selectRow(0)
    cells = copied(view).split("\t")
    assert cells[:2] == ["'=1+1", "'+49-1"]
