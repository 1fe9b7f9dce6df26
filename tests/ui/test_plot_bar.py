"""What the time-line shows is chosen by keyboard, and remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.figures.key import KeyLine, Sign
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.samples import paint_sample
from ctdild_desktop.ui.patient.plot_bar import PlotBar
from ctdild_desktop.ui.patient.plot_key import PlotKey
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
    overview.shown_changed.connect(remembered.append)
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


def test_the_reference_is_chosen_by_keyboard_and_a_chip_takes_it_back(
    desk: Desk, bench: Workbench, keyboard: Keyboard
) -> None:
    fill(desk, holloway.record())
    bench.open_patient(holloway.patient().id)
    page = bench.patient
    keyboard.press(Qt.Key.Key_R)
    menu = page.findChild(QMenu, "reference_menu")
    assert menu is not None
    told = {act.objectName(): act.text() for act in menu.actions()}
    assert told["reference_first"] == "First in 24 months: FVC 69.4 %, 18.03.2024"
    assert told["reference_this"] == "The selected test: no test is selected"
    pick(menu, "reference_before_therapy")
    assert page.overview.statement == "Reference: last before rituximab, FVC 66.2 %, 16.10.2023"
    picture = page.overview.timeline()
    assert picture is not None
    assert [ring.date.isoformat() for ring in picture.panel.rings] == ["2023-10-16", "2026-03-12"]
    assert picture.panel.band is not None
    assert page.view is not None
    assert page.strip.chips[0].number == "−11.6 %"  # the verdict keeps its own pair
    bench.open_patient(holloway.patient().id)
    assert "16.10.2023" in page.overview.statement
    page.choose(2)
    assert page.overview.statement == "Reference: FVC 71.1 %, 17.03.2025"


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


def test_the_key_opens_beside_the_picture_by_keyboard_and_escape_closes_it(
    qtbot: QtBot, desk: Desk, bench: Workbench, keyboard: Keyboard
) -> None:
    fill(desk, holloway.record())
    bench.open_patient(holloway.patient().id)
    keyboard.press(Qt.Key.Key_K)
    found = bench.window.findChild(PlotKey)
    assert found is not None
    assert found.isVisible()
    assert not found.isModal()
    assert "Hollow: not used by the criteria" in found.accessibleDescription()
    with qtbot.waitSignal(found.destroyed):
        key(found, Qt.Key.Key_Escape)


def test_every_sign_of_the_key_has_a_sample(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    details = {Sign.SERIES: "kco", Sign.HOLLOW: "fvc", Sign.PREVIEW: "fvc", Sign.LANE: "jak"}
    for sign in Sign:
        image = QImage(44, 18, QImage.Format.Format_RGB32)
        image.fill(theme.color("base"))
        blank = image.copy()
        painter = QPainter(image)
        paint_sample(painter, KeyLine(sign, "", details.get(sign, "2")), QRectF(image.rect()))
        painter.end()
        assert (image == blank) is (sign is Sign.NONE), sign
