"""The view of a patient against numbers that were computed apart from the program."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, PatientRecord, Pft, Visit
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.services.answers import key_number
from ctdild_desktop.services.assessment import (
    PatientView,
    assess,
    assess_all,
    default_as_of,
    patient_view,
)
from ctdild_desktop.services.desk import Desk, RefusedError, new_id
from tests.support import holloway
from tests.support.desks import fill


def _view(record: PatientRecord | None = None, today: dt.date = holloway.TODAY) -> PatientView:
    return patient_view(record or holloway.record(), today)


def _tenths(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 1)


def test_the_banner_says_who_what_and_what_is_running() -> None:
    head = _view().header
    assert head.name == "HOLLOWAY, Ingrid"
    assert head.identity == "F · 55 y · 18.09.1970 · DEMO-0417"
    assert head.ctd == "Antisynthetase syndrome"
    assert head.pattern == "Fibrotic NSIP, high confidence"
    assert head.antibodies == "Jo-1 + Ro52 +"
    assert head.ild_since == "10.06.2021 · 4.8 y"
    assert head.therapy_now == "MMF 1.5 g · prednisolone 5 mg · RTX course 3"
    assert (head.ild_gap, head.ild_gap_detail) == ("0", "0–1: 3.1 % at 1 y")
    assert head.oxygen == "none"
    assert head.consent == "registry yes, research yes"
    assert head.incomplete == ()


def test_the_strip_is_in_its_fixed_order_and_opens_on_the_first_met() -> None:
    view = _view()
    assert [answer.criterion for answer in view.assessments] == [
        "REVIEW_FVC_DECLINE",
        "REVIEW_DLCO_DECLINE",
        "PPF2022",
        "INBUILD",
        "OMERACT",
        "ERICE",
        "RELIEF",
        "EUSTAR",
        "MCID_SSC",
    ]
    assert [answer.verdict for answer in view.assessments] == [
        Verdict.MET,
        Verdict.NOT_MET,
        Verdict.CANNOT_ASSESS,
        Verdict.MET,
        Verdict.MET,
        Verdict.MET,
        Verdict.NOT_MET,
        Verdict.NOT_APPLICABLE,
        Verdict.NOT_APPLICABLE,
    ]
    assert [key_number(answer) for answer in view.assessments] == [
        "−11.6 %",
        "−13.6 %",
        "−6.7 points",
        "−11.6 %",
        "−11.6 %",
        "−11.6 %",
        "−3.0 points/y",
        "",
        "",
    ]
    assert view.first_choice == 0
    assert view.as_of == holloway.TODAY
    assert view.references == "GLI Global 2022, GLI TLCO 2017"


def test_the_table_compares_with_the_test_before_and_with_the_reference() -> None:
    rows = _view().rows
    assert [row.test.date for row in rows[:5]] == [
        dt.date(2026, 3, 12),
        dt.date(2025, 11, 10),
        dt.date(2025, 7, 14),
        dt.date(2025, 3, 17),
        dt.date(2024, 12, 9),
    ]
    tenths = [
        (_tenths(row.fvc_to_previous), _tenths(row.fvc_to_reference), _tenths(row.dlco_to_previous))
        for row in rows[:6]
    ]
    assert tenths == [
        (Decimal("-3.9"), Decimal("-11.6"), Decimal("-4.4")),
        (Decimal("-4.1"), Decimal("-8.0"), Decimal("-3.2")),
        (Decimal("-1.7"), Decimal("-4.1"), Decimal("-2.2")),
        (Decimal("-2.4"), Decimal("-2.4"), Decimal("-4.5")),
        (Decimal("1.5"), None, Decimal("1.2")),
        (Decimal("3.4"), None, Decimal("3.1")),
    ]
    assert [row.note for row in rows[:5]] == ["", "", "", "pair of PPF 2022", "reference"]
    assert rows[4].is_reference
    assert (rows[0].spo2_rest, rows[0].spo2_nadir, rows[0].mmrc) == (95, 87, 2)


def test_an_excluded_test_keeps_its_numbers_and_is_compared_with_nothing() -> None:
    rows = _view().rows
    (excluded,) = [row for row in rows if row.test.excluded]
    assert excluded.test.fvc_l == Decimal("2.24")
    assert excluded.fvc_to_previous is None
    assert not excluded.fvc_usable
    assert "excluded: lung infection" in excluded.note
    after = rows[rows.index(excluded) - 1]
    # 2.66 L on 19.06.2023 against 2.79 L on 12.12.2022: the excluded test between them is skipped.
    assert after.fvc_to_previous is not None
    assert Decimal(-6) < after.fvc_to_previous < Decimal(-4)


def test_choosing_another_chip_moves_reference_and_column_together() -> None:
    view = _view()
    pair = view.pair(2)
    assert pair is not None
    assert pair.baseline.date == dt.date(2025, 3, 17)
    rows = view.rows_for(2)
    assert [row.test.date for row in rows if row.is_reference] == [dt.date(2025, 3, 17)]
    assert rows[4].note == "pair of FVC fall > 10 % and 4 more"
    assert _tenths(rows[0].fvc_to_reference) == Decimal("-9.4")
    assert view.pair(None) is None


def test_slopes_before_and_on_each_line_of_therapy() -> None:
    lines = {effect.line.drug: effect for effect in _view().lines}
    told = {
        drug: (
            None if effect.before is None else (round(effect.before.per_year), effect.before.n),
            None if effect.on is None else (round(effect.on.per_year), effect.on.n),
        )
        for drug, effect in lines.items()
    }
    assert told["rituximab"] == ((-422, 3), (-55, 8))
    assert told["mycophenolate"] == ((517, 3), (-93, 12))
    assert told["prednisolone"][0] is None
    assert [effect.short for effect in _view().lines] == [
        "RTX 2 × 1 g",
        "MMF 1.5 g/d",
        "Pred 5 mg/d",
        "CYC IV 6.6 g",
    ]
    assert lines["rituximab"].dates == "11.2023, 09.2024, 08.2025"
    assert lines["cyclophosphamide_iv"].dates == "07.2021 – 11.2021"
    assert lines["cyclophosphamide_iv"].stop_reason == "course completed"


def test_of_a_patient_with_nothing_but_an_mrn_everything_is_not_recorded_and_nothing_is_guessed() -> None:
    view = _view(PatientRecord(patient=Patient(id=new_id(), mrn="X-1")))
    head = view.header
    assert head.name == "X-1"
    assert head.identity == "sex not recorded · age not recorded · born not recorded · X-1"
    assert head.ctd == head.pattern == head.antibodies == head.ild_since == head.therapy_now == "not recorded"
    assert head.ild_gap == "cannot tell"
    assert head.incomplete == ("surname", "birth date", "sex", "height", "diagnosis")
    assert {answer.verdict for answer in view.assessments} <= {Verdict.CANNOT_ASSESS, Verdict.NOT_APPLICABLE}
    assert view.rows == ()
    assert view.first_choice == 0


def test_criteria_can_be_asked_of_an_earlier_day() -> None:
    record = holloway.record()
    met = {answer.criterion: answer.verdict for answer in assess(record, dt.date(2025, 11, 10))}
    assert met["REVIEW_FVC_DECLINE"] is Verdict.NOT_MET
    (only,) = assess(record, criteria=["PPF2022"])
    assert only.criterion == "PPF2022"
    with pytest.raises(RefusedError, match="There is no criterion NONSENSE"):
        assess(record, criteria=["NONSENSE"])


def test_a_patient_without_entries_is_dated_by_what_there_is() -> None:
    patient = Patient(id=new_id(), mrn="X-1")
    weighed = PatientRecord(patient=patient, visits=(Visit(id=new_id(), date=dt.date(2025, 1, 2)),))
    assert default_as_of(weighed) == dt.date(2025, 1, 2)
    assert assess(PatientRecord(patient=patient))[0].verdict is Verdict.CANNOT_ASSESS


@pytest.mark.parametrize(
    ("born", "died", "age"),
    [
        ("1970-03-12", None, "56 y"),
        ("1970-03-13", None, "55 y"),
        ("1970", None, "55–56 y"),
        ("1970-01", None, "56 y"),
        ("1970-09-18", "2020-09-17", "49 y"),
    ],
)
def test_age_is_in_completed_years_and_a_range_when_the_birth_date_is_partial(
    born: str, died: str | None, age: str
) -> None:
    death = PartialDate.parse(died) if died else None
    patient = replace(holloway.patient(), birth_date=PartialDate.parse(born), death_date=death)
    assert _view(PatientRecord(patient=patient)).header.age == age


def test_a_changed_reference_set_is_named_in_the_row() -> None:
    record = holloway.record()
    tests = tuple(
        replace(test, reference_set="GLI2012") if test.date < dt.date(2024, 1, 1) else test
        for test in record.tests
    )
    rows = _view(replace(record, tests=tests)).rows
    noted = [row.test.date for row in rows if "reference set" in row.note]
    assert noted == [dt.date(2024, 3, 18)]


def test_all_patients_are_assessed_in_mrn_order(desk: Desk) -> None:
    base = holloway.record()
    records = []
    for number in range(140):
        patient = replace(base.patient, id=new_id(), mrn=f"M-{number:03d}")
        tests = tuple(replace(test, id=new_id()) for test in base.tests[:5])
        records.append(PatientRecord(patient=patient, tests=tests))
    fill(desk, *records)
    answers = tuple(assess_all(desk))
    assert [record.patient.mrn for record, _answers in answers] == [
        f"M-{number:03d}" for number in range(140)
    ]
    assert all(len(found) == 9 for _record, found in answers)


def test_two_tests_of_one_day_are_one_visit_in_the_table_s_comparison() -> None:
    patient = replace(holloway.patient(), id=new_id())
    tests = (
        Pft(id=f"{1:032x}", date=dt.date(2025, 1, 1), entered=1, fvc_pct_pred=Decimal(80)),
        Pft(id=f"{2:032x}", date=dt.date(2026, 1, 1), entered=2, fvc_pct_pred=Decimal(70)),
        Pft(id=f"{3:032x}", date=dt.date(2026, 1, 1), entered=3, fvc_pct_pred=Decimal(76)),
    )
    rows = _view(PatientRecord(patient=patient, tests=tests)).rows
    assert [row.fvc_to_previous for row in rows] == [Decimal(-5), Decimal("-12.5"), None]
