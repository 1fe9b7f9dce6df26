"""The grey line above a table or panel."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip


class SectionHeader(QWidget):
    """A title, a short count or date behind it, and a remark at the right that gives way first."""

    def __init__(self, title: str, detail: str = "", remark: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = (title, detail, remark)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_texts(title, detail, remark)

    def set_texts(self, title: str, detail: str = "", remark: str = "") -> None:
        """Replace all three texts."""
        self._texts = (title, detail, remark)
        spoken = ", ".join(part for part in self._texts if part)
        self.setAccessibleName(spoken)
        self.setToolTip(tip(remark))
        self.update()

    def sizeHint(self) -> QSize:
        """26 px at the usual font."""
        return QSize(theme.scaled_in(self, 120), theme.scaled_in(self, 26))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, hairlines and texts."""
        title, detail, remark = self._texts
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("header"))
        painter.setPen(theme.color("line"))
        painter.drawLine(0, 0, self.width(), 0)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        edge = theme.scaled_in(self, 10)
        room = self.rect().adjusted(edge, 0, -edge, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        for text, bold in ((title, True), (detail, False)):
            face = theme.font_in(self, bold=bold)
            painter.setFont(face)
            painter.setPen(theme.color("text" if bold else "text2"))
            metrics = QFontMetrics(face)
            fits = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room.width(), 0))
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, fits)
            room.setLeft(room.left() + metrics.horizontalAdvance(text) + 8)
        painter.setFont(theme.font_in(self))
        painter.setPen(theme.color("text2"))
        short = painter.fontMetrics().elidedText(
            remark, Qt.TextElideMode.ElideRight, max(room.width() - 8, 0)
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, short)
