"""Procedures: typed by keyboard with what is raised beside the cells, and a complication with its event."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.services import drafts, patients, procedures
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.patient.procedure_rows import procedure_rows
from ctdild_desktop.ui.workbench import Workbench
from tests.services.test_procedures import BIOPSY, LAVAGE
from tests.support.desks import fill
from tests.support.holloway import record as holloway

PATIENT = holloway().patient.id


@pytest.fixture
def opened(bench: Workbench, desk: Desk) -> Workbench:
    fill(desk, holloway())
    bench.open_patient(PATIENT)
    return bench


def now(bench: Workbench) -> PatientRecord:
    return patients.load(bench.desk, PATIENT)


def sheet_of(bench: Workbench) -> Any:
    assert bench.patient.sheet is not None, bench.window.said
    return bench.patient.sheet


def test_a_lavage_is_typed_by_keyboard_and_says_what_is_raised(opened: Workbench, keyboard: Any) -> None:
    keyboard.ctrl(Qt.Key.Key_Y, shift=True)
    sheet = sheet_of(opened)
    assert not sheet.fields["lobe"].isVisible(), "nothing more is asked before the kind is known"
    keyboard.line("2.3")
    keyboard.type("l")
    assert keyboard.focus() == "lobe"
    assert not sheet.fields["biopsy_pattern"].isVisible()
    keyboard.enter()
    keyboard.line("200")
    keyboard.line("96")
    assert sheet.notes["recovered_ml"].words() == "mL   48 % of the volume"
    keyboard.enter()
    for share in ("41,5", "46", "3", "1.0"):
        keyboard.line(share)
    assert sheet.notes["lymphocytes_percent"].words() == "%   ▲ raised: above 15 %"
    assert sheet.notes["neutrophils_percent"].words() == "%   not above 3 %", "at its limit"
    assert sheet.cells.text() == "Raised by ATS 2012: lymphocytes 46 %. Together 91.5 %."
    keyboard.ctrl(Qt.Key.Key_Return)
    assert "91.5 %" in sheet.fields["eosinophils_percent"].message
    sheet.fields["neutrophils_percent"].set_text("11.5")
    sheet.fields["bacteria"].setFocus()
    keyboard.type("n-gp")
    assert keyboard.focus() == "viruses"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, sheet.problem.text()
    assert opened.window.said == "Saved bronchoalveolar lavage 02.03.2026."
    (kept,) = now(opened).procedures
    assert (kept.macrophages_percent, kept.recovered_ml) == (Decimal("41.5"), Decimal(96))
    answers = (kept.bacteria, kept.mycobacteria, kept.fungi, kept.pneumocystis, kept.viruses)
    assert answers == ("negative", "not_done", "pending", "positive", None)
    opened.open_record("procedure", kept.id)
    assert sheet_of(opened).build() == kept, "opening and saving changes nothing"
    sheet_of(opened).removal.ask()
    keyboard.line("entered twice")
    assert now(opened).procedures == ()
    opened.window.findChild(QPushButton, "undo_button").click()
    assert now(opened).procedures[0].fungi == "pending"


def test_a_complication_is_recorded_as_an_adverse_event_in_the_same_act(
    opened: Workbench, keyboard: Any
) -> None:
    before = now(opened).adverse_events
    opened.act("add_procedure")
    sheet = sheet_of(opened)
    sheet.fields["date"].set_text("02.03.2026")
    sheet.fields["kind"].setFocus()
    keyboard.type("c")
    assert not sheet.fields["with_event"].isVisible()
    sheet.fields["complication"].setFocus()
    keyboard.type("p")
    assert keyboard.focus() == "complication_note"
    keyboard.enter()
    keyboard.type("2")
    assert (keyboard.focus(), sheet.text("with_event")) == ("with_event", "yes")
    assert sheet.notes["with_event"].words() == "Would be: Pneumothorax, grade 2."
    sheet.close_sheet()
    draft = drafts.load_draft(opened.desk, "procedure", PATIENT)
    assert draft is not None
    opened.act("add_procedure")
    sheet = sheet_of(opened)
    assert (sheet.text("complication"), sheet.text("with_event")) == ("pneumothorax", "yes")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, sheet.problem.text()
    assert opened.window.said == "Saved cryobiopsy 02.03.2026, and the adverse event: Pneumothorax."
    (kept,) = now(opened).procedures
    (event,) = [one for one in now(opened).adverse_events if one not in before]
    assert (event.id, event.grade) == (kept.adverse_event_id, 2)
    opened.open_record("procedure", kept.id)
    again = sheet_of(opened)
    assert again.notes["with_event"].words() == "Recorded: Pneumothorax, grade 2."
    assert not again.fields["with_event"].isEnabled()
    again.fields["note"].set_text("drain for two days")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert now(opened).procedures[0].note == "drain for two days"
    assert len(now(opened).adverse_events) == len(before) + 1


def test_a_change_of_another_desk_is_kept_and_the_event_may_be_declined(
    opened: Workbench, keyboard: Any
) -> None:
    saved = procedures.record_procedure(opened.desk, PATIENT, BIOPSY).value
    opened.open_patient(PATIENT)
    opened.open_record("procedure", saved.id)
    sheet = sheet_of(opened)
    assert sheet.text("with_event") == "", "an old complication is offered, not taken for granted"
    procedures.amend_procedure(opened.desk, replace(saved, lobe="RLL"))
    sheet.fields["samples"].set_text("3")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert sheet.comparing_now
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, opened.window.said
    (kept,) = now(opened).procedures
    assert (kept.lobe, kept.samples, kept.adverse_event_id) == ("RLL", 3, None)


def test_rows_mark_what_is_raised_and_say_what_was_not_negative() -> None:
    lavage = replace(LAVAGE, id="a", fungi="positive", viruses="pending", organisms="Aspergillus")
    biopsy = replace(BIOPSY, id="b", date=PartialDate(2026, 2), biopsy_pattern="UIP", confidence="low")
    none = replace(LAVAGE, id="c", date=PartialDate(2025), kind="none", not_done="declined")
    record = replace(holloway(), procedures=(lavage, biopsy, none))
    rows = {row.id: row for row in procedure_rows(record)}
    assert list(rows) == ["b", "a", "c"], "newest first"
    assert rows["a"].cells[3:5] == ("M 41.5, L ▲46, N ▲10, E ▲2.5", "positive: fungi; pending: viruses")
    assert rows["a"].cells[8] == "Aspergillus"
    assert rows["b"].cells[6] == "pneumothorax, grade 2"
    assert rows["c"].cells[1] == "none done: declined"
