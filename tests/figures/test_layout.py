"""Places in a picture: dates to x, ticks, labels that keep apart, marks that merge."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.figures.layout import (
    Box,
    DateAxis,
    first_free,
    grid_dates,
    merge_marks,
    spread,
    value_ticks,
    year_labels,
)

AXIS = DateAxis(dt.date(2021, 3, 1), dt.date(2026, 6, 15), 100, 500)
_DATES = st.dates(AXIS.start, AXIS.end)


def test_the_ends_of_the_axis_stand_at_its_edges() -> None:
    assert AXIS.x(AXIS.start) == 100
    assert AXIS.x(AXIS.end) == pytest.approx(500)


@given(_DATES)
def test_a_date_is_found_again_at_its_own_place(date: dt.date) -> None:
    assert AXIS.date(AXIS.x(date)) == date


def test_an_axis_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="end after its start"):
        DateAxis(dt.date(2024, 1, 1), dt.date(2024, 1, 1), 0, 1)


def test_a_span_is_clipped_to_what_is_shown() -> None:
    assert AXIS.clip(dt.date(2000, 1, 1), dt.date(2001, 1, 1)) is None
    assert AXIS.clip(dt.date(2000, 1, 1), dt.date(2040, 1, 1)) == (100, pytest.approx(500))
    assert AXIS.clip(AXIS.end, dt.date(2040, 1, 1)) == (pytest.approx(500), pytest.approx(500))


def test_the_grid_is_thinner_when_a_year_is_narrow() -> None:
    wide = DateAxis(dt.date(2024, 1, 15), dt.date(2026, 1, 15), 0, 600)
    assert [vertical.date.month for vertical in grid_dates(wide)][:4] == [4, 7, 10, 1]
    crowded = DateAxis(dt.date(1990, 1, 15), dt.date(2026, 1, 15), 0, 300)
    assert all(vertical.major for vertical in grid_dates(crowded))


def test_year_labels_stand_apart_and_inside() -> None:
    for years in (1, 3, 8, 40):
        axis = DateAxis(dt.date(2026 - years, 5, 1), dt.date(2026, 6, 15), 0, 300)
        labels = year_labels(axis, 28)
        assert all(14 <= label.x <= 286 for label in labels)
        assert all(after.x - before.x >= 28 for before, after in pairwise(labels))
    assert [label.text for label in year_labels(AXIS, 28)] == ["2021", "2022", "2023", "2024", "2025", "2026"]


@given(
    st.lists(st.floats(0, 150, allow_nan=False), min_size=1, max_size=20),
    st.sampled_from([(10.0, 40.0), (0.5, 1.5), (1.0, 3.0)]),
)
def test_an_axis_holds_every_value_with_few_round_ticks(
    values: list[float], kind: tuple[float, float]
) -> None:
    step, least = kind
    low, high, ticks = value_ticks(values, step=step, least_span=least, most=7)
    assert low <= min(values)
    assert max(values) <= high
    assert high - low >= least - 1e-9
    assert len(ticks) <= 10
    assert ticks[0] == pytest.approx(low)
    assert ticks[-1] == pytest.approx(high)


def test_percentages_between_46_and_77_are_drawn_from_40_to_80() -> None:
    assert value_ticks([46.7, 76.6, 74.0], step=10, least_span=40)[2] == (40, 50, 60, 70, 80)


@given(
    st.lists(st.tuples(st.floats(0, 200), st.floats(5, 25)), min_size=1, max_size=7),
)
def test_labels_of_a_column_never_overlap(labels: list[tuple[float, float]]) -> None:
    wanted, sizes = [place for place, _ in labels], [size for _, size in labels]
    placed = spread(wanted, sizes, 0, 200)
    spans = sorted((centre - size / 2, centre + size / 2) for centre, size in zip(placed, sizes, strict=True))
    assert all(after[0] >= before[1] - 1e-6 for before, after in pairwise(spans))
    assert spans[0][0] >= -1e-6


def test_labels_with_room_stay_where_they_belong() -> None:
    assert spread([20, 60], [10, 10], 0, 100) == (20, 60)


def test_two_near_marks_are_both_drawn_and_three_become_one() -> None:
    assert [mark.members for mark in merge_marks([10, 18, 60])] == [(0,), (1,), (2,)]
    assert [mark.members for mark in merge_marks([10, 18, 24, 60])] == [(0, 1, 2), (3,)]


@given(st.lists(st.floats(0, 500), max_size=40))
def test_merging_loses_no_mark(places: list[float]) -> None:
    members = sorted(index for mark in merge_marks(places) for index in mark.members)
    assert members == list(range(len(places)))


def test_a_label_takes_the_first_place_that_is_free_and_inside() -> None:
    frame, taken = Box(0, 0, 100, 100), [Box(10, 10, 40, 20)]
    blocked, outside, free = Box(20, 15, 50, 25), Box(90, 0, 120, 10), Box(50, 50, 80, 60)
    assert first_free([blocked, outside, free], taken, frame) == free
    assert first_free([blocked, outside], taken, frame) is None
