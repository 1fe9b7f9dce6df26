"""The part of the tour for what the time-line can: further curves, epochs, references, key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ctdild_desktop.clinical.reference_choice import Choice
from ctdild_desktop.figures.scene import Scale
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]
_CURVES = ("fev1", "tlc", "kco", "spo2", "mmrc")


def draw_plot(bench: Workbench, take: Take, leave: Callable[[Workbench], None]) -> None:
    """Draw every state of the time-line of the patient in sight, and leave it as it was found."""
    page, overview = bench.patient, bench.patient.overview
    kept = overview.bar.shown
    overview.bar.switch("epochs", on=True)
    take(bench.window, "plot-epochs")
    bench.act("plot_key")
    take(bench.window, "plot-key")
    leave(bench)
    for name in _CURVES:
        overview.bar.switch(name, on=True)
    for scale in (Scale.PERCENT, Scale.LITRES, Scale.Z):
        overview.set_scale(scale.value)
        take(bench.window, f"plot-curves-{scale.value}")
    overview.set_scale(Scale.PERCENT.value)
    overview.bar.set_shown(kept)
    overview.bar.switch("all_drugs", on=True)
    take(bench.window, "plot-all-drugs")
    overview.bar.switch("all_drugs", on=False)
    page.compare_with(Choice.FIRST)
    take(bench.window, "plot-reference")
    page.compare_with(None)
    page.focus_chart()
    focus = QApplication.focusWidget() or overview.chart
    for _ in range(2):
        QTest.keyClick(focus, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    take(bench.window, "plot-two-tests")
    QTest.keyClick(focus, Qt.Key.Key_Escape)
