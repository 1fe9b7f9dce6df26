"""Records as FHIR: valid by the R4B models, exact to the digit, whole patients in files, and nobody named."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    DlcoUnit,
    DoseChange,
    Infusion,
    Interruption,
    Lab,
    Patient,
    PatientRecord,
    Pft,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.fhir_json import fhir_json
from ctdild_desktop.interchange.fhir_out import bundle_line, in_files
from ctdild_desktop.interchange.fhir_terms import (
    LOCAL,
)
from tests.support import holloway
from tests.support.fhir_bundles import (
    BARE,
    DAY,
    PATIENT,
    WRITING,
    check_bundle,
    extension,
    record,
    resources,
    whole_records,
    written,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(whole_records())
def test_whatever_a_registry_holds_is_a_valid_bundle(held: PatientRecord) -> None:
    check_bundle(written(held))
    check_bundle(written(held, BARE))


def test_the_whole_history_of_one_patient_is_a_valid_bundle() -> None:
    bundle = written(holloway.record())
    check_bundle(bundle)
    kinds = [one["resourceType"] for one in resources(bundle)]
    counted = {kind: kinds.count(kind) for kind in set(kinds) - {"Observation"}}
    assert counted == {
        "Patient": 1,
        "Condition": 2 * len(holloway.diagnoses()),
        "DiagnosticReport": len(holloway.pfts()) + len(holloway.scans()),
        "Encounter": len(holloway.visits()),
        "MedicationStatement": len(holloway.therapy()),
        "MedicationAdministration": sum(len(line.infusions) for line in holloway.therapy()),
        "AdverseEvent": len(holloway.adverse_events()),
        "Provenance": 1,
    }


def test_a_decimal_is_written_digit_by_digit() -> None:
    test = Pft(id="t", date=DAY, fvc_l=Decimal("2.30"), tlc_l=Decimal("4E+0"), dlco=Decimal("0.10"))
    line = bundle_line(record(tests=(replace(test, dlco_unit=DlcoUnit.SI),)), WRITING)
    for text in (b'{"value":2.30,', b'{"value":4,', b'{"value":0.10,'):
        assert text in line
    assert (
        fhir_json({"a": [1, True, Decimal("-0.0500")], "ä": {}}) == '{"a":[1,true,-0.0500],"ä":{}}'.encode()
    )
    for wrong in (2.5, Decimal("NaN"), None):
        with pytest.raises(TypeError, match="is not written"):
            fhir_json({"value": wrong})


def test_the_same_data_gives_the_same_bytes() -> None:
    first, second = (bundle_line(holloway.record(), WRITING) for _ in range(2))
    assert first == second
    assert first.count(b"\n") == 1
    assert json.loads(first)["timestamp"] == "2026-03-12T09:30:00+00:00"


def test_who_the_patient_is_with_dates_as_far_as_they_are_known() -> None:
    died = replace(PATIENT, vital_status="dead", death_date=PartialDate(2025))
    (patient,) = resources(written(PatientRecord(patient=died)), "Patient")
    assert (patient["birthDate"], patient["deceasedDateTime"], patient["gender"]) == (
        "1958-03",
        "2025",
        "female",
    )
    assert patient["name"] == [{"use": "official", "family": "Holm", "given": ["Ada", "Eva"]}]
    (number,) = patient["identifier"]
    assert (number["value"], number["type"]["coding"][0]["code"]) == ("P1", "MR")
    (alive,) = resources(written(PatientRecord(patient=replace(PATIENT, vital_status="alive"))), "Patient")
    assert alive["deceasedBoolean"] is False


def test_therapy_with_its_dose_its_interruption_its_end_and_its_infusions() -> None:
    line = TherapyLine(
        id="line",
        drug="rituximab",
        start=PartialDate(2024, 3),
        stop=PartialDate(2025),
        stop_reason="progression",
        dose=Decimal(375),
        dose_unit="mg/m2",
        route="IV",
        frequency="weekly",
        interruptions=(
            Interruption(start=PartialDate(2024, 6), stop=PartialDate(2024, 7), reason="surgery"),
        ),
        infusions=(
            Infusion(date=DAY, dose_mg=Decimal("612.5")),
            Infusion(date=dt.date(2024, 5, 13), status="deferred", reason="infection"),
        ),
    )
    event = AdverseEvent(
        id="event",
        onset=PartialDate(2024, 5),
        term="pjp",
        grade=3,
        outcome="sequelae",
        suspected_lines=("line",),
    )
    bundle = written(record(therapy=(line,), adverse_events=(event,)))
    check_bundle(bundle)
    (drug,) = resources(bundle, "MedicationStatement")
    assert (drug["status"], drug["effectivePeriod"]) == ("stopped", {"start": "2024-03", "end": "2025"})
    assert drug["medicationCodeableConcept"] == {
        "coding": [
            {"system": f"{LOCAL}drug", "code": "rituximab"},
            {"system": "http://www.whocc.no/atc", "code": "L01FA01"},
        ],
        "text": "Rituximab",
    }
    assert drug["statusReason"][0]["text"] == "progression"
    dosage = drug["dosage"][0]
    assert dosage["text"] == "375 mg/m2, weekly, intravenous"
    assert (dosage["doseAndRate"][0]["doseQuantity"]["value"], dosage["route"]["text"]) == (
        375,
        "intravenous",
    )
    (gap,) = extension(drug, "interruptions")
    assert [one["valueDate"] for one in gap if "valueDate" in one] == ["2024-06", "2024-07"]
    given_one, deferred = resources(bundle, "MedicationAdministration")
    assert (given_one["status"], given_one["dosage"]["dose"]["value"]) == ("completed", Decimal("612.5"))
    assert (deferred["status"], deferred["statusReason"][0]["text"]) == ("not-done", "infection")
    assert "dosage" not in deferred
    (harm,) = resources(bundle, "AdverseEvent")
    assert harm["suspectEntity"] == [{"instance": {"reference": f"urn:uuid:{drug['id']}"}}]
    assert (harm["severity"]["text"], harm["outcome"]["coding"][1]["code"]) == (
        "CTCAE grade 3",
        "resolvedWithSequelae",
    )


def test_the_coded_reason_of_a_change_of_dose_is_written_where_words_are_not() -> None:
    start = PartialDate(2024, 3)
    line = TherapyLine(
        id="line",
        drug="mycophenolate",
        start=start,
        dose_changes=(
            DoseChange(date=start, dose=Decimal(1), reason="infection"),
            DoseChange(date=start, dose=Decimal(2), reason="as she asked"),
        ),
        interruptions=(Interruption(start=start, reason="supply"),),
    )
    (drug,) = resources(written(record(therapy=(line,)), BARE), "MedicationStatement")
    parts = [one for name in ("dose_changes", "interruptions") for one in extension(drug, name)]
    reasons = [[each for each in part if each["url"] == f"{LOCAL}reason"] for part in parts]
    assert [[each["valueCode"] for each in one] for one in reasons] == [["infection"], [], ["supply"]]


def test_nothing_that_a_person_wrote_is_written_without_names() -> None:
    planted = "Xanthippe"
    told = {"note": planted}
    marked = PatientRecord(
        patient=replace(PATIENT, family_name=planted, alert_note=planted, lead_respiratory=planted),
        diagnoses=tuple(replace(view, **told, ctd_note=planted) for view in holloway.diagnoses()),
        tests=(
            Pft(
                id="t",
                date=DAY,
                fvc_l=Decimal(2),
                comment=planted,
                device=planted,
                laboratory=planted,
                reference_set=planted,
                as_given=((planted, planted),),
                source_sha256="f" * 64,
            ),
        ),
        hrct=tuple(replace(scan, **told, report=planted, reader=planted) for scan in holloway.scans()),
        therapy=tuple(replace(line, **told, drug="other", drug_name=planted) for line in holloway.therapy()),
        adverse_events=tuple(
            replace(event, **told, term=planted, organism=planted) for event in holloway.adverse_events()
        ),
        visits=(Visit(id="v", date=DAY, site=planted, clinician=planted, plan_text=planted, note=planted),),
        labs=(Lab(id="l", date=PartialDate(2024), test="other", test_name=planted, text=planted),),
    )
    bundle = written(marked, BARE)
    check_bundle(bundle)
    text = fhir_json(bundle)
    assert planted.encode() not in text
    assert b"f" * 64 not in text
    (patient,) = resources(bundle, "Patient")
    assert (patient["identifier"][0]["type"]["coding"][0]["code"], "name" in patient) == ("ANON", False)


@pytest.mark.parametrize(
    "name",
    ["Smith & <b>", "O'Brien", "=1+1", "Müller", "山田", "x" * 200, "\u00a0é\u0301 \u200b", '"quoted" \\ {}'],
)
def test_i4_a_name_goes_through_letter_by_letter(name: str) -> None:
    bundle = written(PatientRecord(patient=replace(PATIENT, family_name=name, given_name=name)))
    check_bundle(bundle)
    (patient,) = resources(bundle, "Patient")
    assert (patient["name"][0]["family"], " ".join(patient["name"][0]["given"])) == (name, name)


def test_a_registry_is_files_of_whole_patients_one_of_them_in_memory_at_a_time() -> None:
    asked: list[int] = []

    def everybody() -> Iterator[bytes]:
        for number in range(7):
            asked.append(number)
            yield bundle_line(PatientRecord(patient=Patient(id=f"p{number}", mrn=f"M{number}")), WRITING)

    found: dict[str, list[str]] = {}
    size = len(bundle_line(PatientRecord(patient=Patient(id="p0", mrn="M0")), WRITING))
    for name, pieces in in_files(everybody(), most_bytes=3 * size):
        for piece in pieces:
            (patient,) = resources(json.loads(piece), "Patient")
            found.setdefault(name, []).append(patient["identifier"][0]["value"])
            assert len(asked) == sum(map(len, found.values()))
    assert found == {
        "fhir-0001.ndjson": ["M0", "M1", "M2"],
        "fhir-0002.ndjson": ["M3", "M4", "M5"],
        "fhir-0003.ndjson": ["M6"],
    }
    assert list(in_files(iter(()))) == []
