"""The part of the tour that shows the analyses of the cohort: none yet, typical, few, nobody, running."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from ctdild_desktop.cohort.query import EVERYBODY, parse
from ctdild_desktop.ui.cohort.cohort_page import ANALYSES
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]
_FEW = "drug = tacrolimus"
_NOBODY = "age > 120"


def draw_cohort(bench: Workbench, take: Take) -> None:
    """The page as it opens, an answer with a patient pointed at, of few, of nobody, and under way."""
    page, window = bench.cohort.page, bench.window
    bench.window.show_room("cohort")
    bench.cohort.start()
    page.show_part(ANALYSES)
    design, result = page.analyses.design, page.analyses.result
    take(window, "cohort")
    design.choose("pre-post")
    _run(bench)
    result.body.focus_first()
    QTest.keyClick(result.body.charts[0], Qt.Key.Key_End)
    take(window, "cohort-before-and-after")
    design.choose("change")
    for query, name in ((_FEW, "few"), (_NOBODY, "nobody")):
        page.question.show_query(parse(query))
        _run(bench)
        take(window, f"cohort-{name}")
    page.question.show_query(EVERYBODY)
    design.choose("survival")
    _run(bench)
    result.strip.begin(page.tr("Reading the patients")).step(20, 60)
    design.choose("slopes")
    take(window, "cohort-running")
    result.strip.end()


def _run(bench: Workbench) -> None:
    design = bench.cohort.page.analyses.design
    design.list.setFocus()
    QTest.keyClick(design.list, Qt.Key.Key_Return)
