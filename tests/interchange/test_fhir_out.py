"""Records as FHIR: valid by the R4B models, exact to the digit, with codes that mean what they are put to."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

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
    Sex,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.fhir_json import fhir_json
from ctdild_desktop.interchange.fhir_out import bundle_line, in_files
from ctdild_desktop.interchange.fhir_terms import (
    DLCO_HB,
    LOCAL,
    LOINC,
    MEANT,
    PFT_VALUES,
    RATIO,
    VISIT_VALUES,
    transfer_ucum,
    ucum,
)
from ctdild_desktop.interchange.loinc import meaning
from ctdild_desktop.interchange.measures import FIELDS, converted, transfer_unit
from tests.support import holloway
from tests.support.fhir_bundles import BARE, WRITING, check_bundle, resources, whole_records, written

DAY = dt.date(2024, 5, 6)
PATIENT = Patient(
    id="p",
    mrn="P1",
    family_name="Holm",
    given_name="Ada Eva",
    sex=Sex.FEMALE,
    birth_date=PartialDate(1958, 3),
)

LISTED = {
    "fvc_l": ("19868-9", "19876-2", "19874-7"),
    "fvc_pct_pred": ("19872-1", "19871-3", "19873-9"),
    "fvc_pred_l": ("19869-7",) * 3,
    "fev1_l": ("20150-9", "20157-4", "20155-8"),
    "fev1_pct_pred": ("20152-5", "20151-7", "20153-3"),
    "svc_l": ("19866-3",) * 3,
    "dlco": ("19911-7", "98091-2", "19911-7"),
    "dlco_pct_pred": ("98130-8",) * 3,
    "kco": ("19916-6",) * 3,
    "kco_pct_pred": ("",) * 3,
    "va_l": ("",) * 3,
    "tlc_l": ("19862-2",) * 3,
    "rv_l": ("20146-7",) * 3,
    "frc_l": ("19843-2",) * 3,
    "hb_g_l": ("718-7",) * 3,
    "height_cm": ("8302-2",) * 3,
    "weight_kg": ("29463-7",) * 3,
    "spo2_rest": ("59417-6",) * 3,
    "spo2_nadir": ("",) * 3,
    "walk_m": ("64098-7",) * 3,
    "walk_spo2_nadir": ("",) * 3,
    "walk_borg": ("",) * 3,
}
"""LOINC of each number, with no side named, before and after a bronchodilator; from loinc.org and the German
profile of lung function, typed apart from the program.
"""


def record(**held: Any) -> PatientRecord:
    return PatientRecord(patient=PATIENT, **held)


def observation(bundle: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [
        one
        for one in resources(bundle, "Observation")
        if any(coding.get("code") == name for coding in one["code"].get("coding", ()))
    ]
    return found


def extension(resource: dict[str, Any], name: str) -> Any:
    found = [one for one in resource["extension"] if one["url"] == f"{LOCAL}{name}"]
    return [value for one in found for held, value in one.items() if held != "url"]


@pytest.mark.parametrize("name", sorted(LISTED))
def test_each_number_has_the_code_that_means_it_and_its_own_unit(name: str) -> None:
    value = PFT_VALUES[name]
    assert tuple(value.loinc_of(side) for side in (None, False, True)) == LISTED[name]
    for code in filter(None, LISTED[name]):
        meant = meaning(code, value.text)
        assert FIELDS[meant.quantity, meant.role] == name
    assert FIELDS[MEANT[name].quantity, MEANT[name].role] == name
    if value.unit:
        assert converted(name, Decimal("1.50"), value.unit) == Decimal("1.50")
    else:
        assert {transfer_unit(name, transfer_ucum(name, unit)) for unit in DlcoUnit} == set(DlcoUnit)


def test_every_number_of_a_test_is_written() -> None:
    numbers = {item.name for item in fields(Pft) if item.type == "Decimal | None"}
    assert set(PFT_VALUES) == numbers == set(LISTED)


def test_the_ratio_the_adjusted_transfer_factor_and_the_numbers_of_a_visit_have_their_codes() -> None:
    assert meaning(RATIO.loinc, RATIO.text).quantity == "RATIO"
    assert meaning(DLCO_HB.loinc, DLCO_HB.text).quantity == "DLCO_HB"
    assert {name: value.loinc for name, value in VISIT_VALUES.items()} == {
        "weight_kg": "29463-7",
        "bp_systolic": "8480-6",
        "bp_diastolic": "8462-4",
        "heart_rate": "8867-4",
        "temperature_c": "8310-5",
        "spo2_rest": "59417-6",
        "spo2_nadir": "",
        "oxygen_l_min": "3151-8",
        "mmrc": "",
    }


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


def test_what_is_computed_stands_beside_the_value_and_says_that_it_is_computed() -> None:
    test = holloway.pfts()[-1]
    bundle = written(PatientRecord(patient=holloway.patient(), tests=(test,)))
    fvc = observation(bundle, "fvc_l")
    parts = {part["code"]["coding"][0]["code"]: part for part in fvc["component"]}
    assert {part["code"]["coding"][0]["system"] for part in fvc["component"]} == {f"{LOCAL}computed"}
    expected = holloway.EXPECTED
    for name, code in (("fvc_percent", "percent_predicted"), ("fvc_z", "z")):
        assert round(Decimal(parts[code]["valueQuantity"]["value"]), 2) == expected[name]
    low = fvc["referenceRange"][0]["low"]
    assert (round(low["value"], 2), low["unit"]) == (expected["fvc_lln"], "L")
    assert fvc["referenceRange"][0]["text"] == "Limits of normal, GLI2022"


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


def test_a_transfer_factor_adjusted_by_the_laboratory_is_not_called_a_measured_one() -> None:
    test = Pft(
        id="t",
        date=DAY,
        dlco=Decimal("4.1"),
        dlco_unit=DlcoUnit.SI,
        hb_g_l=Decimal(108),
        dlco_hb_corrected=True,
    )
    adjusted = observation(written(record(tests=(test,))), "dlco_hb")
    assert [one["code"] for one in adjusted["code"]["coding"]] == ["19913-3", "dlco_hb"]
    bundle = written(record(tests=(replace(test, dlco_hb_corrected=False),)))
    assert [one["code"] for one in observation(bundle, "dlco")["code"]["coding"]] == ["19911-7", "dlco"]
    (computed,) = [
        one
        for one in resources(bundle, "Observation")
        if one["code"]["text"].endswith("haemoglobin (computed)")
    ]
    # Cotes 1972, a woman: 4.1 * (9.38 + 10.8) / (1.7 * 10.8)
    assert computed["valueQuantity"]["value"] == Decimal("4.5064")
    assert len(computed["derivedFrom"]) == 2


def test_a_test_keeps_side_set_grades_device_and_comment() -> None:
    test = Pft(
        id="t",
        date=DAY,
        fvc_l=Decimal("2.31"),
        post_bd=True,
        reference_set="GLI2012",
        fvc_grade="B",
        volumes_method="body_box",
        device="Jaeger",
        comment="coughed\ntwice",
        source_format="gdt",
        source_sha256="f" * 64,
    )
    bundle = written(record(tests=(test,)))
    (report,) = resources(bundle, "DiagnosticReport")
    for name, value in (
        ("post_bd", True),
        ("reference_set", "GLI2012"),
        ("fvc_grade", "B"),
        ("volumes_method", "body_box"),
        ("device", "Jaeger"),
    ):
        assert extension(report, name) == [value]
    assert observation(bundle, "fvc_l")["code"]["coding"][0] == {"system": LOINC, "code": "19874-7"}
    assert observation(bundle, "comment")["valueString"] == "coughed\ntwice"
    (source,) = resources(bundle, "Provenance")
    assert source["target"] == [{"reference": f"urn:uuid:{report['id']}"}]
    what = source["entity"][0]["what"]
    assert (what["display"], what["identifier"]["value"]) == ("Source: gdt", "f" * 64)
    assert source["agent"][0]["who"]["display"] == "CTD-ILD Desktop 1.0.0"


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


def test_a_laboratory_result_has_loinc_only_where_the_unit_is_the_one_it_means() -> None:
    def lab(test: str, unit: str, **more: Any) -> dict[str, Any]:
        one = Lab(id="x", date=PartialDate(2024, 5), test=test, unit=unit, **more)
        (found,) = resources(written(record(labs=(one,))), "Observation")
        return found

    found = lab("crp", "mg/L", value=Decimal("5.0"), detection="below", uln=Decimal(5))
    assert [one["code"] for one in found["code"]["coding"]] == ["crp", "1988-5"]
    assert found["valueQuantity"] == {
        "value": Decimal("5.0"),
        "unit": "mg/L",
        "comparator": "<",
        "system": "http://unitsofmeasure.org",
        "code": "mg/L",
    }
    assert (found["effectiveDateTime"], found["referenceRange"][0]["high"]["value"]) == ("2024-05", 5)
    moles = lab("hb", "mmol/L", value=Decimal("7.9"))
    assert [one["code"] for one in moles["code"]["coding"]] == ["hb"]
    cells = lab("wbc", "10^9/L", value=Decimal("4.1"))
    assert (cells["code"]["coding"][1]["code"], cells["valueQuantity"]["code"]) == ("26464-8", "10*9/L")
    assert lab("hbsag", "", result="negative")["valueCodeableConcept"]["text"] == "negative"
    assert lab("urinalysis", "", text="trace of protein")["valueString"] == "trace of protein"
    odd = lab("other", "furlongs", test_name="Length", value=Decimal(3))
    assert (odd["code"]["text"], odd["valueQuantity"]["unit"]) == ("Length", "furlongs")
    assert "code" not in odd["valueQuantity"]


def test_what_was_measured_at_a_visit_stands_beside_its_encounter() -> None:
    visit = Visit(id="v", date=DAY, kind="telephone", spo2_rest=Decimal(94), mmrc=2, heart_rate=72)
    bundle = written(record(visits=(visit,)))
    check_bundle(bundle)
    (encounter,) = resources(bundle, "Encounter")
    assert (encounter["status"], encounter["class"]["code"]) == ("finished", "VR")
    for name, value, unit in (("spo2_rest", 94, "%"), ("mmrc", 2, "{score}"), ("heart_rate", 72, "/min")):
        found = observation(bundle, name)
        assert found["encounter"] == {"reference": f"urn:uuid:{encounter['id']}"}
        assert (found["valueQuantity"]["value"], found["valueQuantity"]["code"]) == (value, unit)


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


def test_a_unit_that_ucum_is_not_known_for_has_no_code() -> None:
    assert (ucum("furlongs"), ucum("µmol/L"), ucum("mL/min/mmHg")) == ("", "umol/L", "mL/min/mm[Hg]")
