"""Numbers as FHIR: the code that means each, its unit, what is computed beside it, where it came from."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    DlcoUnit,
    Lab,
    PatientRecord,
    Pft,
    Visit,
)
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
from tests.support.fhir_bundles import (
    DAY,
    check_bundle,
    extension,
    observation,
    record,
    resources,
    written,
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


def test_a_unit_that_ucum_is_not_known_for_has_no_code() -> None:
    assert (ucum("furlongs"), ucum("µmol/L"), ucum("mL/min/mmHg")) == ("", "umol/L", "mL/min/mm[Hg]")
