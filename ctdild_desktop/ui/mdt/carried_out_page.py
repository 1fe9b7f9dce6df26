"""What was carried out of the team's recommendations: counts over a period, and the decisions behind each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.services import carried_out
from ctdild_desktop.services.carried_out import ANSWERS, CarriedOut, Count, Followed
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.page_decision import recommendation_words
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.fields import DateField
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.wrapped_table import WrappedTable

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_MONTHS = 12
"""The period that is proposed, back from today."""


class _Table(QAbstractTableModel):
    """Rows of final texts below heads."""

    def __init__(self, heads: tuple[str, ...], right_from: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heads, self._right_from = heads, right_from
        self._rows: tuple[tuple[str, ...], ...] = ()

    def show_rows(self, rows: tuple[tuple[str, ...], ...]) -> None:
        """Replace what is shown."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """One for each row."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """One for each head."""
        return 0 if parent.isValid() else len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads, right over numbers."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return self._heads[section] if shown else None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column >= self._right_from else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; numbers stand right."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(
                f"{head} {text}".strip() for head, text in zip(self._heads, row, strict=True) if text
            )
        return self._alignment(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None


class CarriedOutPage(Later):
    """Counts above, the decisions of the chosen line below; Enter on one opens its patient."""

    patient_requested = Signal(str)
    print_requested = Signal(object)
    """The ``CarriedOut`` in sight."""
    left = Signal()
    refused = Signal(str)

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("carried_out_page")
        self._desk, self._runner = desk, runner
        self._report: CarriedOut | None = None
        self._lines: tuple[Count, ...] = ()
        self._behind: tuple[Followed, ...] = ()
        self._asked = 0

    def _make_inside(self) -> None:
        tr, today = self.tr, self._desk.today
        self.since = DateField("carried_out_since", tr("From this day"), today)
        self.until = DateField("carried_out_until", tr("Up to this day"), today)
        self.since.set_text(wording.day(add_months(today(), -_MONTHS)))
        self.until.set_text(wording.day(today()))
        answers = (tr("yes"), tr("partly"), tr("no"), tr("pending"), tr("not answered"))
        self._counted = _Table((tr("Counted"), *answers, tr("in full")), 1, self)
        self.counts = WrappedTable("carried_out_counts", tr("What was carried out"), self._counted)
        self.counts.set_widths({0: 0, **dict.fromkeys(range(1, 6), 88), 6: 96})
        self._listed = _Table(
            (tr("Meeting"), tr("Patient"), tr("Recommended"), tr("Carried out"), tr("Why not")), 5, self
        )
        self.decisions = WrappedTable(
            "carried_out_decisions", tr("Decisions behind the number"), self._listed
        )
        self.decisions.set_widths({0: 84, 1: 260, 2: 0, 3: 96, 4: 170})
        self._lay_out()
        for field in (self.since, self.until):
            field.setFixedWidth(theme.scaled(100))
            field.accepted.connect(self.refresh)
        self.counts.row_selected.connect(self._on_chosen)
        self.counts.row_opened.connect(lambda _row: self.decisions.setFocus(Qt.FocusReason.OtherFocusReason))
        self.decisions.row_opened.connect(self._on_opened)
        self.print_button.clicked.connect(self._on_print)
        self.back_button.clicked.connect(self.left)
        QShortcut(QKeySequence("Ctrl+P"), self, self.print_button.click)
        QShortcut(QKeySequence("Esc"), self, self.left.emit)

    def _lay_out(self) -> None:
        head = named(QFrame(), "agenda_head")
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.scaled(12), theme.scaled(7), theme.scaled(12), theme.scaled(7))
        row.setSpacing(theme.scaled(8))
        row.addWidget(plain_label(self.tr("What was carried out"), name="carried_out_title", bold=4))
        row.addSpacing(theme.scaled(12))
        for words, field in ((self.tr("&Meetings from"), self.since), (self.tr("t&o"), self.until)):
            caption = QLabel(words)
            caption.setBuddy(field)
            row.addWidget(caption)
            row.addWidget(field)
        self.problem = plain_label(name="sheet_problem", bold=0)
        row.addWidget(self.problem, 1)
        self.print_button = named(QPushButton(self.tr("Print…  Ctrl+P")), "carried_out_print")
        self.back_button = named(QPushButton(self.tr("Back to the meetings  Esc")), "carried_out_back")
        row.addWidget(self.print_button)
        row.addWidget(self.back_button)
        self._told = plain_label(
            self.tr("The percentage is of those carried out in full among the decisions with an answer."),
            name="carried_out_told",
            secondary=True,
        )
        self._told.setContentsMargins(theme.scaled(12), 4, theme.scaled(12), 4)
        self._behind_head = SectionHeader(self.tr("Decisions behind the number"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part, share in (
            (head, 0),
            (self._told, 0),
            (self.counts, 5),
            (self._behind_head, 0),
            (self.decisions, 4),
        ):
            column.addWidget(part, share)

    # reading

    def start(self) -> None:
        """Read the period, and put the focus on the counts."""
        self.make()
        self.refresh()
        self.counts.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Count anew."""
        desk, words = self._desk, ""
        try:
            since, until = self.since.value(), self.until.value()
        except EntryError as error:
            since, until, words = None, None, str(error)
        if not words and (since is None or until is None or since > until):
            words = self.tr("Write a first day and a last day that is not before it.")
        self.problem.setText(words)
        if words or since is None or until is None:
            return
        first, last = since, until
        self._asked += 1
        number = self._asked

        def show(report: CarriedOut) -> None:
            if number == self._asked:
                self._show(report)

        self._runner.run(
            lambda: carried_out.carried_out(desk, first, last),
            while_alive(self, show),
            while_alive(self, self._on_refused),
        )

    def _show(self, report: CarriedOut) -> None:
        self._report = report
        self._lines = (report.all, *report.by_recommendation, *report.by_reason)
        recommended, because = self.tr("recommended: {what}"), self.tr("not in full: {reason}")
        labels = (
            report.all.label,
            *(recommended.format(what=line.label) for line in report.by_recommendation),
            *(because.format(reason=line.label) for line in report.by_reason),
        )
        rows = zip(labels, self._lines, strict=True)
        self._counted.show_rows(tuple(_cells(label, line) for label, line in rows))
        self.counts.setCurrentIndex(self._counted.index(0, 0))
        self._on_chosen(0)
        self.print_button.setEnabled(True)

    def _on_chosen(self, row: int) -> None:
        line = self._lines[row] if 0 <= row < len(self._lines) else None
        self._behind = line.decisions if line is not None else ()
        self._listed.show_rows(tuple(map(_told, self._behind)))
        self._behind_head.set_texts(
            self.tr("Decisions behind the number"), line.label if line is not None else ""
        )

    def _on_opened(self, row: int) -> None:
        self.patient_requested.emit(self._behind[row].decision.patient_id)

    def _on_print(self) -> None:
        if self._report is not None:
            self.print_requested.emit(self._report)

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.refused.emit(words)

    def clear(self) -> None:
        """Hold nothing any more."""
        self._report, self._lines, self._behind = None, (), ()
        if self.made:
            self._counted.show_rows(())
            self._listed.show_rows(())


def _cells(label: str, line: Count) -> tuple[str, ...]:
    percent = f"{wording.number(line.percent, 1)} %" if line.percent is not None else "–"
    return (label, *(str(line.of(answer)) for answer in ANSWERS), percent)


def _told(one: Followed) -> tuple[str, ...]:
    decision = one.decision
    answer = codes.label("implemented", decision.implemented) if decision.implemented else ""
    reason = codes.label("not_implemented", decision.not_implemented) if decision.not_implemented else ""
    who = one.name if one.name == one.mrn else f"{one.name} · {one.mrn}"
    return (wording.day(decision.date), who, recommendation_words(decision), answer, reason)
