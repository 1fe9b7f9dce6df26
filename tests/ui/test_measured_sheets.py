"""Bloods, antibodies, heart tests and scores: typed by keyboard, opened again, shown in their tabs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Lab, PatientRecord, Serology
from ctdild_desktop.services import drafts, heart_tests, labs, patients, pros, serology
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.patient.result_rows import heart_rows, ipaf_words, lab_rows, score_words, serology_rows
from ctdild_desktop.ui.widgets.fields import FieldState
from ctdild_desktop.ui.workbench import Workbench
from tests.services.test_measured import ANTIBODIES, BLOODS, ECHO, SCORES
from tests.support.desks import fill
from tests.support.holloway import TODAY
from tests.support.holloway import record as holloway

PATIENT = holloway().patient.id


@pytest.fixture
def opened(bench: Workbench, desk: Desk) -> Workbench:
    fill(desk, holloway())
    earlier = Lab(
        id="",
        date=PartialDate(2026, 1, 5),
        test="creatinine",
        value=Decimal(80),
        unit="µmol/L",
        lln=Decimal(45),
        uln=Decimal(84),
        laboratory="Central",
    )
    labs.record_labs(desk, PATIENT, (earlier,))
    bench.open_patient(PATIENT)
    return bench


def now(bench: Workbench) -> PatientRecord:
    return patients.load(bench.desk, PATIENT)


def sheet_of(bench: Workbench) -> Any:
    assert bench.patient.sheet is not None, bench.window.said
    return bench.patient.sheet


def words(bench: Workbench, name: str) -> str:
    label = sheet_of(bench).findChild(QLabel, name)
    assert label is not None
    return str(label.text())


def test_a_sample_is_typed_by_keyboard_and_kept_as_one_act(opened: Workbench, keyboard: Any) -> None:
    keyboard.ctrl(Qt.Key.Key_O, shift=True)
    assert keyboard.focus() == "date"
    sheet = sheet_of(opened)
    keyboard.line("2.3")
    assert sheet.text("laboratory") == "Central"
    keyboard.enter(2)
    assert keyboard.focus() == "hb"
    keyboard.type("9,4u")
    assert sheet.text("hb_unit") == "g/dL", "U changes the unit"
    keyboard.enter()
    assert words(opened, "hb_grade") == "grade 2"
    keyboard.enter()
    keyboard.line("0.9")
    assert words(opened, "neutrophils_grade") == "grade 3"
    sheet.fields["creatinine"].setFocus()
    assert words(opened, "creatinine_last") == "80, 05.01.2026"
    assert sheet.text("creatinine_limits") == "45-84"
    keyboard.line("260")
    assert sheet.fields["creatinine"].state is FieldState.UNLIKELY, "more than three times the last one"
    keyboard.enter()
    sheet.fields["crp"].setFocus()
    keyboard.line("<5")
    sheet.fields["urinalysis"].setFocus()
    keyboard.line("protein 1+")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, sheet.problem.text()
    assert opened.window.said == "Saved 5 blood results 02.03.2026."
    kept = {lab.test: lab for lab in now(opened).labs if lab.date == PartialDate(2026, 3, 2)}
    assert (kept["hb"].value, kept["hb"].unit, kept["hb"].laboratory) == (Decimal("9.4"), "g/dL", "Central")
    assert (kept["creatinine"].lln, kept["creatinine"].uln) == (Decimal(45), Decimal(84))
    assert (kept["crp"].value, kept["crp"].detection) == (Decimal(5), "below")
    assert (kept["urinalysis"].text, kept["urinalysis"].unit) == ("protein 1+", "")
    offer = opened.window.findChild(QPushButton, "follow_button")
    assert offer.isVisible()
    assert offer.text() == "Record adverse event: Neutrophil count decreased, grade 3…"
    offer.click()
    event = sheet_of(opened)
    assert [event.text(name) for name in ("term", "onset", "grade")] == ["neutropenia", "02.03.2026", "3"]
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None
    assert now(opened).adverse_events[-1].term == "neutropenia"


def test_a_sample_keeps_a_draft_and_refuses_what_cannot_be(opened: Workbench, keyboard: Any) -> None:
    opened.act("add_labs")
    sheet = sheet_of(opened)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert sheet.fields["hb"].state is FieldState.REFUSED, "no result at all"
    sheet.fields["hb"].setFocus()
    keyboard.line("13.2")
    assert sheet.fields["hb"].message == "13.2 g/L cannot be: was it in g/dL?"
    keyboard.press(Qt.Key.Key_F2)
    assert sheet.text("hb") == "132"
    keyboard.press(Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    sheet.fields["hbsag"].setFocus()
    keyboard.line("n")
    sheet.fields["other_test_name"].setFocus()
    keyboard.line("KL-12")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert sheet.fields["other"].state is FieldState.REFUSED, "a name without a result"
    keyboard.press(Qt.Key.Key_Escape)
    kept = drafts.load_draft(opened.desk, "labs", PATIENT)
    assert kept is not None
    assert {"hb", "hbsag", "other_test_name"} <= kept.payload.keys()
    opened.act("add_labs")
    again = sheet_of(opened)
    assert (again.text("hb"), again.fields["hbsag"].isVisible()) == ("132", True)


def test_a_result_is_opened_again_corrected_and_removed(opened: Workbench, keyboard: Any) -> None:
    saved = labs.record_labs(opened.desk, PATIENT, BLOODS).value
    opened.open_patient(PATIENT)
    opened.open_record("lab", saved[1].id)
    sheet = sheet_of(opened)
    assert "CTCAE grade 3" in sheet.notice.text
    sheet.fields["value"].setFocus()
    keyboard.line("1,9")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, sheet.problem.text()
    assert opened.window.said == "Changed neutrophils 02.03.2026."
    crp = saved[2]
    opened.open_record("lab", crp.id)
    sheet = sheet_of(opened)
    assert sheet.text("value") == "<5"
    assert sheet.build() == crp, "opening and saving changes nothing"
    sheet.removal.ask()
    keyboard.line("wrong patient")
    assert opened.patient.sheet is None
    assert crp.id not in {lab.id for lab in now(opened).labs}


def test_antibodies_are_answered_by_letters(opened: Workbench, keyboard: Any) -> None:
    keyboard.ctrl(Qt.Key.Key_A, shift=True)
    sheet = sheet_of(opened)
    keyboard.line("2.3")
    keyboard.enter(2)
    assert keyboard.focus() == "ANA"
    keyboard.type("p")
    keyboard.line("1:640")
    sheet.fields["ANA_pattern"].set_text("speckled")
    sheet.fields["RF"].setFocus()
    keyboard.type("nn-")
    assert keyboard.focus() == "SSA60"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, sheet.problem.text()
    kept = {row.test: row for row in now(opened).serology}
    assert (kept["ANA"].titre, kept["ANA"].pattern, kept["ANA"].result) == (640, "speckled", "positive")
    assert [kept[test].result for test in ("RF", "ACPA", "RO52")] == ["negative", "negative", "not_done"]
    opened.open_record("serology", kept["ANA"].id)
    again = sheet_of(opened)
    assert again.build() == kept["ANA"]


def test_an_echocardiogram_and_a_questionnaire(opened: Workbench, keyboard: Any) -> None:
    keyboard.ctrl(Qt.Key.Key_U, shift=True)
    sheet = sheet_of(opened)
    keyboard.line("2.3")
    keyboard.type("e")
    assert keyboard.focus() == "rvsp_mmhg"
    keyboard.line("38")
    assert keyboard.focus() == "tapse_mm"
    assert not sheet.fields["mpap_mmhg"].isVisible()
    keyboard.ctrl(Qt.Key.Key_Return)
    (echo,) = now(opened).heart_tests
    assert (echo.kind, echo.rvsp_mmhg) == ("echo", Decimal(38))
    keyboard.ctrl(Qt.Key.Key_Q, shift=True)
    sheet = sheet_of(opened)
    keyboard.line("2.3")
    keyboard.type("k-b")
    keyboard.enter()
    assert keyboard.focus() == "score_total"
    assert sheet.notes["score_total"].words() == "0 to 100"
    told = words(opened, "pro_remark")
    assert told.startswith("Higher is better. Reference change of total: +4.7 / −2.7 (change from an IPF")
    assert told.endswith("Such changes come from IPF cohorts.")
    keyboard.line("156")
    assert sheet.fields["score_total"].state is FieldState.REFUSED
    sheet.fields["score_total"].set_text("56.4")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, sheet.problem.text()
    (pro,) = now(opened).pros
    assert [(score.scale, score.value) for score in pro.scores] == [("total", Decimal("56.4"))]
    for kind, saved in (("heart_test", echo), ("pro", pro)):
        opened.open_record(kind, saved.id)
        assert sheet_of(opened).build() == saved


def test_changes_of_two_desks_are_both_kept(opened: Workbench, keyboard: Any) -> None:
    desk = opened.desk
    saved = {
        "lab": labs.record_labs(desk, PATIENT, BLOODS[:1]).value[0],
        "serology": serology.record_serology(desk, PATIENT, ANTIBODIES).value[0],
        "heart_test": heart_tests.record_heart_test(desk, PATIENT, ECHO).value,
        "pro": pros.record_pro(desk, PATIENT, SCORES).value,
    }
    amend: dict[str, Any] = {
        "lab": labs.amend_lab,
        "serology": serology.amend_serology,
        "heart_test": heart_tests.amend_heart_test,
        "pro": pros.amend_pro,
    }
    opened.open_patient(PATIENT)
    for kind, before in saved.items():
        opened.open_record(kind, before.id)
        sheet = sheet_of(opened)
        amend[kind](desk, replace(before, date=PartialDate(2026, 3, 1)))
        sheet.fields["note"].set_text("seen again")
        keyboard.ctrl(Qt.Key.Key_Return)
        assert sheet.comparing_now
        keyboard.ctrl(Qt.Key.Key_Return)
        assert opened.patient.sheet is None, opened.window.said
        held = (*now(opened).labs, *now(opened).serology, *now(opened).heart_tests, *now(opened).pros)
        kept = next(row for row in held if row.id == before.id)
        expected = replace(before, date=PartialDate(2026, 3, 1), note="seen again", version=kept.version)
        assert kept == expected


def test_rows_say_flags_changes_and_what_is_derived() -> None:
    first = replace(BLOODS[0], id="a", date=PartialDate(2026, 1, 5), value=Decimal(140))
    low = replace(BLOODS[0], id="b", value=Decimal(112))
    record = replace(
        holloway(),
        labs=(first, low, *(replace(lab, id=lab.test) for lab in BLOODS[1:])),
        serology=tuple(replace(row, id=row.test) for row in ANTIBODIES),
        heart_tests=(
            replace(ECHO, id="e", date=PartialDate(2025, 3), rvsp_mmhg=Decimal(30)),
            replace(ECHO, id="f"),
        ),
        pros=(replace(SCORES, id="p"),),
    )
    shown = {row.id: row.cells for row in lab_rows(record)}
    assert list(shown)[-1] == "a", "newest first"
    assert shown["b"][:8] == (
        *("02.03.2026", "haemoglobin", "112", "g/L", "120–155", "▼ below", "−28 (−20 %)", "grade 1"),
    )
    assert shown["crp"][2] == "<5"
    assert shown["hbsag"][2] == "negative"
    antibodies = {row.id: row.cells for row in serology_rows(record)}
    assert antibodies["ANA"][2:5] == ("● positive", "1:640", "speckled")
    told = ipaf_words(record, TODAY)
    assert "derived on 12.03.2026 and not a diagnosis" in told
    assert "Serological: met (ANA 1:640; Jo-1)." in told
    assert "Clinical: cannot tell, needs signs" in told
    assert told.endswith("The statement does not apply: Antisynthetase syndrome is recorded.")
    hearts = {row.id: row.cells for row in heart_rows(record)}
    assert hearts["f"][2:4] == ("RVSP 38 mmHg", "RVSP +8")
    assert hearts["p"][2] == "total 56.4"
    assert "K-BILD: Higher is better. Reference change of total: +4.7 / −2.7" in score_words(record)


def test_a_tab_lists_what_was_saved_and_opens_it(opened: Workbench, keyboard: Any) -> None:
    serology.record_serology(
        opened.desk, PATIENT, (Serology(id="", date=PartialDate(2026), test="KU", result="positive"),)
    )
    opened.open_patient(PATIENT)
    for name in ("bloods", "serology", "heart"):
        assert name in opened.patient.tab_names
    opened.patient.show_tab("serology")
    remark = opened.patient.findChild(QLabel, "serology_remark")
    assert remark.isVisible()
    opened.patient.show_tab("heart")
    opened.patient.findChild(QPushButton, "add_pro").click()
    assert "instrument" in sheet_of(opened).fields
