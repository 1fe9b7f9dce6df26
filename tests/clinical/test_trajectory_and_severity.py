"""Slopes before and on a line, z-score bands, and ILD-GAP."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.criteria import facts_from_record
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Sex, TherapyLine
from ctdild_desktop.clinical.severity import (
    ContradictionError,
    IldGroup,
    SeverityZ,
    ild_gap,
    ild_gap_of,
    severity_z,
)
from ctdild_desktop.clinical.trajectory import line_slopes, slope
from ctdild_desktop.clinical.wording import say
from tests.support import holloway
from tests.support.cases import cases
from tests.support.people import WOMAN, day, facts, percent, pft


def test_a_slope_by_hand() -> None:
    points = [
        (day("2023-01-10"), Decimal("80.0")),
        (day("2023-07-11"), Decimal("77.5")),
        (day("2024-01-10"), Decimal("75.0")),
    ]
    made = slope(points)
    assert made is not None
    assert round(made.per_year, 4) == Decimal("-5.0034")
    assert (made.n, made.first, made.last) == (3, day("2023-01-10"), day("2024-01-10"))
    assert slope(points[:2]) is None
    assert slope([(day("2024-01-10"), Decimal(n)) for n in (1, 2, 3)]) is None


@given(
    st.lists(
        st.tuples(st.dates(dt.date(2015, 1, 1), dt.date(2025, 1, 1)), st.decimals("0.5", "6", places=2)),
        min_size=3,
        max_size=20,
        unique_by=lambda point: point[0],
    )
)
def test_the_slope_is_least_squares(points: list[tuple[dt.date, Decimal]]) -> None:
    made = slope(points)
    assert made is not None
    years = np.array([(on - dt.date(2015, 1, 1)).days / 365.25 for on, _value in points])
    values = np.array([float(value) for _on, value in points])
    centred = years - years.mean()
    expected = float((centred * (values - values.mean())).sum() / (centred**2).sum())
    assert float(made.per_year) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_slopes_of_the_invented_patient() -> None:
    record = holloway.record()
    made = {
        line.drug: line_slopes(record.tests, record.patient, line, holloway.TODAY) for line in record.therapy
    }
    shown = {
        drug: tuple(None if one is None else (round(one.per_year), one.n) for one in (both.before, both.on))
        for drug, both in made.items()
    }
    assert shown["rituximab"] == ((-422, 3), (-55, 8))
    assert shown["mycophenolate"] == ((517, 3), (-93, 12))
    assert shown["cyclophosphamide_iv"] == (None, (517, 3))


def test_a_start_known_to_the_year_tells_nothing() -> None:
    tests = [pft(date, fvc_l="2.4") for date in ("2022-01-01", "2022-06-01", "2023-01-01", "2023-06-01")]
    line = TherapyLine(id="l", drug="mycophenolate", start=PartialDate(2022))
    made = line_slopes(tests, WOMAN, line, day("2024-01-01"))
    assert (made.before, made.on) == (None, None)
    monthly = line_slopes(tests, WOMAN, replace(line, start=PartialDate(2022, 6)), day("2024-01-01"))
    assert monthly.on is not None
    assert monthly.on.n == 3
    assert monthly.on.per_year == 0


@pytest.mark.parametrize("case", cases("SEVERITY_Z"), ids=lambda case: case["id"])
def test_severity_cases(case: dict[str, Any]) -> None:
    assert severity_z(Decimal(case["inputs"]["z"])).value == case["expected"]["verdict"]


@pytest.mark.parametrize(
    ("z", "band"),
    [
        ("-1.645", SeverityZ.NORMAL),
        ("-1.6451", SeverityZ.MILD),
        ("-2.5", SeverityZ.MILD),
        ("-4.0", SeverityZ.MODERATE),
        ("-4.0001", SeverityZ.SEVERE),
    ],
)
def test_severity_bands_have_no_gaps(z: str, band: SeverityZ) -> None:
    assert severity_z(Decimal(z)) is band


def test_severity_of_a_computed_or_missing_z() -> None:
    assert severity_z(-2.2) is SeverityZ.MILD
    assert severity_z(None) is SeverityZ.CANNOT_ASSESS


@pytest.mark.parametrize("case", cases("ILD_GAP"), ids=lambda case: case["id"])
def test_ild_gap_cases(case: dict[str, Any]) -> None:
    given_values = case["inputs"]
    made = ild_gap(
        group=IldGroup(given_values["ild_group"]),
        sex=Sex(given_values["sex"]),
        age=given_values["age"],
        fvc_percent=Decimal(given_values["fvc_pct_pred"]) if "fvc_pct_pred" in given_values else None,
        dlco_percent=Decimal(given_values["dlco_pct_pred"]) if "dlco_pct_pred" in given_values else None,
        dlco_cannot_perform=given_values.get("dlco_cannot_perform", False),
    )
    expected = case["expected"]
    if expected.get("verdict") == "CANNOT_ASSESS":
        assert not made.known
        assert made.needs
        return
    assert (made.raw, made.score, made.band) == (expected["raw"], expected["score"], expected["band"])
    risks = (made.risk_1y, made.risk_2y, made.risk_3y)
    assert tuple(str(risk) for risk in risks) == (expected["m1"], expected["m2"], expected["m3"])


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({"age": 60}, 0),
        ({"age": 61}, 1),
        ({"age": 65}, 1),
        ({"age": 66}, 2),
        ({"fvc_percent": Decimal("75")}, 1),
        ({"fvc_percent": Decimal("75.01")}, 0),
        ({"fvc_percent": Decimal("50")}, 1),
        ({"fvc_percent": Decimal("49.99")}, 2),
        ({"dlco_percent": Decimal("55")}, 1),
        ({"dlco_percent": Decimal("55.01")}, 0),
        ({"dlco_percent": Decimal("35.01")}, 1),
        ({"dlco_percent": Decimal("35")}, 2),
        ({"dlco_percent": None, "dlco_cannot_perform": True}, 3),
        ({"sex": Sex.MALE}, 1),
        ({"group": IldGroup.CTD_ILD}, -2),
    ],
)
def test_ild_gap_points(change: dict[str, Any], points: int) -> None:
    base: dict[str, Any] = {
        "group": IldGroup.IPF,
        "sex": Sex.FEMALE,
        "age": 50,
        "fvc_percent": Decimal(90),
        "dlco_percent": Decimal(90),
    }
    made = ild_gap(**(base | change))
    assert made.raw == points
    assert made.score == max(points, 0)


def test_a_value_and_cannot_perform_contradict() -> None:
    with pytest.raises(ContradictionError):
        ild_gap(
            group=IldGroup.CTD_ILD,
            sex=Sex.FEMALE,
            age=50,
            fvc_percent=Decimal(80),
            dlco_percent=Decimal(50),
            dlco_cannot_perform=True,
        )


def test_ild_gap_of_a_record() -> None:
    record = holloway.record()
    made = ild_gap_of(facts_from_record(record, holloway.TODAY), holloway.TODAY)
    assert (made.score, made.band) == (0, "0-1")
    assert say(made.because[0]) == "FVC of 12.03.2026, DLCO of 12.03.2026."


@pytest.mark.parametrize(("dlco_day", "known"), [("2023-12-12", True), ("2023-12-11", False)])
def test_ild_gap_takes_tests_within_three_months(dlco_day: str, known: bool) -> None:
    made = ild_gap_of(facts(percent("2024-03-12", "70"), percent(dlco_day, dlco="45")), day("2024-04-02"))
    assert made.known is known
    if not known:
        assert [say(need) for need in made.needs] == ["a usable DLCO in % predicted within 3 months of it"]


def test_ild_gap_with_a_test_that_could_not_be_performed() -> None:
    tests = (
        percent("2023-12-20", "70", "45"),
        percent("2024-03-12", "70", not_done_dlco="cannot_perform"),
    )
    made = ild_gap_of(facts(*tests), day("2024-04-02"))
    assert made.raw == -2 + 1 + 1 + 3, "CTD-ILD, 61 years, FVC 70 %, DLCO could not be performed"
    assert "could not be performed" in say(made.because[0])
    nothing = ild_gap_of(facts(*tests, diagnosis=None), day("2024-04-02"))
    assert [say(need) for need in nothing.needs] == ["the diagnosis"]
    later = ild_gap_of(facts(*tests, diagnosis=None, diagnosed_later=True), day("2024-04-02"))
    assert [say(need) for need in later.needs] == ["the diagnosis on or before 02.04.2024"]
    assert not ild_gap_of(facts(), day("2024-04-02")).known
