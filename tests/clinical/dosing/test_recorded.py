"""Size and age of a patient as the calculators take them from the record."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.dosing.body import Body, surface
from ctdild_desktop.clinical.dosing.calculation import Measured, Undated
from ctdild_desktop.clinical.dosing.cyclophosphamide_iv import monthly
from ctdild_desktop.clinical.dosing.cyclophosphamide_po import daily
from ctdild_desktop.clinical.dosing.recorded import age_on, body_of
from ctdild_desktop.clinical.records import PatientRecord, Visit
from tests.support.people import WOMAN, day, pft

ON = day("2024-03-01")


def weighed(date: str, kg: str) -> Visit:
    return Visit(id=f"v-{date}", date=day(date), weight_kg=Decimal(kg))


def test_the_latest_weight_and_height_up_to_the_day() -> None:
    record = PatientRecord(
        patient=WOMAN,
        visits=(weighed("2024-01-10", "61"), weighed("2024-03-02", "66")),
        tests=(
            pft("2023-12-01", weight_kg="60", height_cm="164"),
            pft("2024-01-10", weight_kg="62"),
            pft("2024-03-05", height_cm="166"),
        ),
    )
    made = body_of(record, ON)
    assert made == Body(
        weight=Measured(Decimal(61), day("2024-01-10")), height=Measured(Decimal(164), day("2023-12-01"))
    )
    assert body_of(record, day("2023-11-30")) == Body(height=Undated(Decimal(165)))


def test_a_height_without_a_day_serves() -> None:
    record = PatientRecord(patient=WOMAN, visits=(weighed("2024-02-10", "61"),))
    made = surface(body_of(record, ON), ON)
    assert made.result is not None
    assert [(one.name, one.date) for one in made.inputs] == [("height", None), ("weight", day("2024-02-10"))]
    assert body_of(PatientRecord(patient=replace(WOMAN, height_cm=None)), ON) == Body()


@pytest.mark.parametrize(
    ("birth", "age"),
    [
        ("1964-03-01", 60),
        ("1964-03-02", 59),
        ("1964-04", 59),
        ("1964-03", None),
        ("1964", None),
        ("2024-03-02", None),
        (None, None),
    ],
)
def test_age_in_completed_years(birth: str | None, age: int | None) -> None:
    known = None if birth is None else PartialDate.parse(birth)
    assert age_on(replace(WOMAN, birth_date=known), ON) == age


def test_a_later_kidney_function_blocks() -> None:
    body = Body(weight=Measured(Decimal(70), ON), height=Undated(Decimal(170)))
    late = Measured(Decimal(80), day("2024-03-02"))
    text = "The eGFR of 2024-03-02 is later than the day of the dose."
    for made in (monthly(body, ON, egfr=late), daily(body.weight, 50, ON, egfr=late)):
        assert (made.result, made.suggestion) == (None, None)
        assert [str(one) for one in made.blocked] == [text]
