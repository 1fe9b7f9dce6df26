"""Studies run beside the registry: on the demonstration, and on patients whose numbers are known by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Infusion,
    Patient,
    PatientRecord,
    Pft,
    TherapyLine,
)
from ctdild_desktop.cohort.published import published_of
from ctdild_desktop.cohort.query import parse
from ctdild_desktop.cohort.study_words import Unit
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access
from ctdild_desktop.services.cohort import lung_function
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.cohort.studies import Run, compared, studies, study
from ctdild_desktop.services.cohort.study_table import Row, result_words
from ctdild_desktop.services.demo import make_demo
from ctdild_desktop.services.desk import Desk, RefusedError, new_id
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support.cohort_patients import day
from tests.support.desks import fill, in_a_file

START = "2021-01-01"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = make_demo(tmp_path_factory.mktemp("studies"), patients=10, seed=4, cost=CHEAPEST)
    desk = access.unlock(made.registry, login=made.login, passphrase=made.passphrase_file.read_text().strip())
    yield desk
    desk.close()


def test_every_study_gives_a_table_and_says_who_is_counted(demo: Desk) -> None:
    for one in studies():
        answer = study(demo, one.id)
        assert answer.results[0].rows, one.id
        assert all(row[-1].text for row in answer.results[0].rows), "why they are not the same"
        assert answer.caveats or one.not_run, one.id
        assert "DEMO" not in repr(answer), "nothing names a person"
        assert answer.definition or one.not_run
        assert answer.made.command.startswith(f"ctdild cohort study {one.id} --as-of ")
        if one.is_run:
            assert answer.steps[0].count == 10
            assert answer.steps[-1].count == len(answer.steps[-1].patients)
            if answer.steps[-1].count < 5:
                assert answer.caveats[0].startswith(("Too few patients", "0 of ", "Nobody in this registry"))
        else:
            assert (answer.steps, answer.charts) == ((), ())
            assert answer.definition == one.not_run


def person(
    mrn: str,
    *tests: tuple[str, str, str],
    ctd: str = "ASyS",
    drug: str = "rituximab",
    event: str = "",
    died: str = "",
) -> PatientRecord:
    """Somebody with FVC and DLCO in % predicted on some days, given a drug on 01.01.2021."""
    given = dt.date.fromisoformat(START)
    line = TherapyLine(
        id=new_id(),
        drug=drug,
        start=day(START),
        infusions=(Infusion(date=given),) if drug == "rituximab" else (),
    )
    return PatientRecord(
        patient=Patient(
            id=new_id(),
            mrn=mrn,
            vital_status="dead" if died else "alive",
            death_date=day(died) if died else None,
            cause_of_death="infection" if died else None,
        ),
        diagnoses=(Diagnosis(id=new_id(), date=day("2019-12-01"), ctd=ctd, pattern="NSIP"),),
        tests=tuple(
            Pft(
                id=new_id(),
                date=dt.date.fromisoformat(on),
                entered=place,
                fvc_l=Decimal(fvc) / 20,
                fvc_pct_pred=Decimal(fvc),
                fev1_pct_pred=Decimal(fvc),
                dlco_pct_pred=Decimal(dlco),
                dlco_hb_corrected=True,
            )
            for place, (on, fvc, dlco) in enumerate(tests, start=1)
        ),
        therapy=(line,) if drug else (),
        adverse_events=(AdverseEvent(id=new_id(), onset=day(event), term="lung_infection", grade=3),)
        if event
        else (),
    )


def around(fvc: tuple[str, str, str], dlco: tuple[str, str, str]) -> tuple[tuple[str, str, str], ...]:
    """Tests 9 months before the start, at it and 9 months after it."""
    days = ("2020-04-01", "2020-12-20", "2021-10-01")
    return tuple(zip(days, fvc, dlco, strict=True))


def rows(told: Run) -> dict[tuple[str, str], Row]:
    return {(row.published.measure, row.group): row for row in told.rows if row.own is not None}


@pytest.fixture
def clinic(desk: Desk) -> Desk:
    """Five treated with FVC 100, 80 and then 64, 72, 80, 88 and 96; DLCO 50, 40 and 40; two without."""
    for after in ("64", "72", "80", "88", "96"):
        fill(
            desk,
            person(
                f"T{after}",
                *around(("100", "80", after), ("50", "40", "40")),
                event="2021-03-01" if after in {"64", "72"} else "",
                died="2022-01-01" if after == "64" else "",
            ),
        )
    fill(desk, person("N1", ("2020-04-01", "60", "40"), drug="", died="2022-01-01"))
    fill(desk, person("N2", ("2020-04-01", "90", "40"), drug=""))
    return desk


@in_a_file
def test_before_and_after_are_those_worked_out_by_hand(clinic: Desk) -> None:
    told = rows(compared(clinic, "R10"))
    before, after = told["fvc_before", ""].own, told["fvc_after", ""].own
    assert before is not None
    assert (before.n, before.value, before.low, before.high) == (5, -20, -20, -20)
    assert after is not None
    assert (after.n, after.value, after.low, after.high) == (5, 0, -10, 10), "of -20, -10, 0, 10 and 20"
    assert told["dlco_after", ""].own.value == 0
    paired = told["fvc_paired_p", ""].own
    assert paired.n == 5
    assert paired.value == pytest.approx(2 / 2**4), "of 0, 10, 20, 30 and 40 the zero is dropped"
    same = lung_function.pre_post(clinic, "rituximab").measures["fvc"]
    assert (same.before.median, same.after.median, same.wilcoxon.p) == (-20, 0, paired.value)


@in_a_file
def test_responders_deaths_and_events_are_those_worked_out_by_hand(clinic: Desk) -> None:
    keir = rows(compared(clinic, "R09"))["success", ""].own
    assert (keir.count, keir.n, keir.value) == (3, 5, 60), "up or unchanged: 80, 88, 96 of 80; down: 64, 72"
    fell = rows(compared(clinic, "R20", Chosen(query=parse("diagnosis = ASyS"))))
    assert [fell[name, ""].own.count for name in ("fvc_fell", "fvc_held", "fvc_rose")] == [2, 1, 2]
    died = rows(compared(clinic, "R19"))
    assert (died["deaths", "a"].own.count, died["deaths", "a"].own.n) == (1, 5)
    assert (died["deaths", "b"].own.count, died["deaths", "b"].own.n) == (1, 2)
    assert (died["infection_deaths", "a"].own.count, died["infection_deaths", "a"].own.n) == (1, 1)
    assert died["deaths", "b"].own.low is None, "fewer than five have no interval"
    assert [round(end, 1) for end in (died["deaths", "a"].low, died["deaths", "a"].high)] == [10.3, 36.8]
    infected = rows(compared(clinic, "R24"))["infections", ""].own
    assert (infected.count, infected.n, infected.value) == (2, 5, 40)
    rate = rows(compared(clinic, "R29"))["infection_rate", "a"].own
    assert rate.value == pytest.approx(2 / (5 * 274 / 365.25)), "274 days from each infusion"
    late = rows(compared(clinic, "R17"))
    assert (late["fvc_after", ""].own.value, late["fev1_after", ""].own.value) == (0, 0)
    assert late["months_after", ""].own.value == 9


@in_a_file
def test_a_start_that_is_not_known_to_the_day_counts_only_where_no_window_does(clinic: Desk) -> None:
    whole = person("I1", *around(("100", "80", "80"), ("50", "40", "40")), died="2022-01-01")
    fill(clinic, replace(whole, therapy=(replace(whole.therapy[0], start=day("2021")),)))
    deaths = rows(compared(clinic, "R19"))["deaths", "a"].own
    assert (deaths.count, deaths.n) == (2, 6)
    told = compared(clinic, "R10")
    assert rows(told)["fvc_after", ""].own.n == 5
    steps = {step.text: step.count for step in told.steps}
    assert steps["the drug was not begun on a known day"] == 1
    assert steps["never given the drug"] == 2


@in_a_file
def test_severity_is_asked_of_the_start_and_the_untreated_count_from_their_first_low_test(
    clinic: Desk,
) -> None:
    fill(clinic, person("S1", *around(("70", "69", "76"), ("50", "40", "40")), ctd="SSc"))
    fill(clinic, person("S2", *around(("90", "70", "60"), ("50", "40", "40")), ctd="SSc"))
    fill(
        clinic,
        person("S3", ("2020-01-01", "71", "40"), ("2020-04-01", "60", "40"), ctd="SSc", drug=""),
        person("S4", ("2020-04-01", "50", "40"), ("2021-01-02", "45", "40"), ctd="SSc", drug=""),
    )
    told = compared(clinic, "R14")
    own = rows(told)
    assert (own["fvc_points_after", "a"].own.n, own["fvc_points_after", "a"].own.value) == (1, 7)
    assert (own["fvc_points_after", "b"].own.n, own["fvc_points_after", "b"].own.value) == (1, -5)
    assert own["fvc_points_difference_p", ""].own.value is None
    steps = {step.text: step.count for step in told.steps}
    assert steps["FVC at the start is not below the limit"] == 1, "70 is not below 70, though 60 is today"
    assert steps["never given Rituximab"] == 2
    assert told.caveats[0].startswith("Too few patients: 2 can be analysed.")


@in_a_file
def test_nobody_and_other_patients_and_wrong_ids_are_said_in_a_sentence(clinic: Desk) -> None:
    nobody = study(clinic, "R10", Chosen(query=parse("diagnosis = PM")))
    assert nobody.caveats[0] == "Nobody in this registry is of the population of the study."
    assert "chosen otherwise" in nobody.caveats[1]
    assert nobody.charts[0].empty_text == nobody.caveats[0]
    none = study(clinic, "RO12")
    assert none.caveats[0] == "0 of 7 can be analysed. Left out: never given the drug: 7."
    with pytest.raises(RefusedError, match="X1 is no study; known are R01, "):
        study(clinic, "X1")
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(CancelledError):
        study(clinic, "R10", progress=stopped)


@in_a_file
def test_a_registry_that_changes_while_it_is_read_is_read_again(
    clinic: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = iter(("1", "2", "3", "3", "4"))
    monkeypatch.setattr("ctdild_desktop.services.cohort.one_state.fingerprint", lambda _desk: next(states))
    assert compared(clinic, "R10").made.fingerprint == "3"
    states = iter("123456")
    with pytest.raises(RefusedError, match="changes all the time"):
        compared(clinic, "R10")


@in_a_file
def test_the_table_says_what_is_not_given_and_what_was_computed_here(clinic: Desk) -> None:
    def line(answer_id: str, label: str) -> list[str]:
        return next(
            [cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in row]
            for row in study(clinic, answer_id).results[0].rows
            if row[0].text.startswith(label)
        )

    assert line("R10", "FVC before")[1:8] == [
        *("5", "−20.0 %", "−20.0 to −20.0", "Keir 2014, 6 to 12 months", "33", "−13.3 %", "not given")
    ]
    assert line("R10", "DLCO after")[5:8] == ["33", "stable after", ""]
    assert line("R15", "FVC gain")[4:8] == ["Sem, 7 months", "6/11", "55 %", "28 to 79 *"]
    assert line("R14", "FVC after, points")[6:8] == ["+0.8", "± 2.2"]
    assert line("R19", "Died: Rituximab")[5:8] == ["7/34", "21 %", "10 to 37 *"]
    assert line("R18", "FVC, FEV1")[5:7] == ["not given", "7 patients"]
    others = study(clinic, "R17").results[1]
    after = [row for row in others.rows if row[0].text.startswith("FVC after")]
    names = {row[4].text.partition(",")[0] for row in after}
    assert names >= {"R08 Keir 2012", "R10 Keir 2014", "R11 Dodds"}
    assert all(row[-1].text.startswith("Theirs: ") for row in after), "whom they were about"
    assert {row[2].value for row in after} == {0.0}, "the own number is that of the study in hand"
    assert "placebo" not in " ".join(row[-1].text for row in others.rows), "other drugs"
    assert line("R04", "Judgement")[1:3] == ["", "not measured here"]


@in_a_file
def test_who_began_the_drugs_of_both_groups_on_one_day_is_in_neither(clinic: Desk) -> None:
    """P01 sets rituximab against cyclophosphamide: the order of two lines of one day means nothing."""
    whole = person("B1", *around(("100", "80", "80"), ("50", "40", "40")), ctd="SSc")
    other = replace(whole.therapy[0], id=new_id(), drug="cyclophosphamide_iv", infusions=())
    fill(clinic, replace(whole, therapy=(whole.therapy[0], other)))
    steps = {step.text: step.count for step in compared(clinic, "P01").steps}
    assert steps["both drugs were begun on the same day"] == 1
    assert steps["began Rituximab"] == 5, "those of the clinic, and not the one who began both"


@in_a_file
def test_deaths_of_those_never_treated_need_no_test(clinic: Desk) -> None:
    """N1 died and N2 lives; N3 died and was never tested, as somebody treated may be."""
    fill(clinic, person("N3", drug="", died="2022-01-01"))
    told = compared(clinic, "R19")
    never = rows(told)["deaths", "b"].own
    assert never is not None
    assert (never.count, never.n) == (2, 3)


@in_a_file
def test_a_death_during_the_treatment_counts_without_an_adverse_event(clinic: Desk) -> None:
    """RITUXVAS counts the dead. T64 died three months after the exposure to rituximab had ended."""
    fill(clinic, person("C1", drug="cyclophosphamide_iv", died="2021-06-01"))
    fill(clinic, person("C2", drug="cyclophosphamide_iv", died="2021-06"))
    fill(clinic, person("C3", drug="cyclophosphamide_iv"))
    own = rows(compared(clinic, "R29"))
    after, during = own["deaths_exposed", "a"].own, own["deaths_exposed", "b"].own
    assert after is not None
    assert during is not None
    assert (after.count, after.n) == (0, 5)
    assert (during.count, during.n) == (2, 3), "every day of that June is one of the exposure"


def test_a_published_p_has_the_decimal_mark_of_the_reader() -> None:
    (below,) = (one for one in published_of("R10") if one.measure == "fvc_paired_p")
    row = Row(label="p", unit=Unit.P, group="", own=None, published=below)
    before = wording.style()
    try:
        assert result_words(row) == "< 0.01"
        wording.use_style(wording.Style("dd/mm/yyyy", ","))
        assert result_words(row) == "< 0,01"
    finally:
        wording.use_style(before)
