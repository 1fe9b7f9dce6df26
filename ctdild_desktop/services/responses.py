"""Criteria that are asked of a therapy line in place of the whole course: the response to each drug."""

from __future__ import annotations

import datetime as dt

from ctdild_desktop.clinical import criteria
from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.records import PatientRecord, TherapyLine
from ctdild_desktop.clinical.verdict import Assessment
from ctdild_desktop.services.assessment import default_as_of

_NOT_ASKED = ("ticks_only", "outline_only")
"""Classes of treatment that are not judged by lung function: oxygen, rehabilitation, prophylaxis ..."""


def line_criteria() -> tuple[str, ...]:
    """Ids of the criteria that are asked of each line."""
    return tuple(item.id for item in criteria.line_criteria())


def line_responses(
    record: PatientRecord, criterion: str, as_of: dt.date | None = None
) -> tuple[tuple[TherapyLine, Assessment], ...]:
    """The answer of one criterion for each drug line that had begun by the as-of date, latest start first.

    Raises:
        KeyError: there is no such criterion.
    """
    day = as_of or default_as_of(record)
    facts = criteria.facts_from_record(record, day)
    begun = [line for line in record.therapy if line.start.earliest <= day and _asked(line)]
    begun.sort(key=lambda line: (line.start.earliest, line.id), reverse=True)
    return tuple(
        (line, criteria.assess(criteria.facts_for_line(facts, line), criterion, day)) for line in begun
    )


def _asked(line: TherapyLine) -> bool:
    drug = drugs().get(line.drug)
    return drug is None or drug.drug_class not in _NOT_ASKED
