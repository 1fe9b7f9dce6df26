"""The history tab, what was removed, and the log of the registry, at a real window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.services import patients, pft, visits
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.history_tab import HistoryTab
from ctdild_desktop.ui.widgets.acts_model import ActsModel
from ctdild_desktop.ui.widgets.wrapped_table import WrappedTable, wrapped
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import Clock, as_user, fill
from tests.support.holloway import record as holloway

PATIENT = holloway().patient.id


@pytest.fixture
def opened(bench: Workbench, desk: Desk, clock: Clock) -> Workbench:
    fill(desk, holloway())
    clock.forward(minutes=5)
    test = patients.load(desk, PATIENT).tests[-1]
    pft.amend_pft(desk, replace(test, fvc_l=Decimal("2.13")), confirmed=("fvc_l",), reason="misread")
    clock.forward(minutes=5)
    visits.remove_visit(desk, patients.load(desk, PATIENT).visits[-1].id, "entered twice")
    bench.patients.refresh()
    bench.open_patient(PATIENT, where="list")
    return bench


def column(table: WrappedTable, title: str) -> list[str]:
    model = table.model()
    titles = [
        model.headerData(at, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        for at in range(model.columnCount())
    ]
    at = titles.index(title)
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


def detail(bench: Workbench, name: str) -> str:
    found = bench.window.findChild(QPlainTextEdit, name)
    assert isinstance(found, QPlainTextEdit)
    return found.toPlainText()


def test_the_history_is_read_by_key_and_each_value_says_what_it_was(opened: Workbench, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_H)
    assert keyboard.focus() == "history_table"
    table = opened.patient_room.history.acts.table
    assert column(table, "What")[:3] == [
        "record viewed: from list of patients",
        "removed visit 12.03.2026",
        "changed PFT 12.03.2026: FVC 2.31 L → 2.13 L",
    ]
    assert column(table, "Who")[0] == "R. Amsel"
    assert column(table, "Why")[1:3] == ["entered twice", "misread"]
    keyboard.press(Qt.Key.Key_Down)
    keyboard.press(Qt.Key.Key_Down)
    shown = detail(opened, "history_detail")
    assert "    FVC: 2.13 L, was 2.31 L" in shown
    assert "Why: misread" in shown
    keyboard.enter()
    assert keyboard.focus() == "history_detail"


def test_the_history_can_be_limited_and_says_when_nothing_is_there(opened: Workbench) -> None:
    opened.act("history")
    opened.patient_room.history.group.set_text("Imaging")
    (made,) = column(opened.patient_room.history.acts.table, "What")
    assert (
        made == "added HRCT 08.06.2021\nadded HRCT 13.06.2022\nadded HRCT 18.10.2023\nadded HRCT 18.11.2024"
    )
    opened.patient_room.history.group.set_text("Exports")
    assert opened.patient_room.history.acts.acts.entries == ()
    assert "No act of this kind" in " ".join(
        label.text() for label in opened.patient_room.history.acts.findChildren(QLabel) if label.isVisible()
    )


def test_a_removed_record_comes_back_by_keyboard_and_can_be_removed_again(
    opened: Workbench, desk: Desk, keyboard
) -> None:
    before = len(patients.load(desk, PATIENT).visits)
    opened.act("history")
    opened.patient_room.history.show_list("removed")
    assert keyboard.focus() == "removed_table"
    assert column(opened.patient_room.history.gone.table, "Removed") == ["visit 12.03.2026"]
    assert "mMRC: 2" in detail(opened, "removed_detail")
    opened.patient_room.history.gone.reason.set_text("was right after all")
    keyboard.enter()
    assert keyboard.focus() == "removed_restore"
    keyboard.press(Qt.Key.Key_Space)
    assert opened.window.said.startswith("Restored visit 12.03.2026.")
    assert len(patients.load(desk, PATIENT).visits) == before + 1
    assert opened.patient_room.history.gone.items == ()
    keyboard.ctrl(Qt.Key.Key_Z)
    assert len(patients.load(desk, PATIENT).visits) == before
    assert [item.name for item in opened.patient_room.history.gone.items] == ["visit 12.03.2026"]


def test_nothing_removed_says_so(bench: Workbench, desk: Desk) -> None:
    fill(desk, holloway())
    bench.open_patient(PATIENT)
    bench.act("history")
    bench.patient_room.history.show_list("removed")
    words = [
        label.text() for label in bench.patient_room.history.gone.findChildren(QLabel) if label.isVisible()
    ]
    assert words[0] == "Nothing was removed"
    restore = bench.window.findChild(QPushButton, "removed_restore")
    assert not restore.isVisible()


def test_the_history_follows_what_is_done_and_forgets_the_patient_before(
    opened: Workbench, desk: Desk, keyboard
) -> None:
    opened.act("history")
    acts = len(opened.patient_room.history.acts.acts.entries)
    visits.remove_visit(desk, patients.load(desk, PATIENT).visits[-1].id, "again")
    opened.announce(pft.remove_pft(desk, patients.load(desk, PATIENT).tests[0].id, "also"))
    assert len(opened.patient_room.history.acts.acts.entries) == acts + 2
    other = replace(holloway().patient, id="c" * 32, mrn="OTHER")
    fill(
        desk,
        replace(
            holloway(),
            patient=other,
            diagnoses=(),
            visits=(),
            tests=(),
            hrct=(),
            therapy=(),
            adverse_events=(),
        ),
    )
    opened.open_patient("c" * 32)
    assert opened.patient_room.history.acts.acts.entries == ()
    assert opened.patient_room.history.gone.items == ()


def test_older_acts_follow_on_demand(bench: Workbench, desk: Desk, clock: Clock, keyboard) -> None:
    fill(desk, holloway())
    patient = patients.load(desk, PATIENT).patient
    for number in range(60):
        clock.forward(minutes=1)
        patient = patients.edit_patient(desk, replace(patient, alert_note=f"note {number}")).value
    bench.open_patient(PATIENT)
    bench.act("history")
    acts = bench.patient_room.history.acts
    assert len(acts.acts.entries) == 50
    assert "older ones follow" in bench.window.findChild(QLabel, "history_count").text()
    acts.older.click()
    assert len(acts.acts.entries) == 62
    assert not acts.older.isVisible()
    assert keyboard.focus() == "history_table"
    assert acts.table.currentIndex().row() == 50


def test_long_words_wrap_and_nothing_is_cut_sideways(opened: Workbench, desk: Desk, clock: Clock) -> None:
    clock.forward(minutes=1)
    patient = patients.load(desk, PATIENT).patient
    patients.edit_patient(desk, replace(patient, alert_note="a long alert " * 30 + "x" * 300))
    opened.act("history")
    table = opened.patient_room.history.acts.table
    assert table.rowHeight(0) > 3 * table.rowHeight(2)
    assert table.horizontalScrollBar().maximum() == 0
    what = table.model().index(0, 2).data()
    for line in wrapped(what, theme.font(), 300):
        assert table.fontMetrics().horizontalAdvance(line) <= 306


def test_a_viewer_sees_the_history_but_has_no_way_to_restore(
    opened: Workbench, desk: Desk, qtbot: QtBot
) -> None:
    tab = HistoryTab(as_user(desk, "lindt", "L. Lindt", "viewer"), opened.runner)
    qtbot.addWidget(tab)
    tab.show()
    tab.show_patient(PATIENT)
    tab.show_list("removed")
    assert [item.name for item in tab.gone.items] == ["visit 12.03.2026"]
    assert not tab.gone.restore.isVisible()
    assert "may look but not restore" in " ".join(
        label.text() for label in tab.gone.findChildren(QLabel) if label.isVisible()
    )


def test_the_history_opens_nothing_while_it_is_not_in_sight(opened: Workbench) -> None:
    assert not opened.patient_room.history.made
    opened.patient_room.history.make()
    opened.patient_room.history.show_patient(PATIENT)
    assert opened.patient_room.history.acts.acts.entries == ()


def test_a_removed_patient_comes_back_from_the_registry_s_room(
    opened: Workbench, desk: Desk, keyboard
) -> None:
    patients.remove_patient(desk, PATIENT, "registered twice")
    keyboard.ctrl(Qt.Key.Key_X, shift=True)
    assert opened.window.shown == "removed_patients"
    assert column(opened.registry.removed.gone.table, "Removed") == ["HOLLOWAY, Ingrid (DEMO-0417)"]
    assert "MRN: DEMO-0417" in detail(opened, "removed_patients_detail")
    keyboard.enter()
    keyboard.press(Qt.Key.Key_Space)
    assert opened.window.said == "Restored patient HOLLOWAY, Ingrid (DEMO-0417)."
    assert opened.registry.removed.gone.items == ()
    keyboard.ctrl(Qt.Key.Key_Z)
    assert [item.id for item in opened.registry.removed.gone.items] == [PATIENT]


def test_an_mrn_that_was_given_away_is_one_sentence(opened: Workbench, desk: Desk, keyboard) -> None:
    patients.remove_patient(desk, PATIENT, "registered twice")
    patients.add_patient(desk, replace(holloway().patient, id="", family_name="Other"))
    opened.act("removed_patients")
    keyboard.enter()
    keyboard.press(Qt.Key.Key_Space)
    assert "belongs to another patient by now" in opened.window.said
    assert len(opened.registry.removed.gone.items) == 1


def test_the_log_is_limited_by_person_kind_and_period(
    opened: Workbench, desk: Desk, clock: Clock, keyboard
) -> None:
    other = as_user(desk, "specht", "T. Specht", "clinician")
    clock.forward(days=3)
    pft.remove_pft(other, patients.load(desk, PATIENT).tests[0].id, "by mistake")
    keyboard.ctrl(Qt.Key.Key_L, shift=True)
    assert opened.window.shown == "log"
    table = opened.registry.log.acts.table
    assert column(table, "What")[0] == "removed PFT 14.06.2021"
    assert column(table, "Patient")[0] == "HOLLOWAY, Ingrid (DEMO-0417)"
    opened.registry.log.person.set_text("specht")
    assert column(table, "Who") == ["T. Specht"]
    opened.registry.log.person.set_text("")
    opened.registry.log.group.set_text("People and roles")
    assert column(table, "What")[0].startswith("added person specht")
    opened.registry.log.group.set_text("")
    opened.registry.log.first.set_text("15.03.2026")
    opened.registry.log.refresh()
    assert column(table, "Who") == ["T. Specht"]
    opened.registry.log.first.set_text("never")
    opened.registry.log.refresh()
    assert opened.registry.log.first.message
    assert column(table, "Who") == ["T. Specht"]


def test_the_models_are_sound(opened: Workbench, qtmodeltester) -> None:
    opened.act("history")
    model = ActsModel(with_patients=True)
    model.show(opened.patient_room.history.acts.acts.entries)
    model.append(opened.patient_room.history.acts.acts.entries)
    qtmodeltester.check(model)
    spoken = model.index(2, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "R. Amsel, changed PFT 12.03.2026: FVC 2.31 L → 2.13 L, misread" in spoken


def test_u6_a_view_is_noted_after_the_record_is_in_sight(opened: Workbench, desk: Desk, clock: Clock) -> None:
    clock.forward(minutes=11)
    opened.window.show_room("patients")
    waiting: list[tuple[Callable[[], Any], Callable[[Any], None] | None]] = []

    class Later:
        def run(self, work, on_done=None, on_error=None, *, files=False) -> None:
            waiting.append((work, on_done))

    def views() -> int:
        with desk.registry.read() as session:
            return session.query(AuditRow).filter_by(op="event", row_id="view").count()

    opened.runner = Later()
    before = views()
    opened.open_patient(PATIENT, where="search")
    ((load, show),) = waiting
    assert show is not None
    show(load())
    assert opened.window.shown == "patient"
    assert views() == before
    note, _done = waiting[1]
    note()
    assert views() == before + 1
