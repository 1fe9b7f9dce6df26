"""What a signed-in person works with: the frame, its rooms and the sheets, wired together.

The frame knows no screens and the screens know not one another; their requests are answered here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.cohort.published import designs
from ctdild_desktop.language import english_of, retold, say_in
from ctdild_desktop.services import patients
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.ui.actions import When
from ctdild_desktop.ui.case_pages import CasePages
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.cohort_room import CohortRoom
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.shortcut_sheet import ShortcutSheet
from ctdild_desktop.ui.evidence_room import EvidenceRoom
from ctdild_desktop.ui.inbox_room import InboxRoom
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.mdt_papers import MdtPapers
from ctdild_desktop.ui.mdt_room import MdtRoom
from ctdild_desktop.ui.news import News
from ctdild_desktop.ui.offers import event_offer
from ctdild_desktop.ui.patient.patient_page import PatientPage
from ctdild_desktop.ui.patient_room import PatientRoom
from ctdild_desktop.ui.patients.patient_list import PatientListPage
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.practice_room import ACTS, PracticeRoom
from ctdild_desktop.ui.presenting_room import PRESENTING, PresentingRoom
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.registry_room import RegistryRoom
from ctdild_desktop.ui.report_room import ReportRoom
from ctdild_desktop.ui.search.patient_search import PatientSearch
from ctdild_desktop.ui.side_sheets import NEW_RECORD, NOTHING, Place, SideSheets
from ctdild_desktop.ui.today_room import TodayRoom
from ctdild_desktop.ui.widgets.laying_out import lay_out_now


class Workbench(QObject):
    """The window of one desk. ``locked`` says that it shall be closed and unlocked again."""

    locked = Signal()
    demo_requested = Signal()
    """A registry of invented patients shall be made and opened in place of this one."""

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, *, version: str) -> None:
        super().__init__()
        self.desk = desk
        self.runner = runner
        self.ask = ask
        self._version = version
        self.changes = ChangeBus(self)
        self.permits = Permits(desk, self)
        note = self.tr("Demonstration registry, invented data") if desk.demo else ""
        note = self.tr("Practice: invented patients") if desk.practice else note
        user = f"{desk.display_name}, {say_in('role', desk.role)}"
        self.window = MainWindow(user=user, note=note, practice=desk.practice)
        self.printing = Printing(desk, runner, ask, self.window)
        self.search = PatientSearch(desk, runner)
        self.patients = PatientListPage(desk, runner, self.changes)
        self.case_pages = CasePages(desk, runner, self.printing, window=self.window, parent=self)
        self.today = TodayRoom(
            desk,
            runner,
            self.printing,
            self,
            window=self.window,
            changes=self.changes,
            permits=self.permits,
            parent=self,
        )
        self.patient_room = PatientRoom(
            desk,
            runner,
            ask,
            self.printing,
            self,
            window=self.window,
            changes=self.changes,
            permits=self.permits,
            pages=self.case_pages,
            today=self.today,
            parent=self,
        )
        self.patient: PatientPage = self.patient_room.page
        self.sheets = SideSheets(desk, runner, self.printing, patients=self.patients, patient=self.patient)
        self.sheets.setParent(self)
        self.news = News(
            desk,
            runner,
            window=self.window,
            changes=self.changes,
            sheets=self.sheets,
            permits=self.permits,
            parent=self,
        )
        self._asked_for = ""
        self._done: Done[Any] | None = None
        self._lay_out()
        self._connect()
        for room in (self.patients, self.registry):
            room.fit(self.permits)
        self._on_permits()
        self.registry.count.refresh()
        self.inbox.count()
        self.runner.run(lambda: patients.prepare_search(desk), on_error=while_alive(self, self._refused))
        self.window.show_room("today")
        if desk.registry.unfinished:
            self.window.inform(
                self.tr("The program was stopped while it saved: that change is not here. Enter it again.")
            )

    def _lay_out(self) -> None:
        self.window.set_search(self.search)
        self.window.add_room("patients", self.tr("Patients"), "patients", self.patients)
        self.window.add_page("patient", self.patient)
        self.mdt = MdtRoom(
            self.desk,
            self.runner,
            self,
            window=self.window,
            changes=self.changes,
            permits=self.permits,
            parent=self,
        )
        self.papers = MdtPapers(
            self.desk, self.runner, self.printing, self.mdt, self, window=self.window, parent=self
        )
        self.presenting = PresentingRoom(
            self.desk,
            self.runner,
            self,
            window=self.window,
            changes=self.changes,
            pages=self.case_pages,
            parent=self,
        )
        self.mdt.present_requested.connect(self.presenting.present)
        self.presenting.left.connect(self.mdt.page.choose_case)
        self.cohort = CohortRoom(
            self.desk, self.runner, self.ask, self, window=self.window, changes=self.changes, parent=self
        )
        self.evidence = EvidenceRoom(self, self.patient, window=self.window, parent=self)
        self.registry = RegistryRoom(
            self.desk,
            self.runner,
            self.ask,
            self,
            window=self.window,
            changes=self.changes,
            version=self._version,
            parent=self,
        )
        self.inbox = InboxRoom(
            self.desk, self.runner, self.ask, self, window=self.window, changes=self.changes, parent=self
        )
        self.cohort.export_wanted.connect(self.registry.export_these)
        self.inbox.counted.connect(self.today.page.show_waiting)
        self.reports = ReportRoom(self, self.registry, self)
        self.practice = self._make_practice() if self.desk.practice else None

    def _make_practice(self) -> PracticeRoom:
        return PracticeRoom(
            self.desk,
            self.runner,
            self,
            window=self.window,
            changes=self.changes,
            patient=self.patient,
            cohort=self.cohort,
            parent=self,
        )

    def _connect(self) -> None:
        self.search.chosen.connect(lambda patient_id: self.open_patient(patient_id, where="search"))
        self.search.log_requested.connect(
            lambda patient_id: self.open_patient(patient_id, lambda: self.act("log_pft"), where="search")
        )
        self.search.left.connect(self.focus_page)
        self.patients.open_requested.connect(lambda patient_id: self.open_patient(patient_id, where="list"))
        self.patients.action_requested.connect(self.act)
        self.printing.written.connect(partial(self.tell_written, self.tr("Written, not encrypted: {name}.")))
        self.printing.said.connect(self.window.inform)
        self.cohort.evidence_wanted.connect(self._show_claim)
        self.evidence.study_requested.connect(self.cohort.run_study)
        self.evidence.page.set_designs(one for one, design in designs().items() if not design.not_run)
        for asking in (self.patients, self.search):
            asking.refused.connect(self.window.inform)
        self.sheets.saved.connect(self.announce)
        self.sheets.said.connect(self.window.inform)
        self.sheets.closed.connect(self.focus_page)
        self.sheets.patient_added.connect(self.open_patient)
        self.sheets.outdated.connect(self.patient_room.renewal.renew)
        self.sheets.next_requested.connect(partial(self.today.go_on, otherwise=self.search.start))
        self.permits.changed.connect(self._on_permits)
        self.window.triggered.connect(self.act)
        self.window.room_chosen.connect(self._on_room)
        self.window.closing.connect(self.keep_drafts)

    def _on_permits(self) -> None:
        refusals = self.permits.refusals()
        self.window.set_refusals(refusals)
        self.window.set_user(f"{self.desk.display_name}, {say_in('role', self.desk.role)}")
        self.search.set_may_add(may="new_patient" not in refusals)
        self.registry.fit_role()

    # acts of the menu

    def act(self, action_id: str) -> None:
        """Do what the action of this id means, or say why the role does not allow it.

        Raises:
            KeyError: the action is not declared.
        """
        reason = self.permits.refusal(action_id)
        if reason:
            self.window.inform(reason)
            return
        acts: dict[str, Callable[[], None]] = {
            "find": self.search.start,
            "new_patient": self._new_patient,
            "print_page": lambda: self.patient_room.with_view(self.sheets.print_page),
            "lock": self.locked.emit,
            "edit_patient": lambda: self.patient_room.with_view(self.sheets.edit_patient),
            "erase_patient": lambda: self.patient_room.with_view(self.sheets.erase),
            "remove_patient": lambda: self.patient_room.with_view(self.sheets.remove_patient),
            **{name: partial(self._new_record, kind) for name, kind in NEW_RECORD.items()},
            "manual": self._open_manual,
            "shortcuts": lambda: ShortcutSheet(self.permits.refusals(), self.window).open(),
            "open_demo": self._open_demo,
            "evidence": lambda: self.patient_room.with_view(self.sheets.show_evidence),
            "add_to_agenda": lambda: self.patient_room.with_view(self.sheets.put_on_agenda),
            **self.mdt.by_id(),
            **self.papers.by_id(),
            **self.registry.by_id(),
            **self.inbox.by_id(),
            **self.reports.by_id(),
            **self.patient_room.by_id(),
            **(self.practice.by_id() if self.practice is not None else dict.fromkeys(ACTS, self._open_demo)),
        }
        acts[action_id]()

    # patients

    def open_patient(
        self, patient_id: str, then: Callable[[], None] | None = None, *, where: str = ""
    ) -> None:
        """Show a patient, and note in the audit trail that and from ``where`` the record was opened.

        ``then`` is called when the screen shows them.
        """
        desk = self.desk
        self._asked_for = patient_id

        def show(view: PatientView) -> None:
            if self._asked_for != patient_id:
                return  # another patient was asked for meanwhile
            if self.patient.patient_id not in ("", patient_id):
                self.window.move_on()
            self.patient.show_view(view)
            self.window.set_available(When.PATIENT, on=True)
            self.window.show_page("patient", "patients")
            if self.practice is not None:
                self.practice.opened_patient()
            if then is not None:
                then()
            elif self.patient.sheet is None:
                self.patient.focus_chart()
            lay_out_now()
            self.runner.run(lambda: patients.note_opened(desk, patient_id, where))

        self.runner.run(
            lambda: patients.view(desk, patient_id), while_alive(self, show), while_alive(self, self._refused)
        )

    def place(self) -> Place:
        """Where the person is, to come back to after unlocking."""
        shown = self.window.shown
        if shown == "patient":
            return Place("", self.patient.patient_id, self.sheets.beside_patient(), self.patient.tab)
        if shown == PRESENTING:
            return Place("mdt", case=self.presenting.place)
        return Place(shown, "", self.sheets.beside_list() if shown == "patients" else NOTHING)

    def go_to(self, place: Place) -> None:
        """Come back to a place; the draft of its sheet is found there."""
        if place.patient_id:
            self.open_patient(place.patient_id, partial(self.sheets.come_back, place))
        elif place.room in {"carried_out", "export", "import", "inbox", "log", "quality", "removed_patients"}:
            self.act(place.room)
        elif place.case[0]:
            self.presenting.present(*place.case)
        elif place.room:
            self.window.show_room(place.room)
            self.sheets.open(place.sheet, None)

    def _new_patient(self) -> None:
        self.window.show_room("patients")
        self.sheets.new_patient()

    def _new_record(self, kind: str) -> None:
        self.patient_room.with_view(lambda view: self.sheets.form_of(kind, "", view))

    def open_record(self, kind: str, record_id: str) -> None:
        """Open the sheet of a record; of a therapy line first what happened to it."""
        view = self.patient.view
        if view is not None:
            self.sheets.open_record(kind, record_id, view)

    # what was done

    def announce(self, done: Done[Any]) -> None:
        """Say what was done, offer to take it back, and tell every screen."""
        self._done, take_back = done, done.undo
        undo = (lambda: self._undo(take_back)) if take_back is not None else None
        self.window.say(done.message, undo=undo, follow=self._offer(done))
        self.changes.announce(done.changes)

    def take_over(self, other: Workbench) -> None:
        """Stand in for another window: say what was done there, in the language in use, and offer it back."""
        done = other._done if other.window.can_undo else None
        if done is not None:
            take_back = done.undo
            undo = (lambda: self._undo(take_back)) if take_back is not None else None
            self._done = replace(done, message=retold(english_of(done.message)))
            self.window.say(self._done.message, undo=undo, follow=self._offer(done))
        other.forget()

    def _offer(self, done: Done[Any]) -> tuple[str, Callable[[], None]] | None:
        offer = event_offer(done, self.patient.view, self.permits)
        if offer is None:
            return None
        words, event = offer
        return words, lambda: self.patient_room.with_view(lambda now: self.sheets.propose_event(event, now))

    def _undo(self, take_back: Callable[[], Done[Any]]) -> None:
        self.runner.run(take_back, while_alive(self, self.announce), while_alive(self, self._refused))

    def _refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.window.inform(words)

    # paper and files

    def tell_written(self, words: str, path: Path) -> None:
        """Say that a file was written, and offer its folder."""
        self.window.say(
            words.format(name=path.name),
            follow=(self.tr("Open folder"), lambda: self.ask.show_folder(path.parent)),
        )
        if self.practice is not None:
            self.practice.look()

    # leaving

    def keep_drafts(self) -> None:
        """Keep what is typed in any open sheet."""
        self.sheets.keep_drafts()
        self.today.keep_drafts()
        self.mdt.keep_drafts()
        self.presenting.keep_drafts()
        self.cohort.keep_drafts()
        self.registry.keep_drafts()

    def leave(self) -> tuple[Typed, ...]:
        """What is typed in any open sheet, for whoever takes the window away."""
        self.news.stop()
        self.registry.safekeeping.stop()
        self.inbox.stop()
        rooms = (self.sheets, self.today, self.mdt, self.presenting, self.cohort, self.registry)
        return tuple(typed for room in rooms for typed in room.leave())

    def forget(self) -> None:
        """Let go of everything that was read from the registry, before the window is destroyed."""
        self._done = None
        self.search.forget()
        self.patients.forget()
        self.today.page.forget()
        self.presenting.forget()
        for part in (self.patient_room, self.mdt, self.cohort, self.papers, self.registry, self.inbox):
            part.clear()
        self.window.forget()

    def _open_demo(self) -> None:
        self.keep_drafts()
        self.window.inform(self.tr("Opening the practice registry…"))
        self.demo_requested.emit()

    def _open_manual(self) -> None:
        """The manual, at the page about where the person is."""
        from ctdild_desktop.ui.help.opening import open_manual

        open_manual(self.window, self.runner, self.ask, self.window.shown)

    def _show_claim(self, claim_id: str) -> None:
        self.window.show_room("evidence")
        self.evidence.page.show_claim(claim_id)

    def _on_room(self, room: str) -> None:
        self.window.set_available(When.PATIENT, on=False)
        if room == "today":
            self.today.come_back()
        elif room == "patients":
            self.patients.select(self.patient.patient_id)
        elif room == "cohort":
            self.cohort.start()
        elif room == "registry":
            self.registry.safekeeping.panel.refresh()
        self.focus_page()

    def focus_page(self) -> None:
        """Give the page in sight the keyboard."""
        shown = self.window.shown
        places: dict[str, Callable[[], None]] = {
            "today": self.today.page.focus_first,
            "patients": self.patients.focus_first,
            "mdt": self.mdt.page.focus_first,
            "cohort": self.cohort.focus_first,
            "evidence": self.evidence.page.focus_first,
            "registry": self.registry.page.focus_first,
            "inbox": self.inbox.focus_first,
            PRESENTING: self.presenting.focus_first,
            "patient": self.patient_room.focus_first,
        }
        places.get(shown, lambda: None)()
