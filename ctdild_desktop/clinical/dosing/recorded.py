"""What the calculators need, taken from a patient's record: size and age on a day.

Only what was measured on that day or before counts; how old a weight may be is judged by the calculators.
Choosing the latest measurement is a decision of this program.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ctdild_desktop.clinical.dates import completed_years
from ctdild_desktop.clinical.dosing.body import Body
from ctdild_desktop.clinical.dosing.calculation import Measured, Undated
from ctdild_desktop.clinical.records import Patient, PatientRecord


def body_of(record: PatientRecord, on: dt.date) -> Body:
    """The latest weight and height on a day or before, from visits and lung-function tests.

    Of two weights of one day that of the visit counts. Without a measured height the one of the patient's own
    data is taken, whose day is not known.
    """
    weights = [(test.date, 0, test.weight_kg) for test in record.tests if test.weight_kg is not None]
    weights += [(visit.date, 1, visit.weight_kg) for visit in record.visits if visit.weight_kg is not None]
    heights = [(test.date, 0, test.height_cm) for test in record.tests if test.height_cm is not None]
    return Body(weight=_latest(weights, on), height=_latest(heights, on) or _own_height(record.patient))


def _latest(found: list[tuple[dt.date, int, Decimal]], on: dt.date) -> Measured | None:
    known = [one for one in found if one[0] <= on]
    if not known:
        return None
    date, _order, value = max(known, key=lambda one: one[:2])
    return Measured(value, date)


def _own_height(patient: Patient) -> Undated | None:
    return None if patient.height_cm is None else Undated(patient.height_cm)


def age_on(patient: Patient, on: dt.date) -> int | None:
    """Age in completed years on a day; None when the birth date is not known well enough to tell.

    A birth date known to the month or the year tells the age where its first and last possible day agree.
    """
    birth = patient.birth_date
    if birth is None or birth.latest > on:
        return None
    oldest, youngest = completed_years(birth.earliest, on), completed_years(birth.latest, on)
    return oldest if oldest == youngest else None
