"""Confirming a report by keyboard: paste, one key for each value, save; what was confirmed is never lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel

from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.services import access, attachments, drafts, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.imports.report_import import ImportWithReports
from ctdild_desktop.ui.pft.report_sheet import ReportSheet
from ctdild_desktop.ui.widgets.fields import FieldState
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import LOGIN, PASSPHRASE, Clock, fill
from tests.support.fake_ask import FakeAsk
from tests.support.holloway import record as holloway
from tests.support.pdfs import SCAN, text_pdf
from tests.ui.test_killed_typing import killed_now

TODAY = dt.date(2026, 3, 12)
TEXT = """\
Name: HOLLOWAY, Ingrid   MRN: {mrn}
Test date: 12.03.2026
            Pred   Best   %Pred
FVC (L)     3.59   2.31   64
FEV1 (L)    2.80   1.94   69
DLCO: 10.3 mL/min/mmHg
TLC: 3.1
"""
ASKED = ("date", "fvc_l", "fvc_pct_pred", "fvc_pred_l", "fev1_l", "fev1_pct_pred", "dlco", "tlc_l")


def text() -> str:
    return TEXT.format(mrn=holloway().patient.mrn)


@pytest.fixture
def opened(bench: Workbench, desk: Desk) -> Workbench:
    """The invented patient without the test of today, on the screen."""
    record = holloway()
    fill(desk, replace(record, tests=tuple(test for test in record.tests if test.date < TODAY)))
    bench.open_patient(record.patient.id)
    return bench


def pasted(bench: Workbench, keyboard, words: str) -> ReportSheet:
    QApplication.clipboard().setText(words)
    keyboard.ctrl(Qt.Key.Key_R)
    made = bench.patient.sheet
    assert isinstance(made, ReportSheet)
    return made


def saved(bench: Workbench) -> tuple[Pft, ...]:
    return patients.load(bench.desk, bench.patient.patient_id).tests


def against(sheet: ReportSheet) -> str:
    label = sheet.findChild(QLabel, "report_against")
    return label.text() if label is not None and label.isVisibleTo(sheet) else ""


def test_a_pasted_report_is_confirmed_with_one_key_for_each_value(opened: Workbench, keyboard) -> None:
    before = len(saved(opened))
    sheet = pasted(opened, keyboard, text())
    shown = [name for name in sheet.fields if name != "side" and sheet.rows.shows(name)]
    assert shown == list(ASKED)
    assert not sheet.save_button.isEnabled()
    assert sheet.rows.printed("fvc_l") == "2.31 L"
    assert sheet.rows.state_words("fvc_l") == "confirm"
    keyboard.count = 0
    for name in ASKED[:-1]:
        assert keyboard.focus() == name
        keyboard.press(Qt.Key.Key_Space if name == "fev1_l" else Qt.Key.Key_Return)
    assert keyboard.focus() == "tlc_l"
    assert sheet.save_button.isEnabled()
    keyboard.enter()
    assert keyboard.focus() == "sheet_save"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert keyboard.count == len(ASKED) + 2
    assert opened.patient.sheet is None
    test = saved(opened)[-1]
    assert len(saved(opened)) == before + 1
    assert (test.date, test.fvc_l, test.fev1_l, test.dlco, test.tlc_l) == (
        TODAY,
        Decimal("2.31"),
        Decimal("1.94"),
        Decimal("10.3"),
        None,
    )
    assert "with its report" in opened.window.said
    assert drafts.load_draft(opened.desk, "report", opened.patient.patient_id) is None
    keyboard.ctrl(Qt.Key.Key_Z)
    assert len(saved(opened)) == before


def test_a_value_is_corrected_left_out_and_opened_again_with_its_line_marked(
    opened: Workbench, keyboard
) -> None:
    sheet = pasted(opened, keyboard, text())
    keyboard.enter()
    assert sheet.text_view.textCursor().block().text().startswith("FVC (L)")
    marked = [one.cursor.selectedText() for one in sheet.text_view.extraSelections()]
    assert marked[-1] == "2.31"
    assert {"3.59", "64", "1.94"} <= set(marked)
    keyboard.line("2,33")
    assert sheet.rows.state_words("fvc_l") == "✓ corrected"
    keyboard.type("x")
    assert sheet.rows.state_words("fvc_pct_pred") == "left out"
    assert sheet.text("fvc_pct_pred") == ""
    sheet.rows.toggled.emit("fvc_l")
    assert sheet.rows.state_words("fvc_l") == "confirm"
    assert sheet.text("fvc_l") == "2.31"
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is sheet
    assert sheet.fields["fvc_l"].state is FieldState.REFUSED


def test_a_report_of_another_person_is_said_loudly_and_cannot_be_saved(opened: Workbench, keyboard) -> None:
    before = len(saved(opened))
    sheet = pasted(opened, keyboard, TEXT.format(mrn="99999"))
    assert "another MRN: 99999" in against(sheet)
    assert "Nothing of it can be saved" in against(sheet)
    keyboard.enter(len(ASKED))
    assert not sheet.save_button.isEnabled()
    keyboard.ctrl(Qt.Key.Key_Return)
    assert len(saved(opened)) == before


def test_text_and_confirmations_survive_a_kill_and_come_back_to_the_place(
    opened: Workbench, keyboard, clock: Clock, tmp_path: Path
) -> None:
    sheet = pasted(opened, keyboard, text())
    keyboard.enter()
    keyboard.line("2.33")
    keyboard.type("x")
    copy = killed_now(opened.desk, tmp_path / "killed")
    again = access.unlock(copy, login=LOGIN, passphrase=PASSPHRASE, clock=clock)
    kept = drafts.load_draft(again, "report", opened.patient.patient_id)
    again.close()
    assert kept is not None
    assert kept.payload["report_text"] == text().rstrip()
    place = opened.place()
    sheet.close_sheet()
    opened.window.show_room("today")
    opened.go_to(place)
    back = opened.patient.sheet
    assert isinstance(back, ReportSheet)
    assert [back.rows.state_words(name) for name in ASKED[:4]] == [
        "✓ confirmed",
        "✓ corrected",
        "left out",
        "confirm",
    ]
    assert back.text("fvc_l") == "2.33"
    assert "Draft of" in back.notice.text


def test_a_pdf_and_its_confirmations_come_back_after_closing(
    opened: Workbench, keyboard, ask: FakeAsk, tmp_path: Path
) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(text_pdf(text()))
    QApplication.clipboard().clear()
    keyboard.ctrl(Qt.Key.Key_R)
    sheet = opened.patient.sheet
    assert isinstance(sheet, ReportSheet)
    ask.files = [(path,)]
    sheet.open_button.click()
    keyboard.enter()
    sheet.close_sheet()
    keyboard.ctrl(Qt.Key.Key_R)
    keyboard.enter(len(ASKED) - 1)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None
    test = saved(opened)[-1]
    assert test.source_format == "pdf"
    (file,) = (
        one
        for one in patients.load(opened.desk, opened.patient.patient_id).attachments
        if one.record_id == test.id
    )
    assert attachments.read(opened.desk, file.id).content == path.read_bytes()
    assert drafts.load_draft(opened.desk, "report_file", opened.patient.patient_id) is None


def test_a_new_text_waits_behind_a_report_that_was_not_finished(opened: Workbench, keyboard) -> None:
    sheet = pasted(opened, keyboard, text())
    keyboard.enter(3)
    sheet.close_sheet()
    back = pasted(opened, keyboard, text().replace("2.31", "2.39").replace("64", "67"))
    assert back.text("fvc_l") == "2.31"
    assert "not the new one" in back.notice.text
    back.notice.focus_first()
    keyboard.press(Qt.Key.Key_Space)
    assert (back.text("fvc_l"), back.rows.state_words("fvc_l"), back.notice.text) == ("2.39", "confirm", "")


def test_what_cannot_be_read_is_said_and_what_can_be_read_in_two_ways_is_asked(
    opened: Workbench, keyboard, tmp_path: Path
) -> None:
    QApplication.clipboard().setText("Dear colleague")
    keyboard.ctrl(Qt.Key.Key_R)
    sheet = opened.patient.sheet
    assert isinstance(sheet, ReportSheet)
    assert sheet.report is None
    path = tmp_path / "scan.pdf"
    path.write_bytes(text_pdf(SCAN))
    sheet.open_file(path)
    assert "it is a scan" in sheet.problem.text()
    sheet.take_text("Test date: 12.03.2026\nFVC: 2,310 L\n")
    assert "as in 2,310" in sheet.notice.text
    sheet.notice.focus_first()
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.press(Qt.Key.Key_Space)
    assert sheet.text("fvc_l") == "2.310"


def test_the_import_page_hands_a_report_to_its_patient_or_asks_whose_it_is(
    opened: Workbench, keyboard, tmp_path: Path
) -> None:
    opened.window.show_room("today")
    QApplication.clipboard().setText(text())
    keyboard.ctrl(Qt.Key.Key_R)
    assert isinstance(opened.patient.sheet, ReportSheet)
    assert opened.window.shown == "patient"
    opened.patient.sheet.discard_draft()
    opened.patient.sheet.close_sheet()
    keyboard.ctrl(Qt.Key.Key_I)
    page = opened.window.findChild(ImportWithReports)
    assert page is not None
    path = tmp_path / "report.pdf"
    path.write_bytes(text_pdf("Test date: 12.03.2026\nFVC: 2.31 L"))
    page.choose_files((path,))
    assert opened.window.shown == "import"
    keyboard.type("holl")
    keyboard.enter()
    sheet = opened.patient.sheet
    assert isinstance(sheet, ReportSheet)
    assert sheet.text("fvc_l") == "2.31"
    assert "does not say whose it is" in against(sheet)


def test_a_key_that_is_held_down_confirms_no_value(opened: Workbench, keyboard) -> None:
    sheet = pasted(opened, keyboard, text())
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_X):
        held = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", True)
        QApplication.sendEvent(sheet.fields[keyboard.focus()], held)
    assert keyboard.focus() == ASKED[0]
    assert sheet.answers.open_names() == list(ASKED[:-1])
