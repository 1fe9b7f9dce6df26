"""What was written as FHIR comes back equal through the program's own reader."""

from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    DlcoUnit,
    Infusion,
    Lab,
    Patient,
    PatientRecord,
    Pft,
    Procedure,
    Serology,
    Sex,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fhir_json import fhir_json
from ctdild_desktop.interchange.fhir_out import bundle_line, bundle_of
from ctdild_desktop.interchange.reading import read_file
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import source_of
from tests.support import holloway
from tests.support.fhir_bundles import BARE, WRITING, said, whole_records

DAY = dt.date(2024, 5, 6)
PATIENT = Patient(id="p", mrn="P1", family_name="Holm", given_name="Ada", sex=Sex.FEMALE)
FVC = Pft(id="t", date=DAY, fvc_l=Decimal("2.31"))
HELD = (
    *("diagnoses", "visits", "hrct", "therapy", "adverse_events", "serology", "procedures"),
    *("labs", "heart_tests", "pros", "consents"),
)


def read(*records: PatientRecord) -> TestTable:
    return read_file(
        source_of("registry.ndjson", b"".join(bundle_line(record, WRITING) for record in records))
    )


def read_bundle(bundle: dict[str, Any]) -> TestTable:
    return read_file(source_of("bundle.json", fhir_json(bundle)))


def check_back(record: PatientRecord) -> TestTable:
    """Fail when a record does not come back as it is."""
    found = read(record)
    assert (found.rejected, found.format) == ((), "fhir")
    assert [said(row.test) for row in found.rows] == [said(test) for test in record.tests]
    (patient,) = [row.record for row in found.clinic if row.kind == "patients"]
    assert said(patient) == said(record.patient)
    for name in HELD:
        held = getattr(record, name) + (record.appointments if name == "visits" else ())
        assert [said(row.record) for row in found.clinic if row.kind == name] == [said(one) for one in held]
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(whole_records())
def test_i3_whatever_a_registry_holds_comes_back(record: PatientRecord) -> None:
    check_back(record)


def test_i3_the_whole_history_of_one_patient_comes_back() -> None:
    record = holloway.record()
    found = check_back(record)
    numbers = [row.row for row in (*found.rows, *found.clinic)]
    assert sorted(numbers) == list(range(1, found.rows_read + 1))
    assert {row.patient.mrn for row in (*found.rows, *found.clinic)} == {record.patient.mrn}


@pytest.mark.parametrize("name", ["Smith & <b>", "O'Brien", "=1+1", "Müller", "山田", "x" * 200])
def test_i4_a_name_comes_back_letter_by_letter(name: str) -> None:
    patient = replace(PATIENT, family_name=name, given_name=name)
    found = read(PatientRecord(patient=patient, tests=(FVC,)))
    assert found.rejected == ()
    assert (found.rows[0].patient.family_name, found.rows[0].patient.given_name) == (name, name)
    assert found.clinic[0].record.family_name == name


def test_a_patient_of_whom_only_the_given_name_is_known_keeps_it() -> None:
    found = read(PatientRecord(patient=replace(PATIENT, family_name=""), tests=(FVC,)))
    assert (found.rows[0].patient.family_name, found.rows[0].patient.given_name) == ("", "Ada")


def test_records_name_one_another_as_they_did() -> None:
    first = TherapyLine(id="one", drug="mycophenolate", start=PartialDate(2023))
    second = TherapyLine(
        id="two",
        drug="rituximab",
        start=PartialDate(2024),
        prior_line_id="one",
        infusions=(Infusion(date=DAY, adverse_event_id="event"), Infusion(date=DAY)),
    )
    event = AdverseEvent(id="event", onset=PartialDate(2024, 5), term="rash", suspected_lines=("two", "one"))
    taken = Procedure(id="x", date=PartialDate(2024), kind="bal", adverse_event_id="event")
    found = check_back(
        PatientRecord(patient=PATIENT, therapy=(first, second), adverse_events=(event,), procedures=(taken,))
    )
    ids = {row.record.id: row.record for row in found.clinic}
    assert "" not in ids
    by_kind = {type(record).__name__: record for record in ids.values()}
    lines = [record for record in ids.values() if isinstance(record, TherapyLine)]
    assert lines[1].prior_line_id == lines[0].id
    assert by_kind["AdverseEvent"].suspected_lines == (lines[1].id, lines[0].id)
    assert by_kind["Procedure"].adverse_event_id == by_kind["AdverseEvent"].id
    assert lines[1].infusions[0].adverse_event_id == by_kind["AdverseEvent"].id


def test_two_tests_of_one_day_stay_two_and_a_test_that_was_not_done_stays_one() -> None:
    before = replace(FVC, post_bd=False)
    after = Pft(id="u", date=DAY, fvc_l=Decimal("2.52"), post_bd=True, comment="400 µg\nsalbutamol")
    again = Pft(id="v", date=DAY, fvc_l=Decimal("2.29"))
    absent = Pft(id="w", date=DAY, performed="not_done", not_done="unwell", absent=(("kco", "declined"),))
    check_back(PatientRecord(patient=PATIENT, tests=(before, after, again, absent)))


def test_kco_in_per_cent_alone_and_a_coefficient_without_unit_come_back() -> None:
    percent = Pft(id="t", date=DAY, kco_pct_pred=Decimal("61.50"))
    bare = Pft(id="u", date=DAY, kco=Decimal("1.30"))
    with_unit = Pft(id="v", date=DAY, kco=Decimal("1.30"), dlco_unit=DlcoUnit.SI)
    check_back(PatientRecord(patient=PATIENT, tests=(percent, bare, with_unit)))


def test_a_transfer_factor_adjusted_by_the_laboratory_comes_back_as_adjusted() -> None:
    adjusted = Pft(
        id="t",
        date=DAY,
        dlco=Decimal("4.10"),
        dlco_unit=DlcoUnit.SI,
        dlco_hb_corrected=True,
        hb_g_l=Decimal(108),
        hb_date=dt.date(2024, 5, 1),
    )
    check_back(
        PatientRecord(patient=PATIENT, tests=(adjusted, replace(adjusted, id="u", dlco_hb_corrected=False)))
    )


def test_a_value_beyond_the_limit_of_a_method_never_comes_back_as_the_value() -> None:
    crp = Lab(id="l", date=PartialDate(2024, 5), test="crp", value=Decimal(5), unit="mg/L", detection="below")
    rf = Serology(
        id="s",
        date=PartialDate(2024),
        test="RF",
        result="positive",
        value=Decimal(600),
        unit="IU/mL",
        detection="above",
        uln=Decimal(14),
    )
    check_back(PatientRecord(patient=PATIENT, labs=(crp,), serology=(rf,)))
    bundle = bundle_of(PatientRecord(patient=PATIENT, labs=(crp,)), WRITING)
    bundle["entry"][1]["resource"]["valueQuantity"]["comparator"] = "<="
    found = read_bundle(bundle)
    assert [remark.reason for remark in found.rejected] == ["not a sign that is known here"]
    assert [row.kind for row in found.clinic] == ["patients"]


def test_what_was_written_without_names_is_refused() -> None:
    record = PatientRecord(patient=replace(PATIENT, mrn="PS-7", birth_date=PartialDate(1958)), tests=(FVC,))
    with pytest.raises(FormatError, match=r"a\.json is an export without identity"):
        read_file(source_of("a.json", fhir_json(bundle_of(record, BARE))))


def test_many_patients_are_read_line_by_line() -> None:
    people = [
        PatientRecord(patient=replace(PATIENT, id=f"p{n}", mrn=f"M{n}"), tests=(FVC,)) for n in range(3)
    ]
    found = read(*people)
    assert [row.patient.mrn for row in found.rows] == ["M0", "M1", "M2"]


@pytest.mark.parametrize("mark", ["therapy", "adverse-event", "procedure", "infusion"])
def test_a_link_to_a_record_of_another_kind_refuses_the_one_that_names_it(mark: str) -> None:
    record = PatientRecord(
        patient=PATIENT,
        visits=(Visit(id="v", date=DAY),),
        therapy=(
            TherapyLine(id="a", drug="mycophenolate", start=PartialDate(2023)),
            TherapyLine(
                id="b",
                drug="rituximab",
                start=PartialDate(2024),
                prior_line_id="a",
                infusions=(Infusion(date=DAY, adverse_event_id="e"),),
            ),
        ),
        adverse_events=(AdverseEvent(id="e", onset=PartialDate(2024), term="rash", suspected_lines=("a",)),),
        procedures=(Procedure(id="p", date=PartialDate(2024), kind="bal", adverse_event_id="e"),),
    )
    bundle = bundle_of(record, WRITING)
    visit = next(entry for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Encounter")
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if resource["meta"]["tag"][0]["code"] != mark:
            continue
        for suspect in resource.get("suspectEntity", ()):
            suspect["instance"] = {"reference": visit["fullUrl"]}
        for extension in resource.get("extension", ()):
            if "valueReference" in extension:
                extension["valueReference"] = {"reference": visit["fullUrl"]}
    found = read_bundle(bundle)
    (refused,) = found.rejected
    assert refused.reason == "names a record that this patient has not in the file"
    assert len(found.clinic) == 5


def changed(place: str, path: tuple[str | int, ...], value: Any) -> TestTable:
    """The Bundle of one test and one visit, with something else at a place of a resource; None removes it."""
    visit = Visit(id="v", date=DAY, mmrc=2)
    test = replace(FVC, dlco=Decimal("4.1"), dlco_unit=DlcoUnit.SI, fvc_grade="A", post_bd=True)
    record = PatientRecord(patient=PATIENT, tests=(test,), visits=(visit,))
    bundle = copy.deepcopy(bundle_of(record, WRITING))
    (resource,) = [
        entry["resource"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == place
        or any(one.get("code") == place for one in entry["resource"].get("code", {}).get("coding", ()))
    ][:1]
    for step in path[:-1]:
        resource = resource[step]
    if value is None:
        del resource[path[-1]]
    else:
        resource[path[-1]] = value
    return read_bundle(bundle)


@pytest.mark.parametrize(
    ("place", "path", "value", "reason"),
    [
        ("fvc_l", ("valueQuantity", "code"), "mL/s", "the unit mL/s is not one of this value"),
        ("fvc_l", ("code", "coding", 0, "code"), "20155-8", "the code 20155-8 means FEV1"),
        ("fvc_l", ("code", "coding", 1, "code"), "fev1_l", "its codes mean different things"),
        ("fvc_l", ("code", "coding", 0, "code"), "19876-2", "differ in before and after"),
        ("fvc_l", ("status",), "preliminary", "the result is not final"),
        ("dlco", ("code",), {"text": "Something"}, "holds no value of lung function that is known here"),
        ("pft", ("effectiveDateTime",), "2024-05", "not a day of the calendar"),
        ("pft", ("result", 0, "reference"), "urn:uuid:1", "names a result that is not in the file"),
        ("pft", ("extension", 0, "valueBoolean"), "yes", "holds no single value"),
        ("pft", ("extension", 1, "url"), "urn:ctdild-desktop:colour", "not a field that is known here"),
        ("mmrc", ("valueQuantity", "code"), "%", "the unit is not that of this value"),
        ("mmrc", ("valueQuantity", "value"), Decimal("2.5"), "not a value of this field"),
        ("Encounter", ("period", "start"), "2024-13-01", "not a value of this field"),
        ("Encounter", ("period",), None, "not complete"),
        ("dlco", ("valueQuantity", "comparator"), {"a": "<"}, "holds no quantity"),
    ],
)
def test_a_record_that_cannot_be_read_whole_is_refused_whole(
    place: str, path: tuple[str | int, ...], value: Any, reason: str
) -> None:
    found = changed(place, path, value)
    assert any(reason in remark.reason for remark in found.rejected), found.rejected
    assert len(found.rows) + sum(row.kind == "visits" for row in found.clinic) == 1


def test_a_file_of_a_later_version_and_lines_made_to_do_harm_are_refused() -> None:
    bundle = json.loads(fhir_json(bundle_of(PatientRecord(patient=PATIENT), WRITING)))
    bundle["meta"]["tag"][0]["code"] = "2"
    with pytest.raises(FormatError, match="later version of the program"):
        read_file(source_of("a.json", json.dumps(bundle).encode()))
    line = b'{"resourceType":"Bundle","entry":[]}\n'
    with pytest.raises(FormatError, match="not built as a file of results is"):
        read_file(source_of("a.ndjson", line * 20_002))
    with pytest.raises(FormatError, match="not well-formed"):
        read_file(source_of("a.ndjson", line + b'{"resourceType":"Bundle",}\n'))
