"""One criterion in the verdict strip."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets import glyphs

_WORD_INK = {
    Verdict.MET: "met",
    Verdict.NOT_MET: "text",
    Verdict.CANNOT_ASSESS: "unkt",
    Verdict.NOT_APPLICABLE: "text2",
}
_FILL = {Verdict.MET: "metbg", Verdict.NOT_MET: "base", Verdict.CANNOT_ASSESS: "unkbg"}


class VerdictChip(QAbstractButton):
    """A focusable, checkable chip that says a verdict by glyph, edge and words.

    ``caption`` is the name with its window or need, ``word`` the verdict (or a tool's category), ``number``
    the change it rests on. The checked chip has a bar below it: its pair is the one that the plot shows.
    """

    def __init__(
        self,
        verdict: Verdict,
        caption: str,
        word: str,
        number: str = "",
        *,
        spoken: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.verdict = verdict
        self.caption = caption
        self.word = word
        self.number = number
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(spoken or ", ".join(part for part in (caption, word, number) if part))
        self.setToolTip(self.accessibleName())

    def sizeHint(self) -> QSize:
        """Room for both lines, and the bar below."""
        return QSize(theme.scaled(32) + self._text_width() + 8, theme.scaled(40) + 6)

    def minimumSizeHint(self) -> QSize:
        """The verdict and the number are never elided; the caption may be."""
        bold = self._metrics(bold=True)
        line = (
            bold.horizontalAdvance(self.word)
            + bold.horizontalAdvance(self.number)
            + (10 if self.number else 0)
        )
        return QSize(theme.scaled(32) + max(round(line), theme.scaled(90)) + 8, theme.scaled(40) + 6)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Repaint with the pointer over it."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw block, glyph, two lines, edge, focus ring and the bar of the checked chip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(2, 1.5, self.width() - 4, theme.scaled(40) - 1)
        block = QRectF(box.left(), box.top(), theme.scaled(24), box.height())
        self._paint_frame(painter, box, block)
        mark = QRectF(0, 0, theme.scaled(12), theme.scaled(12))
        mark.moveCenter(block.center())
        glyphs.verdict(painter, mark, self.verdict, solid="onmet")
        self._paint_words(painter, box.adjusted(block.width() + 6, 2, -6, -3))
        if self.isChecked():
            bar = QRectF(box.left(), box.bottom() + 2.5, box.width(), 3)
            painter.fillRect(bar, theme.color("accent"))
        if self.hasFocus():
            painter.setPen(glyphs.pen(theme.color("focus"), 2))
            painter.setBrush(glyphs.NO_BRUSH)
            painter.drawRect(QRectF(1, 1, self.width() - 2, theme.scaled(40) + 1))

    def _paint_frame(self, painter: QPainter, box: QRectF, block: QRectF) -> None:
        fill = _FILL.get(self.verdict)
        if fill is None:
            return
        painter.fillRect(box, theme.color(fill))
        dashed = self.verdict is Verdict.CANNOT_ASSESS
        edge = {Verdict.MET: "met", Verdict.NOT_MET: "ctrl", Verdict.CANNOT_ASSESS: "unk"}[self.verdict]
        line = glyphs.pen(theme.color(edge), 1, (4, 2) if dashed else ())
        if self.verdict is Verdict.MET:
            painter.fillRect(block, theme.color("met"))
        else:
            divider = line if dashed else glyphs.pen(theme.color("line"), 1)
            painter.setPen(divider)
            painter.drawLine(block.topRight(), block.bottomRight())
        painter.setPen(line)
        painter.setBrush(glyphs.NO_BRUSH)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.drawRect(box.toRect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        upper = QRectF(room.left(), room.top(), room.width(), room.height() / 2)
        lower = QRectF(room.left(), room.center().y(), room.width(), room.height() / 2)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(-1))
        painter.setPen(theme.color("text2"))
        caption = painter.fontMetrics().elidedText(
            self.caption, Qt.TextElideMode.ElideRight, int(upper.width())
        )
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | middle, caption)
        painter.setFont(theme.font(bold=self.verdict is not Verdict.NOT_APPLICABLE))
        painter.setPen(theme.color(_WORD_INK[self.verdict]))
        painter.drawText(lower, Qt.AlignmentFlag.AlignLeft | middle, self.word)
        if self.number:
            painter.setPen(theme.color("text"))
            painter.drawText(lower, Qt.AlignmentFlag.AlignRight | middle, self.number)

    def _metrics(self, *, bold: bool) -> QFontMetricsF:
        return QFontMetricsF(theme.font(0 if bold else -1, bold=bold))

    def _text_width(self) -> int:
        bold = self._metrics(bold=True)
        lower = (
            bold.horizontalAdvance(self.word)
            + bold.horizontalAdvance(self.number)
            + (12 if self.number else 0)
        )
        upper = self._metrics(bold=False).horizontalAdvance(self.caption)
        return round(max(lower, upper)) + 4
