"""What is worked out once within one question is what would be worked out without it."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from random import Random

import pytest

from ctdild_desktop.cli.benchmark.invented import invented_record
from ctdild_desktop.clinical.criteria.pairs import fvc_relative
from ctdild_desktop.clinical.derived import decimal
from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.prediction import foresee, predict
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.remembering import Memory, once, remembering
from ctdild_desktop.clinical.series import dlco_visits, fvc_visits, used_ids
from ctdild_desktop.services import assessment
from ctdild_desktop.services.assessment import patient_view
from tests.support import holloway


def _records() -> list[PatientRecord]:
    return [holloway.record(), *(invented_record(Random(seed), seed) for seed in (100, 101, 300, 401))]


def test_visits_and_predictions_are_the_same_when_they_are_remembered() -> None:
    for record in _records():
        tests, patient, lent = record.tests, record.patient, haemoglobins_of(record.labs)
        for as_of in {test.date for test in tests}:
            plain = (fvc_visits(tests, patient, as_of), dlco_visits(tests, patient, as_of, lent))
            with remembering():
                first = (fvc_visits(tests, patient, as_of), dlco_visits(tests, patient, as_of, lent))
                again = (fvc_visits(tests, patient, as_of), dlco_visits(tests, patient, as_of, lent))
                assert again[0][-1:] == () or again[0][-1] is first[0][-1]
                said = [predict("FVC", test, patient) for test in tests for _twice in (1, 2)]
            assert plain == first == again
            assert said == [predict("FVC", test, patient) for test in tests for _twice in (1, 2)]


def test_ids_of_used_records_are_those_of_the_visits() -> None:
    for record in _records():
        tests, patient = record.tests, record.patient
        for as_of in {test.date for test in tests}:
            fvc = {name for visit in fvc_visits(tests, patient, as_of) for name in visit.ids}
            gas = {name for visit in dlco_visits(tests, patient, as_of) for name in visit.ids}
            assert used_ids("fvc", tests, patient, as_of) == fvc
            assert used_ids("dlco", tests, patient, as_of) == gas


def test_nothing_is_remembered_after_the_question() -> None:
    asked: list[int] = []

    def work() -> dt.date:
        asked.append(1)
        return dt.date(2026, 3, 12)

    value = holloway.record()
    once(("day",), (value,), work)
    once(("day",), (value,), work)
    assert len(asked) == 2
    with remembering():
        once(("day",), (value,), work)
        with remembering():
            once(("day",), (value,), work)
        assert len(asked) == 3
        once(("another day",), (value,), work)
        once(("day",), (holloway.record(),), work)  # an equal value that is another one
        assert len(asked) == 5
    once(("day",), (value,), work)
    assert len(asked) == 6


def test_what_was_remembered_of_a_record_can_be_taken_up_again() -> None:
    memory: Memory = {}
    record = holloway.record()
    with remembering(memory):
        first = fvc_visits(record.tests, record.patient, holloway.TODAY)
    assert memory
    with remembering(memory):
        assert fvc_visits(record.tests, record.patient, holloway.TODAY)[0] is first[0]


def test_what_is_foreseen_for_all_tests_is_what_each_test_is_told() -> None:
    measures = ("FVC", "FEV1", "FEV1FVC", "DLCO", "KCO_TRAD", "TLC", "VA")
    for record in _records():
        tests, patient = record.tests, record.patient
        plain = [predict(measure, test, patient) for test in tests for measure in measures]
        with remembering():
            foresee(tests, patient)
            assert [predict(measure, test, patient) for test in tests for measure in measures] == plain


def test_a_view_is_the_same_whether_its_parts_were_remembered_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    today = dt.date(2026, 3, 12)
    quick = [patient_view(record, today) for record in _records()]
    monkeypatch.setattr(assessment, "remembering", nullcontext)
    monkeypatch.setattr(assessment, "foresee", lambda tests, patient: None)
    assert [repr(patient_view(record, today)) for record in _records()] == [repr(view) for view in quick]


def test_the_change_of_a_pair_is_its_exact_fall_written_out() -> None:
    for record in _records():
        visits = fvc_visits(record.tests, record.patient, dt.date(2026, 3, 12))
        for earlier in visits[:-1]:
            pair = fvc_relative(record.patient)(earlier, visits[-1])
            assert pair is not None
            assert pair.relative_fall == (pair.b - pair.f) * 100 / pair.b
            assert str(pair.relative_change) == str(decimal(-pair.relative_fall))
