"""Whom and which day the results of a FHIR file are of, however the file writes its addresses and dates."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.interchange.reading import message_format, read_file
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import source_of

DAY = {"effectiveDateTime": "2024-05-06"}
HERE = "https://lab.example/fhir"


def patient(mrn: str, name: str = "a", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": name, "identifier": [{"value": mrn}], **more}


def result(value: str, subject: str, words: str = "FVC", unit: str = "L", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": words, "coding": [{"system": "http://loinc.org", "code": "0", "display": words}]},
        "subject": {"reference": subject},
        "valueQuantity": {"value": float(value), "unit": unit},
        **DAY,
        **more,
    }


def bundle(*entries: dict[str, Any] | tuple[str, dict[str, Any]]) -> TestTable:
    listed = []
    for entry in entries:
        address, resource = entry if isinstance(entry, tuple) else ("", entry)
        listed.append({"resource": resource} | ({"fullUrl": address} if address else {}))
    content = {"resourceType": "Bundle", "type": "collection", "entry": listed}
    return read_file(source_of("result.json", json.dumps(content).encode()))


def whose(found: TestTable) -> list[str]:
    return [row.patient.mrn for row in found.rows]


@pytest.mark.parametrize(
    ("address", "reference", "mrn"),
    [
        (f"{HERE}/Patient/a", f"{HERE}/Patient/a", "P1"),
        (f"{HERE}/Patient/a", "Patient/a", "P1"),
        (f"{HERE}/Patient/a", f"{HERE}/Patient/a/_history/2", "P1"),
        ("", f"{HERE}/Patient/a", "P1"),
        (
            "urn:uuid:9d7d5f2e-9f1b-4d9c-8a86-0a4f1f6d7f10",
            "urn:uuid:9d7d5f2e-9f1b-4d9c-8a86-0a4f1f6d7f10",
            "P1",
        ),
        ("urn:uuid:9d7d5f2e-9f1b-4d9c-8a86-0a4f1f6d7f10", "Patient/a", "P1"),
        (f"{HERE}/Patient/a", "https://other.example/fhir/Patient/a", ""),
        (f"{HERE}/Patient/a", "urn:uuid:9d7d5f2e-9f1b-4d9c-8a86-0a4f1f6d7f10", ""),
        (f"{HERE}/Patient/a", "Patient/b", ""),
    ],
)
def test_a_reference_leads_to_the_person_whose_address_it_is_and_to_nobody_else(
    address: str, reference: str, mrn: str
) -> None:
    assert whose(bundle((address, patient("P1")), result("2.31", reference))) == [mrn]


def test_what_is_contained_belongs_to_the_resource_that_holds_it() -> None:
    found = bundle(
        result("2.31", "#p", contained=[patient("P1", "p")]),
        result("1.98", "#p", contained=[patient("P2", "p")]),
        result("3.10", "#p"),
    )
    assert [(row.patient.mrn, row.test and row.test.fvc_l) for row in found.rows] == [
        ("P1", Decimal("2.31")),
        ("P2", Decimal("1.98")),
        ("", Decimal("3.1")),
    ]


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ({"start": "2024-05-06T08:00:00Z", "end": "2024-05-06T09:00:00Z"}, dt.date(2024, 5, 6)),
        ({"start": "2024-05-06"}, dt.date(2024, 5, 6)),
        ({"start": "2024-05-06", "end": "2024-05-07"}, None),
        ({"end": "2024-05-06"}, None),
        ({"start": "2024-05"}, None),
    ],
)
def test_a_period_is_a_date_when_it_is_of_one_day(period: dict[str, str], day: dt.date | None) -> None:
    one = result("2.31", "Patient/a", effectivePeriod=period)
    del one["effectiveDateTime"]
    found = bundle(patient("P1"), one)
    assert [row.date for row in found.rows] == ([day] if day else [])
    assert len(found.rejected) == (day is None)


def test_values_that_are_components_alone_make_a_test() -> None:
    def part(words: str, code: str, value: float, unit: str) -> dict[str, Any]:
        coding = {"system": "http://snomed.info/sct", "code": code, "display": words}
        return {"code": {"coding": [coding]}, "valueQuantity": {"value": value, "code": unit}}

    panel = result("0", "Patient/a", "Spirometry")
    del panel["valueQuantity"]
    panel["component"] = [
        part("Forced vital capacity", "50834005", 2.31, "L"),
        part("Forced expired volume in 1 second", "59328004", 1.98, "L"),
        part("Percent predicted forced expired volume in 1 second", "313223002", 76, "%"),
    ]
    (row,) = bundle(patient("P1"), panel).rows
    assert row.test is not None
    assert (row.test.fvc_l, row.test.fev1_l, row.test.fev1_pct_pred) == (Decimal("2.31"), Decimal("1.98"), 76)


def test_a_coefficient_in_per_cent_alone_is_a_test() -> None:
    (row,) = bundle(patient("P1"), result("61.5", "Patient/a", "KCO, % predicted", "%")).rows
    assert row.test is not None
    assert (row.test.kco, row.test.kco_pct_pred) == (None, Decimal("61.5"))


@pytest.mark.parametrize("text", ["1958", "1958-03", "1958-03-12"])
def test_a_birth_date_is_known_as_far_as_the_file_gives_it(text: str) -> None:
    found = bundle(patient("P1", birthDate=text), result("2.31", "Patient/a"))
    assert found.rows[0].patient.birth_date == PartialDate.parse(text)


def test_a_birth_date_that_is_none_refuses_the_test() -> None:
    found = bundle(patient("P1", birthDate="1958-13"), result("2.31", "Patient/a"))
    assert [remark.column for remark in found.rejected] == ["birthDate"]


def test_lines_of_single_resources_are_read_together() -> None:
    lines = [patient("P1"), result("2.31", "Patient/a"), result("1.98", "Patient/a", "FEV1")]
    data = b"\n".join(json.dumps(line).encode() for line in lines)
    source = source_of("Observation.ndjson", data)
    assert message_format(source) == "fhir"
    (row,) = read_file(source).rows
    assert row.test is not None
    assert (row.patient.mrn, row.test.fvc_l, row.test.fev1_l) == ("P1", Decimal("2.31"), Decimal("1.98"))


def test_what_else_a_file_tells_of_the_patient_is_counted_and_not_read() -> None:
    drugs = [{"resourceType": "MedicationStatement", "id": name} for name in "xy"]
    found = bundle(
        patient("P1"),
        result("2.31", "Patient/a"),
        *drugs,
        {"resourceType": "Condition"},
        {"resourceType": "Device"},
    )
    assert whose(found) == ["P1"]
    assert [(remark.column, remark.value) for remark in found.warnings] == [
        ("Condition", "1"),
        ("MedicationStatement", "2"),
    ]
    assert found.clinic == ()
