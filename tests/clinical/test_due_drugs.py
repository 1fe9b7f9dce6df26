"""Safety monitoring of drugs: bloods, infusions, screening, and the days on which they fall due."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.due import State, default_rules, parse_rules
from ctdild_desktop.clinical.due.depletion import rituximab_courses
from ctdild_desktop.clinical.due.table import default_table
from ctdild_desktop.clinical.records import Patient, Sex
from tests.support.due import at, bloods, done, item, items, line
from tests.support.people import day

AZA = line("azathioprine", "2024-01-08", dose="100")
MAN = Patient(id="m", mrn="T-2", sex=Sex.MALE)


@pytest.mark.parametrize(
    ("last", "due", "states"),
    [
        (
            "2024-02-05",
            "2024-02-19",
            {
                "2024-02-11": State.NOT_DUE,
                "2024-02-12": State.WINDOW_OPEN,
                "2024-02-22": State.DUE,
                "2024-02-23": State.OVERDUE,
            },
        ),
        ("2024-02-18", "2024-03-03", {"2024-03-06": State.DUE, "2024-03-07": State.OVERDUE}),
        ("2024-02-19", "2024-03-19", {"2024-03-22": State.DUE, "2024-03-23": State.OVERDUE}),
        ("2024-05-18", "2024-06-18", {"2024-06-21": State.DUE, "2024-06-22": State.OVERDUE}),
        ("2024-05-19", "2024-08-11", {"2024-08-25": State.DUE, "2024-08-26": State.OVERDUE}),
    ],
)
def test_safety_bloods_follow_the_phase_of_the_last_test(last, due, states):
    for as_of, state in states.items():
        found = item(at(as_of, *bloods("2024-01-02", last), therapy=(AZA,)), "S1")
        assert (found.state, found.due) == (state, day(due)), as_of
        assert found.flags == ()
    assert found.drug == "azathioprine"


def test_days_overdue_count_from_the_due_day():
    found = item(at("2024-02-23", *bloods("2024-02-05"), therapy=(AZA,)), "S1")
    assert found.overdue_days == 4
    assert found.flags == ("BASELINE_MISSING",)


def test_a_dose_increase_starts_the_schedule_again():
    raised = line("azathioprine", "2024-01-08", dose="100", steps=[("2024-06-03", "150")])
    found = item(at("2024-06-21", *bloods("2024-05-20"), therapy=(raised,)), "S1")
    assert (found.state, found.due) == (State.OVERDUE, day("2024-06-17"))
    assert "dose increased on 2024-06-03" in " ".join(map(str, found.because))
    lowered = line("azathioprine", "2024-01-08", dose="100", steps=[("2024-06-03", "75")])
    assert item(at("2024-06-21", *bloods("2024-05-20"), therapy=(lowered,)), "S1").due == day("2024-08-12")
    later_line = (
        line("azathioprine", "2024-01-08", "2024-06-03", dose="100"),
        line("azathioprine", "2024-06-03", dose="150"),
    )
    assert item(at("2024-06-21", *bloods("2024-05-20"), therapy=later_line), "S1").due == day("2024-06-17")


def test_without_any_blood_test_the_item_is_never_done_since_the_start():
    found = item(at("2024-01-08", therapy=(AZA,)), "S1")
    assert (found.state, found.due) == (State.NEVER_DONE, day("2024-01-08"))
    assert "albumin" in str(found.needs[0])


def test_a_panel_is_as_old_as_its_oldest_part():
    results = [*bloods("2024-02-05"), *done("fbc", "2024-02-18")]
    assert item(at("2024-02-20", *results, therapy=(AZA,)), "S1").last == day("2024-02-05")
    without = [result for result in results if result.test != "albumin"]
    found = item(at("2024-02-20", *without, therapy=(AZA,)), "S1")
    assert (found.state, [str(need) for need in found.needs]) == (State.NEVER_DONE, ["albumin"])


def test_of_two_drugs_on_the_same_schedule_the_earlier_day_counts():
    therapy = (line("mycophenolate", "2020-01-01", dose="2000"), AZA)
    found = item(at("2024-02-23", *bloods("2024-02-05"), therapy=therapy), "S1")
    assert (found.drug, found.due) == ("azathioprine", day("2024-02-19"))


def test_leflunomide_with_methotrexate_stays_monthly():
    pair = (line("leflunomide", "2020-01-01", dose="20"), line("methotrexate", "2020-01-01", dose="15"))
    found = item(at("2024-03-01", *bloods("2024-02-05"), therapy=pair), "S1-LEF-MTX")
    assert found.due == day("2024-03-05")
    assert items(at("2024-03-01", *bloods("2024-02-05"), therapy=pair), "S1") == []
    assert item(at("2024-03-01", *bloods("2024-02-05"), therapy=pair[:1]), "S1").due == day("2024-04-29")


def test_monthly_bloods_on_mycophenolate_are_a_switch_in_the_table():
    therapy = (line("mycophenolate", "2020-01-01", dose="2000"),)
    facts = at("2024-03-01", *bloods("2024-02-05"), therapy=therapy)
    assert item(facts, "S1").due == day("2024-04-29")
    switched = parse_rules(default_table().replace("S1-MMF-MONTHLY,DEFAULT,no", "S1-MMF-MONTHLY,DEFAULT,yes"))
    assert item(facts, "S1-MMF-MONTHLY", switched).due == day("2024-03-05")
    assert items(facts, "S1", switched) == []


def test_the_nadir_count_is_accepted_from_day_7_to_day_14():
    therapy = (line("cyclophosphamide_iv", "2024-04-02", frequency="4-weekly", infusions=["2024-04-02"]),)
    found = item(at("2024-04-09", *done("fbc", "2024-04-08"), therapy=therapy), "CYC-IV-NADIR")
    assert (found.opens, found.due) == (day("2024-04-09"), day("2024-04-12"))
    assert found.state is State.WINDOW_OPEN
    states = {"2024-04-08": State.NOT_DUE, "2024-04-16": State.DUE, "2024-04-17": State.OVERDUE}
    for as_of, state in states.items():
        assert item(at(as_of, *done("fbc", "2024-04-08"), therapy=therapy), "CYC-IV-NADIR").state is state
    for counted in ("2024-04-09", "2024-04-16"):
        found = item(at("2024-04-20", *done("fbc", counted), therapy=therapy), "CYC-IV-NADIR")
        assert (found.state, found.last) == (State.NOT_DUE, day(counted))
    late = at("2024-04-20", *done("fbc", "2024-04-17"), therapy=therapy)
    assert item(late, "CYC-IV-NADIR").state is State.OVERDUE


def test_the_panel_before_the_next_infusion():
    panel = ("fbc", "creatinine", "alt", "crp", "urinalysis")
    therapy = (line("cyclophosphamide_iv", "2024-04-02", frequency="4-weekly", infusions=["2024-04-02"]),)
    before = [result for test in panel for result in done(test, "2024-03-26", "2024-04-23")]
    found = item(at("2024-04-23", *before, therapy=therapy), "CYC-IV-PRE")
    assert (found.state, found.due) == (State.NOT_DUE, day("2024-04-30"))
    early = [replace(result, date=day("2024-04-22")) for result in before]
    found = item(at("2024-04-23", *early, therapy=therapy), "CYC-IV-PRE")
    assert (found.state, found.opens) == (State.WINDOW_OPEN, day("2024-04-23"))
    assert "before the infusion of 2024-04-02" in " ".join(map(str, found.because))
    unknown = (line("cyclophosphamide_iv", "2024-04-02", frequency="other", infusions=["2024-04-02"]),)
    assert item(at("2024-04-23", therapy=unknown), "CYC-IV-PRE").state is State.CANNOT_ASSESS


def test_oral_cyclophosphamide_counts_weekly_then_fortnightly_then_monthly():
    therapy = (line("cyclophosphamide_po", "2024-01-01", dose="100"),)
    for last, due in (
        ("2024-01-28", "2024-02-04"),
        ("2024-01-29", "2024-02-12"),
        ("2024-04-28", "2024-05-12"),
        ("2024-04-29", "2024-05-29"),
    ):
        assert item(at("2024-05-01", *done("wbc", last), therapy=therapy), "CYC-PO-FBC").due == day(due)


def test_after_cyclophosphamide_the_urine_is_asked_for_every_year():
    therapy = (line("cyclophosphamide_po", "2020-01-01", "2020-06-30", dose="100"),)
    assert item(at("2021-06-15", therapy=therapy), "CYC-URINE-LATER").state is State.NOT_DUE
    assert item(at("2021-06-30", therapy=therapy), "CYC-URINE-LATER").state is State.NEVER_DONE
    found = item(at("2034-02-28", *done("urinalysis", "2033-02-28"), therapy=therapy), "CYC-URINE-LATER")
    assert (found.state, found.due) == (State.DUE, day("2034-02-28"))


def test_fertility_counselling_is_for_women_to_50_and_men_of_any_age():
    therapy = (line("cyclophosphamide_iv", "2012-01-01"),)
    assert items(at("2012-04-10", therapy=therapy), "CYC-FERT-F")
    assert items(at("2013-04-10", therapy=therapy), "CYC-FERT-F") == []
    assert items(at("2013-04-10", therapy=therapy, patient=MAN), "CYC-FERT-M")
    assert items(at("2013-04-10", therapy=therapy, patient=MAN), "CYC-FERT-F") == []
    assert items(at("2013-04-10", therapy=therapy, patient=MAN), "CYC-SMEAR") == []
    assert items(at("2013-04-10", therapy=therapy), "CYC-SMEAR")
    assert items(at("2015-01-02", therapy=therapy), "CYC-SMEAR") == []


def test_nintedanib_liver_tests_fall_on_the_last_days_of_short_months():
    therapy = (line("nintedanib", "2024-01-31", dose="150", frequency="bd"),)

    def on(as_of: str, *dates: str):
        results = [result for test in ("alt", "ast", "bilirubin") for result in done(test, *dates)]
        return item(at(as_of, *results, therapy=therapy), "NIN-LFT")

    assert (on("2024-02-29", "2024-01-29").state, on("2024-02-29", "2024-01-29").due) == (
        State.DUE,
        day("2024-02-29"),
    )
    assert on("2024-03-01", "2024-01-29", "2024-02-28").due == day("2024-03-31")
    assert on("2024-04-01", "2024-01-29", "2024-03-30").due == day("2024-04-30")
    assert on("2024-05-01", "2024-01-29", "2024-04-30").due == day("2024-07-30")
    assert on("2024-03-04", "2024-01-29").state is State.OVERDUE
    assert on("2024-02-01", "2024-01-02").flags == ("BASELINE_MISSING",)
    assert on("2024-02-01", "2024-01-03").flags == ()


def test_tocilizumab_bloods_between_four_and_eight_weeks():
    therapy = (line("tocilizumab", "2024-01-01", dose="162", frequency="weekly"),)

    def on(as_of: str, *dates: str):
        results = [result for test in ("fbc", "alt") for result in done(test, *dates)]
        return item(at(as_of, *results, therapy=therapy), "TCZ-LABS")

    found = on("2024-01-29", "2023-12-20")
    assert (found.state, found.opens, found.due) == (State.WINDOW_OPEN, day("2024-01-29"), day("2024-02-26"))
    assert on("2024-02-28", "2023-12-20", "2024-01-28").state is State.DUE
    assert on("2024-02-28", "2023-12-20", "2024-01-29").due == day("2024-04-29")


RTX = line("rituximab", "2024-01-10", infusions=["2024-01-10", "2024-01-24"])


def test_depletion_counts_from_the_last_infusion_and_re_treatment_from_the_first():
    (course,) = rituximab_courses([day("2024-01-24"), day("2024-01-10")])
    assert (course.depleted_expected, course.depleted_possible) == (day("2024-07-24"), day("2024-10-24"))
    assert (course.earliest_next, course.usual_next) == (day("2024-05-01"), day("2024-06-26"))
    for as_of, state in (
        ("2024-04-30", State.NOT_DUE),
        ("2024-05-01", State.WINDOW_OPEN),
        ("2024-07-24", State.DUE),
        ("2024-08-08", State.OVERDUE),
    ):
        assert item(at(as_of, therapy=(RTX,)), "RTX-RETREAT").state is state
    said = " ".join(map(str, item(at("2024-05-01", therapy=(RTX,)), "RTX-RETREAT").because))
    assert "expected until 2024-07-24 and possible until 2024-10-24" in said
    assert "not before 2024-05-01, usual on 2024-06-26" in said


def test_a_completed_course_is_asked_about_until_depletion_is_over_and_a_stopped_one_is_not():
    for reason, as_of, asked in (
        ("completed", "2024-07-24", True),
        ("completed", "2024-10-24", True),
        ("completed", "2024-10-25", False),
        ("adverse_event", "2024-07-24", False),
    ):
        closed = replace(RTX, stop=PartialDate(2024, 1, 25), stop_reason=reason)
        assert bool(items(at(as_of, therapy=(closed,)), "RTX-RETREAT")) is asked


def test_infusions_within_28_days_of_the_first_are_one_course():
    days = [day(text) for text in ("2024-01-01", "2024-01-29", "2024-01-30")]
    assert [course.infusions for course in rituximab_courses(days)] == [tuple(days[:2]), (days[2],)]
    assert rituximab_courses([]) == ()


def test_hepatitis_b_before_rituximab_is_a_hard_gate_and_never_expires():
    found = item(at("2024-01-10", therapy=(RTX,)), "RTX-HBV")
    assert (found.state, found.gate) == (State.NEVER_DONE, True)
    half = items(at("2024-01-10", *done("hbsag", "2009-01-01"), therapy=(RTX,)), "RTX-HBV")
    assert {(part.tests, part.state) for part in half} == {
        (("hbsag",), State.NOT_DUE),
        (("anti_hbc",), State.NEVER_DONE),
    }
    screened = (*done("hbsag", "2009-01-01"), *done("anti_hbc", "2009-01-01"))
    assert item(at("2024-01-10", *screened, therapy=(RTX,)), "RTX-HBV").state is State.NOT_DUE
    late = (*done("hbsag", "2024-02-01"), *done("anti_hbc", "2024-02-01"))
    found = item(at("2024-03-10", *late, therapy=(RTX,)), "RTX-HBV")
    assert (found.state, str(found.because[-1])) == (State.NOT_DUE, "First done after the start of the drug.")


def test_the_same_screen_is_not_asked_for_twice():
    facts = at("2024-01-10", therapy=(RTX, line("prednisolone", "2024-01-01", dose="20")))
    asked = [
        test
        for rule in ("RTX-HBV", "RTX-SCREEN", "SCREEN-BIO", "SCREEN-CS")
        for found in items(facts, rule)
        for test in found.tests
    ]
    assert sorted(asked) == sorted({"hbsag", "anti_hbc", "anti_hbs", "hcv", "hiv", "igra"})


def test_anti_hbc_without_hbsag_asks_for_hbv_dna_until_18_months_after_the_last_infusion():
    screens = (*done("hbsag", "2023-12-01", positive=False), *done("anti_hbc", "2023-12-01", positive=True))
    dna = (*done("hbv_dna", "2024-02-29"), *done("alt", "2024-02-29"))
    stopped = replace(RTX, stop=RTX.start)
    found = item(at("2024-05-29", *screens, *dna, therapy=(stopped,)), "RTX-HBC")
    assert (found.state, found.due) == (State.DUE, day("2024-05-29"))
    assert items(at("2025-07-25", *screens, *dna, therapy=(stopped,)), "RTX-HBC") == []
    assert items(at("2025-07-24", *screens, *dna, therapy=(stopped,)), "RTX-HBC")
    negative = (*done("hbsag", "2023-12-01", positive=False), *done("anti_hbc", "2023-12-01", positive=False))
    assert items(at("2024-05-29", *negative, therapy=(RTX,)), "RTX-HBC") == []
    surface = done("hbsag", "2023-12-01", positive=True)
    assert item(at("2024-05-29", *surface, therapy=(RTX,)), "RTX-HBSAG").gate


def test_the_panel_before_the_next_course_counts_from_28_days_before():
    panel = ("igg", "iga", "igm", "fbc", "alt", "creatinine")
    for date, state in (("2024-05-28", State.WINDOW_OPEN), ("2024-05-29", State.NOT_DUE)):
        results = [result for test in panel for result in done(test, date)]
        assert item(at("2024-06-01", *results, therapy=(RTX,)), "RTX-COURSE").state is state


def test_methotrexate_asks_for_a_radiograph_within_twelve_months_before():
    therapy = (line("methotrexate", "2024-03-31", dose="15", frequency="weekly"),)
    for date, state in (("2023-03-30", State.NEVER_DONE), ("2023-03-31", State.NOT_DUE)):
        assert item(at("2024-04-01", *done("chest_xray", date), therapy=therapy), "MTX-CXR").state is state


def test_hydroxychloroquine_eye_checks_begin_after_five_years_or_one():
    therapy = (line("hydroxychloroquine", "2019-05-01", dose="400"),)
    assert items(at("2024-04-30", therapy=therapy), "HCQ-EYE") == []
    assert items(at("2024-05-01", therapy=therapy), "HCQ-EYE")
    assert items(at("2020-05-01", therapy=therapy, retinal_risk=True), "HCQ-EYE")


def test_steroid_rules_begin_after_three_months_of_seven_and_a_half():
    for dose, start, asked in (
        ("7.5", "2024-01-01", True),
        ("7.4", "2023-01-01", False),
        ("7.5", "2024-01-02", False),
    ):
        facts = at("2024-04-01", therapy=(line("prednisolone", start, dose=dose),))
        assert bool(items(facts, "GC-DXA")) is asked
    equal = line("methylprednisolone", "2024-01-01", dose="3", frequency="bd")
    assert items(at("2024-04-01", therapy=(equal,)), "GC-DXA")
    found = item(at("2024-04-01", *done("glucose", "2023-12-20"), therapy=(equal,)), "GC-GLUCOSE")
    assert (found.due, found.state) == (day("2024-04-01"), State.DUE)


def test_checks_at_each_visit_are_due_since_the_visit_without_them():
    therapy = (line("leflunomide", "2024-01-01", dose="20"),)
    facts = at(
        "2024-05-01", *done("blood_pressure", "2024-02-01"), therapy=therapy, visits=(day("2024-04-20"),)
    )
    assert (item(facts, "LEF-BP").state, item(facts, "LEF-BP").due) == (State.DUE, day("2024-04-20"))
    again = replace(facts, results=done("blood_pressure", "2024-04-20"))
    assert item(again, "LEF-BP").state is State.NOT_DUE


def test_stopped_drugs_ask_for_nothing_more():
    stopped = line("azathioprine", "2024-01-08", "2024-06-01", dose="100")
    assert items(at("2024-06-01", therapy=(stopped,)), "S1") == []
    assert items(at("2024-05-31", therapy=(stopped,)), "S1")


def test_every_rule_names_its_source_and_how_it_was_checked():
    assert len(default_rules()) >= 70
    for rule in default_rules():
        assert rule.source, rule.id
        assert rule.check, rule.id
