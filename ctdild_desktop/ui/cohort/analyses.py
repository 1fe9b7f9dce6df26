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
from ctdild_desktop.ui.cohort.answered_part import AnsweredPart
from ctdild_desktop.ui.cohort.design_list import DesignList
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner


class Analyses(AnsweredPart):
    """An analysis with its options, of those who are chosen."""

    def __init__(
        self, desk: Desk, runner: Runner, ask: Ask, chosen: Callable[[], Chosen], parent: QObject
    ) -> None:
        super().__init__(desk, runner, ask, chosen, parent)
        self.design = DesignList(desk, runner)
        self._left_at: QWidget | None = None
        self.design.run_requested.connect(self.run)
        self.design.changed.connect(self.look)
        self.result.patient_requested.connect(self._on_patient)

    def run(self) -> None:
        """Ask what stands there now."""
        asked = self._asked()
        self.design.options.say_problems()
        if asked is None:
            return
        desk = self._desk
        name, options, chosen = asked

        def work(progress: Progress) -> Answer:
            return analyses.answer(desk, name, options, chosen, progress)

        self._ask_for(asked, work)

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

    def _asked(self) -> tuple[str, Options, Chosen] | None:
        design = self.design.chosen()
        return None if design is None else (*design, self._chosen())

    def _on_patient(self, _patient_id: str) -> None:
        self._left_at = QApplication.focusWidget()
