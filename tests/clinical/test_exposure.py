"""Exposure intervals, attribution of events, exact rates, and small counts."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.exposure import (
    Exposure,
    ExposureSettings,
    Interval,
    count_patient,
    exposure_of,
    garwood,
    merged,
    person_years,
    pooled,
    rate,
    small_count,
)
from ctdild_desktop.clinical.records import AdverseEvent, Infusion, TherapyLine
from ctdild_desktop.clinical.wording import rounded
from tests.support.people import day


def rituximab(*dates: str, line_id: str = "r") -> TherapyLine:
    return TherapyLine(
        id=line_id,
        drug="rituximab",
        start=PartialDate.parse(dates[0] if dates else "2023-01-01"),
        infusions=tuple(Infusion(date=day(one), dose_mg=Decimal(1000)) for one in dates),
    )


def line(start: str, stop: str | None = None, line_id: str = "l", **values: Any) -> TherapyLine:
    ended = None if stop is None else PartialDate.parse(stop)
    return TherapyLine(id=line_id, drug="mycophenolate", start=PartialDate.parse(start), stop=ended, **values)


def event(onset: str, **values: Any) -> AdverseEvent:
    return AdverseEvent(id=f"e-{onset}", onset=PartialDate.parse(onset), term="lung_infection", **values)


def test_the_worked_exposure_to_rituximab() -> None:
    made = exposure_of([rituximab("2023-01-01", "2023-01-15")], "rituximab", day("2024-12-31"))
    assert made.intervals == (Interval(day("2023-01-01"), day("2023-10-16")),)
    assert made.days == 288
    assert round(float(person_years(made.days)), 5) == 0.78850
    counted = count_patient(made, [event("2023-10-15"), event("2023-10-16")])
    assert [found.onset.exact for found in counted.events] == [day("2023-10-15")]
    short = ExposureSettings(rituximab_days=183)
    made = exposure_of([rituximab("2023-01-01")], "rituximab", day("2024-12-31"), settings=short)
    assert made.days == 183


@pytest.mark.parametrize(
    ("lines", "as_of", "death", "days"),
    [
        ([line("2024-01-01", "2024-01-11")], "2025-01-01", None, 10 + 28),
        ([line("2024-01-01", "2024-01-11")], "2024-01-21", None, 20),
        ([line("2024-01-01")], "2024-01-31", None, 30),
        ([line("2024-01-01")], "2025-01-31", "2024-01-16", 15),
        ([line("2024-01-01")], "2025-01-31", "2024-02", 31),
        ([line("2024-01-01", "2024-01-11"), line("2024-02-01", "2024-02-02")], "2025-01-01", None, 60),
        ([line("2024-01-01", "2024-01-11"), line("2024-03-01", "2024-03-02")], "2025-01-01", None, 38 + 29),
        ([line("2024-06-01")], "2024-05-01", None, 0),
    ],
)
def test_days_of_other_drugs(lines: list[TherapyLine], as_of: str, death: str | None, days: int) -> None:
    died = None if death is None else PartialDate.parse(death)
    made = exposure_of(lines, "mycophenolate", day(as_of), death=died)
    assert made.days == days
    assert exposure_of(lines, "azathioprine", day(as_of)) == Exposure(drug="azathioprine")


def test_what_is_not_known_to_the_day_is_left_out_and_named() -> None:
    lines = [line("2024-01", line_id="a"), line("2024-01-01", "2024", line_id="b"), line("2024-03-01")]
    made = exposure_of(lines, "mycophenolate", day("2024-03-31"))
    assert (made.days, made.untold) == (30, ("a", "b"))
    assert exposure_of([rituximab()], "rituximab", day("2024-03-31")).untold == ("r",)


@given(
    st.lists(st.tuples(st.dates(dt.date(2020, 1, 1), dt.date(2021, 1, 1)), st.integers(0, 60)), max_size=8)
)
def test_merging_keeps_every_day_once(spans: list[tuple[dt.date, int]]) -> None:
    intervals = [Interval(start, start + dt.timedelta(days=length)) for start, length in spans]
    covered = {one.start + dt.timedelta(days=at) for one in intervals for at in range(one.days)}
    made = merged(intervals)
    assert sum(one.days for one in made) == len(covered)
    assert all(earlier.stop < later.start for earlier, later in pairwise(made))
    assert merged(reversed(intervals)) == made


def test_first_events_are_counted_until_the_first() -> None:
    made = exposure_of([line("2024-01-01", "2024-12-03")], "mycophenolate", day("2025-06-01"))
    assert made.days == 365
    events = [
        event("2024-03-01", causality="unlikely"),
        event("2024-02-01", causality="possible"),
        event("2025-01-01"),
    ]
    counted = count_patient(made, events)
    assert (len(counted.events), counted.days_to_first) == (2, 31)
    related = count_patient(made, events, related=True)
    assert (len(related.events), related.days_to_first) == (1, 31)
    none = count_patient(made, events[2:])
    assert (len(none.events), none.days_to_first) == (0, 365)
    every, first = pooled([counted, none])
    assert (every.events, every.years) == (2, Fraction(730 * 100, 36525))
    assert (first.events, first.years) == (1, Fraction((31 + 365) * 100, 36525))


@pytest.mark.parametrize(
    ("onset", "inside", "undated"),
    [("2024-02", 1, 0), ("2024-01", 0, 1), ("2024", 0, 1), ("2023", 0, 0), ("2025-03", 0, 0)],
)
def test_an_onset_not_known_to_the_day(onset: str, inside: int, undated: int) -> None:
    made = exposure_of([line("2024-01-10", "2024-12-01")], "mycophenolate", day("2025-06-01"))
    counted = count_patient(made, [event(onset)])
    assert (len(counted.events), len(counted.undated)) == (inside, undated)


@pytest.mark.parametrize(
    ("events", "years", "per_100", "low", "high"),
    [
        (0, "50", "0.0000", "0.0000", "7.3778"),
        (1, "50", "2.0000", "0.0506", "11.1433"),
        (3, "42.5", "7.0588", "1.4557", "20.6289"),
        (14, "400", "3.5000", "1.9135", "5.8724"),
        (10, "100", "10.0000", "4.7954", "18.3904"),
        (25, "310.75", "8.0451", "5.2063", "11.8761"),
        (100, "1000", "10.0000", "8.1364", "12.1627"),
    ],
)
def test_rates_of_the_published_table(events: int, years: str, per_100: str, low: str, high: str) -> None:
    made = rate(events, Fraction(years))
    assert made.per_100 is not None
    assert made.low is not None
    assert made.high is not None
    shown = [str(rounded(value, 4)) for value in (made.per_100, made.low, made.high)]
    assert shown == [per_100, low, high]


def test_garwood_by_logarithms() -> None:
    """Without events the upper end is −ln 0.025; with one the lower end is −ln 0.975."""
    assert garwood(0)[0] == 0
    assert float(garwood(0)[1]) == pytest.approx(-math.log(0.025), rel=1e-14)
    assert float(garwood(1)[0]) == pytest.approx(-math.log(0.975), rel=1e-14)
    assert round(garwood(0, Decimal("0.05"))[1], 4) == Decimal("2.9957")


@given(st.integers(1, 200))
def test_the_tails_of_the_interval_hold_two_and_a_half_percent(events: int) -> None:
    low, high = (float(end) for end in garwood(events))

    def at_most(count: int, mean: float) -> float:
        return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))

    assert 1 - at_most(events - 1, low) == pytest.approx(0.025, abs=1e-9)
    assert at_most(events, high) == pytest.approx(0.025, abs=1e-9)


def test_without_exposure_there_is_no_rate() -> None:
    made = rate(0, Fraction(0))
    assert not made.exposed
    assert (made.low, made.high) == (None, None)
    with pytest.raises(ValueError, match="negative"):
        rate(-1, Fraction(1))
    with pytest.raises(ValueError, match="negative"):
        garwood(-1)


def test_small_counts_are_hidden() -> None:
    assert [small_count(count) for count in (0, 1, 4, 5, 12)] == ["0", "< 5", "< 5", "5", "12"]
