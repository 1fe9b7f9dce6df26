"""The invented patients: the same each time, possible, and with the spread that a clinic sees."""

from __future__ import annotations

from collections import Counter

import pytest

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.consent import FIELD_OF, in_force
from ctdild_desktop.clinical.plausibility import (
    Severity,
    check_adverse_event,
    check_hrct,
    check_patient,
    check_pft,
    check_therapy,
    check_visit,
)
from ctdild_desktop.clinical.plausibility_measured import (
    check_heart_test,
    check_labs,
    check_pro,
    check_serologies,
)
from ctdild_desktop.clinical.reference import age_in_years
from ctdild_desktop.interchange.documents import media_type
from ctdild_desktop.services import (
    attachments,
    decisions,
    meetings,
    procedures,
)
from ctdild_desktop.services.assessment import assess
from ctdild_desktop.services.demo import REFERENCE_DAY, holloway, invent, team
from ctdild_desktop.services.demo.full import full
from ctdild_desktop.services.demo.papers import content_of
from ctdild_desktop.services.demo.people import CLINIC, invented_person
from tests.support import holloway as expected


@pytest.fixture(scope="module")
def people():
    return tuple(invent(60, 1))


def test_the_same_seed_gives_the_same_people_and_another_gives_others(people):
    assert tuple(invent(60, 1)) == people
    assert tuple(invent(20, 1)) == people[:20]
    others = tuple(invent(60, 2))
    assert others[:2] == people[:2]
    assert all(one != other for one, other in zip(people[2:], others[2:], strict=True))


def test_numbers_run_on_and_names_do_not_repeat(people):
    assert [record.patient.mrn for record in people] == [f"DEMO-{number:04d}" for number in range(1, 61)]
    names = {(record.patient.family_name, record.patient.given_name) for record in people}
    assert len(names) == 60
    letters = "".join(record.patient.family_name for record in people)
    assert any("Α" <= letter <= "ω" for letter in letters)
    assert any(letter in letters for letter in "äöüøñ")


def test_identifiers_are_unique_and_well_formed(people):
    ids = [
        item.id
        for record in people
        for item in (
            record.patient,
            *record.diagnoses,
            *record.visits,
            *record.tests,
            *record.hrct,
            *record.therapy,
            *record.adverse_events,
        )
    ]
    assert len(set(ids)) == len(ids)
    assert all(len(one) == 32 and int(one, 16) for one in ids)


def test_nothing_invented_is_impossible(people):
    for record in people:
        who = record.patient
        issues = [*check_patient(who, REFERENCE_DAY)]
        for number, test in enumerate(record.tests):
            issues += check_pft(test, who, record.tests[:number], REFERENCE_DAY)
        issues += [
            issue
            for visit in record.visits
            for issue in check_visit(visit, who, record.visits, REFERENCE_DAY)
        ]
        issues += [issue for scan in record.hrct for issue in check_hrct(scan, who, REFERENCE_DAY)]
        issues += [issue for line in record.therapy for issue in check_therapy(line, who, REFERENCE_DAY)]
        issues += [
            issue
            for event in record.adverse_events
            for issue in check_adverse_event(event, who, record.therapy, REFERENCE_DAY)
        ]
        issues += _sample_issues(record)
        hard = [issue.text for issue in issues if issue.severity is Severity.HARD]
        assert hard == [], who.mrn


def _sample_issues(record):
    who = record.patient
    issues = [
        issue
        for day in {lab.date for lab in record.labs}
        for issue in check_labs([lab for lab in record.labs if lab.date == day], who, (), REFERENCE_DAY)
    ]
    issues += check_serologies(record.serology, who, (), REFERENCE_DAY) if record.serology else ()
    for test in record.heart_tests:
        issues += check_heart_test(test, who, record.heart_tests, REFERENCE_DAY)
    for pro in record.pros:
        issues += check_pro(pro, who, record.pros, REFERENCE_DAY)
    return issues


def test_some_have_samples_and_screens_are_not_empty(people):
    first = people[0]
    assert {"hb", "neutrophils", "alt", "hbsag"} <= {lab.test for lab in first.labs}
    assert first.serology
    assert first.heart_tests
    assert first.pros
    having = sum(bool(record.labs) for record in people)
    assert 15 < having < len(people)


def test_some_have_procedures_consents_and_files_that_agree_with_the_rest(people):
    having = [record for record in people if record.procedures]
    assert 10 < len(having) < 30
    kinds = {procedure.kind for record in having for procedure in record.procedures}
    assert {"bal", "cryobiopsy"} <= kinds
    for record in having:
        for procedure in record.procedures:
            issues = procedures.check(procedure, record, REFERENCE_DAY)
            assert [issue for issue in issues if issue.hard or issue.code == "CODE"] == []
        for kind, field in FIELD_OF.items():
            answer = in_force([one for one in record.consents if one.kind == kind])
            assert answer is None or answer.answer == getattr(record.patient, field)
        for file in record.attachments:
            issues = attachments.check(file, record, REFERENCE_DAY)
            assert [issue.text for issue in issues] == []
            content = content_of(file, record.patient.mrn)
            assert (media_type(content), len(content)) == (file.media_type, file.size_bytes)
    answers = {one.answer for record in having for one in record.consents}
    assert "withdrawn" in answers
    (harmed,) = [record for record in having if record.procedures[0].adverse_event_id]
    assert harmed.procedures[0].adverse_event_id in {event.id for event in harmed.adverse_events}


def test_codes_are_those_of_the_lists(people):
    for record in people:
        for view in record.diagnoses:
            assert view.ctd in codes.diagnoses()
            assert view.pattern in codes.patterns()
            assert all(antibody in codes.antibodies() for antibody in view.antibodies)
        for line in record.therapy:
            drug = codes.drugs().get(line.drug)
            assert drug is not None, line.drug
            assert line.dose_unit in drug.units
            assert line.route in drug.routes
            assert line.stop_reason is None or line.stop_reason in codes.choices("stop_reason")
            assert line.frequency in codes.choices("frequency")
            assert line.role in codes.choices("role")
        for event in record.adverse_events:
            term = codes.ae_terms().get(event.term)
            assert term is not None, event.term
            assert event.grade in term.grades
            assert event.outcome in codes.choices("ae_outcome")
            assert event.action is None or event.action in codes.choices("ae_action")
            assert {line.id for line in record.therapy} >= set(event.suspected_lines)
        for scan in record.hrct:
            assert all(sign in codes.choices("hrct_sign") for sign in scan.signs)
        for test in record.tests:
            assert not test.excluded or test.exclusion_reason in codes.choices("exclusion")
            assert test.not_done_dlco is None or test.not_done_dlco in codes.choices("not_done")


def test_the_spread_is_that_of_a_clinic(people):
    diseases = Counter(record.diagnoses[-1].ctd for record in people if record.diagnoses)
    assert {"RA", "dcSSc", "lcSSc", "ASyS", "MCTD", "SjD", "DM", "PM", "UCTD"} <= set(diseases)
    patterns = {view.pattern for record in people for view in record.diagnoses}
    assert {"UIP", "fNSIP", "NSIP", "OP"} <= patterns
    drugs = {line.drug for record in people for line in record.therapy}
    assert {
        "prednisolone",
        "mycophenolate",
        "azathioprine",
        "cyclophosphamide_iv",
        "rituximab",
        "tocilizumab",
        "nintedanib",
    } <= drugs
    assert {event.grade for record in people for event in record.adverse_events} == {1, 2, 3, 4, 5}
    verdicts = Counter(
        (answer.criterion, answer.verdict) for record in people for answer in assess(record, REFERENCE_DAY)
    )
    for criterion in ("REVIEW_FVC_DECLINE", "REVIEW_DLCO_DECLINE", "PPF2022"):
        assert verdicts[criterion, "MET"] >= 3
        assert verdicts[criterion, "NOT_MET"] >= 10
        assert verdicts[criterion, "CANNOT_ASSESS"] >= 2
    assert verdicts["PPF2022", "NOT_APPLICABLE"] >= 3


def test_what_a_real_registry_has_to_live_with_is_there(people):
    tests = [test for record in people for test in record.tests]
    lines = [line for record in people for line in record.therapy]
    assert people[1].patient.missing == ("surname", "birth date", "sex", "height")
    assert any(test.excluded for test in tests)
    assert any(test.dlco is None for test in tests)
    assert any(test.dlco is not None and test.hb_g_l is None for test in tests)
    assert any(test.dlco_unit == "mmol/min/kPa" for test in tests)
    assert any({test.reference_set for test in record.tests} == {"ECSC93", "GLI2022"} for record in people)
    assert any(len({test.date for test in record.tests}) < len(record.tests) for record in people)
    assert any(line.start.exact is None for line in lines)
    assert any(line.interruptions for line in lines)
    assert any(line.dose_changes for line in lines)
    assert any(len(line.infusions) > 2 for line in lines)
    assert any(record.patient.death_date for record in people)
    assert any(record.patient.birth_date and record.patient.birth_date.exact is None for record in people)
    assert any(len(record.tests) == 1 for record in people)
    assert any(visit.admitted_nights for record in people for visit in record.visits)
    assert all(test.date <= REFERENCE_DAY for test in tests)


def test_ages_stay_where_the_equations_reach(people):
    for record in people[2:]:
        birth = record.patient.birth_date
        assert birth is not None
        for test in record.tests:
            assert 18 < age_in_years(birth.earliest, test.date) < 86


def test_the_first_patient_has_the_history_of_the_worked_example():
    record = holloway()
    assert record.patient.mrn == "DEMO-0001"
    numbers = [
        (test.date, test.fvc_l, test.fev1_l, test.dlco, test.hb_g_l, test.excluded) for test in record.tests
    ]
    assert numbers == [
        (test.date, test.fvc_l, test.fev1_l, test.dlco, test.hb_g_l, test.excluded)
        for test in expected.pfts()
    ]
    assert [line.drug for line in record.therapy] == [line.drug for line in expected.therapy()]
    assert [line.infusions for line in record.therapy] == [line.infusions for line in expected.therapy()]


def test_a_patient_without_a_number_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        next(invent(0, 1))


def test_those_of_a_large_centre_are_followed_for_many_years_within_reach_of_the_equations():
    made = [invented_person(number, 1) for number in range(CLINIC + 1, CLINIC + 61)]
    assert 18 < sum(len(record.tests) for record in made) / len(made) < 22
    assert max(len(record.tests) for record in made) > 38
    for record in made:
        birth = record.patient.birth_date
        assert birth is not None
        assert all(18 < age_in_years(birth.earliest, test.date) < 95 for test in record.tests)
        assert all(test.fvc_l is not None for test in record.tests)


def test_the_fullest_record_is_possible_and_the_same_every_time():
    record = full()
    assert record == full()
    assert (len(record.tests), len(record.visits), len(record.therapy)) == (60, 60, 12)
    assert sum(line.stop is None for line in record.therapy) == 6
    assert len(record.patient.family_name) > 40
    who, refused = record.patient, []
    for number, test in enumerate(record.tests):
        refused += [one for one in check_pft(test, who, record.tests[:number], REFERENCE_DAY) if one.hard]
    for line in record.therapy:
        refused += [one for one in check_therapy(line, who, REFERENCE_DAY) if one.hard]
    assert refused == []
    ids = [item.id for part in (record.tests, record.visits, record.therapy, record.hrct) for item in part]
    assert len(ids) == len(set(ids))


def test_of_the_invented_decisions_each_answer_and_an_overdue_action_occur(people):
    cases = [case for meeting in team.invented_meetings()[:2] for case in team.cases_of(people, meeting)]
    answers = {case.decision.implemented for case in cases}
    assert answers == {"yes", "partly", "no", "pending", None}
    actions = [action for case in cases for action in case.actions]
    assert any(action.status == "open" and action.due < REFERENCE_DAY for action in actions)
    assert {action.status for action in actions} == {"open", "done", "cancelled"}
    lacking = {
        len(meetings.lacking(case.item)) for case in team.cases_of(people, team.invented_meetings()[2])
    }
    assert len(lacking) > 1
    assert any(decisions.differs(case.decision) for case in cases)
    assert [case.item for case in team.cases_of((full(),), team.invented_meetings()[2])]


def test_some_die_or_are_lost_and_nothing_is_recorded_after_it(people):
    ended = {
        record.patient.mrn: record for record in people if record.patient.vital_status in {"dead", "lost"}
    }
    told = Counter(record.patient.vital_status for record in ended.values())
    assert told["dead"] >= 4
    assert told["lost"] >= 2
    for record in ended.values():
        who = record.patient
        day = (who.death_date or who.vital_status_date).exact
        assert all(one.date <= day for one in (*record.tests, *record.visits))
        assert (who.cause_of_death is not None) is (who.vital_status == "dead")
        fatal = [event for event in record.adverse_events if event.grade == 5]
        assert bool(fatal) is (who.cause_of_death == "infection")
        if who.death_date is not None:
            assert all(line.stop is not None for line in record.therapy)
