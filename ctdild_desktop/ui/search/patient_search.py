"""The search field of the top row: patients as you type, the last ones when empty, all by keyboard."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.language import say_in
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.patients import PatientHit
from ctdild_desktop.ui import icons, theme
from ctdild_desktop.ui.actions import action
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.models.line_model import LineModel
from ctdild_desktop.ui.widgets.naming import named

LIMIT = 10
_BETWEEN = 12
"""Pixels between a name and who that is."""
_WIDEST = 620
"""The list is no wider than this for the sake of one long name."""
_AROUND = 24
"""Edges and margins of a line."""


class HitModel(LineModel[PatientHit]):
    """The patients that were found, as one line each."""

    HIT = Qt.ItemDataRole.UserRole
    DETAIL = Qt.ItemDataRole.UserRole + 1

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name for display, the rest as DETAIL, everything as the accessible text."""
        if not index.isValid():
            return None
        hit = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.name or hit.mrn
        if role == self.DETAIL:
            return detail(hit)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{hit.name or hit.mrn}, {detail(hit)}"
        return hit if role == self.HIT else None


def detail(hit: PatientHit) -> str:
    """Sex, birth date, MRN and diagnosis of a hit, in one line."""
    parts = [
        say_in("sex", str(hit.sex)) if hit.sex else "",
        wording.partial(hit.birth_date) if hit.birth_date else "",
        hit.mrn if hit.name else "",
        hit.diagnosis or "",
    ]
    return " · ".join(part for part in parts if part)


def _width(hit: PatientHit) -> int:
    """Of a line with all that it says."""
    name = QFontMetrics(theme.font(bold=True)).horizontalAdvance(hit.name or hit.mrn)
    return name + _BETWEEN + QFontMetrics(theme.font()).horizontalAdvance(detail(hit)) + _AROUND


def _logs(event: QKeyEvent) -> bool:
    pressed = QKeySequence(event.keyCombination())
    return any(pressed == QKeySequence(keys) for keys in action("log_pft").keys)


class _HitDelegate(QStyledItemDelegate):
    """Name in bold at the left, who that is in the rest of the line.

    A long name elides before the birth date and the MRN do: people of one name are told apart by them.
    """

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Rows of 26 px at the usual font."""
        return QSize(super().sizeHint(option, index).width(), theme.scaled(26))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one patient."""
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(
            option.rect,
            option.palette.color(QPalette.ColorRole.Highlight if chosen else QPalette.ColorRole.Base),
        )
        if chosen:
            painter.fillRect(
                QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), theme.color("accent")
            )
        area = option.rect.adjusted(10, 0, -8, 0)
        painter.setFont(theme.font(bold=True))
        painter.setPen(theme.color("text"))
        name, words = str(index.data()), str(index.data(HitModel.DETAIL))
        beside = QFontMetrics(theme.font()).horizontalAdvance(words) + _BETWEEN if words else 0
        room, whole = (
            max(area.width() - beside, area.width() // 3),
            painter.fontMetrics().horizontalAdvance(name),
        )
        if whole > room:
            name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
        room = min(room, whole)
        where = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, where, name)
        rest = area.adjusted(room + _BETWEEN, 0, 0, 0)
        if rest.width() > 20:
            painter.setFont(theme.font())
            painter.setPen(theme.color("text" if chosen else "text2"))
            painter.drawText(
                rest,
                where,
                painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rest.width()),
            )
        painter.restore()


class PatientSearch(QLineEdit):
    """Up and Down move in the list, Enter opens, Esc leaves; ``chosen`` carries the patient's id.

    The keys of "Log PFT" open the patient who is marked and log a test, never one of whoever is open behind.
    """

    chosen = Signal(str)
    log_requested = Signal(str)
    refused = Signal(str)
    """Why nobody can be found."""
    left = Signal()
    """Esc: the page that was in sight should have the focus again."""

    def __init__(
        self, desk: Desk, runner: Runner, parent: QWidget | None = None, *, hint: str = "Ctrl+K"
    ) -> None:
        """``hint`` is the key that leads into the field."""
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self._asked = 0
        self.setObjectName("patient_search")
        self.setPlaceholderText(self.tr("Find by name, MRN or birth date"))
        self.setAccessibleName(self.tr("Find a patient by name, MRN or birth date"))
        self.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        self._key = named(QLabel(hint), "search_key")
        self._key.setProperty("hint", True)
        self._key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addStretch(1)
        row.addWidget(self._key)
        self._model = HitModel(self)
        self._list = named(QListView(self), "search_hits")
        self._list.setProperty("overlay", True)
        self._list.setModel(self._model)
        self._list.setItemDelegate(_HitDelegate(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFrameShape(QListView.Shape.Box)
        self._list.setAccessibleName(self.tr("Patients found"))
        self._list.clicked.connect(self._on_clicked)
        self._none = QLabel(self._list.viewport())
        self.set_may_add(may=True)
        self._none.setContentsMargins(10, 4, 4, 4)
        self._none.hide()
        self._list.hide()
        self.textEdited.connect(self._look_up)

    @property
    def hits(self) -> HitModel:
        """What is listed."""
        return self._model

    def start(self) -> None:
        """Take the focus with an empty field and the last patients below it."""
        self.clear()
        if self.hasFocus():
            self._look_up("")
        else:
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_may_add(self, *, may: bool) -> None:
        """Whether a patient who is not found may be added by this role."""
        self._none.setText(
            self.tr("No patient found. Ctrl+N adds one.") if may else self.tr("No patient found.")
        )

    def forget(self) -> None:
        """Let go of the text and of everybody who was found."""
        self._asked += 1
        self._list.hide()
        self.clear()
        self._model.show_lines(())

    def event(self, event: QEvent) -> bool:
        """Take the keys of "Log PFT" from the menu while patients are listed."""
        overridden = event.type() == QEvent.Type.ShortcutOverride
        if overridden and isinstance(event, QKeyEvent) and self._list.isVisible() and _logs(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the list, open or leave."""
        key = event.key()
        if _logs(event):
            self._open(self._list.currentIndex(), self.log_requested)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._move(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self._list.currentIndex(), self.chosen)
        elif key == Qt.Key.Key_Escape:
            self._finish()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the last patients as soon as the field is entered."""
        super().focusInEvent(event)
        self._key.hide()
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._look_up(self.text())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Put the list away."""
        super().focusOutEvent(event)
        self._list.hide()
        self._show_key()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The key gives way to the words in the field."""
        super().resizeEvent(event)
        self._show_key()

    def _show_key(self) -> None:
        words = self.fontMetrics().horizontalAdvance(self.placeholderText()) + theme.scaled(44)
        room = self.width() - self._key.sizeHint().width() - theme.scaled(12)
        self._key.setVisible(not self.text() and not self.hasFocus() and words <= room)

    def changeEvent(self, event: QEvent) -> None:
        """Colour the glass anew with the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.actions():
            self.actions()[0].setIcon(icons.icon("search"))

    def _look_up(self, text: str) -> None:
        self._asked += 1
        number = self._asked
        desk = self._desk
        self._runner.run(
            lambda: patients.find(desk, text, LIMIT),
            while_alive(self, lambda hits: self._show(number, hits)),
            while_alive(self, self._refuse),
        )

    def _refuse(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._list.hide()
        self.refused.emit(words)

    def _show(self, number: int, hits: tuple[PatientHit, ...]) -> None:
        if number != self._asked or not self.hasFocus():
            return  # an answer to what was typed before, or nobody is looking any more
        self._model.show_lines(hits)
        self._none.setVisible(not hits and bool(self.text()))
        if not hits and not self.text():
            self._list.hide()
            return
        window = self.window()
        if self._list.parent() is not window:
            self._list.setParent(window)
        rows = max(len(hits), 1)
        corner = self.mapTo(window, QPoint(0, self.height() + 2))
        wide = min(max(map(_width, hits), default=0), theme.scaled(_WIDEST), window.width() - _AROUND)
        wide = max(wide, self.width())
        left = max(0, min(corner.x(), window.width() - wide - _AROUND // 2))
        self._list.setGeometry(left, corner.y(), wide, rows * theme.scaled(26) + 4)
        self._none.resize(self._list.width() - 4, theme.scaled(26))
        if hits:
            self._list.setCurrentIndex(self._model.index(0))
        self._list.show()
        self._list.raise_()

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        if rows:
            row = (self._list.currentIndex().row() + step) % rows
            self._list.setCurrentIndex(self._model.index(row))

    def _on_clicked(self, index: QModelIndex) -> None:
        self._open(index, self.chosen)

    def _open(self, index: QModelIndex, told: SignalInstance) -> None:
        hit = index.data(HitModel.HIT) if index.isValid() and self._list.isVisible() else None
        if isinstance(hit, PatientHit):
            self._finish()
            told.emit(hit.id)

    def _finish(self) -> None:
        self._asked += 1
        self._list.hide()
        self.clear()
        self.clearFocus()
