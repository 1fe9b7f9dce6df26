"""The question at the left of the cohort: whom it is about, built in fields or written as a line of text."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ctdild_desktop.cohort.query import EVERYBODY, Query, QueryError, parse, written
from ctdild_desktop.cohort.question_rows import Rows, query_of, rows_of
from ctdild_desktop.services.cohort.saved_questions import Saved
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.cohort.question_builder import QuestionBuilder
from ctdild_desktop.ui.cohort.saved_bar import SavedBar
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.fields import FieldState, mark
from ctdild_desktop.ui.widgets.long_text_field import LongTextField
from ctdild_desktop.ui.widgets.scrolled_page import ScrolledPage
from ctdild_desktop.ui.widgets.section_header import SectionHeader


class QuestionPane(QWidget):
    """``changed`` says that another question stands here; one that cannot be read changes nothing.

    The fields and the text are two ways to write the same question: what is changed in one is shown in the
    other. A text that the fields cannot show stays text, and the fields step aside.
    """

    changed = Signal()

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._query: Query = EVERYBODY
        self._instead = ""
        """Why what stands here is not counted."""
        self._told = ""
        """How many answer to the question that was asked last."""
        self._head = SectionHeader(self.tr("Question"))
        self.saved = SavedBar(desk, runner, self._written)
        self.saved.chosen.connect(self._on_saved)
        self.saved.renewed.connect(self._say_name)
        self.changed.connect(self._say_name)
        self.builder = QuestionBuilder(desk.today)
        self.builder.changed.connect(self._on_rows)
        self._aside = plain_label(
            self.tr("This question is built in a way that the fields cannot show; it is written as text."),
            name="cohort_as_text",
            secondary=True,
        )
        self._aside.setWordWrap(True)
        self._aside.hide()
        self.text = LongTextField("cohort_text", self.tr("The question as text"), lines=4)
        self.text.setPlaceholderText(self.tr("everybody"))
        self.text.changed.connect(self._on_text)
        self._problem = plain_label(name="cohort_problem")
        self._problem.setWordWrap(True)
        self._problem.setProperty("verbatim", True)  # it names fields and codes as they are typed
        self._problem.hide()
        self._count = plain_label(name="cohort_count", bold=0)
        self._count.setWordWrap(True)
        caption = plain_label(self.tr("As text"), secondary=True)
        caption.setBuddy(self.text)
        held = QWidget()
        inside = QVBoxLayout(held)
        edge = theme.scaled(10)
        inside.setContentsMargins(edge, 8, edge, 8)
        inside.setSpacing(6)
        for widget in (self.saved, self.builder, self._aside, caption, self.text, self._problem):
            inside.addWidget(widget)
        inside.addStretch(1)
        self._count.setContentsMargins(edge, 6, edge, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(ScrolledPage(held), 1)
        column.addWidget(self._count)

    def hasHeightForWidth(self) -> bool:
        """It scrolls: what stands below it must not give way to its whole height."""
        return False

    def query(self) -> Query:
        """The question that can be asked."""
        return self._query

    def show_query(self, query: Query) -> None:
        """Put a question here."""
        self.text.set_text(written(query))

    @property
    def title(self) -> str:
        """What the question is called."""
        if self._query == EVERYBODY:
            return self.tr("Everybody in the registry")
        return self.saved.name_of(written(self._query)) or self.tr("Patients of the question")

    def _say_name(self) -> None:
        name = self.saved.name_of(written(self._query)) if self._query != EVERYBODY else ""
        self._head.set_texts(
            self.tr("Question"), "", self.tr("saved: {name}").format(name=name) if name else ""
        )

    @property
    def count_words(self) -> str:
        """How many answer to it, as it stands there."""
        return self._count.text()

    @property
    def problem_words(self) -> str:
        """Why what is written is no question; empty when it is one."""
        return self._problem.text()

    def show_count(self, words: str) -> None:
        """Say how many answer to it."""
        self._told = words
        self._say_count(self._instead)

    def _say_count(self, instead: str = "") -> None:
        """A count stands only beside the question that it is of."""
        self._instead = instead
        words = instead or self._told
        self._count.setText(words)
        self._count.setAccessibleName(words)

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        first = self.builder.quick.fields["diagnosis"] if self.builder.isVisibleTo(self) else self.text
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _written(self) -> str:
        return self.text.text_value()

    def _on_saved(self, one: Saved) -> None:
        self.text.set_text(one.text)

    def _on_rows(self) -> None:
        """The fields ask something else: write it."""
        unread = self.builder.unread()
        if unread:
            words = self.tr("Not counted: {field} cannot be read. What is shown answers the question before.")
            self._say_count(words.format(field=unread))
            return
        try:
            query = query_of(self.builder.rows())
        except QueryError as error:
            self._say_problem(str(error))
            return
        self._say_problem("")
        self.text.blockSignals(True)
        self.text.set_text(written(query))
        self.text.blockSignals(False)
        self._ask(query)

    def _on_text(self, text: str) -> None:
        """The text asks something else: show it in the fields, where they can."""
        try:
            query = parse(text)
        except QueryError as error:
            self._say_problem(str(error))
            return
        self._say_problem("")
        rows = rows_of(query)
        self._aside.setVisible(rows is None)
        self.builder.setVisible(rows is not None)
        self.builder.show_rows(rows or Rows())
        self._ask(query)

    def _ask(self, query: Query) -> None:
        if query != self._query:
            self._query = query
            self.changed.emit()

    def _say_problem(self, words: str) -> None:
        self._problem.setText(words)
        self._problem.setVisible(bool(words))
        if words:
            self._aside.hide()
        not_read = self.tr("Not counted: this is no question. What is shown answers the question before.")
        self._say_count(not_read if words else "")
        mark(self.text, FieldState.REFUSED if words else FieldState.NORMAL, words)
