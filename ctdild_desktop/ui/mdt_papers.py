"""The papers of the team's meetings: pack, minutes, letters with their texts, and what was carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject

from ctdild_desktop.services import letter_templates, meetings, minutes, printed
from ctdild_desktop.services.carried_out import CarriedOut
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.actions import When
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.mdt import printouts
from ctdild_desktop.ui.mdt.carried_out_page import CarriedOutPage
from ctdild_desktop.ui.mdt.letter_sheet import LetterSheet
from ctdild_desktop.ui.mdt.pack_sheet import PackSheet
from ctdild_desktop.ui.mdt.reopen_sheet import ReopenSheet
from ctdild_desktop.ui.mdt.template_sheet import TemplateSheet
from ctdild_desktop.ui.mdt_room import MdtRoom
from ctdild_desktop.ui.printing.printing import Printing


class Doors(Protocol):
    """What the workbench opens."""

    def announce(self, done: Done[Any]) -> None:
        """Say what was done, and tell every screen."""

    def open_patient(
        self, patient_id: str, then: Callable[[], None] | None = None, *, where: str = ""
    ) -> None:
        """Show a patient, then do something with them."""


class MdtPapers(QObject):
    """Works on the meeting and the case in hand in the room; its sheets stand beside the agenda."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        printing: Printing,
        room: MdtRoom,
        doors: Doors,
        *,
        window: MainWindow,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._printing = desk, runner, printing
        self._room, self._doors, self._window = room, doors, window
        self.report = CarriedOutPage(desk, runner)
        self.report.left.connect(lambda: window.show_room("mdt"))
        self.report.refused.connect(window.inform)
        self.report.patient_requested.connect(lambda one: doors.open_patient(one, where="mdt"))
        self.report.print_requested.connect(self._print_report)
        window.add_page("carried_out", self.report)

    def by_id(self) -> dict[str, Callable[[], None]]:
        """The acts that the menus call, by the id of their action."""
        return {
            "mdt_pack": self._pack,
            "mdt_minutes": self._minutes,
            "sign_minutes": self._sign,
            "mdt_letters": self._letters,
            "letter_texts": lambda: self._texts("referrer"),
            "carried_out": self._report,
        }

    def clear(self) -> None:
        """Let go of everything that was read."""
        self.report.clear()

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._runner.run(work, while_alive(self, then), while_alive(self, self._on_refused))

    def _pack(self) -> None:
        view = self._room.page.view
        if view is None:
            return
        if not view.cases:
            self._window.inform(self.tr("Nobody is on the agenda yet."))
            return
        self._room.open_sheet(PackSheet(self._desk, self._runner, self._printing, view))

    def _minutes(self) -> None:
        desk, meeting = self._desk, self._room.meeting
        if meeting is not None:
            self._run(
                lambda: minutes.minutes(desk, meeting.id),
                lambda data: self._printing.show(printouts.minutes(data, meeting.date)),
            )

    def _sign(self) -> None:
        desk, meeting = self._desk, self._room.meeting
        if meeting is None:
            return
        if meeting.status == "closed":
            self._room.open_sheet(ReopenSheet(desk, self._runner, meeting))
        else:
            self._run(lambda: meetings.close_meeting(desk, meeting.id), self._doors.announce)

    def _letters(self) -> None:
        case, meeting = self._room.page.case, self._room.meeting
        if case is None or meeting is None or not case.signed:
            self._window.inform(self.tr("Letters are written on a signed case; choose one."))
            return
        sheet = LetterSheet(self._desk, self._runner, self._printing, meeting=meeting, case=case)
        sheet.template_requested.connect(self._texts)
        self._room.open_sheet(sheet)

    def _texts(self, kind: str) -> None:
        desk, case = self._desk, self._room.page.case
        decision = case.decision if case is not None and case.signed else None

        def show(stored: Any) -> None:
            self._window.show_room("mdt")
            sheet = TemplateSheet(
                desk,
                self._runner,
                self._printing,
                stored,
                decision_id=decision.id if decision is not None else "",
            )
            sheet.other_requested.connect(self._texts)
            self._room.open_sheet(sheet)

        self._run(lambda: letter_templates.stored(desk, kind or "referrer"), show)

    def _report(self) -> None:
        self._window.set_available(When.PATIENT, on=False)
        self._window.show_page("carried_out", "mdt")
        self.report.start()

    def _print_report(self, data: CarriedOut) -> None:
        desk = self._desk
        self._run(
            lambda: printed.printed_by(desk),
            lambda by: self._printing.show(printouts.carried_out(data, by, desk.today())),
        )

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._window.inform(words)
