"""The cohort on the screen: the question at the left, and at the right one of several answers to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ctdild_desktop.services.cohort import finding
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.cohort.finding import Everybody, Found
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.progress import CancelledError
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.cohort.analyses import Analyses
from ctdild_desktop.ui.cohort.found_pane import FoundPane
from ctdild_desktop.ui.cohort.question_pane import QuestionPane
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.draft_keeper import DraftKeeper
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.page_stack import PageStack
from ctdild_desktop.ui.widgets.progress_strip import ProgressStrip
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl

ANALYSES, STUDIES, PATIENTS = "analyses", "studies", "patients"
_LEFT_WIDTH = 300
_AGAIN_MS = 3000
"""How long after a change at another desk it is read again: where many work, changes come in numbers."""
_AFTER_MS = 150
"""How long nobody may have typed before it is counted."""


class CohortPage(Later):
    """A part of the right side is added by :meth:`_add_part`; what stands below the question beside it, too.

    ``question_changed`` says that :meth:`chosen` is another one.
    """

    question_changed = Signal()
    patient_requested = Signal(str)
    export_requested = Signal(object)
    """Ids of the patients that shall be exported."""
    evidence_requested = Signal(str)
    """Id of the claim that asks the same as an answer."""
    done = Signal(object)
    """What was done with a saved question."""
    refused = Signal(str)
    written = Signal(object)
    """The file that was written; it is not encrypted."""
    print_requested = Signal(object)
    """The ``Printout`` to be shown."""

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cohort_page")
        self._desk, self._runner, self._ask = desk, runner, ask
        self._everybody: Everybody | None = None
        self._outdated = True
        self._number = 0
        self._listed_from: tuple[str, QWidget | None] = ("", None)
        """The part whose patients are listed, and what had the keyboard there."""

    def _make_inside(self) -> None:
        self._parts: dict[str, tuple[str, QWidget]] = {}
        self._below: list[tuple[str, QWidget]] = []
        self._stack = named(PageStack(), "cohort_parts")
        self.question = QuestionPane(self._desk, self._runner)
        self.question.changed.connect(self._on_question)
        self.question.saved.renewed.connect(self._say_title)
        self.question.saved.done.connect(self.done)
        self.question.saved.refused.connect(self.refused)
        self.strip = ProgressStrip("cohort_reading", self)
        self._left = QVBoxLayout()
        self._left.setContentsMargins(0, 0, 0, 0)
        self._left.setSpacing(0)
        self.question.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._left.addWidget(self.question)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self.count)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._read_again)
        self._make_parts()
        self._lay_out()
        self.show_part(next(iter(self._parts)))
        self._drafts = DraftKeeper(self._desk, self._runner, "cohort", None, self)
        self._drafts.set_start(self._payload())
        self._drafts.load(lambda draft, _at: self._restore(draft.payload))
        for choice in (self.analyses.design, self.studies.list):
            choice.changed.connect(self.keep_drafts)
        QShortcut(QKeySequence("Esc"), self.found, self._on_escape)

    def _make_parts(self) -> None:
        self.analyses = Analyses(self._desk, self._runner, self._ask, self.chosen, self)
        design, steps, result = self.analyses.design, self.analyses.steps, self.analyses.result
        self._add_part(ANALYSES, self.tr("Analyses"), result, design, steps)
        self.question_changed.connect(self.analyses.look)
        steps.patients_requested.connect(lambda why, ids: self.list_patients(ids, why))
        result.patients_requested.connect(lambda why, ids: self.list_patients(ids, why))
        result.patient_requested.connect(self.patient_requested)
        result.evidence_requested.connect(self.evidence_requested)
        result.said.connect(self.refused)
        result.written.connect(self.written)
        result.print_requested.connect(self.print_requested)
        self.found = FoundPane()
        self.found.patient_requested.connect(self.patient_requested)
        self.found.export_requested.connect(self.export_requested)
        self.found.rows_wanted.connect(self._read_rows)
        self._add_part(PATIENTS, self.tr("Patients"), self.found)
        self._make_studies()

    def _make_studies(self) -> None:
        from ctdild_desktop.ui.cohort.studies_pane import Studies

        self.studies = Studies(self._desk, self._runner, self._ask, self.chosen, self)
        steps, result = self.studies.steps, self.studies.result
        self._add_part(STUDIES, self.tr("Studies"), result, self.studies.list, steps)
        self.question_changed.connect(self.studies.look)
        self.studies.list.changed.connect(self._fit_question)
        for asking in (steps, result):
            asking.patients_requested.connect(lambda why, ids: self.list_patients(ids, why))
        result.patient_requested.connect(self.patient_requested)
        result.evidence_requested.connect(self.evidence_requested)
        result.said.connect(self.refused)
        result.written.connect(self.written)
        result.print_requested.connect(self.print_requested)

    def _add_part(self, code: str, words: str, widget: QWidget, *below: QWidget) -> None:
        """Add a part of the right side, and what stands below the question while it is shown."""
        self._parts[code] = (words, widget)
        self._stack.addWidget(widget)
        if not below:
            return
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for one in below:  # each may be hidden on its own, too
            column.addWidget(one, int(one is below[0]))
        self._below.append((code, holder))
        self._left.addWidget(holder)

    def _lay_out(self) -> None:
        self.part = SegmentedControl(
            "cohort_part", self.tr("Shown"), tuple((code, words) for code, (words, _) in self._parts.items())
        )
        self.part.chosen.connect(self.show_part)
        self.title = plain_label(self.question.title, name="cohort_title", bold=4)
        self.facts = plain_label(name="cohort_facts", secondary=True)
        head = named(QFrame(), "cohort_head")
        self.head_row = QHBoxLayout(head)
        self.head_row.setContentsMargins(theme.scaled(10), 6, theme.scaled(10), 6)
        self.head_row.setSpacing(12)
        self.head_row.addWidget(self.title)
        self.head_row.addWidget(self.facts)
        self.head_row.addStretch(1)
        self.head_row.addWidget(self.part)
        left = named(QWidget(), "cohort_left")
        left.setLayout(self._left)
        left.setFixedWidth(theme.scaled(_LEFT_WIDTH))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(left)
        row.addWidget(self._stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(head)
        whole.addWidget(self.strip)
        whole.addLayout(row, 1)

    # drafts

    def _payload(self) -> dict[str, str]:
        chosen = {**self.analyses.design.draft(), **self.studies.list.draft()}
        return {"question": self.question.text.text_value(), **chosen}

    def _restore(self, kept: Mapping[str, str]) -> None:
        self.question.text.set_text(kept.get("question", ""))
        self.analyses.design.restore(kept)
        self.studies.list.restore(kept)

    def keep_drafts(self) -> None:
        """Keep question and design as they stand, also what cannot be asked yet."""
        if self.made:
            self._drafts.keep(self._payload())

    def leave(self) -> tuple[Typed, ...]:
        """The question, for whoever takes the window away."""
        return (self._drafts.leave(self._payload(), lambda: False),) if self.made else ()

    # for the other parts

    def chosen(self) -> Chosen:
        """Whom the answers shall be about."""
        return Chosen(query=self.question.query())

    def run_study(self, claim_id: str) -> None:
        """Show the studies and run one."""
        self.make()
        self.show_part(STUDIES)
        self.studies.run_study(claim_id)

    def show_part(self, code: str) -> None:
        """Show one part; raises KeyError when there is none of this name."""
        self._stack.bring(self._parts[code][1])
        self.part.set_current(code)
        for one, widget in self._below:
            widget.setVisible(one == code)
        self._fit_question()

    def _fit_question(self) -> None:
        """A study that is run on its own patients needs no question."""
        needed = self._stack.currentWidget() is not self.studies.result or not self.studies.list.own_people()
        self.question.setVisible(needed)

    def list_patients(self, ids: Sequence[str], why: str) -> None:
        """Show some patients whom a result names, under a title that says why."""
        self._listed_from = (self.part.current(), QApplication.focusWidget())
        self.found.show_listed(ids, why)
        self.show_part(PATIENTS)
        self.found.focus_first()

    def _on_escape(self) -> None:
        """Go back to the result whose patients are listed."""
        part, at_work = self._listed_from
        if self.strip.working or self.part.current() != PATIENTS or not part:
            return
        self._listed_from = ("", None)
        self.show_part(part)
        if at_work is not None and isValid(at_work) and at_work.isVisible():
            at_work.setFocus(Qt.FocusReason.OtherFocusReason)

    # reading and counting

    def start(self) -> None:
        """Come in sight: read when nothing was read, or when the registry has changed since."""
        self.make()
        self.question.saved.refresh()
        if self._outdated:
            self._read()

    def focus_first(self) -> None:
        """Put the focus where work goes on: the list, when a patient was opened from there."""
        if not self.made:
            return
        if self.part.current() == ANALYSES and self.analyses.at_work:
            self.analyses.focus_first()
        elif self.part.current() == PATIENTS and self.found.model.ids:
            self.found.focus_first()
        elif self.part.current() == STUDIES:
            self.studies.focus_first()
        else:
            self.question.focus_first()

    def mark_outdated(self) -> None:
        """The registry has changed since it was read."""
        self._outdated = True
        if self.made:
            self.analyses.mark_changed()
            self.studies.mark_changed()
        if self.made and self.isVisible() and not self._again.isActive():
            self._again.start()

    def clear(self) -> None:
        """Let go of everything that was read."""
        self._number += 1
        self._everybody, self._outdated = None, True
        if self.made:
            self.found.show_found(None)
            self.question.saved.clear()
            self.analyses.clear()
            self.studies.clear()

    def _read_again(self) -> None:
        if self._outdated and self.isVisible():
            self._read()

    def _read(self) -> None:
        if self.strip.working:
            return
        self._outdated = False
        desk, progress = self._desk, self.strip.begin(self.tr("Reading the patients"))
        self._runner.run(
            lambda: finding.read(desk, progress=progress),
            while_alive(self, self._on_read),
            while_alive(self, self._on_refused),
            aside=True,
        )

    def _on_read(self, everybody: Everybody) -> None:
        self.strip.end()
        self._everybody = everybody
        if self._outdated and self.isVisible():  # it was changed while it was read
            self._again.start()
        self.analyses.design.refresh()
        self.count()

    def _on_question(self) -> None:
        self.found.drop_listed()
        self._say_title()
        self.question_changed.emit()
        self._timer.start()

    def _say_title(self) -> None:
        self.title.setText(self.question.title)

    def count(self) -> None:
        """Ask everybody; the last question that was asked wins."""
        self._drafts.keep(self._payload())
        everybody, query = self._everybody, self.question.query()
        if everybody is None:
            return
        self._number += 1
        number = self._number
        self._runner.run(
            lambda: everybody.found(query, lambda: number != self._number),
            while_alive(self, partial(self._on_found, number)),
            while_alive(self, self._on_refused),
            aside=True,
        )

    def _on_found(self, number: int, found: Found) -> None:
        if number != self._number:
            return
        self.found.show_found(found)
        words = self.tr("{n} of {all}").format(n=found.count, all=found.registry)
        if found.cannot_tell:
            told = self.tr("{n} of {all}; {k} cannot be told")
            words = told.format(n=found.count, all=found.registry, k=len(found.cannot_tell))
        self.question.show_count(words)

    def _read_rows(self, ids: tuple[str, ...]) -> None:
        everybody, query = self._everybody, self.question.query()
        if everybody is None:
            return
        self._runner.run(
            lambda: everybody.rows(ids, query),
            while_alive(self, self.found.fill),
            while_alive(self, self._on_refused),
            aside=True,
        )

    def _on_refused(self, error: Exception) -> None:
        self.strip.end()
        if isinstance(error, CancelledError):
            return
        told = sentence_of(error)
        if told is None:
            raise error
        self.refused.emit(told)
