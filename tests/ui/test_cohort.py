"""The cohort by keyboard: a question, who answers to it, there and back."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.cohort.cohort_page import CohortPage
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
    assert count(page) == "1 of 4; 3 cannot be told"
