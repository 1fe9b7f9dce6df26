"""What an answer is called, when it was computed, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.services.cohort.answer import Answer
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip

_SHOWN_CLAIMS = 3


class AnswerHead(QFrame):
    """Title and buttons in one line, and under it of when and of whom the numbers are."""

    evidence_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agenda_head")
        self.nothing = self.tr("Analyses")
        """The title while nothing is shown."""
        self.title = plain_label(name="answer_title", bold=2)
        self.title.setWordWrap(True)
        wraps = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        wraps.setHeightForWidth(True)
        self.title.setSizePolicy(wraps)
        self.facts = plain_label(name="answer_facts", secondary=True)
        self.facts.setWordWrap(True)
        self.outdated = plain_label(name="answer_outdated", bold=0)
        self.run_button = named(QPushButton(self.tr("Run  Ctrl+U")), "answer_run")
        self.evidence_button = named(QPushButton(), "answer_evidence")
        self._menu = QMenu(self)
        self.copy_button = named(QPushButton(self.tr("Cop&y table")), "answer_copy")
        self.file_button = named(QPushButton(self.tr("Tables as &CSV…")), "answer_file")
        self.print_button = named(QPushButton(self.tr("Print…  Ctrl+P")), "answer_print")
        self._claims: tuple[str, ...] = ()
        self.evidence_button.clicked.connect(self._on_evidence)
        self._lay_out()

    def _lay_out(self) -> None:
        first, second, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        first.setSpacing(theme.scaled(8))
        first.addWidget(self.title, 1)
        for button in (
            *(self.run_button, self.evidence_button, self.copy_button),
            *(self.file_button, self.print_button),
        ):
            button.setAutoDefault(False)
            first.addWidget(button)
        second.setSpacing(theme.scaled(8))
        second.addWidget(self.facts, 1)
        second.addWidget(self.outdated)
        column.setContentsMargins(theme.scaled(12), theme.scaled(6), theme.scaled(12), theme.scaled(6))
        column.setSpacing(theme.scaled(3))
        column.addLayout(first)
        column.addLayout(second)

    def connect_acts(self, acts: dict[str, Callable[[], None]]) -> None:
        """What the buttons do: ``run``, ``copy``, ``file`` and ``print``."""
        for name, act in acts.items():
            button: QPushButton = getattr(self, f"{name}_button")
            button.clicked.connect(lambda _checked=False, act=act: act())

    def show_answer(self, answer: Answer | None) -> None:
        """Say what is shown, or that nothing is."""
        self.title.setText(answer.title if answer is not None else self.nothing)
        self.facts.setText(self._told(answer) if answer is not None else "")
        self.facts.setVisible(answer is not None)
        self.set_outdated(on=False)
        for button in (self.file_button, self.print_button):
            button.setEnabled(answer is not None)
        self.copy_button.setEnabled(answer is not None and bool(answer.results))
        self._show_claims(answer.claims if answer is not None else ())

    def _told(self, answer: Answer) -> str:
        made = answer.made
        at = made.at.astimezone()
        told = self.tr("run {day} {time}, {seconds} s").format(
            day=wording.day(at.date()), time=f"{at:%H:%M}", seconds=wording.number(made.seconds, 1)
        )
        whom = made.query_text or self.tr("everybody in the registry")
        as_of = ""
        if made.as_of != at.date():
            as_of = self.tr("as of {day}").format(day=wording.day(made.as_of))
        return " · ".join(filter(None, (told, whom, as_of)))

    def set_outdated(self, *, on: bool) -> None:
        """Say that the question or the registry is another one now."""
        self.outdated.setText(self.tr("out of date: run again (Ctrl+U)") if on else "")
        self.outdated.setVisible(on)

    def _show_claims(self, claims: tuple[str, ...]) -> None:
        self._claims = claims
        self.evidence_button.setVisible(bool(claims))
        short = ", ".join(claims[:_SHOWN_CLAIMS]) + ("…" if len(claims) > _SHOWN_CLAIMS else "")
        self.evidence_button.setText(" ".join((self.tr("Evi&dence"), short)))
        self.evidence_button.setToolTip(tip(", ".join(claims)))
        self._menu.clear()
        for claim in claims:
            self._menu.addAction(claim).triggered.connect(partial(self._ask_for, claim))

    def _ask_for(self, claim: str, _checked: bool = False) -> None:
        self.evidence_requested.emit(claim)

    def _on_evidence(self) -> None:
        if len(self._claims) == 1:
            self.evidence_requested.emit(self._claims[0])
        else:
            self._menu.popup(self.evidence_button.mapToGlobal(self.evidence_button.rect().bottomLeft()))
