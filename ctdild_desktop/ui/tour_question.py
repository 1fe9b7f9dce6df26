"""The part of the tour that asks the cohort: a usual question, a crowded one, text alone, a refusal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QToolButton, QWidget

from ctdild_desktop.ui.cohort.cohort_page import PATIENTS, CohortPage
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]
_USUAL = "antibody_group = synthetase and therapy(drug = rituximab and course = 1 and started >= 2015-01-01)"
_CROWDED = (
    "diagnosis_group = SSc and pattern = NSIP and dlco_percent_predicted < 60 and goh = extensive and "
    "(met = PPF2022 or met = INBUILD) and adverse_event(grade >= 3 and serious = yes)"
)


def draw_question(bench: Workbench, take: Take) -> None:
    """The page with those found, of whom it cannot be told, and each way a question can stand there."""
    bench.window.show_room("cohort")
    page = bench.cohort.page
    page.show_part(PATIENTS)
    _ask(page, _USUAL)
    take(bench.window, "cohort-question")
    _ask(page, _CROWDED)
    unknown = page.found.findChild(QToolButton, "cohort_list_cannot_tell")
    assert unknown is not None
    unknown.click()
    take(bench.window, "cohort-question-crowded")
    page.question.saved.more.menu().actions()[0].trigger()
    _ask(page, "not (sex = F or age < 40)")
    take(bench.window, "cohort-question-as-text")
    _ask(page, "sex = F and weight = 3")
    take(bench.window, "cohort-question-refused")
    _ask(page, "")


def _ask(page: CohortPage, text: str) -> None:
    page.question.text.set_text(text)
    page.count()
