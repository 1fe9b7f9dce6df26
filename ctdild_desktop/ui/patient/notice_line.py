"""One line below the banner that asks for attention, with the button that answers it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets import glyphs
from ctdild_desktop.ui.widgets.plain import tip


class NoticeLine(QWidget):
    """A sentence on the ground of "cannot tell"; hidden while there is nothing to say."""

    answered = Signal()

    def __init__(self, name: str, button: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._button = QPushButton(button, self)
        self._button.setProperty("link", True)
        self._button.setVisible(bool(button))
        self._button.clicked.connect(self.answered)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.scaled(34), 1, 8, 1)
        row.addWidget(self._label, 1)
        row.addWidget(self._button)
        self.hide()

    @property
    def button(self) -> QPushButton:
        """What answers the sentence."""
        return self._button

    def say(self, text: str) -> None:
        """Show a sentence; an empty one hides the line."""
        self._label.setText(text)
        self._label.setToolTip(tip(text))
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        """The sentence shown."""
        return self._label.text()

    def sizeHint(self) -> QSize:
        """A line of text."""
        return QSize(theme.scaled(400), theme.scaled(26))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, edge and glyph."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("unkbg"))
        painter.setPen(glyphs.pen(theme.color("unk"), 1, (4, 2)))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        size = theme.scaled(13)
        box = QRectF(theme.scaled(14), (self.height() - size) / 2, size, size)
        glyphs.warning(painter, box, theme.color("unkt"), theme.color("unkbg"))
