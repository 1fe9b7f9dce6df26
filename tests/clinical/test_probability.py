"""The probability of a true fall: against quadrature and simulation, monotone, clear on what lacks."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import replace
from decimal import Decimal
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.probability import (
    BESIDE,
    LITRES_PRIOR,
    PERCENT_PRIOR,
    Prior,
    Probability,
    fall_probability,
    posterior,
    shown,
)
from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.clinical.wording import say
from tests.support import holloway
from tests.support.people import WOMAN, day, percent, pft

AS_OF = day("2024-06-01")
_FALL_5 = (0.0, 1.0)
_FALL_10 = (0.1, 1.0)
SERIES = {
    "two": [("2023-06-01", 70.0), ("2024-06-01", 64.0)],
    "one year": [("2023-06-15", 71.0), ("2023-12-01", 66.0), ("2024-06-01", 63.0)],
    "long": [
        ("2019-03-02", 82.0),
        ("2020-02-29", 79.0),
        ("2021-07-01", 80.5),
        ("2022-11-20", 74.0),
        ("2023-08-01", 71.0),
        ("2024-06-01", 69.5),
    ],
    "noisy": [("2022-08-01", 60.0), ("2022-12-01", 78.0), ("2023-04-01", 55.0), ("2024-06-01", 66.0)],
}


def _points(name: str) -> list[tuple[dt.date, float]]:
    return [(day(date), value) for date, value in SERIES[name]]


def _level_and_change(date: dt.date) -> tuple[float, float, list[float]]:
    """How a test sees the level a year ago, the last year and the years before; written as a walk in time."""
    begin = add_months(AS_OF, -12)
    if date >= begin:
        return 1.0, (date - begin).days / (AS_OF - begin).days, []
    years = []
    end = begin
    number = 2
    while True:
        start = add_months(AS_OF, -12 * number)
        years.append(min(1.0, (end - max(date, start)).days / (end - start).days))
        if date >= start:
            return 1.0, 0.0, [-share for share in years]
        end = start
        number += 1


def _parts(points: list[tuple[dt.date, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Design and values with every column, for the independent computations."""
    rows = []
    for date, _value in points:
        level, last, years = _level_and_change(date)
        rows.append([level, last, *years, *([0.0] * (8 - len(years)))])
    return np.array(rows), np.array([value for _date, value in points])


def _given_variance(
    points: list[tuple[dt.date, float]], prior: Prior, variance: float, weights: tuple[float, float]
) -> tuple[float, float]:
    """Mean and SD of a weighted sum of level and last change given σ², by conditioning of joint normals."""
    design, values = _parts(points)
    covariance = np.diag([prior.level_sd**2, *[prior.yearly**2] * 9]) * variance / prior.noise**2
    contrast = np.array([*weights, *[0.0] * 8])
    centre = prior.level * weights[0]
    seen = design @ covariance @ design.T + variance * np.eye(len(values))
    cross = design @ covariance @ contrast
    gain = np.linalg.solve(seen, cross)
    mean = centre + gain @ (values - prior.level)
    return float(mean), math.sqrt(float(contrast @ covariance @ contrast - gain @ cross))


def _log_evidence(points: list[tuple[dt.date, float]], prior: Prior, variance: float) -> float:
    """log p(σ²) + log p(tests before the latest | σ²), up to a constant."""
    made = -(prior.weight / 2 + 1) * math.log(variance) - prior.weight * prior.noise**2 / (2 * variance)
    design, values = _parts(points[:-1])
    covariance = np.diag([prior.level_sd**2, *[prior.yearly**2] * 9]) * variance / prior.noise**2
    seen = design @ covariance @ design.T + variance * np.eye(len(values))
    off = values - prior.level
    sign, log_size = np.linalg.slogdet(seen)
    assert sign > 0
    return float(made - log_size / 2 - off @ np.linalg.solve(seen, off) / 2)


def _quadrature(
    points: list[tuple[dt.date, float]], prior: Prior, weights: tuple[float, float], limit: float
) -> float:
    logs = np.linspace(math.log(prior.noise**2 / 60), math.log(prior.noise**2 * 60), 1200)
    masses = np.array([_log_evidence(points, prior, math.exp(x)) + x for x in logs])
    masses = np.exp(masses - masses.max())
    tails = []
    for x in logs:
        mean, sd = _given_variance(points, prior, math.exp(x), weights)
        tails.append(NormalDist(mean, sd).cdf(limit))
    return float((masses * np.array(tails)).sum() / masses.sum())


@pytest.mark.parametrize("name", sorted(SERIES))
@pytest.mark.parametrize(("weights", "limit"), [(_FALL_5, -5.0), (_FALL_10, 0.0)])
def test_agrees_with_numeric_integration_over_the_noise(
    name: str, weights: tuple[float, float], limit: float
) -> None:
    points = _points(name)
    expected = _quadrature(points, PERCENT_PRIOR, weights, limit)
    assert posterior(points, PERCENT_PRIOR).at_most(weights, limit) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("name", ["long", "noisy"])
def test_agrees_with_simulated_patients(name: str) -> None:
    """Patients drawn from the prior, weighted by how well they explain the tests (likelihood weighting)."""
    points = _points(name)[-3:]
    prior = PERCENT_PRIOR
    dice = np.random.default_rng(20240601)
    draws = 1_500_000
    shape = prior.weight / 2
    variance = shape * prior.noise**2 / dice.gamma(shape, size=draws)
    sd = np.sqrt(variance)
    level = prior.level + dice.standard_normal(draws) * sd * prior.level_sd / prior.noise
    years = dice.standard_normal((4, draws)) * sd * prior.yearly / prior.noise
    design, values = _parts(points)
    seen = design[:, :1] * level + design[:, 1:5] @ years
    each = -((values[:, None] - seen) ** 2) / (2 * variance) - np.log(variance) / 2
    weight = np.exp(each.sum(axis=0))
    # Here the latest test judges the noise too; with 20 tests' worth of prior that moves it by little.
    share = float(weight[years[0] <= -5].sum() / weight.sum())
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    tolerance = 4 * math.sqrt(share * (1 - share) / effective) + 0.02
    assert posterior(points, prior).at_most(_FALL_5, -5.0) == pytest.approx(share, abs=tolerance)
    assert tolerance < 0.08


def test_the_prior_is_the_published_population() -> None:
    """Two noisy tests a year apart, drawn from the prior, fall by 5 points as often as in EUSTAR."""
    seen = math.sqrt(PERCENT_PRIOR.yearly**2 + 2 * PERCENT_PRIOR.noise**2)
    assert NormalDist(0, seen).cdf(-5) == pytest.approx(219 / 826, abs=1e-5)
    # The reliability of one test between patients of the two trials is the published one.
    pooled = (157 * 12.1**2 + 141 * 9.1**2) / 298
    assert 1 - PERCENT_PRIOR.noise**2 / pooled == pytest.approx(0.93, abs=1e-12)
    assert NormalDist(0, LITRES_PRIOR.noise * math.sqrt(2)).cdf(11) == pytest.approx(0.975, abs=1e-6)
    rounded = (round(PERCENT_PRIOR.noise, 2), round(PERCENT_PRIOR.yearly, 2), round(LITRES_PRIOR.noise, 2))
    assert rounded == (2.85, 6.87, 3.97)


def test_without_tests_it_is_the_prior() -> None:
    alone = posterior((), PERCENT_PRIOR)
    # b1 is Student's t with 20 degrees of freedom; −5/6.868 = −0.728; tail 0.2375 by numeric integration.
    grid = np.linspace(-400, -5 / PERCENT_PRIOR.yearly, 4_000_001)
    density = math.gamma(10.5) / (math.sqrt(20 * math.pi) * math.gamma(10)) * (1 + grid**2 / 20) ** -10.5
    expected = float(((density[1:] + density[:-1]) / 2).sum() * (grid[1] - grid[0]))
    assert alone.at_most(_FALL_5, -5.0) == pytest.approx(expected, abs=1e-6)
    assert alone.interval(_FALL_5)[0] == 0


_HISTORY = st.lists(
    st.tuples(st.integers(1, 4000), st.floats(20, 120)),
    min_size=1,
    max_size=12,
    unique_by=lambda item: item[0],
)


@given(_HISTORY, st.floats(10, 140), st.floats(0, 60))
def test_a_lower_latest_value_never_lowers_it(
    history: list[tuple[int, float]], latest: float, drop: float
) -> None:
    earlier = [(AS_OF - dt.timedelta(days), value) for days, value in history]
    high = posterior([*earlier, (AS_OF, latest)], PERCENT_PRIOR)
    low = posterior([*earlier, (AS_OF, latest - drop)], PERCENT_PRIOR)
    for weights, limit in ((_FALL_5, -5.0), (_FALL_10, 0.0)):
        assert low.at_most(weights, limit) >= high.at_most(weights, limit) - 1e-12


@given(
    st.lists(st.tuples(st.integers(90, 900), st.decimals("30", "110", places=1)), min_size=1, max_size=6),
    st.decimals("30", "110", places=1),
    st.decimals("0", "25", places=1),
)
def test_a_lower_latest_test_never_lowers_the_answer(
    history: list[tuple[int, Decimal]], latest: Decimal, drop: Decimal
) -> None:
    earlier = [
        percent((AS_OF - dt.timedelta(days)).isoformat(), str(value), entered=n)
        for n, (days, value) in enumerate(history)
    ]
    high, low = (_told(*earlier, percent(AS_OF.isoformat(), str(value))) for value in (latest, latest - drop))
    assert high.known is low.known
    if high.known:
        assert (low.fall_5_points or 0) >= (high.fall_5_points or 0) - 1e-12
        assert (low.fall_10_percent or 0) >= (high.fall_10_percent or 0) - 1e-12


@given(_HISTORY, st.floats(10, 140), st.floats(0.001, 1000))
def test_the_unit_does_not_matter(history: list[tuple[int, float]], latest: float, factor: float) -> None:
    points = [*((AS_OF - dt.timedelta(days), value) for days, value in history), (AS_OF, latest)]
    scaled = replace(
        PERCENT_PRIOR,
        noise=PERCENT_PRIOR.noise * factor,
        yearly=PERCENT_PRIOR.yearly * factor,
        level=PERCENT_PRIOR.level * factor,
        level_sd=PERCENT_PRIOR.level_sd * factor,
    )
    ours = posterior(points, PERCENT_PRIOR).at_most(_FALL_5, -5.0)
    other = posterior([(date, value * factor) for date, value in points], scaled)
    assert other.at_most(_FALL_5, -5.0 * factor) == pytest.approx(ours, rel=1e-7, abs=1e-9)


def _told(*tests: Pft, as_of: dt.date = AS_OF) -> Probability:
    return fall_probability(tests, WOMAN, as_of)


def test_the_order_of_records_does_not_matter() -> None:
    record = holloway.record()
    shuffled = list(record.tests)
    random.Random(5).shuffle(shuffled)
    expected = fall_probability(record.tests, record.patient, holloway.TODAY)
    assert fall_probability(shuffled, record.patient, holloway.TODAY) == expected
    assert expected.known
    assert expected.n == 14, "fifteen tests, one of them excluded"


def test_what_is_later_or_excluded_is_not_used() -> None:
    base = (percent("2023-06-01", "70"), percent("2024-06-01", "64"))
    expected = _told(*base)
    more = (
        percent("2024-06-02", "30"),
        percent("2024-01-01", "30", excluded=True, exclusion_reason="lung_infection"),
        percent("2024-02-01", "30", fvc_grade="F"),
    )
    assert _told(*base, *more) == expected


def test_the_answer_names_everything_that_it_rests_on() -> None:
    made = _told(percent("2023-06-01", "70"), percent("2024-06-01", "60"))
    assert (made.basis, made.n, made.since, made.until) == (
        "percent_predicted",
        2,
        day("2023-06-01"),
        day("2024-06-01"),
    )
    points = [(day("2023-06-01"), 70.0), (day("2024-06-01"), 60.0)]
    assert made.fall_5_points == pytest.approx(_quadrature(points, PERCENT_PRIOR, _FALL_5, -5.0), abs=2e-5)
    assert made.fall_10_percent == pytest.approx(_quadrature(points, PERCENT_PRIOR, _FALL_10, 0), abs=2e-5)
    assert made.change_low is not None
    assert made.change is not None
    assert made.change_high is not None
    assert made.change_low < made.change < 0 < made.change_high + 5
    assert say(made.because[0]) == (
        "Probability that FVC truly fell in the 12 months up to 01.06.2024: by at least 5 points of % "
        "predicted: 76 %; by at least 10 %: 57 %; from 2 tests since 01.06.2023."
    )
    assert made.because[-1] == BESIDE
    assert "replaces none of them" in say(BESIDE)
    assert "Conjugate" in made.model
    assert len(made.priors) == 3
    assert "SD of 2.85 points" in say(made.priors[0])
    assert "Kafaja 2018" in made.source
    assert made.prior_5_points == pytest.approx(0.2375, abs=1e-4)


@pytest.mark.parametrize(
    ("first", "known"),
    [("2022-06-01", True), ("2022-05-31", False), ("2024-03-01", True), ("2024-03-02", False)],
)
def test_two_tests_within_24_months_and_three_months_apart(first: str, known: bool) -> None:
    made = _told(percent(first, "70"), percent("2024-06-01", "64"))
    assert made.known is known
    assert bool(made.needs) is not known
    assert (made.fall_5_points is None) is not known


def test_what_is_needed_is_said() -> None:
    assert [say(need) for need in _told().needs] == [
        "2 comparable FVC tests in the 24 months up to 01.06.2024; there is none"
    ]
    one = _told(percent("2019-01-01", "80"), percent("2024-06-01", "64"))
    assert [say(need) for need in one.needs] == [
        "2 comparable FVC tests in the 24 months up to 01.06.2024; there is one"
    ]
    near = _told(percent("2024-05-01", "80"), percent("2024-06-01", "64"))
    assert [say(need) for need in near.needs] == [
        "comparable FVC tests at least 3 months apart; 01.05.2024 and 01.06.2024 are nearer"
    ]
    assert not near.because


def test_litres_answer_the_relative_question_only() -> None:
    made = _told(pft("2023-06-01", fvc_l="3.00"), pft("2024-06-01", fvc_l="2.50"))
    assert made.basis == "litres"
    assert made.fall_5_points is None
    assert made.prior_5_points is None
    points = [(day("2023-06-01"), 100.0), (day("2024-06-01"), 250 / 3)]
    assert made.fall_10_percent == pytest.approx(_quadrature(points, LITRES_PRIOR, _FALL_10, 0), abs=2e-5)
    assert "points" not in say(made.because[0])
    assert any("On litres" in say(text) for text in made.because)
    other = _told(pft("2023-06-01", fvc_l="6.00"), pft("2024-06-01", fvc_l="5.00"))
    assert other.fall_10_percent == pytest.approx(made.fall_10_percent or 0, abs=1e-12)


def test_sets_that_cannot_be_joined_leave_litres() -> None:
    tests = (
        percent("2023-06-01", "80", fvc_l="2.4", reference_set="LOCAL:old"),
        percent("2024-06-01", "70", fvc_l="2.1", reference_set="LOCAL:new"),
    )
    assert _told(*tests).basis == "litres"
    joined = tuple(
        replace(test, reference_set=name) for test, name in zip(tests, ("ECSC93", "GLI2022"), strict=True)
    )
    made = _told(*joined)
    assert made.basis == "percent_predicted"
    assert any("computed with GLI2022" in say(text) for text in made.because)


def test_a_test_that_cannot_be_placed_is_named() -> None:
    made = _told(
        percent("2023-06-01", "70"),
        pft("2023-12-01", fvc_l="2.1"),
        percent("2024-06-01", "64"),
    )
    assert made.n == 2
    assert any("01.12.2023" in say(text) for text in made.because)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "< 1 %"), (0.0099, "< 1 %"), (0.01, "1 %"), (0.365, "37 %"), (0.99, "99 %"), (0.991, "> 99 %")],
)
def test_how_it_is_shown(value: float, text: str) -> None:
    assert shown(value) == text


def test_more_agreeing_tests_make_it_surer() -> None:
    few = _told(percent("2023-06-01", "80"), percent("2024-06-01", "70"))
    start = day("2023-06-01")
    many = _told(
        *(
            percent((start + dt.timedelta(30 * k)).isoformat(), str(Decimal(80) - Decimal(10) * k * 30 / 366))
            for k in range(13)
        )
    )
    assert (few.fall_5_points or 0) < (many.fall_5_points or 0)
