"""Curves, tests, intervals and slopes of data that are seldom tidy, against R."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.exposure import rate
from ctdild_desktop.cohort.courses import Course, Visit
from ctdild_desktop.cohort.describing import paired_t, proportion, summary, wilcoxon
from ctdild_desktop.cohort.slopes import pooled
from ctdild_desktop.cohort.survival import Curve, Followed, cumulative_incidence, kaplan_meier, log_rank
from tests.cohort.expected import expected, table

DAYS = (0, 29, 30, 60, 90, 100, 400)
DIED = frozenset({1})
GROUPS = ("ties", "single", "censored", "together", "extreme", "late", "competing")
R = expected("hostile.txt")
EQUAL = (-2.0, -2.0, -2.0, -2.0, 2.0)
FAR = (1e-9, -1e9, 2e9, 3.0, -4.0, 0.0)


def people(group: str, *, late: bool = False) -> list[Followed]:
    return [
        Followed(float(row["time"]), int(row["event"]), float(row["entry"]) if late else 0.0)
        for row in table("hostile.csv")
        if row["group"] == group
    ]


def seen(held: list[Followed]) -> tuple[int, ...]:
    """The days up to the last observation: those that R tells of."""
    return tuple(day for day in DAYS if day <= max(one.time for one in held))


@pytest.mark.parametrize("group", GROUPS)
def test_a_curve_of_hostile_data_is_that_of_r(group: str) -> None:
    held = people(group)
    curve, days = kaplan_meier(held, events=DIED), seen(held)
    told = [curve.at(day) for day in days]
    assert [one.survival for one in told] == pytest.approx(R[f"km {group}"])
    assert [one.at_risk for one in told] == R[f"risk {group}"]
    median = R[f"median {group}"][0]
    assert curve.median is None if math.isnan(median) else curve.median == median
    for one, se, low, high in zip(told, R[f"se {group}"], R[f"low {group}"], R[f"high {group}"], strict=True):
        assert one.se == pytest.approx(0 if math.isnan(se) else se)
        if one.survival in (0, 1):
            assert one.ci95 is None, "R tells an interval of no width, or none"
        else:
            assert one.ci95 == pytest.approx((low, high))
    for event in (1, 2):
        shares = cumulative_incidence(held, event, days)
        assert shares == pytest.approx(R[f"cif{event} {group}"], abs=1e-6)


def test_late_entry_with_ties_is_that_of_r() -> None:
    curve = kaplan_meier(people("late", late=True), events=DIED)
    told = [curve.at(day) for day in (60, 90, 100)]
    survival, se, at_risk = R["late entry"][0:3], R["late entry"][4:7], R["late entry"][8:11]
    assert [one.survival for one in told] == pytest.approx(survival)
    assert [one.se for one in told] == pytest.approx(se)
    assert [one.at_risk for one in told] == at_risk
    assert curve.at(301).survival == 0


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("ties censored", ("ties", "censored")),
        ("ties single", ("ties", "single")),
        ("ties together", ("ties", "together")),
        ("all", GROUPS),
    ],
)
def test_the_log_rank_test_of_hostile_groups_is_that_of_r(name: str, groups: tuple[str, ...]) -> None:
    told = log_rank({group: people(group) for group in groups}, events=DIED)
    assert [told.chi2, told.df, told.p] == pytest.approx(R[f"logrank {name}"])
    empty = log_rank({**{group: people(group) for group in groups}, "nobody": []}, events=DIED)
    assert empty == told, "a group of nobody is no group"


def test_no_group_one_group_and_no_event_give_no_log_rank_test() -> None:
    assert log_rank({}).p is None
    assert log_rank({"a": people("ties")}).p is None
    assert log_rank({"a": people("censored"), "b": people("competing")}, events=DIED).p is None


def test_tests_of_equal_and_of_far_values_are_those_of_r() -> None:
    equal, far = wilcoxon(EQUAL), wilcoxon(FAR)
    assert [equal.statistic, equal.p] == pytest.approx(R["wilcoxon equal"])
    assert [far.statistic, far.p] == pytest.approx(R["wilcoxon far"])
    told, t = summary(EQUAL), paired_t(EQUAL)
    assert [t.statistic, t.p, *(told.ci95 or ())] == pytest.approx(R["t equal"])
    assert [told.q1, told.median, told.q3] == R["quartiles equal"]


@pytest.mark.parametrize("name", [name for name in R if name.startswith("wilson")])
def test_wilsons_interval_of_few_and_of_many_is_that_of_r(name: str) -> None:
    count, low, high = R[name]
    told = proportion(int(count), int(name.rpartition("of")[2]))
    assert told.wilson95 == pytest.approx((100 * low, 100 * high), abs=1e-6)


@pytest.mark.parametrize("name", [name for name in R if name.startswith("garwood")])
def test_garwoods_interval_is_that_of_r(name: str) -> None:
    events, low, high = R[name]
    told = rate(int(events), Fraction(100))
    assert (float(told.low or 0), float(told.high or 0)) == pytest.approx((low, high))


def test_the_mixed_model_of_courses_with_gaps_and_a_far_value_is_that_of_nlme() -> None:
    start = dt.date(2015, 3, 1)
    courses = [
        Course(
            patient=patient,
            visits=tuple(
                Visit(start + dt.timedelta(days=int(row["day"])), Decimal(row["value"])) for row in rows
            ),
        )
        for patient, rows in groupby(table("hostile_visits.csv"), key=lambda row: row["patient"])
    ]
    told = pooled(courses)
    intercept, slope, _error, se = R["lme"]
    assert told.converged
    assert (told.intercept, told.slope_per_year) == pytest.approx((intercept, slope), rel=1e-4)
    assert told.se == pytest.approx(se, rel=1e-3)
    shuffled = pooled(random.Random(1).sample(courses, len(courses)))
    assert shuffled.slope_per_year == pytest.approx(slope, rel=1e-4)


someone = st.builds(Followed, st.integers(0, 60).map(float), st.sampled_from([0, 0, 1, 1, 2]))
anyone = st.lists(someone, min_size=1, max_size=25)
TIMES = (0.0, 5.0, 17.0, 30.0, 59.0)


def shape(curve: Curve) -> list[tuple[float, float, float]]:
    return [(step.time, step.survival, step.se) for step in curve.steps]


@given(anyone)
def test_without_another_event_the_curve_is_one_less_the_incidence(held: list[Followed]) -> None:
    alone = [replace(one, event=min(one.event, 1)) for one in held]
    curve = kaplan_meier(alone)
    for time, share in zip(TIMES, cumulative_incidence(alone, 1, TIMES), strict=True):
        survival = curve.at(time).survival
        assert survival is None if share is None else survival == pytest.approx(1 - share)


@given(anyone)
def test_the_shares_of_all_events_and_of_none_are_one(held: list[Followed]) -> None:
    free = kaplan_meier(held)
    shares = [cumulative_incidence(held, event, TIMES) for event in (1, 2)]
    for place, time in enumerate(TIMES):
        survival = free.at(time).survival
        if survival is not None:
            assert survival + sum(one[place] or 0 for one in shares) == pytest.approx(1)


@settings(max_examples=30)
@given(anyone, anyone, st.randoms(use_true_random=False))
def test_the_order_of_the_patients_and_of_the_groups_tells_nothing(
    one: list[Followed], other: list[Followed], chance: random.Random
) -> None:
    mixed = chance.sample(one, len(one))
    assert shape(kaplan_meier(mixed)) == shape(kaplan_meier(one))
    assert cumulative_incidence(mixed, 2, TIMES) == cumulative_incidence(one, 2, TIMES)
    first, second = log_rank({"a": one, "b": other}), log_rank({"b": other, "a": mixed})
    assert first.p is None if second.p is None else first.p == pytest.approx(second.p)


@given(anyone)
def test_somebody_who_was_never_followed_changes_nothing_later(held: list[Followed]) -> None:
    later = [replace(one, time=one.time + 1) for one in held]
    more = [*later, Followed(0.0, 0)]
    assert shape(kaplan_meier(more)) == shape(kaplan_meier(later))
    assert kaplan_meier(more).at(1.0).at_risk == kaplan_meier(later).at(1.0).at_risk
    assert cumulative_incidence(more, 1, TIMES[1:]) == cumulative_incidence(later, 1, TIMES[1:])


@settings(max_examples=30)
@given(st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=30))
def test_turning_all_changes_round_turns_their_description_round(changes: list[float]) -> None:
    told, turned = summary(changes), summary([-one for one in changes])
    assert (told.mean, told.median) == pytest.approx((-(turned.mean or 0), -(turned.median or 0)))
    assert (told.low, told.high) == (-(turned.high or 0), -(turned.low or 0))
    forth, back = wilcoxon(changes), wilcoxon([-one for one in changes])
    assert forth.p is None if back.p is None else forth.p == pytest.approx(back.p)
