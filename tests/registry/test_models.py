"""The tables keep what the records say, digit for digit."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, select
from sqlalchemy.exc import IntegrityError, StatementError

from ctdild_desktop.clinical import records
from ctdild_desktop.registry import models
from ctdild_desktop.registry.models.types import Codes, ExactDecimal, FieldTexts, UtcInstant
from ctdild_desktop.registry.registry import Registry

PAIRS = [
    (records.Patient, models.PatientRow),
    (records.Diagnosis, models.DiagnosisRow),
    (records.Visit, models.VisitRow),
    (records.Pft, models.PftRow),
    (records.Hrct, models.HrctRow),
    (records.TherapyLine, models.TherapyLineRow),
    (records.DoseChange, models.DoseChangeRow),
    (records.Interruption, models.InterruptionRow),
    (records.Infusion, models.InfusionRow),
    (records.AdverseEvent, models.AdverseEventRow),
]
PARTS = {"dose_changes", "interruptions", "infusions"}


def add(registry: Registry, row: models.Base) -> None:
    with registry.write("amsel") as session:
        session.add(row)


@pytest.mark.parametrize(("record", "row"), PAIRS, ids=lambda kind: kind.__name__)
def test_every_field_of_a_record_has_a_column(record: type, row: type[models.Base]) -> None:
    names = {field.name for field in dataclasses.fields(record)} - PARTS
    columns = row.__mapper__.columns
    assert names <= set(columns.keys())
    for field in dataclasses.fields(record):
        if field.name in PARTS:
            continue
        kind, stored = str(field.type), columns[field.name].type
        if "Decimal" in kind:
            assert isinstance(stored, ExactDecimal)
        if kind.startswith("tuple"):
            assert isinstance(stored, Codes)
        if kind.startswith("dt.date"):
            assert isinstance(stored, Date)
        assert columns[field.name].nullable == ("None" in kind)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000, places=4))
def test_a_decimal_comes_back_digit_for_digit(value: Decimal) -> None:
    column = ExactDecimal()
    stored = column.process_bind_param(value, None)
    back = column.process_result_value(stored, None)
    assert str(back) == format(value, "f")


@pytest.mark.parametrize("value", ["2.30", "2.3", "2", "0.10", "100"])
def test_trailing_zeros_are_kept(value: str) -> None:
    assert ExactDecimal().process_bind_param(Decimal(value), None) == value


@pytest.mark.parametrize(("value", "error"), [(2.3, TypeError), (Decimal("NaN"), ValueError)])
def test_a_float_and_a_non_number_are_refused(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        ExactDecimal().process_bind_param(value, None)


def test_a_moment_is_stored_in_utc_and_needs_a_zone() -> None:
    column = UtcInstant()
    berlin = dt.timezone(dt.timedelta(hours=2))
    stored = column.process_bind_param(dt.datetime(2026, 7, 1, 1, 30, tzinfo=berlin), None)
    assert stored == "2026-06-30T23:30:00.000000Z"
    assert column.process_result_value(stored, None) == dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)
    with pytest.raises(ValueError, match="time zone"):
        column.process_bind_param(dt.datetime(2026, 7, 1), None)


def test_codes_and_field_texts_come_back() -> None:
    assert Codes().process_result_value(Codes().process_bind_param(("SCL70", "RO52"), None), None) == (
        "SCL70",
        "RO52",
    )
    assert Codes().process_bind_param(None, None) == "[]"
    typed = {"fvc_l": "2,3", "comment": "schläft"}
    assert FieldTexts().process_result_value(FieldTexts().process_bind_param(typed, None), None) == typed


def test_a_whole_test_survives_the_registry(registry: Registry) -> None:
    with registry.write("amsel") as session:
        patient = session.execute(select(models.PatientRow)).scalar_one()
        test = models.PftRow(
            patient_id=patient.id,
            date=dt.date(2026, 3, 12),
            fvc_l=Decimal("2.30"),
            dlco=Decimal("10.3"),
            dlco_unit="mL/min/mmHg",
            post_bd=False,
            confirmed_unusual=("fvc_l",),
        )
        session.add(test)
    with registry.read() as session:
        found = session.get_one(models.PftRow, test.id)
        assert (str(found.fvc_l), str(found.dlco), found.post_bd) == ("2.30", "10.3", False)
        assert found.dlco_hb_corrected is None
        assert found.confirmed_unusual == ("fvc_l",)
        assert found.date == dt.date(2026, 3, 12)
        assert found.version == 1


@pytest.mark.parametrize(
    "row",
    [
        models.DiagnosisRow(date="12.03.2026", ctd="SSc"),
        models.DiagnosisRow(date="2026-3", ctd="SSc"),
        models.VisitRow(date=dt.date(2026, 1, 1), mmrc=5),
        models.VisitRow(date=dt.date(2026, 1, 1), symptom_change="sideways"),
        models.PftRow(date=dt.date(2026, 1, 1), dlco=Decimal(10)),
        models.PftRow(date=dt.date(2026, 1, 1), dlco=Decimal(10), dlco_unit="furlong"),
        models.AdverseEventRow(onset="2026", term="nausea", grade=6),
        models.AdverseEventRow(onset="2026", term=""),
        models.PftRow(id="short", date=dt.date(2026, 1, 1)),
    ],
    ids=lambda row: type(row).__name__,
)
def test_the_tables_refuse_what_no_record_can_be(registry: Registry, row: models.OfPatient) -> None:
    fresh = type(row)(**{key: value for key, value in vars(row).items() if not key.startswith("_")})
    with registry.read() as session:
        fresh.patient_id = session.execute(select(models.PatientRow.id)).scalar_one()
    with pytest.raises((IntegrityError, StatementError)):
        add(registry, fresh)


def test_a_row_of_an_unknown_patient_is_refused_at_commit(registry: Registry) -> None:
    with pytest.raises(IntegrityError):
        add(registry, models.VisitRow(patient_id=models.new_id(), date=dt.date(2026, 1, 1)))
    for _ in range(3):
        with registry.read() as session:
            assert session.execute(select(models.VisitRow)).first() is None
    assert registry.verify()["ok"] is True


def test_pseudonyms_are_random_and_unlike_the_patient(registry: Registry) -> None:
    with registry.write("amsel") as session:
        session.add_all([models.PatientRow(mrn=f"P{number}") for number in range(50)])
    with registry.read() as session:
        names = session.execute(select(models.PatientRow.pseudonym)).scalars().all()
    assert len(set(names)) == 51
    assert all(name.startswith("P-") and len(name) == 10 for name in names)
