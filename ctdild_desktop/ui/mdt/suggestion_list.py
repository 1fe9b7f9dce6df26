"""Who might be put on the agenda, each with what is recorded since the team spoke of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ctdild_desktop.services.suggestions import Suggestion
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.mdt import rows
from ctdild_desktop.ui.models.line_model import LineModel
from ctdild_desktop.ui.widgets.line_view import LineView
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.wrapped_table import wrapped

_Index = QModelIndex | QPersistentModelIndex
_LINE, _MOST = 16, 4


class SuggestionModel(LineModel[Suggestion]):
    """One row for each person."""

    SUGGESTION = Qt.ItemDataRole.UserRole

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name for display, with all reasons for a screen reader."""
        if not index.isValid():
            return None
        found = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.name
        if role == self.SUGGESTION:
            return found
        told = (found.name, found.identity, *found.reasons)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(told)
        return tip("\n".join(told)) if role == Qt.ItemDataRole.ToolTipRole else None


class _Delegate(QStyledItemDelegate):
    """The name, then the reasons, wrapped."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """As high as its reasons need, up to a few lines."""
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QListView) else option.rect.width()
        lines = _lines(index.data(SuggestionModel.SUGGESTION), width - theme.scaled(20))
        return QSize(theme.scaled(60), theme.scaled(_LINE) * (1 + len(lines)) + theme.scaled(8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one person."""
        found: Suggestion = index.data(SuggestionModel.SUGGESTION)
        painter.save()
        chosen = rows.draw_ground(painter, option, mark=True)
        side, high = theme.scaled(10), theme.scaled(_LINE)
        room = QRect(
            option.rect.left() + side,
            option.rect.top() + theme.scaled(3),
            option.rect.width() - 2 * side,
            high,
        )
        rows.draw_text(painter, room, found.name, bold=True)
        for line in _lines(found, room.width()):
            room.translate(0, high)
            rows.draw_text(painter, room, line, ink="text" if chosen else "text2", smaller=True)
        painter.restore()


def _lines(found: Suggestion, width: int) -> list[str]:
    face = theme.font(-1)
    lines = [line for reason in found.reasons for line in wrapped(reason, face, max(width, 1))]
    return lines if len(lines) <= _MOST else [*lines[: _MOST - 1], f"{lines[_MOST - 1]} …"]


class SuggestionView(LineView):
    """Enter and a double click put the person on the agenda."""

    taken = Signal(object)
    """A ``Suggestion``."""

    def __init__(self, model: SuggestionModel, parent: QWidget | None = None) -> None:
        super().__init__("suggestions", self.tr("Suggested for the agenda"), model, _Delegate(), parent)
        self.setVerticalScrollMode(LineView.ScrollMode.ScrollPerPixel)
        self.row_opened.connect(self._open)

    def _open(self, index: QModelIndex) -> None:
        found = index.data(SuggestionModel.SUGGESTION)
        if isinstance(found, Suggestion):
            self.taken.emit(found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps otherwise."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
