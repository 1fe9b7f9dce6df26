"""FHIR R4: LOINC and SNOMED CT, dates and people that stand elsewhere, contradictions, hostile JSON."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import DlcoUnit, Pft, Sex
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.reading import message_format, read_file
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import read_source, source_of
from tests.support.messages import real

DAY = {"effectiveDateTime": "2024-05-06T10:15:00+02:00"}
PATIENT = {
    "resourceType": "Patient",
    "id": "a",
    "identifier": [
        {"value": "77", "type": {"coding": [{"code": "SS"}]}},
        {"value": "P1", "type": {"coding": [{"code": "MR"}]}},
    ],
    "name": [
        {"use": "old", "family": "Berg"},
        {"use": "official", "family": "Holm", "given": ["Ada", "Eva"]},
    ],
    "gender": "female",
    "birthDate": "1958-03-12",
}


def observation(code: str, words: str, value: float | None, unit: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": words}]},
        "subject": {"reference": "Patient/a"},
        **DAY,
    }
    if value is not None:
        made["valueQuantity"] = {"value": value, "unit": unit, "code": unit}
    return {name: said for name, said in (made | more).items() if said is not None}


FVC = observation("19868-9", "FVC", 2.31, "L")


def snomed(code: str, words: str, value: float, unit: str) -> dict[str, Any]:
    coding = {"system": "http://snomed.info/sct", "code": code, "display": words}
    return {"code": {"coding": [coding]}, "valueQuantity": {"value": value, "code": unit}}


def bundle(*resources: dict[str, Any]) -> TestTable:
    content = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}
    return read(json.dumps(content))


def read(text: str) -> TestTable:
    return read_file(source_of("result.json", text.encode()))


def only_test(found: TestTable) -> Pft:
    (row,) = found.rows
    assert row.test is not None
    return row.test


def refusal(found: TestTable) -> str:
    assert found.rows == ()
    return "; ".join(remark.reason for remark in found.rejected)


def test_each_observation_lands_in_its_field() -> None:
    found = bundle(
        PATIENT,
        FVC,
        observation("20150-9", "FEV1", 1980, "mL"),
        observation("19872-1", "FVC measured/predicted", 0.745, "1"),
        observation("19911-7", "Diffusing capacity", 4.1, "mmol/min/kPa"),
        observation("718-7", "Hemoglobin", 12.8, "g/dL"),
        observation("8302-2", "Height", 165, "cm"),
        observation("33452-4", "PEF", 5.2, "L/s"),
    )
    assert (found.format, found.rows_read, found.rejected, found.warnings) == ("fhir", 1, (), ())
    (row,) = found.rows
    patient = row.patient
    assert (row.date, patient.mrn) == (dt.date(2024, 5, 6), "P1")
    assert (patient.family_name, patient.given_name) == ("Holm", "Ada Eva")
    assert (patient.birth_date, patient.sex) == (PartialDate(1958, 3, 12), Sex.FEMALE)
    test = only_test(found)
    assert (test.fvc_l, test.fev1_l, test.fvc_pct_pred) == (Decimal("2.31"), Decimal("1.98"), Decimal("74.5"))
    assert (test.dlco, test.dlco_unit, test.hb_g_l) == (Decimal("4.1"), DlcoUnit.SI, Decimal(128))
    assert test.height_cm == Decimal(165)
    given = dict(test.as_given)
    assert (given["fev1_l"], given["PEF"]) == ("FEV1 1980 mL", "PEF 5.2 L/s")


def test_a_single_observation_is_read_and_names_nobody() -> None:
    (row,) = read(json.dumps(FVC)).rows
    assert (row.patient.mrn, row.date) == ("", dt.date(2024, 5, 6))


def test_snomed_alone_with_components_is_read() -> None:
    found = bundle(
        PATIENT,
        {
            "resourceType": "Observation",
            "status": "final",
            "subject": {"reference": "Patient/a"},
            **DAY,
            **snomed("50834005", "Forced vital capacity (observable entity)", 2.31, "L"),
            "component": [
                snomed("1", "Expected forced vital capacity (observable entity)", 3.1, "L"),
                snomed("2", "Percent predicted forced vital capacity", 74.5, "%"),
                snomed("3", "z-score", -1.2, "1"),
            ],
        },
        {
            "resourceType": "Observation",
            "status": "final",
            "subject": {"reference": "Patient/a"},
            **DAY,
            **snomed("59328004", "Forced expired volume in 1 second (observable entity)", 1.98, "L"),
            "component": [
                snomed("313223002", "Percent predicted forced expired volume in one second", 76, "%")
            ],
        },
    )
    test = only_test(found)
    assert (test.fvc_l, test.fvc_pred_l, test.fvc_pct_pred) == (
        Decimal("2.31"),
        Decimal("3.1"),
        Decimal("74.5"),
    )
    assert (test.fev1_l, test.fev1_pct_pred) == (Decimal("1.98"), Decimal(76))
    assert dict(test.as_given)["z-score"] == "z-score -1.2 1"


def test_before_and_after_a_bronchodilator_are_two_tests() -> None:
    found = bundle(
        PATIENT,
        observation("19876-2", "FVC --pre bronchodilation", 2.31, "L"),
        observation("19874-7", "FVC --post bronchodilation", 2.52, "L"),
        observation("19862-2", "TLC", 3.9, "L"),
    )
    assert [
        (test.post_bd, test.fvc_l, test.tlc_l) for row in found.rows if (test := row.test) is not None
    ] == [(False, Decimal("2.31"), Decimal("3.9")), (True, Decimal("2.52"), None)]


def test_the_date_stands_in_what_it_was_derived_from_in_the_procedure_or_in_the_report() -> None:
    percent = observation(
        "19872-1",
        "FVC % predicted",
        74,
        "%",
        effectiveDateTime=None,
        derivedFrom=[{"reference": "Observation/f"}],
    )
    assert only_test(bundle(PATIENT, {**FVC, "id": "f"}, percent)).fvc_pct_pred == Decimal(74)
    procedure = {"resourceType": "Procedure", "id": "p", "performedDateTime": "2024-05-07"}
    part = {**FVC, "effectiveDateTime": None, "partOf": [{"reference": "Procedure/p"}]}
    assert bundle(PATIENT, procedure, part).rows[0].date == dt.date(2024, 5, 7)
    report = {
        "resourceType": "DiagnosticReport",
        "effectiveDateTime": "2024-05-08",
        "result": [{"reference": "Observation/f"}],
    }
    undated = {**FVC, "id": "f", "effectiveDateTime": None}
    assert bundle(PATIENT, undated, report).rows[0].date == dt.date(2024, 5, 8)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"effectiveDateTime": None, "issued": "2024-07-19T13:03:20+02:00"}, "no date of the test"),
        ({"effectiveDateTime": "2024-05"}, "no date of the test"),
        ({"status": "preliminary"}, "the result is not final (status preliminary)"),
        ({"valueQuantity": {"value": 2.31}}, "no unit is given; L is not assumed"),
        ({"valueQuantity": {"value": 2.31, "unit": "L/s"}}, "the unit L/s is not one of this value"),
        ({"valueQuantity": {"value": 2.31, "comparator": ">", "unit": "L"}}, "holds no quantity"),
        ({"valueQuantity": {"value": "2.31", "unit": "L"}}, "holds no quantity"),
        ({"valueQuantity": None}, "holds no quantity"),
        ({"status": "entered-in-error"}, "holds no value of lung function that is known here"),
    ],
)
def test_a_result_that_is_not_beyond_doubt_refuses_the_test(more: dict[str, Any], reason: str) -> None:
    changed = {name: said for name, said in {**FVC, **more}.items() if said is not None}
    assert reason in refusal(bundle(PATIENT, changed))


def test_codes_and_words_that_contradict_one_another_are_refused() -> None:
    wrong = observation("19868-9", "Forced expiratory volume in 1 second", 2.31, "L")
    assert "the code 19868-9 means FVC and the words beside it FEV1" in refusal(bundle(PATIENT, wrong))
    sct = {**FVC, **snomed("50834005", "FEV1", 2.3, "L")}
    assert "the code 50834005 means FVC" in refusal(bundle(PATIENT, sct))
    two = {
        **FVC,
        "code": {
            "coding": [
                *FVC["code"]["coding"],
                {"system": "http://loinc.org", "code": "20150-9", "display": "FEV1"},
            ]
        },
    }
    assert "its codes mean different things" in refusal(bundle(PATIENT, two))


@pytest.mark.parametrize(
    ("identifiers", "mrn"),
    [
        ([], ""),
        ([{"value": "P1"}], "P1"),
        ([{"value": "P1"}, {"value": "P2"}], ""),
        ([{"value": "P0", "use": "old"}, {"value": "P1"}], "P1"),
    ],
)
def test_the_mrn_is_the_identifier_marked_so_or_the_only_one(
    identifiers: list[dict[str, Any]], mrn: str
) -> None:
    found = bundle({**PATIENT, "identifier": identifiers}, FVC)
    assert found.rows[0].patient.mrn == mrn


def test_a_report_that_holds_its_results_is_read() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "effectiveDateTime": "2024-05-08",
        "subject": {"reference": "#a"},
        "result": [{"reference": "#f"}],
        "contained": [PATIENT, {**FVC, "id": "f", "subject": None, "effectiveDateTime": None}],
    }
    (row,) = read(json.dumps(report)).rows
    assert (row.date, row.patient.mrn) == (dt.date(2024, 5, 8), "P1")


def test_two_people_of_a_file_keep_their_own_tests() -> None:
    other = {**PATIENT, "id": "b", "identifier": [{"value": "P2"}]}
    found = bundle(PATIENT, other, FVC, {**FVC, "subject": {"reference": "Patient/b"}})
    assert [row.patient.mrn for row in found.rows] == ["P1", "P2"]


def test_an_observation_of_somebody_else_is_not_put_to_the_person_of_the_file() -> None:
    other = observation("20150-9", "FEV1", 1.2, "L", subject={"identifier": {"value": "P2"}})
    third = observation("19911-7", "DLCO", 4.1, "mmol/min/kPa", subject={"display": "Berg, Eva"})
    found = bundle(PATIENT, FVC, other, third)
    assert [(row.patient.mrn, row.test and row.test.fev1_l) for row in found.rows] == [
        ("P1", None),
        ("", Decimal("1.2")),
        ("", None),
    ]


def test_an_observation_that_names_nobody_is_nobodys_where_the_file_holds_two_people() -> None:
    loose = observation("20150-9", "FEV1", 1.2, "L", subject=None)
    second = PATIENT | {"id": "b", "identifier": [{"value": "P2"}]}
    assert [row.patient.mrn for row in bundle(PATIENT, FVC, loose).rows] == ["P1"]
    assert [row.patient.mrn for row in bundle(PATIENT, second, FVC, loose).rows] == ["P1", ""]


def test_codes_of_both_sides_of_a_bronchodilator_are_refused() -> None:
    coding = [{"system": "http://loinc.org", "code": code} for code in ("19876-2", "19874-7")]
    both = FVC | {"code": {"coding": coding}}
    assert "its codes mean different things" in refusal(bundle(PATIENT, both))
    words = FVC | {"code": {"coding": coding[:1], "text": "FVC post BD"}}
    assert "differ in before and after" in refusal(bundle(PATIENT, words))


@pytest.mark.parametrize("coding", [None, 5, {"code": "19868-9"}])
def test_a_list_of_codes_that_is_none_means_nothing(coding: object) -> None:
    found = bundle(
        PATIENT, FVC, observation("1-8", "Note", 3, "L") | {"code": {"coding": coding, "text": "Note"}}
    )
    assert dict(only_test(found).as_given)["Note"] == "Note 3 L"


def test_a_part_with_a_limit_in_place_of_a_value_refuses_the_test() -> None:
    part = {
        "code": {"text": "percent predicted"},
        "valueQuantity": {"value": 40, "comparator": "<", "code": "%"},
    }
    assert "holds no quantity" in refusal(bundle(PATIENT, FVC | {"component": [part]}))


def test_a_stated_change_that_the_values_do_not_give_is_told() -> None:
    pre = observation("19876-2", "FVC pre", 2.0, "L", id="pre")
    post = observation("19874-7", "FVC post", 2.2, "L", id="post")
    both = [{"reference": "Observation/pre"}, {"reference": "Observation/post"}]
    change = observation("x", "FVC change", 300, "mL", derivedFrom=both)
    share = observation("y", "FVC change", 10, "%", derivedFrom=both)
    found = bundle(PATIENT, pre, post, change, share)
    assert [(remark.value, remark.reason) for remark in found.warnings] == [
        ("300 mL", "contradicts the values, which give 200 mL")
    ]


def test_what_is_not_of_lung_function_is_told_and_not_read() -> None:
    other = observation("2160-0", "Creatinine", 60, "umol/L", effectiveDateTime="2024-01-01")
    found = bundle(PATIENT, FVC, other)
    assert len(found.rows) == 1
    assert [(remark.column, remark.reason) for remark in found.warnings] == [
        ("Creatinine", "not a value of lung function; it is not read")
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"resourceType":"Bundle","entry":[', "not well-formed"),
        (
            '{"resourceType":"Bundle","entry":' + "[" * 70 + "]" * 70 + "}",
            "not built as a file of results is",
        ),
        ('{"resourceType":"Bundle","resourceType":"Bundle"}', "a name is given twice"),
        ('{"resourceType":"Observation","x":NaN}', "a number is no measurement"),
        ('{"resourceType":"Observation","x":1e999}', "a number is no measurement"),
        ('{"resourceType":"Observation","x":1e99999999999999999999}', "a number is no measurement"),
        ('{"resourceType":"Observation","x":' + "9" * 100 + "}", "a number is far too long"),
        ('{"resourceType":"Bundle","entry":7}', "not built as a file of results is"),
        ('{"resourceType":"Bundle"}', "holds no observation"),
        ('{"resourceType":"Bundle","x":[' + "{}," * 500_001 + "{}]}", "not built as a file of results is"),
    ],
    ids=[
        "cut off",
        "deep",
        "twice",
        "NaN",
        "infinite",
        "endless exponent",
        "long number",
        "no list",
        "empty",
        "many",
    ],
)
def test_a_document_made_to_do_harm_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        read(text)


def test_two_resources_with_one_address_are_refused() -> None:
    with pytest.raises(FormatError, match="two resources with one address"):
        bundle(PATIENT, {**PATIENT, "gender": "male"}, FVC)


def test_other_json_is_not_taken_for_it() -> None:
    assert message_format(source_of("a.json", b'{"name": "x"}')) == ""


@pytest.mark.real_files
def test_the_real_bundle_of_the_guide() -> None:
    found = read_file(read_source(real("fhir_r4_pft_bundle.json")))
    (row,) = found.rows
    assert (row.row, row.date, row.patient.mrn) == (2, dt.date(2015, 2, 7), "")
    test = only_test(found)
    assert (test.post_bd, test.fvc_l, test.fvc_pct_pred) == (False, Decimal("3.9"), Decimal(82))
    assert dict(test.as_given)["FVC_PRE Z-score"] == "FVC_PRE Z-score -1.34 {Zscore}"
    (refused,) = found.rejected
    assert "--post bronchodilation 4.7 L; FVC post" in refused.value
    assert refused.reason == (
        "no date of its own, and the report and its results give different days (2015-02-07, 2017-02-24)"
    )
    (warned,) = found.warnings
    assert (warned.value, warned.reason) == ("600 mL", "contradicts the values, which give 800 mL")
