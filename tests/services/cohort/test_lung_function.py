"""Analyses of a small registry, against numbers worked out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Infusion,
    PatientRecord,
    TherapyLine,
)
from ctdild_desktop.cohort.query import parse
from ctdild_desktop.services.cohort import lung_function, outcomes
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.desk import Desk, RefusedError, new_id
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support.cohort_patients import a_line, day, record
from tests.support.desks import fill, in_a_file

START = dt.date(2020, 1, 1)


@pytest.fixture
def small(desk: Desk) -> Desk:
    rituximab = TherapyLine(
        id=new_id(),
        drug="rituximab",
        start=day("2020-10-01"),
        infusions=(Infusion(date=dt.date(2020, 10, 1)), Infusion(date=dt.date(2020, 10, 15))),
    )
    cellcept = TherapyLine(
        id=new_id(),
        drug="mycophenolate",
        start=day("2020-01-01"),
        stop=day("2020-12-31"),
        stop_reason="adverse_event",
    )
    pneumonia = AdverseEvent(
        id=new_id(), onset=day("2020-12-01"), term="lung_infection", grade=3, serious=True
    )
    fill(
        desk,
        record(
            "A",
            *(("2020-01-01", "3.0"), ("2020-09-28", "2.7"), ("2021-01-01", "2.7"), ("2021-07-01", "2.8")),
            therapy=(rituximab,),
            events=(pneumonia,),
        ),
        record("B", ("2020-01-01", "2.0"), ("2020-12-31", "1.98"), therapy=(cellcept,), died="2021-06-01"),
        record("C", ("2020-01-01", "2.5"), ctd="RA"),
        record("D", ctd="RA"),
    )
    return desk


def test_changes_say_who_is_in_them_and_who_is_not_and_why(small: Desk) -> None:
    told = lung_function.changes(small, "fvc_l", 12)
    assert (told.n.cohort, told.n.analysed) == (4, 2)
    assert told.n.excluded == {"no usable visit": 1, "no visit at 12 months": 1}
    assert told.absolute.summary.mean == pytest.approx((-0.3 - 0.02) / 2)
    assert told.relative.summary.median == pytest.approx((-10 - 1) / 2)
    assert {name: share.n for name, share in told.responders.items() if share.n} == {
        "stable": 1,
        "decline": 1,
    }


def test_slopes_and_losses_are_of_those_with_enough_visits(small: Desk) -> None:
    slopes = lung_function.slopes_of(small, "fvc_l")
    assert (slopes.n.analysed, slopes.n.excluded) == (
        1,
        {"fewer than three usable visits": 2, "no usable visit": 1},
    )
    told = lung_function.decline(small, "fvc_l", within_days=365)
    assert (told.n.analysed, told.n.excluded) == (2, {"no later visit": 1, "no usable visit": 1})
    ten = told.losses["relative_10"]
    assert (ten.any_time.n, ten.any_time.of, ten.confirmed.n, ten.at_last_visit.n) == (1, 2, 1, 0)
    assert told.losses["absolute_5"].any_time.n == 1, "points are of % predicted: 75 to 67.5"


def test_a_drug_divides_the_course_into_before_and_after(small: Desk) -> None:
    told = lung_function.pre_post(small, "rituximab")
    fvc = told.measures["fvc"]
    assert (fvc.before.n, fvc.after.n, fvc.both) == (1, 1, 1)
    assert fvc.before.median == pytest.approx(-10)
    assert fvc.after.median == pytest.approx(100 / 27)
    assert fvc.n.excluded == {"never given the drug": 3}
    assert told.responses.classes["RESPONSE_KEIR"] == {"CANNOT_ASSESS": 1}, "no DLCO"
    assert lung_function.responders(small, "rituximab") == told.responses
    never = lung_function.pre_post(small, "nintedanib").measures["dlco"]
    assert (never.n.analysed, never.before.n, never.wilcoxon.p) == (0, 0, None)


@in_a_file
def test_fvc_around_a_drug_is_of_litres_where_percent_predicted_is_not_known(desk: Desk) -> None:
    line = TherapyLine(id=new_id(), drug="rituximab", start=day("2020-10-01"))
    visits = (("2020-01-01", "3.0"), ("2020-09-28", "2.7"), ("2021-07-01", "2.97"))
    whole = record("A", *visits, therapy=(line,))
    without = tuple(replace(test, fvc_pct_pred=None) for test in whole.tests)
    fill(desk, replace(whole, tests=without))
    fvc = lung_function.pre_post(desk, "rituximab").measures["fvc"]
    assert (fvc.n.analysed, fvc.in_litres, fvc.both) == (1, 1, 1)
    assert (fvc.before.median, fvc.after.median) == (-10, 10)
    later = replace(line, id=new_id(), drug="mycophenolate", start=day("2021-07-01"))
    second = record("B", *visits, ("2022-03-01", "2.97"), therapy=(later,))
    fill(desk, replace(second, tests=(*second.tests[:3], replace(second.tests[3], fvc_pct_pred=None))))
    told = lung_function.pre_post(desk, "mycophenolate").measures["fvc"]
    assert (told.before.median, told.after.median, told.in_litres) == (10, 0, 1), (
        "each change on its own scale"
    )


def test_time_to_death_is_counted_from_the_first_test_by_group(small: Desk) -> None:
    told = outcomes.survival(small, "death", by="diagnosis", days=(365, 540, 600))
    assert told.n.excluded == {"no usable visit to count from": 1, "not followed after time zero": 1}
    assert list(told.groups) == ["SSc"]
    curve = told.groups["SSc"]
    assert [(step.time, step.at_risk) for step in curve.steps] == [((dt.date(2021, 6, 1) - START).days, 2)]
    assert told.incidence["SSc"]["death"] == (0.0, 0.5, None), "last seen on day 547"
    assert told.log_rank.p is None
    failed = outcomes.survival(small, "treatment_failure")
    assert (failed.groups["all"].events, failed.groups["all"].n) == (0, 2)


def test_adverse_events_are_counted_in_the_exposure(small: Desk) -> None:
    told = outcomes.adverse_events(small)
    assert set(told.drugs) == {"rituximab", "mycophenolate"}
    given = told.drugs["rituximab"]
    days = 14 + 274
    assert (given.patients, given.years) == (1, Fraction(days) / Fraction(36525, 100))
    assert (given.events.events, given.infections.events, given.serious.events) == (1, 1, 1)
    assert given.first.years == Fraction((dt.date(2020, 12, 1) - dt.date(2020, 10, 1)).days) / Fraction(
        36525, 100
    )
    assert (given.by_grade, given.discontinued.n, given.deaths) == ({"3": 1}, 0, 0)
    assert told.drugs["mycophenolate"].discontinued.n == 1


def test_the_cohort_is_described_with_what_is_not_recorded(small: Desk) -> None:
    told = lung_function.describe(small)
    assert told.by["diagnosis"] == {"RA": 2, "SSc": 2}
    assert told.by["drug"] == {"none": 2, "mycophenolate": 1, "rituximab": 1}
    assert told.by["vital_status"] == {"not recorded": 3, "dead": 1}
    assert told.values["fvc_l"].n == 3
    assert told.values["age_years"].mean == pytest.approx(50, abs=0.01)
    assert told.values["dlco_percent_predicted"].n == 0


def test_nothing_after_the_day_counts_and_wrong_names_are_refused(small: Desk) -> None:
    assert lung_function.changes(small, "fvc_l", 12, Chosen(as_of=dt.date(2020, 12, 31))).n.analysed == 1
    assert (
        outcomes.survival(small, "death", chosen=Chosen(as_of=dt.date(2021, 5, 31))).groups["all"].events == 0
    )
    with pytest.raises(RefusedError, match="no measure"):
        lung_function.changes(small, "fev1", 12)
    with pytest.raises(RefusedError, match="no event"):
        outcomes.survival(small, "relapse")
    with pytest.raises(RefusedError, match="compared by"):
        outcomes.survival(small, "death", by="weather")


def test_a_query_chooses_the_cohort_and_says_of_whom_it_cannot_tell(small: Desk) -> None:
    told = lung_function.changes(
        small, "fvc_l", 12, Chosen(query=parse("fvc_l < 2.6 and diagnosis_group = SSc"))
    )
    assert (told.n.registry, told.n.cohort, told.n.analysed, told.n.cannot_tell) == (4, 1, 1, 0)
    assert told.absolute.summary.mean == pytest.approx(-0.02)
    unknown = lung_function.describe(small, Chosen(query=parse("fvc_l < 2.6")))
    assert (unknown.n.cohort, unknown.n.cannot_tell) == (2, 1), "one has no test"


def test_an_empty_registry_gives_counts_of_nobody(desk: Desk) -> None:
    assert lung_function.describe(desk).n.cohort == 0
    assert lung_function.changes(desk, "fvc_l", 12).absolute.summary.mean is None
    assert lung_function.slopes_of(desk, "fvc_l").pooled.slope_per_year is None
    assert lung_function.decline(desk, "fvc_l").losses["relative_10"].any_time.percent is None
    assert outcomes.survival(desk, "death").groups == {}
    assert outcomes.adverse_events(desk).drugs == {}


@in_a_file
def test_nothing_after_the_day_makes_a_group_a_stop_or_a_death(desk: Desk) -> None:
    later = (
        a_line("nintedanib", "2020-02-01", "2020-12-01", "adverse_event"),
        a_line("azathioprine", "2020-01-01", "2020-01-31"),
        a_line("rituximab", "2020-11-01"),
    )
    tests = (("2020-01-01", "3.0"), ("2020-06-01", "2.9"))
    fill(
        desk,
        record("A", *tests, therapy=later),
        record("B", *tests, therapy=(a_line("rituximab", "2020-11-01"),)),
    )
    then = Chosen(as_of=dt.date(2020, 7, 1))
    assert set(outcomes.survival(desk, "death", by="drug", chosen=then).groups) == {
        "azathioprine",
        "none",
    }
    assert outcomes.adverse_events(desk, then).drugs["nintedanib"].discontinued.n == 0
    assert outcomes.adverse_events(desk).drugs["nintedanib"].discontinued.n == 1


@in_a_file
def test_a_date_that_cannot_matter_leaves_nobody_out(desk: Desk) -> None:
    tests = (("2020-01-01", "3.0"), ("2020-06-01", "2.9"))

    def stopped(mrn: str, start: str, stop: str) -> PatientRecord:
        return record(mrn, *tests, therapy=(a_line("azathioprine", start, stop, "progression"),))

    fill(desk, stopped("A", "2018", "2019"), stopped("B", "2019", "2020"))
    told = outcomes.survival(desk, "treatment_failure")
    assert (told.n.analysed, told.n.excluded) == (1, {"a date is not known to the day": 1})


@in_a_file
def test_the_first_start_of_a_drug_is_not_its_second(desk: Desk) -> None:
    tests = (("2020-01-01", "3.0"), ("2020-10-01", "2.9"), ("2021-07-01", "2.9"))

    def again() -> TherapyLine:
        return a_line("azathioprine", "2020-10-01")

    fill(
        desk,
        record("A", *tests, therapy=(a_line("azathioprine", "2019", "2020-01-01"), again())),
        record("B", *tests[1:2], therapy=(again(),)),
        record("C", *tests, therapy=(again(),)),
    )
    told = lung_function.pre_post(desk, "azathioprine").measures["fvc"]
    assert (told.n.analysed, told.n.excluded) == (
        1,
        {
            "no visit 6 to 12 months before or after the start": 1,
            "the drug was not begun on a known day": 1,
        },
    )


@in_a_file
def test_events_and_lines_that_cannot_be_placed_are_counted_apart(desk: Desk) -> None:
    known = a_line("azathioprine", "2020-06-01", "2020-12-31")
    events = (
        AdverseEvent(id=new_id(), onset=day("2020-07-01"), term="lung_infection", seriousness=("admission",)),
        AdverseEvent(id=new_id(), onset=day("2020"), term="lung_infection"),
    )
    fill(desk, record("A", therapy=(known, a_line("azathioprine", "2021", "2022")), events=events))
    told = outcomes.adverse_events(desk).drugs["azathioprine"]
    assert (told.events.events, told.serious.events) == (1, 1), "a ticked criterion makes it serious"
    assert (told.undated_events, told.lines_left_out) == (1, 1)
    before = outcomes.adverse_events(desk, Chosen(as_of=dt.date(2020, 10, 1))).drugs["azathioprine"]
    assert before.lines_left_out == 0, "the second line was not begun"


@in_a_file
def test_a_drug_without_any_known_exposure_has_no_rate_and_says_why(desk: Desk) -> None:
    fill(desk, record("A", therapy=(a_line("azathioprine", "2020", "2021"),)))
    told = outcomes.adverse_events(desk)
    assert told.n.excluded == {"no exposure is known to the day": 1}
    given = told.drugs["azathioprine"]
    assert (given.patients, given.lines_left_out, given.events.exposed) == (0, 1, False)
    assert (given.discontinued.percent, given.deaths, given.grades["3-5"].per_100) == (None, 0, None)


def test_who_is_behind_each_number_is_named_by_id(small: Desk) -> None:
    told = lung_function.changes(small, "fvc_l", 12)
    for step, count in {"cohort": 4, "analysed": 2, **told.n.excluded}.items():
        assert len(told.n.who[step]) == count
    assert set(told.by_patient) == set(told.n.who["analysed"])
    lost = next(one for one, made in told.by_patient.items() if made.relative == -10)
    assert told.class_of_patient[lost] == "decline"
    assert lung_function.slopes_of(small, "fvc_l").n.who["analysed"] == (lost,)
    assert set(lung_function.pre_post(small, "rituximab").measures["fvc"].pairs) == {lost}
    assert lung_function.decline(small, "fvc_l").losses["relative_10"].by_patient[lost].event == 1
    events = outcomes.adverse_events(small)
    assert events.drugs["rituximab"].who["infections"] == (lost,)
    assert events.n.excluded == {"no drug was given": 2}
    described = lung_function.describe(small)
    assert described.who["drug"]["rituximab"] == (lost,)
    assert sorted(outcomes.survival(small, "death").patients["all"]) == sorted(told.by_patient)


def test_work_that_is_stopped_says_so(small: Desk) -> None:
    heard: list[str] = []
    told = Progress(lambda _done, _of, what: heard.append(what))
    lung_function.describe(small, progress=told)
    assert {"Reading the patients", "Working out"} <= set(heard)
    told.cancel()
    with pytest.raises(CancelledError):
        outcomes.survival(small, "death", progress=told)


@in_a_file
def test_events_are_told_by_grade_cause_and_seriousness_and_deaths_by_their_day(desk: Desk) -> None:
    line = a_line("azathioprine", "2020-01-01")
    events = tuple(
        AdverseEvent(
            id=new_id(), onset=day("2020-03-01"), term="lung_infection", grade=grade, causality=causality
        )
        for grade, causality in ((1, "unlikely"), (3, "possible"), (None, None), (4, None))
    )
    fill(
        desk,
        record("A", therapy=(line,), events=events, died="2020-12-31"),
        record("B", therapy=(a_line("azathioprine", "2020-01-01", "2020-06-01"),), died="2020-06-29"),
        record("C", therapy=(a_line("azathioprine", "2020-01-01", "2020-06-01"),), died="2020-06"),
        record("D", therapy=(a_line("azathioprine", "2020-01-01", "2020-06-01"),), died="2020-06-28"),
    )
    told = outcomes.adverse_events(desk).drugs["azathioprine"]
    assert {grade: one.events for grade, one in told.grades.items()} == {
        "1": 1,
        "3": 1,
        "3-5": 2,
        "4": 1,
        "not recorded": 1,
    }
    assert (told.related.events, told.first_related.events, told.serious_infections.events) == (1, 1, 0)
    assert (told.deaths, told.undated_deaths) == (2, 1), "28 days from 1 June end before the 29th"
    assert told.discontinued.of == 4


@in_a_file
def test_of_drugs_begun_on_one_day_the_group_is_that_of_the_first_code(desk: Desk) -> None:
    """Ids are made at random: two registries with the same patients must have the same groups."""
    tests = (("2020-01-01", "3.0"), ("2020-06-01", "2.9"))

    def two(mrn: str, first: str, second: str) -> PatientRecord:
        lines = (a_line("mycophenolate", "2020-01-01"), a_line("azathioprine", "2020-01-01"))
        return record(mrn, *tests, therapy=(replace(lines[0], id=first), replace(lines[1], id=second)))

    fill(desk, two("A", "1" * 32, "2" * 32), two("B", "4" * 32, "3" * 32))
    groups = outcomes.survival(desk, "death", by="drug").groups
    assert {name: curve.n for name, curve in groups.items()} == {"azathioprine": 2}


@in_a_file
def test_a_fall_of_exactly_ten_per_cent_is_one_where_per_cent_predicted_is_computed(desk: Desk) -> None:
    """3.7 of 4.99 L is 74.148... %: a tenth less is a tenth less, though neither has an end in decimals."""
    made = record("A", ("2020-01-01", "3.7"), ("2021-01-01", "3.33"))
    tests = tuple(replace(one, fvc_pct_pred=None, fvc_pred_l=Decimal("4.99")) for one in made.tests)
    fill(desk, replace(made, tests=tests))
    told = lung_function.changes(desk, "fvc_percent_predicted", 12)
    assert told.responders["decline"].n == 1
    lost = lung_function.decline(desk, "fvc_percent_predicted").losses
    assert [name for name, made in lost.items() if made.any_time.n] == [
        "relative_10",
        "relative_5",
        "absolute_5",
    ]


@in_a_file
def test_what_failed_on_the_day_a_drug_was_begun_is_the_drug_before(desk: Desk) -> None:
    """Stopped for progression and rituximab begun on one day: the time of rituximab only begins."""
    tests = (("2020-01-01", "3.0"), ("2020-07-01", "2.9"), ("2021-01-01", "2.9"))
    before = a_line("mycophenolate", "2019-01-01", "2020-07-01", "progression")
    after = a_line("rituximab", "2020-07-01", "2020-10-01", "lack_of_effect")
    still = a_line("rituximab", "2020-07-01")
    fill(
        desk,
        record("A", *tests, therapy=(before, after)),
        record("B", *tests, therapy=(replace(before, id=new_id()), still), died="2021-01-02"),
    )
    failed, died = (
        outcomes.survival(desk, event, time_zero="drug-start", drug="rituximab").groups["all"].people
        for event in ("treatment_failure", "death")
    )
    assert [(one.time, one.event) for one in failed] == [(92, 3), (185, 1)]
    assert [(one.time, one.event) for one in died] == [(184, 0), (185, 1)], "a failure ends no life"


@in_a_file
def test_a_failure_of_treatment_ends_no_time_to_death_or_transplant(desk: Desk) -> None:
    """Nor does it take a patient out of the curve of death where its day is not known."""
    tests = (("2020-01-01", "3.0"), ("2020-07-01", "2.9"))
    failing = a_line("mycophenolate", "2019-01-01", "2020-03-01", "progression")
    vague = a_line("mycophenolate", "2019-01-01", "2020", "lack_of_effect")
    worse = replace(a_line("azathioprine", "2020-01-02"), response="worse", response_date=day("2020-09-01"))
    fill(
        desk,
        record("A", *tests, therapy=(failing,), died="2021-01-01"),
        record("B", *tests, therapy=(vague,), died="2020-12-31"),
        record("C", *tests, therapy=(worse,)),
    )
    told = outcomes.survival(desk, "death", days=(365,))
    assert sorted((one.time, one.event) for one in told.groups["all"].people) == [
        (244, 0),
        (365, 1),
        (366, 1),
    ]
    assert told.incidence["all"] == {"death": pytest.approx((0.5,)), "transplant": (0.0,)}
    failed = outcomes.survival(desk, "treatment_failure")
    assert sorted((one.time, one.event) for one in failed.groups["all"].people) == [(60, 3), (244, 3)]
    assert failed.n.excluded == {"a date is not known to the day": 1}
