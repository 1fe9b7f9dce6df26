"""The patient screen keeps its room: nothing is cut, everything has a name, Tab goes in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.banner import Banner
from ctdild_desktop.ui.patient.patient_page import PatientPage
from ctdild_desktop.ui.widgets.fitting_label import FittingLabel
from ctdild_desktop.ui.widgets.verdict_chip import VerdictChip
from tests.support import holloway
from tests.support.patient_page import child, shown_page, view


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> Iterator[PatientPage]:
    with shown_page(qtbot, qapp) as made:
        yield made


def clipped(page: PatientPage) -> list[str]:
    """Widgets that need more room than they have, or stand outside their parent."""
    found = []
    for widget in page.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, QLabel):
            continue
        if isinstance(widget, QAbstractButton | Banner):
            least = widget.minimumSizeHint()
            if widget.width() < least.width() or widget.height() < least.height():
                found.append(f"{widget.objectName()} is too small")
            inside = QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())
            if not page.rect().contains(inside):
                found.append(f"{widget.objectName()} is cut at {inside}")
    return found


@pytest.mark.parametrize("size", [(1298, 680), (1212, 626), (1852, 990)])
@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_nothing_is_cut(page: PatientPage, qapp: QApplication, size: tuple[int, int], name: str) -> None:
    theme.apply(qapp, name)
    page.resize(*size)
    qapp.processEvents()  # the side column takes its width after the page
    assert page.size().toTuple() == size
    assert page.minimumSizeHint().width() <= 1212
    assert page.minimumSizeHint().height() <= 626
    assert clipped(page) == []
    table = page.overview.table
    shown = [
        table.columnWidth(index)
        for index in range(table.records.columnCount())
        if not table.isColumnHidden(index)
    ]
    assert sum(shown) <= table.viewport().width()
    for index in range(table.records.columnCount()):
        if not table.isColumnHidden(index) and not table.records.columns[index].stretch:
            assert table.columnWidth(index) >= table.sizeHintForColumn(index) - 2
    theme.apply(qapp, "light")


def test_the_banner_gives_up_oxygen_then_ild_gap_and_never_the_name(page: PatientPage) -> None:
    banner = page.findChild(Banner)
    assert isinstance(banner, Banner)
    assert banner.shown_captions[-2:] == ("ILD-GAP", "O₂")
    banner.resize(1212, banner.height())
    assert "O₂" not in banner.shown_captions
    assert "Therapy now" in banner.shown_captions
    assert "O₂: none" in banner.tip_at(5)
    assert banner.accessibleName() == "HOLLOWAY, Ingrid, F · 55 y · 18.09.1970 · DEMO-0417"


def test_everything_that_takes_the_focus_has_a_name(page: PatientPage) -> None:
    for tab in ("overview", "tests", "therapy", "adverse_events", "imaging", "visits", "diagnosis"):
        page.show_tab(tab)
        for widget in page.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                text = widget.text() if isinstance(widget, QAbstractButton) else ""
                assert widget.accessibleName() or text, (tab, widget, widget.objectName())


def test_tab_order_is_the_reading_order(qtbot: QtBot, page: PatientPage) -> None:
    child(page, "log_pft_button").setFocus()
    order = []
    for _ in range(12):
        focus = QApplication.focusWidget()
        assert focus is not None
        order.append("chip" if isinstance(focus, VerdictChip) else focus.objectName())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    wanted = [
        "log_pft_button",
        "chip",
        "patient_tabs",
        "show_lln",
        "show_band",
        "timeline_chart",
        "latest_tests",
    ]
    places = [order.index(name) for name in wanted]
    assert places == sorted(places), order


def in_ssc() -> PatientRecord:
    """The invented patient as if with systemic sclerosis: all nine definitions apply."""
    record = holloway.record()
    return replace(record, diagnoses=tuple(replace(one, ctd="lcSSc") for one in record.diagnoses))


@pytest.mark.parametrize("size", [(1298, 680), (1212, 640)])
def test_nine_chips_stand_in_one_row_and_no_verdict_is_cut(page: PatientPage, size: tuple[int, int]) -> None:
    page.resize(*size)
    page.show_view(view(in_ssc()))
    QApplication.processEvents()
    chips = page.strip.chips
    assert len(chips) == 9
    assert {chip.y() for chip in chips} == {chips[0].y()}
    assert chips[-1].geometry().right() <= page.width() - 10
    for left, right in pairwise(chips):
        assert left.geometry().right() < right.geometry().left()
    assert all(chip.width() >= chip.minimumSizeHint().width() for chip in chips)
    assert all(chip.shown()[1] for chip in chips if chip.verdict is Verdict.MET)


def test_the_reference_is_said_in_fewer_words_beside_a_wide_sheet(page: PatientPage) -> None:
    page.resize(1212, 626)
    label = page.overview.findChild(FittingLabel)
    assert isinstance(label, FittingLabel)
    assert label.shown().endswith("09.12.2024")
    sheet = QLabel("a form")
    sheet.setMinimumWidth(576)
    page.open_sheet(sheet)
    QApplication.processEvents()
    assert label.shown().endswith("09.12.2024")
    assert not child(page, "show_lln").isVisible()  # its switch is in the menu, too
    assert label.accessibleName() == "Reference: FVC 72.8 %, 09.12.2024"
    table = page.overview.table
    shown = [i for i in range(table.records.columnCount()) if not table.isColumnHidden(i)]
    assert sum(table.columnWidth(index) for index in shown) <= table.viewport().width()
    assert {"Date", "FVC L", "to ref", "DLCO", "Note"} <= {table.records.columns[i].title for i in shown}
