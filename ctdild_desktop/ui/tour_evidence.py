"""The part of the tour for the evidence: all of it, words, a gap, nothing found, and from a patient."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.evidence_search import Asked
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]
TYPED = ("rituximab", "no such word")


def draw_library(bench: Workbench, take: Take) -> None:
    """The room as it opens, what is found, what the review lacks, the longest statement, and nothing."""
    window = bench.window
    window.show_room("evidence")
    page = bench.evidence.page
    take(window, "evidence")
    page.ask(Asked(disease="ASyS"))
    QTest.keyClicks(page.head.search, TYPED[0])
    QTest.keyClick(page.head.search, Qt.Key.Key_Down)
    take(window, "evidence-found")
    page.ask(Asked(disease="SjD", drug="rituximab"))
    take(window, "evidence-gap")
    page.ask(Asked(kind="gap"))
    take(window, "evidence-not-known")
    page.ask(Asked(check="differs"))
    page.show_claim("R20")
    take(window, "evidence-long")
    page.show_claim("R08")
    page.pane.text.anchorClicked.emit(QUrl("criterion:RESPONSE_KEIR"))
    take(window, "evidence-definition")
    page.ask(Asked(text=TYPED[1]))
    take(window, "evidence-nothing")
    page.ask(Asked())


def draw_of_patient(bench: Workbench, take: Take) -> None:
    """What the library says of the patient in sight, and the library as they asked it."""
    bench.act("evidence")
    take(bench.window, "plot-evidence")
    panel = bench.patient.reasons.evidence
    if panel is not None:
        panel.library_requested.emit(Asked(disease="ASyS"), "")
        take(bench.window, "evidence-of-patient")
        bench.evidence.page.left.emit()
    bench.patient.show_reasons()
