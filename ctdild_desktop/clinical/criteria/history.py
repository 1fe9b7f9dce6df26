"""When a criterion was first met: each criterion asked again at every date on which something was recorded.

Rule of the registry (common rules, as-of date): entries after a date are ignored when that date is judged,
so that a later recovery does not hide that a criterion was once met.
"""

from __future__ import annotations

import datetime as dt

from ctdild_desktop.clinical.criteria.facts import entry_dates, facts_from_record
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.verdict import Verdict


def first_met_on(record: PatientRecord, criterion_id: str, up_to: dt.date) -> dt.date | None:
    """The earliest test, symptom or HRCT date up to a day on which a criterion is MET; None when on none.

    Source: a decision of the registry; each definition's own source stands with its criterion.

    Raises:
        KeyError: there is no criterion of that id.
    """
    from ctdild_desktop.clinical.criteria import assess

    for day in sorted(set(entry_dates(record))):
        if day > up_to:
            break
        if assess(facts_from_record(record, day), criterion_id, day).verdict is Verdict.MET:
            return day
    return None
