"""First year, stable, or neither: which interval of a disease rule holds.

The ACR/CHEST guideline on monitoring (Johnson 2024, doi 10.1002/art.42860) asks for shorter intervals in the
first year and longer ones once the disease is stable; what counts as either is a decision of the registry.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.due.facts import DueFacts, dose_steps, drug_courses
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.clinical.verdict import Sentence, sentence
from ctdild_desktop.language import say

NEWLY_MET = ("PPF2022", "INBUILD", "OMERACT", "ERICE")
"""Criteria that begin a new year of short intervals when they are met for the first time."""
_NOT_ILD_DRUGS = frozenset({"outline_only", "ticks_only", ""})


@dataclass(frozen=True, slots=True)
class Mode:
    """Which interval holds, and why."""

    stable: bool
    because: Sentence


def is_ild_drug(line: TherapyLine) -> bool:
    """Whether a line is immunosuppressive or antifibrotic and not given for extrathoracic disease alone."""
    entry = drugs().get(line.drug)
    kind = entry.drug_class if entry is not None else ""
    return kind not in _NOT_ILD_DRUGS and line.indication != "extrathoracic"


def mode_of(facts: DueFacts) -> Mode:
    """Which interval holds on the as-of day.

    First year: 12 months from the ILD diagnosis, from a lung drug begun, changed or raised in dose, or
    from a criterion newly met. Stable: no first year, no criterion met at a visit in 12 months, no change of
    therapy in 6. Neither: the interval of the first year.
    """
    as_of = facts.as_of
    year = add_months(as_of, -12)
    if facts.anchor is not None and as_of < add_months(facts.anchor.date, 12):
        return Mode(
            False,
            sentence("First year since {what} on {date}.", what=facts.anchor.source, date=facts.anchor.date),
        )
    changes = _changes(facts)
    ups = [change for change in changes if change[2] and change[0] <= as_of < add_months(change[0], 12)]
    if ups:
        day, words, _ = max(ups, key=lambda change: change[0])
        return Mode(False, sentence("First-year interval again: {what} on {date}.", what=words, date=day))
    newly = [met for met in facts.met if met.newly and met.criterion in NEWLY_MET]
    newly = [met for met in newly if met.date <= as_of < add_months(met.date, 12)]
    if newly:
        latest = max(newly, key=lambda met: met.date)
        return Mode(
            False,
            sentence(
                "First-year interval again: {title} met on {date}.", title=latest.title, date=latest.date
            ),
        )
    met_lately = [met for met in facts.met if year <= met.date <= as_of]
    if met_lately:
        latest = max(met_lately, key=lambda met: met.date)
        return Mode(
            False, sentence("Not stable: {title} met on {date}.", title=latest.title, date=latest.date)
        )
    lately = [change for change in changes if add_months(as_of, -6) <= change[0] <= as_of]
    if lately:
        day, words, _ = max(lately, key=lambda change: change[0])
        return Mode(False, sentence("Not stable: {what} on {date}.", what=words, date=day))
    return Mode(
        True,
        sentence("Stable: no criterion met at a visit in 12 months, no change of therapy in 6 months."),
    )


def _changes(facts: DueFacts) -> list[tuple[dt.date, str, bool]]:
    """Changes of ILD therapy as (day, words, begins a first year).

    A date known only to the month or year is taken as its last day, so that short intervals last long enough;
    one that may still lie ahead is taken as the as-of day.
    """
    lines = [line for line in facts.therapy if is_ild_drug(line)]
    found: list[tuple[dt.date, str, bool]] = []
    for course in drug_courses(lines, facts.as_of):
        name = course.name.lower()
        found.append((_day(course.lines[0].start.latest, facts), say("start of {name}", name=name), True))
        if course.stop is not None and course.lines[-1].stop is not None:
            earliest = course.lines[-1].stop.earliest
            if earliest <= facts.as_of:
                found.append((_day(course.stop, facts), say("stop of {name}", name=name), False))
        for day, up in dose_steps(course.lines):
            words = (
                say("dose increase of {name}", name=name)
                if up
                else say("dose reduction of {name}", name=name)
            )
            found.append((day, words, up))
        for line in course.lines:
            for gap in line.interruptions:
                found.append((gap.start.earliest, say("interruption of {name}", name=name), False))
                if gap.stop is not None:
                    found.append((gap.stop.earliest, say("resumption of {name}", name=name), False))
    return [change for change in found if change[0] <= facts.as_of]


def _day(date: dt.date, facts: DueFacts) -> dt.date:
    return min(date, facts.as_of)
