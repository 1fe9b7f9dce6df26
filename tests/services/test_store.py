"""What goes into the registry comes out as it was, digit for digit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import event

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, PatientRecord, Pft, TherapyLine
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk, new_id
from tests.support import holloway
from tests.support.desks import fill, reopen


def _plain(record: PatientRecord) -> str:
    """Every field of a record as text: 2.30 and 2.3 differ."""
    return repr(record)


def test_a_full_record_survives_closing_and_reopening(desk: Desk) -> None:
    record = holloway.record()
    fill(desk, record)
    with reopen(desk).registry.read() as session:
        loaded = desk.store.load(session, record.patient.id)
    assert loaded is not None
    assert _plain(loaded) == _plain(record)


def test_a_patient_may_have_nothing_but_an_mrn(desk: Desk) -> None:
    bare = PatientRecord(patient=Patient(id=new_id(), mrn="X-1"))
    fill(desk, bare)
    assert patients.load(desk, bare.patient.id) == bare
    assert patients.by_mrn(desk, " X-1 ") == bare
    assert patients.by_mrn(desk, "x-1") is None


def test_trailing_zeros_and_partial_dates_stay(desk: Desk) -> None:
    patient = Patient(id=new_id(), mrn="X-2", birth_date=PartialDate(1961, 3), height_cm=Decimal("160.0"))
    line = TherapyLine(
        id=new_id(), drug="rituximab", start=PartialDate(2019), dose=Decimal("0.50"), dose_unit="g"
    )
    fill(desk, PatientRecord(patient=patient, therapy=(line,)))
    loaded = patients.load(desk, patient.id)
    assert str(loaded.patient.height_cm) == "160.0"
    assert str(loaded.therapy[0].dose) == "0.50"
    assert loaded.therapy[0].start == PartialDate(2019)
    assert loaded.patient.birth_date == PartialDate(1961, 3)


def test_all_records_are_read_by_a_number_of_statements_that_does_not_grow(desk: Desk) -> None:
    counted: list[int] = []
    for number in range(3):
        base = holloway.record()
        for copy in range(4):
            patient = replace(base.patient, id=new_id(), mrn=f"M-{number}-{copy}")
            tests = tuple(replace(test, id=new_id()) for test in base.tests)
            lines = tuple(replace(line, id=new_id()) for line in base.therapy)
            fill(desk, PatientRecord(patient=patient, tests=tests, therapy=lines))
        statements: list[str] = []

        def note(
            _c: object, _cur: object, statement: str, *_rest: object, into: list[str] = statements
        ) -> None:
            into.append(statement)

        engine = desk.registry._engine
        event.listen(engine, "before_cursor_execute", note)
        records = list(patients.load_all(desk))
        event.remove(engine, "before_cursor_execute", note)
        assert len(records) == 4 * (number + 1)
        assert all(len(record.tests) == 15 for record in records)
        counted.append(sum(statement.lstrip().upper().startswith("SELECT") for statement in statements))
    assert counted[0] == counted[1] == counted[2]
    assert counted[0] <= 20, "one for each table"


def test_load_all_is_in_mrn_order(desk: Desk) -> None:
    fill(desk, *(PatientRecord(patient=Patient(id=new_id(), mrn=mrn)) for mrn in ("B", "A", "C")))
    assert [record.patient.mrn for record in patients.load_all(desk)] == ["A", "B", "C"]


def test_tests_of_one_day_keep_their_order_of_entry(desk: Desk) -> None:
    patient = Patient(id=new_id(), mrn="X-3")
    day = holloway.TODAY
    tests = tuple(
        Pft(id=f"{10 - number:032x}", date=day, entered=number, fvc_l=Decimal(number)) for number in (1, 2, 3)
    )
    fill(desk, PatientRecord(patient=patient, tests=tests[::-1]))
    assert [test.entered for test in patients.load(desk, patient.id).tests] == [1, 2, 3]
