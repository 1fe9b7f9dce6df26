"""Lines of words that wrap, each with the mark of a verdict or without: criteria, and what is new."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.models.line_model import LineModel
from ctdild_desktop.ui.widgets import glyphs

_Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WRAP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
_INK = {
    Verdict.MET: "met",
    Verdict.NOT_MET: "text",
    Verdict.CANNOT_ASSESS: "unkt",
    Verdict.NOT_APPLICABLE: "text2",
}
_TITLE = 0.3
"""The most of the width that titles take."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its words, and for a criterion name, verdict and the verdict's word before them."""

    detail: str
    title: str = ""
    word: str = ""
    verdict: Verdict | None = None


class _Lines(LineModel[Line]):
    LINE = Qt.ItemDataRole.UserRole

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """All words of a line, and the line itself as LINE."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " ".join(part for part in (line.title, line.word, line.detail) if part)
        return line if role == self.LINE else None


class _LinesDelegate(QStyledItemDelegate):
    """Glyph, title, verdict and words in columns; words that do not fit go on below the verdict."""

    def __init__(self, view: WrappedLines) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """As high as the words need at the width of the list."""
        del option
        line: Line = index.data(_Lines.LINE)
        wide = self._view.viewport().width()
        title, words = self._boxes(line, QRect(0, 0, wide, 10_000))
        plain = QFontMetrics(theme.font_in(self._view))
        needed = max(
            plain.boundingRect(words, _WRAP, self._words(line)).height(),
            plain.boundingRect(title, _WRAP, line.title).height() if line.title else 0,
        )
        return QSize(wide, needed + theme.scaled_in(self._view, 7))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one line."""
        line: Line = index.data(_Lines.LINE)
        view = self._view
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(option.rect, theme.color("base"))
        title, words = self._boxes(line, option.rect)
        plain = theme.font_in(view)
        painter.setFont(plain)
        painter.setPen(theme.color("text"))
        if line.verdict is not None:
            painter.setPen(theme.color("grid"))
            painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
            size = theme.scaled_in(view, 12)
            high = QFontMetrics(plain).height()
            mark = QRectF(theme.scaled_in(view, 10), title.top() + (high - size) / 2, size, size)
            glyphs.verdict(painter, mark, line.verdict)
            painter.setFont(plain)
            painter.setPen(theme.color("text"))
            painter.drawText(title, _WRAP, line.title)
            face = theme.font_in(view, bold=line.verdict is not Verdict.NOT_APPLICABLE)
            painter.setFont(face)
            painter.setPen(theme.color(_INK[line.verdict]))
            painter.drawText(words, _WRAP, line.word)
            painter.setFont(plain)
            painter.setPen(theme.color("text"))
        painter.drawText(words, _WRAP, self._words(line))
        painter.restore()

    def _words(self, line: Line) -> str:
        """The words, with blanks before them where the verdict stands."""
        if not line.word:
            return line.detail
        view = self._view
        bold = QFontMetricsF(theme.font_in(view, bold=True)).horizontalAdvance(line.word)
        blank = max(QFontMetricsF(theme.font_in(view)).horizontalAdvance("\u00a0"), 1.0)
        return "\u00a0" * (ceil(bold / blank) + 1) + line.detail

    def _boxes(self, line: Line, room: QRect) -> tuple[QRect, QRect]:
        view = self._view
        top, edge = room.top() + theme.scaled_in(view, 3), theme.scaled_in(view, 10)
        inner = QRect(room.left() + edge, top, room.width() - 2 * edge, room.height())
        if line.verdict is None:
            return inner, inner
        left = inner.left() + theme.scaled_in(view, 19)
        wide = min(round(room.width() * _TITLE), view.title_width() + theme.scaled_in(view, 12))
        title = QRect(left, top, wide - theme.scaled_in(view, 4), inner.height())
        start = left + wide
        return title, QRect(start, top, inner.right() - start, inner.height())


class WrappedLines(QListView):
    """Shows lines to be read; the wheel and the arrows move on where they are more than fit."""

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._lines = _Lines(self)
        self.setModel(self._lines)
        self.setItemDelegate(_LinesDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines.lines

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Replace the lines."""
        self._lines.show_lines(lines)
        self.scrollToTop()

    def title_width(self) -> int:
        """The width of the longest title."""
        face = QFontMetrics(theme.font_in(self))
        return max((face.horizontalAdvance(line.title) for line in self.lines), default=0)

    def needed(self) -> int:
        """The height in which all lines stand."""
        return sum(self.sizeHintForRow(row) for row in range(self._lines.rowCount()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QEvent) -> None:
        """Wrap anew when the type grows."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()
