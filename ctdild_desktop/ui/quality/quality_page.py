"""The report of quality on the screen: lines above, the periods of the chosen line and its records below."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from ctdild_desktop.clinical.quality.periods import UNDECIDED, words_of
from ctdild_desktop.clinical.quality.report import Behind, Counts, Report, Row, kind_words, reason_words
from ctdild_desktop.services import quality
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.quality import Quality
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.quality import words
from ctdild_desktop.ui.quality.bar import BarCell, NumberCell
from ctdild_desktop.ui.quality.models import NumbersModel, Shown
from ctdild_desktop.ui.quality.quality_head import LEFT_OUT, PLAUSIBILITY, QualityHead
from ctdild_desktop.ui.quality.records_pane import RecordsPane
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.progress_strip import ProgressStrip
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.wrapped_table import WrappedTable

_COUNT_WIDTH, _BAR_WIDTH, _KIND_WIDTH = 78, 120, 120


@dataclass(frozen=True, slots=True)
class Printable:
    """What is printed: the report in sight, and whether records are listed with names."""

    found: Quality
    report: Report
    names: bool


class QualityPage(Later):
    """Enter on a line goes to its records, Enter on a record opens it; Esc goes back."""

    record_requested = Signal(object, str)
    """The ``Behind`` that was chosen, and the kind of the line that it is behind."""
    print_requested = Signal(object)
    file_requested = Signal(object)
    """The ``Report`` whose numbers shall be written."""
    left = Signal()
    refused = Signal(str)

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quality_page")
        self._desk, self._runner = desk, runner
        self._found: Quality | None = None
        self._report: Report | None = None
        self._lines: tuple[Row, ...] = ()
        self._reasons: tuple[str, ...] = ()
        self._periods: tuple[int | None, ...] = ()
        self._number = 0
        self._changes = self._read_after = 0
        """How many changes of the registry were heard, and how many before what is shown was read."""

    def _make_inside(self) -> None:
        tr = self.tr
        self.head = QualityHead(self._desk)
        self._numbers, self._spans = NumbersModel(self), NumbersModel(self)
        self.lines = WrappedTable("quality_lines", tr("Lines of the report"), self._numbers)
        self.periods = WrappedTable("quality_periods", tr("Periods of the chosen line"), self._spans)
        self.pane = RecordsPane()
        self.records = self.pane.table
        self._bar, self._number_cell = BarCell(self), NumberCell(self)
        self._definition = plain_label(name="quality_definition", secondary=True)
        self._definition.setWordWrap(True)
        self._definition.setContentsMargins(theme.scaled(12), 4, theme.scaled(12), 4)
        self.strip = ProgressStrip("quality_progress", self)
        self._empty = EmptyState("", tr("Ctrl+U counts what the registry has now."))
        self._lay_out()
        self._connect()
        self._show_empty()

    def _lay_out(self) -> None:
        above, below, left = QWidget(), QWidget(), QWidget()
        self._beside = left
        self._periods_head = SectionHeader(self.tr("By period"))
        for part, widgets in (
            (above, ((self.lines, 1), (self._definition, 0))),
            (left, ((self._periods_head, 0), (self.periods, 1))),
        ):
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            for widget, share in widgets:
                column.addWidget(widget, share)
        row = QHBoxLayout(below)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(left, 1)
        row.addWidget(self.pane, 1)
        self._body = QSplitter(Qt.Orientation.Vertical)
        for part, share in ((above, 6), (below, 5)):
            self._body.addWidget(part)
            self._body.setStretchFactor(self._body.count() - 1, share)
        self._body.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for piece, room in ((self.head, 0), (self.strip, 0), (self._empty, 1), (self._body, 1)):
            whole.addWidget(piece, room)

    def _connect(self) -> None:
        self.head.changed.connect(self.refresh)
        self.head.part_changed.connect(self._show_part)
        self.head.connect_acts(
            {"read": self.read, "print": self._on_print, "file": self._on_file, "back": self._on_back}
        )
        self.lines.row_selected.connect(lambda _row: self._show_line())
        self.periods.row_selected.connect(self._on_period)
        for table in (self.lines, self.periods):
            table.row_opened.connect(lambda _row: self.pane.go())
        self.pane.opened.connect(self._on_record)
        for keys, act in (
            ("Ctrl+U", self.read),
            ("Ctrl+P", self.head.print_button.click),
            ("Esc", self._on_back),
        ):
            QShortcut(QKeySequence(keys), self, act)

    # reading

    def start(self) -> None:
        """Show what was read last; read when nothing was."""
        self.make()
        if self._found is None:
            self.read()
        self.focus_first()

    def focus_first(self) -> None:
        """Put the focus where work goes on: the records, when one was opened from there."""
        if self.made:
            at_work = self.records if self.records.currentIndex().isValid() else self.lines
            at_work.setFocus(Qt.FocusReason.OtherFocusReason)

    def read(self) -> None:
        """Read everybody anew, beside other work."""
        if self.strip.working:
            return
        desk, progress = self._desk, self.strip.begin(self.tr("Reading the patients"))
        heard = self._changes
        self._runner.run(
            lambda: quality.read(desk, progress),
            while_alive(self, lambda found: self._on_read(found, heard)),
            while_alive(self, self._on_refused),
            aside=True,
        )

    def _on_read(self, found: Quality, heard: int) -> None:
        self.strip.end()
        self._found, self._read_after = found, heard
        self.refresh()

    def refresh(self) -> None:
        """Count the span that is written now."""
        asked, found = self.head.asked(), self._found
        if asked is None or found is None:
            return
        self._number += 1
        number = self._number

        def show(report: Report) -> None:
            if number == self._number:
                self._show(report)

        self._runner.run(
            lambda: found.report(asked),
            while_alive(self, show),
            while_alive(self, self._on_refused),
            aside=True,
        )

    def mark_outdated(self) -> None:
        """Say that the registry has changed since it was read."""
        self._changes += 1
        if self.made and self._found is not None:
            self._say_facts()

    def _say_facts(self) -> None:
        facts = words.facts_words(self._found) if self._found is not None else ""
        outdated = facts and self._changes != self._read_after
        since = self.tr("The registry was changed since: read again (Ctrl+U).") if outdated else ""
        self.head.facts.setText(" · ".join(filter(None, (facts, since))))

    # showing

    def _show(self, report: Report) -> None:
        self._report = report
        self._say_facts()
        self._show_empty()
        self._show_part()

    def _show_empty(self) -> None:
        title = ""
        if self._found is None:
            title = self.tr("Nothing was read yet.")
        elif not self._found.patients:
            title = self.tr("The registry has no patients yet: there is nothing to count.")
        self._empty.set_title(title)
        self._empty.setVisible(bool(title))
        self._body.setVisible(not title)
        for button in (self.head.print_button, self.head.file_button):
            button.setEnabled(not title)

    def _show_part(self) -> None:
        report, part = self._report, self.head.part.current()
        if report is None:
            return
        chosen = self._line()
        if part == LEFT_OUT:
            self._show_reasons(report)
            return
        check = part == PLAUSIBILITY
        rows = report.checks if check else report.completeness
        if self.head.lacking.isChecked():
            rows = tuple(row for row in rows if row.whole.lacking)
        self._lines, self._reasons = rows, ()
        shown, before = [], ""
        for row in rows:
            kind = kind_words(row.line.kind)
            cells = words.cells(row.whole, check=check)
            shown.append(Shown((kind if kind != before else "", row.line.label, *cells, ""), row.whole))
            before = kind
        what = self.tr("Check") if check else self.tr("Field")
        self._numbers.show_rows((self.tr("Kind"), what, *words.heads(check=check), ""), 2, shown)
        self._set_widths(self.lines, {0: _KIND_WIDTH, 1: 0})
        ids = [row.line.id for row in rows]
        at = ids.index(chosen.line.id) if chosen is not None and chosen.line.id in ids else 0
        self.lines.setCurrentIndex(self._numbers.index(at, 0))
        if not rows:
            self._show_line()

    def _show_reasons(self, report: Report) -> None:
        self._lines, self._reasons = (), tuple(report.tally.left)
        shown = [
            Shown((reason_words(reason), str(len(report.tally.left[reason].entries)), ""))
            for reason in self._reasons
        ]
        self._numbers.show_rows((self.tr("In no number"), self.tr("Records"), ""), 1, shown)
        self._set_widths(self.lines, {0: 0})
        self.lines.setCurrentIndex(self._numbers.index(0, 0))

    def _set_widths(self, table: WrappedTable, widths: dict[int, int]) -> None:
        """These columns, then the counts, then the bar."""
        last = table.model().columnCount() - 1
        for column in range(last):
            text = column in widths
            table.setItemDelegateForColumn(column, table.itemDelegate() if text else self._number_cell)
        table.setItemDelegateForColumn(last, self._bar)
        counts = {column: _COUNT_WIDTH for column in range(last) if column not in widths}
        table.set_widths({**counts, **widths, last: _BAR_WIDTH})

    def _line(self) -> Row | None:
        at = self.lines.currentIndex().row()
        return self._lines[at] if 0 <= at < len(self._lines) else None

    def _show_line(self) -> None:
        line, report = self._line(), self._report
        at = self.lines.currentIndex().row()
        if report is None:
            return
        self._beside.setVisible(line is not None)
        if line is None:
            self._definition.setText("")
            self._periods = ()
            self._spans.show_rows((), 0, ())
            self._periods_head.set_texts(self.tr("By period"))
            if 0 <= at < len(self._reasons):
                self.pane.show_reason(report, self._reasons[at])
            else:
                self.pane.clear()
            return
        self._definition.setText(words.definition_words(line.line))
        self._periods_head.set_texts(self.tr("By period"), line.line.label)
        self.pane.show_line(report, line)
        self._show_periods(line, report.asked.by)

    def _show_periods(self, line: Row, by: str) -> None:
        check = line.line.check
        listed: list[tuple[int | None, str, Counts]] = [(None, self.tr("whole period"), line.whole)]
        listed += [(period, words_of(period, by), counts) for period, counts in line.periods]
        shown = [Shown((name, *words.cells(each, check=check), ""), each) for _at, name, each in listed]
        periods = [period for period, _name, _counts in listed]
        if line.undecided:
            periods.append(UNDECIDED)
            told = self.tr("not known whether in the period")
            shown.append(Shown((told, str(line.undecided), "", "", "", "", "")))
        self._periods = tuple(periods)
        self._spans.show_rows((self.tr("Period"), *words.heads(check=check), ""), 1, shown)
        self._set_widths(self.periods, {0: 0})
        self.periods.setCurrentIndex(self._spans.index(0, 0))

    def _on_period(self, row: int) -> None:
        if 0 <= row < len(self._periods):
            self.pane.show_period(self._periods[row])

    # acts

    def _on_record(self, one: Behind) -> None:
        line = self._line()
        self.record_requested.emit(one, line.line.kind if line is not None else "")

    def _on_print(self) -> None:
        if self._report is not None and self._found is not None:
            self.print_requested.emit(Printable(self._found, self._report, self.head.names.isChecked()))

    def _on_file(self) -> None:
        if self._report is not None:
            self.file_requested.emit(self._report)

    def _on_back(self) -> None:
        if self.strip.working:
            self.strip.cancel()
        elif self.records.hasFocus():
            self.pane.leave()
            self.lines.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.left.emit()

    def _on_refused(self, error: Exception) -> None:
        self.strip.end()
        told = sentence_of(error)
        if told is None:
            raise error
        self.refused.emit(told)

    def clear(self) -> None:
        """Hold nothing any more."""
        self._found = self._report = None
        self._lines, self._reasons, self._periods = (), (), ()
        if self.made:
            for model in (self._numbers, self._spans):
                model.show_rows((), 0, ())
            self.pane.clear()
            self.head.facts.setText("")
            self._show_empty()
