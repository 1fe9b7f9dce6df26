"""What a person typed and did not save, as rows of their work list alone, with the sheet to resume."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ctdild_desktop.clinical import wording
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.today_rows import Group, Person, Place, State, TodayRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Kept = tuple[str, dt.date]
"""The kind of a draft and the day on which it was kept last."""

DETAILS = "patient"
"""The sheet of the patient's own data."""
_SHEETS: Mapping[str, tuple[str, str]] = {
    "pft": ("test", marked("PFT")),
    "report": ("report", marked("lung-function report")),
    "visit": ("visit", marked("visit")),
    "hrct": ("hrct", marked("HRCT")),
    "lab": ("lab", marked("blood result")),
    "labs": ("lab", marked("bloods")),
    "serology": ("serology", marked("serology")),
    "antibody": ("serology", marked("antibody")),
    "heart_test": ("heart_test", marked("heart test")),
    "pro": ("pro", marked("questionnaire")),
    "therapy": ("therapy", marked("therapy")),
    "therapy_event": ("therapy", marked("change of therapy")),
    "adverse_event": ("adverse_event", marked("adverse event")),
    "diagnosis": ("diagnosis", marked("diagnosis")),
    "procedure": ("procedure", marked("procedure")),
    "consent": ("consent", marked("consent")),
    DETAILS: (DETAILS, marked("details")),
}
"""The record and the words of each kind of draft that can be resumed from the list."""
_ID = 32


@for_everybody
def kept_of(desk: Desk, session: Session, ids: Sequence[str]) -> dict[str, list[Kept]]:
    """The drafts of the person at the desk about these patients."""
    from sqlalchemy import select

    from ctdild_desktop.registry.models import DraftRow

    query = select(DraftRow.patient_id, DraftRow.kind, DraftRow.saved_at)
    query = query.where(DraftRow.login == desk.login, DraftRow.patient_id.in_(ids))
    found: dict[str, list[Kept]] = defaultdict(list)
    for patient_id, kind, saved_at in session.execute(query):
        found[str(patient_id)].append((kind, saved_at.astimezone().date()))
    return found


def draft_rows(kept: Sequence[Kept], person: Person, as_of: dt.date) -> Iterable[TodayRow]:
    """One row for each draft whose sheet can be opened again."""
    for kind, day in sorted(kept):
        sheet, _colon, record_id = kind.partition(":")
        if sheet not in _SHEETS or day > as_of or len(record_id) not in (0, _ID):
            continue
        record, words = _SHEETS[sheet]
        yield TodayRow(
            person=person,
            group=Group.INCOMPLETE,
            key=f"draft {kind}",
            reason=say("Draft of {date} not saved: {words}", date=wording.day(day), words=say(words)),
            state=State.LACKING,
            place=Place.DRAFT,
            record_id=f"{record}:{record_id}",
            days=(as_of - day).days,
            ask=say("{words} not saved", words=say(words)),
            rests_on=f"{kind} {day}",
        )
