"""Plausibility of what is entered: refused when it cannot be, asked about once when it is unlikely.

Limits are inclusive. A value that was confirmed (``confirmed_unusual``) is still reported as SOFT; who calls
leaves those out with :func:`open_issues`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from ctdild_desktop.clinical.issues import Fix, Issue, Severity
from ctdild_desktop.clinical.records import AdverseEvent, Hrct, Patient, Pft, TherapyLine, Visit

__all__ = [
    "Fix",
    "Issue",
    "Severity",
    "check_adverse_event",
    "check_hrct",
    "check_patient",
    "check_pft",
    "check_therapy",
    "check_visit",
    "open_issues",
]


def open_issues(issues: Iterable[Issue], confirmed: Iterable[str]) -> tuple[Issue, ...]:
    """The issues that still stand: every HARD one, and SOFT ones whose field was not confirmed."""
    known = frozenset(confirmed)
    return tuple(issue for issue in issues if issue.hard or issue.field not in known)


def check_pft(draft: Pft, patient: Patient, previous: Sequence[Pft], today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a test; ``previous`` are the patient's other tests."""
    return ()


def check_visit(
    draft: Visit, patient: Patient, previous: Sequence[Visit], today: dt.date
) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a visit; ``previous`` are the patient's other visits."""
    return ()


def check_patient(draft: Patient, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a patient's own data."""
    return ()


def check_therapy(draft: TherapyLine, patient: Patient, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a therapy line."""
    return ()


def check_adverse_event(
    draft: AdverseEvent, patient: Patient, lines: Sequence[TherapyLine], today: dt.date
) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in an adverse event; ``lines`` are the patient's therapy lines."""
    return ()


def check_hrct(draft: Hrct, patient: Patient, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in an HRCT reading."""
    return ()
