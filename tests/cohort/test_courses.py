"""Which visits an analysis takes, at the edges of its windows, and the losses counted from them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.cohort import responding
from ctdild_desktop.cohort.courses import Change, Course, Visit, around, change_at, drug_baseline
from ctdild_desktop.cohort.declining import LOSSES, declines, followed

TEN_RELATIVE, FIVE_RELATIVE, FIVE_POINTS, TEN_POINTS = LOSSES


def visit(day: str, value: str) -> Visit:
    return Visit(dt.date.fromisoformat(day), Decimal(value))


def course(*visits: tuple[str, str], zero: str = "") -> Course:
    start = dt.date.fromisoformat(zero) if zero else None
    return Course(patient="p", visits=tuple(visit(*one) for one in visits), zero=start)


def changed(before: str, after: str) -> Change:
    return Change(visit("2020-01-01", before), visit("2021-01-01", after))


def test_the_baseline_is_the_first_visit_at_or_after_time_zero() -> None:
    of = course(("2019-12-31", "2.0"), ("2020-01-01", "2.1"), ("2020-06-01", "2.2"), zero="2020-01-01")
    assert of.baseline == visit("2020-01-01", "2.1")
    assert of.later == (visit("2020-06-01", "2.2"),)
    assert course(zero="2020-01-01").baseline is None


def test_the_follow_up_visit_lies_within_8_weeks_of_its_month_and_of_two_as_near_is_the_earlier() -> None:
    start = ("2020-01-31", "2.0")
    inside = change_at(course(start, ("2021-03-28", "1.8")), 12)  # 31.01.2021 + 56 days
    assert inside is not None
    assert inside.after == visit("2021-03-28", "1.8")
    assert change_at(course(start, ("2021-03-29", "1.8")), 12) is None
    two = change_at(course(start, ("2021-01-26", "1.9"), ("2021-02-05", "1.7")), 12)
    assert two is not None
    assert two.after.value == Decimal("1.9")
    assert change_at(course(start), 12) is None


def test_the_baseline_of_a_drug_is_the_latest_of_the_6_months_before() -> None:
    start = dt.date(2020, 8, 31)
    assert drug_baseline([visit("2020-02-28", "2")], start) is None  # 29.02. is the first day
    assert drug_baseline([visit("2020-02-29", "2"), visit("2020-08-31", "3")], start) == visit(
        "2020-08-31", "3"
    )
    assert drug_baseline([visit("2020-09-01", "2")], start) is None


def test_before_and_after_a_drug_are_taken_against_the_visit_at_its_start() -> None:
    of = (
        visit("2019-08-15", "60"),
        visit("2019-11-20", "57"),
        visit("2020-08-10", "54"),
        visit("2021-05-20", "55"),
    )
    before, after = around(of, dt.date(2020, 8, 20))
    assert before is not None
    assert after is not None
    assert (before.before.value, before.after.value) == (57, 54)
    assert after.relative == Fraction(100, 54)
    assert around(of[:2], dt.date(2020, 8, 20)) == (None, None)
    only_after = around(of[2:], dt.date(2020, 8, 20))
    assert only_after[0] is None
    assert only_after[1] == after


def test_the_baseline_of_a_drug_is_not_its_own_earlier_visit() -> None:
    of = (visit("2020-01-01", "60"), visit("2020-07-01", "54"))  # 12 and 6 months before: 6 is the nearer
    before, _after = around(of, dt.date(2021, 1, 1))
    assert before == Change(*of)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("63.0", "56.7", "decline"),  # exactly 10 %: 9.999… in binary
        ("63.0", "56.71", "marginal_decline"),
        ("2.00", "1.90", "marginal_decline"),
        ("2.00", "1.901", "stable"),
        ("2.00", "2.099", "stable"),
        ("2.00", "2.10", "marginal_improvement"),
        ("2.00", "2.20", "improved"),
    ],
)
def test_classes_of_response_are_decided_exactly(before: str, after: str, told: str) -> None:
    relative = changed(before, after).relative
    assert relative is not None
    assert responding.class_of(relative) == told
    assert responding.table([relative])[told].n == 1


@given(st.integers(1, 20_000), st.integers(-4000, 4000))
def test_a_relative_loss_is_reached_exactly_at_its_limit(base: int, thousandths: int) -> None:
    before = Decimal(base) / 1000
    after = before * (1000 + Decimal(thousandths) / 10) / 1000
    reached = TEN_RELATIVE.reached(changed(str(before), str(after)))
    assert reached is (thousandths <= -1000)


def test_losses_are_counted_by_hand() -> None:
    falls = course(("2020-01-01", "80"), ("2020-07-01", "74"), ("2021-01-01", "72"), ("2022-01-01", "71"))
    recovers = course(("2020-01-01", "80"), ("2020-12-31", "72"), ("2021-06-01", "79"))
    stays = course(("2020-01-01", "80"), ("2021-01-01", "80"))
    one_visit = course(("2020-01-01", "80"))
    told = declines([falls, recovers, stays, one_visit], TEN_RELATIVE, within_days=365)
    assert (told.any_time.n, told.any_time.of) == (2, 3)
    assert told.within.n == 1  # 365 days; the other took 366
    assert told.confirmed.n == 1
    assert told.at_last_visit.n == 1
    assert [(step.time, step.at_risk, step.events) for step in told.curve.steps] == [(365, 3, 1), (366, 2, 1)]
    assert told.incidence.years == Fraction(365 + 366 + 366, 1) / Fraction(36525, 100)
    assert told.incidence.per_100 == 200 / told.incidence.years
    five = declines([falls, recovers, stays], FIVE_POINTS, within_days=365)
    assert (five.any_time.n, five.confirmed.n, five.within.n) == (2, 1, 2)
    assert followed(one_visit, FIVE_RELATIVE) is None
    assert declines([], TEN_POINTS, within_days=365).any_time.percent is None
