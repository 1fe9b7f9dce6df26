"""What is known of each line of therapy and of each adverse event of a patient, as of a day."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.records import AdverseEvent, PatientRecord, TherapyLine
from ctdild_desktop.cohort.fields import NEVER, NO, YES, Answers, Value
from ctdild_desktop.cohort.lines import class_of, is_counted

PartFacts = Mapping[str, Value]
"""The fields of one line or one event by name."""


def lines_begun(record: PatientRecord, as_of: dt.date) -> list[TherapyLine]:
    """The lines that may have begun up to a day."""
    return [line for line in record.therapy if line.start.earliest <= as_of]


def lines_of(record: PatientRecord, as_of: dt.date) -> tuple[PartFacts, ...]:
    """What is known of each line of therapy that has begun."""
    begun = lines_begun(record, as_of)
    counted = [line for line in begun if is_counted(line.drug)]
    return tuple(_line(line, begun, counted, as_of) for line in begun)


def _line(
    line: TherapyLine, begun: Sequence[TherapyLine], counted: Sequence[TherapyLine], as_of: dt.date
) -> PartFacts:
    same = [one for one in begun if (one.drug, one.drug_name) == (line.drug, line.drug_name)]
    ongoing = is_ongoing(line, as_of)
    return {
        "drug": line.drug,
        "drug_class": class_of(line.drug),
        "line": place_of(line, counted) if is_counted(line.drug) else NEVER,
        "course": place_of(line, same),
        "started": line.start,
        "stopped": NEVER if ongoing else line.stop,
        "ongoing": None if ongoing is None else YES if ongoing else NO,
        "role": line.role,
        "indication": line.indication,
        "response": line.response,
        "stop_reason": NEVER if ongoing else line.stop_reason,
    }


def is_ongoing(line: TherapyLine, as_of: dt.date) -> bool | None:
    """Whether a line goes on after a day; None when it was stopped on a day that is not known well enough."""
    if line.stop is None or line.stop.earliest > as_of:
        return True
    return None if line.stop.latest > as_of else False


def place_of(line: TherapyLine, among: Sequence[TherapyLine]) -> Decimal | None:
    """The place of a line in the order of starts, from 1; lines begun on one day have the same place.

    None where a start that is not known to the day leaves the order open. A decision of the registry.
    """
    earlier = []
    for other in among:
        if other.start.latest < line.start.earliest:
            earlier.append(other.start)
        elif other.id != line.id and other.start.earliest <= line.start.latest and not _one_day(line, other):
            return None
    earlier.sort(key=lambda start: (start.earliest, start.latest))
    days = [(start.earliest, start.latest) for start in earlier]
    distinct = list(dict.fromkeys(days))
    for before, after in itertools.pairwise(distinct):
        if after[0] <= before[1]:
            return None
    if any(days.count(one) > 1 and one[0] != one[1] for one in distinct):
        return None  # two in one month or year: together or one after the other
    return Decimal(1 + len(distinct))


def _one_day(line: TherapyLine, other: TherapyLine) -> bool:
    return line.start.exact is not None and line.start == other.start


def events_of(record: PatientRecord, as_of: dt.date) -> tuple[PartFacts, ...]:
    """What is known of each adverse event up to a day."""
    drug_of = {line.id: line.drug for line in record.therapy}
    return tuple(_event(one, drug_of) for one in record.adverse_events if one.onset.earliest <= as_of)


def _event(event: AdverseEvent, drug_of: Mapping[str, str]) -> PartFacts:
    suspected = {drug_of[one]: True for one in event.suspected_lines if one in drug_of}
    serious = True if event.seriousness else event.serious
    listed = codes.ae_terms().get(event.term)
    return {
        "term": event.term,
        "category": event.category or (listed.category if listed is not None else None),
        "grade": Decimal(event.grade) if event.grade is not None else None,
        "serious": None if serious is None else YES if serious else NO,
        "onset": event.onset,
        "suspected": Answers(suspected, others=False if suspected else None),
        "causality": event.causality,
        "outcome": event.outcome,
    }
