"""One criterion in the verdict strip."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets import glyphs
from ctdild_desktop.ui.widgets.plain import tip

_WORD_INK = {
    Verdict.MET: "met",
    Verdict.NOT_MET: "text",
    Verdict.CANNOT_ASSESS: "unkt",
    Verdict.NOT_APPLICABLE: "text2",
}
_FILL = {Verdict.MET: "metbg", Verdict.NOT_MET: "base", Verdict.CANNOT_ASSESS: "unkbg"}
_PAD = 4
_BLOCK, _NARROW_BLOCK = 24, 20
_ROOMY = 140


class VerdictChip(QAbstractButton):
    """A focusable, checkable chip that says a verdict by glyph, edge and words.

    ``caption`` is the name with its window or need, ``word`` the verdict (or a tool's category), ``number``
    the change it rests on. Each may come with a ``short`` form, which is shown where the room is too small
    for the full one; the accessible name and the tool tip always say everything. The checked chip has a bar
    below it: its pair is the one that the plot shows.
    """

    def __init__(
        self,
        verdict: Verdict,
        caption: str,
        word: str,
        number: str = "",
        *,
        short: tuple[str, str, str] = ("", "", ""),
        spoken: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.tell(verdict, caption, word, number, short=short, spoken=spoken)

    def tell(
        self,
        verdict: Verdict,
        caption: str,
        word: str,
        number: str = "",
        *,
        short: tuple[str, str, str] = ("", "", ""),
        spoken: str = "",
    ) -> None:
        """Say another verdict."""
        self.verdict = verdict
        self.caption = caption
        self.word = word
        self.number = number
        self._short = (short[0] or caption, short[1] or word, short[2] or number)
        self._widths: dict[tuple[str, str, int], int] = {}
        self.setAccessibleName(spoken or ", ".join(part for part in (caption, word, number) if part))
        self.setToolTip(tip(self.accessibleName()))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for both lines, and the bar below."""
        return QSize(theme.scaled(_BLOCK) + 2 * _PAD + 4 + self._text_width(), theme.scaled(40) + 6)

    def minimumSizeHint(self) -> QSize:
        """The verdict's word is never cut; the caption may be, and the number gives way to the word."""
        line = self._line_width(*self._wordings()[-1])
        return QSize(self._narrow(max(line, theme.scaled(60))), theme.scaled(40) + 6)

    def short_width(self) -> int:
        """Width at which verdict and number stand in their short forms."""
        return max(self._narrow(self._line_width(*self._wordings()[-2])), self.minimumSizeHint().width())

    def shown(self) -> tuple[str, str]:
        """Word and number as they stand in the chip at its present width."""
        room = self.width() - self._chrome()
        wordings = self._wordings()
        return next((one for one in wordings if self._line_width(*one) <= room), wordings[-1])

    def _wordings(self) -> tuple[tuple[str, str], ...]:
        _caption, word, number = self._short
        return (self.word, self.number), (self.word, number), (word, number), (word, "")

    def enterEvent(self, event: QEnterEvent) -> None:
        """Repaint with the pointer over it."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw block, glyph, two lines, edge, focus ring and the bar of the checked chip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(2, 1.5, self.width() - 4, theme.scaled(40) - 1)
        block = QRectF(box.left(), box.top(), self._block(), box.height())
        self._paint_frame(painter, box, block)
        mark = QRectF(0, 0, theme.scaled(12), theme.scaled(12))
        mark.moveCenter(block.center())
        glyphs.verdict(painter, mark, self.verdict, solid="onmet")
        self._paint_words(painter, box.adjusted(block.width() + _PAD, 2, -_PAD, -3))
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
            self._fitting_caption(upper.width()), Qt.TextElideMode.ElideRight, int(upper.width())
        )
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | middle, caption)
        painter.setFont(theme.font(bold=self.verdict is not Verdict.NOT_APPLICABLE))
        painter.setPen(theme.color(_WORD_INK[self.verdict]))
        word, number = self.shown()
        painter.drawText(lower, Qt.AlignmentFlag.AlignLeft | middle, word)
        if number:
            painter.setPen(theme.color("text"))
            painter.drawText(lower, Qt.AlignmentFlag.AlignRight | middle, number)

    def _fitting_caption(self, room: float) -> str:
        wide = QFontMetricsF(theme.font(-1)).horizontalAdvance(self.caption) > room
        need = self.verdict is Verdict.CANNOT_ASSESS
        return self._short[0] if wide and not need else self.caption

    def _block(self) -> int:
        """Width of the glyph's block; a little less in a chip that has little room."""
        return theme.scaled(_BLOCK if self.width() >= theme.scaled(_ROOMY) else _NARROW_BLOCK)

    def _narrow(self, line: int) -> int:
        """Width of a chip with little room that has a line of this width."""
        width = line + theme.scaled(_NARROW_BLOCK) + 2 * _PAD + 4
        wider = theme.scaled(_BLOCK) - theme.scaled(_NARROW_BLOCK)
        return width if width < theme.scaled(_ROOMY) else width + wider

    def _chrome(self) -> int:
        """Everything beside the words: edges, block and padding."""
        return self._block() + 2 * _PAD + 4

    def _line_width(self, word: str, number: str) -> int:
        key = (word, number, theme.px())
        known = self._widths.get(key)
        if known is None:
            known = self._widths[key] = self._measured(word, number)
        return known

    def _measured(self, word: str, number: str) -> int:
        bold = QFontMetricsF(theme.font(bold=self.verdict is not Verdict.NOT_APPLICABLE))
        between = theme.scaled(6) if number else 0
        return ceil(bold.horizontalAdvance(word) + bold.horizontalAdvance(number)) + between + 1

    def _text_width(self) -> int:
        upper = QFontMetricsF(theme.font(-1)).horizontalAdvance(self.caption)
        return max(self._line_width(self.word, self.number), ceil(upper) + 1)
