"""The picture of an analysis on the screen, to be read by pointer or keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from ctdild_desktop.figures.chart import Chart, Line
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.charts.chart_hits import Hits, Reached, reached_of, stops_of
from ctdild_desktop.ui.charts.chart_inks import dot_size, ink_for, is_filled
from ctdild_desktop.ui.charts.chart_layout import Layout, lay_out, least_height
from ctdild_desktop.ui.charts.chart_words import LEFT, lines_of
from ctdild_desktop.ui.charts.paint_chart import paint_chart, paint_ground
from ctdild_desktop.ui.charts.paint_chart_marks import paint_line
from ctdild_desktop.ui.charts.paint_series import paint_marker
from ctdild_desktop.ui.widgets import glyphs

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_OPENS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_READ_OUT = 300
_FADED = 0.45


class ChartView(QWidget):
    """Draws a :class:`Chart`.

    Arrows, Home and End walk the marks of patients, Enter or a double click opens the patient, Ctrl+C copies
    the picture, P opens its menu, Esc ends the walk. Nobody's name is drawn.
    """

    patient_requested = Signal(str)
    picture_requested = Signal(str)
    """``clipboard``, ``png`` or ``svg``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chart_view")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._chart: Chart | None = None
        self._layout: Layout | None = None
        self._drawn: QPixmap | None = None
        self._reached: tuple[Reached, ...] = ()
        self._hits = Hits(())
        self._stops: tuple[int, ...] = ()
        self._at = -1
        """Place in ``_reached`` of what is read out."""
        self._faded = False
        self._make_menu()
        theme.state().changed.connect(self._redraw)

    def _make_menu(self) -> None:
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for form, words in (
            ("clipboard", self.tr("&Copy the picture")),
            ("png", self.tr("Save the picture as &PNG…")),
            ("svg", self.tr("Save the picture as &SVG…")),
        ):
            act = QAction(words, self)
            act.triggered.connect(lambda _checked=False, form=form: self.picture_requested.emit(form))
            self.addAction(act)

    # what is shown

    def show_chart(self, chart: Chart) -> None:
        """Draw another picture."""
        self._chart, self._at = chart, -1
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(chart.description or chart.empty_text)
        self.updateGeometry()
        self._redraw()

    def set_faded(self, *, on: bool) -> None:
        """Draw it pale: what it says is of an older question."""
        if on != self._faded:
            self._faded = on
            self.update()

    def clear(self) -> None:
        """Draw nothing: what was drawn is of people."""
        self._chart = self._layout = self._drawn = None
        self._reached, self._stops, self._at = (), (), -1
        self._hits = Hits(())
        self.setAccessibleName("")
        self.setAccessibleDescription("")
        self.update()

    @property
    def chart(self) -> Chart | None:
        """What is shown."""
        return self._chart

    @property
    def read_out(self) -> str:
        """What is said of the mark in hand; empty for none."""
        return self._reached[self._at].mark.read_out if self._at >= 0 else ""

    def place_of(self, patient_id: str) -> QPointF | None:
        """Where the mark of a patient ends; None when there is none."""
        return next((one.end for one in self._reached if one.mark.patient_id == patient_id), None)

    # sizes

    def sizeHint(self) -> QSize:
        """A width at which two stand beside each other at 1366 pixels."""
        return QSize(theme.scaled(480), max(theme.scaled(270), self.heightForWidth(theme.scaled(480))))

    def minimumSizeHint(self) -> QSize:
        """The narrowest picture that can be read."""
        wide = theme.scaled(320)
        return QSize(wide, self.heightForWidth(wide))

    def hasHeightForWidth(self) -> bool:
        """A narrow key has more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The least height at a width."""
        return theme.scaled(160) if self._chart is None else least_height(self._chart, width)

    # Qt events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out anew."""
        super().resizeEvent(event)
        self._redraw()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take ring and read-out away."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._move_to(-1)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer the keys of the picture; leave all others to the page."""
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.picture_requested.emit("clipboard")
        elif event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif self._stops and (key in _STEPS or key in (Qt.Key.Key_Home, Qt.Key.Key_End)):
            self._walk(key)
        elif key in _OPENS and self._at >= 0:
            self._open()
        elif key == Qt.Key.Key_P:
            self._open_menu()
        elif key == Qt.Key.Key_Escape and self._at >= 0:
            self._move_to(-1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the keyboard."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._move_to(self._hits.nearest(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the patient of a mark."""
        self._move_to(self._hits.nearest(event.position()))
        self._open()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is pointed at."""
        under = self._hits.nearest(event.position())
        self._move_to(under)
        opens = under >= 0 and bool(self._reached[under].mark.patient_id)
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        """Read out nothing, unless the keyboard is here."""
        super().leaveEvent(event)
        if not self.hasFocus():
            self._move_to(-1)

    def event(self, event: QEvent) -> bool:
        """Draw anew on a screen of another scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._redraw()
        return super().event(event)

    # inner works

    def _walk(self, key: Qt.Key) -> None:
        last = len(self._stops) - 1
        if key == Qt.Key.Key_Home:
            target = 0
        elif key == Qt.Key.Key_End:
            target = last
        elif self._at not in self._stops:
            target = 0 if _STEPS[key] > 0 else last
        else:
            target = min(max(self._stops.index(self._at) + _STEPS[key], 0), last)
        self._move_to(self._stops[target])
        self.setAccessibleDescription(self.read_out)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.actions())
        menu.popup(self.mapToGlobal(QPoint(theme.scaled(10), theme.scaled(24))))
        menu.setActiveAction(self.actions()[0])

    def _open(self) -> None:
        who = self._reached[self._at].mark.patient_id if self._at >= 0 else ""
        if who:
            self.patient_requested.emit(who)

    def _move_to(self, index: int) -> None:
        if index != self._at:
            self._at = index
            self.update()

    def _redraw(self) -> None:
        self._drawn = None
        kept = self._reached[self._at].mark if 0 <= self._at < len(self._reached) else None
        if self._chart is not None and self.width() > 1 and self.height() > 1:
            self._layout = lay_out(self._chart, float(self.width()), float(self.height()))
            self._reached = reached_of(self._layout)
            self._hits = Hits(self._reached)
            self._stops = stops_of(self._reached)
        found = [index for index, one in enumerate(self._reached) if one.mark is kept]
        self._at = found[0] if found else -1
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture as it was drawn before, and above it what is read out."""
        painter = QPainter(self)
        if self._layout is None:
            paint_ground(painter, QRectF(self.rect()))
            return
        if self._drawn is None:
            self._drawn = self._draw(self._layout)
        painter.drawPixmap(0, 0, self._drawn)
        if self._faded:
            veil = theme.color("base")
            veil.setAlphaF(_FADED)
            painter.fillRect(self.rect(), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._at >= 0:
            self._paint_read_out(painter, self._layout, self._reached[self._at])
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setPen(glyphs.pen(theme.color("focus"), 2))
            painter.setBrush(glyphs.NO_BRUSH)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _draw(self, layout: Layout) -> QPixmap:
        ratio = self.devicePixelRatioF()
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        painter = QPainter(made)
        paint_ground(painter, QRectF(self.rect()))
        paint_chart(painter, layout)
        painter.end()
        return made

    def _paint_read_out(self, painter: QPainter, layout: Layout, one: Reached) -> None:
        mark = one.mark
        if isinstance(mark, Line):
            paint_line(painter, layout, mark, grown=True)
        else:
            ink, size = ink_for(mark.meaning), dot_size(mark) + 2
            paint_marker(painter, one.end, ink, size, filled=is_filled(mark.meaning))
        painter.setPen(glyphs.pen(theme.color("focus"), 2))
        painter.setBrush(glyphs.NO_BRUSH)
        painter.drawRect(QRectF(one.end.x() - 8, one.end.y() - 8, 16, 16))
        if not mark.read_out:
            return
        lines = lines_of(mark.read_out, min(theme.scaled(_READ_OUT), self.width() - 30), most=8)
        metrics = QFontMetricsF(theme.font(-1))
        wide = max(metrics.horizontalAdvance(line) for line in lines) + 18
        high = metrics.height() * len(lines) + 10
        left = one.end.x() + 14 if one.end.x() + 14 + wide < self.width() else one.end.x() - 14 - wide
        top = min(max(one.end.y() - high / 2, 2.0), self.height() - high - 2)
        box = QRectF(max(left, 2.0), top, wide, high)
        painter.setPen(glyphs.pen(theme.color("ctrl"), 1))
        painter.setBrush(theme.color("base"))
        painter.drawRect(box)
        painter.setFont(theme.font(-1))
        painter.setPen(theme.color("text"))
        line_box = QRectF(box.left() + 8, box.top() + 5, wide - 10, metrics.height())
        for line in lines:
            painter.drawText(line_box, LEFT, line)
            line_box.translate(0, metrics.height())
