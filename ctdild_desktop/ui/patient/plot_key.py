"""The key to the time-line: what each sign means that is in the picture just now."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.figures.key import KeyLine, Sign, key_of
from ctdild_desktop.figures.scene import Timeline
from ctdild_desktop.ui import theme

_SAMPLE = (44, 18)


class _Sample(QWidget):
    """The sign of one line."""

    def __init__(self, line: KeyLine, parent: QWidget) -> None:
        super().__init__(parent)
        self._line = line
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_SAMPLE[0] + 4, _SAMPLE[1] + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        from ctdild_desktop.ui.charts.samples import paint_sample

        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("base"))
        paint_sample(painter, self._line, QRectF(2, 2, *_SAMPLE))


class PlotKey(QDialog):
    """Stands beside the picture and does not hold it up; Esc closes. Open it with ``show()``."""

    def __init__(self, timeline: Timeline, whose: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot_key")
        self.setWindowTitle(self.tr("Key to the time-line"))
        self.setAccessibleName(self.windowTitle())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        body = QWidget()
        body.setObjectName("plot_key_body")
        body.setAutoFillBackground(True)
        body.setBackgroundRole(body.palette().ColorRole.Base)
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(14, 10, 14, 12)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        head = QLabel(whose)
        head.setObjectName("plot_key_whose")
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setFont(theme.font(bold=True))
        head.setWordWrap(True)
        head.setContentsMargins(14, 8, 14, 8)
        said = []
        for part in key_of(timeline):
            self._add_title(part.title)
            for line in part.lines:
                self._add_line(line)
            said.append(f"{part.title}: " + "; ".join(line.words.rstrip(".") for line in part.lines) + ".")
        self.setAccessibleDescription(" ".join(said))
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        scroll = QScrollArea(self)
        scroll.setObjectName("plot_key_scroll")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(self.accessibleName())
        scroll.setAccessibleDescription(self.accessibleDescription())
        scroll.setWidget(body)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.setContentsMargins(10, 6, 10, 8)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(scroll, 1)
        column.addWidget(buttons)
        wide = theme.scaled(560)
        high = body.heightForWidth(wide) if body.hasHeightForWidth() else body.sizeHint().height()
        self.resize(wide + 24, min(high + buttons.sizeHint().height() + 24, theme.scaled(600)))
        scroll.setFocus()

    def _add_title(self, words: str) -> None:
        label = QLabel(words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(theme.font(bold=True))
        label.setContentsMargins(0, 6 if self._grid.count() else 0, 0, 1)
        self._grid.addWidget(label, self._grid.rowCount(), 0, 1, 2)

    def _add_line(self, line: KeyLine) -> None:
        row = self._grid.rowCount()
        label = QLabel(line.words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if line.sign is Sign.NONE:
            self._grid.addWidget(label, row, 0, 1, 2)
            return
        self._grid.addWidget(_Sample(line, self), row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, row, 1, Qt.AlignmentFlag.AlignVCenter)
