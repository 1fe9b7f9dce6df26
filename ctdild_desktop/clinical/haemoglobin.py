"""Haemoglobin of blood tests, which stands in for a lung-function test that has none of its own.

The correction and its 30 days are in ``series.factor_of``. Which results count is a decision of the
registry: those of a known day, in a known unit, and not beyond the limit of the method; several of one day
are averaged. A result taken after the as-of date may serve a test before it, unless a person asks for a day:
then the record is cut to what was known on it (``services.redaction.until``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from ctdild_desktop.clinical.records import Lab
from ctdild_desktop.clinical.units import UnitError, to_stored

CODE = "hb"
"""Haemoglobin in the list of laboratory tests."""

Haemoglobin = tuple[dt.date, Decimal]
"""The day of a result and its value in g/L."""


def grams_per_litre(value: Decimal | None, unit: str, detection: str | None) -> Decimal | None:
    """The value of one result in g/L, exactly; None when it says no haemoglobin.

    Conversions: g/dL · 10, mmol/L · 16.11 (``clinical.units``).
    """
    if value is None or value <= 0 or detection is not None:
        return None
    try:
        return to_stored("haemoglobin", value, unit)
    except UnitError:
        return None


def haemoglobins_of(labs: Iterable[Lab]) -> tuple[Haemoglobin, ...]:
    """The haemoglobin of each day, oldest first."""
    days: dict[dt.date, list[Decimal]] = {}
    for lab in labs:
        if lab.test != CODE or (day := lab.date.exact) is None:
            continue
        if (value := grams_per_litre(lab.value, lab.unit, lab.detection)) is not None:
            days.setdefault(day, []).append(value)
    return tuple((day, sum(values, Decimal(0)) / len(values)) for day, values in sorted(days.items()))
