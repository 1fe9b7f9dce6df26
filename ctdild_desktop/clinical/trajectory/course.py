"""The course of one patient: first, best, worst, latest, changes, slopes, and how sure a change is.

Which tests make the course is a decision of the registry; the sources of the noise of repeated tests stand
with :func:`~ctdild_desktop.clinical.trajectory.repeats.repeat_test`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical.derived import decimal
from ctdild_desktop.clinical.haemoglobin import Haemoglobin
from ctdild_desktop.clinical.records import Patient, Pft, TherapyLine
from ctdild_desktop.clinical.series import dlco_visits, fvc_visits
from ctdild_desktop.clinical.trajectory.comparable import (
    Series,
    dlco_percent_series,
    litre_series,
    percent_series,
)
from ctdild_desktop.clinical.trajectory.epochs import Epoch, epochs
from ctdild_desktop.clinical.trajectory.repeats import Repeat, noise_sentences, repeat_test
from ctdild_desktop.clinical.trajectory.slopes import Slope, slope
from ctdild_desktop.clinical.verdict import Reading, Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From one test to the latest; a fall is negative."""

    since: Reading
    absolute: Decimal
    """In mL or points of % predicted."""
    relative_percent: Decimal | None
    """In percent of the earlier value; None when that is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One scale's view of the course; every value from usable, mutually comparable tests."""

    series: Series
    first: Reading
    best: Reading
    """The highest; of equal ones the latest."""
    worst: Reading
    """The lowest; of equal ones the latest."""
    latest: Reading
    since_first: Change | None
    """None with one test."""
    since_best: Change | None
    """None when the latest is the best."""
    since_reference: Change | None
    """Against the reference test; None when it is not on this scale or is the latest itself."""
    slope: Slope | None
    """Over all tests; None with fewer than three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """The course up to a date: FVC in mL and % predicted with epochs and repeat-test noise, and DLCO."""

    as_of: dt.date
    reference: dt.date | None
    """Day of the reference test that was asked about."""
    ml: Course | None
    """None without litres."""
    percent: Course | None
    """None without % predicted."""
    dlco: Course | None
    """DLCO in % predicted of one set and one state of correction; None without it."""
    epochs: tuple[Epoch, ...]
    repeat: Repeat
    noise: tuple[Sentence, ...]


def trajectory(
    tests: Sequence[Pft],
    patient: Patient,
    as_of: dt.date,
    *,
    therapy: Sequence[TherapyLine] = (),
    reference: dt.date | None = None,
    haemoglobins: Sequence[Haemoglobin] = (),
) -> Trajectory:
    """The course of FVC and DLCO up to a date from the usable tests, one visit for each day.

    Args:
        tests: in any order; later ones than ``as_of`` are ignored.
        patient: for values that must be computed.
        as_of: the date of the question.
        therapy: lines whose starts and stops cut the epochs.
        reference: day of the test with which a criterion compared the latest.
        haemoglobins: laboratory results, for tests without an own one.
    """
    visits = fvc_visits(tests, patient, as_of)
    ml, percent = litre_series(visits), percent_series(visits, patient)
    gas = dlco_visits(tests, patient, as_of, haemoglobins)
    return Trajectory(
        as_of=as_of,
        reference=reference,
        ml=_course(ml, reference),
        percent=_course(percent, reference),
        dlco=_course(dlco_percent_series(gas, patient), reference),
        epochs=epochs(ml, percent, therapy, as_of),
        repeat=repeat_test(visits, patient),
        noise=noise_sentences(),
    )


def _course(series: Series, reference: dt.date | None) -> Course | None:
    if not series.readings:
        return None
    readings = series.readings
    first, latest = readings[0], readings[-1]
    best = max(readings, key=lambda reading: (reading.value, reading.date))
    worst = min(readings, key=lambda reading: (reading.value, -reading.date.toordinal()))
    chosen = next((reading for reading in readings if reading.date == reference), None)
    return Course(
        series=series,
        first=first,
        best=best,
        worst=worst,
        latest=latest,
        since_first=_change(first, latest),
        since_best=_change(best, latest),
        since_reference=None if chosen is None else _change(chosen, latest),
        slope=slope(series.points),
    )


def _change(since: Reading, latest: Reading) -> Change | None:
    if since.date == latest.date:
        return None
    absolute = latest.value - since.value
    relative = Fraction(absolute) * 100 / Fraction(since.value) if since.value else None
    return Change(
        since=since,
        absolute=absolute,
        relative_percent=None if relative is None else decimal(relative),
    )
