"""CTCAE v5 grades of laboratory values: worked examples, every boundary, missing limits, units."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.codes import ae_terms
from ctdild_desktop.clinical.ctcae import baseline_value, lab_grade, lab_terms
from ctdild_desktop.clinical.inputs import InputError
from ctdild_desktop.clinical.units import UnitError
from tests.support.people import day

UNITS = {
    "WBC": "10^9/L",
    "neutrophils": "10^9/L",
    "lymphocytes": "10^9/L",
    "platelets": "10^9/L",
    "Hb": "g/L",
    "ALT": "U/L",
    "AST": "U/L",
    "bilirubin": "µmol/L",
    "creatinine": "µmol/L",
    "CPK": "U/L",
}


def graded(
    term: str,
    value: str,
    *,
    lln: str | None = None,
    uln: str | None = None,
    baseline: str | None = None,
    unit: str | None = None,
) -> int | None:
    numbers = {
        name: None if one is None else Decimal(one)
        for name, one in (("lln", lln), ("uln", uln), ("baseline", baseline))
    }
    made = lab_grade(term, Decimal(value), unit or UNITS[term], **numbers)
    assert (made.grade is None) is bool(made.needs)
    return made.grade


@pytest.mark.parametrize(
    ("term", "value", "limits", "grade"),
    [
        ("WBC", "2.0", {"lln": "4.0"}, 2),
        ("WBC", "3.9", {"lln": "4.0"}, 1),
        ("neutrophils", "1.49", {"lln": "1.8"}, 2),
        ("neutrophils", "0.49", {}, 4),
        ("lymphocytes", "0.5", {"lln": "1.1"}, 2),
        ("platelets", "74.9", {"lln": "150"}, 2),
        ("Hb", "100", {"lln": "120"}, 1),
        ("Hb", "9.9", {"lln": "12.0", "unit": "g/dL"}, 2),
        ("ALT", "200", {"uln": "40"}, 2),
        ("ALT", "201", {"uln": "40"}, 3),
        ("ALT", "105", {"uln": "40", "baseline": "70"}, 1),
        ("creatinine", "150", {"uln": "100", "unit": "umol/L"}, 1),
        ("creatinine", "98", {"uln": "100", "baseline": "60", "unit": "umol/L"}, 2),
        ("WBC", "3.4", {}, None),
        ("WBC", "2.4", {}, 2),
    ],
)
def test_worked_examples(term: str, value: str, limits: dict[str, str], grade: int | None) -> None:
    assert graded(term, value, **limits) == grade


@pytest.mark.parametrize(
    ("term", "lln", "steps"),
    [
        ("WBC", "4.0", {"4.0": 0, "3.99": 1, "3.0": 1, "2.99": 2, "2.0": 2, "1.99": 3, "1.0": 3, "0.99": 4}),
        ("neutrophils", "1.8", {"1.8": 0, "1.5": 1, "1.499": 2, "1.0": 2, "0.99": 3, "0.5": 3, "0.499": 4}),
        ("lymphocytes", "1.1", {"1.1": 0, "0.8": 1, "0.79": 2, "0.5": 2, "0.49": 3, "0.2": 3, "0.19": 4}),
        ("platelets", "150", {"150": 0, "149": 1, "75": 1, "50": 2, "49.9": 3, "25": 3, "24.9": 4}),
        ("Hb", "120", {"120": 0, "119.9": 1, "99.9": 2, "80": 2, "79.9": 3, "30": 3}),
    ],
)
def test_boundaries_of_low_values_belong_to_the_milder_grade(
    term: str, lln: str, steps: dict[str, int]
) -> None:
    assert {value: graded(term, value, lln=lln) for value in steps} == steps


@pytest.mark.parametrize(
    ("term", "uln", "steps"),
    [
        ("ALT", "40", {"40": 0, "40.1": 1, "120": 1, "120.1": 2, "800": 3, "800.1": 4}),
        ("AST", "35", {"35": 0, "105": 1, "175": 2, "175.1": 3, "701": 4}),
        ("bilirubin", "20", {"20": 0, "30": 1, "30.1": 2, "60": 2, "60.1": 3, "200": 3, "200.1": 4}),
        ("creatinine", "100", {"100": 0, "150": 1, "150.1": 2, "300": 2, "300.1": 3, "600": 3, "600.1": 4}),
        ("CPK", "200", {"200": 0, "500": 1, "500.1": 2, "1000": 2, "1001": 3, "2000": 3, "2001": 4}),
    ],
)
def test_boundaries_of_multiples_belong_to_the_milder_grade(
    term: str, uln: str, steps: dict[str, int]
) -> None:
    assert {value: graded(term, value, uln=uln) for value in steps} == steps


@pytest.mark.parametrize(
    ("term", "value", "baseline", "grade"),
    [
        ("ALT", "104.9", "70", 0),
        ("ALT", "105", "70", 1),
        ("ALT", "210", "70", 1),
        ("ALT", "210.1", "70", 2),
        ("ALT", "350.1", "70", 3),
        ("ALT", "1400.1", "70", 4),
        ("ALT", "105", "40", 1),
        ("bilirubin", "30", "30", 0),
        ("bilirubin", "45", "30", 1),
        ("bilirubin", "45.1", "30", 2),
        ("creatinine", "90", "60", 0),
        ("creatinine", "90.1", "60", 2),
        ("creatinine", "180", "60", 2),
        ("creatinine", "180.1", "60", 3),
        ("creatinine", "601", "300", 4),
        ("CPK", "50", "10", 1),
    ],
)
def test_baselines(term: str, value: str, baseline: str, grade: int) -> None:
    uln = {"ALT": "40", "bilirubin": "20", "creatinine": "100", "CPK": "40"}[term]
    assert graded(term, value, uln=uln, baseline=baseline) == grade


@pytest.mark.parametrize(
    ("term", "value", "limits", "grade"),
    [
        ("WBC", "9.0", {}, None),
        ("WBC", "2.7", {"lln": "2.5"}, 2),
        ("WBC", "3.0", {"lln": "2.5"}, 0),
        ("ALT", "5000", {}, None),
        ("ALT", "5000", {"baseline": "70"}, None),
        ("creatinine", "90", {"baseline": "60"}, None),
        ("creatinine", "98", {"baseline": "60"}, 2),
        ("creatinine", "181", {"baseline": "60"}, 3),
    ],
)
def test_missing_limits(term: str, value: str, limits: dict[str, str], grade: int | None) -> None:
    assert graded(term, value, **limits) == grade


@pytest.mark.parametrize(
    ("term", "value", "unit", "limits", "grade"),
    [
        ("WBC", "2900", "/µL", {"lln": "4000"}, 2),
        ("WBC", "2900", "/uL", {"lln": "4000"}, 2),
        ("WBC", "2.9", "10*9/L", {"lln": "4"}, 2),
        ("platelets", "74", "10^3/uL", {"lln": "150"}, 2),
        ("ALT", "3.4", "µkat/L", {"uln": "0.67"}, 3),
        ("ALT", "3.4", "\u03bckat/L", {"uln": "0.67"}, 3),
        ("creatinine", "1.6", "mg/dL", {"uln": "1.0"}, 2),
        ("bilirubin", "1.9", "mg/dL", {"uln": "1.2"}, 2),
        ("Hb", "4.9", "mmol/L", {"lln": "7.4"}, 3),
    ],
)
def test_units(term: str, value: str, unit: str, limits: dict[str, str], grade: int) -> None:
    assert graded(term, value, unit=unit, **limits) == grade


def test_an_unknown_unit_or_number_is_refused() -> None:
    with pytest.raises(UnitError, match="mmHg is not a unit of blood cells"):
        lab_grade("WBC", Decimal(3), "mmHg")
    for value, text in (("NaN", "The value is not a number."), ("-1", "The value cannot be below 0.")):
        with pytest.raises(InputError, match=re.escape(text)):
            lab_grade("ALT", Decimal(value), "U/L", uln=Decimal(40))
    with pytest.raises(InputError, match="The upper limit cannot be 0"):
        lab_grade("ALT", Decimal(50), "U/L", uln=Decimal(0))
    with pytest.raises(KeyError):
        lab_grade("sodium", Decimal(130), "mmol/L")


def test_the_reason_names_the_numbers() -> None:
    made = lab_grade("ALT", Decimal("120.1"), "U/L", uln=Decimal(40))
    assert [str(one) for one in made.because] == ["3.003 × ULN (120.1 / 40): grade 2."]
    low = lab_grade("Hb", Decimal("9.9"), "g/dL", lln=Decimal("12.0"))
    assert [str(one) for one in low.because] == ["99.0 g/L, below 100."]
    cells = lab_grade("WBC", Decimal("2.9996"), "10^9/L")
    assert [str(one) for one in cells.because] == ["2.9996 10⁹/L, below 3."]
    assert made.source.startswith("CTCAE v5.0")


def test_lymphocytes_under_rituximab_are_cautioned() -> None:
    def codes(term: str, value: str, *drugs: str) -> list[str]:
        made = lab_grade(term, Decimal(value), "10^9/L", lln=Decimal("1.1"), drugs=drugs)
        return [caution.code for caution in made.cautions]

    assert codes("lymphocytes", "0.6", "rituximab") == ["EXPECTED_PHARMACOLOGY"]
    assert codes("lymphocytes", "0.6", "mycophenolate") == []
    assert codes("lymphocytes", "1.6", "rituximab") == []
    assert codes("neutrophils", "0.6", "rituximab") == []


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ([("2024-01-14", "60"), ("2023-09-01", "50")], "60"),
        ([("2024-01-15", "60")], None),
        ([("2023-07-15", "55")], "55"),
        ([("2023-07-14", "55")], None),
        ([("2024-01-10", "61"), ("2024-01-10", "62")], "62"),
        ([], None),
    ],
)
def test_the_baseline_is_the_last_value_before_the_drug(
    results: list[tuple[str, str]], found: str | None
) -> None:
    known = [(day(date), Decimal(value)) for date, value in results]
    assert baseline_value(known, day("2024-01-15")) == (None if found is None else Decimal(found))


def test_every_term_belongs_to_an_adverse_event_that_has_its_grades() -> None:
    for term in lab_terms().values():
        entry = ae_terms().get(term.ae_term)
        assert entry is not None, term.term
        assert {grade for grade, cut in enumerate(term.cuts, start=1) if cut is not None} <= set(entry.grades)


@given(
    st.sampled_from(["ALT", "AST", "bilirubin", "creatinine", "CPK"]),
    st.decimals("1", "3000", places=1),
    st.decimals("1", "3000", places=1),
    st.decimals("5", "300", places=0),
    st.one_of(st.none(), st.decimals("5", "300", places=0)),
)
def test_a_higher_value_never_has_a_lower_grade(
    term: str, one: Decimal, other: Decimal, uln: Decimal, baseline: Decimal | None
) -> None:
    low, high = sorted((one, other))
    grades = [lab_grade(term, value, UNITS[term], uln=uln, baseline=baseline).grade for value in (low, high)]
    assert grades[0] is not None
    assert grades[1] is not None
    assert grades[0] <= grades[1]
