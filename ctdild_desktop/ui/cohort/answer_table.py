"""One table of an answer, as high as its rows: the page scrolls, and not the table."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QWidget

from ctdild_desktop.interchange.outgoing import as_line
from ctdild_desktop.services.cohort.answer import Result
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.cohort.answer_model import AnswerModel
from ctdild_desktop.ui.widgets.wrapped_table import WrappedTable, wrapped

_AIR, _MORE = 14, 40
"""Pixels that a column has around its words, and those that it may have besides."""
_WORDS = (110, 56)
"""A column of words is not narrower than the first of these, or, where that is not enough, the second."""
_NUMBER_HEAD = 90
"""The head of a column of numbers is broken into lines of about this width."""


class AnswerTable(WrappedTable):
    """Ctrl+C copies the selected rows; ``row_reached`` tells the page which part to bring in sight."""

    row_reached = Signal(QWidget, int, int)
    """This table, and from where to where the row stands in it."""

    def __init__(self, name: str, result: Result, parent: QWidget | None = None) -> None:
        self.answer_model = AnswerModel(result)
        super().__init__(name, result.title, self.answer_model, parent)
        self.answer_model.setParent(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().setMinimumSectionSize(theme.scaled(20))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # measured once for a width
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(16)
        self.row_selected.connect(self._on_row)
        self._fit()

    @property
    def result(self) -> Result:
        """What is shown."""
        return self.answer_model.result

    def set_pale(self, *, on: bool) -> None:
        """Say by its ink that it is of an older question."""
        self.answer_model.set_pale(on=on)

    def copy_all(self) -> None:
        """Put heads and all rows on the clipboard, cells parted by tabs."""
        result = self.result
        lines = [as_line([column.label for column in result.columns])]
        lines += [as_line([cell.text for cell in row]) for row in result.rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def sizeHint(self) -> QSize:
        """All of its rows."""
        head = self.horizontalHeader().height()
        return QSize(theme.scaled(320), head + self.verticalHeader().length() + 2)

    def minimumSizeHint(self) -> QSize:
        """All of its rows, in whatever width there is."""
        return QSize(theme.scaled(200), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up in the first row and Down in the last go on to what stands above and below."""
        at, last = self.currentIndex().row(), self.answer_model.rowCount() - 1
        if event.key() == Qt.Key.Key_Up and at <= 0:
            self.focusPreviousChild()
        elif event.key() == Qt.Key.Key_Down and at >= last:
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Another font wraps otherwise."""
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Give numbers what they need and words the rest; then every row and head its lines."""
        widths, heads = self._widths(self.viewport().width())
        self.answer_model.heads = heads
        for section, width in enumerate(widths):
            self.setColumnWidth(section, width)
        lines = max((head.count("\n") + 1 for head in heads), default=1)
        spacing = QFontMetrics(theme.font(-1)).lineSpacing()
        self.horizontalHeader().setFixedHeight(max(theme.scaled(24), lines * spacing + theme.scaled(8)))
        self.resizeRowsToContents()
        self.setFixedHeight(self.sizeHint().height())

    def _widths(self, room: int) -> tuple[list[int], tuple[str, ...]]:
        body, small = QFontMetrics(theme.font()), QFontMetrics(theme.font(-1))
        wanted: list[int] = []
        least: tuple[list[int], ...] = tuple([] for _ in _WORDS)
        heads: list[str] = []
        for section, column in enumerate(self.result.columns):
            texts = [row[section].text for row in self.result.rows]
            cells = max((body.horizontalAdvance(text) for text in texts), default=0)
            if column.number:
                joined = column.label.replace(" %", "\u00a0%")
                head = wrapped(joined, theme.font(-1), max(cells, theme.scaled(_NUMBER_HEAD)))
            else:
                head = [column.label]
            heads.append("\n".join(head))
            named = max((small.horizontalAdvance(line) for line in head), default=0)
            wide = max(cells, named) + theme.scaled(_AIR)
            wanted.append(wide)
            for some, words in zip(least, _WORDS, strict=True):
                some.append(wide if column.number else min(wide, theme.scaled(words)))
        enough = least[0] if sum(least[0]) <= room else least[1]
        if sum(wanted) > room:
            return _narrowed(wanted, enough, room), tuple(heads)
        return self._widened(wanted, room), tuple(heads)

    def _widened(self, wanted: list[int], room: int) -> list[int]:
        """What is over goes to a last column of words; numbers stay near to what they are numbers of."""
        over = room - sum(wanted)
        if wanted and not self.result.columns[-1].number:
            return [*wanted[:-1], wanted[-1] + over]
        each = min(over // max(len(wanted), 1), theme.scaled(_MORE))
        return [width + each for width in wanted]

    def _on_row(self, row: int) -> None:
        top = self.horizontalHeader().height() + self.rowViewportPosition(row)
        self.row_reached.emit(self, top, top + self.rowHeight(row))


def _narrowed(wanted: list[int], least: list[int], room: int) -> list[int]:
    """What lacks is borne by those that can wrap, and by all where that is not enough."""
    lacking, spare = sum(wanted) - room, sum(wanted) - sum(least)
    if spare >= lacking:
        shares = [round((want - low) * lacking / spare) for want, low in zip(wanted, least, strict=True)]
        made = [want - share for want, share in zip(wanted, shares, strict=True)]
    else:
        made = [int(low * room / sum(least)) for low in least]
    made[-1] += room - sum(made)
    return made
