"""Delayed entry: curves, incidence and the log-rank test, against R's ``survival``."""

from __future__ import annotations

import math

import pytest

from ctdild_desktop.cohort.survival import Followed, cumulative_incidence, kaplan_meier, log_rank
from tests.cohort.expected import expected, table

R = expected("late.txt")
DAYS = (30, 99, 250, 390)
FIRST = frozenset({1})


def people(group: str) -> list[Followed]:
    return [
        Followed(float(row["time"]), int(row["event"]), float(row["entry"]))
        for row in table("late.csv")
        if row["group"] == group
    ]


@pytest.mark.parametrize("group", ["some", "emptied"])
def test_curves_of_late_entries_are_those_of_r(group: str) -> None:
    held = people(group)
    curve = kaplan_meier(held, events=FIRST)
    told = [curve.at(day) for day in DAYS]
    assert [one.survival for one in told] == pytest.approx(R[f"survival {group}"])
    assert [one.se for one in told] == pytest.approx([0 if math.isnan(se) else se for se in R[f"se {group}"]])
    inside = [sum(one.entry < day <= one.time for one in held) for day in DAYS]
    assert [one.at_risk for one in told] == inside, "R tells those at risk at the next time of somebody"
    assert curve.median == R[f"median {group}"][0]
    for one, low, high in zip(told, R[f"low {group}"], R[f"high {group}"], strict=True):
        assert one.ci95 is None if math.isnan(low) or low == 1 else one.ci95 == pytest.approx((low, high))
    assert cumulative_incidence(held, 1, DAYS) == pytest.approx(R[f"first {group}"])
    assert cumulative_incidence(held, 2, DAYS) == pytest.approx(R[f"second {group}"])


def test_a_curve_that_has_emptied_stays_at_nothing_without_nan() -> None:
    steps = kaplan_meier(people("emptied"), events=FIRST).steps
    assert [(step.survival, step.se, step.ci95) for step in steps] == [(0.0, 0.0, None)] * 3


def test_the_log_rank_test_of_late_entries_is_the_score_test_of_r() -> None:
    groups: dict[str, list[Followed]] = {"third": [], "others": []}
    for one in people("some"):
        groups["others" if one.time % 3 else "third"].append(one)
    told = log_rank(groups, events=FIRST)
    assert [told.chi2, told.df, told.p] == pytest.approx(R["score"])
