"""The course of one patient's FVC beside the verdicts: trajectory, probability, comparability."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.comparability import differences
from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.probability import Probability, fall_probability
from ctdild_desktop.clinical.records import PatientRecord, Pft
from ctdild_desktop.clinical.trajectory import Trajectory, trajectory
from ctdild_desktop.clinical.verdict import Caution, Evidence, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    """What is shown of the course beside the verdicts. None of it is a verdict or changes one."""

    trajectory: Trajectory
    probability: Probability
    comparability: tuple[Caution, ...]
    """Why the two tests of the reported pair are not simply comparable; empty when they are."""


def course(record: PatientRecord, as_of: dt.date, pair: Evidence | None = None) -> CourseView:
    """The course of FVC up to a date; pure.

    Args:
        record: everything recorded of the patient.
        as_of: tests after it are ignored.
        pair: the reported pair of a criterion: its baseline is the reference test, and its two tests are
            those of which comparability is told.
    """
    return CourseView(
        trajectory=trajectory(
            record.tests,
            record.patient,
            as_of,
            therapy=record.therapy,
            reference=pair.baseline.date if pair is not None else None,
            haemoglobins=haemoglobins_of(record.labs),
        ),
        probability=fall_probability(record.tests, record.patient, as_of),
        comparability=pair_differences(record, pair),
    )


def pair_differences(record: PatientRecord, pair: Evidence | None) -> tuple[Caution, ...]:
    """Why the two tests that a criterion compared are not simply comparable; empty without a pair."""
    if pair is None:
        return ()
    first, last = (_test(record.tests, reading) for reading in (pair.baseline, pair.follow_up))
    if first is None or last is None:
        return ()
    return differences(first, last, record.patient, haemoglobins_of(record.labs))


def _test(tests: Sequence[Pft], reading: Reading) -> Pft | None:
    return next((test for test in tests if test.id in reading.record_ids), None)
