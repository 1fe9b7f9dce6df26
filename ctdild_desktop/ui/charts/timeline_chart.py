"""The stacked time-line: lung function, therapy and events on one date axis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsItem, QSizePolicy, QWidget

from ctdild_desktop.figures.scene import Scale, Timeline
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts import paint_overlay, whole
from ctdild_desktop.ui.charts.geometry import Geometry, arrange, days_of_tests, least_height
from ctdild_desktop.ui.charts.grown_view import GrownView
from ctdild_desktop.ui.charts.hits import hit, nearest_test, on_folded, record_kind
from ctdild_desktop.ui.charts.layer import Layer
from ctdild_desktop.ui.charts.stops import TEST, Stop, nearest, stops_of
from ctdild_desktop.ui.widgets import glyphs

_DRAG = 6.0
_LEAST_DAYS = 60
_SCALE_KEYS = {Qt.Key.Key_1: Scale.LITRES, Qt.Key.Key_2: Scale.PERCENT, Qt.Key.Key_3: Scale.Z}
_ZOOM_KEYS = {Qt.Key.Key_Plus: 0.75, Qt.Key.Key_Equal: 0.75, Qt.Key.Key_Minus: 1 / 0.75}


_SPAN_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class TimelineChart(QWidget):
    """Draws a :class:`Timeline` and lets a person read it by pointer or keyboard.

    Left, Right, Home and End move the read-out from record to record, Return opens the record, 1, 2 and 3 ask
    for litres, % predicted and z, Ctrl+wheel, + and − zoom, 0 shows all, Esc clears.
    Dragging, or Shift with Left and Right, selects two tests.
    """

    record_activated = Signal(str, str)
    """Kind (``test``, ``therapy``, ``adverse_event``, ``hrct``, ``visit``, ``diagnosis``) and id to open."""
    record_selected = Signal(str, str)
    """Kind and id that the read-out stands on."""
    pair_dragged = Signal(str, str)
    """Ids of the earlier and later test of a drag; two empty texts when it was cleared."""
    drugs_asked = Signal()
    """The drugs that are not drawn shall be drawn, too."""
    scale_requested = Signal(str)
    """Value of the :class:`Scale` that a key asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline_chart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._timeline: Timeline | None = None
        self._geometry: Geometry | None = None
        self._window: tuple[dt.date, dt.date] | None = None
        self._stops: tuple[Stop, ...] = ()
        self._at = -1
        self._selected = ""
        self._pressed: QPointF | None = None
        self._span: tuple[str, str] | None = None
        self._ends: tuple[int, int] | None = None
        self._view = GrownView(self)
        self._under = Layer(self._paint_under, -10)
        self._under.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._over = Layer(self._paint_over, 20)
        for item in (self._under, self._over):
            self._view.scene().addItem(item)
        self._view.viewport().installEventFilter(self)
        self._view.viewport().setMouseTracking(True)
        theme.state().changed.connect(self._on_theme)

    # what is shown

    def show_timeline(self, timeline: Timeline, remarks: Mapping[str, str] | None = None) -> None:
        """Draw a new picture. The zoom stays while the picture's own dates stay.

        ``remarks`` are what the read-out says besides of tests, by their ids.
        """
        old = self._timeline
        self._timeline = timeline
        if old is None or (old.start, old.end) != (timeline.start, timeline.end) or self._window is None:
            self._window = (timeline.start, timeline.end)
        kept = self._stops[self._at] if 0 <= self._at < len(self._stops) else None
        self._stops = stops_of(timeline, remarks)
        self._at = -1
        if kept is not None and any(stop.date == kept.date for stop in self._stops):
            self._at = nearest(self._stops, kept.date)
        self.setAccessibleName(self.tr("Time-line of lung function, therapy and events"))
        self.setAccessibleDescription(timeline.description)
        self.updateGeometry()
        self._place()

    def clear(self) -> None:
        """Show nothing: what follows is somebody else."""
        self._timeline = self._geometry = self._window = self._span = self._ends = None
        self._stops, self._at, self._selected = (), -1, ""
        self.setAccessibleDescription("")
        self._under.update()
        self._over.update()

    def grow(self, factor: float) -> None:
        """Draw everything this many times as large, type and marks included: for those who sit far away."""
        if factor != self._view.growth:
            self._view.grow(factor)
            self.updateGeometry()
            self._redraw()

    def show_all(self) -> None:
        """Undo every zoom."""
        if self._timeline is not None:
            self._window = (self._timeline.start, self._timeline.end)
            self._place()

    @property
    def shown_dates(self) -> tuple[dt.date, dt.date] | None:
        """First and last day of the axis as zoomed."""
        return self._window

    @property
    def read_out(self) -> Stop | None:
        """The record that the read-out stands on."""
        return self._stops[self._at] if 0 <= self._at < len(self._stops) else None

    def select_test(self, record_id: str) -> None:
        """Mark a test, as a selected row of the table does; emits nothing."""
        if record_id != self._selected:
            self._selected = record_id
            self._over.update()

    def place_of(self, record_id: str) -> QPointF | None:
        """Where the first point of a test stands in the chart; None when it is not shown."""
        if self._timeline is None or self._geometry is None:
            return None
        for series in self._timeline.panel.series:
            for point in series.points:
                if point.record_id == record_id and self._geometry.axis.shows(point.date):
                    return paint_overlay.position(self._geometry, point) * self._view.growth
        return None

    def sizeHint(self) -> QSize:
        """The size of the picture at 1366 × 768."""
        return QSize(theme.scaled(900), theme.scaled(350))

    def minimumSizeHint(self) -> QSize:
        """All rows, and a panel that can still be read."""
        return QSize(theme.scaled(480), least_height(self._timeline)) * self._view.growth

    # Qt events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange everything anew."""
        super().resizeEvent(event)
        self._view.setGeometry(self.rect())
        self._place()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring and begin at the latest record."""
        super().focusInEvent(event)
        self._over.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take ring and read-out away."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._at = -1
        self._over.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer the keys of the chart; leave all others to the page."""
        key = Qt.Key(event.key())
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and key in _SPAN_KEYS:
            self._extend(_SPAN_KEYS[key])
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            self._step(key)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.read_out is not None:
            stop = self._stops[self._at]
            self.record_activated.emit(record_kind(stop.kind), stop.record_id)
        elif key in _SCALE_KEYS:
            self.scale_requested.emit(_SCALE_KEYS[key].value)
        elif key in _ZOOM_KEYS:
            stop_date = self.read_out.date if self.read_out is not None else None
            self.zoom(_ZOOM_KEYS[key], stop_date)
        elif key == Qt.Key.Key_0:
            self.show_all()
        elif key == Qt.Key.Key_Escape and (self._span is not None or self._at >= 0):
            self._clear()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take pointer and wheel away from the view, which would pan and zoom in its own way."""
        if isinstance(event, QMouseEvent):
            self._on_mouse(event)
            return True
        if isinstance(event, QWheelEvent):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._geometry is not None:
                around = self._geometry.axis.date(event.position().x() / self._view.growth)
                self.zoom(0.8 if event.angleDelta().y() > 0 else 1.25, around)
                event.accept()
            else:
                event.ignore()
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._redraw()
        elif event.type() == QEvent.Type.Leave and not self.hasFocus():
            self._move_to(-1)
        return super().eventFilter(watched, event)

    def zoom(self, factor: float, around: dt.date | None = None) -> None:
        """Show ``factor`` times as many days around a date (today), within the picture's own dates."""
        if self._timeline is None or self._window is None:
            return
        start, end = self._window
        whole = (self._timeline.end - self._timeline.start).days
        days = min(max(round((end - start).days * factor), min(_LEAST_DAYS, whole)), whole)
        wanted = around if around is not None else self._timeline.today
        middle = min(max(wanted, start), end)
        share = (middle - start).days / max((end - start).days, 1)
        first = middle - dt.timedelta(days=round(days * share))
        first = max(first, self._timeline.start)
        first = min(first, self._timeline.end - dt.timedelta(days=days))
        self._window = (first, first + dt.timedelta(days=days))
        self._place()

    # inner works

    def _on_mouse(self, event: QMouseEvent) -> None:
        timeline, geometry = self._timeline, self._geometry
        if timeline is None or geometry is None:
            return
        at, kind = event.position() / self._view.growth, event.type()
        left = event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonPress and left:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pressed = at
        elif kind == QEvent.Type.MouseMove:
            dragging = self._pressed is not None and abs(at.x() - self._pressed.x()) > _DRAG
            if dragging and self._pressed is not None:
                self._drag(self._pressed, at)
            elif geometry.body.contains(at):
                self._move_to(nearest(self._stops, geometry.axis.date(at.x())))
                under = hit(timeline, geometry, at)
                shape = Qt.CursorShape.PointingHandCursor if under else Qt.CursorShape.ArrowCursor
                self._view.viewport().setCursor(shape)
            else:
                self._move_to(-1)
                folded = on_folded(timeline, geometry, at)
                shape = Qt.CursorShape.PointingHandCursor if folded else Qt.CursorShape.ArrowCursor
                self._view.viewport().setCursor(shape)
        elif kind == QEvent.Type.MouseButtonRelease and left and self._pressed is not None:
            moved = abs(at.x() - self._pressed.x()) > _DRAG
            self._pressed = None
            if moved and self._span is not None:
                self.pair_dragged.emit(*self._span)
            elif not moved:
                self._click(timeline, geometry, at)

    def _click(self, timeline: Timeline, geometry: Geometry, at: QPointF) -> None:
        under = hit(timeline, geometry, at)
        if under is None:
            if on_folded(timeline, geometry, at):
                self.drugs_asked.emit()
            return
        if under[0] == TEST:
            self._selected = under[1]
            self._over.update()
            self.record_selected.emit(*under)
        self.record_activated.emit(*under)

    def _drag(self, first: QPointF, last: QPointF) -> None:
        if self._timeline is None or self._geometry is None:
            return
        ends = [
            nearest_test(self._timeline, self._geometry.axis.date(at.x()))
            for at in sorted((first, last), key=lambda at: at.x())
        ]
        if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
            return
        span = (ends[0][1], ends[1][1])
        if span != self._span:
            self._span, self._ends = span, None
            self._at = -1
            self._over.update()

    def _extend(self, step: int) -> None:
        """Move one end of the selected stretch to the next test; it begins where the read-out stands."""
        if self._timeline is None:
            return
        days = days_of_tests(self._timeline.panel)
        if len(days) < 2:
            return
        if self._span is None or self._ends is None:
            stop = self.read_out
            start = stop.date if stop is not None else days[-1][0]
            near = min(range(len(days)), key=lambda index: abs((days[index][0] - start).days))
            self._ends = (near, near)
        fixed, moved = self._ends
        moved = min(max(moved + step, 0), len(days) - 1)
        if moved == fixed:
            moved = min(max(moved + step, 0), len(days) - 1)
        if moved == fixed:
            return
        self._ends = (fixed, moved)
        first, last = sorted(self._ends)
        self._span = (days[first][1], days[last][1])
        self._over.update()
        self.pair_dragged.emit(*self._span)

    def _clear(self) -> None:
        had = self._span is not None
        self._span = self._ends = None
        self._at = -1
        self._over.update()
        if had:
            self.pair_dragged.emit("", "")

    def _step(self, key: Qt.Key) -> None:
        count = len(self._stops)
        if not count:
            return
        if key == Qt.Key.Key_Home:
            target = 0
        elif key == Qt.Key.Key_End or self._at < 0:
            target = count - 1
        else:
            target = min(max(self._at + (1 if key == Qt.Key.Key_Right else -1), 0), count - 1)
        self._move_to(target)
        stop = self._stops[target]
        if self._window is not None and not self._window[0] <= stop.date <= self._window[1]:
            self._pan_to(stop.date)
        self.setAccessibleDescription(stop.spoken)
        self.record_selected.emit(record_kind(stop.kind), stop.record_id)

    def _pan_to(self, date: dt.date) -> None:
        if self._window is None or self._timeline is None:
            return
        start, end = self._window
        shift = date - start if date < start else date - end
        self._window = (start + shift, end + shift)
        self._place()

    def _move_to(self, index: int) -> None:
        if index != self._at:
            self._at = index
            self._over.update()

    def _on_theme(self) -> None:
        self._redraw()

    def _redraw(self) -> None:
        if self._timeline is not None:
            self._place()

    def _place(self) -> None:
        if self._timeline is None or self._window is None or self.width() < 2 or self.height() < 2:
            return
        area = QRectF(0, 0, self.width() / self._view.growth, self.height() / self._view.growth)
        self._geometry = arrange(self._timeline, self._window, area.width(), area.height())
        self._under.set_area(area)
        self._over.set_area(area)

    def _paint_under(self, painter: QPainter) -> None:
        timeline, geometry = self._timeline, self._geometry
        if timeline is None or geometry is None:
            return
        whole.paint_below(painter, timeline, geometry)
        whole.paint_curves(painter, timeline.panel, geometry)

    def _paint_over(self, painter: QPainter) -> None:
        timeline, geometry = self._timeline, self._geometry
        if timeline is None or geometry is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._span is not None:
            xs = [self._x_of(record) for record in self._span]
            if xs[0] is not None and xs[1] is not None:
                paint_overlay.paint_span(painter, geometry, xs[0], xs[1])
                for record in self._span:
                    paint_overlay.paint_rings(painter, timeline.panel, geometry, record)
        whole.paint_above(painter, timeline, geometry)
        if self._selected:
            paint_overlay.paint_selection(painter, timeline.panel, geometry, self._selected)
        stop = self.read_out
        if stop is not None:
            paint_overlay.paint_read_out(painter, timeline.panel, geometry, stop)
        if self.hasFocus():
            painter.setPen(glyphs.pen(theme.color("focus"), 2))
            painter.setBrush(glyphs.NO_BRUSH)
            painter.drawRect(geometry.body.adjusted(-1, 0, 1, 1))

    def _x_of(self, record_id: str) -> float | None:
        place = self.place_of(record_id)
        return None if place is None else place.x() / self._view.growth
