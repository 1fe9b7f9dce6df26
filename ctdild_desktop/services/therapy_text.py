"""Therapy in a few words, for the banner, the table of lines and the printed page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.figures.lanes import courses, dose_text, is_running
from ctdild_desktop.language import say

_IN_COURSES = ("anti_cd20",)
_SUMMED = ("cyclophosphamide",)


def drug_class(line: TherapyLine) -> str:
    """The drug's class, empty for a drug that the list does not have."""
    drug = codes.drugs().get(line.drug)
    return drug.drug_class if drug is not None else ""


def short_name(line: TherapyLine) -> str:
    """``MMF``; the recorded drug itself when the list does not have it."""
    drug = codes.drugs().get(line.drug)
    return drug.short if drug is not None else line.drug


def dose_on(line: TherapyLine, day: dt.date) -> Decimal | None:
    """The dose in force on a day, before any interruption is looked at; None when it is not recorded."""
    dose = line.dose
    for step in sorted(line.dose_changes, key=lambda step: step.date.earliest):
        if step.date.earliest <= day:
            dose = step.dose
    return dose


def _paused(line: TherapyLine, day: dt.date) -> bool:
    return any(
        gap.start.earliest <= day and (gap.stop is None or gap.stop.earliest > day)
        for gap in line.interruptions
    )


def _given(line: TherapyLine, today: dt.date) -> list[Decimal | None]:
    return [infusion.dose_mg for infusion in line.given_infusions if infusion.date <= today]


def short(line: TherapyLine, today: dt.date) -> str:
    """Drug and dose: ``MMF 1.5 g/d``, ``RTX 2 × 1 g`` (a course), ``CYC IV 6.6 g`` (all that was given)."""
    name, kind = short_name(line), drug_class(line)
    given = _given(line, today)
    known = [dose for dose in given if dose is not None]
    if kind in _SUMMED and given and len(known) == len(given):
        return f"{name} {dose_text(sum(known, Decimal(0)), 'mg')}"
    if kind in _IN_COURSES and given:
        course = courses([infusion for infusion in line.given_infusions if infusion.date <= today])[-1]
        doses = {infusion.dose_mg for infusion in course}
        if len(doses) == 1 and None not in doses:
            return f"{name} {len(course)} × {dose_text(course[0].dose_mg, 'mg')}"
        return name
    last_day = today if line.stop is None else min(line.stop.latest, today)
    return f"{name} {dose_text(dose_on(line, last_day), line.dose_unit, line.frequency)}".rstrip()


def dates(line: TherapyLine, today: dt.date) -> str:
    """``01.2022 – now``, or the months of the courses: ``11.2023, 09.2024, 08.2025``."""
    given = [infusion for infusion in line.given_infusions if infusion.date <= today]
    if drug_class(line) in _IN_COURSES and given:
        firsts = [wording.partial(_month(course[0].date)) for course in courses(given)]
        return (
            ", ".join(firsts)
            if len(firsts) <= 3
            else say(
                "{firsts} courses, {firsts2} – {firsts3}",
                firsts=len(firsts),
                firsts2=firsts[0],
                firsts3=firsts[-1],
            )
        )
    start = _partial_month(line.start)
    if line.stop is None:
        return say("{start} – now", start=start)
    stop = _partial_month(line.stop)
    return start if start == stop else f"{start} – {stop}"


def _month(day: dt.date) -> PartialDate:
    return PartialDate(day.year, day.month)


def _partial_month(date: PartialDate) -> str:
    return wording.partial(PartialDate(date.year, date.month))


def _now(line: TherapyLine, today: dt.date) -> str:
    kind = drug_class(line)
    drug = codes.drugs().get(line.drug)
    name = drug.label.lower() if drug is not None and kind == "glucocorticoid" else short_name(line)
    given = [infusion for infusion in line.given_infusions if infusion.date <= today]
    if _paused(line, today):
        return say("{name} paused", name=name)
    if kind in _IN_COURSES and given:
        return say("{name} course {given}", name=name, given=len(courses(given)))
    frequency = None if line.frequency == "daily" else line.frequency
    return f"{name} {dose_text(dose_on(line, today), line.dose_unit, frequency)}".rstrip()


def therapy_now(therapy: Sequence[TherapyLine], today: dt.date) -> str:
    """What is running: ``MMF 1.5 g · prednisolone 5 mg · RTX course 3``; says so when nothing is or was."""
    running = [line for line in therapy if is_running(line, today)]
    if not running:
        return say("none") if therapy else say("not recorded")

    def place(line: TherapyLine) -> tuple[int, int]:
        kind = drug_class(line)
        rank = 2 if kind in _IN_COURSES else 1 if kind == "glucocorticoid" else 0
        return rank, -line.start.earliest.toordinal()

    return " · ".join(_now(line, today) for line in sorted(running, key=place))
