"""The analyses that can be asked for, and the options of the one in hand."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.language import say
from ctdild_desktop.services.cohort import choices
from ctdild_desktop.services.cohort.analyses import ANALYSES, Analysis, Options
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.cohort.answer_model import Index
from ctdild_desktop.ui.cohort.design_options import DesignOptions
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.line_view import LineView
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_ROW, _LEAST_ROWS = 22, 4
_ANALYSIS = "analysis"


class _Cell(QStyledItemDelegate):
    """One line, with the edge of what leads somewhere when it is in hand."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(60, theme.scaled(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if shown:
            painter.fillRect(option.rect, theme.color("sel"))
            painter.fillRect(
                option.rect.left(), option.rect.top(), 3, option.rect.height(), theme.color("accent")
            )
        painter.setFont(theme.font(bold=shown))
        painter.setPen(theme.color("text"))
        room = option.rect.adjusted(theme.scaled(10), 0, -4, 0)
        words = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


class _List(LineView):
    """As high as its rows where there is room, and of a few rows at least."""

    def sizeHint(self) -> QSize:
        return QSize(theme.scaled(200), theme.scaled(_ROW) * self.model().rowCount() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the row in hand in sight."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def minimumSizeHint(self) -> QSize:
        rows = min(self.model().rowCount(), _LEAST_ROWS)
        return QSize(theme.scaled(120), theme.scaled(_ROW) * rows + 2)


class DesignList(QWidget):
    """Up and Down choose, Enter in the list or in an option runs. It all stays while the window lives."""

    changed = Signal()
    """Another analysis or option is chosen."""
    run_requested = Signal()

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cohort_design_pane")
        self._desk, self._runner = desk, runner
        self._model = QStringListModel([say(one.label) for one in ANALYSES], self)
        self.list = _List("cohort_design", self.tr("Design"), self._model, _Cell())
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.options = DesignOptions()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(SectionHeader(self.tr("Design"), "", self.tr("Enter runs it")))
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        column.addWidget(self.list)
        column.addWidget(self.options)
        self.list.setCurrentIndex(self._model.index(0, 0))
        self.options.show_asked(self.analysis.asks, self.analysis.may)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.row_opened.connect(lambda _index: self.run_requested.emit())
        self.options.changed.connect(self.changed)
        self.options.accepted.connect(self.run_requested)

    @property
    def analysis(self) -> Analysis:
        """The analysis in hand."""
        return ANALYSES[max(self.list.currentIndex().row(), 0)]

    def choose(self, name: str) -> None:
        """Take an analysis in hand; raises StopIteration when there is none of this name."""
        row = next(at for at, one in enumerate(ANALYSES) if one.name == name)
        self.list.setCurrentIndex(self._model.index(row, 0))

    def chosen(self) -> tuple[str, Options] | None:
        """Name of the analysis and its options; None when one cannot be read."""
        options = self.options.options()
        return None if options is None else (self.analysis.name, options)

    def refresh(self) -> None:
        """Offer the drugs that are given in the registry now, the most frequent first."""
        desk = self._desk
        self._runner.run(
            lambda: choices.drugs_given(desk), while_alive(self, self.options.show_drugs), aside=True
        )

    def draft(self) -> dict[str, str]:
        """What the person chose here, as texts."""
        chosen = {_ANALYSIS: self.analysis.name} if self.analysis is not ANALYSES[0] else {}
        return {**chosen, **self.options.texts()}

    def restore(self, kept: Mapping[str, str]) -> None:
        """Put back what stood here."""
        if kept.get(_ANALYSIS) in {one.name for one in ANALYSES}:
            self.choose(kept[_ANALYSIS])
        self.options.set_texts(kept)

    def _on_current(self, _now: QModelIndex, _was: QModelIndex) -> None:
        self.options.show_asked(self.analysis.asks, self.analysis.may)
        self.changed.emit()
