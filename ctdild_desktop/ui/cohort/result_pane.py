"""The answer of an analysis: pictures, tables, definition, what it cannot show, and how to make it again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.services.cohort.answer import Answer
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.progress import CancelledError, Progress
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.cohort.answer_acts import AnswerActs
from ctdild_desktop.ui.cohort.answer_body import AnswerBody
from ctdild_desktop.ui.cohort.answer_head import AnswerHead
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.progress_strip import ProgressStrip

Work = Callable[[Progress], Answer]


class ResultPane(QWidget):
    """Shows one answer until the next one is there; what is older than the question is pale and says so."""

    answered = Signal(object)
    """The ``Answer`` that is shown now."""
    run_requested = Signal()
    patient_requested = Signal(str)
    patients_requested = Signal(str, object)
    """What they have in common, and their ids."""
    evidence_requested = Signal(str)
    """Id of the claim."""
    said = Signal(str)
    written = Signal(object)
    """The file that was written; it is not encrypted."""
    print_requested = Signal(object)
    """The ``Printout`` to be shown."""

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("result_pane")
        self._runner = runner
        self.answer: Answer | None = None
        self.outdated = False
        self._number = 0
        self.head = AnswerHead()
        self.strip = ProgressStrip("answer_progress", self)
        self.body = AnswerBody()
        self.empty = EmptyState(
            self.tr("Nothing was computed yet."),
            self.tr("Choose an analysis at the left; Enter there or Ctrl+U here runs it."),
        )
        self.acts = AnswerActs(desk, runner, ask, self)
        self._nobody = self._make_nobody()
        self._lay_out()
        self._connect()
        self._show()
        QShortcut(QKeySequence("Ctrl+U"), self, self.run_requested.emit)
        QShortcut(QKeySequence("Ctrl+P"), self, self.head.print_button.click)
        self._stop = QShortcut(QKeySequence("Esc"), self, self.cancel)
        self._stop.setEnabled(False)

    def _make_nobody(self) -> QWidget:
        """The line that says that nobody could be analysed, with the way to those who were left out."""
        line = named(QWidget(), "answer_nobody")
        self._nobody_words = named(QLabel(), "answer_nobody_words")
        self._nobody_words.setTextFormat(Qt.TextFormat.PlainText)
        self._nobody_words.setWordWrap(True)
        self._nobody_words.setFont(theme.font(bold=True))
        self.nobody_button = named(QPushButton(self.tr("Sh&ow them")), "answer_show_them")
        self.nobody_button.clicked.connect(self._on_nobody)
        row = QHBoxLayout(line)
        row.setContentsMargins(theme.scaled(12), 6, theme.scaled(12), 6)
        row.addWidget(self._nobody_words, 1)
        row.addWidget(self.nobody_button)
        return line

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for piece, room in (
            *((self.head, 0), (self.strip, 0), (self._nobody, 0)),
            *((self.empty, 1), (self.body, 1)),
        ):
            whole.addWidget(piece, room)

    def _connect(self) -> None:
        self.head.connect_acts(
            {
                "run": self.run_requested.emit,
                "copy": self.copy_table,
                "file": self.acts.save_tables,
                "print": self.acts.print,
            }
        )
        self.head.evidence_requested.connect(self.evidence_requested)
        self.body.patient_requested.connect(self.patient_requested)
        self.body.picture_requested.connect(self.acts.take_picture)
        self.body.command_copied.connect(lambda: self.said.emit(self.tr("The command is copied.")))
        self.acts.said.connect(self.said)
        self.acts.written.connect(self.written)
        self.acts.print_requested.connect(self.print_requested)

    # running

    def run(self, work: Work) -> None:
        """Make another answer beside other work; of several that were asked for, the last is shown."""
        self.cancel()
        self._number += 1
        number = self._number
        progress = self.strip.begin(self.tr("Reading the patients"))
        self._stop.setEnabled(True)  # wherever on the page the keyboard is

        def done(answer: Answer) -> None:
            if number == self._number:
                self._end()
                self.show_answer(answer)

        def refused(error: Exception) -> None:
            if number == self._number:
                self._end()
            self._on_refused(error)

        self._runner.run(
            lambda: work(progress), while_alive(self, done), while_alive(self, refused), aside=True
        )

    def cancel(self) -> bool:
        """Stop what is under way; False when nothing is."""
        if not self.strip.working:
            return False
        self.strip.cancel()
        return True

    def _end(self) -> None:
        self.strip.end()
        self._stop.setEnabled(False)

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, CancelledError):
            return
        told = sentence_of(error)
        if told is None:
            raise error
        self.said.emit(told)

    # showing

    def show_answer(self, answer: Answer) -> None:
        """Show an answer, which is of the present question."""
        self.answer, self.outdated = answer, False
        self._show()
        self.answered.emit(answer)

    def set_out_of_date(self, *, on: bool = True) -> None:
        """The question, an option or the registry is another one than that of the answer."""
        if self.answer is not None and on != self.outdated:
            self.outdated = on
            self.head.set_outdated(on=on)
            self.body.set_pale(on=on)

    def clear(self) -> None:
        """Hold nothing any more."""
        self._number += 1
        self.cancel()
        self._end()
        self.answer, self.outdated = None, False
        self._show()

    def focus_first(self) -> None:
        """Put the keyboard on the answer, or on what makes one."""
        if self.answer is None:
            self.head.run_button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.body.focus_first()

    def copy_table(self) -> None:
        """Copy the table in hand, or the first one, with its heads."""
        title = self.body.copy_table()
        if title:
            self.said.emit(self.tr("Copied: {title}").format(title=title))

    def _show(self) -> None:
        answer = self.answer
        self.head.show_answer(answer)
        self.body.show_answer(answer)
        self.empty.setVisible(answer is None)
        self.body.setVisible(answer is not None)
        left = [step for step in answer.steps if step.left_out] if answer is not None else []
        last = answer.steps[-1] if answer is not None and answer.steps else None
        nobody = last is not None and not last.count
        self._nobody.setVisible(nobody)
        if answer is not None and nobody:
            self._nobody_words.setText(self._nobody_told(answer))
            chosen = any(step.count for step in answer.steps[1:] if not step.left_out)
            self.nobody_button.setVisible(chosen and any(step.patients for step in left))

    def _nobody_told(self, answer: Answer) -> str:
        told = next((chart.empty_text for chart in answer.charts if chart.empty_text), "")
        return told or self.tr("Nobody can be analysed.")

    def _on_nobody(self) -> None:
        if self.answer is None:
            return
        left = [step for step in self.answer.steps if step.left_out and step.patients]
        ids = tuple(dict.fromkeys(one for step in left for one in step.patients))
        self.patients_requested.emit("; ".join(step.text for step in left), ids)
