"""The records behind a number, of one state or of all; Enter opens one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.quality.report import Behind, Report, Row, kind_words
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.quality import words
from ctdild_desktop.ui.quality.models import RecordsModel
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl
from ctdild_desktop.ui.widgets.table_view import row_table

_ALL = "all"
_STATES = {"lacking": (State.LACKING,), "said": (State.SAID,), "good": (State.GOOD,), _ALL: tuple(State)}
_WIDTHS = (210, 84, 84)


class RecordsPane(QWidget):
    """Head, choice of the state, and the records."""

    opened = Signal(object)
    """The ``Behind`` that was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: Report | None = None
        self._line: Row | None = None
        self._period: int | None = None
        self._reason = ""
        self._sized = False
        """Widths are set with the first columns; from then on they are the person's."""
        self._head = SectionHeader(self.tr("Records behind the number"))
        self.states = SegmentedControl(
            "quality_states", self.tr("Which records"), tuple((code, code) for code in _STATES)
        )
        self.states.set_current(_ALL)
        self._model = RecordsModel(self)
        self.table = row_table("quality_records", self._model, _WIDTHS, 22)
        self.table.setAccessibleName(self.tr("Records behind the number"))
        line = QHBoxLayout()
        line.setContentsMargins(theme.scaled(10), 4, theme.scaled(10), 4)
        line.addWidget(self.states)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addLayout(line)
        column.addWidget(self.table, 1)
        self.states.chosen.connect(lambda _code: self._show())
        self.table.activated.connect(self._on_activated)

    def show_line(self, report: Report, line: Row) -> None:
        """Show a line: what lacks, else what is not known, else all."""
        self._report, self._line, self._period, self._reason = report, line, None, ""
        for code, states in _STATES.items():
            told = words.state_words(states[0], check=line.line.check)
            self.states.set_words(code, self.tr("all") if code == _ALL else told)
        self.states.setVisible(True)
        self.states.set_current("lacking" if line.whole.lacking else "said" if line.whole.said else _ALL)
        self._show()

    def show_period(self, period: int | None) -> None:
        """Show one period of the line, or its whole."""
        self._period = period
        self._show()

    def show_reason(self, report: Report, reason: str) -> None:
        """Show what is in no number for a reason."""
        self._report, self._line, self._reason = report, None, reason
        self.states.setVisible(False)
        self._show()

    def go(self) -> bool:
        """Put the keyboard on the first record; False when there is none."""
        if not self._model.rowCount():
            return False
        self.table.setCurrentIndex(self._model.index(0, 0))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def leave(self) -> None:
        """No record is chosen any more."""
        self.table.setCurrentIndex(QModelIndex())

    def clear(self) -> None:
        """Hold nothing any more."""
        self._report, self._line, self._reason = None, None, ""
        self._show()

    def _show(self) -> None:
        report, line = self._report, self._line
        found: tuple[Behind, ...] = ()
        if report is not None and line is not None:
            found = report.behind(line.line.id, _STATES[self.states.current()], self._period)
        elif report is not None and self._reason:
            found = report.left_out(self._reason)
        check = line is not None and line.line.check

        def told(one: Behind) -> tuple[str, ...]:
            person = one.person
            who = person.name if person.name == person.mrn else f"{person.name} · {person.mrn}"
            state = words.state_words(one.state, check=check)
            what = ": ".join(filter(None, (state, one.detail))) if several else one.detail
            return (who, kind_words(one.kind), one.date, what)

        tr, several = self.tr, self.states.current() == _ALL
        heads = (tr("Patient"), tr("Kind"), tr("Date"), tr("What"))
        self._model.show_records(heads, found, told)
        if not self._sized:
            self._sized = True
            for section, width in enumerate(_WIDTHS):
                self.table.horizontalHeader().resizeSection(section, theme.scaled(width))
        label = line.line.label if line is not None else ""
        self._head.set_texts(tr("Records behind the number"), label, str(len(found)))

    def _on_activated(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.records[index.row()])
