"""Adverse events of the groups of a study: who had what while exposed to its drugs.

Everybody of the cohort who was exposed counts, whatever they were given first; exposure and attribution are
those of :mod:`ctdild_desktop.clinical.exposure`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ctdild_desktop.clinical.exposure import Rate, count_patient, exposure_of, person_years, rate
from ctdild_desktop.clinical.records import AdverseEvent, PatientRecord
from ctdild_desktop.clinical.safety import is_serious
from ctdild_desktop.cohort.published import Design
from ctdild_desktop.services.cohort.outcomes import (
    HARMS,
    died_during,
    is_fatal,
    is_infection,
    stop_reasons,
)

_KINDS: Mapping[str, Callable[[AdverseEvent], bool]] = {
    "events": lambda _event: True,
    "infections": is_infection,
    "serious": is_serious,
    "serious_infections": lambda event: is_infection(event) and is_serious(event),
    "fatal_infections": lambda event: is_infection(event) and is_fatal(event),
    "leukopenia": lambda event: event.term == "leukopenia",
    "thrombocytopenia": lambda event: event.term == "thrombocytopenia",
    "pneumonitis": lambda event: event.term == "pneumonitis",
}


class Events:
    """The exposed patients of a cohort and their events."""

    def __init__(self, design: Design, as_of: dt.date) -> None:
        self._as_of = as_of
        self._drugs = {"a": design.drugs, "b": design.against or ()}
        self._known: dict[str, list[_Exposed]] = {name: [] for name in self._drugs}

    def of_each(self, records: Iterable[PatientRecord]) -> Iterator[PatientRecord]:
        """Each of the patients again, after it was looked at."""
        for record in records:
            for name, drugs in self._drugs.items():
                exposed = _exposed(record, drugs, self._as_of)
                if exposed is not None:
                    self._known[name].append(exposed)
            yield record

    def patients(self, group: str, kind: str) -> list[tuple[str, bool | None]]:
        """Of each exposed patient whether such an event happened."""
        if kind == "stopped":
            drugs, as_of = self._drugs[group or "a"], self._as_of
            return [
                (one.record.patient.id, not HARMS.isdisjoint(stop_reasons(one.record, drugs, as_of)))
                for one in self._exposed(group)
            ]
        if kind == "deaths_exposed":
            return [(one.record.patient.id, one.died) for one in self._exposed(group)]
        holds = _KINDS[kind]
        return [(one.record.patient.id, any(map(holds, one.events))) for one in self._exposed(group)]

    def rate(self, group: str, kind: str) -> Rate:
        """Such events in the exposure of the group."""
        held = self._exposed(group)
        events = sum(sum(map(_KINDS[kind], one.events)) for one in held)
        return rate(events, sum((one.years for one in held), Fraction(0)))

    def ids(self, group: str) -> tuple[str, ...]:
        """Who was exposed."""
        return tuple(one.record.patient.id for one in self._exposed(group))

    def _exposed(self, group: str) -> list[_Exposed]:
        return self._known[group or "a"]


@dataclass(frozen=True, slots=True)
class _Exposed:
    """One exposed patient, with the events of each drug once."""

    record: PatientRecord
    events: tuple[AdverseEvent, ...]
    years: Fraction
    died: bool | None
    """None where the day of death is not known well enough."""


def _exposed(record: PatientRecord, drugs: tuple[str, ...], as_of: dt.date) -> _Exposed | None:
    events: dict[str, AdverseEvent] = {}
    days = 0
    died: set[bool | None] = set()
    given = {line.drug for line in record.therapy}
    for drug in drugs:
        if drug not in given:
            continue
        exposure = exposure_of(record.therapy, drug, as_of, death=record.patient.death_date)
        if exposure.days:
            counted = count_patient(exposure, record.adverse_events)
            days += counted.days
            events |= {event.id: event for event in counted.events}
            died.add(died_during(record, drug, counted, as_of))
    if not days:
        return None
    dead = True if True in died else None if None in died else False
    return _Exposed(record, tuple(events.values()), person_years(days), dead)
