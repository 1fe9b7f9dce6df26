"""Echocardiograms and right-heart catheters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_measured import check_heart_test
from ctdild_desktop.clinical.records import HeartTest, PatientRecord
from ctdild_desktop.services import entries
from ctdild_desktop.services.desk import RECORDING, Desk, Done, requires


def check(test: HeartTest, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a heart test, hard and soft; pure, for the form's live feedback."""
    return check_heart_test(test, record.patient, record.heart_tests, today)


def _name(test: HeartTest) -> str:
    return f"{codes.label('heart_test', test.kind)} {wording.partial(test.date)}"


_NOUN = entries.Noun(HeartTest, _name, check)


@requires(*RECORDING)
def record_heart_test(
    desk: Desk, patient_id: str, test: HeartTest, *, confirmed: Collection[str] = ()
) -> Done[HeartTest]:
    """Record a heart test.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    return entries.keep(desk, _NOUN, patient_id, test, confirmed)


@requires(*RECORDING)
def amend_heart_test(
    desk: Desk, test: HeartTest, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[HeartTest]:
    """Replace a heart test; raises StaleError when somebody else changed it meanwhile."""
    return entries.amend(desk, _NOUN, test, confirmed, reason)


@requires(*RECORDING)
def remove_heart_test(desk: Desk, test_id: str, reason: str) -> Done[HeartTest]:
    """Void a heart test with the reason."""
    return entries.remove(desk, _NOUN, test_id, reason)
