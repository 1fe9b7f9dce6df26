"""The registry's file from outside: nothing in it is readable, and what was damaged is never shown."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, PatientRecord, Pft, Sex
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import access, patients
from ctdild_desktop.services.desk import Desk, new_id
from tests.support.desks import LOGIN, PASSPHRASE, Clock, fill, in_a_file, make_desk
from tests.support.people import day

PAGE = 4096
PLAIN_HEADER = b"SQLite format 3"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, PatientRecord]]]:
    """A closed registry of sixty patients, and what it holds by MRN."""
    folder = tmp_path_factory.mktemp("filled")
    desk = make_desk(folder)
    fill(desk, *(invented(number) for number in range(60)))
    held = {record.patient.mrn: record for record in patients.load_all(desk)}
    desk.close()
    yield desk.registry.path, held
    shutil.rmtree(folder)


def invented(number: int) -> PatientRecord:
    tests = tuple(
        Pft(
            id=new_id(),
            date=day(f"20{year}-03-{1 + number % 28:02d}"),
            entered=year,
            fvc_l=Decimal(200 + number) / 100,
            comment=f"test {year} of {number}",
        )
        for year in range(10, 20)
    )
    person = Patient(
        id=new_id(),
        mrn=f"E5-{number:03d}",
        family_name=f"Invented {number}",
        sex=Sex.FEMALE,
        birth_date=PartialDate(1950 + number % 40, 5, 6),
    )
    return PatientRecord(patient=person, tests=tests)


def read_all(path: Path) -> dict[str, PatientRecord]:
    """Every patient, read as the program reads them; raises RegistryError."""
    desk = access.unlock(path, login=LOGIN, passphrase=PASSPHRASE, clock=Clock())
    try:
        found = {record.patient.mrn: record for record in patients.load_all(desk)}
        for record in tuple(found.values())[::7]:
            found[record.patient.mrn] = patients.load(desk, record.patient.id)
        shown = {hit.mrn for hit in patients.find(desk, "invented", limit=100)}
        listed = {summary.mrn for summary in patients.list_patients(desk)}
        assert shown == listed == found.keys()
        return found
    finally:
        desk.close()


@in_a_file
def test_e1_no_file_of_a_registry_begins_as_a_plain_database(desk: Desk, tmp_path: Path) -> None:
    patients.add_patient(desk, Patient(id=new_id(), mrn="E1", family_name="Holm"))
    backup = desk.registry.backup(tmp_path / "kept" / "one.ctdild-backup")
    path = desk.registry.path
    copies = [path, path.with_name(f"{path.name}-wal"), backup]
    copied = [shutil.copyfile(source, tmp_path / f"copy{number}") for number, source in enumerate(copies)]
    desk.close()
    for file in (*copied, path):
        content = file.read_bytes()
        assert content, file
        assert PLAIN_HEADER not in content, file
    assert path.read_bytes()[:16] != PLAIN_HEADER + b"\0"


def test_e5_one_changed_byte_is_reported_or_changes_nothing_that_is_shown(
    filled: tuple[Path, dict[str, PatientRecord]], tmp_path: Path
) -> None:
    source, held = filled
    whole = source.read_bytes()
    pages = len(whole) // PAGE
    chance = random.Random(5)
    path = tmp_path / source.name
    shutil.copyfile(f"{source}.keys", f"{path}.keys")
    said = []
    for page in chance.sample(range(pages), 50):
        spoiled = bytearray(whole)
        spoiled[page * PAGE + chance.randrange(PAGE)] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(spoiled))
        try:
            assert read_all(path) == held, page
        except RegistryError as error:
            said.append(str(error))
        for log in tmp_path.glob(f"{path.name}-*"):
            log.unlink()
    assert len(said) >= 45
    assert all("damaged" in words or "keys" in words for words in said), said
    path.write_bytes(whole)
    assert read_all(path) == held
