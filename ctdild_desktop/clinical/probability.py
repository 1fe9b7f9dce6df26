"""How probable it is that FVC truly fell: a conjugate Bayesian linear model of all tests of one patient.

It stands beside the verdicts and never replaces one: a criterion compares two measurements as published;
this says what all tests together make of the last 12 months, given the noise that repeated tests have.

Model: piecewise-linear course with yearly increments and a normal-inverse-gamma prior. Let T be the latest
usable test. The true FVC is a straight line within each of the years T to T − 12 months, T − 12 to T − 24
months and so on; L is its level at T − 12 months, b1 its change over the latest year, b2, b3, ... those
over the years before. A test a fraction w into the latest year is y = L + w·b1 + noise; one a fraction s
into the k-th year back is y = L − b2 − ... − b(k−1) − s·bk + noise; noise ~ N(0, σ²). Earlier tests so
inform level and noise without forcing one slope on a whole history. Conditional on σ² the posterior of
(L, b1, ...) is normal (DeGroot, Optimal Statistical Decisions, 1970, section 11.10): with prior mean m0,
prior covariance σ²·V, the n tests y and their coefficients X,

    A = V⁻¹ + XᵀX,  m = A⁻¹(V⁻¹m0 + Xᵀy),  covariance σ²·A⁻¹.

σ² ~ InvGamma(ν0/2, ν0·σ0²/2) is updated by the tests before T only (y', X', m', n − 1 of them):

    ν = ν0 + n − 1,  ν·s² = ν0·σ0² + |y' − X'm'|² + (m' − m0)ᵀV⁻¹(m' − m0).

The latest test is what is judged, so it does not judge its own noise: otherwise an extreme fall would be
taken as a noisy patient. Hence a lower latest value never gives a lower probability. Any c·(L, b1, ...) is
Student's t with ν degrees of freedom about c·m with scale s·√(cᵀA⁻¹c). A fall of at least 5 points is
b1 ≤ −5; a relative fall of at least 10 % is L + b1 ≤ 0.9·L.

Prior, in points of % predicted:

- σ0² = 8.14 (σ0 = 2.85). Test-retest correlation 0.93 (Kafaja 2018, Scleroderma Lung Studies I and II)
  leaves (1 − 0.93) of the variance between patients to a single test. That variance, pooled from the two
  baselines, 68.1 ± 12.1 (n 158) and 66.5 ± 9.1 (n 142), is (157·12.1² + 141·9.1²)/298 = 116.3. Independently,
  week-to-week changes count from 11 % in healthy people (Pellegrino 2005): 11/(1.96·√2) = 4.0 % of the value,
  which at 67.3 % predicted is 2.7 points.
- ν0 = 20: the published noise weighs as much as 20 of the patient's own tests; a choice of this program.
- b ~ N(0, 6.87²) for each year, no direction assumed. Of 826 patients with SSc-ILD, 219 (26.5 %) had
  fallen by at least 5 points after 12 ± 3 months (Hoffmann-Vold 2021). A centred normal with that tail has
  SD 5/0.628 = 7.97; less the noise of two tests, 7.97² − 2·8.14 = 47.2 = 6.87².
- L ~ N(67.3, 25²): the mean of the two baselines, made vague by more than twice their SD; a choice of this
  program.

Without comparable % predicted the same model runs on litres, each as percent of the first test used:
σ0 = 4.0 (Pellegrino 2005, above), b ~ N(0, (6.87/0.673)²), L ~ N(100, 37²). It then answers the relative
question only, since points are unknown.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.records import Patient, Pft
from ctdild_desktop.clinical.series import fvc_visits
from ctdild_desktop.clinical.student import cdf, quantile
from ctdild_desktop.clinical.trajectory.comparable import Series, litre_series, percent_series
from ctdild_desktop.clinical.verdict import Sentence, SentenceValue, sentence
from ctdild_desktop.language import marked

if TYPE_CHECKING:
    from ctdild_desktop.clinical.reference.equations import Floats

MODEL = marked(
    "Conjugate linear model: piecewise-linear course with yearly increments, normal-inverse-gamma prior"
)
SOURCE = (
    "Kafaja 2018, doi 10.1164/rccm.201709-1845OC; Pellegrino 2005, doi 10.1183/09031936.05.00035205; "
    "Hoffmann-Vold 2021, doi 10.1136/annrheumdis-2020-217455; baselines of the Scleroderma Lung Studies: "
    "Tashkin 2006, doi 10.1056/NEJMoa055120, and Tashkin 2016"
)
WINDOW_MONTHS = 24
LEAST_TESTS = 2
LEAST_MONTHS = 3
"""The first and the latest test of the window lie at least this far apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """The prior in the unit of the series: SD of one test, of a year's change, and level's mean and SD."""

    noise: float
    weight: float
    """ν0: the number of tests as which the published noise counts."""
    yearly: float
    level: float
    level_sd: float


_SLS_MEAN = (158 * 68.1 + 142 * 66.5) / 300
_SLS_VARIANCE = (157 * 12.1**2 + 141 * 9.1**2) / 298
_NOISE = math.sqrt((1 - 0.93) * _SLS_VARIANCE)
_WEIGHT = 20.0
_NORMAL_QUANTILE = 0.6275995
"""The standard normal's quantile of 1 − 219/826."""
_YEARLY = math.sqrt((5 / _NORMAL_QUANTILE) ** 2 - 2 * _NOISE**2)

PERCENT_PRIOR = Prior(noise=_NOISE, weight=_WEIGHT, yearly=_YEARLY, level=_SLS_MEAN, level_sd=25.0)
LITRES_PRIOR = Prior(
    noise=11 / (1.959964 * math.sqrt(2)),
    weight=_WEIGHT,
    yearly=_YEARLY * 100 / _SLS_MEAN,
    level=100.0,
    level_sd=37.0,
)


@dataclass(frozen=True, slots=True)
class Posterior:
    """Student's t of the level 12 months before the latest test, then of the yearly changes, latest first."""

    mean: tuple[float, ...]
    scale: tuple[tuple[float, ...], ...]
    """s²·A⁻¹, the square of the scale of each pair of them."""
    freedom: float

    def at_most(self, weights: Sequence[float], limit: float) -> float:
        """The probability that the weighted sum of the coefficients is at most the limit."""
        centre, width = self._sum(weights)
        return cdf((limit - centre) / width, self.freedom)

    def interval(self, weights: Sequence[float]) -> tuple[float, float, float]:
        """Median and the ends of the central 95 % interval of the weighted sum."""
        centre, width = self._sum(weights)
        half = quantile(0.975, self.freedom) * width
        return centre, centre - half, centre + half

    def _sum(self, weights: Sequence[float]) -> tuple[float, float]:
        used = range(len(weights))
        centre = sum(weights[i] * self.mean[i] for i in used)
        variance = sum(weights[i] * weights[j] * self.scale[i][j] for i in used for j in used)
        return centre, math.sqrt(variance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probability:
    """The answer; with ``needs`` when it cannot be told."""

    as_of: dt.date
    basis: str | None = None
    """``percent_predicted``, or ``litres`` when % predicted cannot be compared."""
    since: dt.date | None = None
    """12 months before the latest test used."""
    until: dt.date | None = None
    """The latest test used."""
    first: dt.date | None = None
    n: int = 0
    """Visits used."""
    fall_5_points: float | None = None
    """Probability that the true fall over these 12 months is at least 5 points; None on litres."""
    fall_10_percent: float | None = None
    """Probability that it is at least 10 % of the true value at its begin."""
    prior_5_points: float | None = None
    """The same before any test of this patient, so that one sees what the tests add."""
    prior_10_percent: float | None = None
    change: float | None = None
    """Median of the true change over the 12 months, in points, or in percent of the first test on litres."""
    change_low: float | None = None
    """Lower end of its central 95 % interval."""
    change_high: float | None = None
    because: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()
    model: str = MODEL
    priors: tuple[Sentence, ...] = ()
    source: str = SOURCE

    @property
    def known(self) -> bool:
        """Whether it could be told."""
        return self.fall_10_percent is not None


BESIDE = sentence(
    "This stands beside the verdicts and replaces none of them: a criterion compares two measurements."
)
_FALL_5 = (0.0, 1.0)
_FALL_10 = (0.1, 1.0)


def fall_probability(tests: Sequence[Pft], patient: Patient, as_of: dt.date) -> Probability:
    """How probable a true fall of FVC by at least 5 points, and by at least 10 %, over 12 months is.

    The 12 months end at the latest usable test up to ``as_of``; every usable test up to then is used. It
    can be told with at least two comparable tests within 24 months before ``as_of`` (both ends inside) of
    which the first and the last lie at least 3 months apart; these two limits are a choice of this program.
    Model, prior and sources stand at the head of this module.
    """
    visits = fvc_visits(tests, patient, as_of)
    percent = percent_series(visits, patient)
    litres = litre_series(visits)
    lacking = _lacking(percent, as_of)
    if not lacking:
        return _answer(percent, "percent_predicted", as_of)
    if not _lacking(litres, as_of):
        return _answer(litres, "litres", as_of)
    return Probability(as_of=as_of, needs=lacking)


def posterior(points: Sequence[tuple[dt.date, float]], prior: Prior) -> Posterior:
    """The posterior of the model for points in any order, one for each day; the prior itself for none."""
    import numpy as np

    ordered = sorted(points)
    rows = [_row(date, ordered[-1][0]) for date, _value in ordered]
    width = max((len(row) for row in rows), default=2)
    design = np.zeros((len(rows), width))
    for number, row in enumerate(rows):
        design[number, : len(row)] = row
    # Distances from the prior mean, which is the level alone: no year has an expected direction.
    off = np.array([value - prior.level for _date, value in ordered], dtype=float)
    precision = np.full(width, (prior.noise / prior.yearly) ** 2)
    precision[0] = (prior.noise / prior.level_sd) ** 2
    inverse, shift = _normal(design, off, precision)
    squares = prior.weight * prior.noise**2
    earlier = max(len(rows) - 1, 0)
    if earlier:
        _inverse, found = _normal(design[:-1], off[:-1], precision)
        left = off[:-1] - design[:-1] @ found
        squares += float(left @ left) + float(found @ (precision * found))
    freedom = prior.weight + earlier
    level, *years = shift.tolist()
    scale = (inverse * (squares / freedom)).tolist()
    return Posterior((level + prior.level, *years), tuple(tuple(row) for row in scale), freedom)


def _normal(design: Floats, off: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """A⁻¹ and m − m0."""
    import numpy as np

    inverse = np.asarray(np.linalg.inv(np.diag(precision) + design.T @ design), dtype=np.float64)
    return inverse, inverse @ (design.T @ off)


@lru_cache(maxsize=8)
def _before_any_test(prior: Prior) -> Posterior:
    return posterior((), prior)


def shown(probability: float) -> str:
    """A probability in whole percent: ``37 %``, and ``< 1 %`` or ``> 99 %`` at the ends."""
    if probability < 0.01:
        return "< 1 %"
    return "> 99 %" if probability > 0.99 else f"{wording.number(probability * 100, 0)} %"


def _row(date: dt.date, latest: dt.date) -> list[float]:
    """Coefficients of (L, b1, b2, ...) for a test."""
    begin = add_months(latest, -12)
    if date >= begin:
        return [1.0, (date - begin).days / (latest - begin).days]
    row = [1.0, 0.0]
    year = 2
    while True:
        end, begin = begin, add_months(latest, -12 * year)
        if date >= begin:
            return [*row, -(end - date).days / (end - begin).days]
        row.append(-1.0)
        year += 1


def _lacking(series: Series, as_of: dt.date) -> tuple[Sentence, ...]:
    start = add_months(as_of, -WINDOW_MONTHS)
    inside = [reading.date for reading in series.readings if reading.date >= start]
    if len(inside) < LEAST_TESTS:
        return (
            sentence(
                "{least} comparable FVC tests in the {months} months up to {as_of}; there is one"
                if inside
                else "{least} comparable FVC tests in the {months} months up to {as_of}; there is none",
                least=LEAST_TESTS,
                months=WINDOW_MONTHS,
                as_of=as_of,
            ),
        )
    if add_months(inside[0], LEAST_MONTHS) > inside[-1]:
        return (
            sentence(
                "comparable FVC tests at least {months} months apart; {first} and {last} are nearer",
                months=LEAST_MONTHS,
                first=inside[0],
                last=inside[-1],
            ),
        )
    return ()


def _answer(series: Series, basis: str, as_of: dt.date) -> Probability:
    points = [(date, float(value)) for date, value in series.points]
    if basis == "litres":
        scale = points[0][1]
        points = [(date, value * 100 / scale) for date, value in points]
    prior = PERCENT_PRIOR if basis == "percent_predicted" else LITRES_PRIOR
    found, before = posterior(points, prior), _before_any_test(prior)
    until = series.readings[-1].date
    change, low, high = found.interval(_FALL_5)
    in_points = basis == "percent_predicted"
    fall_5 = found.at_most(_FALL_5, -5.0) if in_points else None
    fall_10 = found.at_most(_FALL_10, 0.0)
    return Probability(
        as_of=as_of,
        basis=basis,
        since=add_months(until, -12),
        until=until,
        first=series.readings[0].date,
        n=len(points),
        fall_5_points=fall_5,
        fall_10_percent=fall_10,
        prior_5_points=before.at_most(_FALL_5, -5.0) if in_points else None,
        prior_10_percent=before.at_most(_FALL_10, 0.0),
        change=change,
        change_low=low,
        change_high=high,
        because=_because(series, fall_5, fall_10, until),
        priors=_priors(prior, in_points=in_points),
    )


def _because(series: Series, fall_5: float | None, fall_10: float, until: dt.date) -> tuple[Sentence, ...]:
    values: dict[str, SentenceValue] = {
        "until": until,
        "ten": shown(fall_10),
        "tests": len(series.readings),
        "first": series.readings[0].date,
    }
    if fall_5 is None:
        told = sentence(
            "Probability that FVC truly fell in the 12 months up to {until}: by at least 10 %: {ten}; "
            "from {tests} tests since {first}.",
            **values,
        )
    else:
        told = sentence(
            "Probability that FVC truly fell in the 12 months up to {until}: by at least 5 points of "
            "% predicted: {five}; by at least 10 %: {ten}; from {tests} tests since {first}.",
            five=shown(fall_5),
            **values,
        )
    notes = [told]
    if series.recomputed and series.reference_set is not None:
        notes.append(sentence("All % predicted are computed with {set}.", set=series.reference_set))
    if series.basis == "ml":
        notes.append(sentence("On litres, because % predicted cannot be compared between these tests."))
    notes += [sentence("Not used: {date}, {why}.", date=item.date, why=str(item.why)) for item in series.left]
    return (*notes, BESIDE)


def _priors(prior: Prior, *, in_points: bool) -> tuple[Sentence, ...]:
    unit = marked("points") if in_points else marked("% of the first test")
    source = "Kafaja 2018" if in_points else "Pellegrino 2005"
    return (
        sentence(
            "One test scatters with an SD of {sd} {unit} about the true value ({source}), counted as "
            "{weight} tests.",
            sd=wording.rounded(prior.noise, 2),
            unit=unit,
            source=source,
            weight=int(prior.weight),
        ),
        sentence(
            "A year's true change has an SD of {sd} {unit} and no expected direction (Hoffmann-Vold 2021).",
            sd=wording.rounded(prior.yearly, 2),
            unit=unit,
        ),
        sentence(
            "The level has a mean of {mean} and an SD of {sd} {unit}.",
            mean=wording.rounded(prior.level, 1),
            sd=wording.rounded(prior.level_sd, 0),
            unit=unit,
        ),
    )
