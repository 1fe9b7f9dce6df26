"""The stops of the tour in the manual: a page with pictures, what was found, a page of tables, the keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from ctdild_desktop import language
from ctdild_desktop.language import pseudo
from ctdild_desktop.ui.help.help_window import HelpWindow
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]


def draw_manual(bench: Workbench, take: Take) -> None:
    """Draw the manual as F1 opens it over the room in sight.

    Its pages are documents and do not go through the catalogue, so that the round which looks for such
    texts leaves it out.
    """
    if language.code() == pseudo.CODE:
        return
    bench.act("manual")
    manual = bench.window.findChild(HelpWindow)
    assert manual is not None
    for address, name in (
        ("guide/02-clinic-day.md#log-pft", "manual"),
        ("clinical-rules.md#2-dates-and-units", "manual-rules"),
        ("guide/13-keys.md", "manual-keys"),
    ):
        manual.open_at(address)
        take(manual, name)
    manual.words.setFocus()
    QTest.keyClicks(manual.words, "lost pass")
    take(manual, "manual-search")
    QTest.keyClick(manual.words, Qt.Key.Key_Return)
    take(manual, "manual-found")
    manual.words.clear()
    manual.reject()
