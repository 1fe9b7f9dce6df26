"""The time-line on screen: what is drawn where, and reading it by keyboard and pointer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.figures.scene import LaneStyle, Scale, Timeline
from ctdild_desktop.figures.timeline import build_timeline
from ctdild_desktop.services.assessment import patient_view
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.geometry import arrange
from ctdild_desktop.ui.charts.hits import hit, nearest_test
from ctdild_desktop.ui.charts.paint_overlay import Labels
from ctdild_desktop.ui.charts.patterns import EDGE_INK
from ctdild_desktop.ui.charts.timeline_chart import TimelineChart
from tests.support import holloway

pytestmark = pytest.mark.usefixtures("qapp")  # sizes follow the application's font

LATEST, REFERENCE, EXCLUDED = holloway.pfts()[14], holloway.pfts()[10], holloway.pfts()[5]


def timeline(record: PatientRecord | None = None, scale: Scale = Scale.PERCENT) -> Timeline:
    view = patient_view(record or holloway.record(), holloway.TODAY)
    pair = view.pair(view.first_choice)
    return build_timeline(view.record, view.derived, scale=scale, today=view.today, reference=pair)


@pytest.fixture
def chart(qtbot: QtBot, qapp: QApplication) -> TimelineChart:
    theme.apply(qapp, "light")
    made = TimelineChart()
    qtbot.addWidget(made)
    made.resize(906, 350)
    made.show_timeline(timeline())
    with qtbot.waitExposed(made):
        made.show()
    return made


def picture(chart: TimelineChart) -> QImage:
    return chart.grab().toImage()


def ink_near(image: QImage, at: QPointF, colour: str, reach: int = 3) -> bool:
    wanted = QColor(colour)
    return any(
        image.pixelColor(round(at.x()) + x, round(at.y()) + y) == wanted
        for x in range(-reach, reach + 1)
        for y in range(-reach, reach + 1)
    )


def viewport_click(qtbot: QtBot, chart: TimelineChart, at: QPointF) -> None:
    qtbot.mouseClick(chart._view.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())


def test_used_tests_are_filled_and_unused_ones_hollow(chart: TimelineChart) -> None:
    image = picture(chart)
    used, unused = chart.place_of(REFERENCE.id), chart.place_of(EXCLUDED.id)
    assert used is not None
    assert unused is not None
    assert image.pixelColor(used.toPoint()) == QColor(theme.tokens().fvc)
    assert image.pixelColor(unused.toPoint()) == QColor(theme.tokens().base)
    assert ink_near(image, unused, theme.tokens().fvc, reach=6)


def test_the_band_lies_between_reference_and_threshold(chart: TimelineChart) -> None:
    picture_now = picture(chart)
    start = chart.place_of(REFERENCE.id)
    assert start is not None
    inside = QPoint(round(start.x()) + 30, round(start.y()) + 20)
    assert picture_now.pixelColor(inside) == QColor(theme.tokens().band)


def test_no_line_of_a_day_goes_through_the_words_of_an_empty_panel(chart: TimelineChart) -> None:
    made = timeline()
    panel = replace(made.panel, series=(), rings=(), band=None, limits=(), empty_text="No test. " * 30)
    empty = replace(made, panel=panel)
    chart.show_timeline(empty)
    image = picture(chart)
    geometry = chart._geometry
    assert geometry is not None
    x, middle = round(geometry.axis.x(made.today)), round(geometry.panel.center().y())
    ink = QColor(theme.tokens().text)
    line = [image.pixelColor(x, y) == ink for y in range(round(geometry.panel.top()) + 2, middle + 40)]
    assert all(line[:10])
    assert not all(line)


@pytest.mark.parametrize("aside", [-60, -20, 0])
def test_no_number_beside_a_point_lies_across_the_line_of_today(aside: int) -> None:
    made = timeline()
    geometry = arrange(made, (made.start, made.end), 906, 350)
    picture_of = QImage(906, 350, QImage.Format.Format_ARGB32)
    painter = QPainter(picture_of)
    labels = Labels(painter, replace(made, panel=replace(made.panel, series=())), geometry)
    x = geometry.axis.x(made.today)
    assert geometry.panel.left() < x < geometry.panel.right()
    labels.write("63.4 %", QPointF(x + aside, geometry.panel.center().y()))
    painter.end()
    box = labels.taken[-1]
    assert box.x1 <= x or box.x0 >= x + 1


@pytest.mark.parametrize("name", ["dark", "contrast"])
def test_a_change_of_theme_redraws_curves_and_ground(
    chart: TimelineChart, qapp: QApplication, name: str
) -> None:
    theme.apply(qapp, name)
    image = picture(chart)
    place = chart.place_of(REFERENCE.id)
    assert place is not None
    assert image.pixelColor(place.toPoint()) == QColor(theme.tokens().fvc)
    assert image.pixelColor(3, 200) == QColor(theme.tokens().base)
    theme.apply(qapp, "light")


def test_every_lane_style_has_an_ink() -> None:
    assert set(EDGE_INK) == set(LaneStyle)


def test_the_picture_has_words_for_those_who_do_not_see_it(chart: TimelineChart) -> None:
    assert chart.accessibleDescription() == timeline().description
    assert "FVC" in chart.accessibleDescription()


def test_keys_read_record_by_record(qtbot: QtBot, chart: TimelineChart) -> None:
    chart.setFocus()
    with qtbot.waitSignal(chart.record_selected) as found:
        qtbot.keyClick(chart, Qt.Key.Key_End)
    assert found.args == ["test", LATEST.id]
    assert chart.read_out is not None
    assert chart.read_out.date == LATEST.date
    assert "12.03.2026" in chart.accessibleDescription()
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.read_out.date == dt.date(2025, 11, 10)
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    first = chart.read_out
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.read_out is first
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.read_out.date > first.date


def test_return_opens_the_record(qtbot: QtBot, chart: TimelineChart) -> None:
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_End)
    with qtbot.waitSignal(chart.record_activated) as opened:
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert opened.args == ["test", LATEST.id]


@pytest.mark.parametrize(
    ("key", "scale"),
    [(Qt.Key.Key_1, Scale.LITRES), (Qt.Key.Key_2, Scale.PERCENT), (Qt.Key.Key_3, Scale.Z)],
)
def test_one_key_asks_for_a_scale(qtbot: QtBot, chart: TimelineChart, key: Qt.Key, scale: Scale) -> None:
    with qtbot.waitSignal(chart.scale_requested) as asked:
        qtbot.keyClick(chart, key)
    assert asked.args == [scale.value]


def test_zoom_keeps_within_the_picture_and_zero_shows_all(qtbot: QtBot, chart: TimelineChart) -> None:
    whole = chart.shown_dates
    assert whole is not None
    for _ in range(20):
        qtbot.keyClick(chart, Qt.Key.Key_Plus)
    near = chart.shown_dates
    assert near is not None
    assert whole[0] <= near[0] < holloway.TODAY < near[1] <= whole[1]
    assert (near[1] - near[0]).days == 60
    qtbot.keyClick(chart, Qt.Key.Key_Minus)
    wider = chart.shown_dates
    assert wider is not None
    assert (wider[1] - wider[0]).days == 80
    qtbot.keyClick(chart, Qt.Key.Key_0)
    assert chart.shown_dates == whole


def test_reading_beyond_the_zoom_moves_the_window(qtbot: QtBot, chart: TimelineChart) -> None:
    for _ in range(6):
        qtbot.keyClick(chart, Qt.Key.Key_Plus)
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    shown, stop = chart.shown_dates, chart.read_out
    assert shown is not None
    assert stop is not None
    assert shown[0] <= stop.date <= shown[1]


def test_a_click_on_a_point_opens_its_test(qtbot: QtBot, chart: TimelineChart) -> None:
    at = chart.place_of(REFERENCE.id)
    assert at is not None
    with (
        qtbot.waitSignal(chart.record_selected) as selected,
        qtbot.waitSignal(chart.record_activated) as opened,
    ):
        viewport_click(qtbot, chart, at)
    assert selected.args == opened.args == ["test", REFERENCE.id]


def test_a_click_beside_everything_opens_nothing(qtbot: QtBot, chart: TimelineChart) -> None:
    with qtbot.assertNotEmitted(chart.record_activated):
        viewport_click(qtbot, chart, QPointF(300, 160))


def test_lanes_and_events_are_hit_in_their_rows() -> None:
    shown = timeline()
    geometry = arrange(shown, (shown.start, shown.end), 906, 350)
    for index, lane in enumerate(shown.lanes):
        at = QPointF(geometry.panel.center().x(), geometry.lanes[index].center().y())
        assert hit(shown, geometry, at) == ("therapy", lane.record_ids[-1])
    infection = holloway.adverse_events()[2]
    onset = infection.onset.exact
    assert onset is not None
    at = QPointF(geometry.axis.x(onset), geometry.adverse.center().y())
    assert hit(shown, geometry, at) == ("adverse_event", infection.id)
    admission = next(visit for visit in holloway.visits() if visit.admitted_nights)
    at = QPointF(geometry.axis.x(admission.date), geometry.other.center().y())
    assert hit(shown, geometry, at) == ("visit", admission.id)
    scan = holloway.scans()[0]
    at = QPointF(geometry.axis.x(scan.date), geometry.other.center().y())
    assert hit(shown, geometry, at) == ("hrct", scan.id)


def test_hovering_snaps_to_the_nearest_record(qtbot: QtBot, chart: TimelineChart) -> None:
    at = chart.place_of(REFERENCE.id)
    assert at is not None
    qtbot.mouseMove(chart._view.viewport(), (at + QPointF(3, 40)).toPoint())
    assert chart.read_out is not None
    assert abs(chart.read_out.date - REFERENCE.date).days <= 10


def test_dragging_selects_two_tests_and_escape_clears(qtbot: QtBot, chart: TimelineChart) -> None:
    first, last = chart.place_of(REFERENCE.id), chart.place_of(LATEST.id)
    assert first is not None
    assert last is not None
    port = chart._view.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=(last + QPointF(0, 50)).toPoint())
    qtbot.mouseMove(port, (first + QPointF(2, 60)).toPoint())
    with qtbot.waitSignal(chart.pair_dragged) as pair:
        qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=(first + QPointF(2, 60)).toPoint())
    assert pair.args == [REFERENCE.id, LATEST.id]
    with qtbot.waitSignal(chart.pair_dragged) as cleared:
        qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert cleared.args == ["", ""]


def test_shift_and_arrows_select_two_tests_and_escape_clears(qtbot: QtBot, chart: TimelineChart) -> None:
    tests = holloway.pfts()
    back, on = Qt.Key.Key_Left, Qt.Key.Key_Right
    with qtbot.waitSignal(chart.pair_dragged) as pair:
        qtbot.keyClick(chart, back, Qt.KeyboardModifier.ShiftModifier)
    assert pair.args == [tests[13].id, tests[14].id]
    with qtbot.waitSignal(chart.pair_dragged) as pair:
        qtbot.keyClick(chart, back, Qt.KeyboardModifier.ShiftModifier)
    assert pair.args == [tests[12].id, tests[14].id]
    first = chart.place_of(tests[12].id)
    assert first is not None
    assert ink_near(picture(chart), first + QPointF(11, 0), theme.tokens().accent, reach=2)
    with qtbot.waitSignal(chart.pair_dragged) as cleared:
        qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert cleared.args == ["", ""]
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    with qtbot.waitSignal(chart.pair_dragged) as pair:
        qtbot.keyClick(chart, on, Qt.KeyboardModifier.ShiftModifier)
    assert pair.args == [tests[0].id, tests[1].id]


def test_the_nearest_test_to_a_date() -> None:
    shown = timeline()
    assert nearest_test(shown, dt.date(2030, 1, 1)) == (LATEST.date, LATEST.id)
    assert nearest_test(shown, dt.date(2024, 12, 1)) == (REFERENCE.date, REFERENCE.id)


@pytest.mark.parametrize("size", [(560, 260), (906, 350), (1600, 800)])
def test_panel_and_rows_share_the_height_without_gaps(size: tuple[int, int]) -> None:
    shown = timeline()
    geometry = arrange(shown, (shown.start, shown.end), *size)
    assert geometry.panel.height() >= 120
    tops = [geometry.panel.bottom(), *(row.bottom() for row in geometry.lanes), geometry.adverse.bottom()]
    rows = [*geometry.lanes, geometry.adverse, geometry.other]
    assert tops == [row.top() for row in rows]
    assert geometry.y(geometry.low) == pytest.approx(geometry.panel.bottom())
    assert geometry.y(geometry.high) == pytest.approx(geometry.panel.top())


@pytest.mark.parametrize("scale", list(Scale))
def test_nothing_recorded_is_drawn_without_error(qtbot: QtBot, chart: TimelineChart, scale: Scale) -> None:
    nobody = PatientRecord(patient=replace(holloway.patient(), id="0" * 32))
    chart.show_timeline(timeline(nobody, scale))
    image = picture(chart)
    assert chart.accessibleDescription().startswith("No tests yet.")
    assert not image.isNull()
    qtbot.keyClick(chart, Qt.Key.Key_End)
    assert chart.read_out is None


@pytest.mark.parametrize("scale", list(Scale))
def test_every_scale_and_record_subset_is_drawn(chart: TimelineChart, scale: Scale) -> None:
    whole = holloway.record()
    for record in (
        replace(whole, tests=whole.tests[:1]),
        replace(whole, therapy=()),
        replace(whole, adverse_events=(), hrct=()),
        replace(whole, patient=replace(whole.patient, height_cm=None)),
    ):
        chart.show_timeline(timeline(record, scale))
        assert not picture(chart).isNull()


def test_of_merged_events_the_gravest_is_drawn_and_opened() -> None:
    shown = timeline()
    infection = next(mark for mark in shown.events if mark.record_id == holloway.adverse_events()[2].id)
    crowd = tuple(
        replace(infection, record_id=f"mild {day}", grade=1, serious=False, label="") for day in range(3)
    )
    crowded = replace(shown, events=(*crowd, infection))
    geometry = arrange(crowded, (crowded.start, crowded.end), 906, 350)
    at = QPointF(geometry.axis.x(infection.date), geometry.adverse.center().y())
    assert hit(crowded, geometry, at) == ("adverse_event", infection.record_id)


def test_a_chart_that_grows_draws_marks_where_it_says_and_one_that_is_cleared_shows_nobody(
    chart: TimelineChart,
) -> None:
    usual = chart.place_of(LATEST.id)
    chart.resize(1812, 700)
    chart.grow(2.0)
    grown = chart.place_of(LATEST.id)
    assert usual is not None
    assert grown is not None
    assert (grown.x(), grown.y()) == pytest.approx((2 * usual.x(), 2 * usual.y()), abs=2)
    assert ink_near(picture(chart), grown, theme.tokens().fvc, reach=1)
    chart.clear()
    assert chart.place_of(LATEST.id) is None
    assert chart.accessibleDescription() == ""
    assert not ink_near(picture(chart), grown, theme.tokens().fvc, reach=9)
