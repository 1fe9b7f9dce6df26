"""Symptoms, radiology, fibrosis and diagnosis of every patient at once: as ``clinical.criteria.domains``.

An answer is a whole number in the order of three-valued logic, so that "and" is the smaller and "or" the
larger of two: :data:`NOT_MET` < :data:`UNKNOWN` < :data:`MET`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ctdild_desktop.clinical.criteria.domains import FIBROSIS_SIGNS
from ctdild_desktop.clinical.fast.columns import MISSING, Bools, Columns, Ints, Table
from ctdild_desktop.clinical.fast.visits import key
from ctdild_desktop.clinical.records import HrctResult, SymptomChange

Answers = NDArray[np.int8]

NOT_MET, UNKNOWN, MET, NOT_APPLICABLE = range(4)
_LONG_AGO = -(10**6)


def answers(unknown: Bools, met: Bools) -> Answers:
    """MET where met, else UNKNOWN where unknown, else NOT_MET."""
    return np.where(met, MET, np.where(unknown, UNKNOWN, NOT_MET)).astype(np.int8)


def has_any(count: int, patients: Ints) -> Bools:
    """Which of so many patients occur."""
    made = np.zeros(count, np.bool_)
    made[patients] = True
    return made


def latest(count: int, patients: Ints, days: Ints) -> Ints:
    """The latest day of each patient; long ago for one that has none."""
    made = np.full(count, _LONG_AGO, np.int64)
    np.maximum.at(made, patients, days)
    return made


def in_window(table: Table, start: Ints, end: Ints) -> Bools:
    """Which rows lie in their patient's closed window."""
    patient, day = table["patient_id"], table["date"]
    return (day >= start[patient]) & (day <= end[patient])


def symptoms(columns: Columns, start: Ints, end: Ints) -> Answers:
    """Worse symptoms without another explanation and not better later; else a rise of mMRC; else unknown."""
    visit, count = columns.visit, columns.count
    inside = in_window(visit, start, end)
    patient, day = visit["patient_id"], visit["date"]
    change = {item: visit.is_in("symptom_change", item.value) & inside for item in SymptomChange}
    better = change[SymptomChange.BETTER]
    worse = change[SymptomChange.WORSE]
    stated = has_any(count, patient[better | worse | change[SymptomChange.STABLE]])
    last_better = latest(count, patient[better], day[better])
    counted = worse & (visit["alternative_explanation"] != 1) & (day >= last_better[patient])
    by_statement = answers(np.zeros(count, np.bool_), has_any(count, patient[counted]))
    return np.where(stated, by_statement, _dyspnoea(visit, count, inside))


def _dyspnoea(visit: Table, count: int, inside: Bools) -> Answers:
    """Latest mMRC at least 1 above the lowest earlier one; of one day the highest counts."""
    chosen = inside & (visit["mmrc"] != MISSING)
    patient, day = visit["patient_id"][chosen], visit["date"][chosen]
    grade = visit["mmrc"][chosen] * 2 + (visit["alternative_explanation"][chosen] == 1)
    days, place = np.unique(key(patient, day), return_inverse=True)
    highest = np.zeros(len(days), np.int64)
    np.maximum.at(highest, place, grade)
    of_day = np.zeros(len(days), np.int64)
    of_day[place] = patient
    several = np.bincount(of_day, minlength=count) >= 2
    last = np.full(count, MISSING, np.int64)
    last[of_day] = np.arange(len(days))
    earlier = np.arange(len(days)) != last[of_day]
    lowest = np.full(count, 99, np.int64)
    np.minimum.at(lowest, of_day[earlier], highest[earlier] // 2)
    rose = np.zeros(count, np.bool_)
    known = np.flatnonzero(last >= 0)
    final = highest[last[known]]
    rose[known] = (final // 2 - lowest[known] >= 1) & (final % 2 == 0)
    return answers(~several, several & rose)


def radiology(columns: Columns, start: Ints, end: Ints) -> Answers:
    """A scan with a named sign of progression, no other explanation, and no later improved one."""
    hrct, count = columns.hrct, columns.count
    inside = in_window(hrct, start, end)
    patient, day = hrct["patient_id"], hrct["date"]
    result = {item: hrct.is_in("result", item.value) & inside for item in HrctResult}
    improved, progression = result[HrctResult.IMPROVED], result[HrctResult.PROGRESSION]
    compared = has_any(count, patient[improved | progression | result[HrctResult.STABLE]])
    last_improved = latest(count, patient[improved], day[improved])
    counted = progression & (hrct["alternative_explanation"] != 1) & (day >= last_improved[patient])
    signs = [text for text in hrct.words["signs"] if text and set(json.loads(text)) & set(FIBROSIS_SIGNS)]
    named = counted & hrct.is_in("signs", *signs)
    return answers(~compared | has_any(count, patient[counted]), has_any(count, patient[named]))


@dataclass(frozen=True, slots=True)
class Context:
    """Fibrosis and the disease on the as-of date."""

    fibrosis: Ints
    """1, 0 or MISSING."""
    disease: Ints
    """Code of the connective-tissue disease; MISSING when none is recorded."""
    refused: Ints
    """Patients with two readings or two views of one day that do not say the same."""

    def with_fibrosis(self, verdict: Answers, columns: Columns) -> Answers:
        """Fibrosis on HRCT as a prerequisite: IPF or none is not applicable, unknown is "and unknown"."""
        known = columns.diagnosis.words["ctd"]
        none = (self.fibrosis == 0) | (self.disease == known.get("IPF", -9))
        limited = np.where(self.fibrosis == 1, verdict, np.minimum(verdict, UNKNOWN))
        return np.where(none, NOT_APPLICABLE, limited).astype(np.int8)


def context(columns: Columns, as_of: Ints) -> Context:
    """Fibrosis is true when any reading says so, else what the latest says; so is the disease."""
    hrct, diagnosis, count = columns.hrct, columns.diagnosis, columns.count
    fibrosis, first = _of_latest(hrct, hrct["fibrosis"], as_of, count)
    seen = (hrct["fibrosis"] == 1) & (hrct["date"] <= as_of[hrct["patient_id"]])
    fibrosis[hrct["patient_id"][seen]] = 1
    disease, second = _of_latest(diagnosis, diagnosis["ctd"], as_of, count)
    return Context(fibrosis, disease, np.union1d(first, second))


def _of_latest(table: Table, values: Ints, as_of: Ints, count: int) -> tuple[Ints, Ints]:
    """Each patient's value of the latest day up to the as-of date, and the patients where it is in doubt."""
    patient, day = table["patient_id"], table["date"]
    known = day <= as_of[patient]
    newest = known & (day == latest(count, patient[known], day[known])[patient])
    made = np.full(count, MISSING, np.int64)
    made[patient[newest]] = values[newest]
    return made, np.unique(patient[newest][values[newest] != made[patient[newest]]])
