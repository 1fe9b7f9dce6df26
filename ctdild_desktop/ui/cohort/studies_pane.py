"""The studies of the cohort page: which one, who is counted, and its answer; three panes as one part."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from ctdild_desktop.services.cohort import studies
from ctdild_desktop.services.cohort.answer import Answer
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.ui.cohort.answered_part import AnsweredPart
from ctdild_desktop.ui.cohort.study_list import StudyList
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner


class Studies(AnsweredPart):
    """A study of the evidence, of its own people or of those who are chosen."""

    def __init__(
        self, desk: Desk, runner: Runner, ask: Ask, chosen: Callable[[], Chosen], parent: QObject
    ) -> None:
        super().__init__(desk, runner, ask, chosen, parent)
        self.list = StudyList()
        self.result.empty.set_title(self.tr("No study was run yet. Enter at the left runs the one in hand."))
        self.result.empty.text.hide()
        self.result.head.nothing = self.tr("Studies")
        self.result.head.show_answer(None)
        self.list.run_requested.connect(self.run)
        self.list.changed.connect(self.look)

    @property
    def at_work(self) -> bool:
        """Whether a study was run here."""
        return self._asking is not None

    def run(self) -> None:
        """Run the study in hand."""
        asked = self._asked()
        if asked is None:
            return
        claim_id, chosen = asked
        desk = self._desk

        def work(progress: Progress) -> Answer:
            return studies.study(desk, claim_id, chosen, progress)

        self._ask_for(asked, work)

    def run_study(self, claim_id: str) -> bool:
        """Take a study in hand and run it; False where there is none of this id."""
        if not self.list.choose(claim_id):
            return False
        self.run()
        return True

    def focus_first(self) -> None:
        """Put the keyboard on the list of studies."""
        self.list.focus_first()

    def _asked(self) -> tuple[str, Chosen] | None:
        study = self.list.study()
        if study is None:
            return None
        return study.id, Chosen() if self.list.own_people() else self._chosen()
