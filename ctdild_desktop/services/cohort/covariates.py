"""What is known of a patient on the day a drug is begun, for comparing drugs.

Age and the years since the diagnosis of ILD are in years of 365.25 days; a date known to the month or the
year is taken at its middle, an ILD diagnosed after the day counts 0. FVC and DLCO are those of the baseline,
the latest usable visit in the 6 months up to the day. Lines of earlier therapy are those that had begun
before the day, without oxygen, rehabilitation and the like. Decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from ctdild_desktop.clinical.exposure import person_years
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.cohort.columns import NOT_RECORDED, Covariate, Value
from ctdild_desktop.cohort.courses import drug_baseline
from ctdild_desktop.cohort.lines import is_therapy
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort.data import course_of, diagnosis_group, pattern_of
from ctdild_desktop.services.desk import RefusedError

COVARIATES: Mapping[str, Covariate] = {
    one.name: one
    for one in (
        Covariate("age", marked("Age, years")),
        Covariate("sex", marked("Sex"), category=True),
        Covariate("diagnosis_group", marked("Group of diagnoses"), category=True),
        Covariate("pattern", marked("ILD pattern"), category=True),
        Covariate("fvc_percent_predicted", marked("FVC, % predicted")),
        Covariate("dlco_percent_predicted", marked("DLCO, % predicted")),
        Covariate("disease_duration", marked("Years since the diagnosis of ILD")),
        Covariate("prior_lines", marked("Lines of earlier therapy")),
    )
}
"""What drugs may be compared on, in the order of the tables."""


def chosen_covariates(names: Sequence[str]) -> tuple[Covariate, ...]:
    """The covariates of some names, in the order of the tables.

    Raises:
        RefusedError: there is no such covariate.
    """
    for name in names:
        if name not in COVARIATES:
            raise RefusedError(
                say("{name} is no covariate; choose of {known}.", name=name, known=", ".join(COVARIATES))
            )
    return tuple(one for one in COVARIATES.values() if one.name in names)


def values_on(
    record: PatientRecord, day: dt.date, as_of: dt.date, covariates: Sequence[Covariate]
) -> dict[str, Value | None]:
    """The covariates of a patient on a day; None for a number that is not known.

    Args:
        as_of: nothing that was recorded for a later day counts.
    """
    return {one.name: _MAKERS[one.name](record, day, as_of) for one in covariates}


def lines_before(record: PatientRecord, day: dt.date) -> int:
    """How many lines of therapy had begun before a day."""
    return sum(line.start.earliest < day and is_therapy(line.drug) for line in record.therapy)


def _age(record: PatientRecord, day: dt.date, _as_of: dt.date) -> Value | None:
    born = record.patient.birth_date
    return None if born is None else float(person_years((day - born.middle).days))


def _sex(record: PatientRecord, _day: dt.date, _as_of: dt.date) -> Value:
    return record.patient.sex or NOT_RECORDED


def _group(record: PatientRecord, day: dt.date, _as_of: dt.date) -> Value:
    return diagnosis_group(record, day) or NOT_RECORDED


def _pattern(record: PatientRecord, day: dt.date, _as_of: dt.date) -> Value:
    return pattern_of(record, day) or NOT_RECORDED


def _at_baseline(measure: str) -> Callable[[PatientRecord, dt.date, dt.date], Value | None]:
    def value(record: PatientRecord, day: dt.date, as_of: dt.date) -> Value | None:
        start = drug_baseline(course_of(record, measure, as_of).visits, day)
        return None if start is None else float(start.value)

    return value


def _duration(record: PatientRecord, day: dt.date, as_of: dt.date) -> Value | None:
    view = record.diagnosis_on(as_of)
    known = view.ild_diagnosed if view is not None else None
    return None if known is None else max(0.0, float(person_years((day - known.middle).days)))


def _prior_lines(record: PatientRecord, day: dt.date, _as_of: dt.date) -> Value:
    return float(lines_before(record, day))


_MAKERS: Mapping[str, Callable[[PatientRecord, dt.date, dt.date], Value | None]] = {
    "age": _age,
    "sex": _sex,
    "diagnosis_group": _group,
    "pattern": _pattern,
    "fvc_percent_predicted": _at_baseline("fvc_percent_predicted"),
    "dlco_percent_predicted": _at_baseline("dlco_percent_predicted"),
    "disease_duration": _duration,
    "prior_lines": _prior_lines,
}
