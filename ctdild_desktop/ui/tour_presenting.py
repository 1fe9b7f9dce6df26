"""The part of the tour for the meeting's screen: a usual case, a full one, an empty one and a signed one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.records import AgendaItem
from ctdild_desktop.services import agenda, meetings
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.meetings import MeetingView
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.presenting.decision_form import DecisionForm
from ctdild_desktop.ui.presenting.presenting_page import PresentingPage

Take = Callable[[QWidget, str], None]
TYPED = "Waits for the meeting"
"""What the tour writes on a case."""
_PROJECTOR = QSize(1024, 740)


def draw_presenting(desk: Desk, runner: Runner, take: Take, added: Sequence[str], size: QSize) -> None:
    """Draw the meeting to come with these patients on it as well, and one that was signed."""
    held = meetings.meetings(desk)
    if not held:
        return
    coming = _with(desk, held[0].meeting.id, added)
    page = PresentingPage(desk, runner)
    page.resize(size)
    page.show()
    page.activateWindow()
    _draw_case(page, coming, take)
    for name, patient_id in zip(("full", "empty"), added, strict=False):
        case = next(case for case in coming.cases if case.item.patient_id == patient_id)
        page.show_case(coming.meeting.id, case.item.id)
        take(page, f"presenting-{name}")
    signed = next((line.meeting for line in held if line.signed), None)
    if signed is not None:
        case = next(case for case in meetings.meeting_view(desk, signed.id).cases if case.signed)
        page.show_case(signed.id, case.item.id)
        take(page, "presenting-signed")
    page.close_case()
    page.close()
    page.deleteLater()


def _draw_case(page: PresentingPage, coming: MeetingView, take: Take) -> None:
    """The first case: as it is opened, where something lacks, where the team differs, and written."""
    page.show_case(coming.meeting.id, coming.cases[0].item.id)
    take(page, "presenting")
    page.deciding.sign()
    take(page, "presenting-lacks")
    form = page.deciding.part
    if not isinstance(form, DecisionForm):
        return
    differing = "stable" if "progressing" in form.notes["team_verdict"].words() else "progressing"
    form.fields["team_verdict"].set_text(differing)
    page.deciding.sign()
    take(page, "presenting-differs")
    for name, text in (
        ("verdict_reason", TYPED),
        ("recommendations", "continue more_tests"),
        ("recommendation", TYPED),
    ):
        form.fields[name].set_text(text)
    form.todo.rows.setData(form.todo.rows.index(form.todo.rows.rowCount() - 1, 0), TYPED)
    form.show_problem("")
    take(page, "presenting-written")
    usual = page.size()
    page.resize(_PROJECTOR)
    take(page, "presenting-projector")
    page.resize(usual)
    form.discard_draft()


def _with(desk: Desk, meeting_id: str, added: Sequence[str]) -> MeetingView:
    """The meeting with these patients on its agenda."""
    view = meetings.meeting_view(desk, meeting_id)
    there = {case.item.patient_id for case in view.cases}
    for patient_id in added:
        if patient_id not in there:
            item = AgendaItem(id="", meeting_id=meeting_id, patient_id=patient_id, question=TYPED, position=0)
            item = replace(item, hrct_ready=False)
            agenda.add_to_agenda(desk, item, confirmed=("patient_id", "meeting_id"))
    return meetings.meeting_view(desk, meeting_id)
