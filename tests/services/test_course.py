"""The course beside the verdicts: reference test and comparability of the reported pair."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical.derived import derive
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.services.assessment import assess, patient_view
from ctdild_desktop.services.changes import comparability
from ctdild_desktop.services.course import course, pair_differences
from tests.support import holloway


def _pair(record: PatientRecord):
    return assess(record, holloway.TODAY, ["REVIEW_FVC_DECLINE"])[0].evidence[0]


def test_the_pair_of_a_criterion_is_the_reference() -> None:
    record = holloway.record()
    made = course(record, holloway.TODAY, _pair(record))
    assert made.trajectory.reference == holloway.REFERENCE_DAY
    assert made.trajectory.percent is not None
    since = made.trajectory.percent.since_reference
    assert since is not None
    assert since.relative_percent is not None
    assert round(since.relative_percent, 1) == holloway.EXPECTED["fvc_relative_change"]
    assert made.comparability == ()
    assert made.probability.known


def test_what_hinders_the_pair_is_told() -> None:
    record = holloway.record()
    pair = _pair(record)
    tests = tuple(
        replace(test, laboratory="elsewhere", height_cm=Decimal(165)) if test.date == holloway.TODAY else test
        for test in record.tests
    )
    told = pair_differences(replace(record, tests=tests), pair)
    assert [caution.code for caution in told] == ["HEIGHT", "LABORATORY"]


def test_without_a_pair_there_is_no_reference() -> None:
    record = holloway.record()
    made = course(record, holloway.TODAY)
    assert made.trajectory.reference is None
    assert made.comparability == ()
    assert pair_differences(replace(record, tests=()), _pair(record)) == ()


def test_the_form_says_what_is_alike_and_what_is_not() -> None:
    record = holloway.record()
    first, last = record.tests[-2], record.tests[-1]
    changed = replace(last, laboratory="South", height_cm=Decimal(170), post_bd=True)
    told = comparability(derive(first, record.patient), derive(changed, record.patient), record.patient)
    assert told[:2] == ("same equation (GLI Global 2022, GLI TLCO 2017)", "height 170 cm, was 172 cm")
    assert told[2].startswith("Laboratory ")
    assert "bronchodilator" in told[3]
    assert len(told) == 4
    assert comparability(None, derive(last, record.patient), record.patient) == ()


def test_the_patient_s_view_carries_the_course() -> None:
    record = holloway.record()
    view = patient_view(record, holloway.TODAY)
    pair = view.pair(view.first_choice)
    expected = course(record, view.as_of, pair)
    assert (view.trajectory, view.probability, view.comparability) == (
        expected.trajectory,
        expected.probability,
        expected.comparability,
    )
    assert view.trajectory.reference == holloway.REFERENCE_DAY
    assert view.comparability_for(None) == ()
    empty = patient_view(PatientRecord(patient=holloway.patient()), holloway.TODAY)
    assert empty.trajectory.ml is None
    assert not empty.probability.known
    assert empty.comparability == ()
