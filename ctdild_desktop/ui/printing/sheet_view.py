"""Sheets one below the other, drawn at the screen's own scale as far as they are in sight."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum

from PySide6.QtCore import QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.printing.sheets import POINT
from ctdild_desktop.ui.widgets.focus_ring import draw_focus_ring

_GAP = 12
_LEAST, _MOST, _STEP = 0.25, 4.0, 1.25
_FINEST = 6.0
"""Pixels for a point at most; more makes a picture larger than any screen."""
_KEPT = 8
"""Pictures of sheets that are kept."""


class Fit(Enum):
    """How large the sheets are while no zoom is chosen."""

    WIDTH = "width"
    PAGE = "page"


class SheetView(QAbstractScrollArea):
    """Asks for pictures by ``wanted`` and shows them; PgUp and PgDn go through, + and - zoom, 0 fits."""

    wanted = Signal(int, float)
    """A sheet and the pixels for each of its points."""
    changed = Signal()
    """Another sheet is in sight, or at another zoom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet_view")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._sheets: tuple[tuple[int, QSizeF], ...] = ()
        self._zoom: float | Fit = Fit.WIDTH
        self._pictures: OrderedDict[tuple[int, float], QImage] = OrderedDict()
        self._asked: set[tuple[int, float]] = set()
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)

    # what is shown

    def show_sheets(self, sheets: tuple[tuple[int, QSizeF], ...]) -> None:
        """Show these sheets, each by its number and size in points, in place of others."""
        self._sheets = sheets
        self._pictures.clear()
        self._asked.clear()
        self._arrange()
        self.verticalScrollBar().setValue(0)

    def set_picture(self, sheet: int, scale: float, image: QImage) -> None:
        """Show the picture that was asked for."""
        if (sheet, scale) not in self._asked:
            return
        self._asked.discard((sheet, scale))
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self._pictures[(sheet, scale)] = image
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        self.viewport().update()

    @property
    def waiting(self) -> bool:
        """Whether a picture in sight was asked for and is not there yet."""
        return bool(self._asked)

    @property
    def current(self) -> int:
        """The number of the sheet in the middle of what is in sight; 0 when there is none."""
        middle = self.viewport().height() / 2
        places = [(abs(room.center().y() - middle), sheet) for sheet, room in self._places()]
        return min(places)[1] if places else 0

    @property
    def percent(self) -> int:
        """How large the sheets are shown, in percent of paper at the screen's own resolution."""
        return round(self._factor() * 100)

    # zoom

    def zoom(self, steps: int) -> None:
        """Show the sheets larger, or smaller."""
        self._set_zoom(min(max(self._factor() * _STEP**steps, _LEAST), _MOST))

    def fit(self, what: Fit) -> None:
        """Let the width of a sheet, or a whole one, fill the view."""
        self._set_zoom(what)

    def _set_zoom(self, zoom: float | Fit) -> None:
        bar = self.verticalScrollBar()
        share = bar.value() / max(bar.maximum(), 1)
        self._zoom = zoom
        self._arrange()
        bar.setValue(round(share * bar.maximum()))

    def _factor(self) -> float:
        if not isinstance(self._zoom, Fit):
            return self._zoom
        if not self._sheets:
            return 1.0
        inch = self.logicalDpiX() / POINT
        wide = max(size.width() for _sheet, size in self._sheets) * inch
        factor = (self.viewport().width() - 2 * _GAP) / wide
        if self._zoom is Fit.PAGE:
            high = max(size.height() for _sheet, size in self._sheets) * inch
            factor = min(factor, (self.viewport().height() - 2 * _GAP) / high)
        return min(max(factor, _LEAST), _MOST)

    # places

    def _scale(self) -> float:
        """Logical pixels for a point."""
        return self._factor() * self.logicalDpiX() / POINT

    def _fine(self) -> float:
        return round(min(self._scale() * self.devicePixelRatioF(), _FINEST), 4)

    def _places(self) -> list[tuple[int, QRectF]]:
        scale = self._scale()
        room = max(
            [self.viewport().width() - 2.0 * _GAP, *(size.width() * scale for _sheet, size in self._sheets)]
        )
        left = _GAP - float(self.horizontalScrollBar().value())
        top = _GAP - float(self.verticalScrollBar().value())
        found = []
        for sheet, size in self._sheets:
            wide, high = size.width() * scale, size.height() * scale
            found.append((sheet, QRectF(left + (room - wide) / 2, top, wide, high)))
            top += high + _GAP
        return found

    def _arrange(self) -> None:
        scale, view = self._scale(), self.viewport().size()
        high = sum(size.height() * scale + _GAP for _sheet, size in self._sheets) + _GAP
        wide = max((size.width() * scale for _sheet, size in self._sheets), default=0.0) + 2 * _GAP
        for bar, whole, seen in (
            (self.verticalScrollBar(), high, view.height()),
            (self.horizontalScrollBar(), wide, view.width()),
        ):
            bar.setPageStep(seen)
            bar.setSingleStep(theme.scaled(30))
            bar.setRange(0, max(round(whole) - seen, 0))
        self._look()

    def _look(self) -> None:
        """Ask for what is in sight and not there."""
        fine, seen = self._fine(), QRectF(self.viewport().rect())
        for sheet, room in self._places():
            key = (sheet, fine)
            if room.intersects(seen) and key not in self._pictures and key not in self._asked:
                self._asked.add(key)
                self.wanted.emit(sheet, fine)
        self.viewport().update()
        self.changed.emit()

    # events

    def _on_scrolled(self) -> None:
        self._look()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width fits otherwise."""
        super().resizeEvent(event)
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and the wheel zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom by + and -, fit by 0, go to the ends by Home and End; the rest scrolls."""
        key, bar = event.key(), self.verticalScrollBar()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom(1 if key == Qt.Key.Key_Plus else -1)
        elif key == Qt.Key.Key_0:
            self.fit(Fit.PAGE if self._zoom is Fit.WIDTH else Fit.WIDTH)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            bar.setValue(bar.minimum() if key == Qt.Key.Key_Home else bar.maximum())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sheets in sight; one whose picture is not there yet is white."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), theme.color("header"))
        fine = self._fine()
        for sheet, room in self._places():
            if not room.intersects(QRectF(event.rect())):
                continue
            painter.fillRect(room, Qt.GlobalColor.white)
            image = self._pictures.get((sheet, fine))
            if image is not None:
                painter.drawImage(room, image)
            painter.setPen(theme.color("ctrl"))
            painter.drawRect(room)
        painter.end()
        draw_focus_ring(self)
