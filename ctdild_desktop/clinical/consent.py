"""What a patient agreed to: which answer is in force, and what cannot be an answer.

These rules are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ctdild_desktop.clinical.absence import absence_issues
from ctdild_desktop.clinical.code_fields import code_issues
from ctdild_desktop.clinical.event_date import event_date
from ctdild_desktop.clinical.issues import Issue, refused, unlikely
from ctdild_desktop.clinical.records import Consent, PatientRecord

FIELD_OF = {"registry": "consent_registry", "research": "consent_research"}
"""The patient's own field that says the answer in force, by what was asked."""


def in_force(answers: Sequence[Consent]) -> Consent | None:
    """The answer to one question that counts now: the latest; None without any.

    Where dates that are known to the month or the year do not say which of two is the later, the one that
    was entered last counts.

    Args:
        answers: to one question, in the order of entry.
    """
    if not answers:
        return None
    newest = max(answer.date.earliest for answer in answers)
    return [answer for answer in answers if answer.date.latest >= newest][-1]


def check_consent(draft: Consent, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in an answer; ``record`` is the patient's."""
    issues = event_date("date", draft.date, "The answer", record.patient, today)
    if draft.kind == "other" and not draft.title.strip():
        issues.append(refused("title", "MISSING", "Say what was asked."))
    before = [
        other
        for other in record.consents
        if other.id != draft.id
        and (other.kind, other.title.casefold()) == (draft.kind, draft.title.casefold())
        and other.date.earliest <= draft.date.latest
    ]
    known = getattr(record.patient, FIELD_OF[draft.kind]) if draft.kind in FIELD_OF else None
    given = known == "given" or any(other.answer == "given" for other in before)
    if draft.answer == "withdrawn" and not given:
        text = "No consent is recorded that could be withdrawn; was it declined?"
        issues.append(unlikely("answer", "UNUSUAL", text))
    return (*issues, *code_issues(draft), *absence_issues(draft))
