"""Short ways to write a file, import it and see what the registry holds afterwards."""

from __future__ import annotations

from pathlib import Path

from ctdild_desktop.clinical.records import Patient, PatientRecord, Pft
from ctdild_desktop.services import imports
from ctdild_desktop.services.desk import Desk, new_id
from tests.support.desks import fill

HEADER = "mrn,family_name,given_name,birth_date,sex,test_date,fvc_l,dlco,dlco_unit\n"
UNIT = "mL/min/mmHg"


def write(folder: Path, text: str, name: str = "tests.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def records(desk: Desk) -> list[PatientRecord]:
    with desk.registry.read() as session:
        return list(desk.store.load_all(session))


def record(desk: Desk, mrn: str) -> PatientRecord:
    return next(found for found in records(desk) if found.patient.mrn == mrn)


def mrns(desk: Desk) -> list[str]:
    return [found.patient.mrn for found in records(desk)]


def run(desk: Desk, path: Path, *, accept_valid_rows: bool = False) -> imports.FileReport:
    (report,) = imports.run_import(desk, [path], accept_valid_rows=accept_valid_rows).value.files
    return report


def known(desk: Desk, *tests: Pft, **facts: object) -> Patient:
    patient = Patient(id=new_id(), mrn="P1", **facts)  # type: ignore[arg-type]
    fill(desk, PatientRecord(patient=patient, tests=tests))
    return patient
