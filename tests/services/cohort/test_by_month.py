"""A measure by group and month, and the first of several events, against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ctdild_desktop.clinical.records import PatientRecord, TherapyLine
from ctdild_desktop.cohort.monthly import Month
from ctdild_desktop.services.cohort import by_month, outcomes
from ctdild_desktop.services.desk import Desk, RefusedError
from tests.support.cohort_patients import a_line, day, record
from tests.support.desks import fill, in_a_file


def at(months: tuple[Month, ...], month: int) -> Month:
    return next(one for one in months if one.month == month)


@in_a_file
def test_each_month_is_of_those_who_have_a_visit_then(desk: Desk) -> None:
    def given_drug() -> tuple[TherapyLine, ...]:
        return (a_line("azathioprine", "2020-02-01"),)

    start = ("2020-01-01", "3.0")
    fill(
        desk,
        # of two visits as near to 6 months the earlier; 12 months is 56 days before this visit
        record(
            "A",
            start,
            ("2020-06-21", "2.8"),
            ("2020-07-11", "2.6"),
            ("2021-02-26", "2.4"),
            therapy=given_drug(),
        ),
        record("B", ("2020-01-01", "2.0"), ("2020-07-01", "2.2"), therapy=given_drug()),
        # a day too late for 12 months
        record("C", start, ("2021-02-27", "2.0")),
        record("D"),
    )
    told = by_month.monthly(desk, "fvc_l", (12, 6), by="drug")
    assert (told.n.cohort, told.n.analysed, told.n.excluded) == (4, 3, {"no usable visit": 1})
    assert set(told.groups) == {"azathioprine", "none"}
    given, none = told.groups["azathioprine"], told.groups["none"]
    assert [one.month for one in given] == [0, 6, 12]
    assert (at(given, 0).value.mean, at(given, 0).change.n) == (2.5, 0)
    assert at(given, 6).value.mean == pytest.approx((2.8 + 2.2) / 2)
    assert at(given, 6).change.mean == pytest.approx(0)
    assert at(given, 6).value.sd == pytest.approx(0.6 / 2**0.5)
    assert (at(given, 12).value.n, at(given, 12).value.sd) == (1, None)
    assert at(given, 12).change.mean == pytest.approx(-0.6)
    assert (at(none, 0).value.n, at(none, 12).value.n, at(none, 12).value.mean) == (1, 0, None)
    assert len(at(given, 6).patients) == 2
    with pytest.raises(RefusedError, match="compared by weather"):
        by_month.monthly(desk, "fvc_l", (12,), by="weather")
    with pytest.raises(RefusedError, match="no measure"):
        by_month.monthly(desk, "fev1", (12,))


def judged(mrn: str, on: str, *, died: str = "", stopped: str = "") -> PatientRecord:
    line = a_line("azathioprine", "2020-01-01", stopped, "progression" if stopped else None)
    line = replace(line, response="worse", response_date=day(on) if on else None)
    return record(mrn, ("2020-01-01", "3.0"), ("2020-12-31", "2.9"), therapy=(line,), died=died)


@in_a_file
def test_a_response_judged_worse_is_a_failure_and_several_events_end_at_the_first(desk: Desk) -> None:
    fill(desk, judged("A", "2020-04-10"), judged("B", "2020-07-01", died="2020-06-09"), judged("C", ""))
    fill(desk, judged("D", "", stopped="2020-07-19"))
    failed = outcomes.survival(desk, "treatment_failure").groups["all"]
    assert [(step.time, step.at_risk) for step in failed.steps] == [(100, 3), (200, 1)]
    either = outcomes.survival(desk, "death,treatment_failure")
    assert [step.time for step in either.groups["all"].steps] == [100, 160, 200]
    assert either.n.excluded == {"a date is not known to the day": 1}
    with pytest.raises(RefusedError, match="relapse is no event"):
        outcomes.survival(desk, "death,relapse")
