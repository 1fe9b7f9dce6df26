"""A part of the cohort page with an answer: who is counted, and whether it is still what was asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from PySide6.QtCore import QObject

from ctdild_desktop.services.cohort.answer import Answer
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.ui.cohort.result_pane import ResultPane
from ctdild_desktop.ui.cohort.steps_view import StepsView
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner


class AnsweredPart(QObject):
    """``chosen`` tells whom the question that stands beside it is about."""

    def __init__(
        self, desk: Desk, runner: Runner, ask: Ask, chosen: Callable[[], Chosen], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._chosen = desk, chosen
        self.steps = StepsView()
        self.result = ResultPane(desk, runner, ask)
        self._asking: object | None = None
        self._answered: object | None = None
        self._changes = self._heard = self._read_after = 0
        """Changes of the registry that were heard: now, before the last question, before what is shown."""
        self.result.run_requested.connect(self.run)
        self.result.answered.connect(self._on_answered)

    @abstractmethod
    def run(self) -> None:
        """Ask what stands there now."""

    @abstractmethod
    def _asked(self) -> object | None:
        """What stands there, to be compared; None where it cannot be asked."""

    def _ask_for(self, asked: object, work: Callable[[Progress], Answer]) -> None:
        self._asking, self._heard = asked, self._changes
        self.result.run(work)

    def look(self) -> None:
        """Say whether the answer is still that of what stands there."""
        same = self._answered is not None and self._asked() == self._answered
        self.result.set_out_of_date(on=not same or self._changes != self._read_after)
        answer = self.result.answer
        self.steps.show_steps(answer.steps if answer is not None else (), outdated=self.result.outdated)

    def mark_changed(self) -> None:
        """The registry has changed."""
        self._changes += 1
        self.look()

    def clear(self) -> None:
        """Let go of everything that was read."""
        self._asking = self._answered = None
        self.result.clear()
        self.steps.clear()

    def _on_answered(self, _answer: Answer) -> None:
        self._answered, self._read_after = self._asking, self._heard
        self.look()
