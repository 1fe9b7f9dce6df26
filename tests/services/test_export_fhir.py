"""The registry as FHIR: valid lines, nobody named without identity, and equal in an empty registry."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.services import imports, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.exporting import ExportSettings
from tests.support import holloway
from tests.support.desks import copied_desk, fill, in_a_file
from tests.support.exports import NAMES, exported, named_patients, planted_in, told_of
from tests.support.fhir_bundles import check_bundle, resources, said


def bundles(folder: Path) -> list[dict[str, Any]]:
    lines = b"".join(path.read_bytes() for path in sorted(folder.glob("*.ndjson"))).splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines]


@pytest.fixture
def empty(template: Path, tmp_path: Path) -> Desk:
    """Another registry, with nobody in it."""
    (tmp_path / "other").mkdir()
    return copied_desk(template, tmp_path / "other")


@in_a_file
def test_i3_an_export_comes_back_equal_in_an_empty_registry(desk: Desk, empty: Desk, tmp_path: Path) -> None:
    records = [*named_patients(), holloway.record()]
    fill(desk, *records)
    folder = exported(desk, tmp_path / "set", "fhir")
    found = bundles(folder)
    assert len(found) == len(records)
    for bundle in found:
        check_bundle(bundle)
    paths = sorted(folder.glob("*.ndjson"))
    report = imports.run_import(empty, paths).value
    assert report.ok
    assert report.clean
    for record in records:
        back = patients.by_mrn(empty, record.patient.mrn)
        assert back is not None
        check_equal(back, record)
    again = imports.run_import(empty, paths).value
    assert [(file.patients_added, file.tests_added, file.tests_updated) for file in again.files] == [
        (0, 0, 0)
    ]


def check_equal(back: PatientRecord, record: PatientRecord) -> None:
    assert [said(test) for test in back.tests] == [said(test) for test in record.tests]
    for name in ("mrn", "family_name", "given_name", "birth_date", "sex", "height_cm"):
        assert getattr(back.patient, name) == getattr(record.patient, name)


@in_a_file
def test_i4_names_go_through_letter_by_letter(desk: Desk, tmp_path: Path) -> None:
    fill(desk, *named_patients())
    people = [resources(bundle, "Patient")[0] for bundle in bundles(exported(desk, tmp_path / "set", "fhir"))]
    assert [person["name"][0]["family"] for person in people] == list(NAMES)


@in_a_file
def test_i4_without_identity_no_name_number_or_true_date_is_in_fhir(desk: Desk, tmp_path: Path) -> None:
    records = [replace(record, snoozes=(), **planted_in(record)) for record in named_patients()]
    fill(desk, *records)
    folder = exported(desk, tmp_path / "set", "fhir", ExportSettings())
    content = b"".join(path.name.encode() + path.read_bytes() for path in folder.iterdir())
    for text in told_of(records):
        assert text.encode() not in content, text
    found = bundles(folder)
    assert len(found) == len(records)
    for bundle in found:
        check_bundle(bundle)


@in_a_file
def test_derived_values_rest_on_the_true_age_and_are_not_told_of_the_very_old(
    desk: Desk, tmp_path: Path
) -> None:
    (young, old, *_) = named_patients()
    old = replace(old, patient=replace(old.patient, birth_date=PartialDate(1931, 1, 2)))
    fill(desk, young, old)
    told = {}
    for bundle in bundles(exported(desk, tmp_path / "set", "fhir", ExportSettings())):
        (fvc,) = [one for one in resources(bundle, "Observation") if one["code"]["text"].startswith("FVC")]
        told["birthDate" in resources(bundle, "Patient")[0]] = "component" in fvc
    assert told == {True: True, False: False}
