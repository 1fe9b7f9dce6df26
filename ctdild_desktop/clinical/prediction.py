"""What is predicted for one test of one patient, or the reason why nothing can be.

The equations are those of the reference set that the test names (Quanjer 2012, Bowerman 2023, Stanojevic
2017, Hall 2021, Hankinson 1999, Quanjer 1993); nothing that an equation needs is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

from ctdild_desktop.clinical.dates import completed_years
from ctdild_desktop.clinical.records import DlcoUnit, Patient, Pft, Sex
from ctdild_desktop.clinical.reference import Limits, age_in_years, dlco_measure, limits, limits_at, set_for
from ctdild_desktop.clinical.remembering import know, known, once
from ctdild_desktop.language import joined, say

_GROUPED = {"GLI2012", "NHANES3"}


@dataclass(frozen=True, slots=True)
class Prediction:
    """The limits of normal, or ``why_not`` in words when there are none."""

    limits: Limits | None
    why_not: str = ""


def height_of(test: Pft, patient: Patient) -> Decimal | None:
    """The height at the test: the one measured with it, else the patient's."""
    return test.height_cm if test.height_cm is not None else patient.height_cm


def predict(measure: str, test: Pft, patient: Patient, *, reference_set: str | None = None) -> Prediction:
    """Limits of normal of a measure under the test's own reference set, or under another that is named.

    ``measure`` has the names of :func:`ctdild_desktop.clinical.reference.limits`.
    """
    return once(
        ("prediction", measure, reference_set),
        (test, patient),
        partial(_predict, measure, test, patient, reference_set),
    )


def foresee(tests: Iterable[Pft], patient: Patient) -> None:
    """Predict what the tests of a patient have measured, all tests in one evaluation of each equation.

    Within :func:`.remembering.remembering` the answers are those that :func:`predict` then gives.
    """
    asked: dict[tuple[str, str, Sex, int | None], list[tuple[Pft, float, Decimal]]] = {}
    for test in tests:
        for measure, value in _measured(test):
            if value is None or known(("prediction", measure, None), (test, patient)):
                continue
            question = _question(measure, test, patient, None)
            if not isinstance(question, Prediction):
                age, height = question.at
                asked.setdefault(question.equation, []).append((test, age, height))
    for (measure, used, sex, group), places in asked.items():
        at = [(age, height) for _test, age, height in places]
        found = limits_at(measure, used, sex, at, ethnic_group=group)
        for (test, _age, _height), limits_then in zip(places, found, strict=True):
            know(("prediction", measure, None), (test, patient), _prediction(used, limits_then))


def _measured(test: Pft) -> Iterator[tuple[str, Decimal | None]]:
    """What is predicted of every test in a table, with its value."""
    yield "FVC", test.fvc_l
    yield "FEV1", test.fev1_l
    yield "FEV1FVC", test.fev1_l if test.fvc_l else None
    if test.dlco_unit is not None:
        yield dlco_measure(test.dlco_unit), test.dlco
        yield kco_name(test.dlco_unit), test.kco
    yield "TLC", test.tlc_l
    yield "VA", test.va_l


@dataclass(frozen=True, slots=True)
class _Question:
    """What the equations are asked: measure, set, sex and ethnic group, at an age and height."""

    equation: tuple[str, str, Sex, int | None]
    at: tuple[float, Decimal]


def _predict(measure: str, test: Pft, patient: Patient, reference_set: str | None) -> Prediction:
    question = _question(measure, test, patient, reference_set)
    if isinstance(question, Prediction):
        return question
    _measure, used, sex, group = question.equation
    return _prediction(used, limits(measure, used, sex, *question.at, ethnic_group=group))


def _prediction(used: str, found: Limits | None) -> Prediction:
    if found is None:
        return Prediction(None, say("outside the published range of {used}", used=used))
    return Prediction(found)


def _question(measure: str, test: Pft, patient: Patient, reference_set: str | None) -> _Question | Prediction:
    """What to ask the equations, or why nothing can be asked."""
    named = reference_set or test.reference_set
    if named is None:
        return Prediction(None, say("reference set not recorded"))
    used = set_for(measure, named)
    if used is None:
        return Prediction(None, say("{named} gives no {measure}", named=named, measure=measure))
    birth = patient.birth_date.exact if patient.birth_date is not None else None
    height = height_of(test, patient)
    grouped = used in _GROUPED
    if patient.sex is None or birth is None or height is None or (grouped and patient.ethnic_group is None):
        lacking = [
            word
            for word, absent in (
                (say("sex"), patient.sex is None),
                (
                    say("birth date") if patient.birth_date is None else say("exact birth date"),
                    birth is None,
                ),
                (say("height"), height is None),
                (say("ethnic group"), grouped and patient.ethnic_group is None),
            )
            if absent
        ]
        return Prediction(None, say("{lacking} not recorded", lacking=joined(lacking, say(" and "))))
    group = patient.ethnic_group if grouped else None
    return _Question((measure, used, patient.sex, group), (age_in_years(birth, test.date), height))


def hb_factor(hb_g_l: Decimal | None, test: Pft, patient: Patient) -> Fraction | None:
    """The factor that corrects a measured transfer factor to standard haemoglobin, exactly.

    (K + Hb) / (1.7 · Hb) with Hb in g/dL; K = 10.22 for males of 15 years and over, 9.38 for females and
    children under 15 (Cotes 1972; Graham 2017). Without a birth date the patient is taken as adult.

    Returns:
        None when haemoglobin or sex is not recorded.
    """
    if hb_g_l is None or hb_g_l <= 0 or patient.sex is None:
        return None
    birth = patient.birth_date.earliest if patient.birth_date is not None else None
    child = birth is not None and birth <= test.date and completed_years(birth, test.date) < 15
    constant = 1022 if patient.sex is Sex.MALE and not child else 938
    grams, litres = hb_g_l.as_integer_ratio()
    return Fraction(constant * litres + 10 * grams, 17 * grams)


def dlco_name(unit: DlcoUnit | None) -> str | None:
    """The transfer factor's measure name in the unit of a test; None when no unit is recorded."""
    return None if unit is None else dlco_measure(unit)


def kco_name(unit: DlcoUnit) -> str:
    """The name of KCO's measure in the unit of a test's transfer factor."""
    return "KCO_SI" if unit is DlcoUnit.SI else "KCO_TRAD"
