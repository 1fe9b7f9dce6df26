"""The studies of the evidence by keyboard: found, run beside the registry, and back from the library."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.cohort.cohort_page import STUDIES, CohortPage
from ctdild_desktop.ui.workbench import Workbench
from tests.support import quality_registry as small
from tests.support.desks import fill


@pytest.fixture
def page(bench: Workbench, desk: Desk, keyboard: Any) -> CohortPage:
    """The studies of the small registry."""
    fill(desk, *small.EVERYBODY)
    keyboard.ctrl(Qt.Key.Key_4)
    bench.cohort.page.show_part(STUDIES)
    return bench.cohort.page


def test_a_study_is_found_run_and_followed_to_the_evidence_and_back(
    bench: Workbench, page: CohortPage, keyboard: Any, qtbot: Any
) -> None:
    studies = page.studies
    assert not page.question.isVisible()
    studies.list.search.setFocus()
    keyboard.type("anakinra")
    assert studies.list.list.model().rowCount() == 1
    keyboard.enter()
    assert keyboard.focus() == "study_list"
    keyboard.enter()
    qtbot.waitUntil(lambda: studies.result.answer is not None)
    answer = studies.result.answer
    assert answer is not None
    assert answer.claims == ("RO12",)
    assert answer.caveats[0] == "0 of 4 can be analysed. Left out: never given the drug: 4."
    assert studies.steps.isVisible()
    studies.list.search.setText("")
    assert not studies.result.outdated, "the study in hand is still the one of the answer"
    keyboard.press(Qt.Key.Key_Down)
    assert studies.result.outdated
    studies.result.head.evidence_button.click()
    assert bench.window.shown == "evidence"
    assert bench.evidence.page.pane.claim is not None
    assert bench.evidence.page.pane.claim.id == "RO12"
    bench.evidence.page.show_claim("R10")
    bench.evidence.page.pane.run_button.click()
    qtbot.waitUntil(lambda: studies.result.answer is not None and studies.result.answer.claims == ("R10",))
    assert bench.window.shown == "cohort"
    assert not studies.result.outdated


def test_a_study_is_run_on_the_patients_of_the_question(page: CohortPage, qtbot: Any) -> None:
    studies = page.studies
    studies.list.choose("BG02")
    button = studies.list.people.findChild(QToolButton, "study_people_question")
    assert button is not None
    button.click()
    assert page.question.isVisible()
    page.question.text.set_text("sex = F")
    studies.run()
    qtbot.waitUntil(lambda: studies.result.answer is not None)
    answer = studies.result.answer
    assert answer is not None
    assert "--query 'sex = F'" in answer.made.command
    assert answer.steps[-1].count == 1
    page.question.text.set_text("sex = M")
    assert studies.result.outdated


def test_the_study_in_hand_and_whose_patients_are_put_back(page: CohortPage, qtbot: Any) -> None:
    page.studies.list.choose("R17")
    page.studies.list.people.set_current("question")
    kept = page.studies.list.draft()
    page.studies.list.choose("R01")
    page.studies.list.people.set_current("study")
    page.studies.list.restore(kept)
    study = page.studies.list.study()
    assert study is not None
    assert (study.id, page.studies.list.own_people()) == ("R17", False)
    assert page.question.isVisible()
