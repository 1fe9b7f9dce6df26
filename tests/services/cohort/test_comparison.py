"""Two drugs compared in a small registry, against numbers worked out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from ctdild_desktop.clinical.records import PatientRecord, TherapyLine
from ctdild_desktop.cohort import matching
from ctdild_desktop.cohort.query import parse
from ctdild_desktop.services.cohort import comparison
from ctdild_desktop.services.cohort.covariates import COVARIATES
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.desk import Desk, RefusedError, new_id
from tests.support.cohort_patients import a_line, day, record
from tests.support.desks import fill, in_a_file
from tests.support.importing import records

DRUGS = ("rituximab", "mycophenolate")


def treated(mrn: str, drug: str, before: str, after: str) -> PatientRecord:
    """A patient with a visit at the start of a drug and one a year later."""
    return record(
        mrn,
        ("2020-05-20", before),
        ("2021-05-25", after),
        therapy=(a_line(drug, "2020-06-01"),),
    )


def born(told: PatientRecord, year: int) -> PatientRecord:
    return replace(told, patient=replace(told.patient, birth_date=day(f"{year}-06-01")))


@in_a_file
def test_pairs_alike_in_age_are_compared_by_their_difference(desk: Desk) -> None:
    fill(
        desk,
        born(treated("A1", "rituximab", "2.0", "2.3"), 1950),
        born(treated("A2", "rituximab", "2.4", "2.5"), 1970),
        born(treated("B1", "mycophenolate", "2.1", "2.2"), 1950),
        born(treated("B2", "mycophenolate", "2.2", "2.1"), 1970),
        born(treated("B3", "mycophenolate", "3.0", "2.5"), 1990),
        record("C1", ("2020-05-20", "2.0")),
    )
    told = comparison.compare(desk, DRUGS, "fvc_l", covariates=("age",))
    assert (told.n.cohort, told.n.analysed, told.n.excluded) == (6, 5, {"neither drug was given": 1})
    assert told.matched is not None
    mrn = {one.patient.id: one.patient.mrn for one in records(desk)}
    assert {tuple(mrn[one] for one in pair) for pair in told.matched.pairs} == {("A1", "B1"), ("A2", "B2")}
    assert told.matched.difference.mean == pytest.approx(0.2), "0.3 - 0.1 and 0.1 - (-0.1)"
    assert told.matched.paired_t.p is None, "both pairs differ by the same"
    assert told.groups["rituximab"].change.mean == pytest.approx(0.2)
    assert told.unadjusted.estimate == pytest.approx(0.2 + 0.5 / 3)
    assert (told.ancova.n, told.ancova.df, told.adjusted.df) == (5, 2, 1)
    age = told.balance[0]
    assert (age.covariate, age.after.difference if age.after else None) == ("age", pytest.approx(0))
    assert told.by_patient[told.matched.pairs[0][0]].index == dt.date(2020, 6, 1)
    alone = comparison.compare(desk, DRUGS, "fvc_l", covariates=())
    assert (alone.matched, alone.ancova) == (None, told.ancova)
    assert alone.not_matched == "No covariate was chosen, so that nobody was matched."


@in_a_file
def test_who_is_left_out_of_a_comparison_and_why(desk: Desk) -> None:
    tests = (("2020-05-20", "2.0"), ("2021-05-25", "2.1"))

    def given(mrn: str, *lines: TherapyLine, visits: tuple[tuple[str, str], ...] = tests) -> PatientRecord:
        return record(mrn, *visits, therapy=lines)

    first, second = (a_line(drug, "2020-06-01") for drug in DRUGS)
    fill(
        desk,
        given("A", first),
        given("B", second, a_line("rituximab", "2020-09-01")),
        given("C", a_line("rituximab", "2020-06-01"), a_line("mycophenolate", "2020-06-01")),
        given("D", a_line("rituximab", "2020"), a_line("mycophenolate", "2020-06-01")),
        given("E", a_line("rituximab", "2020-06-01"), visits=tests[1:]),
        given("F", a_line("rituximab", "2020-06-01"), visits=tests[:1]),
        born_never(given("G", a_line("rituximab", "2020-06-01"))),
    )
    told = comparison.compare(desk, DRUGS, "fvc_l", covariates=("age", "sex"))
    assert told.n.excluded == {
        "both drugs were begun on the same day": 1,
        "the first start of either drug is not known to the day": 1,
        "no visit in the 6 months up to the start": 1,
        "no visit at 12 months": 1,
        "not known at the start: Age, years": 1,
    }
    assert [one.drug for one in told.by_patient.values()] == ["rituximab", "mycophenolate"]
    assert (told.matched, told.not_matched) == (None, str(matching.ALL_EQUAL)), "they are alike in both"
    assert (told.ancova.estimate, told.ancova.p) == (None, None)


def born_never(told: PatientRecord) -> PatientRecord:
    return replace(told, patient=replace(told.patient, birth_date=None))


@in_a_file
def test_covariates_are_those_of_the_day_the_drug_was_begun(desk: Desk) -> None:
    told = treated("A", "rituximab", "2.0", "2.3")
    view = replace(told.diagnoses[0], ild_diagnosed=day("2019"))
    other = replace(view, id=new_id())
    later = replace(view, id=new_id(), date=day("2020-07-01"), ctd="RA", pattern="UIP")
    lines = (
        a_line("prednisolone", "2019-01-01"),
        a_line("oxygen", "2019-01-01"),
        *told.therapy,
    )
    fill(
        desk,
        replace(told, diagnoses=(view, later), therapy=lines),
        replace(treated("B", "mycophenolate", "2.0", "2.3"), diagnoses=(other,)),
    )
    found = comparison.compare(desk, DRUGS, "fvc_l", covariates=[n for n in COVARIATES if "dlco" not in n])
    values = {(one.covariate, one.level): one.before.first for one in found.balance}
    assert values["diagnosis_group", "SSc"] == 100
    assert values["pattern", "NSIP"] == 100
    assert values["fvc_percent_predicted", ""] == 50
    assert values["age", ""] == pytest.approx((dt.date(2020, 6, 1) - dt.date(1970, 1, 1)).days / 365.25)
    assert values["disease_duration", ""] == pytest.approx(
        (dt.date(2020, 6, 1) - dt.date(2019, 7, 2)).days / 365.25
    )
    assert values["prior_lines", ""] == 1, "oxygen is no line"


@in_a_file
def test_each_wrong_use_of_a_comparison_gets_a_sentence(desk: Desk) -> None:
    def refused(drugs: tuple[str, str], covariates: tuple[str, ...] = ("age",), query: str = "") -> str:
        with pytest.raises(RefusedError) as told:
            comparison.compare(desk, drugs, "fvc_l", covariates=covariates, chosen=Chosen(query=parse(query)))
        return str(told.value)

    assert refused(DRUGS) == "There is nobody in the cohort."
    fill(desk, treated("A", "rituximab", "2.0", "2.3"), record("B", ("2020-01-01", "2.0")))
    assert refused(DRUGS) == "Nobody in the cohort was given mycophenolate."
    assert refused(("rituximab", "rituximab")) == "Choose two different drugs."
    assert refused(("rituximab", "aspirin")) == "aspirin is no drug of the list."
    assert refused(DRUGS, ("shoe",)).startswith("shoe is no covariate; choose of age, sex, ")
    fill(desk, record("C", ("2020-01-01", "2.0"), therapy=(a_line("mycophenolate", "2020-06-01"),)))
    assert refused(DRUGS) == "Nobody who was given mycophenolate can be analysed; two groups are needed."
    fill(
        desk,
        born(treated("D", "mycophenolate", "2.0", "2.3"), 1940),
        born(treated("E", "mycophenolate", "2.1", "2.3"), 1941),
    )
    told = comparison.compare(desk, DRUGS, "fvc_l", covariates=("age",))
    assert (told.matched, told.not_matched) == (None, str(matching.SEPARATED))
    assert told.model is None
