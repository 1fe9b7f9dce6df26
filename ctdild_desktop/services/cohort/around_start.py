"""Before and after the start of a drug, patient by patient: a measure, and the classes of response to it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.cohort import describing
from ctdild_desktop.cohort.courses import Change, around, drug_baseline
from ctdild_desktop.cohort.describing import Summary, Test
from ctdild_desktop.services.cohort.data import Cohort, Counts, counts, course_of, first_start
from ctdild_desktop.services.cohort.times import NO_DRUG_BASELINE, no_start
from ctdild_desktop.services.responses import line_responses

PERCENT = "fvc_percent_predicted"
NO_OTHER_VISIT = "no visit 6 to 12 months before or after the start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A measure before and after a drug."""

    n: Counts
    before: Summary
    after: Summary
    """Relative changes in per cent."""
    in_litres: int
    """Patients of whom one of the changes or both are of litres, because % predicted is not known."""
    both: int
    wilcoxon: Test
    """After against before, in those who have both."""
    pairs: Mapping[str, tuple[Change | None, Change | None]]
    """By id: the change before and the change after; at least one of them is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Responses:
    """The published classes of response to the first line of a drug."""

    n: Counts
    classes: Mapping[str, Mapping[str, int]]
    """How many patients are in each class, by criterion."""
    by_patient: Mapping[str, Mapping[str, str]]
    """The class by id, by criterion."""


class AroundStart:
    """What a measure was before and after the start of a drug, patient by patient."""

    def __init__(self, measure: str, drug: str) -> None:
        self._measure, self._drug = measure, drug
        self._pairs: dict[str, tuple[Change | None, Change | None]] = {}
        self._left: list[tuple[str, str]] = []
        self._in_litres = 0

    def add(self, record: PatientRecord, as_of: dt.date) -> None:
        """Take a patient in."""
        patient = record.patient.id
        line = first_start(record, self._drug, as_of)
        if line is None:
            self._left.append((patient, no_start(record, self._drug, as_of)))
            return
        course = course_of(record, self._measure, as_of)
        start = line.start.earliest
        made, known_by = around(course.visits, start), course.visits
        if self._measure == PERCENT and None in made:
            litres = course_of(record, "fvc_l", as_of).visits
            of_percent, of_litres = made, around(litres, start)
            made = (of_percent[0] or of_litres[0], of_percent[1] or of_litres[1])
            self._in_litres += made != of_percent
            known_by = (*course.visits, *litres)
        if made != (None, None):
            self._pairs[patient] = made
        else:
            reason = NO_OTHER_VISIT if drug_baseline(known_by, start) else NO_DRUG_BASELINE
            self._left.append((patient, reason))

    def result(self, cohort: Cohort) -> Around:
        """What it was in all of them."""
        pairs = self._pairs
        before, after = ([_relative(pair[at]) for pair in pairs.values()] for at in (0, 1))
        both = [  # exact, so that ties are ties
            float(later - earlier)
            for earlier, later in zip(before, after, strict=True)
            if earlier is not None and later is not None
        ]
        return Around(
            n=counts(cohort, pairs, self._left),
            before=describing.summary([float(one) for one in before if one is not None]),
            after=describing.summary([float(one) for one in after if one is not None]),
            in_litres=self._in_litres,
            both=len(both),
            wilcoxon=describing.wilcoxon(both),
            pairs=pairs,
        )


def _relative(made: Change | None) -> Fraction | None:
    return None if made is None else made.relative


class Answered:
    """The class of response to the first line of a drug, patient by patient."""

    def __init__(self, drug: str) -> None:
        self._drug = drug
        self._told: dict[str, dict[str, str]] = {name: {} for name in ("RESPONSE_KEIR", "RESPONSE_REVIEW")}
        self._given: list[str] = []
        self._left: list[tuple[str, str]] = []

    def add(self, record: PatientRecord, as_of: dt.date) -> None:
        """Take a patient in."""
        patient = record.patient.id
        line = first_start(record, self._drug, as_of)
        if line is None:
            self._left.append((patient, no_start(record, self._drug, as_of)))
            return
        self._given.append(patient)
        for name, by_patient in self._told.items():
            for one, answer in line_responses(record, name, as_of):
                if one.id == line.id:
                    by_patient[patient] = answer.category or answer.verdict

    def result(self, cohort: Cohort) -> Responses:
        """How many have each."""
        return Responses(
            n=counts(cohort, self._given, self._left),
            classes={name: dict(sorted(Counter(held.values()).items())) for name, held in self._told.items()},
            by_patient=self._told,
        )
