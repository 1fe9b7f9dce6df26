"""One of two values to choose from, as a tile that shows all of its text."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets import glyphs
from ctdild_desktop.ui.widgets.plain import tip

_MARK, _PAD, _LEAST = 12, 6, 96
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class PickTile(QAbstractButton):
    """A value with a round mark. Space and a click choose it, Left and Right ask for the other one."""

    other_asked = Signal()
    """The other value of the pair shall be chosen."""
    going_on = Signal()
    """Enter: the next pair, please."""

    def __init__(self, name: str, text: str, said: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        # Not setText: an & in a note would make a key of the letter behind it.
        self.words = text
        self.setAccessibleName(said)
        self.setToolTip(tip(text))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """A narrow tile is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Room for every line of the text."""
        room = QRect(0, 0, max(width - self._beside(), 20), 10_000)
        text = self.fontMetrics().boundingRect(room, int(_WRAP), self.words)
        return max(text.height() + 2 * theme.scaled(_PAD), theme.scaled(26))

    def sizeHint(self) -> QSize:
        """Wide enough for a usual value."""
        width = theme.scaled(_LEAST) + self._beside()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """A word and the mark."""
        width = theme.scaled(64) + self._beside()
        return QSize(width, theme.scaled(26))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, ask for the other one, or go on."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.other_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.going_on.emit()
        else:
            super().keyPressEvent(event)

    def nextCheckState(self) -> None:
        """A click chooses; it never takes the choice away."""
        self.setChecked(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box, the mark, the words and the ring of focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.fillRect(box, theme.color("sel" if chosen else "base"))
        edge = "focus" if self.hasFocus() else "accent" if chosen else "ctrl"
        painter.setPen(glyphs.pen(theme.color(edge), 2 if self.hasFocus() or chosen else 1))
        painter.setBrush(glyphs.NO_BRUSH)
        painter.drawRect(box)
        size, pad = theme.scaled(_MARK), theme.scaled(_PAD)
        mark = QRectF(pad + 2, pad + 1, size, size)
        painter.setPen(glyphs.pen(theme.color("accent" if chosen else "ctrl"), 1.5))
        painter.drawEllipse(mark)
        if chosen:
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(mark.adjusted(3, 3, -3, -3))
        painter.setFont(theme.font(bold=chosen))
        painter.setPen(theme.color("text"))
        room = self.rect().adjusted(self._beside() - pad, pad, -pad, -pad)
        painter.drawText(room, int(_WRAP), self.words)

    def _beside(self) -> int:
        """Width of everything but the words."""
        return theme.scaled(_MARK) + 4 * theme.scaled(_PAD)
