"""The cohort by keyboard: a question, who answers to it, there and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.cohort.query import written
from ctdild_desktop.services import drafts, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.cohort.cohort_page import CohortPage
from ctdild_desktop.ui.cohort.condition_row import ConditionRow, value_of
from ctdild_desktop.ui.exports.export_page import ExportPage
from ctdild_desktop.ui.printing.sheets import Printout
from ctdild_desktop.ui.workbench import Workbench
from tests.support import quality_registry as small
from tests.support.desks import fill


@pytest.fixture
def page(bench: Workbench, desk: Desk, keyboard: Any, qtbot: Any) -> CohortPage:
    """The page of the small registry, opened by its key."""
    fill(desk, *small.EVERYBODY)
    keyboard.ctrl(Qt.Key.Key_4)
    assert bench.window.shown == "cohort"
    return bench.cohort.page


def count(page: CohortPage) -> str:
    return page.question.count_words


def test_from_a_question_to_a_patient_and_back(
    bench: Workbench, page: CohortPage, keyboard: Any, qtbot: Any
) -> None:
    assert count(page) == "4 of 4"
    page.show_part("patients")
    page.question.text.setFocus()
    keyboard.type("sex = F")
    qtbot.waitUntil(lambda: count(page) == "1 of 4; 3 cannot be told")
    page.found.focus_first()
    keyboard.enter()
    assert bench.window.shown == "patient"
    assert bench.patient.patient_id == page.found.model.ids[0]
    assert bench.window.said == "Opened from the cohort."
    keyboard.ctrl(Qt.Key.Key_4)
    assert bench.window.shown == "cohort"
    assert keyboard.focus() == "cohort_patients"
    page.question.text.setFocus()
    keyboard.type(" and nothing = 1")
    assert page.question.problem_words.startswith("nothing is no field")
    page.count()
    assert count(page).startswith("Not counted: this is no question.")
    page.question.text.set_text("sex = F")
    assert count(page) == "1 of 4; 3 cannot be told"


def test_a_question_is_built_by_keyboard_and_read_as_text(
    bench: Workbench, page: CohortPage, keyboard: Any, qtbot: Any
) -> None:
    question = page.question
    question.builder.quick.fields["drug"].setFocus()
    keyboard.type("ritux")
    assert question.text.text_value() == "drug = rituximab"
    question.builder.quick.fields["started_from"].setFocus()
    keyboard.type("01.02.2019")
    assert question.text.text_value() == "therapy(drug = rituximab and started >= 2019-02-01)"
    add = question.findChild(QPushButton, "cohort_add")
    assert add is not None
    add.setFocus()
    keyboard.press(Qt.Key.Key_Space)
    assert keyboard.focus() == "cohort_field"
    (row,) = question.builder.items
    assert isinstance(row, ConditionRow)
    row.value.setFocus()
    keyboard.type("5x")
    assert question.text.text_value().endswith(" and age = 5")
    assert count(page).startswith("Not counted: Value of Age, years cannot be read.")
    keyboard.enter()
    assert row.value.message
    keyboard.press(Qt.Key.Key_Backspace)
    keyboard.press(Qt.Key.Key_Backspace)
    keyboard.type("50,5")
    assert question.text.text_value().endswith(" and age = 50.5")
    question.text.set_text("(sex = F or smoking = never) and fvc_percent_predicted >= 70")
    assert len(question.builder.items) == 1
    assert value_of(question.builder.quick.fields["fvc_from"]) == "70"
    assert not value_of(question.builder.quick.fields["drug"])
    question.text.set_text("not (sex = F and smoking = never)")
    assert not question.builder.isVisible()
    assert written(page.chosen().query) == "not (sex = F and smoking = never)"


def test_from_an_analysis_to_a_patient_who_was_left_out_and_back(
    bench: Workbench, page: CohortPage, keyboard: Any
) -> None:
    assert page.part.current() == "analyses"
    design, result, steps = page.analyses.design, page.analyses.result, page.analyses.steps
    design.list.setFocus()
    keyboard.press(Qt.Key.Key_Down)
    assert design.analysis.name == "change"
    keyboard.enter()
    answer = result.answer
    assert answer is not None
    assert answer.analysis == "change"
    assert answer.made.command.startswith("ctdild cohort change --measure fvc_l --months 12 --as-of")
    design.options.months.setFocus()
    keyboard.press(Qt.Key.Key_Backspace)
    assert result.outdated
    keyboard.type("x")
    keyboard.ctrl(Qt.Key.Key_U)  # no number: it is said at the field, and nothing is asked
    assert (result.answer is answer, keyboard.focus()) == (True, "design_months")
    keyboard.press(Qt.Key.Key_Backspace)
    keyboard.type("12")
    assert not result.outdated  # the same question again
    bench.announce(patients.add_patient(bench.desk, Patient(id="", mrn="Q-9", family_name="Omega")))
    assert result.outdated
    keyboard.enter()
    assert not result.outdated
    steps.list.setFocus()
    listed = [step for step in (result.answer.steps if result.answer else ()) if step.left_out]
    assert listed
    steps.list.setCurrentIndex(steps.list.model().index(2, 0))
    keyboard.enter()
    assert page.part.current() == "patients"
    assert page.found.model.ids == listed[0].patients
    keyboard.enter()
    assert bench.window.shown == "patient"
    assert bench.patient.patient_id == listed[0].patients[0]
    keyboard.ctrl(Qt.Key.Key_4)
    assert (bench.window.shown, keyboard.focus()) == ("cohort", "cohort_patients")
    keyboard.press(Qt.Key.Key_Escape)
    assert (page.part.current(), keyboard.focus()) == ("analyses", "cohort_steps")
    printed: list[Printout] = []
    bench.printing.show = lambda printout, then=None: printed.append(printout)  # type: ignore[method-assign]
    keyboard.ctrl(Qt.Key.Key_P)
    assert [printout.file_name for printout in printed] == ["cohort-change-2026-03-12.pdf"]


def menu(page: CohortPage, number: int) -> None:
    page.question.saved.more.menu().actions()[number].trigger()


def test_a_question_is_saved_by_name_asked_again_and_taken_back(
    bench: Workbench, page: CohortPage, keyboard: Any
) -> None:
    page.question.text.set_text("sex = F")
    menu(page, 0)
    keyboard.line("Women")
    assert bench.window.said == "Saved question Women."
    assert page.title.text() == "Women"
    page.question.text.set_text("")
    assert page.title.text() == "Everybody in the registry"
    page.question.text.set_text("age > 17")
    assert page.title.text() == "Patients of the question"
    which = page.question.saved.which
    which.setCurrentIndex(1)
    which.activated.emit(1)
    assert written(page.chosen().query) == "sex = F"
    menu(page, 1)
    keyboard.line("Females")
    assert page.title.text() == "Females"
    menu(page, 2)
    assert page.title.text() == "Patients of the question"
    bench.window.undo()
    assert page.title.text() == "Females"


def test_those_found_are_exported_without_identity_and_the_question_is_kept(
    bench: Workbench, page: CohortPage, tmp_path: Path, qtbot: Any
) -> None:
    page.question.text.set_text("sex = F")
    qtbot.waitUntil(lambda: count(page) == "1 of 4; 3 cannot be told")
    page.show_part("patients")
    page.found.export_button.click()
    assert bench.window.shown == "export"
    (export,) = bench.window.findChildren(ExportPage)
    assert export.settings().patients == page.found.model.ids
    assert export.settings().pseudonymised
    into = tmp_path / "out"
    into.mkdir()
    export.export_into(into)
    (made,) = into.iterdir()
    assert (made / "patients.csv").read_text(encoding="utf-8-sig").count("\n") == 2
    page.question.text.set_text("sex = F and nothing")
    (kept,) = bench.cohort.leave()
    assert kept.payload == {"question": "sex = F and nothing"}


def test_the_question_is_here_again_after_a_crash(bench: Workbench, desk: Desk, keyboard: Any) -> None:
    drafts.save_draft(desk, "cohort", None, {"question": "sex = F"})
    keyboard.ctrl(Qt.Key.Key_4)
    assert written(bench.cohort.page.chosen().query) == "sex = F"
