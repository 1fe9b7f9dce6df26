"""An invented registry of any size: twenty tests a patient over six years, with symptoms and scans.

Half of the patients have recorded % predicted, half have litres alone, which are computed under GLI 2022. A
few have what needs the path of one patient: a test repeated on a day, or a set changed in between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    Diagnosis,
    DlcoUnit,
    Hrct,
    HrctResult,
    Patient,
    PatientRecord,
    Pft,
    Sex,
    SymptomChange,
    Visit,
)
from ctdild_desktop.services import access, rows
from ctdild_desktop.services.demo import fill
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.search_key import search_key

TESTS = 20
_LAST_DAY = dt.date(2026, 3, 12)
_STEP_DAYS = 110
_TOGETHER = 500
_SYLLABLES = ("ba", "do", "fe", "gu", "ka", "li", "mo", "ne", "pa", "ru", "sa", "ti", "ve", "zo")


def invented_desk(folder: Path, patients: int, seed: int = 1) -> Desk:
    """A new registry of invented patients in a folder, with an administrator at the desk."""
    from ctdild_desktop.registry.keystore import CHEAPEST

    desk, _code = access.create_registry(
        folder / "bench.ctdild",
        login="bench",
        display_name="Benchmark",
        passphrase=passphrase(seed),
        cost=CHEAPEST,
    )
    fill(desk, ())  # marks it as a demonstration
    rng = Random(seed)
    for first in range(0, patients, _TOGETHER):
        count = min(_TOGETHER, patients - first)
        add_records(desk, [invented_record(rng, first + number) for number in range(count)])
    return desk


def passphrase(seed: int = 1) -> str:
    """What opens the registry."""
    return f"invented patients only {seed}"


def add_records(desk: Desk, records: list[PatientRecord]) -> None:
    """Insert records by bulk statements; the audit triggers see them as they see every writer."""
    with desk.registry.write(desk.login, "invented patients for the benchmark") as session:
        for table, values in values_to_insert(desk, records):
            session.connection().execute(table.insert(), values)


def values_to_insert(desk: Desk, records: list[PatientRecord]) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Table by table the rows of these records, in an order that their references allow."""
    now = desk.clock()
    stamps = {
        "version": 1,
        "source": "bench",
        "created_at": now,
        "created_by": desk.login,
        "updated_at": now,
        "updated_by": desk.login,
    }
    held: dict[type[Any], list[dict[str, Any]]] = {}
    for record in records:
        person = record.patient
        key = {"search_key": search_key(person)}
        held.setdefault(Patient, []).append({**rows.values_of(person), **stamps, **key})
        for item in (*record.diagnoses, *record.tests, *record.visits, *record.hrct):
            values = {**rows.values_of(item), **stamps, "patient_id": person.id}
            held.setdefault(type(item), []).append(values)
    for kind, values_of_kind in held.items():
        yield rows.ROW_OF[kind].__table__, values_of_kind


def _id(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"


def invented_record(rng: Random, number: int, tests: int = TESTS) -> PatientRecord:
    """One invented patient with so many tests; the number makes the MRN."""
    name = "".join(rng.choice(_SYLLABLES) for _ in range(3)).capitalize()
    patient = Patient(
        id=_id(rng),
        mrn=f"BENCH-{number:06d}",
        family_name=name,
        given_name="Invented",
        sex=rng.choice(list(Sex)),
        birth_date=PartialDate(rng.randint(1940, 1990), rng.randint(1, 12), rng.randint(1, 28)),
        height_cm=Decimal(rng.randint(150, 190)),
    )
    last = _LAST_DAY - dt.timedelta(days=rng.randint(0, 300))
    days = [last - dt.timedelta(days=_STEP_DAYS * back + rng.randint(0, 20)) for back in range(tests)]
    days.reverse()
    seen = [day for day in days[::3] if rng.random() < 0.8]
    scanned = days[::7]
    return PatientRecord(
        patient=patient,
        diagnoses=(
            Diagnosis(id=_id(rng), date=PartialDate(days[0].year), ctd=rng.choice(("dcSSc", "SSc", "RA"))),
        ),
        tests=tuple(_tests(rng, number, days)),
        visits=tuple(_visit(rng, day) for day in seen),
        hrct=tuple(_scan(rng, day, first=place == 0) for place, day in enumerate(scanned)),
    )


def _tests(rng: Random, number: int, days: list[dt.date]) -> Iterator[Pft]:
    fvc, gas, drift = rng.uniform(50, 105), rng.uniform(35, 90), rng.gauss(0.3, 0.6)
    recorded = number % 2 == 0
    if number % 100 == 0:
        days = [*days[:-1], days[-2]]
    for place, day in enumerate(days):
        fvc_now = max(fvc - drift * place + rng.gauss(0, 1.2), 20)
        gas_now = max(gas - drift * place + rng.gauss(0, 2), 12)
        only_spirometry = number % 200 == 100 and place == len(days) - 1
        changed = number % 100 == 1 and place < len(days) - 3
        yield Pft(
            id=_id(rng),
            date=day,
            entered=place + 1,
            fvc_l=_rounded(fvc_now * 0.036, 2),
            fvc_pct_pred=_rounded(fvc_now, 1) if recorded else None,
            fev1_l=_rounded(fvc_now * 0.029, 2),
            dlco=None if only_spirometry else _rounded(gas_now * 0.25, 2),
            dlco_unit=None if only_spirometry else DlcoUnit.TRADITIONAL,
            dlco_pct_pred=_rounded(gas_now, 1) if recorded and not only_spirometry else None,
            dlco_hb_corrected=False,
            hb_g_l=Decimal(rng.randint(100, 160)) if rng.random() < 0.9 else None,
            fvc_grade=rng.choice("AAABBC"),
            dlco_grade=rng.choice("AAABB"),
            reference_set="GLI2012" if changed and recorded else "GLI2022",
            excluded=rng.random() < 0.02,
        )


def _rounded(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")


def _visit(rng: Random, day: dt.date) -> Visit:
    return Visit(
        id=_id(rng),
        date=day,
        mmrc=rng.randint(0, 4),
        symptom_change=rng.choice([None, *SymptomChange]),
        alternative_explanation=rng.choice((False, None)),
    )


def _scan(rng: Random, day: dt.date, *, first: bool) -> Hrct:
    result = HrctResult.NOT_COMPARED if first else rng.choice(list(HrctResult))
    signs = ("reticulation_increased_or_coarser",) if result is HrctResult.PROGRESSION else ()
    return Hrct(
        id=_id(rng),
        date=day,
        fibrosis=rng.random() < 0.8,
        result=result,
        signs=signs,
        alternative_explanation=False,
    )
