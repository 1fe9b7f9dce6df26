"""What the due rules look at: results with their dates, therapy, and what the disease did lately.

How records become these facts is a decision of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ctdild_desktop.clinical.codes import diagnoses, drugs
from ctdild_desktop.clinical.dates import completed_years
from ctdild_desktop.clinical.due.table import Part
from ctdild_desktop.clinical.records import Patient, TherapyLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One thing that was done and has a result: a test, a screen, a vaccine, a talk.

    Planned or cancelled tests are no results and must not be given.
    """

    test: str
    """Code of the list of tests (``fbc``, ``hbsag``, ``dlco`` ...)."""
    date: dt.date
    """The day; the first that it may be of where only the month or the year is known."""
    until: dt.date | None = None
    """The last day that it may be of, where only the month or the year is known."""
    value: Decimal | None = None
    unit: str = ""
    lln: Decimal | None = None
    uln: Decimal | None = None
    detection: str | None = None
    """``below`` or ``above``: the value is the limit of the method, and the true one lies beyond it."""
    positive: bool | None = None
    """For a screen: whether it was positive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The day on which the ILD is known to have been there, from which the first year is counted."""

    date: dt.date
    source: str
    """``ILD diagnosis``, ``first HRCT with ILD`` or ``first PFT``."""
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A criterion was answered MET on the day of a visit."""

    criterion: str
    title: str
    date: dt.date
    newly: bool
    """The visit before it did not meet the criterion, or there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFacts:
    """Everything that the due rules of one patient rest on. Entries after ``as_of`` are ignored."""

    as_of: dt.date
    patient: Patient
    diagnosis: str | None = None
    """Code of the disease in force."""
    diagnosed_later: bool = False
    """No diagnosis was in force on the as-of day, and one is recorded from a later day on."""
    anchor: Anchor | None = None
    results: tuple[Result, ...] = ()
    therapy: tuple[TherapyLine, ...] = ()
    visits: tuple[dt.date, ...] = ()
    met: tuple[Met, ...] = ()
    physiology_met: tuple[str, ...] = ()
    """Titles of the criteria whose lung-function arm is met on the as-of day."""
    worse_on: dt.date | None = None
    """Day of the latest statement on symptoms, when it says worse without another explanation."""
    acute_on: dt.date | None = None
    """Day of the latest acute deterioration."""
    neurological_on: dt.date | None = None
    haematuria_on: dt.date | None = None
    abdominal_pain_on: dt.date | None = None
    fvc_percent: Decimal | None = None
    """Latest usable FVC, % predicted."""
    extensive: bool | None = None
    """Extent on the latest HRCT that states one: above 20 %."""
    left: str = ""
    """``died`` or ``withdrawn``: the patient is no longer followed."""
    other_drugs: frozenset[str] = frozenset()
    """Drugs outside the drug list, in lower case: ``allopurinol``, ``febuxostat``."""
    retinal_risk: bool | None = None
    """Risk factors for retinal harm by hydroxychloroquine."""
    courses: tuple[DrugCourse, ...] = field(init=False, repr=False, compare=False)
    """The therapy up to the as-of day as courses of one drug each."""
    age: int | None = field(init=False, repr=False, compare=False)
    """Completed years; None when the birth date does not say."""
    _running: tuple[DrugCourse, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Every rule asks for these: a hundred times for one patient.
        courses = drug_courses(self.therapy, self.as_of)
        object.__setattr__(self, "courses", courses)
        object.__setattr__(self, "age", _age(self.patient, self.as_of))
        running = tuple(course for course in courses if course.runs_on(self.as_of))
        object.__setattr__(self, "_running", running)

    @property
    def group(self) -> str:
        """The disease group: ``SSc``, ``IIM``, ``RA`` ...; empty when the diagnosis is not recorded."""
        entry = diagnoses().get(self.diagnosis)
        return entry.group if entry is not None else ""

    def of(self, part: Part) -> Iterator[Result]:
        """Results of any test of a part, up to the as-of day."""
        return (result for result in self.results if result.test in part and result.date <= self.as_of)

    def latest(self, part: Part) -> dt.date | None:
        """Day of the latest result of a part."""
        return max((result.date for result in self.of(part)), default=None)

    def latest_of_all(self, parts: Iterable[Part]) -> tuple[dt.date | None, tuple[Part, ...]]:
        """A panel is as old as its oldest part: its day, and the parts without any result."""
        days = {part: self.latest(part) for part in parts}
        missing = tuple(part for part, day in days.items() if day is None)
        known = [day for day in days.values() if day is not None]
        return (None if missing or not known else min(known)), missing

    def running(self) -> tuple[DrugCourse, ...]:
        """The drugs that may be taken on the as-of day."""
        return self._running


def _age(patient: Patient, as_of: dt.date) -> int | None:
    birth = patient.birth_date
    if birth is None or birth.latest > as_of:
        return None
    return completed_years(birth.latest, as_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugCourse:
    """A drug from its start to its stop; lines that follow one another without a gap are one course."""

    drug: str
    lines: tuple[TherapyLine, ...]

    @property
    def start(self) -> dt.date:
        """The first day that it may have been taken."""
        return self.lines[0].start.earliest

    @property
    def stop(self) -> dt.date | None:
        """The last day that the stop may mean; None while it goes on."""
        stops = [line.stop for line in self.lines]
        if any(stop is None for stop in stops):
            return None
        return max(stop.latest for stop in stops if stop is not None)

    @property
    def drug_class(self) -> str:
        """The class of the drug list; empty when the list does not have the drug."""
        entry = drugs().get(self.drug)
        return entry.drug_class if entry is not None else ""

    @property
    def name(self) -> str:
        """The drug in words."""
        return drugs().label(self.drug)

    def runs_on(self, day: dt.date) -> bool:
        """Whether the drug may be taken on a day; the stop day is not counted, a pause is."""
        return self.start <= day and (self.stop is None or self.stop > day)

    def restarted(self, as_of: dt.date) -> dt.date:
        """The start, or the day of the latest dose increase up to a date, whichever is later."""
        return max([self.start, *(day for day, up in dose_steps(self.lines) if up and day <= as_of)])

    def given(self, as_of: dt.date) -> tuple[dt.date, ...]:
        """Days of infusions up to a date, oldest first."""
        return tuple(
            sorted(given.date for line in self.lines for given in line.given_infusions if given.date <= as_of)
        )


def drug_courses(therapy: Iterable[TherapyLine], as_of: dt.date) -> tuple[DrugCourse, ...]:
    """Therapy lines as courses of one drug each, in the order of their start."""
    by_drug: dict[str, list[TherapyLine]] = {}
    for line in sorted(therapy, key=lambda line: (line.start.earliest, line.start.latest, line.id)):
        if line.start.earliest <= as_of:
            by_drug.setdefault(line.drug, []).append(line)
    courses = []
    for drug, lines in by_drug.items():
        together = [lines[0]]
        for line in lines[1:]:
            end = DrugCourse(drug=drug, lines=tuple(together)).stop
            if end is None or line.start.earliest <= end:
                together.append(line)
            else:
                courses.append(DrugCourse(drug=drug, lines=tuple(together)))
                together = [line]
        courses.append(DrugCourse(drug=drug, lines=tuple(together)))
    return tuple(sorted(courses, key=lambda course: (course.start, course.drug)))


def dose_steps(lines: tuple[TherapyLine, ...]) -> tuple[tuple[dt.date, bool], ...]:
    """Days on which the recorded dose changed, and whether it went up.

    A line that follows another of the same drug counts as a step when unit and frequency are the same.
    """
    steps = []
    before: TherapyLine | None = None
    dose: Decimal | None = None
    for line in lines:
        same = before is not None and (before.dose_unit, before.frequency) == (line.dose_unit, line.frequency)
        if same and dose is not None and line.dose is not None and line.dose != dose:
            steps.append((line.start.earliest, line.dose > dose))
        dose = line.dose
        for change in sorted(line.dose_changes, key=lambda change: change.date.earliest):
            if dose is not None and change.dose != dose:
                steps.append((change.date.earliest, change.dose > dose))
            dose = change.dose
        before = line
    return tuple(sorted(steps))
