"""Sums of cyclophosphamide and of glucocorticoids over therapy lines."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical import steroids
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.dosing.cumulative import Prior, PriorKind, cumulative, thresholds
from ctdild_desktop.clinical.dosing.taken import taken_daily
from ctdild_desktop.clinical.inputs import InputError
from ctdild_desktop.clinical.records import DoseChange, Infusion, Interruption, TherapyLine
from ctdild_desktop.clinical.wording import rounded
from tests.support.people import day

NONE_BEFORE = Prior(PriorKind.EXACT)


def partial(text: str | None) -> PartialDate | None:
    return None if text is None else PartialDate.parse(text)


def tablets(start: str, stop: str | None = None, **values: Any) -> TherapyLine:
    given: dict[str, Any] = {
        "id": "po",
        "drug": "cyclophosphamide_po",
        "dose": Decimal(100),
        "dose_unit": "mg",
        "frequency": "daily",
        "route": "PO",
    }
    return TherapyLine(start=PartialDate.parse(start), stop=partial(stop), **(given | values))


def pulses(first: str, count: int, mg: int | None, drug: str = "cyclophosphamide_iv") -> TherapyLine:
    return TherapyLine(
        id="iv",
        drug=drug,
        start=PartialDate.parse(first),
        route="IV",
        infusions=tuple(
            Infusion(date=add_months(day(first), at), dose_mg=None if mg is None else Decimal(mg))
            for at in range(count)
        ),
    )


def test_the_worked_sum() -> None:
    lines = [tablets("2023-03-01", "2023-09-01"), pulses("2022-01-10", 6, 900)]
    made = cumulative(lines, day("2024-01-01"), NONE_BEFORE)
    assert (made.oral_days, made.oral_mg, made.iv_mg, made.total_mg) == (184, 18400, 5400, 23800)
    assert (made.shown, made.gaps) == ("23.8 g", ())
    assert [(alert.threshold.grams, alert.reached) for alert in made.alerts] == [(10, True), (20, True)]
    assert rounded(made.total_mg / 360, 0) == 66


@pytest.mark.parametrize(
    ("mg", "alerts"),
    [
        (7999, []),
        (8000, [(10, False)]),
        (9999, [(10, False)]),
        (10000, [(10, True)]),
        (16000, [(10, True), (20, False)]),
        (28800, [(10, True), (20, True), (36, False)]),
        (50000, [(10, True), (20, True), (36, True), (50, True)]),
    ],
)
def test_alerts_from_80_and_from_100_percent(mg: int, alerts: list[tuple[int, bool]]) -> None:
    made = cumulative([], day("2024-01-01"), Prior(PriorKind.EXACT, Decimal(mg)))
    assert [(alert.threshold.grams, alert.reached) for alert in made.alerts] == alerts
    for alert in made.alerts:
        assert alert.percent == Decimal(mg) / alert.threshold.grams / 10


def test_what_is_known_of_before() -> None:
    lines = [pulses("2022-01-10", 2, 990)]
    at = day("2024-01-01")
    assert cumulative(lines, at).shown == "≥ 1.9 g"
    assert [str(gap) for gap in cumulative(lines, at).gaps] == [
        "Exposure before the recorded lines is not known."
    ]
    assert cumulative(lines, at, Prior(PriorKind.ESTIMATE, Decimal(5000))).shown == "about 7.0 g"
    assert cumulative(lines, at, Prior(PriorKind.EXACT, Decimal(5000))).shown == "7.0 g"
    with pytest.raises(InputError, match="earlier amount"):
        cumulative(lines, at, Prior(PriorKind.EXACT, Decimal(-1)))


def test_what_is_not_recorded_is_named() -> None:
    lines = [
        pulses("2022-01-10", 2, None),
        TherapyLine(id="x", drug="cyclophosphamide_iv", start=PartialDate(2021)),
        tablets("2023-03-01", "2023-04-01", dose_unit="mg/kg", dose=Decimal(2)),
        tablets("2025-01-01"),
    ]
    made = cumulative(lines, day("2024-01-01"), NONE_BEFORE)
    assert (made.total_mg, made.shown) == (0, "≥ 0.0 g")
    assert [str(gap) for gap in made.gaps] == [
        "Cyclophosphamide IV of 2022-01-10: the dose is not recorded.",
        "Cyclophosphamide IV of 2022-02-10: the dose is not recorded.",
        "Pulses from 2021: none is recorded with its day and dose.",
        "Cyclophosphamide oral from 2023-03-01: the dose in mg a day is not recorded.",
    ]


def test_later_doses_do_not_count_yet() -> None:
    lines = [pulses("2024-01-10", 6, 1000), tablets("2024-01-01")]
    made = cumulative(lines, day("2024-02-10"), NONE_BEFORE)
    assert (made.iv_mg, made.oral_days) == (2000, 40)


@pytest.mark.parametrize(
    ("line", "mg", "days", "exact"),
    [
        (tablets("2024-01-01", "2024-01-01"), 0, 0, True),
        (tablets("2024-01-01", "2024-01-02"), 100, 1, True),
        (tablets("2024-02-01", "2024-03-01"), 2900, 29, True),
        (tablets("2024-01-01", "2024-01-11", frequency="bd"), 2000, 10, True),
        (
            tablets("2024-01-01", "2024-01-11", frequency="tds", dose=Decimal("0.1"), dose_unit="g"),
            3000,
            10,
            True,
        ),
        (
            tablets(
                "2024-01-01",
                "2024-01-31",
                interruptions=(
                    Interruption(start=PartialDate(2024, 1, 5), stop=PartialDate(2024, 1, 10)),
                    Interruption(start=PartialDate(2024, 1, 8), stop=PartialDate(2024, 1, 12)),
                ),
            ),
            2300,
            23,
            True,
        ),
        (
            tablets("2024-01-01", interruptions=(Interruption(start=PartialDate(2024, 1, 11)),)),
            1000,
            10,
            True,
        ),
        (
            tablets(
                "2024-01-01",
                "2024-01-31",
                dose_changes=(
                    DoseChange(date=PartialDate(2024, 1, 21), dose=Decimal(0)),
                    DoseChange(date=PartialDate(2024, 1, 11), dose=Decimal(50)),
                ),
            ),
            1500,
            20,
            True,
        ),
        (tablets("2024-01", "2024-02-10"), 1000, 10, False),
        (tablets("2024-01-01", "2024-02"), 3100, 31, False),
        (
            tablets(
                "2024-01-01",
                "2024-03-01",
                dose_changes=(DoseChange(date=PartialDate(2024, 2), dose=Decimal(50)),),
            ),
            3100 + 29 * 50,
            60,
            False,
        ),
        (
            tablets(
                "2024-02-01",
                "2024-03-01",
                dose_changes=(
                    DoseChange(date=PartialDate(2024, 2), dose=Decimal(150)),
                    DoseChange(date=PartialDate(2024, 2, 11), dose=Decimal(50)),
                ),
            ),
            10 * 100 + 19 * 50,
            29,
            False,
        ),
        (
            tablets(
                "2024-02-01",
                "2024-02-11",
                dose_changes=(
                    DoseChange(date=PartialDate(2024, 1, 15), dose=Decimal(50)),
                    DoseChange(date=PartialDate(2024, 2, 20), dose=Decimal(75)),
                ),
            ),
            500,
            10,
            True,
        ),
        (tablets("2024-01-01", "2024-02-01", frequency="weekly"), 0, 0, False),
        (tablets("2024-01-01", "2024-02-01", frequency=None), 0, 0, False),
        (tablets("2024-01-01", "2024-02-01", dose=None), 0, 0, False),
    ],
)
def test_what_a_daily_line_amounts_to(line: TherapyLine, mg: int, days: int, exact: bool) -> None:
    made = taken_daily(line, day("2024-06-01"))
    assert (made.mg, made.days, not made.gaps) == (mg, days, exact)


def test_thresholds_rise_and_have_sources() -> None:
    grams = [one.grams for one in thresholds()]
    assert grams == [10, 20, 36, 50]
    assert all(one.source and one.meaning for one in thresholds())


@pytest.mark.parametrize(
    ("drug", "mg", "times", "prednisolone"),
    [
        ("methylprednisolone", "1000", 3, "3750.0"),
        ("methylprednisolone", "500", 1, "625.0"),
        ("dexamethasone", "4", 1, "26.7"),
        ("dexamethasone", "6", 1, "40.0"),
        ("hydrocortisone", "30", 1, "7.5"),
        ("deflazacort", "9", 1, "7.5"),
        ("prednisone", "20", 1, "20.0"),
        ("cortisone", "25", 1, "5.0"),
        ("betamethasone", "0.75", 1, "5.0"),
        ("triamcinolone", "8", 1, "10.0"),
    ],
)
def test_prednisolone_equivalents(drug: str, mg: str, times: int, prednisolone: str) -> None:
    made = steroids.prednisolone(drug, Decimal(mg), times=times)
    assert made.result is not None
    assert str(rounded(made.result, 1)) == prednisolone


def test_only_glucocorticoids_have_an_equivalent() -> None:
    with pytest.raises(InputError, match="Rituximab is not a glucocorticoid"):
        steroids.prednisolone("rituximab", Decimal(1000))
    with pytest.raises(InputError, match="cannot be below 0"):
        steroids.prednisolone("prednisone", Decimal(-5))


def test_cumulative_steroids_with_pulses_apart() -> None:
    lines = [
        tablets("2024-01-01", "2024-01-11", drug="prednisolone", dose=Decimal(20)),
        tablets("2024-02-01", "2024-02-05", drug="dexamethasone", dose=Decimal(6)),
        pulses("2023-01-10", 3, 1000, drug="methylprednisolone"),
        tablets("2024-01-01", "2024-02-01", drug="triamcinolone", route="IM"),
        tablets("2024-01-01", "2024-02-01", drug="mycophenolate"),
        tablets("2024-07-01", drug="prednisolone"),
    ]
    made = steroids.cumulative(lines, day("2024-06-01"))
    assert (made.daily_mg, made.pulses_mg, made.pulses) == (200 + 160, 3750, 3)
    assert [str(gap) for gap in made.gaps] == ["Triamcinolone from 2024-01-01: no equivalent for this route."]


@given(
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 200)), max_size=5, unique_by=lambda one: one[0]),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 40)), max_size=3),
    st.integers(1, 100),
)
def test_a_daily_line_amounts_to_the_sum_of_its_days(
    changes: list[tuple[int, int]], pauses: list[tuple[int, int]], length: int
) -> None:
    start = day("2024-01-01")

    def at(days: int) -> PartialDate:
        return PartialDate.of(start + dt.timedelta(days=days))

    line = tablets(
        "2024-01-01",
        str(at(length)),
        dose_changes=tuple(DoseChange(date=at(when), dose=Decimal(mg)) for when, mg in changes),
        interruptions=tuple(Interruption(start=at(when), stop=at(when + long)) for when, long in pauses),
    )
    expected = 0
    for one in range(length):
        if any(when <= one < when + long for when, long in pauses):
            continue
        earlier = [change for change in changes if change[0] <= one]
        expected += max(earlier)[1] if earlier else 100
    assert taken_daily(line, day("2025-01-01")).mg == expected
