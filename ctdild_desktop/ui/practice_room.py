"""Learning at one desk: the strip of lessons, ticked by what was really done in the practice registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from ctdild_desktop.services import practice
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.actions import PRACTICE
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.practice.lessons import Step, done_now
from ctdild_desktop.ui.practice.panel import PracticePanel

if TYPE_CHECKING:
    from ctdild_desktop.ui.cohort_room import CohortRoom
    from ctdild_desktop.ui.patient.patient_page import PatientPage


class Doors(Protocol):
    """What the workbench has and opens."""

    @property
    def patient(self) -> PatientPage:
        """The screen of one patient."""

    @property
    def patient_id(self) -> str:
        """Id of the patient who was opened last; empty before the first one."""

    @property
    def cohort(self) -> CohortRoom:
        """The room of the cohort."""

    def act(self, action_id: str) -> None:
        """Do what an action means."""

    def focus_page(self) -> None:
        """Give the page in sight the keyboard."""


class PracticeRoom(QObject):
    """Listens to the registry's trail and to the screens; a key that is pressed is no deed."""

    anew_requested = Signal()
    removal_requested = Signal()
    leave_requested = Signal()

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        doors: Doors,
        *,
        window: MainWindow,
        changes: ChangeBus,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._doors = desk, runner, doors
        self._window = window
        self._after: int | None = None
        self._done = practice.done(desk)
        self._listening = False
        self.panel = PracticePanel()
        self.panel.set_done(self._done)
        self.panel.show_requested.connect(self._on_show)
        self.panel.left.connect(doors.focus_page)
        self.panel.anew_requested.connect(self.anew_requested)
        self.panel.removal_requested.connect(self.removal_requested)
        self.panel.leave_requested.connect(self.leave_requested)
        window.set_strip(self.panel)
        window.page_shown.connect(self._on_page)
        changes.changed.connect(lambda _changes: self.look())
        self._runner.run(lambda: practice.last_entry(desk), while_alive(self, self._begin))

    def by_id(self) -> dict[str, Callable[[], None]]:
        """The acts that the menus call, by the id of their action."""
        return dict(zip(PRACTICE, (self.panel.take_keyboard, self.leave_requested.emit), strict=True))

    def listen(self, patient: PatientPage) -> None:
        """Hear what is done on the screen of a patient."""
        patient.strip.chosen.connect(lambda _place: self.count("criterion"))
        patient.why.chosen.connect(lambda _place: self.count("reasons"))

    def look(self) -> None:
        """Read in the trail what was done since the last look."""
        desk, after = self._desk, self._after
        if after is None:
            return
        self._runner.run(
            lambda: practice.happened(desk, after),
            while_alive(self, self._on_happened),
            while_alive(self, self._refused),
        )

    def locking(self, *, left: bool) -> None:
        """The window is locked: that is a step, unless the practice registry is left for another."""
        if not left:
            self.count("event lock")

    def count(self, *deeds: str) -> None:
        """Something was done; the steps that it is are ticked and kept."""
        done = done_now(self._done, deeds)
        if done != self._done:
            self._done = done
            practice.keep_done(self._desk, done)
            self.panel.set_done(done)

    def _begin(self, last: int) -> None:
        self._after = last

    def _on_happened(self, found: tuple[frozenset[str], int]) -> None:
        deeds, last = found
        self._after = max(last, self._after or 0)
        if "event mdt_page" in deeds and self._window.shown == "mdt":
            deeds |= {"pack"}
        self.count(*deeds)

    def _refused(self, error: Exception) -> None:
        if sentence_of(error) is None:
            raise error

    def opened_patient(self) -> None:
        """A patient is in sight now."""
        if not self._listening:
            self._listening = True
            chart = self._doors.patient.overview.chart
            chart.record_selected.connect(lambda _kind, _id: self.count("mark"))
            chart.pair_dragged.connect(lambda first, _last: self.count("pair") if first else None)
        self.count("shown patient")

    def _on_page(self, page: str) -> None:
        if page != "patient":
            self.count(f"shown {page}")
        if page == "cohort":
            self._listen_to_answers()
        self.look()

    def _listen_to_answers(self) -> None:
        page = self._doors.cohort.page
        for part in (page.analyses, page.studies):
            if not part.property("practice"):
                part.setProperty("practice", True)
                part.result.answered.connect(lambda _answer: self.count("answer"))

    def _on_show(self, step: Step) -> None:
        """Open the room of a step, or move the keyboard to its place; the act itself is the person's."""
        kind, _, name = step.place.partition(" ")
        if kind == "room":
            self._window.show_room(name)
        elif kind == "act":
            self._doors.act(name)
        elif not self._doors.patient_id and kind in {"patient", "chart", "criteria", "reasons", "tab"}:
            self._doors.act("find")
            self._window.inform(self.tr("Open a patient first: type holl and press Enter."))
        else:
            self._show_on_patient(kind, name)

    def _show_on_patient(self, kind: str, name: str) -> None:
        if not kind:
            self._doors.focus_page()
            return
        patient = self._doors.patient
        self._window.show_page("patient", "patients")
        if kind == "tab":
            patient.show_tab(name)
        elif kind == "criteria":
            chips = patient.strip.chips
            if chips:
                next((chip for chip in chips if chip.isChecked()), chips[0]).setFocus()
        elif kind == "reasons":
            stops = patient.why.findChildren(QWidget)
            first = (one for one in stops if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible())
            next(first, patient.why).setFocus()
        else:
            patient.focus_chart()
