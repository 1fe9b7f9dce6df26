"""The registry as FHIR: valid lines, nobody named without identity, and equal in an empty registry."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Allergy,
    Consent,
    Diagnosis,
    Differential,
    DlcoUnit,
    DoseChange,
    HeartTest,
    Hrct,
    HrctResult,
    Infusion,
    Interruption,
    Lab,
    Patient,
    PatientRecord,
    Pft,
    Pro,
    Procedure,
    Score,
    Serology,
    Sex,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.services import imports, patients
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.services.exporting import ExportSettings
from tests.support import holloway
from tests.support.desks import copied_desk, fill, in_a_file
from tests.support.exports import NAMES, exported, named_patients, planted_in, told_of
from tests.support.fhir_bundles import check_bundle, resources, said

HELD = (
    *("diagnoses", "visits", "hrct", "therapy", "adverse_events", "serology", "procedures"),
    *("labs", "heart_tests", "pros", "consents"),
)


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
    records = [*(replace(one, labs=()) for one in named_patients()), holloway.record(), full_record()]
    fill(desk, *records)
    folder = exported(desk, tmp_path / "set", "fhir")
    found = bundles(folder)
    assert len(found) == len(records)
    for bundle in found:
        check_bundle(bundle)
    paths = sorted(folder.glob("*.ndjson"))
    report = imports.run_import(empty, paths).value
    assert [file.rejected for file in report.files] == [()]
    assert report.ok
    for record in records:
        back = patients.by_mrn(empty, record.patient.mrn)
        assert back is not None
        check_equal(back, record)
    before = [patients.by_mrn(empty, record.patient.mrn) for record in records]
    again = imports.run_import(empty, paths).value
    assert [patients.by_mrn(empty, record.patient.mrn) for record in records] == before
    assert [(file.patients_added, file.tests_added, file.tests_updated) for file in again.files] == [
        (0, 0, 0)
    ]


def full_record() -> PatientRecord:
    """Ada Eva Holm (invented), of whom something of every kind is recorded."""
    identity = Patient(
        id=new_id(),
        mrn="F-1",
        family_name="Holm",
        given_name="Ada Eva",
        birth_date=PartialDate(1958, 3),
        sex=Sex.FEMALE,
        gender_note="they",
        height_cm=Decimal("164.5"),
        ethnic_group=1,
        smoking="ex",
        pack_years=Decimal("12.50"),
        exposures=("birds", "mould"),
        family_ild=False,
        comorbidities=("gord",),
        oxygen="ltot",
        oxygen_since=PartialDate(2025),
        oxygen_l_min=Decimal("1.5"),
        lead_respiratory="Dr Quill",
        consent_registry="given",
        vital_status="alive",
        vital_status_date=PartialDate(2026, 2),
        alert_note="latex",
        allergies=(Allergy(substance="latex", reaction="rash"), Allergy(substance="nuts")),
        absent=(("transplant", "declined"),),
    )
    cyc, mmf, rash = new_id(), new_id(), new_id()
    return PatientRecord(
        patient=identity,
        diagnoses=(
            Diagnosis(id=new_id(), date=PartialDate(2021), ctd="UCTD", note="first view"),
            Diagnosis(
                id=new_id(),
                date=PartialDate(2022, 5, 6),
                ctd="ASyS",
                pattern="NSIP",
                ild_diagnosed=PartialDate(2021, 11),
                first_symptom=PartialDate(2020),
                antibodies=("JO1", "RO52"),
                differentials=(Differential(diagnosis="RA", percent=Decimal(20)),),
            ),
        ),
        visits=(
            Visit(id=new_id(), date=dt.date(2024, 5, 6), mmrc=2, spo2_rest=Decimal(94), heart_rate=72),
            Visit(id=new_id(), date=dt.date(2024, 5, 6), kind="telephone", note="rang in the evening"),
        ),
        appointments=(Visit(id=new_id(), date=dt.date(2024, 6, 6), status="did_not_attend"),),
        tests=(
            Pft(
                id=new_id(),
                date=dt.date(2024, 5, 6),
                entered=1,
                post_bd=False,
                fvc_l=Decimal("2.310"),
                dlco=Decimal("4.10"),
                dlco_unit=DlcoUnit.SI,
                hb_g_l=Decimal(108),
                reference_set="GLI2012",
                walk_m=Decimal(390),
                walk_borg=Decimal("3.5"),
                comment="before\nsalbutamol",
            ),
            Pft(
                id=new_id(),
                date=dt.date(2024, 5, 6),
                entered=2,
                post_bd=True,
                fvc_l=Decimal("2.52"),
                reference_set="GLI2012",
                excluded=True,
                exclusion_reason="technical",
            ),
            Pft(
                id=new_id(), date=dt.date(2024, 9, 1), entered=3, performed="not_done", not_done_fvc="unwell"
            ),
            Pft(id=new_id(), date=dt.date(2024, 9, 8), entered=4, kco_pct_pred=Decimal("61.5")),
        ),
        hrct=(
            Hrct(
                id=new_id(), date=dt.date(2022, 1, 3), pattern="NSIP", honeycombing="absent", reader="Dr Ray"
            ),
            Hrct(
                id=new_id(),
                date=dt.date(2024, 1, 3),
                pattern="fNSIP",
                extent_percent=Decimal("22.5"),
                compared_with=dt.date(2022, 1, 3),
                result=HrctResult.PROGRESSION,
                signs=("new_fine_reticulation",),
                report="Coarser than before.",
            ),
        ),
        therapy=(
            TherapyLine(
                id=cyc,
                drug="cyclophosphamide_iv",
                start=PartialDate(2022, 6),
                stop=PartialDate(2022, 12, 1),
                stop_reason="switched",
                dose=Decimal(600),
                dose_unit="mg/m2",
                infusions=(
                    Infusion(date=dt.date(2022, 6, 20), dose_mg=Decimal(950), adverse_event_id=rash),
                    Infusion(date=dt.date(2022, 7, 18), status="deferred", reason="infection"),
                ),
            ),
            TherapyLine(
                id=mmf,
                drug="mycophenolate",
                start=PartialDate(2022, 12, 1),
                prior_line_id=cyc,
                dose=Decimal("1.5"),
                dose_unit="g",
                dose_changes=(DoseChange(date=PartialDate(2023), dose=Decimal("2.0"), reason="tolerated"),),
                interruptions=(Interruption(start=PartialDate(2023, 6), stop=PartialDate(2023, 7)),),
            ),
        ),
        adverse_events=(
            AdverseEvent(
                id=rash,
                onset=PartialDate(2022, 6, 20),
                term="infusion_reaction",
                grade=2,
                end=PartialDate(2022, 6),
                outcome="recovered",
                suspected_lines=(cyc,),
            ),
            AdverseEvent(
                id=new_id(), onset=PartialDate(2023), term="a cough of their own", suspected_lines=(mmf, cyc)
            ),
        ),
        serology=(
            Serology(id=new_id(), date=PartialDate(2021), test="JO1", result="positive"),
            Serology(
                id=new_id(),
                date=PartialDate(2021),
                test="RF",
                result="positive",
                value=Decimal(600),
                unit="IU/mL",
                detection="above",
            ),
        ),
        labs=(
            Lab(id=new_id(), date=PartialDate(2024, 5, 6), test="hb", value=Decimal("10.8"), unit="g/dL"),
            Lab(
                id=new_id(),
                date=PartialDate(2024, 5, 6),
                test="crp",
                value=Decimal("5.0"),
                unit="mg/L",
                detection="below",
                uln=Decimal(5),
            ),
            Lab(id=new_id(), date=PartialDate(2024, 5, 6), test="hbsag", result="negative"),
        ),
        heart_tests=(HeartTest(id=new_id(), date=PartialDate(2023, 2), kind="echo", rvsp_mmhg=Decimal(31)),),
        procedures=(
            Procedure(
                id=new_id(),
                date=PartialDate(2022, 6, 19),
                kind="bal",
                lymphocytes_percent=Decimal("31.5"),
                adverse_event_id=rash,
            ),
        ),
        pros=(
            Pro(
                id=new_id(),
                date=PartialDate(2024, 5, 6),
                instrument="kbild",
                scores=(Score(scale="total", value=Decimal("61.2")),),
            ),
        ),
        consents=(Consent(id=new_id(), date=PartialDate(2021, 3, 1), kind="registry", answer="given"),),
    )


def check_equal(back: PatientRecord, record: PatientRecord) -> None:
    """Fail when a record that came back says anything else, apart from ids and where it is from."""
    assert said(back.patient) == said(record.patient)
    assert [said(test) for test in back.tests] == [said(test) for test in record.tests]
    for name in (*HELD, "appointments"):
        # what is of one day stands in the order of the ids, which are new
        ours, theirs = (sorted(map(said, getattr(one, name))) for one in (record, back))
        assert theirs == ours, name
    assert linked(back) == linked(record)


def linked(record: PatientRecord) -> list[tuple[str, ...]]:
    """What names what, by what the named one says."""
    named = {line.id: line.drug for line in record.therapy} | {
        event.id: event.term for event in record.adverse_events
    }
    found = [("line", line.drug, named[line.prior_line_id]) for line in record.therapy if line.prior_line_id]
    for line in record.therapy:
        given = (one.adverse_event_id for one in line.infusions)
        found += [("infusion", line.drug, named[event]) for event in given if event]
    found += [
        ("event", event.term, *(named[line] for line in event.suspected_lines))
        for event in record.adverse_events
    ]
    done = (one.adverse_event_id for one in record.procedures)
    return sorted(found) + [("procedure", named[event]) for event in done if event]


@in_a_file
def test_i5_an_import_of_whole_records_is_taken_back_as_one(desk: Desk, empty: Desk, tmp_path: Path) -> None:
    fill(desk, full_record())
    done = imports.run_import(empty, sorted(exported(desk, tmp_path / "set", "fhir").glob("*.ndjson")))
    assert done.undo is not None
    back = done.undo()
    assert patients.by_mrn(empty, "F-1") is None
    assert back.undo is not None
    back.undo()
    record = patients.by_mrn(empty, "F-1")
    assert record is not None
    check_equal(record, full_record())


@in_a_file
def test_records_of_somebody_whose_identity_is_doubtful_wait_with_the_tests(
    desk: Desk, empty: Desk, tmp_path: Path
) -> None:
    fill(desk, full_record())
    paths = sorted(exported(desk, tmp_path / "set", "fhir").glob("*.ndjson"))
    other = Patient(id=new_id(), mrn="F-1", birth_date=PartialDate(1990), height_cm=Decimal(160))
    fill(empty, PatientRecord(patient=other))
    report = imports.preview_import(empty, paths)
    (file,) = report.files
    assert file.rows == ()
    assert len(file.rejected) == file.rows_read
    assert {remark.reason[:40] for remark in file.rejected} == {"the patient with this MRN has another bi"}
    choices = {(one.sha256, one.row): "F-1" for one in file.undecided}
    assert imports.import_previewed(empty, imports.preview_again(empty, report, choices)).value.ok
    record = patients.by_mrn(empty, "F-1")
    assert record is not None
    assert record.patient == other
    assert (len(record.tests), len(record.therapy), len(record.labs)) == (4, 2, 3)


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


@in_a_file
def test_fhir_without_identity_is_refused_and_no_pseudonym_becomes_an_mrn(
    desk: Desk, empty: Desk, tmp_path: Path
) -> None:
    fill(desk, *named_patients())
    paths = sorted(exported(desk, tmp_path / "set", "fhir", ExportSettings()).glob("*.ndjson"))
    with pytest.raises(FormatError, match=r"fhir-0001.ndjson is an export without identity"):
        imports.run_import(empty, paths)
    assert patients.count(empty) == 0
