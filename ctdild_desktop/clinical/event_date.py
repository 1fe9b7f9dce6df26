"""When something dated can have been: not in the future, not before birth, not after death.

These rules are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.issues import Issue, refused
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.language import say


def event_date(field: str, date: PartialDate, what: str, patient: Patient, today: dt.date) -> list[Issue]:
    """What is wrong with the date of an event; a partial date is refused only when it is certain.

    Args:
        field: the field that holds the date.
        what: how the sentence begins: ``The visit``.
    """
    if date.earliest > today:
        return [refused(field, "DATE", say("{what} is in the future.", what=what))]
    if patient.birth_date is not None and date.latest < patient.birth_date.earliest:
        return [refused(field, "DATE", say("{what} lies before the birth date.", what=what))]
    if patient.death_date is not None and date.earliest > patient.death_date.latest:
        return [refused(field, "DATE", say("{what} lies after the date of death.", what=what))]
    return []
