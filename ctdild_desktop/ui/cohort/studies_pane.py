"""The studies of the cohort page: which one, who is counted, and its answer; three panes as one part."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from ctdild_desktop.services.cohort import studies
from ctdild_desktop.services.cohort.answer import Answer
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.ui.cohort.result_pane import ResultPane
from ctdild_desktop.ui.cohort.steps_view import StepsView
from ctdild_desktop.ui.cohort.study_list import StudyList
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner

Asked = tuple[str, Chosen]


class Studies(QObject):
    """``chosen`` tells whom the question that stands beside it is about."""

    def __init__(
        self, desk: Desk, runner: Runner, ask: Ask, chosen: Callable[[], Chosen], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._chosen = desk, chosen
        self.list = StudyList()
        self.steps = StepsView()
        self.result = ResultPane(desk, runner, ask)
        self.result.empty.set_title(self.tr("No study was run yet. Enter at the left runs the one in hand."))
        self.result.empty.text.hide()
        self.result.head.nothing = self.tr("Studies")
        self.result.head.show_answer(None)
        self._asking: Asked | None = None
        self._answered: Asked | None = None
        self._changes = self._heard = self._read_after = 0
        """Changes of the registry that were heard: now, before the last question, before what is shown."""
        self.list.run_requested.connect(self.run)
        self.list.changed.connect(self.look)
        self.result.run_requested.connect(self.run)
        self.result.answered.connect(self._on_answered)

    @property
    def at_work(self) -> bool:
        """Whether a study was run here."""
        return self._asking is not None

    def run(self) -> None:
        """Run the study in hand."""
        asked = self._asked()
        if asked is None:
            return
        self._asking, self._heard = asked, self._changes
        claim_id, chosen = asked
        desk = self._desk

        def work(progress: Progress) -> Answer:
            return studies.study(desk, claim_id, chosen, progress)

        self.result.run(work)

    def run_study(self, claim_id: str) -> bool:
        """Take a study in hand and run it; False where there is none of this id."""
        if not self.list.choose(claim_id):
            return False
        self.run()
        return True

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

    def focus_first(self) -> None:
        """Put the keyboard on the list of studies."""
        self.list.focus_first()

    def _asked(self) -> Asked | None:
        study = self.list.study()
        if study is None:
            return None
        return study.id, Chosen() if self.list.own_people() else self._chosen()

    def _on_answered(self, _answer: Answer) -> None:
        self._answered, self._read_after = self._asking, self._heard
        self.look()
