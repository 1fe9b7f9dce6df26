"""The room of the day: shown first, filled beside the person's work, and all of it by keyboard."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Diagnosis, DlcoUnit, Patient, PatientRecord, Pft, Visit
from ctdild_desktop.services import history, patients, pft
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.today import Group, OfPatient, Place, TodayRow
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.due import words
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.today.today_page import TodayPage
from ctdild_desktop.ui.today.work_model import COLUMNS, WorkModel
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import as_user, fill
from tests.support.fake_ask import FakeAsk
from tests.support.today import Later, crowd, someone

TODAY = dt.date(2026, 3, 12)
INGRID = holloway.record().patient.id


def _overdue() -> PatientRecord:
    """Somebody whose only test is more than a year old: due again since 10.02.2026."""
    patient = replace(
        holloway.record().patient, id="c" * 32, mrn="T-77", family_name="Quill", given_name="Barnaby"
    )
    view = Diagnosis(id="1" * 32, date=PartialDate(2020, 1, 5), ctd="ASyS", ild_diagnosed=PartialDate(2020))
    test = Pft(
        id="2" * 32, date=dt.date(2025, 2, 10), fvc_l=Decimal("2.60"), dlco=Decimal("14"),
        dlco_unit=DlcoUnit.TRADITIONAL, dlco_hb_corrected=True, spo2_nadir=Decimal(93), tlc_l=Decimal("4.1"),
    )  # fmt: skip
    visit = Visit(id="3" * 32, date=TODAY - dt.timedelta(days=20), next_visit=PartialDate.of(TODAY))
    return PatientRecord(patient=patient, diagnoses=(view,), tests=(test,), visits=(visit,))


@pytest.fixture
def working(bench: Workbench, desk: Desk) -> Workbench:
    fill(desk, holloway.record(), _overdue())
    bench.today.page.reader.refresh()
    return bench


def rows(bench: Workbench, group: Group) -> list[TodayRow]:
    found = bench.today.page.reader.work.shown(group, ())
    return list(found[0].rows) if found else []


def alt(number: int) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.AltModifier)


def test_u_the_work_list_is_worked_through_by_keyboard(working: Workbench, keyboard: Any) -> None:
    """Shown first; Enter opens where the work is done; what was done is gone on coming back."""
    page = working.today.page
    assert working.window.shown == "today"
    assert keyboard.focus() == "work_list"
    assert page.view.current_row() == rows(working, Group.PROGRESSION)[0]
    keyboard.enter()
    assert (working.window.shown, working.patient.patient_id) == ("patient", INGRID)
    keyboard.ctrl(Qt.Key.Key_1)
    assert keyboard.focus() == "work_list"
    alt(4)
    assert page.head.filters[Group.DUE].isChecked()
    assert page.model.index(0, 0).data(WorkModel.GROUP) == Group.DUE
    keyboard.type("qu")
    row = page.view.current_row()
    assert row is not None
    assert row.person.name == "QUILL, Barnaby"
    asked = [one for one in rows(working, Group.DUE) if one.person.mrn == "T-77"]
    while row is not None and row.place is not Place.LOG_PFT:
        keyboard.press(Qt.Key.Key_Down)
        row = page.view.current_row()
    assert row in asked
    keyboard.enter()
    assert (working.patient.patient_id, keyboard.focus()) == ("c" * 32, "date")
    for text in ("", "2,60", "", "14.1"):
        keyboard.line(text)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert "Saved PFT" in working.window.said
    keyboard.ctrl(Qt.Key.Key_1)
    left = [one for one in rows(working, Group.DUE) if one.person.mrn == "T-77"]
    assert row.reason.startswith("PFT (spirometry, lung volumes, DLCO), last 10.02.2025")
    assert row.reason not in {one.reason for one in left}


def test_a_row_is_put_off_by_keyboard_comes_back_by_undo_and_is_shown_again(
    working: Workbench, keyboard: Any
) -> None:
    page = working.today.page
    row = page.view.current_row()
    keyboard.press(Qt.Key.Key_Space)
    assert keyboard.focus() == "until"
    keyboard.line("+8")
    assert page.sheet.fields["until"].text() == "20.03.2026"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert page.sheet is not None, "a reason is needed"
    keyboard.type("Waits for the meeting")
    keyboard.press(Qt.Key.Key_Escape)
    keyboard.press(Qt.Key.Key_Space)
    assert page.sheet.fields["reason"].text() == "Waits for the meeting", "the draft is found again"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert "put off until 20.03.2026" in working.window.said
    assert (page.sheet, keyboard.focus()) == (None, "work_list")
    assert row not in rows(working, Group.PROGRESSION)
    keyboard.ctrl(Qt.Key.Key_Z)
    assert row in rows(working, Group.PROGRESSION)
    keyboard.ctrl(Qt.Key.Key_Z)
    alt(8)
    held = page.view.current_row()
    assert held is not None
    assert (held.item, words.state_words(held)) == (row.item, "until 20.03.2026")
    keyboard.press(Qt.Key.Key_Space)
    assert row in rows(working, Group.PROGRESSION)
    (empty,) = (one for one in page.findChildren(EmptyState) if one.isVisible())
    assert empty.title.text() == "Nothing is put off."


def test_what_was_typed_and_not_saved_is_on_the_list_and_resumed(working: Workbench, keyboard: Any) -> None:
    working.open_patient("c" * 32)
    working.act("add_visit")
    working.patient.sheet.fields["note"].set_text("Coughs at night")
    keyboard.press(Qt.Key.Key_Escape)
    keyboard.ctrl(Qt.Key.Key_1)
    (row,) = (one for one in rows(working, Group.INCOMPLETE) if one.place is Place.DRAFT)
    assert row.reason.endswith("not saved: visit")
    alt(6)
    working.today.page.view.choose(working.today.page.model.find(row))
    keyboard.enter()
    assert working.patient.sheet.fields["note"].text() == "Coughs at night"
    working.patient.sheet.discard_draft()
    keyboard.press(Qt.Key.Key_Escape)
    keyboard.ctrl(Qt.Key.Key_1)
    assert row not in rows(working, Group.INCOMPLETE)


def test_what_is_typed_in_the_sheet_is_there_for_whoever_locks_the_window(
    working: Workbench, keyboard: Any
) -> None:
    keyboard.press(Qt.Key.Key_Space)
    keyboard.line("+3")
    keyboard.type("Waits for ")
    (typed,) = working.leave()
    assert typed.kind.startswith("snooze:progression:")


def test_the_line_of_a_long_group_shows_all_of_it_and_the_first_rows_again(
    bench: Workbench, desk: Desk, keyboard: Any
) -> None:
    crowd(desk, 12)
    page = bench.today.page
    page.reader.refresh()
    assert page.model.index(0, 0).data() == "Incomplete  4 of 12, show all"
    keyboard.press(Qt.Key.Key_Up)
    keyboard.enter()
    assert page.model.rowCount(page.model.index(0, 0)) == 12
    keyboard.press(Qt.Key.Key_Left)
    assert page.model.rowCount(page.model.index(0, 0)) == 4
    keyboard.type("f0010")
    assert page.view.current_row().person.mrn == "M-0010"
    assert page.model.rowCount(page.model.index(0, 0)) == 12
    assert not bench.today.page.clinic.isVisible()


def test_the_clinic_of_the_day_says_what_to_ask_and_opens_the_patient(
    working: Workbench, keyboard: Any
) -> None:
    clinic = working.today.page.clinic
    assert clinic.isVisible()
    model = clinic.model
    shown = {model.index(at).data(): model.index(at).data(model.DETAIL) for at in range(model.rowCount())}
    assert shown["HOLLOWAY, Ingrid"] == "visit recorded"
    assert "PFT overdue 30 d" in shown["QUILL, Barnaby"]
    clinic.view.setFocus()
    keyboard.press(Qt.Key.Key_Home)
    keyboard.enter()
    assert working.patient.patient_id == "c" * 32


def test_save_and_next_goes_through_the_clinic_and_then_to_the_search(
    working: Workbench, keyboard: Any
) -> None:
    working.open_patient(holloway.record().patient.id)
    keyboard.ctrl(Qt.Key.Key_T)
    for whose in ("HOLLOWAY", "QUILL"):
        assert working.patient.view is not None
        assert working.patient.view.record.patient.family_name.upper() == whose
        assert keyboard.focus() == "date"
        keyboard.line("11.3.2026")
        keyboard.line("2.31")
        sheet = working.patient.sheet
        keyboard.ctrl(Qt.Key.Key_Return, shift=True)
        if working.patient.sheet is sheet:  # an unlikely value is asked once
            keyboard.ctrl(Qt.Key.Key_Return, shift=True)
    assert working.patient.sheet is None
    assert keyboard.focus() == "patient_search"


def test_a7_a_viewer_is_led_to_the_patient_and_to_no_sheet(working: Workbench, desk: Desk) -> None:
    viewer = as_user(desk, "vera", "V. Reader", "viewer")
    changes = ChangeBus()
    page = TodayPage(viewer, ImmediateRunner(), changes, Permits(viewer))
    page.show()
    column = COLUMNS.index("opens")
    page.view.setFocus()
    page.view.choose_first()
    assert not page.head.snooze.isEnabled()
    assert "viewer" in page.head.snooze.toolTip()
    assert {page.leads_to(place) for place in Place} <= {Place.PATIENT, Place.THERAPY, Place.MDT}
    for at in range(page.model.rowCount(QModelIndex())):
        parent = page.model.index(at, 0)
        for row in range(page.model.rowCount(parent)):
            assert page.model.index(row, column, parent).data() in {"Patient", "Therapy"}
    page.close()
    page.deleteLater()


def test_a_new_registry_says_what_to_do_first(bench: Workbench, keyboard: Any) -> None:
    empty = next(one for one in bench.today.page.findChildren(EmptyState) if one.isVisible())
    assert list(empty.buttons) == ["new_patient", "import", "open_demo"]
    assert keyboard.focus() == "empty_new_patient"
    keyboard.press(Qt.Key.Key_Space)
    assert keyboard.focus() == "family_name"


def test_when_nothing_is_due_it_says_what_comes_next(bench: Workbench, desk: Desk) -> None:
    fill(desk, PatientRecord(patient=Patient(id="d" * 32, mrn="D-1", family_name="Done")))
    page = bench.today.page
    page.reader.refresh()
    ada = someone(13, "ADA")
    page.reader.work.keep_only(())
    coming = (dt.date(2026, 3, 16), "PFT")
    page.reader.work.put((OfPatient(person=ada, rows=(), following=coming),))
    page._show()
    (empty,) = (one for one in page.findChildren(EmptyState) if one.isVisible())
    assert empty.title.text() == "Nothing is due."
    assert empty.text.text() == "Next: PFT for ADA on 16.03.2026."


@pytest.mark.usefixtures("in_pairs")
def test_progress_is_told_quietly_and_can_be_stopped(desk: Desk, qtbot: QtBot) -> None:
    crowd(desk, 5)
    runner = Later()
    page = TodayPage(desk, runner, ChangeBus(), Permits(desk))
    qtbot.addWidget(page)
    page.show()
    told, stop = page.findChild(QLabel, "today_told"), page.findChild(QPushButton, "today_stop")
    assert not told.isVisible()
    qtbot.waitUntil(told.isVisible)
    for _question in ("who", "of whom there is news", "two of them"):
        runner.one()
    assert told.text() == "2 of 5 patients looked at"
    stop.click()
    runner.one()
    assert (runner.jobs, stop.text()) == ([], "Go on")
    stop.click()
    runner.one()
    assert not told.isVisible()


def test_news_from_another_desk_reads_the_patient_it_concerns(
    working: Workbench, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = as_user(desk, "brandt", "B. Brandt", "clinician")
    record = patients.load(other, "c" * 32)
    test = replace(record.tests[0], id="", date=TODAY, fvc_l=Decimal("2.58"))
    done = pft.record_pft(other, "c" * 32, test, confirmed=_any(other, test, record))
    working.changes.announce(done.changes)
    assert Place.LOG_PFT not in {row.place for row in rows(working, Group.DUE) if row.person.mrn == "T-77"}


def _any(desk: Desk, test: Pft, record: PatientRecord) -> tuple[str, ...]:
    return tuple(issue.code for issue in pft.check(test, record, desk.today()))


def test_the_list_in_sight_is_written_as_pdf_and_noted(
    qtbot: QtBot, working: Workbench, keyboard: Any, ask: FakeAsk, tmp_path: Path
) -> None:
    ask.saves = [tmp_path / "list.pdf"]
    alt(2)
    keyboard.ctrl(Qt.Key.Key_P)
    qtbot.waitUntil(lambda: keyboard.focus() == "sheet_view")
    keyboard.ctrl(Qt.Key.Key_S)
    assert working.window.said == "Written, not encrypted: list.pdf."
    document = pypdfium2.PdfDocument(tmp_path / "list.pdf")
    told = document[0].get_textpage().get_text_range()
    assert "HOLLOWAY, Ingrid" in told
    assert "Progression newly met: 1" in told
    assert "Due or overdue" not in told
    latest = history.log(working.desk, history.LogFilter()).entries[0]
    assert "patients listed" in f"{latest.text} {[item.name for item in latest.items]}"
