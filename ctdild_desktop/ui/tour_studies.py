"""The part of the tour that shows the studies of the evidence beside the registry."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget

from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]


def draw_studies(bench: Workbench, take: Take) -> None:
    """The list before anything was run, a study before and after, shares, nobody, one that is not run."""
    page, window = bench.cohort.page, bench.window
    window.show_room("cohort")
    page.show_part("studies")
    studies = page.studies
    take(window, "studies")
    for claim_id, shot in (
        ("R10", "before-after"),
        ("R27", "shares"),
        ("RO12", "nobody"),
        ("R04", "not-run"),
    ):
        studies.list.choose(claim_id)
        QTest.keyClick(studies.list.list, Qt.Key.Key_Return)
        take(window, f"studies-{shot}")
    button = studies.list.people.findChild(QToolButton, "study_people_question")
    assert button is not None
    button.click()
    take(window, "studies-of-question")
    studies.list.search.setText("xyzzy")
    take(window, "studies-none-found")
    studies.list.search.clear()
    studies.clear()
    page.show_part("patients")
