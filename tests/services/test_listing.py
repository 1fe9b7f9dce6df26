"""The list of patients: everybody's place by each column, and the rows of those in sight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Diagnosis, Patient, PatientRecord, Pft, Sex
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.patients import Column, PatientSummary
from tests.support import holloway
from tests.support.desks import fill


def _id(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"


def anybody(rng: Random, number: int) -> PatientRecord:
    """A patient of whom much or little is known."""
    born = (None, PartialDate(1950), PartialDate(1950, 4), PartialDate(1950, 4, rng.randint(1, 28)))
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=rng.randint(0, 30)) for _ in range(rng.randint(0, 4))]
    return PatientRecord(
        patient=Patient(
            id=_id(rng),
            mrn=f"{rng.choice('MmN')}-{number:03d}",
            family_name=rng.choice(("Adler", "adler", "Zobel", "Quint", "")),
            given_name=rng.choice(("Una", "Jana", "")),
            sex=rng.choice((None, *Sex)),
            birth_date=rng.choice(born),
            height_cm=rng.choice((None, Decimal(170))),
        ),
        diagnoses=tuple(
            Diagnosis(
                id=_id(rng),
                date=rng.choice((PartialDate(2019), PartialDate(2020, 2))),
                ctd=rng.choice(("SSc", "RA")),
                pattern=rng.choice((None, "UIP", "fNSIP")),
            )
            for _ in range(rng.randint(0, 2))
        ),
        tests=tuple(
            Pft(
                id=_id(rng),
                date=day,
                entered=place,
                fvc_l=rng.choice((None, Decimal(rng.randint(100, 400)) / 100)),
                fvc_pct_pred=rng.choice((None, Decimal(rng.randint(40, 110)))),
                dlco_pct_pred=rng.choice((None, Decimal(rng.randint(30, 90)))),
            )
            for place, day in enumerate(days, start=1)
        ),
    )


KEYS: dict[Column, Callable[[PatientSummary], object]] = {
    Column.NAME: lambda row: (not row.name, row.name.casefold(), row.mrn),
    Column.MRN: lambda row: row.mrn.casefold(),
    Column.SEX: lambda row: row.sex,
    Column.BIRTH_DATE: lambda row: str(row.birth_date or ""),
    Column.DIAGNOSIS: lambda row: row.diagnosis.casefold(),
    Column.PATTERN: lambda row: row.pattern.casefold(),
    Column.LAST_TEST: lambda row: row.last_test or dt.date.min,
    Column.FVC: lambda row: float(row.last_fvc.partition(" ")[0] or -1),
    Column.DLCO: lambda row: (
        float(row.last_dlco.partition(" ")[0] or -1) * (2.987 if "kPa" in row.last_dlco else 1)
    ),
    Column.TESTS: lambda row: row.n_tests,
    Column.MISSING: lambda row: len(row.missing),
}


def test_everybody_is_ordered_by_each_column(desk: Desk) -> None:
    rng = Random(1)
    fill(desk, *(anybody(rng, number) for number in range(40)), holloway.record())
    rows = patients.list_patients(desk)
    assert len(rows) == 41
    assert set(KEYS) == set(Column)
    for column, key in KEYS.items():
        for descending in (False, True):
            listed = patients.roster(desk, column, descending=descending)
            expected = sorted(rows, key=key, reverse=descending)  # type: ignore[arg-type]
            assert listed.ids == tuple(row.id for row in expected), (column, descending)
            assert listed.incomplete == sum(bool(row.missing) for row in rows)
    with_points = patients.roster(desk, Column.DLCO).ids
    before = wording.style()
    wording.use_style(wording.Style(decimal_mark=","))
    try:
        assert patients.roster(desk, Column.DLCO).ids == with_points
    finally:
        wording.use_style(before)


def test_rows_come_in_the_order_asked_for_without_those_removed(desk: Desk) -> None:
    first, second, third = (
        patients.add_patient(desk, Patient(id="", mrn=mrn)).value.id for mrn in ("A", "B", "C")
    )
    patients.remove_patient(desk, second, "registered twice")
    assert [row.mrn for row in patients.summaries(desk, (third, "unknown", second, first))] == ["C", "A"]
    assert patients.summaries(desk, ()) == ()
    assert set(patients.roster(desk).ids) == {first, third}


@pytest.mark.parametrize("count", [1, 30, 450])
def test_a_row_is_the_same_alone_and_among_all(file_desk: Desk, count: int) -> None:
    rng = Random(2)
    fill(file_desk, *(anybody(rng, number) for number in range(count)))
    rows = patients.list_patients(file_desk)
    ids = [row.id for row in rows]
    assert patients.summaries(file_desk, ids) == rows
    assert patients.summaries(file_desk, ids[:1]) == rows[:1]
