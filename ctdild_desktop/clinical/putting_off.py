"""Putting off a reason on the work list: until when, and why. Decisions of the registry."""

from __future__ import annotations

import datetime as dt

from ctdild_desktop.clinical.absence import absence_issues
from ctdild_desktop.clinical.issues import Issue, refused, unlikely
from ctdild_desktop.clinical.records import PatientRecord, Snooze

USUAL_DAYS = 14
"""For how long a form offers to put off."""
_LONG_DAYS, _MOST_DAYS = 92, 366


def check_snooze(draft: Snooze, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in putting off; ``record`` is the patient's."""
    del record
    issues = []
    if draft.until <= today:
        issues.append(refused("until", "DATE", "The day must be after today."))
    elif (draft.until - today).days > _MOST_DAYS:
        issues.append(refused("until", "DATE", "A row can be put off for a year at most."))
    elif (draft.until - today).days > _LONG_DAYS:
        issues.append(unlikely("until", "DATE", "This is more than three months away."))
    if not draft.reason.strip():
        issues.append(refused("reason", "MISSING", "Say why it can wait."))
    return (*issues, *absence_issues(draft))
