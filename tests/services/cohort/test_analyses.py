"""The answer of an analysis: of what it was made, its steps, and what is refused."""

from __future__ import annotations

import datetime as dt
import shlex

import pytest

from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.cohort.query import parse
from ctdild_desktop.services import events, patients
from ctdild_desktop.services.cohort.analyses import (
    ANALYSES,
    Options,
    analysis,
    answer,
    command,
)
from ctdild_desktop.services.cohort.answers.claims import claims_of
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.cohort.one_state import fingerprint
from ctdild_desktop.services.desk import Desk, RefusedError, new_id
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support.cohort_patients import day, record
from tests.support.desks import fill, in_a_file

MADE_ON = dt.date(2026, 3, 12)
ASKED = Options(drug="rituximab", drugs=("rituximab", "mycophenolate"), covariates=("age", "sex"))


@pytest.fixture
def small(desk: Desk) -> Desk:
    fill(
        desk,
        record("1", ("2020-01-01", "3.00"), ("2021-01-01", "2.60")),
        record("2", ("2020-01-01", "2.00"), ("2021-01-10", "2.10")),
        record("3", ("2020-01-01", "2.50")),
        record("4", ctd="RA"),
    )
    return desk


@in_a_file
def test_the_steps_lead_from_the_registry_to_those_analysed_and_name_who_is_left_out(small: Desk):
    told = answer(small, "change", Options(), Chosen(query=parse("diagnosis = SSc")))
    assert [(step.count, step.left_out, len(step.patients)) for step in told.steps] == [
        (4, False, 0),
        (3, False, 3),
        (1, True, 1),
        (2, False, 2),
    ]
    assert told.steps[2].text == "no visit at 12 months"
    chosen, left, analysed = (set(step.patients) for step in told.steps[1:])
    assert chosen == left | analysed


@in_a_file
def test_a_result_has_the_number_behind_each_text(small: Desk):
    described = answer(small, "change", Options(), Chosen()).results[0]
    n, mean = described.rows[0][1:3]
    assert (n.text, n.value) == ("2", 2)
    assert mean.text == "−0.150"
    assert mean.value == pytest.approx((-0.40 + 0.10) / 2)


@in_a_file
def test_the_command_is_quoted_and_names_the_day(small: Desk):
    told = answer(small, "change", Options(months=6), Chosen(query=parse("diagnosis = SSc")))
    assert shlex.split(told.made.command) == [
        *("ctdild", "cohort", "change", "--measure", "fvc_l", "--months", "6"),
        *("--query", "diagnosis = SSc", "--as-of", MADE_ON.isoformat()),
    ]
    assert told.made.query_text == "Diagnosis is Systemic sclerosis"


def test_the_fingerprint_is_equal_until_something_of_a_patient_changes(small: Desk):
    before = fingerprint(small)
    events.note(small, "listed", what="cohort")
    assert fingerprint(small) == before
    someone = answer(small, "summary", Options(), Chosen()).steps[1].patients[0]
    patients.remove_patient(small, someone, "registered twice")
    assert fingerprint(small) != before


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("compare", Options(drugs=("rituximab", "nintedanib")), "--drug rituximab --drug nintedanib"),
        ("compare", Options(drugs=("rituximab", "nintedanib"), covariates=()), "--covariates none"),
        ("course", Options(), "--measure fvc_l --by none --months 6,12,24"),
        (
            "change",
            Options(time_zero="drug-start", drug="rituximab"),
            "--time-zero drug-start --drug rituximab",
        ),
        ("survival", Options(event="death,transplant"), "--event death,transplant --by none"),
    ],
)
def test_the_command_has_the_options_that_were_asked(name: str, options: Options, told: str):
    assert told in command(analysis(name), options, MADE_ON, "")


def test_the_claims_are_those_whose_design_asks_the_same_of_the_drug():
    asked = claims_of("pre-post", Options(drug="rituximab"))
    assert {"R08", "R10", "R11", "R17"} <= set(asked)
    assert "R30" not in asked  # of tocilizumab
    assert claims_of("pre-post", Options(drug="tocilizumab")) == ("R30", "P04")
    assert "R29" in claims_of("adverse-events", Options())
    assert claims_of("next-line", Options()) == ()


def test_a_drug_that_has_no_say_is_not_in_the_command():
    assert "--drug" not in command(analysis("change"), Options(drug="rituximab"), MADE_ON, "")
    assert "--drug" not in command(analysis("epochs"), Options(), MADE_ON, "")


@in_a_file
def test_everybody_who_is_counted_at_a_step_is_named(desk: Desk):
    lines = [TherapyLine(id=new_id(), drug=drug, start=day("2020-06-01")) for drug in ASKED.drugs]
    fill(
        desk,
        *(
            record(
                str(at),
                *(("2019-12-01", "3.2"), ("2020-05-01", "3.1"), ("2021-03-01", "3.0"), ("2021-05-01", "2.9")),
                therapy=(lines[at % 2],),
            )
            for at in range(2)
        ),
        record("9", ("2020-05-01", "2.0")),
    )
    for one in ANALYSES:
        told = answer(desk, one.name, ASKED, Chosen())
        assert told.results, one.name
        assert told.caveats, one.name
        assert all(step.count == len(step.patients) for step in told.steps[1:]), one.name


@in_a_file
def test_nobody_gives_an_answer_that_says_so_in_place_of_each_picture(desk: Desk):
    for one in ANALYSES:
        if one.name == "compare":
            with pytest.raises(RefusedError, match="There is nobody in the cohort"):
                answer(desk, one.name, ASKED, Chosen())
            continue
        told = answer(desk, one.name, ASKED, Chosen())
        assert told.steps[-1].count == 0
        assert all(chart.empty_text and chart.description for chart in told.charts), one.name


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("changes", Options(), "changes is no analysis"),
        ("change", Options(measure="fev1"), "fev1 is no measure"),
        ("change", Options(months=0), "above zero"),
    ],
)
@in_a_file
def test_wrong_use_gets_a_sentence(desk: Desk, name: str, options: Options, said: str):
    with pytest.raises(RefusedError, match=said):
        answer(desk, name, options, Chosen())


@in_a_file
def test_stopping_gives_no_answer(small: Desk):
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        answer(small, "summary", Options(), Chosen(), progress)
