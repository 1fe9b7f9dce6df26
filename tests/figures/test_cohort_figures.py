"""The pictures of the cohort as values: ticks, who is drawn, what is said where there are few."""

from __future__ import annotations

import pytest

from ctdild_desktop.figures.chart import Area, Column, Dot, Guide, Line, Meaning, Span, Strokes
from ctdild_desktop.figures.cohort_axes import time_axis, value_axis
from ctdild_desktop.figures.cohort_columns import Bar, shares
from ctdild_desktop.figures.cohort_forest import Balance, Estimate, balance, rates
from ctdild_desktop.figures.cohort_pairs import Pair, Quartiles, before_and_after
from ctdild_desktop.figures.cohort_ranks import Ranked, ranks
from ctdild_desktop.figures.cohort_times import Curve, Incidence, cumulative_incidence, kaplan_meier


@pytest.mark.parametrize(
    ("values", "least", "texts"),
    [
        ((-17.6, 19.6), 20.0, ["−20", "−10", "0", "+10", "+20"]),
        ((0.0,), 0.4, ["−0.2", "−0.1", "0.0", "+0.1", "+0.2"]),
        ((), 10.0, ["−6", "−4", "−2", "0", "+2", "+4", "+6"]),
        ((1e6,), 10.0, ["+999994", "+999996", "+999998", "+1000000", "+1000002", "+1000004", "+1000006"]),
    ],
)
def test_ticks_are_round_and_hold_every_value(values, least, texts):
    axis = value_axis("x", values, least_span=least, change=True)
    assert [tick.text for tick in axis.ticks] == texts
    assert all(axis.low <= value <= axis.high for value in values)


@pytest.mark.parametrize(
    ("days", "label", "last"),
    [
        (0, "months since S", "3"),
        (300, "months since S", "10"),
        (700, "months since S", "24"),
        (1461, "years since S", "4"),
    ],
)
def test_time_is_in_months_while_it_is_short(days, label, last):
    axis, unit = time_axis(days, "S")
    assert (axis.label, axis.ticks[-1].text) == (label, last)
    assert days / unit <= axis.high


def test_before_and_after_shows_fewer_than_five_as_points_without_an_interval():
    pairs = [Pair(str(at), -10.0 + at, float(at)) for at in range(5)]
    middle = Quartiles(n=5, median=2.0, q1=1.0, q3=3.0)
    few = Quartiles(n=4, median=2.0, q1=1.0, q3=3.0)
    for told, spans in ((middle, 2), (few, 0)):
        chart = before_and_after(
            *("FVC", pairs, told, told),
            label="%",
            start_text="S",
            limit=10.0,
            measure=Meaning.FVC,
            empty_text="nobody",
        )
        assert sum(isinstance(mark, Span) for mark in chart.marks) == spans
        assert sum(isinstance(mark, Line) and mark.meaning is Meaning.PATIENT for mark in chart.marks) == 5
        assert {mark.value for mark in chart.marks if isinstance(mark, Guide)} == {-10.0, 0.0, 10.0}
        assert chart.y.low < -10, "the guide is not the edge of the picture"
        assert chart.y.high > 10


def test_before_and_after_shows_who_has_only_one_of_the_two_as_a_point():
    chart = before_and_after(
        *("FVC", [Pair("a", None, 3.0), Pair("b", -4.0, None)], Quartiles(n=1, median=-4, q1=-4, q3=-4)),
        Quartiles(n=1, median=3, q1=3, q3=3),
        label="%",
        start_text="S",
        limit=10.0,
        measure=Meaning.FVC,
        empty_text="nobody",
    )
    assert [(mark.patient_id, mark.at) for mark in chart.marks if isinstance(mark, Dot)] == [
        ("a", (2.0, 3.0)),
        ("b", (1.0, -4.0)),
    ]


def curve(name: str, leaving: list[float], steps: list[tuple[float, float, float, float]]) -> Curve:
    events = {step[0] for step in steps}
    return Curve(
        name=name,
        n=len(leaving),
        events=len(steps),
        steps=steps,
        ends=[day for day in leaving if day not in events],
        last=max(leaving, default=0.0),
        leaving=leaving,
    )


def test_a_survival_curve_steps_in_per_cent_with_strokes_and_numbers_at_risk():
    made = curve("all", [100, 200, 365.25, 730.5, 800], [(100, 0.8, 0.2, 0.97)])
    chart = kaplan_meier("Alive", [made], label="%", zero="S", empty_text="nobody")
    line = next(mark for mark in chart.marks if isinstance(mark, Line))
    assert line.step
    assert [round(y, 6) for _x, y in line.points] == [100, 80, 80]
    strokes = next(mark for mark in chart.marks if isinstance(mark, Strokes))
    assert len(strokes.at) == 4
    assert any(isinstance(mark, Area) for mark in chart.marks)
    assert dict(zip((tick.text for tick in chart.x.ticks), chart.below[0].values, strict=True))["1.0"] == "3"


def test_who_comes_late_is_followed_from_then_on():
    made = Curve(
        name="all", n=3, events=0, steps=(), ends=(300.0,), last=300.0, leaving=(100, 300, 300), late=(150,)
    )
    assert [made.followed_at(day) for day in (0, 100, 150, 151, 300, 301)] == [2, 2, 1, 2, 2, 0]


def test_a_survival_curve_of_four_has_no_interval_and_of_nobody_says_so():
    made = curve("all", [100, 200, 300, 400], [(100, 0.75, 0.1, 0.96)])
    chart = kaplan_meier("Alive", [made], label="%", zero="S", empty_text="nobody")
    assert not any(isinstance(mark, Area) for mark in chart.marks)
    none = kaplan_meier("Alive", [], label="%", zero="S", empty_text="nobody")
    assert (none.marks, none.empty_text) == ((), "nobody")


def test_cumulative_incidence_begins_at_zero_and_goes_on_to_the_last_observation():
    made = Incidence(name="death", points=[(365.25, 0.25)], last=1461)
    line = cumulative_incidence("What", [made], label="%", zero="S", empty_text="nobody").marks[0]
    assert isinstance(line, Line)
    assert line.points == ((0.0, 0.0), (1.0, 25.0), (4.0, 25.0))


def test_ranks_order_patients_by_value():
    chart = ranks(
        *("Change", [Ranked("a", 3.0), Ranked("b", -12.0), Ranked("c", 0.5)]),
        label="%",
        unit="%",
        places=1,
        least_span=20.0,
        limits=(-10.0, 10.0),
        empty_text="nobody",
    )
    dots = [mark for mark in chart.marks if isinstance(mark, Dot)]
    assert [(dot.patient_id, dot.at) for dot in dots] == [
        ("b", (1.0, -12.0)),
        ("c", (2.0, 0.5)),
        ("a", (3.0, 3.0)),
    ]


def test_a_share_below_one_per_cent_is_not_shown_as_none():
    chart = shares("R", [Bar(name="rare", count=1, of=400)], label="%", empty_text="nobody")
    assert [mark.text for mark in chart.marks if isinstance(mark, Column)] == ["1 of 400, 0.3 %"]


def test_shares_of_nobody_have_no_column_and_of_few_no_interval():
    bars = [Bar(name="improved", count=1, of=4, low=4.6, high=69.9)]
    few = shares("R", bars, label="%", empty_text="nobody")
    assert [type(mark) for mark in few.marks] == [Column]
    assert shares("R", [Bar(name="improved", count=0, of=0)], label="%", empty_text="nobody").marks == ()


def test_a_wide_interval_is_cut_at_the_edge_and_the_key_says_so():
    rows = [
        ("A", [Estimate(name="A", value=10.0, low=8.0, high=12.0)]),
        ("B", [Estimate(name="B", value=0.0, low=0.0, high=500.0)]),
    ]
    chart = rates("Harm", rows, label="per 100", key=[(Meaning.FIRST, "all")], empty_text="nobody")
    spans = [mark for mark in chart.marks if isinstance(mark, Span)]
    assert spans[1].end[0] == chart.x.high < 500
    assert chart.key[-1].text == "an interval that reaches the edge goes on"


def test_balance_leaves_out_what_is_not_known():
    rows = [Balance(name="age", before=0.5, after=0.05), Balance(name="DLCO", before=None, after=None)]
    chart = balance("Balance", rows, limit=0.1, limit_text="± 0.1", empty_text="nobody")
    assert [mark.at for mark in chart.marks if isinstance(mark, Dot)] == [(0.5, 1.0), (0.05, 1.0)]
