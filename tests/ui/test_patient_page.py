"""The patient screen: one choice leads everything, nothing is cut, every act is asked for by signal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QTabBar
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.services.answers import cells
from ctdild_desktop.ui.patient.notice_line import NoticeLine
from ctdild_desktop.ui.patient.patient_page import PatientPage
from ctdild_desktop.ui.patient.why_paragraph import Paragraph
from ctdild_desktop.ui.patient.words import chip_words, pair_change
from ctdild_desktop.ui.speaking import speak
from tests.support import holloway
from tests.support.patient_page import child, column, shown_page, view


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> Iterator[PatientPage]:
    with shown_page(qtbot, qapp) as made:
        yield made


def test_it_opens_on_the_first_criterion_that_is_met(page: PatientPage) -> None:
    assert page.choice == 0
    chips = page.strip.chips
    assert [chip.verdict for chip in chips] == [
        Verdict.MET,
        Verdict.NOT_MET,
        Verdict.CANNOT_ASSESS,
        Verdict.MET,
        Verdict.MET,
        Verdict.MET,
        Verdict.NOT_MET,
        Verdict.NOT_APPLICABLE,
    ]
    assert [chip.isChecked() for chip in chips] == [True] + 7 * [False]
    assert chips[7].caption == "EUSTAR, MCID (SSc)"
    assert chips[0].number == "−11.6 %"
    assert chips[1].number == "−13.6 %"
    assert chips[2].word == "CANNOT TELL"


def test_the_numbers_of_the_latest_test_are_those_computed_apart(page: PatientPage) -> None:
    assert column(page, "Date")[0] == "12.03.2026"
    assert column(page, "FVC L")[0] == "2.31"
    assert column(page, "LLN")[0] == "2.64"
    assert column(page, "z")[0] == "−2.2"
    assert column(page, "%")[0] == "64.4"
    assert column(page, "to ref")[0] == "−11.6 %"
    assert column(page, "Hb-corr %")[0] == "47.6"
    assert column(page, "to ref")[4] == "ref"


def test_an_excluded_test_keeps_its_numbers_and_says_why(page: PatientPage) -> None:
    row = column(page, "Date").index("20.02.2023")
    assert column(page, "FVC L")[row] == "2.24"
    assert column(page, "to prev")[row] == ""
    assert "lung infection" in column(page, "Note")[row]


def test_choosing_a_chip_moves_picture_reasons_and_table_together(qtbot: QtBot, page: PatientPage) -> None:
    qtbot.mouseClick(page.strip.chips[2], Qt.MouseButton.LeftButton)
    assert page.choice == 2
    picture = page.overview.timeline()
    assert picture is not None
    assert [ring.date.isoformat() for ring in picture.panel.rings] == ["2025-03-17", "2026-03-12"]
    assert "17.03.2025" in page.overview.statement
    assert column(page, "to ref")[3] == "ref"
    qtbot.keyClick(page.strip.chips[2], Qt.Key.Key_Left)
    assert page.choice == 1
    assert page.strip.chips[1].hasFocus()
    assert column(page, "to ref")[0] == "−13.6 %"


def test_why_names_tests_numbers_limit_and_source(page: PatientPage) -> None:
    first, same, third = page.why.texts()[:3]
    for part in ("72.85", "09.12.2024", "64.38", "12.03.2026", "11.6", "10 %", "24 months"):
        assert part in first, part
    assert same.startswith("INBUILD, OMERACT, Erice: MET. Same two tests: FVC −11.6 %.")
    assert "INBUILD, Erice: Symptoms not met" in same
    assert third.startswith("PPF 2022: CANNOT TELL. Needs: an HRCT read")


@pytest.mark.parametrize(
    ("language", "chip", "reason"),
    [
        ("en", "EUSTAR, needs the diagnosis", "Needs: the diagnosis on or before 12.03.2026."),
        ("es", "EUSTAR, falta el diagnóstico", "Falta: el diagnóstico con fecha 12.03.2026 o anterior."),
    ],
)
def test_a_diagnosis_made_after_the_last_entry_is_named_with_the_day_before_which_it_is_needed(
    page: PatientPage, language: str, chip: str, reason: str
) -> None:
    whole = holloway.record()
    made = replace(whole.diagnoses[-1], date=PartialDate(2026, 3, 13))
    speak(SiteSettings(language=language))
    try:
        page.show_view(view(replace(whole, diagnoses=(made,))))
        assert chip in [one.caption for one in page.strip.chips]
        (told,) = [text for text in page.why.texts() if text.startswith("EUSTAR, ")]
        assert reason in told
    finally:
        speak(SiteSettings(language="en"))


def test_a_criterion_that_cannot_tell_leads_to_where_it_is_entered(qtbot: QtBot, page: PatientPage) -> None:
    links = [one for one in page.why.findChildren(QAbstractButton) if one.objectName().startswith("why_add_")]
    assert [link.objectName() for link in links] == ["why_add_hrct"]
    with qtbot.waitSignal(page.add_hrct_requested):
        links[0].click()


def test_a_criterion_that_needs_the_diagnosis_leads_to_it_and_not_to_a_test(
    qtbot: QtBot, page: PatientPage
) -> None:
    page.show_view(view(replace(holloway.record(), diagnoses=())))
    of_eustar = child(page, "why_EUSTAR")
    assert isinstance(of_eustar, Paragraph)
    assert [link.text() for link in of_eustar.links] == ["Record diagnosis…"]
    with qtbot.waitSignal(page.add_diagnosis_requested):
        of_eustar.links[0].click()


def test_clicking_a_reason_chooses_its_criterion(qtbot: QtBot, page: PatientPage) -> None:
    qtbot.mouseClick(child(page, "why_REVIEW_DLCO_DECLINE"), Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert page.choice == 1


def test_the_same_patient_again_keeps_choice_and_tab_another_one_does_not(page: PatientPage) -> None:
    page.choose(2)
    page.show_tab("therapy")
    page.show_view(view())
    tabs = child(page, "patient_tabs")
    assert isinstance(tabs, QTabBar)
    assert (page.choice, tabs.currentIndex()) == (2, 2)
    other = replace(holloway.record(), patient=replace(holloway.patient(), id="f" * 32, mrn="DEMO-0002"))
    page.show_view(view(other))
    assert (page.choice, tabs.currentIndex()) == (0, 0)


def test_tabs_count_what_they_hold(page: PatientPage) -> None:
    tabs = child(page, "patient_tabs")
    assert isinstance(tabs, QTabBar)
    assert [tabs.tabText(index) for index in range(tabs.count())] == [
        "Overview",
        "Tests 15",
        "Therapy 4",
        "Adverse events 7",
        "Imaging 4",
        "Visits 16",
        "Diagnosis 2",
        "Procedures 0",
        "Bloods 0",
        "Serology 0",
        "Heart, PRO 0",
    ]


@pytest.mark.parametrize(("key", "text"), [("1", "litres"), ("3", "z-score"), ("2", "% predicted")])
def test_one_key_changes_the_scale(qtbot: QtBot, page: PatientPage, key: str, text: str) -> None:
    page.focus_chart()
    qtbot.keyClicks(page.overview.chart, key)
    picture = page.overview.timeline()
    assert picture is not None
    assert picture.panel.axis_text == text


def test_without_height_there_are_litres_only_and_the_reason(qtbot: QtBot, page: PatientPage) -> None:
    bare = replace(holloway.patient(), height_cm=None)
    tests = tuple(replace(test, height_cm=None) for test in holloway.pfts())
    page.show_view(view(replace(holloway.record(), patient=bare, tests=tests)))
    percent = child(page, "scale_percent")
    assert not percent.isEnabled()
    assert "height" in percent.toolTip()
    picture = page.overview.timeline()
    assert picture is not None
    assert picture.panel.axis_text == "litres"
    page.focus_chart()
    qtbot.keyClicks(page.overview.chart, "3")
    picture = page.overview.timeline()
    assert picture is not None
    assert picture.panel.axis_text == "litres"
    page.show_view(view())
    picture = page.overview.timeline()
    assert picture is not None
    assert picture.panel.axis_text == "% predicted"
    assert percent.isEnabled()


def test_a_row_and_its_mark_are_selected_together(qtbot: QtBot, page: PatientPage) -> None:
    page.focus_chart()
    qtbot.keyClick(page.overview.chart, Qt.Key.Key_End)
    assert page.overview.table.current_record() == ("test", holloway.pfts()[-1].id)


def test_opening_asks_with_kind_and_id(qtbot: QtBot, page: PatientPage) -> None:
    page.overview.table.select_record(holloway.pfts()[-1].id)
    with qtbot.waitSignal(page.open_record_requested) as asked:
        qtbot.keyClick(page.overview.table, Qt.Key.Key_Return)
    assert asked.args == ["test", holloway.pfts()[-1].id]


@pytest.mark.parametrize(
    ("button", "signal"),
    [
        ("log_pft_button", "log_pft_requested"),
        ("add_tests", "log_pft_requested"),
        ("add_therapy", "add_therapy_requested"),
        ("add_adverse_event", "add_adverse_event_requested"),
        ("add_hrct", "add_hrct_requested"),
        ("add_visit", "add_visit_requested"),
        ("add_diagnosis", "add_diagnosis_requested"),
    ],
)
def test_every_button_asks(qtbot: QtBot, page: PatientPage, button: str, signal: str) -> None:
    for name in page.tab_names:
        page.show_tab(name)
    found = child(page, button)
    assert isinstance(found, QAbstractButton)
    with qtbot.waitSignal(getattr(page, signal)):
        found.click()


def test_the_read_out_says_quality_and_change_to_the_reference(page: PatientPage) -> None:
    page.overview.chart.setFocus()
    page.overview.chart.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_End, Qt.KeyboardModifier(0)))
    stop = page.overview.chart.read_out
    assert stop is not None
    assert ("", "quality A / A · lab A · FVC to reference −11.6 %") in stop.lines


def test_a_dragged_pair_is_stated_and_cleared(page: PatientPage) -> None:
    first, last = holloway.pfts()[10], holloway.pfts()[14]
    page.overview.chart.pair_dragged.emit(first.id, last.id)
    words = page.overview.statement
    assert words.startswith(
        "09.12.2024 → 12.03.2026: FVC −0.33 L, −8.5 points, −11.6 %; DLCO −1.6 mL/min/mmHg"
    )
    page.overview.chart.pair_dragged.emit("", "")
    assert page.overview.statement.startswith("Reference: FVC")


def test_tests_of_different_reference_sets_are_not_compared_in_percent() -> None:
    rows = view().rows
    later, earlier = rows[0], rows[1]
    other = replace(earlier.derived, fvc=replace(earlier.derived.fvc, reference_set="GLI2012"))
    words = pair_change(replace(earlier, derived=other), later)
    assert "FVC −0.10 L, % predicted not comparable: different reference sets" in words


def test_chip_words_are_spoken_without_signs() -> None:
    words = chip_words(cells(view().assessments)[0])
    assert words.spoken == "FVC fall > 10 %, 24 mo, met, minus 11.6 %"


def test_a_preview_is_hollow_and_goes_away(page: PatientPage) -> None:
    shown = page.view
    assert shown is not None
    latest = shown.derived[0]
    typed = replace(latest, test=replace(latest.test, id="", fvc_l=Decimal("2.2")))
    page.set_preview(typed)
    picture = page.overview.timeline()
    assert picture is not None
    assert any(point.preview for point in picture.panel.series[0].points)
    page.set_preview(None)
    picture = page.overview.timeline()
    assert picture is not None
    assert not any(point.preview for point in picture.panel.series[0].points)


def test_without_any_record_the_criteria_are_dated_today(page: PatientPage) -> None:
    page.show_view(view(PatientRecord(patient=holloway.patient())))
    assert page.view is not None
    assert page.view.as_of == holloway.TODAY
    assert "12.03.2024" in page.why.texts()[0]
    why = page.why
    for link in why.findChildren(QAbstractButton):
        right = link.mapTo(why, link.rect().topRight()).x()
        assert right <= why.width(), link.objectName()


def test_a_sheet_stands_beside_the_picture_and_closing_shows_the_reasons(
    qtbot: QtBot, page: PatientPage
) -> None:
    sheet = QLabel("a form")
    sheet.setMinimumWidth(576)
    page.open_sheet(sheet)
    assert page.sheet is sheet
    assert sheet.isVisible()
    assert child(page, "side_column").width() == 576
    assert not page.why.isVisible()
    assert page.overview.chart.isVisible()
    with qtbot.waitSignal(sheet.destroyed):
        page.close_sheet()
    assert page.sheet is None
    assert page.why.isVisible()
    assert child(page, "side_column").width() < 576


def test_another_patient_closes_the_sheet(page: PatientPage) -> None:
    page.open_sheet(QLabel("a form"))
    page.show_view(view(replace(holloway.record(), patient=replace(holloway.patient(), id="f" * 32))))
    assert page.sheet is None


def test_what_is_missing_is_said_with_its_button(qtbot: QtBot, page: PatientPage) -> None:
    bare = replace(holloway.patient(), height_cm=None, birth_date=None)
    page.show_view(view(PatientRecord(patient=bare)))
    incomplete, undiagnosed = child(page, "incomplete_line"), child(page, "undiagnosed_line")
    assert isinstance(incomplete, NoticeLine)
    assert incomplete.isVisible()
    assert incomplete.text() == "Incomplete: birth date, height not recorded."
    with qtbot.waitSignal(page.edit_patient_requested):
        incomplete.answered.emit()
    assert undiagnosed.isVisible()
    page.show_view(view())
    assert not incomplete.isVisible()
    assert not undiagnosed.isVisible()


def test_the_probability_stands_quietly_below_the_first_reason_from_fvc(page: PatientPage) -> None:
    (line,) = [one for one in page.why.findChildren(QLabel) if one.objectName() == "why_remark"]
    assert line.text().startswith("Probability that the true fall over 12 months is at least 5 points: ")
    assert line.text().endswith(" %, from 14 tests")
    assert "Kafaja 2018" in line.toolTip()
    assert "replaces none of them" in line.toolTip()
    assert not any("%, from" in chip.accessibleName() for chip in page.strip.chips)


def test_the_fact_of_smoking_says_its_caption_once(page: PatientPage) -> None:
    for answer, said in ((None, "not recorded"), ("unknown", "unknown"), ("never", "never smoked")):
        page.show_view(view(PatientRecord(patient=replace(holloway.patient(), smoking=answer))))
        assert f"Smoking: {said};" in child(page, "key_facts").accessibleDescription()
