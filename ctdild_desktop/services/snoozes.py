"""Putting off a row of the work list until a day, with the reason; it comes back earlier when it changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ctdild_desktop.clinical import putting_off, wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import PatientRecord, Snooze
from ctdild_desktop.language import say
from ctdild_desktop.services import entries
from ctdild_desktop.services.desk import RECORDING, Desk, Done, requires
from ctdild_desktop.services.today_rows import TodayRow

_SHOWN_AGAIN = "shown again on the work list"


def check(draft: Snooze, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything wrong or unlikely, hard and soft; pure, for the form's live feedback."""
    return putting_off.check_snooze(draft, record, today)


def _name(snooze: Snooze) -> str:
    return say("row of the work list, put off until {until}", until=wording.day(snooze.until))


_SNOOZE = entries.Noun(Snooze, _name, check)


def draft_of(row: TodayRow, date: dt.date, until: dt.date, reason: str) -> Snooze:
    """What would be kept for a row."""
    return Snooze(id="", date=date, until=until, item=row.item, basis=row.basis, reason=reason.strip())


@requires(*RECORDING)
def put_off(
    desk: Desk, row: TodayRow, until: dt.date, reason: str, *, confirmed: Collection[str] = ()
) -> Done[Snooze]:
    """Take a row off the list until a day, or until it rests on something else.

    Args:
        desk: where the registry is open.
        row: as the list shows it.
        until: the day on which it comes back.
        reason: why it can wait; it is kept and shown.
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    draft = draft_of(row, desk.today(), until, reason)
    return entries.keep(desk, _SNOOZE, row.person.id, draft, confirmed)


@requires(*RECORDING)
def show_again(desk: Desk, snooze_id: str) -> Done[Snooze]:
    """Bring a row back that was put off, before its day.

    Raises:
        RefusedError: somebody brought it back already.
    """
    return entries.remove(desk, _SNOOZE, snooze_id, _SHOWN_AGAIN)
