"""What holds for every window: order of the days, month ends, and that nothing is ever dropped in silence."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.codes import diagnoses
from ctdild_desktop.clinical.due import State, due_items
from ctdild_desktop.clinical.due.timing import Interval, Span, grace_days, state_on, window_after
from tests.support.due import at, bloods, done, item, line
from tests.support.people import day

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2040, 12, 31))
INTERVALS = st.builds(Interval, st.integers(1, 30), st.sampled_from("dwm"))
SPANS = st.sampled_from(["3m-6m", "3m-12m", "6m-12m", "12m", "14d", "1m", "84d", "2y"]).map(Span.parse)
ORDER = (State.NOT_DUE, State.WINDOW_OPEN, State.DUE, State.OVERDUE)


@given(DAYS, SPANS)
def test_the_states_follow_one_another_without_a_gap(last, span):
    window = window_after(last, span)
    states = [state_on(window, last + dt.timedelta(days=days)) for days in range(0, 1200, 1)]
    ranks = [ORDER.index(state) for state in states]
    assert ranks == sorted(ranks)
    assert set(states) == set(ORDER)
    first_overdue = states.index(State.OVERDUE)
    assert last + dt.timedelta(days=first_overdue - 1 - grace_days(span.most)) == window.due


@given(DAYS, st.integers(1, 60))
def test_calendar_months_keep_the_day_or_take_the_last_one(date, months):
    later = Interval(months, "m").after(date)
    assert (later.year * 12 + later.month) - (date.year * 12 + date.month) == months
    following = later + dt.timedelta(days=1)
    assert later.day == date.day or (later.day < date.day and following.day == 1)


@given(DAYS, DAYS, INTERVALS)
def test_a_later_result_is_never_due_earlier(first, second, interval):
    span = Span(interval, interval)
    earlier, later = sorted((first, second))
    assert window_after(earlier, span).due <= window_after(later, span).due


@given(st.permutations(["2024-01-31", "2023-06-30", "2024-02-29", "2022-12-01"]))
def test_the_order_of_the_results_does_not_matter(dates):
    facts = at("2024-09-01", *done("spirometry", *dates), diagnosis="SSc", anchor="2024-01-01")
    expected = replace(facts, results=tuple(sorted(facts.results, key=lambda result: result.date)))
    assert due_items(facts) == due_items(expected)


@given(st.dates(dt.date(2024, 1, 9), dt.date(2026, 12, 31)), st.integers(0, 400))
def test_a_newer_blood_test_never_makes_the_next_one_due_earlier(as_of, back):
    therapy = (line("azathioprine", "2024-01-08", dose="100"),)
    newer = max(dt.date(2024, 1, 8), as_of - dt.timedelta(days=back))
    without = item(at("2024-01-09", *bloods("2024-01-08"), therapy=therapy), "S1")
    facts = at("2024-01-09", *bloods("2024-01-08", newer.isoformat()), therapy=therapy)
    found = item(replace(facts, as_of=as_of), "S1")
    assert found.due is not None
    assert without.due is not None
    assert found.due >= without.due
    assert found.due > newer


@pytest.mark.parametrize("diagnosis", diagnoses().codes)
@given(as_of=DAYS)
def test_no_patient_with_ild_drops_off_the_list(diagnosis, as_of):
    facts = replace(at("2024-01-01", diagnosis=diagnosis, anchor="1999-01-01"), as_of=as_of)
    found = due_items(facts)
    assert found
    assert all(one.because or one.needs for one in found)
    assert {one.rule for one in found} >= {"M4", "M6"}


@pytest.mark.parametrize(
    ("last", "opens", "due"),
    [
        ("2023-08-31", "2023-11-30", "2024-02-29"),
        ("2022-08-31", "2022-11-30", "2023-02-28"),
        ("2024-11-30", "2025-02-28", "2025-05-30"),
        ("2024-02-29", "2024-05-29", "2024-08-29"),
    ],
)
def test_month_ends(last, opens, due):
    facts = at("2025-03-01", *done("spirometry", last), diagnosis="SSc", anchor="2024-12-31")
    found = next(one for one in due_items(facts) if one.tests == ("spirometry",))
    assert (found.opens, found.due) == (day(opens), day(due))


def test_the_most_urgent_comes_first():
    therapy = (
        line("rituximab", "2024-01-10", infusions=["2024-01-10"]),
        line("azathioprine", "2024-01-08", dose="100"),
    )
    facts = at("2024-12-01", *bloods("2024-02-05"), *done("spirometry", "2024-11-01"), therapy=therapy)
    found = due_items(replace(facts, diagnosis="SSc"))
    order = [
        list(State).index(one.state) for one in found if not (one.gate and one.state is State.NEVER_DONE)
    ]
    assert found[0].gate
    assert order == sorted(order)
