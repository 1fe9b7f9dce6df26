"""The part of the tour that shows the work list: crowded, as on a usual day, with nothing due, and new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ctdild_desktop import __version__
from ctdild_desktop.language import say
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.today import Group, NextMeeting, OfPatient, Person, Reading
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.today.today_page import TodayPage
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]
_USUAL_DAY = dt.datetime(2026, 3, 12, 9, 0, tzinfo=dt.UTC)
"""A day on which the invented patients come to the clinic."""
_SOMEBODY = Person(
    id="0", mrn="DEMO-0", name="SAMPLE, Ada", birth_date=None, sex="F", age="", disease="SSc, NSIP"
)


class _Told:
    """Answers what the page asks for with what it was told, one answer after the other."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)

    def run(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        *,
        files: bool = False,
        upkeep: bool = False,
        aside: bool = False,
    ) -> None:
        """See :meth:`Runner.run`; what would have been done is not."""
        del work, on_error, files, upkeep, aside
        if on_done is not None and self._answers:
            on_done(self._answers.pop(0))

    def close(self) -> None:
        """Nothing is pending here."""


def draw_crowded(bench: Workbench, take: Take) -> None:
    """The list of a day long after anybody looked, whole and of one kind."""
    page = bench.today.page
    take(bench.window, "today-crowded")
    page.choose(Group.DUE)
    take(bench.window, "today-due")
    page.choose(None)


def draw_usual(desk: Desk, runner: Runner, ask: Ask, take: Take, size: QSize) -> None:
    """The list of a usual day, a row being put off, and the rows that are."""
    bench = Workbench(replace(desk, clock=lambda: _USUAL_DAY), runner, ask, version=__version__)
    bench.window.resize(size)
    bench.window.show()
    bench.window.activateWindow()
    take(bench.window, "today")
    page = bench.today.page
    page.view.setFocus()
    QTest.keyClick(page.view, Qt.Key.Key_Space)
    take(bench.window, "today-put-off-sheet")
    sheet, focus = page.sheet, QApplication.focusWidget()
    if sheet is not None and focus is not None:
        QTest.keyClick(focus, Qt.Key.Key_Return)
        QTest.keyClicks(QApplication.focusWidget() or sheet, "Waits for the meeting")
        QTest.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        page.show_put_off()
        take(bench.window, "today-put-off")
        bench.window.undo()
    bench.window.hide()
    bench.window.deleteLater()
    bench.deleteLater()


def draw_empty(desk: Desk, take: Take, size: QSize) -> None:
    """A new registry, and a day on which nothing is due before a meeting."""
    day = _USUAL_DAY.date()
    coming = OfPatient(
        person=_SOMEBODY,
        rows=(),
        following=(dt.date(2026, 3, 16), say("PFT")),
        clinic=((day, False),),
    )
    meeting = NextMeeting(
        date=dt.date(2026, 3, 19),
        starts="14:00",
        patients=11,
        questions=9,
        not_ready=(("hrct", 3), ("pft", 1), ("serology", 2)),
    )
    there = replace(desk, clock=lambda: _USUAL_DAY)
    for name, answers in (
        ("today-new-registry", ((Reading(day, ()), None),)),
        ("today-nothing-due", ((Reading(day, ("0",)), meeting), {}, (coming,))),
    ):
        page = TodayPage(there, _Told(*answers), ChangeBus(), Permits(there))
        page.resize(size)
        page.show()
        page.focus_first()
        take(page, name)
        page.close()
        page.deleteLater()
