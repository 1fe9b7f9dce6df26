"""Visits: what was asked and examined on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.plausibility import Issue, check_visit
from ctdild_desktop.clinical.records import PatientRecord, Visit
from ctdild_desktop.language import say
from ctdild_desktop.services import entries
from ctdild_desktop.services.desk import RECORDING, Desk, Done, requires


def check(visit: Visit, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a visit, hard and soft; pure, for the form's live feedback."""
    others = tuple(other for other in record.visits if other.id != visit.id)
    return check_visit(visit, record.patient, others, today)


_VISIT = entries.Noun(Visit, lambda visit: say("visit {date}", date=wording.day(visit.date)), check)


@requires(*RECORDING)
def record_visit(
    desk: Desk, patient_id: str, visit: Visit, *, confirmed: Collection[str] = ()
) -> Done[Visit]:
    """Record a visit.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    return entries.keep(desk, _VISIT, patient_id, visit, confirmed)


@requires(*RECORDING)
def amend_visit(
    desk: Desk, visit: Visit, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[Visit]:
    """Replace a visit; raises StaleError when somebody else changed it meanwhile."""
    return entries.amend(desk, _VISIT, visit, confirmed, reason)


@requires(*RECORDING)
def remove_visit(desk: Desk, visit_id: str, reason: str) -> Done[Visit]:
    """Void a visit with the reason."""
    return entries.remove(desk, _VISIT, visit_id, reason)
