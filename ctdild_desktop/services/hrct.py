"""Readings of high-resolution CT."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.plausibility import Issue, check_hrct
from ctdild_desktop.clinical.records import Hrct, PatientRecord
from ctdild_desktop.language import say
from ctdild_desktop.services import entries
from ctdild_desktop.services.desk import RECORDING, Desk, Done, requires


def check(scan: Hrct, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a reading, hard and soft; pure, for the form's live feedback."""
    return check_hrct(scan, record.patient, today)


_HRCT = entries.Noun(Hrct, lambda scan: say("HRCT {date}", date=wording.day(scan.date)), check)


@requires(*RECORDING)
def record_hrct(desk: Desk, patient_id: str, scan: Hrct, *, confirmed: Collection[str] = ()) -> Done[Hrct]:
    """Record a reading.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    return entries.keep(desk, _HRCT, patient_id, scan, confirmed)


@requires(*RECORDING)
def amend_hrct(desk: Desk, scan: Hrct, *, confirmed: Collection[str] = (), reason: str = "") -> Done[Hrct]:
    """Replace a reading; raises StaleError when somebody else changed it meanwhile."""
    return entries.amend(desk, _HRCT, scan, confirmed, reason)


@requires(*RECORDING)
def remove_hrct(desk: Desk, hrct_id: str, reason: str) -> Done[Hrct]:
    """Void a reading with the reason."""
    return entries.remove(desk, _HRCT, hrct_id, reason)
