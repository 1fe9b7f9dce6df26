"""Visits: what was asked and examined on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.plausibility import Issue, check_visit
from ctdild_desktop.clinical.records import PatientRecord, Visit
from ctdild_desktop.language import say
from ctdild_desktop.services import entries
from ctdild_desktop.services.acts import Add, Amend, find_in, perform, record_of, refuse_issues, with_id
from ctdild_desktop.services.decisions import Answer, with_answer
from ctdild_desktop.services.desk import RECORDING, Desk, Done, requires


def check(visit: Visit, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a visit, hard and soft; pure, for the form's live feedback."""
    others = tuple(other for other in record.visits if other.id != visit.id)
    return check_visit(visit, record.patient, others, today)


_VISIT = entries.Noun(Visit, lambda visit: say("visit {date}", date=wording.day(visit.date)), check)


@requires(*RECORDING)
def record_visit(
    desk: Desk,
    patient_id: str,
    visit: Visit,
    *,
    confirmed: Collection[str] = (),
    answers: Sequence[Answer] = (),
) -> Done[Visit]:
    """Record a visit, and with it what was said there of the team's decisions.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.
        answers: whether decisions were carried out that nobody had answered for.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    if not answers:
        return entries.keep(desk, _VISIT, patient_id, visit, confirmed)
    value, record, today = with_id(visit), record_of(desk, patient_id), desk.today()
    refuse_issues(check(value, record, today), confirmed)
    decided = tuple(with_answer(record, answer, today, confirmed) for answer in answers)
    name = _VISIT.name(value)
    return perform(
        desk,
        patient_id,
        (Add(value), *(Amend(decision) for decision in decided)),
        label=name,
        value=lambda after: find_in(after, Visit, value.id),
        say=lambda before, after: entries.message("Saved {name}.", name, before, after),
    )


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
