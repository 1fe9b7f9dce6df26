"""The part of the tour that shows the report of quality: its parts, what lacks, and how far reading is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget

from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]


def draw_quality(bench: Workbench, take: Take) -> None:
    """The report as it opens, its records, what is implausible, what is left out, and reading it again."""
    page, window = bench.registry.quality.page, bench.window
    bench.act("quality")
    QTest.keyClick(page.lines, Qt.Key.Key_Return)
    take(window, "quality")
    page.head.lacking.setChecked(True)
    for part in ("plausibility", "left_out", "completeness"):
        button = page.head.part.findChild(QToolButton, f"quality_part_{part}")
        assert button is not None
        button.click()
        if part != "completeness":
            take(window, f"quality-{part.replace('_', '-')}")
    page.strip.begin(page.tr("Reading the patients")).step(20, 60)
    take(window, "quality-reading")
    page.strip.end()
