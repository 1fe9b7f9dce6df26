"""The report of quality of four patients, reckoned by hand (``tests.support.quality_registry``)."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.core_set import State, core_fields
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.quality.checks_dates import date_findings
from ctdild_desktop.clinical.quality.conditions import CONDITIONS
from ctdild_desktop.clinical.quality.periods import UNDECIDED, VAGUE, Asked, key_of, period_of
from ctdild_desktop.clinical.quality.report import Counts, Report, report_of
from ctdild_desktop.clinical.quality.tally import Tally
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Hrct,
    Lab,
    Patient,
    PatientRecord,
    Pft,
    Pro,
    Visit,
)
from tests.support import quality_registry as small
from tests.support.any_record import any_record
from tests.support.people import day

# Each line by hand: good, said without a value, lacking. Alpha, Beta and Gamma count; Delta withdrew.
BY_HAND = {
    # patients: A has all but pack-years (she smoked) and a value for oxygen ("unknown" is said); B has the
    # birth date and the consents, no sex, height, smoking, oxygen; G has a birth date alone
    "patient_birth_date": (3, 0, 0),
    "patient_sex": (1, 0, 2),
    "patient_height": (1, 0, 2),
    "patient_smoking": (1, 0, 2),
    "patient_pack_years": (0, 0, 1),
    "patient_oxygen": (0, 1, 2),
    "patient_oxygen_since": (0, 0, 0),
    "patient_consent_registry": (2, 0, 1),
    "patient_consent_research": (1, 1, 1),
    "patient_vital_status": (2, 0, 1),
    "patient_death_date": (1, 0, 0),
    "patient_cause_of_death": (0, 1, 0),
    # the one view, of A: mRSS is asked in systemic sclerosis and was not done
    "diagnosis_ctd_diagnosed": (1, 0, 0),
    "diagnosis_mrss": (0, 1, 0),
    "diagnosis_confidence": (0, 0, 1),
    # visits: one seen (weight recorded, SpO2 not), one by telephone (mMRC said to be unknown)
    "visit_kind": (2, 0, 0),
    "visit_weight": (1, 0, 0),
    "visit_spo2_rest": (0, 0, 1),
    "visit_mmrc": (1, 1, 0),
    "visit_symptom_change": (1, 0, 1),
    "visit_explanation": (0, 0, 1),
    # tests: A has four, of which one was not done as a whole and one without DLCO for a reason; B has one
    "test_not_done": (1, 0, 0),
    "test_fvc": (4, 1, 0),
    "test_fev1": (3, 1, 1),
    "test_dlco": (3, 2, 0),
    # DLCO three times, once corrected as given: haemoglobin is asked of A's two, the second lacks it
    "test_hb": (1, 0, 1),
    "test_hb_state": (1, 0, 2),
    # B's DLCO is a printed percentage without its set
    "test_reference_set": (0, 0, 1),
    # four tests were done; height in two, weight in one, laboratory in two
    "test_height": (2, 0, 2),
    "test_weight": (1, 0, 3),
    "test_device": (2, 0, 2),
    "hrct_pattern": (1, 0, 0),
    "hrct_reader": (0, 0, 1),
    "hrct_read_date": (1, 0, 0),
    "hrct_oesophagus": (0, 0, 1),
    "hrct_result": (0, 0, 0),
    "therapy_role": (0, 0, 2),
    "therapy_stop_reason": (0, 0, 0),
    "therapy_pjp": (0, 0, 0),
    "event_grade": (2, 0, 0),
    "event_serious": (1, 0, 1),
    "event_seriousness": (1, 0, 0),
    "event_outcome": (0, 0, 2),
    # of each of three patients
    "once_diagnosis": (1, 0, 2),
    "once_hrct": (1, 0, 2),
    "once_serology": (0, 0, 3),
    # A's ILD diagnosis is of 05.01.2024: FVC and DLCO of 10.01.2024, HRCT of 01.02.2024
    "baseline_fvc": (1, 0, 0),
    "baseline_dlco": (1, 0, 0),
    "baseline_hrct": (1, 0, 0),
    # A is followed from 05.01.2024, the view of the diagnosis: to 04.01.2025 and to 04.01.2026 two years have
    # ended. FVC in the first; in the second the test of 10.07.2025 that was not done. mMRC in the first, said
    # to be unknown in the second. B's follow-up would begin after the death.
    "yearly_fvc": (1, 1, 0),
    "yearly_dyspnoea": (1, 1, 0),
    "yearly_cough": (0, 0, 2),
    # plausibility: in order, cannot be told, found
    "confirmed": (5, 0, 0),
    "open_imported": (0, 0, 1),
    # FEV1 and FVC in litres: 1.90/2.40 in order, 2.50/2.30 not, 1.80/2.28 in order, B has no FEV1
    "fev1_above_fvc": (2, 1, 1),
    # DLCO/VA of the second test is 12.0/4.00 = 3.00, KCO 3.50
    "kco_ratio": (0, 0, 1),
    # B's 50 % without DLCO itself
    "printed_percent": (0, 1, 0),
    "dlco_without_hb": (2, 0, 1),
    # FVC in four tests: grade A, grade D, none, none; DLCO in three: grade B, none, none
    "fvc_grade": (1, 2, 1),
    "dlco_grade": (1, 2, 0),
    # against the earlier test with a value: the second (GLI 2022, then ECSC; North, then South) and the
    # fourth, which names neither set nor laboratory; the third has no value
    "other_reference": (0, 1, 1),
    "other_device": (0, 1, 1),
    "same_test": (4, 0, 0),
    # B's one record lies after the death
    "after_death": (0, 0, 1),
    # A has 1 view, 2 visits, 4 tests, 1 scan, 2 lines and 2 events; B one test
    "before_birth": (13, 0, 0),
    # the reading of 30.01.2024 before the scan of 01.02.2024; no other record has two such dates
    "dates_order": (0, 0, 1),
    # the first line began in 01.2023, the CTD was diagnosed in 06.2023
    "therapy_before_diagnosis": (1, 0, 1),
    "line_without_stop": (1, 0, 1),
    # the admission has no outcome; of the mild event it is not recorded whether it was serious
    "serious_open": (0, 1, 1),
    # A was not asked, B gave it, of G nothing is recorded
    "no_consent_research": (1, 0, 2),
}


@functools.cache
def tally_of_all() -> Tally:
    tally = Tally(small.AS_OF)
    for record in small.EVERYBODY:
        tally.add(record, record.patient.family_name)
    return tally


def report(asked: Asked | None = None) -> Report:
    return report_of(tally_of_all(), asked)


@pytest.mark.parametrize("line_id", BY_HAND)
def test_each_line_is_as_reckoned_by_hand(line_id: str) -> None:
    counts = report().row(line_id).whole
    assert (counts.good, counts.said, counts.lacking) == BY_HAND[line_id]


def test_the_records_behind_a_number_are_named_with_what_was_found() -> None:
    found = report().behind("fev1_above_fvc", (State.LACKING,))
    assert [(one.person.mrn, one.kind, one.record_id, one.date, one.detail) for one in found] == [
        ("Q-1", "test", small.SECOND, "10.07.2024", "FEV1 2.50 L is larger than FVC 2.30 L.")
    ]
    (died,) = report().behind("after_death", (State.LACKING,))
    assert (died.person.mrn, died.record_id, died.date) == ("Q-2", small.AFTER_DEATH, "01.06.2025")
    (kco,) = report().behind("kco_ratio", (State.LACKING,))
    assert kco.detail == "KCO 3.50, but DLCO/VA is 3.00."
    without = report().behind("test_fev1", (State.LACKING,))
    assert [one.record_id for one in without] == [small.AFTER_DEATH]
    (mild,) = report().behind("serious_open", (State.SAID,))
    assert (mild.record_id, mild.date) == (small.MILD, "2024")


def test_who_withdrew_is_in_no_number_and_is_named_as_left_out() -> None:
    whole = report()
    assert [one.person.mrn for one in whole.left_out("withdrawn")] == ["Q-4"]
    assert all(one.person.mrn != "Q-4" for line_id in whole.tally.lines for one in whole.behind(line_id))
    assert whole.tally.counted == 3


def test_periods_add_up_to_the_whole_and_the_years_between_are_shown_empty() -> None:
    row = report(Asked(by="year")).row("test_fvc")
    assert [(key_of(period, "year"), counts.expected) for period, counts in row.periods] == [
        ("2024", 2),
        ("2025", 2),
        ("2026", 1),
    ]
    halves = report(Asked(by="half")).row("visit_kind")
    assert [(key_of(period, "half"), counts.expected) for period, counts in halves.periods] == [
        ("2024-H1", 1),
        ("2024-H2", 0),
        ("2025-H1", 0),
        ("2025-H2", 1),
    ]
    assert halves.periods[1][1].percent(0) is None


def test_a_date_that_is_not_exact_enough_has_no_quarter_and_no_place_in_a_span_that_cuts_it() -> None:
    # the mild event is of 2024: a year has it, a quarter has not; A's other event is of 01.05.2024
    years = report(Asked(by="year")).row("event_grade")
    assert [(key_of(period, "year"), counts.expected) for period, counts in years.periods] == [("2024", 2)]
    quarters = report(Asked(by="quarter")).row("event_grade")
    assert [(period == VAGUE, counts.expected) for period, counts in quarters.periods] == [
        (True, 1),
        (False, 1),
    ]
    cut = report(Asked(since=day("2024-03-01"), until=day("2024-12-31")))
    row = cut.row("event_grade")
    assert (row.whole.expected, row.outside, row.undecided) == (1, 0, 1)
    assert [one.record_id for one in cut.behind("event_grade", period=UNDECIDED)] == [small.MILD]


def test_a_span_counts_both_of_its_days_and_leaves_the_rest_outside() -> None:
    row = report(Asked(since=day("2024-01-10"), until=day("2024-07-10"))).row("test_fvc")
    assert (row.whole.expected, row.outside, row.undecided) == (2, 3, 0)
    row = report(Asked(since=day("2024-01-11"), until=day("2024-07-09"))).row("test_fvc")
    assert (row.whole.expected, row.outside) == (0, 5)


def test_a_patient_counts_by_the_first_contact_and_without_one_in_no_period() -> None:
    # A by the view of 05.01.2024, B by the test of 01.06.2025, G has no record
    row = report(Asked(by="year")).row("patient_sex")
    assert [(key_of(period, "year"), counts.expected) for period, counts in row.periods] == [
        ("", 1),
        ("2024", 1),
        ("2025", 1),
    ]
    assert report(Asked(since=day("2024-01-01"))).row("patient_sex").undecided == 1


@pytest.mark.parametrize(
    ("count", "expected", "percent"),
    [
        (0, 0, None),
        (0, 7, "0.0"),
        (7, 7, "100.0"),
        (2, 3, "66.7"),
        (1, 8, "12.5"),
        (2999, 3000, "99.9"),  # 99.97 would be shown as 100.0
        (1, 3000, "0.1"),  # 0.03 would be shown as 0.0
    ],
)
def test_none_and_all_are_said_of_none_and_all_alone(count: int, expected: int, percent: str | None) -> None:
    made = Counts(count, 0, expected - count).percent(count)
    assert made == (None if percent is None else Decimal(percent))


def test_quarters_and_halves_begin_where_the_calendar_has_them() -> None:
    ends = {"2024-03-31": "Q1", "2024-04-01": "Q2", "2024-09-30": "Q3", "2024-10-01": "Q4"}
    for text, quarter in ends.items():
        assert key_of(period_of(day(text), "quarter"), "quarter") == f"2024-{quarter}"
    assert key_of(period_of(day("2024-06-30"), "half"), "half") == "2024-H1"
    assert key_of(period_of(day("2024-07-01"), "half"), "half") == "2024-H2"
    with pytest.raises(ValueError, match="division"):
        Asked(by="month")
    with pytest.raises(ValueError, match="before"):
        Asked(since=day("2024-02-01"), until=day("2024-01-01"))


_ID = small.key("77")
_RECORDS = st.builds(
    PatientRecord,
    patient=any_record(Patient, id=small.ALPHA),
    diagnoses=st.lists(any_record(Diagnosis, id=_ID), max_size=2).map(tuple),
    visits=st.lists(any_record(Visit, id=_ID, status=None), max_size=2).map(tuple),
    tests=st.lists(any_record(Pft, id=_ID), max_size=3).map(tuple),
    hrct=st.lists(any_record(Hrct, id=_ID), max_size=2).map(tuple),
    adverse_events=st.lists(any_record(AdverseEvent, id=_ID), max_size=2).map(tuple),
    labs=st.lists(any_record(Lab, id=_ID), max_size=2).map(tuple),
    pros=st.lists(any_record(Pro, id=_ID), max_size=1).map(tuple),
)


@settings(max_examples=25, deadline=None)
@given(
    records=st.lists(_RECORDS, max_size=3),
    by=st.sampled_from(["", "year", "half", "quarter"]),
    since=st.sampled_from([None, dt.date(2024, 5, 5), dt.date(2025, 1, 10)]),
)
def test_recorded_unknown_and_missing_are_the_expected_in_whole_and_by_period(
    records: list[PatientRecord], by: str, since: dt.date | None
) -> None:
    tally = Tally(dt.date(2026, 3, 12))
    for record in records:
        tally.add(record, "name")
    made = report_of(tally, Asked(since=since, by=by))
    for row in made.rows:
        line = row.line
        assert row.whole.expected == len(made.behind(line.id))
        assert row.whole.good + row.whole.said + row.whole.lacking == row.whole.expected
        assert row.whole.expected + row.outside + row.undecided == len(line)
        for state, count in (
            (State.GOOD, row.whole.good),
            (State.SAID, row.whole.said),
            (State.LACKING, row.whole.lacking),
        ):
            assert count == len(made.behind(line.id, (state,)))
        if by:
            assert sum(counts.expected for _period, counts in row.periods) == row.whole.expected
        for period, counts in row.periods:
            assert counts.expected == len(made.behind(line.id, period=period))


def test_a_fatal_date_known_to_the_month_contradicts_only_what_certainly_lies_after_it() -> None:
    patient = Patient(id=small.ALPHA, mrn="Q-1", death_date=PartialDate(2025, 5))
    within = Visit(id=small.SEEN, date=day("2025-05-31"))
    after = Visit(id=small.CALLED, date=day("2025-06-01"))
    tally = Tally(small.AS_OF)
    tally.add(PatientRecord(patient=patient, visits=(within, after)), "name")
    found = report_of(tally).behind("after_death", (State.LACKING,))
    assert [one.record_id for one in found] == [small.CALLED]


@pytest.mark.parametrize(
    ("ctd", "ild", "state"),
    [
        (PartialDate(2024, 6), PartialDate(2025), State.LACKING),
        (PartialDate(2023, 6), PartialDate(2025), State.GOOD),
        (None, PartialDate(2025), State.SAID),
        (PartialDate(2025), None, State.SAID),
        (None, PartialDate(2023, 6), State.GOOD),
        (None, None, State.SAID),
    ],
)
def test_whether_therapy_began_before_the_diagnosis_cannot_be_told_of_one_later_date_alone(
    ctd: PartialDate | None, ild: PartialDate | None, state: State
) -> None:
    view = replace(small.alpha.diagnoses[0], ctd_diagnosed=ctd, ild_diagnosed=ild)
    line = replace(small.alpha.therapy[0], start=PartialDate(2024, 2))
    record = replace(small.alpha, diagnoses=(view,), therapy=(line,))
    found = [one for one in date_findings(record) if one.check == "therapy_before_diagnosis"]
    assert [one.state for one in found] == [state]


@pytest.mark.parametrize(
    ("drug", "dose", "frequency", "asked"),
    [
        ("prednisolone", "20", "daily", True),
        ("prednisolone", "19.9", "daily", False),
        ("prednisolone", "10", "bd", True),
        ("methylprednisolone", "16", "daily", True),
        ("methylprednisolone", "500", "course", False),
        ("rituximab", "1000", "course", True),
        ("mycophenolate", "1000", "bd", False),
    ],
)
def test_prophylaxis_is_asked_from_20_mg_of_prednisolone_a_day_whatever_the_steroid(
    drug: str, dose: str, frequency: str, asked: bool
) -> None:
    line = replace(small.alpha.therapy[0], drug=drug, dose=Decimal(dose), dose_unit="mg", frequency=frequency)
    assert CONDITIONS["pjp_asked"](line, small.alpha) is asked


def test_the_table_says_which_fields_no_form_asks_for() -> None:
    """As soon as a form has one, the table must say so."""
    screens = Path(__file__).resolve().parents[3] / "ctdild_desktop" / "ui"
    spoken = "\n".join(file.read_text(encoding="utf-8") for file in screens.rglob("*.py"))
    words = set(re.findall(r"\w+", spoken))
    for asked in core_fields():
        if asked.kind != "follow_up":
            assert asked.by_import == words.isdisjoint(asked.fields), asked.id
