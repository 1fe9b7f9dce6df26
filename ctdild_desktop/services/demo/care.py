"""Therapy lines of an invented patient and the harm that they did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

from ctdild_desktop.clinical.codes import ae_terms
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    DoseChange,
    Infusion,
    Interruption,
    TherapyLine,
)
from ctdild_desktop.services.demo.stored import stored_id

_LASTING = ("hypogammaglobulinaemia", "osteoporosis")
_MILLIGRAMS = {"mg": Decimal(1), "g": Decimal(1000)}


def _known_to(rng: Random, date: dt.date, *, vague: float) -> PartialDate:
    """The date, sometimes known to the month only."""
    if rng.random() < vague:
        return PartialDate(date.year, date.month)
    return PartialDate.of(date)


def _infusions(given: Mapping[str, Any], start: dt.date, until: dt.date) -> tuple[Infusion, ...]:
    dose = Decimal(given["dose"]) * _MILLIGRAMS[given["unit"]]
    days = sorted(
        add_months(start, after) + dt.timedelta(days=day)
        for after in given.get("courses", [0])
        for day in given.get("given", [])
    )
    return tuple(Infusion(date=day, dose_mg=dose) for day in days if day <= until)


@dataclass(frozen=True, slots=True)
class Care:
    """What one invented patient was given until the end of the history, and what it did."""

    rng: Random
    mrn: str
    until: dt.date

    def therapy(
        self,
        regimen: Sequence[Mapping[str, Any]],
        rescue: Sequence[Mapping[str, Any]],
        *,
        start: dt.date,
        falls_on: dt.date | None,
    ) -> tuple[TherapyLine, ...]:
        """The regimen from ``start``, and the rescue from the day on which the lung was seen to get worse."""
        known = {given["drug"] for given in regimen}
        planned = [(given, start) for given in regimen]
        if falls_on is not None:
            planned += [(given, falls_on) for given in rescue if given["drug"] not in known]
        lines = [self._line(number, given, anchor) for number, (given, anchor) in enumerate(planned)]
        kept = [line for line in lines if line is not None]
        return tuple(sorted(kept, key=lambda line: (line.start.earliest, line.drug)))

    def _line(self, number: int, given: Mapping[str, Any], anchor: dt.date) -> TherapyLine | None:
        """One line of a regimen that begins around ``anchor``; None when that is after the end."""
        start = add_months(anchor, given.get("after", 0)) + dt.timedelta(days=self.rng.randint(0, 9))
        if start > self.until:
            return None
        infusions = _infusions(given, start, self.until)
        stop = None
        if "lasts" in given:
            planned = infusions[-1].date if infusions else add_months(start, given["lasts"])
            stop = planned if planned <= self.until else None
        steps = [(add_months(start, month), dose) for month, dose in given.get("steps", ())]
        return TherapyLine(
            id=stored_id(self.mrn, "therapy", number),
            drug=given["drug"],
            start=_known_to(self.rng, start, vague=0.0 if infusions else 0.2),
            role=given["role"],
            indication="lung" if given["role"] in ("rescue", "antifibrotic") else "both",
            route=given["route"],
            dose=Decimal(given["dose"]),
            dose_unit=given["unit"],
            frequency=given["frequency"],
            stop=PartialDate.of(stop) if stop else None,
            stop_reason=given.get("stop_reason") if stop else None,
            dose_changes=tuple(
                DoseChange(date=PartialDate.of(day), dose=Decimal(dose))
                for day, dose in steps
                if day <= (stop or self.until)
            ),
            infusions=infusions,
        )

    def events(
        self, lines: Sequence[TherapyLine], catalogue: Mapping[str, Sequence[Sequence[Any]]]
    ) -> tuple[AdverseEvent, ...]:
        """Adverse events while the lines ran, each laid to its drug."""
        events: list[AdverseEvent] = []
        for line in lines:
            last = min(line.stop.latest if line.stop else self.until, self.until)
            span = (last - line.start.latest).days
            for term, grades in catalogue.get(line.drug, ()):
                if self.rng.random() > 0.3 or span < 20:
                    continue
                onset = line.start.latest + dt.timedelta(days=int(span * self.rng.random() ** 2))
                if line.infusions and term == "infusion_reaction":
                    onset = line.infusions[0].date
                event = self._event(term, self.rng.choice(grades), onset)
                number = stored_id(self.mrn, "adverse_events", len(events))
                events.append(replace(event, id=number, suspected_lines=(line.id,)))
        return tuple(sorted(events, key=lambda event: (event.onset.earliest, event.term)))

    def sepsis(self, line: TherapyLine) -> AdverseEvent:
        """A life-threatening event, four months into a line."""
        onset = add_months(line.start.latest, 4)
        made = self._event("sepsis", 4, min(onset, self.until - dt.timedelta(days=60)))
        return replace(made, id=stored_id(self.mrn, "adverse_events", 80), suspected_lines=(line.id,))

    def _event(self, term: str, grade: int, onset: dt.date) -> AdverseEvent:
        end: dt.date | None = onset + dt.timedelta(days=self.rng.randint(5, 42))
        if term == "infusion_reaction":
            end = onset
        elif term in _LASTING or (end is not None and end > self.until):
            end = None
        serious = grade >= 4 or (grade == 3 and self.rng.random() < 0.6)
        why = ("life_threatening", "admission") if grade >= 4 else ("admission",)
        exactly = serious or grade >= 3 or end is None or end == onset
        found = ae_terms().get(term)
        return AdverseEvent(
            id="",
            onset=_known_to(self.rng, onset, vague=0.0 if exactly else 0.15),
            term=term,
            end=PartialDate.of(end) if end else None,
            ongoing=end is None,
            category=found.category if found else None,
            grade=grade,
            serious=serious,
            seriousness=why if serious else (),
            causality=self.rng.choice(["probable", "possible", "possible"]),
            action={1: "none", 2: "dose_reduced"}.get(grade, "interrupted"),
            outcome="recovered" if end else "not_recovered",
        )


def interrupt_for_harm(
    lines: Sequence[TherapyLine], events: Sequence[AdverseEvent], until: dt.date
) -> tuple[TherapyLine, ...]:
    """Leave a gap in a daily line for each grade 3 or 4 event that was laid to it."""
    changed = []
    for line in lines:
        gaps: list[Interruption] = []
        for event in events if not line.infusions else ():
            onset = event.onset.exact
            if line.id not in event.suspected_lines or (event.grade or 0) < 3 or onset is None:
                continue
            resumed = onset + dt.timedelta(days=28)
            last = line.stop.latest if line.stop else until
            free = not gaps or (gaps[-1].stop is not None and gaps[-1].stop.latest < onset)
            if resumed < last and onset >= line.start.latest and free:
                gaps.append(
                    Interruption(
                        start=PartialDate.of(onset), stop=PartialDate.of(resumed), reason="adverse_event"
                    )
                )
        changed.append(replace(line, interruptions=tuple(gaps)) if gaps else line)
    return tuple(changed)


def end_all(lines: Sequence[TherapyLine], on: dt.date, reason: str) -> tuple[TherapyLine, ...]:
    """Close what still runs on the day that follow-up ends."""
    return tuple(
        line if line.stop else replace(line, stop=PartialDate.of(on), stop_reason=reason) for line in lines
    )
