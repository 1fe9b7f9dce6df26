"""The time-line as a picture for elsewhere: pixels, SVG or a PDF page, always in the light colours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter

from ctdild_desktop.figures.scene import Timeline
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts import drawn, whole
from ctdild_desktop.ui.charts.geometry import arrange, least_height

_WIDTH, _HEIGHT = 1180, 520
_HEAD, _FOOT, _EDGE = 46, 26, 12
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_SIZES = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}
_TITLE = "Lung function over time"
"""Of the file; it names nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A time-line with the words around it; ``window`` is the stretch that is shown."""

    timeline: Timeline
    window: tuple[dt.date, dt.date]
    title: str
    subtitle: str
    foot: str

    @property
    def size(self) -> QSize:
        """Width and height in the screen's pixels."""
        high = max(theme.scaled(_HEIGHT), least_height(self.timeline) + theme.scaled(60))
        return QSize(theme.scaled(_WIDTH), high + theme.scaled(_HEAD + _FOOT) + 2 * _EDGE)


def png(picture: Picture) -> bytes:
    """The picture as a PNG file."""
    return drawn.png_of(picture.size, partial(_paint, picture))


def svg(picture: Picture) -> bytes:
    """The picture as an SVG file, whose lines and letters stay sharp at every size."""
    return drawn.svg_of(picture.size, partial(_paint, picture), _TITLE, picture.timeline.panel.axis_text)


def pdf(picture: Picture, size: str = "A4") -> bytes:
    """The picture on one page across, A4 or Letter, to be printed."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(_TITLE)
    writer.setCreator("CTD-ILD Desktop")
    writer.setResolution(300)
    layout = QPageLayout(
        QPageSize(_SIZES[size]),
        QPageLayout.Orientation.Landscape,
        QMarginsF(12, 12, 12, 12),
        QPageLayout.Unit.Millimeter,
    )
    writer.setPageLayout(layout)
    room = layout.paintRectPixels(300)
    scale = min(room.width() / picture.size.width(), room.height() / picture.size.height())
    drawn.paint_light(writer, picture.size, scale, partial(_paint, picture))
    return bytes(buffer.data().data())


def _paint(picture: Picture, painter: QPainter) -> None:
    size = picture.size
    _paint_words(painter, picture)
    painter.translate(_EDGE, _EDGE + theme.scaled(_HEAD))
    wide = float(size.width() - 2 * _EDGE)
    high = float(size.height() - 2 * _EDGE - theme.scaled(_HEAD + _FOOT))
    geometry = arrange(picture.timeline, picture.window, wide, high)
    whole.paint_below(painter, picture.timeline, geometry)
    whole.paint_curves(painter, picture.timeline.panel, geometry)
    whole.paint_above(painter, picture.timeline, geometry)


def _paint_words(painter: QPainter, picture: Picture) -> None:
    size = picture.size
    wide = float(size.width() - 2 * _EDGE)
    painter.setFont(theme.font(4, bold=True))
    painter.setPen(theme.color("text"))
    high = QFontMetricsF(painter.font()).height()
    painter.drawText(QRectF(_EDGE, _EDGE, wide, high), _LEFT, picture.title)
    painter.setFont(theme.font())
    painter.drawText(QRectF(_EDGE, _EDGE + high, wide, theme.scaled(18)), _LEFT, picture.subtitle)
    painter.setFont(theme.font(-1))
    painter.setPen(theme.color("text2"))
    foot = QRectF(_EDGE, size.height() - _EDGE - theme.scaled(18), wide, theme.scaled(18))
    painter.drawText(foot, _LEFT, picture.foot)
