"""The list of patients reads what is in sight, whatever the size of the registry."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import Patient, PatientRecord, Pft
from ctdild_desktop.services import patients, pft
from ctdild_desktop.services.desk import Change, ChangeSet, Desk
from ctdild_desktop.services.patients import Column
from ctdild_desktop.ui.models.patient_table import COLUMNS, PAGE, PatientTable
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import fill

MANY = 350


def _patient(number: int) -> Patient:
    return Patient(
        id=f"{number:032x}", mrn=f"M-{number:04d}", family_name=f"Family{number:04d}", given_name="Ada"
    )


class Reads:
    """How often the services were asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows: list[str] = []
        self.orders = 0
        summaries, roster = patients.summaries, patients.roster

        def read_rows(desk: Desk, ids: tuple[str, ...]) -> object:
            self.rows.extend(ids)
            return summaries(desk, ids)

        def read_order(desk: Desk, by: Column, *, descending: bool) -> object:
            self.orders += 1
            return roster(desk, by, descending=descending)

        monkeypatch.setattr(patients, "summaries", read_rows)
        monkeypatch.setattr(patients, "roster", read_order)

    def clear(self) -> None:
        self.rows.clear()
        self.orders = 0


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


@pytest.fixture
def crowd(bench: Workbench, desk: Desk, reads: Reads) -> Workbench:
    fill(desk, *(PatientRecord(patient=_patient(number)) for number in range(MANY)))
    bench.window.show_room("patients")
    reads.clear()
    bench.patients.refresh()
    return bench


def name(bench: Workbench, row: int) -> str:
    return str(bench.patients.model.index(row, 0).data())


def test_only_the_rows_in_sight_are_read(crowd: Workbench, reads: Reads, qtbot: QtBot) -> None:
    assert crowd.patients.model.rowCount() == MANY
    assert name(crowd, 0) == "FAMILY0000, Ada"
    assert len(reads.rows) == PAGE
    crowd.patients.table.scrollToBottom()
    qtbot.waitUntil(lambda: name(crowd, MANY - 1) == f"FAMILY{MANY - 1:04d}, Ada")
    assert len(reads.rows) <= 3 * PAGE
    assert reads.orders == 1


def test_a_row_that_is_not_read_yet_says_so(crowd: Workbench) -> None:
    model = crowd.patients.model
    assert name(crowd, MANY - 1) == "…"
    assert model.index(MANY - 1, 1).data() is None
    assert model.index(MANY - 1, 0).data(PatientTable.ID) == _patient(MANY - 1).id


def test_scrolling_past_reads_only_where_it_ends(qtbot: QtBot) -> None:
    model = PatientTable()
    model.show_patients([f"{number:032x}" for number in range(20 * PAGE)], ())
    asked: list[tuple[str, ...]] = []
    model.wanted.connect(asked.append)
    for row in range(0, 20 * PAGE, PAGE // 2):
        model.index(row, 0).data()
    qtbot.waitUntil(lambda: bool(asked))
    assert [int(patient_id, 16) for patient_id in asked[0]] == list(range(18 * PAGE, 20 * PAGE))
    model.index(0, 0).data()
    model.fill(asked[0], ())
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert [int(patient_id, 16) for patient_id in asked[1]] == list(range(PAGE))


def test_who_is_gone_is_not_asked_for_again(qtbot: QtBot) -> None:
    model = PatientTable()
    model.show_patients(["a", "b"], ())
    asked: list[tuple[str, ...]] = []
    model.wanted.connect(asked.append)
    model.index(0, 0).data()
    qtbot.waitUntil(lambda: asked == [("a", "b")])
    with qtbot.waitSignal(model.dataChanged):
        model.fill(("a", "b"), ())
    model.index(0, 0).data()
    QApplication.processEvents()
    assert asked == [("a", "b")]


def test_rows_that_were_held_long_are_let_go(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctdild_desktop.ui.models.patient_table._MOST", 2)
    model = PatientTable()
    ids = [f"{number}" for number in range(6)]
    model.show_patients(ids, ())
    for first in (0, 2, 4):
        model.fill(ids[first : first + 2], ())
    assert [patient_id for patient_id in ids if model.holds(patient_id)] == ids[2:]


def test_another_order_comes_from_the_registry(crowd: Workbench, reads: Reads) -> None:
    table = crowd.patients.table
    table.sortByColumn(COLUMNS.index("mrn"), Qt.SortOrder.DescendingOrder)
    assert name(crowd, 0) == f"FAMILY{MANY - 1:04d}, Ada"
    assert reads.orders == 2
    table.sortByColumn(COLUMNS.index("mrn"), Qt.SortOrder.DescendingOrder)
    assert reads.orders == 2


def test_a_test_reads_one_row_again_and_no_order(crowd: Workbench, desk: Desk, reads: Reads) -> None:
    made = Pft(id="", date=holloway.TODAY, fvc_l=Decimal("2.31"))
    reads.clear()
    for number in (3, MANY - 1):
        done = pft.record_pft(desk, _patient(number).id, made, confirmed=("height_cm", "fvc_l", "birth_date"))
        crowd.announce(done)
    assert reads.rows == [_patient(3).id]
    assert reads.orders == 0
    assert crowd.patients.model.index(3, COLUMNS.index("fvc")).data() == "2.31 L"


def test_a_test_orders_the_list_anew_when_it_is_ordered_by_tests(crowd: Workbench, desk: Desk) -> None:
    crowd.patients.table.sortByColumn(COLUMNS.index("tests"), Qt.SortOrder.DescendingOrder)
    made = Pft(id="", date=holloway.TODAY, fvc_l=Decimal("2.31"))
    done = pft.record_pft(desk, _patient(9).id, made, confirmed=("height_cm", "fvc_l", "birth_date"))
    crowd.announce(done)
    assert name(crowd, 0) == "FAMILY0009, Ada"


def test_what_changed_out_of_sight_is_read_when_the_list_is_shown(
    crowd: Workbench, desk: Desk, reads: Reads
) -> None:
    crowd.open_patient(_patient(200).id)
    reads.clear()
    done = patients.edit_patient(
        desk, replace(patients.load(desk, _patient(200).id).patient, family_name="Aa")
    )
    crowd.announce(done)
    assert reads.orders == 0
    crowd.window.show_room("patients")
    assert reads.orders == 1
    assert name(crowd, 0) == "AA, Ada"
    assert crowd.patients.table.currentIndex().row() == 0


def test_the_marked_row_stays_marked(crowd: Workbench, desk: Desk) -> None:
    crowd.patients.select(_patient(120).id)
    patients.remove_patient(desk, _patient(5).id, "registered twice")
    crowd.changes.announce(ChangeSet(frozenset({Change.PATIENT}), _patient(5).id))
    assert crowd.patients.table.currentIndex().row() == 119
    crowd.patients.select(_patient(7).id)
    crowd.patients.refresh()
    assert crowd.patients.table.currentIndex().row() == 6


def test_letters_go_to_whom_they_mean(crowd: Workbench, qtbot: QtBot) -> None:
    table = crowd.patients.table
    table.setFocus()
    QTest.keyClicks(table, "family0312")
    assert table.currentIndex().row() == 312
    qtbot.waitUntil(lambda: crowd.patients._since_letter.elapsed() > QApplication.keyboardInputInterval())
    QTest.keyClicks(table, "m-0007")
    assert table.currentIndex().row() == 7
