"""The picture of an analysis for elsewhere: pixels or SVG, with the words that say what it is."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter

from ctdild_desktop.figures.chart import Chart
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts import drawn
from ctdild_desktop.ui.charts.chart_layout import lay_out, least_height
from ctdild_desktop.ui.charts.chart_words import LEFT, Words, line_height, lines_of
from ctdild_desktop.ui.charts.paint_chart import paint_chart

_WIDTH, _HEIGHT, _EDGE = 760, 460, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPicture:
    """A picture with whom it is about above it, and by what it was made below."""

    chart: Chart
    above: str
    below: str

    @property
    def size(self) -> QSize:
        """Width and height in the screen's pixels."""
        wide = theme.scaled(_WIDTH)
        high = max(theme.scaled(_HEIGHT), least_height(self.chart, wide))
        lines = len(self._lines(self.above)) + len(self._lines(self.below))
        return QSize(wide, round(high + lines * line_height() + 2 * theme.scaled(_EDGE)))

    def _lines(self, text: str) -> tuple[str, ...]:
        return lines_of(text, theme.scaled(_WIDTH - 2 * _EDGE), most=3)

    def paint(self, painter: QPainter) -> None:
        """Draw words and picture."""
        words, edge, line = Words(painter), theme.scaled(_EDGE), line_height()
        wide, high = float(self.size.width()), float(self.size.height())
        top = float(edge)
        for text in self._lines(self.above):
            words.write(text, QRectF(edge, top, wide, line), LEFT)
            top += line
        below = self._lines(self.below)
        foot = high - edge - len(below) * line
        for at, text in enumerate(below):
            words.write(text, QRectF(edge, foot + at * line, wide, line), LEFT)
        painter.translate(0, top)
        paint_chart(painter, lay_out(self.chart, wide, foot - top))


def png(picture: ChartPicture) -> bytes:
    """The picture as a PNG file."""
    return drawn.png_of(picture.size, picture.paint)


def svg(picture: ChartPicture) -> bytes:
    """The picture as an SVG file, whose lines and letters stay sharp at every size."""
    return drawn.svg_of(picture.size, picture.paint, picture.chart.title, picture.chart.description)
