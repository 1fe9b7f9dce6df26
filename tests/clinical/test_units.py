"""Exact conversions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.records import DlcoUnit
from ctdild_desktop.clinical.units import UnitError, dlco_in, stored_unit, to_stored


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "stored"),
    [
        ("volume", "2310", "mL", "2.31"),
        ("volume", "2.31", "L", "2.31"),
        ("dlco", "4", "mmol/min/kPa", "11.948"),
        ("kco", "1.5", "mmol/min/kPa/L", "4.4805"),
        ("haemoglobin", "12.8", "g/dL", "128.0"),
        ("haemoglobin", "8", "mmol/L", "128.88"),
        ("blood_cells", "3900", "/µL", "3.9"),
        ("blood_cells", "3.9", "10^3/µL", "3.9"),
        ("enzyme", "0.7", "µkat/L", "42.0"),
        ("creatinine", "1", "mg/dL", "88.42"),
        ("bilirubin", "1", "mg/dL", "17.1"),
        ("crp", "1.2", "mg/dL", "12.0"),
        ("immunoglobulin", "580", "mg/dL", "5.8"),
        ("height", "65", "in", "165.10"),
        ("weight", "150", "lb", "68.0388555"),
        ("walk_distance", "1000", "ft", "304.8"),
    ],
)
def test_factors(quantity: str, value: str, unit: str, stored: str) -> None:
    assert to_stored(quantity, Decimal(value), unit) == Decimal(stored)


def test_nothing_is_assumed() -> None:
    with pytest.raises(UnitError, match="dl is not a unit of haemoglobin"):
        to_stored("haemoglobin", Decimal(12), "dl")
    with pytest.raises(UnitError, match="not a known quantity"):
        stored_unit("courage")


@given(st.decimals("0.3", "60", places=2))
def test_transfer_factor_round_trip(value: Decimal) -> None:
    there = dlco_in(value, DlcoUnit.SI, DlcoUnit.TRADITIONAL)
    assert there == value * Decimal("2.987")
    assert dlco_in(there, DlcoUnit.TRADITIONAL, DlcoUnit.SI) == value
    assert dlco_in(value, DlcoUnit.SI, DlcoUnit.SI) is value


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "expected"),
    [
        ("blood_cells", "4200", "/uL", "4.2"),
        ("blood_cells", "4.2", "10*9/L", "4.2"),
        ("creatinine", "1", "mg/dL", "88.42"),
        ("creatinine", "90", "umol/L", "90"),
        ("creatinine", "90", "\u03bcmol/L", "90"),
        ("enzyme", "0.5", "ukat/L", "30"),
        ("weight", "150", "[lb_av]", "68.0388555"),
        ("dlco", "5", "mmol/min/kPa", "14.935"),
        ("dlco", "5", "mL/min/mm[Hg]", "5"),
    ],
)
def test_ucum_spellings_are_known(quantity: str, value: str, unit: str, expected: str) -> None:
    assert to_stored(quantity, Decimal(value), unit) == Decimal(expected)
