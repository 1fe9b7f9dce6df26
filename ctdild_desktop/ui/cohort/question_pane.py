"""The question at the left of the cohort: whom it is about, built in fields or written as a line of text."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ctdild_desktop.cohort.query import EVERYBODY, Query, QueryError, parse, written
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.widgets.fields import FieldState, mark
from ctdild_desktop.ui.widgets.long_text_field import LongTextField
from ctdild_desktop.ui.widgets.section_header import SectionHeader


class QuestionPane(QWidget):
    """``changed`` says that another question stands here; one that cannot be read changes nothing."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._query: Query = EVERYBODY
        self._head = SectionHeader(self.tr("Question"))
        self.text = LongTextField("cohort_text", self.tr("The question as text"), lines=3)
        self.text.setPlaceholderText(self.tr("everybody"))
        self.text.changed.connect(self._on_text)
        self._problem = plain_label(name="cohort_problem")
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._count = plain_label(name="cohort_count", bold=0)
        self._count.setWordWrap(True)
        inside = QVBoxLayout()
        edge = theme.scaled(10)
        inside.setContentsMargins(edge, 8, edge, 8)
        inside.setSpacing(6)
        for widget in (self.text, self._problem, self._count):
            inside.addWidget(widget)
        inside.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addLayout(inside, 1)

    def query(self) -> Query:
        """The question that can be asked."""
        return self._query

    def show_query(self, query: Query) -> None:
        """Put a question here."""
        self.text.set_text(written(query))

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
        self._count.setText(words)
        self._count.setAccessibleName(words)

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_text(self, text: str) -> None:
        try:
            query = parse(text)
        except QueryError as error:
            self._say_problem(str(error))
            return
        self._say_problem("")
        if query != self._query:
            self._query = query
            self.changed.emit()

    def _say_problem(self, words: str) -> None:
        self._problem.setText(words)
        self._problem.setVisible(bool(words))
        mark(self.text, FieldState.REFUSED if words else FieldState.NORMAL, words)
