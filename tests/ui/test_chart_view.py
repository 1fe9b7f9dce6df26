"""The picture of an analysis on the screen: what stands where, and reading it by keyboard and pointer."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from ctdild_desktop.figures.chart import Chart, Meaning
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts import chart_picture
from ctdild_desktop.ui.charts.chart_layout import lay_out, least_height
from ctdild_desktop.ui.charts.chart_view import ChartView
from ctdild_desktop.ui.charts.paint_chart import paint_chart
from tests.support import charts

pytestmark = pytest.mark.usefixtures("qapp")  # sizes follow the application's font

LONG = ("rituximab después de micofenolato y prednisolona", "micofenolato", "azatioprina", "ciclofosfamida")
ALL: tuple[Callable[[], Chart], ...] = (
    charts.pairs,
    charts.curves,
    lambda: charts.curves(LONG),
    charts.balance,
    charts.rates,
    charts.nothing,
)
NAMES = ("pairs", "curves", "long curves", "balance", "rates", "nothing")


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> ChartView:
    theme.apply(qapp, "light")
    made = ChartView()
    qtbot.addWidget(made)
    made.resize(500, 330)
    made.show_chart(charts.pairs())
    with qtbot.waitExposed(made):
        made.show()
    return made


def written(chart: Chart, width: float, height: float) -> tuple[list[tuple[str, Box]], Box]:
    """What is written where, and the area of the picture."""
    layout = lay_out(chart, width, max(height, least_height(chart, width)))
    image = QImage(round(width), round(layout.height), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    words = paint_chart(painter, layout)
    painter.end()
    return words.written, Box(0, 0, width, layout.height)


@pytest.mark.parametrize("size", [(330, 0), (500, 330), (900, 420)])
@pytest.mark.parametrize("make", ALL, ids=NAMES)
def test_texts_stand_within_the_picture_and_apart(make: Callable[[], Chart], size: tuple[int, int]) -> None:
    texts, area = written(make(), *size)
    assert texts
    for text, box in texts:
        assert box.inside(area, slack=1), text
    for (first, one), (second, other) in itertools.combinations(texts, 2):
        apart = Box(one.x0 + 1, one.y0 + 1, one.x1 - 1, one.y1 - 1)
        assert not apart.meets(other), f"{first} / {second}"


def test_every_value_is_written_beside_its_mark() -> None:
    texts = {text for text, _box in written(charts.pairs(), 500, 330)[0]}
    assert {"−9.8 %", "+5.9 %", "−13.3 %", "+8.9 %", "median, quartiles (n = 17)", "± 10 %"} <= texts
    below = [text for text, _box in written(charts.curves(), 500, 330)[0]]
    assert [text for text in below if text.isdigit() and int(text) > 6] == [
        *("24", "22", "19", "15", "11"),
        *("31", "28", "22", "18", "12", "7"),
    ]


def test_what_is_own_is_filled_and_what_is_published_hollow(view: ChartView) -> None:
    image = view.grab().toImage()
    layout = lay_out(charts.pairs(), 500, 330)
    assert image.pixelColor(layout.at((1.09, 5.9)).toPoint()) == QColor(theme.tokens().fvc)
    assert image.pixelColor(layout.at((1.2, 8.9)).toPoint()) == QColor(theme.tokens().base)


def test_an_empty_picture_says_why_and_draws_no_axis() -> None:
    texts = [text for text, _box in written(charts.nothing(), 500, 330)[0]]
    assert texts[1:] == ["0 of 24 can be analysed: 17 have no test before."]


def test_arrows_walk_the_patients_and_enter_opens_one(qtbot: QtBot, view: ChartView) -> None:
    assert (view.accessibleName(), view.accessibleDescription()[:12]) == (
        charts.pairs().title,
        "FVC fell by ",
    )
    view.setFocus()
    opened: list[str] = []
    view.patient_requested.connect(opened.append)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert not opened  # nobody is in hand
    qtbot.keyClick(view, Qt.Key.Key_Down)  # from the top: who gained most
    assert view.read_out == view.accessibleDescription() == "before -9.8 %, after 18.9 %"
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.read_out == "before -4.8 %, after 15.0 %"
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.keyClick(view, Qt.Key.Key_End)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened == ["p12", "p13"]
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.read_out == ""


def test_pointing_reads_out_and_a_double_click_opens(qtbot: QtBot, view: ChartView) -> None:
    layout = lay_out(charts.pairs(), 500, 330)
    qtbot.mouseMove(view, layout.at((1.09, 5.9)).toPoint())
    assert view.read_out == "median after: +5.9 %, quartiles 1.8 to 9.7"
    place = view.place_of("p0")
    assert place is not None
    with qtbot.waitSignal(view.patient_requested) as opened:
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert opened.args == ["p0"]
    qtbot.mouseMove(view, QPointF(layout.plot.left() + 3, layout.plot.bottom() - 3).toPoint())
    assert view.read_out == ""


def test_copy_and_the_menu_ask_for_the_picture(qtbot: QtBot, view: ChartView) -> None:
    asked: list[str] = []
    view.picture_requested.connect(asked.append)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view, Qt.Key.Key_P)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    for act in menu.actions():
        act.trigger()
    menu.close()
    assert asked == ["clipboard", "clipboard", "png", "svg"]


def test_other_colours_and_another_picture_are_drawn_at_once(view: ChartView, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    assert view.grab().toImage().pixelColor(3, 3) == QColor(theme.tokens().base)
    theme.apply(qapp, "light")
    view.show_chart(charts.pairs("DLCO", Meaning.DLCO))
    image = view.grab().toImage()
    at = lay_out(charts.pairs("DLCO", Meaning.DLCO), 500, 330).at((1.09, 5.9)).toPoint()
    assert image.pixelColor(at) == QColor(theme.tokens().dlco)
    view.set_faded(on=True)
    assert view.grab().toImage().pixelColor(at) != QColor(theme.tokens().dlco)
    view.clear()
    assert (view.chart, view.accessibleDescription(), view.place_of("p0")) == (None, "", None)


def test_the_picture_for_elsewhere_is_light_and_has_its_words(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    made = chart_picture.ChartPicture(chart=charts.pairs(), above="rituximab", below="CTD-ILD Desktop")
    image = QImage.fromData(chart_picture.png(made), "PNG")
    assert image.size() == made.size * 2
    assert image.pixelColor(2, 2) == QColor("white")
    drawn = chart_picture.svg(made).decode()
    for text in (charts.pairs().title, charts.pairs().description, "rituximab", "before first infusion"):
        assert text in drawn
    assert theme.tokens().name == "dark"
