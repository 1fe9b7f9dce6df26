"""Evaluation of the reference equations on whole columns of people (numpy).

Age is in exact decimal years, height in cm. Splines are interpolated linearly at the exact age. Outside the
published ages there is no result (NaN): never an extrapolation.

LMS sets (GLI): M = exp(a0 + a1·ln height + a2·ln age + spline), S = exp(p0 + p1·ln age + spline),
L = q0 + q1·ln age + spline; some static volumes take height or age without the logarithm, as their table
says. % predicted = 100·x / M; z = ((x / M)^L − 1) / (L·S), which is ln(x / M) / S where L is 0; LLN and ULN,
at z = −1.645 and 1.645, are M·(1 − 1.645·L·S)^(1/L) and M·(1 + 1.645·L·S)^(1/L).
NHANES III: intercept + b·age + c·age² + d·height², with another d for the LLN; FEV1/FVC is linear in age.
ECSC 1993: linear in height and age, predicted values only; from 18 to 25 years age counts as 25.
Sources: Quanjer 2012, Bowerman 2023, Stanojevic 2017 (corrected 2020), Hall 2021, Hankinson 1999,
Quanjer 1993.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ctdild_desktop.clinical.reference.tables import publication, rows

Floats = NDArray[np.float64]
Z_LIMIT = 1.645

_GROUP_TERMS = {2: ("a3", "p2"), 3: ("a4", "p3"), 4: ("a5", "p4"), 5: ("a6", "p5")}
_NHANES_GROUPS = {1: "caucasian", 2: "african_american"}
_MALE, _FEMALE = "male", "female"


@dataclass(frozen=True, slots=True)
class People:
    """Whom to evaluate, one entry per person.

    ``group`` is the GLI-2012 group 1-5 (NHANES III knows 1 and 2), read by these two sets alone; NaN there
    gives no result.
    """

    male: NDArray[np.bool_]
    age: Floats
    height: Floats
    group: Floats


@dataclass(frozen=True, slots=True)
class Columns:
    """Results for each person; ``skew`` (L) and ``spread`` (S) are NaN for sets other than LMS ones."""

    predicted: Floats
    lln: Floats
    uln: Floats
    skew: Floats
    spread: Floats

    def z(self, value: Floats) -> Floats:
        """z-scores of measured values.

        LMS sets: ((x/M)^L − 1) / (L·S). NHANES III: 1.645·(x − M) / (M − LLN), which takes the spread as
        normal. ECSC 1993: none.
        """
        with np.errstate(all="ignore"):
            ratio = value / self.predicted
            logarithmic = np.log(ratio) / self.spread
            power = (ratio**self.skew - 1) / (self.skew * self.spread)
            lms = np.where(np.abs(self.skew) < 1e-5, logarithmic, power)
            linear = Z_LIMIT * (value - self.predicted) / (self.predicted - self.lln)
        return np.where(np.isnan(self.spread), linear, lms)

    def percent(self, value: Floats) -> Floats:
        """Measured values in % predicted."""
        return 100 * value / self.predicted


@dataclass(frozen=True, slots=True)
class _Lms:
    """One measure and sex of an LMS set: coefficients, spline knots, and which predictors are logged."""

    terms: Mapping[str, float]
    ages: Floats
    l_spline: Floats
    m_spline: Floats
    s_spline: Floats
    m_age_log: bool
    m_height_log: bool
    s_age_log: bool


def measures(reference_set: str) -> tuple[str, ...]:
    """The measures that a set gives: ``FVC``, ``FEV1``, ``FEV1FVC``, ``DLCO``, ``TLCO``, ``TLC`` ..."""
    if reference_set == "ECSC93":
        return ("FVC", "FEV1")
    if reference_set == "NHANES3":
        return ("FVC", "FEV1", "FEV1FVC")
    return tuple(dict.fromkeys(measure for measure, _sex in _lms_tables(reference_set)))


def evaluate(reference_set: str, measure: str, people: People) -> Columns:
    """Predicted values and limits of one measure for many people.

    FEV1/FVC is a fraction, RV/TLC a percentage.

    Raises:
        KeyError: the set does not give this measure.
    """
    made = {
        "ECSC93": _ecsc,
        "NHANES3": _nhanes,
    }.get(reference_set)
    if made is not None:
        return made(measure, people)
    tables = _lms_tables(reference_set)
    book = publication(reference_set)
    grouped = reference_set == "GLI2012"
    usable = (people.age >= book.youngest) & (people.age <= book.oldest) & (people.height > 0)
    if grouped:
        usable &= np.isin(people.group, (1, 2, 3, 4, 5))
    m, s, skew = (np.full(people.age.shape, np.nan) for _ in range(3))
    for sex, chosen in ((_MALE, usable & people.male), (_FEMALE, usable & ~people.male)):
        if chosen.any():
            group = people.group[chosen] if grouped else None
            m[chosen], s[chosen], skew[chosen] = _evaluate_lms(
                tables[(measure, sex)], people.age[chosen], people.height[chosen], group
            )
    with np.errstate(all="ignore"):
        lln = m * (1 - Z_LIMIT * skew * s) ** (1 / skew)
        uln = m * (1 + Z_LIMIT * skew * s) ** (1 / skew)
    return Columns(m, lln, uln, skew, s)


def _evaluate_lms(
    table: _Lms, age: Floats, height: Floats, group: Floats | None
) -> tuple[Floats, Floats, Floats]:
    term = table.terms.get
    log_age, log_height = np.log(age), np.log(height)
    exponent_m = (
        term("a0", 0.0)
        + term("height", 0.0) * (log_height if table.m_height_log else height)
        + term("age", 0.0) * (log_age if table.m_age_log else age)
        + np.interp(age, table.ages, table.m_spline)
    )
    exponent_s = (
        term("p0", 0.0)
        + term("s_age", 0.0) * (log_age if table.s_age_log else age)
        + np.interp(age, table.ages, table.s_spline)
    )
    if group is not None:
        for code, (a_term, p_term) in _GROUP_TERMS.items():
            exponent_m = exponent_m + np.where(group == code, term(a_term, 0.0), 0.0)
            exponent_s = exponent_s + np.where(group == code, term(p_term, 0.0), 0.0)
    skew = term("q0", 0.0) + term("q1", 0.0) * log_age + np.interp(age, table.ages, table.l_spline)
    return np.exp(exponent_m), np.exp(exponent_s), skew


@cache
def _lms_tables(reference_set: str) -> Mapping[tuple[str, str], _Lms]:
    """All measures of an LMS set under common term names (``height``, ``age``, ``s_age``)."""
    volumes = reference_set == "GLI2021_VOL"
    names = (
        {"a_height": "height", "a_age": "age", "p_age": "s_age"}
        if volumes
        else {"a1": "height", "a2": "age", "p1": "s_age"}
    )
    terms: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows(reference_set, "coefficients.csv"):
        name = names.get(row["term"], row["term"])
        terms.setdefault((row["measure"], row["sex"]), {})[name] = float(row["value"])
    knots: dict[tuple[str, str], list[tuple[float, float, float, float]]] = {}
    for row in rows(reference_set, "splines.csv"):
        knots.setdefault((row["measure"], row["sex"]), []).append(
            (
                float(row["age"]),
                float(row.get("l_spline") or 0),
                float(row["m_spline"]),
                float(row["s_spline"] or 0),
            )
        )
    forms = {row["measure"]: row for row in rows(reference_set, "forms.csv")} if volumes else {}
    tables = {}
    for key, coefficients in terms.items():
        ages, l_spline, m_spline, s_spline = np.array(knots[key]).T
        form = forms.get(key[0], {})
        tables[key] = _Lms(
            terms=coefficients,
            ages=ages,
            l_spline=l_spline,
            m_spline=m_spline,
            s_spline=s_spline,
            m_age_log=form.get("m_age", "log") == "log",
            m_height_log=form.get("m_height", "log") == "log",
            s_age_log=form.get("s_age", "log") == "log",
        )
    return tables


def _linear(male: NDArray[np.bool_], usable: NDArray[np.bool_], choose: Callable[[str], Columns]) -> Columns:
    """Fill a result from the columns of each sex where ``usable``."""
    empty = np.full(male.shape, np.nan)
    parts = [empty.copy() for _ in range(5)]
    for sex, chosen in ((_MALE, usable & male), (_FEMALE, usable & ~male)):
        made = choose(sex)
        for target, source in zip(
            parts, (made.predicted, made.lln, made.uln, made.skew, made.spread), strict=True
        ):
            target[chosen] = source[chosen]
    return Columns(*parts)


def _ecsc(measure: str, people: People) -> Columns:
    """ECSC/ERS 1993: predicted values only; from 18 to 25 years age counts as 25."""
    age, height = people.age, people.height
    table = {row["sex"]: row for row in rows("ECSC93", "spirometry.csv") if row["measure"] == measure}
    if not table:
        raise KeyError(measure)
    usable = (age >= 18) & (age <= 70)
    usable &= np.where(people.male, (height >= 155) & (height <= 195), (height >= 145) & (height <= 180))
    none = np.full(age.shape, np.nan)

    def choose(sex: str) -> Columns:
        row = table[sex]
        predicted = (
            float(row["intercept"])
            + float(row["height_m"]) * height / 100
            + float(row["age"]) * np.maximum(age, 25)
        )
        return Columns(predicted, none, none, none, none)

    return _linear(people.male, usable, choose)


def _nhanes(measure: str, people: People) -> Columns:
    """NHANES III adults: men from 20, women from 18, to 80 years; FEV1/FVC given as a fraction."""
    ratio = measure == "FEV1FVC"
    age, height, group = people.age, people.height, people.group
    table = {
        (row["sex"], row["group"]): row
        for row in rows("NHANES3", "ratio.csv" if ratio else "volumes.csv")
        if row["measure"] == measure
    }
    if not table:
        raise KeyError(measure)
    usable = (age >= np.where(people.male, 20, 18)) & (age <= 80) & (height > 0) & np.isin(group, (1, 2))
    none = np.full(age.shape, np.nan)

    def line(row: Mapping[str, str], limit: bool) -> Floats:
        slope = float(row["age"]) * age
        if ratio:
            return (float(row["intercept_lln" if limit else "intercept_predicted"]) + slope) / 100
        squared = float(row["height_squared_lln" if limit else "height_squared_predicted"])
        return float(row["intercept"]) + slope + float(row["age_squared"]) * age**2 + squared * height**2

    def choose(sex: str) -> Columns:
        first, second = (table[(sex, name)] for name in _NHANES_GROUPS.values())
        caucasian = group == 1
        predicted = np.where(caucasian, line(first, False), line(second, False))
        lln = np.where(caucasian, line(first, True), line(second, True))
        return Columns(predicted, lln, none, none, none)

    return _linear(people.male, usable, choose)
