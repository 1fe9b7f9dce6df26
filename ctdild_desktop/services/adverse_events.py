"""Adverse events, graded by CTCAE where a grade is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.plausibility import Issue, check_adverse_event
from ctdild_desktop.clinical.records import AdverseEvent, PatientRecord
from ctdild_desktop.language import say
from ctdild_desktop.services import entries
from ctdild_desktop.services.desk import RECORDING, Desk, Done, requires


def check(event: AdverseEvent, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about an event, hard and soft; pure, for the form's live feedback."""
    return check_adverse_event(event, record.patient, record.therapy, today)


def _name(event: AdverseEvent) -> str:
    grade = say(" grade {grade}", grade=event.grade) if event.grade is not None else ""
    return f"{codes.ae_terms().label(event.term)}{grade}, {wording.partial(event.onset)}"


_EVENT = entries.Noun(AdverseEvent, _name, check)


@requires(*RECORDING)
def record_adverse_event(
    desk: Desk, patient_id: str, event: AdverseEvent, *, confirmed: Collection[str] = ()
) -> Done[AdverseEvent]:
    """Record an adverse event.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    return entries.keep(desk, _EVENT, patient_id, event, confirmed)


@requires(*RECORDING)
def amend_adverse_event(
    desk: Desk, event: AdverseEvent, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[AdverseEvent]:
    """Replace an adverse event; raises StaleError when somebody else changed it meanwhile."""
    return entries.amend(desk, _EVENT, event, confirmed, reason)


@requires(*RECORDING)
def remove_adverse_event(desk: Desk, event_id: str, reason: str) -> Done[AdverseEvent]:
    """Void an adverse event with the reason."""
    return entries.remove(desk, _EVENT, event_id, reason)
