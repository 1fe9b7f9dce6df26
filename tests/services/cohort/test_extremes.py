"""Every analysis of cohorts that hardly are: numbers that are numbers, or a sentence."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any, TypeVar

import pytest

from ctdild_desktop.cli.cohort_answers import ANSWERS
from ctdild_desktop.cohort.query import parse
from ctdild_desktop.services.cohort import by_month, comparison, lung_function, outcomes
from ctdild_desktop.services.cohort.analyses import ANALYSES, Options, answer
from ctdild_desktop.services.cohort.data import MEASURES, Chosen
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.progress import Progress
from tests.support.desks import fill, make_desk
from tests.support.extremes import COHORTS, NOBODY, extreme_patients

T = TypeVar("T")
DRUGS = ("rituximab", "mycophenolate")


@pytest.fixture(scope="module")
def extremes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = make_desk(tmp_path_factory.mktemp("extremes"))
    fill(desk, *extreme_patients())
    yield desk
    desk.close()


def chosen(disease: str) -> Chosen:
    return Chosen(query=parse(f"diagnosis = {disease}"))


def numbers_in(told: Any) -> Iterator[float]:
    """Every number in a value of whatever is made of values."""
    if isinstance(told, float):
        yield told
    elif is_dataclass(told) and not isinstance(told, type):
        for one in fields(told):
            yield from numbers_in(getattr(told, one.name))
    elif isinstance(told, dict):
        for value in told.values():
            yield from numbers_in(value)
    elif isinstance(told, list | tuple | set | frozenset):
        for value in told:
            yield from numbers_in(value)


def sound(told: Any) -> None:
    assert all(math.isfinite(number) for number in numbers_in(told))


def or_refused(make: Callable[[], T]) -> T | RefusedError:
    try:
        return make()
    except RefusedError as error:
        return error


def _answered(desk: Desk, name: str, options: Options, disease: str) -> None:
    told = or_refused(lambda: answer(desk, name, options, chosen(disease)))
    if isinstance(told, RefusedError):
        assert str(told).endswith("."), "a sentence"
        return
    sound(told)
    for step in told.steps:
        assert not step.patients or len(step.patients) == step.count
    for result in told.results:
        assert all(len(row) == len(result.columns) for row in result.rows)
        assert all("nan" not in cell.text and cell.text != "inf" for row in result.rows for cell in row)


@pytest.mark.parametrize("disease", COHORTS)
def test_every_analysis_answers_of_a_cohort_that_hardly_is(extremes: Desk, disease: str) -> None:
    for one in ANALYSES:
        for measure in MEASURES[:2] if "measure" in one.asks else MEASURES[:1]:
            options = Options(measure=measure, drug="rituximab", drugs=DRUGS, by="drug")
            _answered(extremes, one.name, options, disease)


@pytest.mark.parametrize("disease", ["DM", NOBODY])
def test_the_command_has_a_number_or_nothing_and_never_a_word_for_none(extremes: Desk, disease: str) -> None:
    asked = argparse.Namespace(
        **{"measure": "fvc_percent_predicted", "months": (6, 12), "within": 365, "at": (1, 365, 99_999)},
        **{"event": "death,treatment_failure", "by": "drug", "covariates": (), "time_zero": "first-pft"},
    )
    for name, make in ANSWERS.items():
        asked.drugs = list(DRUGS) if name == "compare" else ["rituximab"]
        told = or_refused(partial(make, extremes, asked, chosen(disease), Progress()))
        if isinstance(told, RefusedError):
            assert str(told).endswith("."), "a sentence"
        else:
            assert json.dumps(told, allow_nan=False, default=str)


def test_one_patient_has_values_and_no_spread(extremes: Desk) -> None:
    alone = chosen("PM")
    told = lung_function.changes(extremes, "fvc_l", 6, alone)
    assert told.absolute.summary.n == 1
    assert told.absolute.summary.mean == pytest.approx(-0.1)
    assert (told.absolute.summary.sd, told.absolute.summary.ci95, told.absolute.paired_t.p) == (None,) * 3
    slopes = lung_function.slopes_of(extremes, "fvc_l", alone)
    assert (slopes.result.n, slopes.pooled.slope_per_year, slopes.pooled.n) == (1, None, 1)
    assert outcomes.survival(extremes, "death", by="drug", chosen=alone).log_rank.p is None
    (months,) = by_month.monthly(extremes, "fvc_l", (6,), chosen=alone).groups.values()
    assert (months[1].value.n, months[1].value.sd) == (1, None)


def test_equal_values_are_a_change_of_nothing_without_a_test(extremes: Desk) -> None:
    equal = chosen("DM")
    told = lung_function.changes(extremes, "fvc_l", 6, equal)
    summary = told.absolute.summary
    assert (summary.n, summary.mean, summary.sd, summary.ci95) == (6, 0, 0, (0, 0))
    assert (told.absolute.paired_t.p, told.absolute.wilcoxon.p) == (None, None)
    assert told.responders["stable"].n == 6
    slopes = lung_function.slopes_of(extremes, "fvc_l", equal)
    assert (slopes.result.mean, slopes.result.sd) == pytest.approx((0, 0), abs=1e-12)
    assert slopes.pooled.slope_per_year is None or abs(slopes.pooled.slope_per_year) < 1e-9
    apart = comparison.compare(extremes, DRUGS, "fvc_l", months=6, covariates=(), chosen=equal)
    assert (apart.unadjusted.estimate, apart.ancova.estimate) == pytest.approx((0, 0), abs=1e-12)
    assert (apart.unadjusted.p, apart.ancova.p) == (None, None)
    assert apart.unadjusted.reason
    assert apart.ancova.reason
    lost = lung_function.decline(extremes, "fvc_l", chosen=equal).losses["relative_5"]
    assert (lost.any_time.n, lost.any_time.of) == (0, 6)
    assert lost.curve.at(365).survival == 1
    assert float(lost.incidence.low or 0) == 0


def test_everybody_dead_on_one_day_is_a_curve_of_one_step(extremes: Desk) -> None:
    dead = chosen("SjD")
    told = outcomes.survival(extremes, "death", days=(1, 9), chosen=dead)
    (step,) = told.groups["all"].steps
    assert (step.time, step.at_risk, step.events, step.survival, step.ci95) == (1, 3, 3, 0, None)
    assert (told.incidence["all"]["death"], told.log_rank.p) == ((1.0, 1.0), None)
    lost = lung_function.decline(extremes, "fvc_l", chosen=dead).losses["relative_10"]
    assert (lost.any_time.n, lost.confirmed.n, lost.at_last_visit.n) == (3, 0, 3)
    assert lost.curve.median == 1


def test_nobody_with_an_event_is_a_curve_of_none_and_a_rate_of_nothing(extremes: Desk) -> None:
    well = chosen("ASyS")
    told = outcomes.survival(extremes, "death", by="drug", chosen=well)
    (curve,) = told.groups.values()
    assert (curve.events, curve.steps, curve.median) == (0, (), None)
    rate = outcomes.adverse_events(extremes, well).drugs["rituximab"].events
    assert (rate.events, float(rate.per_100 or 0), float(rate.low or 0)) == (0, 0, 0)
    assert float(rate.high or 0) == pytest.approx(100 * 3.688879454 / (4 * 274 / 365.25))
    with pytest.raises(RefusedError, match="Nobody in the cohort was given mycophenolate"):
        comparison.compare(extremes, DRUGS, chosen=well)


def test_dates_known_to_the_year_leave_a_patient_out_by_name_of_the_reason(extremes: Desk) -> None:
    vague = chosen("SLE")
    told = outcomes.survival(extremes, "death", chosen=vague)
    assert (told.groups, told.n.excluded) == ({}, {"a date is not known to the day": 3})
    harm = outcomes.adverse_events(extremes, vague)
    assert harm.n.excluded == {"no exposure is known to the day": 3}
    assert {(made.patients, made.events.per_100) for made in harm.drugs.values()} == {(0, None)}
    assert sum(made.lines_left_out for made in harm.drugs.values()) == 3
    around = lung_function.pre_post(extremes, "rituximab", vague).measures["fvc"]
    assert around.n.excluded == {"the drug was not begun on a known day": 3}
    with pytest.raises(RefusedError, match="There is nobody in the cohort"):
        comparison.compare(extremes, DRUGS, chosen=chosen(NOBODY))
