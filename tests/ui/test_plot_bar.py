"""What the time-line shows is chosen by keyboard, and remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.patient.plot_bar import PlotBar
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import fill
from tests.ui.conftest import Keyboard


def pick(menu: QMenu, name: str) -> None:
    """Walk through an open menu to an entry, and choose it."""
    places = [act.objectName() for act in menu.actions() if not act.isSeparator()]
    for _ in range(places.index(name)):
        key(menu, Qt.Key.Key_Down)
    key(menu, Qt.Key.Key_Return)


def key(widget: QWidget, which: Qt.Key) -> None:
    QTest.keyClick(widget, which)


def test_a_curve_is_switched_on_by_keyboard_and_its_panel_is_drawn(
    qtbot: QtBot, desk: Desk, bench: Workbench, keyboard: Keyboard
) -> None:
    fill(desk, holloway.record())
    bench.open_patient(holloway.patient().id)
    overview = bench.patient.overview
    before = overview.chart.minimumSizeHint().height()
    remembered: list[tuple[str, ...]] = []
    bench.plot_changed.connect(remembered.append)
    keyboard.press(Qt.Key.Key_S)
    menu = overview.bar.menu
    assert menu.isVisible()
    pick(menu, "part_spo2")
    assert remembered == [("lln", "band", "spo2")]
    picture = overview.timeline()
    assert picture is not None
    assert [strip.name for strip in picture.strips] == ["SpO₂"]
    assert overview.chart.minimumSizeHint().height() > before
    assert "SpO₂ at rest over" in overview.chart.accessibleDescription()


@pytest.mark.parametrize("wide", [False, True])
def test_boxes_and_menu_are_one_switch(qtbot: QtBot, wide: bool) -> None:
    bar = PlotBar()
    qtbot.addWidget(bar)
    bar.resize(1200 if wide else 440, 32)
    bar.show()
    with qtbot.waitSignal(bar.shown_changed) as told:
        bar.switch("lln", on=False)
    assert told.args == [("band",)]
    boxes = [bar.findChild(QWidget, name) for name in ("show_lln", "show_band")]
    assert [box.isChecked() for box in boxes] == [False, True]  # type: ignore[union-attr]
    assert [box.isVisible() for box in boxes] == [wide, wide]  # type: ignore[union-attr]
