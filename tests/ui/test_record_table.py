"""Tables of records: the model's contract, opening, selection, and columns that give way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ctdild_desktop.ui.patient.record_model import ID_ROLE, Column, RecordModel, Row
from ctdild_desktop.ui.patient.record_table import RecordTable

pytestmark = pytest.mark.usefixtures("qapp")  # sizes follow the application's font

COLUMNS = (
    Column("Date"),
    Column("FVC L", number=True, strong=True),
    Column("Hb g/L", number=True, drop=1),
    Column("Note", stretch=True),
)
ROWS = (
    Row("test", "a", ("12.03.2026", "2.31", "128", "")),
    Row("test", "b", ("10.11.2025", "2.41", "131", "reference"), quiet=True),
)


def table(qtbot: QtBot) -> RecordTable:
    made = RecordTable("latest", "Latest tests", COLUMNS)
    qtbot.addWidget(made)
    made.resize(600, 200)
    made.show_rows(ROWS)
    return made


def test_the_model_keeps_the_contract_of_qt(qtmodeltester: ModelTester) -> None:
    model = RecordModel(COLUMNS)
    model.set_rows(ROWS)
    qtmodeltester.check(model)


def test_cells_are_spoken_with_their_column() -> None:
    model = RecordModel(COLUMNS)
    model.set_rows(ROWS)
    cell = model.index(0, 1)
    assert cell.data() == "2.31"
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "FVC L: 2.31"
    assert cell.data(ID_ROLE) == "a"
    assert Qt.AlignmentFlag.AlignRight & Qt.AlignmentFlag(cell.data(Qt.ItemDataRole.TextAlignmentRole))


def test_a_row_needs_a_cell_per_column() -> None:
    with pytest.raises(ValueError, match="one cell per column"):
        RecordModel(COLUMNS).set_rows([Row("test", "a", ("1",))])


def test_enter_opens_the_row(qtbot: QtBot) -> None:
    shown = table(qtbot)
    shown.select_record("b")
    with qtbot.waitSignal(shown.record_activated) as opened:
        qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert opened.args == ["test", "b"]


def test_moving_reports_the_record_and_selecting_by_program_does_not(qtbot: QtBot) -> None:
    shown = table(qtbot)
    with qtbot.assertNotEmitted(shown.record_selected):
        shown.select_record("a")
    with qtbot.waitSignal(shown.record_selected) as moved:
        qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert moved.args == ["test", "b"]


def test_the_selected_record_stays_selected_when_rows_change(qtbot: QtBot) -> None:
    shown = table(qtbot)
    shown.select_record("b")
    shown.show_rows((Row("test", "c", ("13.03.2026", "2.2", "1", "")), *ROWS))
    assert shown.current_record() == ("test", "b")
    shown.show_rows(ROWS[:1])
    assert shown.current_record() is None


def test_a_narrow_table_gives_up_the_columns_that_may_go(qtbot: QtBot) -> None:
    shown = table(qtbot)
    shown.show()
    assert not shown.isColumnHidden(2)
    shown.resize(shown.columnWidth(0) + shown.columnWidth(1) + 100, 200)
    assert shown.isColumnHidden(2)
    assert not shown.isColumnHidden(1)
    shown.resize(600, 200)
    assert not shown.isColumnHidden(2)
    shown.hide()
