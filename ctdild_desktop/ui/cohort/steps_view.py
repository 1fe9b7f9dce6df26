"""Who is counted: from the registry to those analysed, each step with its number and its patients."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.services.cohort.answer import Step
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.line_view import LineView
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.wrapped_table import wrapped

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
_STEP = Qt.ItemDataRole.UserRole
_NUMBER, _GAP, _EDGE = 44, 10, 10
_MOST, _LEAST = 190, 80
"""Height of the list at the usual font; a longer one scrolls."""


class _Model(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.steps: tuple[Step, ...] = ()

    def show(self, steps: tuple[Step, ...]) -> None:
        self.beginResetModel()
        self.steps = steps
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.steps)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        step = self.steps[index.row()]
        if role == _STEP:
            return step
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(step)
        if role == Qt.ItemDataRole.ToolTipRole and step.patients:
            return tip(self.tr("Enter lists them."))
        return None

    def words(self, step: Step) -> str:
        """A step for a voice."""
        if step.left_out:
            return self.tr("{n} left out: {why}").format(n=step.count, why=step.text)
        return f"{step.count} {step.text}"


class _Cell(QStyledItemDelegate):
    """Number at the right of its column, words beside it over as many lines as they need."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        assert isinstance(view, LineView)
        room = view.viewport().width() - theme.scaled(_NUMBER + _GAP + 2 * _EDGE)
        step = index.data(_STEP)
        lines = len(wrapped(_told(index, step), theme.font(bold=_last(index)), max(room, 40)))
        high = lines * QFontMetrics(theme.font()).lineSpacing() + theme.scaled(4)
        return QSize(60, high + (theme.scaled(5) if _last(index) else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        step, last = index.data(_STEP), _last(index)
        area, selected = QRect(option.rect), bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(area, theme.color("sel"))
            painter.fillRect(area.left(), area.top(), 3, area.height(), theme.color("accent"))
        edge = theme.scaled(_EDGE)
        if last:
            painter.setPen(theme.color("ctrl"))
            painter.drawLine(area.left() + edge, area.top() + 1, area.right() - edge, area.top() + 1)
            area.setTop(area.top() + theme.scaled(5))
        face = theme.font(bold=last)
        metrics = QFontMetrics(face)
        ink = "text" if selected or not step.left_out else "text2"
        painter.setPen(theme.color(ink))
        painter.setFont(theme.font(bold=not step.left_out))
        number = f"−{step.count}" if step.left_out else str(step.count)
        column = QRect(
            area.left(), area.top() + theme.scaled(2), theme.scaled(_NUMBER), metrics.lineSpacing()
        )
        painter.drawText(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number)
        painter.setFont(face)
        left = theme.scaled(_NUMBER + _GAP)
        for line in wrapped(_told(index, step), face, max(area.width() - left - 2 * edge, 40)):
            row = QRect(area.left() + left, column.top(), area.width() - left, metrics.lineSpacing())
            painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)
            column.translate(0, metrics.lineSpacing())
        painter.restore()


def _last(index: Index) -> bool:
    return index.row() == index.model().rowCount() - 1


def _told(index: Index, step: Step) -> str:
    view = index.model()
    assert isinstance(view, _Model)
    if _last(index) and step.patients:
        return view.tr("{step}; list them…").format(step=step.text)
    return step.text


class _List(LineView):
    """As high as its steps, and of a few where there is no room for all."""

    def sizeHint(self) -> QSize:
        rows = (self.sizeHintForRow(row) for row in range(self.model().rowCount()))
        return QSize(theme.scaled(200), min(sum(rows) + 6, theme.scaled(_MOST)))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.scaled(120), min(self.sizeHint().height(), theme.scaled(_LEAST)))


class StepsView(QWidget):
    """Enter or a double click on a step lists its patients."""

    patients_requested = Signal(str, object)
    """What they have in common, and their ids."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cohort_steps_pane")
        self._model = _Model(self)
        self._head = SectionHeader(self.tr("Who is counted"))
        self.list = _List("cohort_steps", self.tr("Who is counted"), self._model, _Cell())
        self.list.row_opened.connect(self._on_opened)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.list)
        theme.state().changed.connect(self._fit)
        self.clear()

    def show_steps(self, steps: tuple[Step, ...], *, outdated: bool = False) -> None:
        """Show the steps of an answer."""
        self._model.show(steps)
        self._head.set_texts(self.tr("Who is counted"), "", self.tr("out of date") if outdated else "")
        for part in (self._head, self.list):
            part.setVisible(bool(steps))
        self._fit()

    def clear(self) -> None:
        """Show nobody."""
        self.show_steps(())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps otherwise."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.list.doItemsLayout()
        self.list.updateGeometry()

    def _on_opened(self, index: QModelIndex) -> None:
        step = self._model.steps[index.row()]
        if step.patients:
            self.patients_requested.emit(step.text, step.patients)
