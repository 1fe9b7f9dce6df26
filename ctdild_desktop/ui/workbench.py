"""What a signed-in person works with: the frame, its rooms and the sheets, wired together.

The frame knows no screens and the screens know not one another; their requests are answered here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal

from ctdild_desktop.language import english_of, retold, say_in
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.actions import NEW_RECORD, PRACTICE, When
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.places import PRESENTING, Place
from ctdild_desktop.ui.rooms import HasActs, Rooms
from ctdild_desktop.ui.widgets.laying_out import lay_out_now

if TYPE_CHECKING:
    from ctdild_desktop.services.assessment import PatientView
    from ctdild_desktop.services.leaving import Typed

_ROOMS = {"today", "patients", "patient", "mdt", PRESENTING, "cohort", "evidence", "registry", "inbox"}
"""The pages in which the keyboard has a place of its own."""
_TYPED_IN = ("sheets", "today", "mdt", "presenting", "cohort", "registry")
"""Where something may be typed."""
_READ_IN = ("inbox", "patient_room", "mdt", "papers", "presenting", "cohort", "registry")
"""What holds what it read of the registry until it is told to let go."""


class Workbench(Rooms):
    """The window of one desk. ``locked`` says that it shall be closed and unlocked again."""

    locked = Signal()
    demo_requested = Signal()
    """A registry of invented patients shall be made and opened in place of this one."""

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, *, version: str) -> None:
        super().__init__(desk, runner, ask, version=version)
        self._asked_for = ""
        self._done: Done[Any] | None = None
        self._connect()
        self.patients.fit(self.permits)
        self._on_permits()
        self.count.refresh()
        self.inbox.count()
        self.runner.run(lambda: patients.prepare_search(desk), on_error=while_alive(self, self._refused))
        self.window.show_room("today")
        if desk.registry.unfinished:
            self.window.inform(
                self.tr("The program was stopped while it saved: that change is not here. Enter it again.")
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
        for asking in (self.patients, self.search):
            asking.refused.connect(self.window.inform)
        self.inbox.counted.connect(self.today.page.show_waiting)
        self.permits.changed.connect(self._on_permits)
        self.window.triggered.connect(self.act)
        self.window.room_chosen.connect(self._on_room)
        self.window.closing.connect(self.keep_drafts)

    def _on_permits(self) -> None:
        refusals = self.permits.refusals()
        self.window.set_refusals(refusals)
        self.window.set_user(f"{self.desk.display_name}, {say_in('role', self.desk.role)}")
        self.search.set_may_add(may="new_patient" not in refusals)
        for registry in self.made("registry"):
            registry.fit_role()

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
            "shortcuts": self._show_shortcuts,
            "open_demo": self._open_demo,
            "evidence": lambda: self.patient_room.with_view(self.sheets.show_evidence),
            "add_to_agenda": lambda: self.patient_room.with_view(self.sheets.put_on_agenda),
            **_acts(lambda: self.mdt, "new_meeting", "edit_meeting", "put_off_case", "present"),
            **_acts(lambda: self.papers, "mdt_pack", "mdt_minutes", "sign_minutes", "mdt_letters"),
            **_acts(lambda: self.papers, "letter_texts", "carried_out"),
            **_acts(lambda: self.registry, "import", "export", "backup", "backup_now", "restore", "verify"),
            **_acts(lambda: self.registry, "settings", "log", "about", "licences", "diagnosis", "quality"),
            **_acts(lambda: self.registry, "removed_patients", "change_passphrase", "add_person"),
            **_acts(lambda: self.registry, "new_recovery_code", "rotate_keys"),
            **self.inbox.by_id(),
            **_acts(lambda: self.reports, "paste_report"),
            **_acts(lambda: self.patient_room, "attach_files", "history", "plot_key", "copy_picture"),
            **_acts(lambda: self.patient_room, "save_picture_png", "save_picture_svg", "save_picture_pdf"),
            **(
                self.practice.by_id()
                if self.practice is not None
                else dict.fromkeys(PRACTICE, self._open_demo)
            ),
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
        beside = [sheets.beside_list() for sheets in self.made("sheets") if shown == "patients"]
        return Place(shown, "", *beside)

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
        from ctdild_desktop.ui.offers import event_offer

        view = self.patient.view if self.patient_id else None
        offer = event_offer(done, view, self.permits)
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
        for room in self.made(*_TYPED_IN):
            room.keep_drafts()

    def leave(self) -> tuple[Typed, ...]:
        """What is typed in any open sheet, for whoever takes the window away."""
        self.news.stop()
        self.safekeeping.stop()
        self.inbox.stop()
        return tuple(typed for room in self.made(*_TYPED_IN) for typed in room.leave())

    def forget(self) -> None:
        """Let go of everything that was read from the registry, before the window is destroyed."""
        self._done = None
        self.search.forget()
        self.patients.forget()
        self.today.page.forget()
        for part in self.made(*_READ_IN):
            part.clear()
        self.window.forget()

    def _show_shortcuts(self) -> None:
        from ctdild_desktop.ui.dialogs.shortcut_sheet import ShortcutSheet

        ShortcutSheet(self.permits.refusals(), self.window).open()

    def _open_demo(self) -> None:
        self.keep_drafts()
        self.window.inform(self.tr("Opening the practice registry…"))
        self.demo_requested.emit()

    def _open_manual(self) -> None:
        """The manual, at the page about where the person is."""
        from ctdild_desktop.ui.help.opening import open_manual

        open_manual(self.window, self.runner, self.ask, self.window.shown)

    def _on_room(self, room: str) -> None:
        self.window.set_available(When.PATIENT, on=False)
        if room == "today":
            self.today.come_back()
        elif room == "patients":
            self.patients.select(self.patient_id)
        elif room == "cohort":
            self.cohort.start()
        elif room == "registry":
            self.safekeeping.panel.refresh()
        self.focus_page()

    def focus_page(self) -> None:
        """Give the page in sight the keyboard."""
        shown = self.window.shown
        if shown in _ROOMS:
            for room in self.made("patient_room" if shown == "patient" else shown):
                room.focus_first()


def _acts(room: Callable[[], HasActs], *ids: str) -> dict[str, Callable[[], None]]:
    """Acts of a room, which is asked for when one of them is called."""

    def act(action_id: str) -> None:
        room().by_id()[action_id]()

    return {action_id: partial(act, action_id) for action_id in ids}
