"""The frame of a signed-in person and its rooms, each loaded and made when it is first needed.

Nobody waits for a room that they do not open, and its modules and widgets take no memory.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.language import say_in
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.inbox_room import InboxRoom
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.news import News
from ctdild_desktop.ui.patient_count import PatientCount
from ctdild_desktop.ui.patients.patient_list import PatientListPage
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.safekeeping import Safekeeping
from ctdild_desktop.ui.search.patient_search import PatientSearch
from ctdild_desktop.ui.today_room import TodayRoom

if TYPE_CHECKING:
    from ctdild_desktop.ui.case_pages import CasePages
    from ctdild_desktop.ui.cohort_room import CohortRoom
    from ctdild_desktop.ui.evidence_room import EvidenceRoom
    from ctdild_desktop.ui.mdt_papers import MdtPapers
    from ctdild_desktop.ui.mdt_room import MdtRoom
    from ctdild_desktop.ui.patient.patient_page import PatientPage
    from ctdild_desktop.ui.patient_room import PatientRoom
    from ctdild_desktop.ui.practice_room import PracticeRoom
    from ctdild_desktop.ui.presenting_room import PresentingRoom
    from ctdild_desktop.ui.registry_room import RegistryRoom
    from ctdild_desktop.ui.report_room import ReportRoom
    from ctdild_desktop.ui.side_sheets import SideSheets


class HasActs(Protocol):
    """A room that does acts of the menus."""

    def by_id(self) -> dict[str, Callable[[], None]]:
        """The acts, by the id of their action."""


class Rooms(QObject):
    """What is there from the beginning, and what is made when somebody asks for it by its name."""

    plot_chosen = Signal(object)
    """What the time-line of a patient shall show from now on."""
    setting_chosen = Signal(object, str)
    """All settings of this workstation, and the name of the one that was changed."""

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, *, version: str) -> None:
        super().__init__()
        self.desk = desk
        self.runner = runner
        self.ask = ask
        self._version = version
        self.changes = changes = ChangeBus(self)
        self.permits = Permits(desk, self)
        self.plot: tuple[str, ...] | None = None
        """What the time-line of a patient shows at first; the usual when None."""
        note = self.tr("Demonstration registry, invented data") if desk.demo else ""
        note = self.tr("Practice: invented patients") if desk.practice else note
        user = f"{desk.display_name}, {say_in('role', desk.role)}"
        self.window = window = MainWindow(user=user, note=note, practice=desk.practice)
        self.printing = Printing(desk, runner, ask, window)
        self.search = PatientSearch(desk, runner)
        self.patients = PatientListPage(desk, runner, changes)
        self.today = TodayRoom(
            desk,
            runner,
            self.printing,
            self,
            window=window,
            changes=changes,
            permits=self.permits,
            parent=self,
        )
        self.inbox = InboxRoom(desk, runner, ask, self, window=window, changes=changes, parent=self)
        self.safekeeping = Safekeeping(desk, runner, ask, window)
        self.count = PatientCount(desk, runner, window=window, changes=changes, parent=self)
        self.news = News(desk, runner, window=window, changes=changes, permits=self.permits, parent=self)
        self._lay_out()
        self.practice = self._make_practice() if desk.practice else None

    def _lay_out(self) -> None:
        window = self.window
        window.set_search(self.search)
        window.add_room("today", self.tr("Today"), "today", lambda: self.today.page)
        window.add_room("patients", self.tr("Patients"), "patients", lambda: self.patients)
        window.add_room("mdt", self.tr("MDT"), "mdt", lambda: self.mdt.page)
        window.add_room("cohort", self.tr("Cohort"), "cohort", lambda: self.cohort.page)
        window.add_room("evidence", self.tr("Evidence"), "evidence", lambda: self.evidence.page)
        window.add_room("registry", self.tr("Registry"), "registry", lambda: self.registry.page)
        for there, page in (("today", self.today.page), ("patients", self.patients)):
            window.add_page(there, page)  # what is there from the beginning goes with the window

    def _make_practice(self) -> PracticeRoom:
        from ctdild_desktop.ui.practice_room import PracticeRoom

        return PracticeRoom(
            self.desk, self.runner, self, window=self.window, changes=self.changes, parent=self
        )

    # what rooms ask for

    @abstractmethod
    def act(self, action_id: str) -> None:
        """Do what the action of this id means."""

    @abstractmethod
    def announce(self, done: Done[Any]) -> None:
        """Say what was done, and tell every screen."""

    @abstractmethod
    def focus_page(self) -> None:
        """Give the page in sight the keyboard."""

    @abstractmethod
    def open_patient(
        self, patient_id: str, then: Callable[[], None] | None = None, *, where: str = ""
    ) -> None:
        """Show a patient, then do something with them."""

    @abstractmethod
    def open_record(self, kind: str, record_id: str) -> None:
        """Open the sheet of a record of the patient in sight."""

    @abstractmethod
    def tell_written(self, words: str, path: Path) -> None:
        """Say that a file was written, and offer its folder."""

    # made when they are first needed

    def made(self, *names: str) -> Iterator[Any]:
        """Those of these rooms that somebody needed already."""
        return (vars(self)[name] for name in names if name in vars(self))

    @cached_property
    def patient_room(self) -> PatientRoom:
        """The screen of one patient, wired."""
        from ctdild_desktop.ui.patient_room import PatientRoom

        room = PatientRoom(
            self.desk,
            self.runner,
            self.ask,
            self.printing,
            self,
            window=self.window,
            changes=self.changes,
            permits=self.permits,
            pages=self.case_pages,
            today=self.today,
            parent=self,
        )
        page = room.page
        if self.plot is not None:
            page.overview.set_shown(self.plot)
        page.overview.shown_changed.connect(self.plot_chosen)
        page.reasons.library_requested.connect(lambda asked, claim: self.evidence.look_up(asked, claim))
        if self.practice is not None:
            self.practice.listen(page)
        self.window.add_page("patient", page)
        return room

    @property
    def patient(self) -> PatientPage:
        """The screen of one patient."""
        return self.patient_room.page

    @property
    def patient_id(self) -> str:
        """Id of the patient who was opened last; empty before the first one."""
        return next((room.page.patient_id for room in self.made("patient_room")), "")

    @cached_property
    def sheets(self) -> SideSheets:
        """The sheets beside the list and the patient."""
        from ctdild_desktop.ui.side_sheets import SideSheets

        sheets = SideSheets(
            self.desk, self.runner, self.printing, patients=self.patients, patient=self.patient
        )
        sheets.setParent(self)
        sheets.saved.connect(self.announce)
        sheets.said.connect(self.window.inform)
        sheets.closed.connect(self.focus_page)
        sheets.patient_added.connect(self.open_patient)
        sheets.outdated.connect(self.patient_room.renewal.renew)
        sheets.next_requested.connect(partial(self.today.go_on, otherwise=self.search.start))
        sheets.report_file_requested.connect(lambda sheet: self.reports.choose_file(sheet))
        self.news.heard.connect(sheets.look_elsewhere)
        return sheets

    @cached_property
    def case_pages(self) -> CasePages:
        """The printed page of a case."""
        from ctdild_desktop.ui.case_pages import CasePages

        return CasePages(self.desk, self.runner, self.printing, window=self.window, parent=self)

    @cached_property
    def mdt(self) -> MdtRoom:
        """The meetings of the team."""
        from ctdild_desktop.ui.mdt_room import MdtRoom

        room = MdtRoom(
            self.desk,
            self.runner,
            self,
            window=self.window,
            changes=self.changes,
            permits=self.permits,
            parent=self,
        )
        room.present_requested.connect(lambda meeting, case: self.presenting.present(meeting, case))
        return room

    @cached_property
    def papers(self) -> MdtPapers:
        """The papers of the meetings."""
        from ctdild_desktop.ui.mdt_papers import MdtPapers

        return MdtPapers(
            self.desk, self.runner, self.printing, self.mdt, self, window=self.window, parent=self
        )

    @cached_property
    def presenting(self) -> PresentingRoom:
        """The meeting on the whole screen."""
        from ctdild_desktop.ui.presenting_room import PresentingRoom

        room = PresentingRoom(
            self.desk,
            self.runner,
            self,
            window=self.window,
            changes=self.changes,
            pages=self.case_pages,
            parent=self,
        )
        room.left.connect(lambda case: self.mdt.page.choose_case(case))
        return room

    @cached_property
    def cohort(self) -> CohortRoom:
        """Questions to everybody's records."""
        from ctdild_desktop.ui.cohort_room import CohortRoom

        room = CohortRoom(
            self.desk, self.runner, self.ask, self, window=self.window, changes=self.changes, parent=self
        )
        room.export_wanted.connect(lambda patients: self.registry.export_these(patients))
        room.evidence_wanted.connect(lambda claim: self.evidence.show_claim(claim))
        return room

    @cached_property
    def evidence(self) -> EvidenceRoom:
        """The library."""
        from ctdild_desktop.ui.evidence_room import EvidenceRoom

        room = EvidenceRoom(self, window=self.window, parent=self)
        room.study_requested.connect(lambda claim: self.cohort.run_study(claim))
        return room

    @cached_property
    def registry(self) -> RegistryRoom:
        """The registry itself: people, thresholds, log, import and export."""
        from ctdild_desktop.ui.registry_room import RegistryRoom

        room = RegistryRoom(
            self.desk,
            self.runner,
            self.ask,
            self,
            window=self.window,
            changes=self.changes,
            version=self._version,
            safekeeping=self.safekeeping,
            count=self.count,
            parent=self,
        )
        room.fit(self.permits)
        room.page.setting_chosen.connect(self.setting_chosen)
        room.report_wanted.connect(lambda patient_id, report: self.reports.open(patient_id, report))
        return room

    @cached_property
    def reports(self) -> ReportRoom:
        """Reports that are confirmed beside their patients."""
        from ctdild_desktop.ui.report_room import ReportRoom

        return ReportRoom(self, self)
