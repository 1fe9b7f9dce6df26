"""The analyses of the cohort page: which one, who is counted, and its answer; three panes as one part."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ctdild_desktop.services.cohort import analyses
from ctdild_desktop.services.cohort.analyses import Options
from ctdild_desktop.services.cohort.answer import Answer
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.ui.cohort.design_list import DesignList
from ctdild_desktop.ui.cohort.result_pane import ResultPane
from ctdild_desktop.ui.cohort.steps_view import StepsView
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner

Asked = tuple[str, Options, Chosen]


class Analyses(QObject):
    """``chosen`` tells whom an answer shall be about."""

    def __init__(
        self, desk: Desk, runner: Runner, ask: Ask, chosen: Callable[[], Chosen], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._chosen = desk, chosen
        self.design = DesignList(desk, runner)
        self.steps = StepsView()
        self.result = ResultPane(desk, runner, ask)
        self._asking: Asked | None = None
        self._answered: Asked | None = None
        self._left_at: QWidget | None = None
        self._changes = self._heard = self._read_after = 0
        """Changes of the registry that were heard: now, before the last question, before what is shown."""
        self.design.run_requested.connect(self.run)
        self.design.changed.connect(self.look)
        self.result.run_requested.connect(self.run)
        self.result.answered.connect(self._on_answered)
        self.result.patient_requested.connect(self._on_patient)

    def run(self) -> None:
        """Ask what stands there now."""
        design = self.design.chosen()
        self.design.options.say_problems()
        if design is None:
            return
        name, options = design
        desk, chosen = self._desk, self._chosen()
        self._asking = (name, options, chosen)

        def work(progress: Progress) -> Answer:
            return analyses.answer(desk, name, options, chosen, progress)

        self._heard = self._changes
        self.result.run(work)

    def look(self) -> None:
        """Say whether the answer is still that of what stands there."""
        design = self.design.chosen() if self._answered is not None else None
        same = design is not None and (*design, self._chosen()) == self._answered
        self.result.set_out_of_date(on=not same or self._changes != self._read_after)
        self._show_steps()

    def mark_changed(self) -> None:
        """The registry has changed."""
        self._changes += 1
        self.look()

    @property
    def at_work(self) -> bool:
        """Whether there is an answer to go on with."""
        return self.result.answer is not None

    def focus_first(self) -> None:
        """Put the keyboard where it was when a patient was opened, else on the answer."""
        if self._left_at is not None and isValid(self._left_at) and self._left_at.isVisible():
            self._left_at.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.result.focus_first()

    def _on_patient(self, _patient_id: str) -> None:
        self._left_at = QApplication.focusWidget()

    def clear(self) -> None:
        """Let go of everything that was read."""
        self._asking = self._answered = None
        self.result.clear()
        self.steps.clear()

    def _on_answered(self, _answer: Answer) -> None:
        self._answered, self._read_after = self._asking, self._heard
        self.look()

    def _show_steps(self) -> None:
        answer = self.result.answer
        self.steps.show_steps(answer.steps if answer is not None else (), outdated=self.result.outdated)
