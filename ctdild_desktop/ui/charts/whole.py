"""The whole time-line, painted part after part: below the curves, the curves, and what marks them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from ctdild_desktop.figures.scene import LungPanel, Timeline
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts import paint_frame, paint_overlay
from ctdild_desktop.ui.charts.geometry import Geometry
from ctdild_desktop.ui.charts.paint_events import paint_events
from ctdild_desktop.ui.charts.paint_lanes import paint_folded, paint_lanes
from ctdild_desktop.ui.charts.paint_series import paint_series
from ctdild_desktop.ui.charts.paint_strips import paint_epochs, paint_fits, paint_strips
from ctdild_desktop.ui.widgets import glyphs


def _tr(text: str) -> str:
    return QCoreApplication.translate("TimelineChart", text)


def paint_below(painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
    """Everything that lies under the curves: grounds, rows, names, the Now column."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_frame.paint_ground(painter, timeline, geometry)
    paint_strips(painter, timeline, geometry)
    if timeline.epochs is not None:
        paint_epochs(painter, timeline.epochs, geometry)
    paint_lanes(painter, timeline, geometry)
    paint_frame.paint_verticals(painter, timeline, geometry)
    paint_events(painter, timeline, geometry, (_tr("Adverse events"), _tr("CT, H, MDT")))
    paint_folded(painter, timeline, geometry)
    paint_frame.paint_edges(painter, geometry)
    if timeline.panel.series:
        paint_frame.paint_now(painter, timeline.panel, geometry)
    elif timeline.panel.empty_text:
        painter.setFont(theme.font())
        painter.setPen(theme.color("text"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        box, text = geometry.panel.adjusted(20, 0, -20, 0), timeline.panel.empty_text
        ground = painter.boundingRect(box, int(flags), text).adjusted(-4, -2, 4, 2)
        painter.fillRect(ground, theme.color("base"))  # no line of a day goes through the words
        painter.drawText(box, flags, text)


def paint_curves(painter: QPainter, panel: LungPanel, geometry: Geometry) -> None:
    """Band, limits, lines and marks of the first panel."""
    painter.save()
    painter.setClipRect(geometry.panel)
    band = panel.band
    span = geometry.axis.clip(band.start, band.end) if band is not None else None
    if band is not None and span is not None:
        top, bottom = geometry.y(band.top), geometry.y(band.bottom)
        painter.fillRect(QRectF(span[0], top, span[1] - span[0], bottom - top), theme.color("band"))
        for y, width, dashes in ((top, 1.0, (1.0, 2.0)), (bottom, 1.2, ())):
            painter.setPen(glyphs.pen(theme.color("fvc"), width, dashes))
            painter.drawLine(QPointF(span[0], y), QPointF(span[1], y))
    painter.setPen(glyphs.pen(theme.color("lln"), 1, (1, 3)))
    painter.setBrush(glyphs.NO_BRUSH)
    for limit in panel.limits:
        points = [QPointF(geometry.axis.x(day), geometry.y(value)) for day, value in limit.points]
        painter.drawPolyline(QPolygonF(points))
    for series in panel.series:
        paint_series(painter, series, geometry.axis, geometry.y)
    painter.restore()


def paint_above(painter: QPainter, timeline: Timeline, geometry: Geometry) -> None:
    """What stands over the curves: fitted lines, rings, and the words beside points."""
    if timeline.epochs is not None:
        paint_fits(painter, timeline.panel, timeline.epochs, geometry)
    paint_overlay.paint_marks(painter, timeline, geometry)
