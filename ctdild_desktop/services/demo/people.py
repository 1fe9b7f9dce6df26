"""Invents the patients of the demonstration registry, the same ones for the same seed.

The first is a fixed, worked-out patient; the second has nothing but a record number; the next ten each show
one thing that a real registry has to live with; the rest are drawn from the spread of diseases, patterns,
drugs and courses that the program's source review describes. Those after the first two thousand stand for
the many years of a large centre: they are followed much longer, and have no papers.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any, cast

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.records import AdverseEvent, Diagnosis, Patient, PatientRecord, Sex, TherapyLine
from ctdild_desktop.services.demo.care import Care, end_all, interrupt_for_harm
from ctdild_desktop.services.demo.courses import Course, Lungs, choose_course, make_lungs
from ctdild_desktop.services.demo.details import has_details, with_details
from ctdild_desktop.services.demo.measure import Clinic
from ctdild_desktop.services.demo.papers import has_papers, with_papers
from ctdild_desktop.services.demo.samples import has_samples, with_samples
from ctdild_desktop.services.demo.stored import holloway, stored_id

REFERENCE_DAY = dt.date(2026, 3, 12)
"""The day on which every invented history ends, so that the demonstration is the same whenever it is made."""

_FIXED: Mapping[int, tuple[Course, frozenset[str]]] = {
    3: (Course.RECOVERED, frozenset({"long"})),
    4: (Course.PROGRESSIVE, frozenset({"long", "all_domains", "fibrotic"})),
    5: (Course.STABLE, frozenset({"no_dlco"})),
    6: (Course.PROGRESSIVE, frozenset({"long", "reference_changed", "harmed"})),
    7: (Course.SLOW, frozenset({"vague", "no_hb"})),
    8: (Course.STABLE, frozenset({"long", "excluded", "twice"})),
    9: (Course.IMPROVING, frozenset({"may_improve"})),
    10: (Course.PROGRESSIVE, frozenset({"long", "died", "severe"})),
    11: (Course.STABLE, frozenset({"new"})),
    12: (Course.SLOW, frozenset({"si"})),
}
_ENDS = {"died": 0.07, "lost": 0.05, "transplanted": 0.015}
"""How many of those who are drawn are followed no longer, and why."""
_SEVERE_DIE = 0.2
"""How many more die of those whose disease is severe."""
_CAUSES = {"ild": 5, "infection": 3, "respiratory": 1, "other": 2}
CLINIC = 2000
"""The patients of a clinic; those after them are of a large centre."""
_LONG_MONTHS = 240
"""The longest follow-up in a large centre: with it, a patient has twenty tests on average."""
_OLDEST = 92
"""Nobody is older at the last test: the equations end at 95."""
_MAY_IMPROVE = ("cNSIP", "OP", "NSIP_OP", "NSIP", "LIP", "AIP", "DAD")
_FIBROTIC = ("UIP", "fNSIP")


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads((resources() / "demo" / "invented.toml").read_text(encoding="utf-8"))


def _traits(number: int, rng: Random) -> tuple[Course | None, frozenset[str]]:
    if number in _FIXED:
        return _FIXED[number]
    chances = {"no_hb": 0.08, "excluded": 0.12, "vague": 0.12, "si": 0.06, "no_dlco": 0.04, "severe": 0.15}
    drawn = {trait for trait, chance in chances.items() if rng.random() < chance}
    if rng.random() < 0.05:
        drawn.add("new")
    return None, frozenset(drawn)


def _end(number: int, rng: Random, traits: frozenset[str]) -> str:
    """How the time of a patient ends before the day of the demonstration; empty when it does not."""
    if number in _FIXED or "new" in traits:
        return ""
    place = rng.random()
    for end, chance in _ENDS.items():
        place -= chance + (_SEVERE_DIE if end == "died" and "severe" in traits else 0)
        if place < 0:
            return end
    return ""


def _name(number: int, sex: Sex) -> tuple[str, str]:
    """A pair that returns only after every family name has met every given name."""
    names = _lists()["names"]
    given = names["female" if sex is Sex.FEMALE else "male"]
    family = names["family"]
    turn = number // len(family)
    return family[(number * 7) % len(family)], given[(number * 11 + turn) % len(given)]


@dataclass(frozen=True, slots=True)
class _Draft:
    """One invented patient while the history is made."""

    number: int
    mrn: str
    rng: Random
    traits: frozenset[str]
    disease: Mapping[str, Any]
    pattern: str
    lungs: Lungs
    ild: dt.date
    first: dt.date
    until: dt.date
    cause: str = ""
    """Of what the patient died; empty for the living."""

    def record(self) -> PatientRecord:
        """The whole history."""
        patient = self._patient()
        therapy, events = self._care()
        if self.cause:
            patient, therapy, events = self._death(patient, therapy, events)
        elif "lost" in self.traits:
            patient = replace(patient, vital_status="lost", vital_status_date=PartialDate.of(self.until))
        elif "transplanted" in self.traits:
            on = PartialDate.of(self.until)
            patient = replace(patient, transplant="transplanted", transplant_date=on)
        clinic = Clinic(
            rng=self.rng,
            mrn=self.mrn,
            patient=patient,
            lungs=self.lungs,
            pattern=self.pattern,
            traits=self.traits,
            first=self.first,
            until=self.until,
        )
        tests = clinic.tests()
        return PatientRecord(
            patient=patient,
            diagnoses=self._diagnoses(),
            visits=clinic.visits(events),
            tests=tests,
            hrct=clinic.scans(self.ild),
            therapy=therapy,
            adverse_events=events,
        )

    def _patient(self) -> Patient:
        rng = self.rng
        sex = Sex.FEMALE if rng.random() < self.disease["women"] else Sex.MALE
        family, given = _name(self.number, sex)
        years = (self.until - self.ild).days / 365.25
        age = min(max(rng.gauss(self.disease["age"], 9), 24), 76, _OLDEST - years)
        birth = self.ild - dt.timedelta(days=int(age * 365.25) + rng.randint(0, 364))
        height = rng.gauss(163, 6) if sex is Sex.FEMALE else rng.gauss(176, 7)
        smoking = rng.choices(["never", "ex", "current", "unknown"], [55, 34, 8, 3])[0]
        severe = "severe" in self.traits
        return Patient(
            id=stored_id(self.mrn, "patient", 0),
            mrn=self.mrn,
            family_name=family,
            given_name=given,
            birth_date=PartialDate(birth.year, birth.month) if self.number == 7 else PartialDate.of(birth),
            sex=sex,
            height_cm=Decimal(round(min(max(height, 148), 196))),
            smoking=smoking,
            pack_years=Decimal(rng.randint(3, 40)) if smoking in ("ex", "current") else None,
            oxygen=rng.choices(["none", "ambulatory", "ltot"], [5, 3, 2])[0] if severe else "none",
            consent_registry="given",
            consent_research=rng.choices(["given", "declined", "not_asked"], [8, 1, 1])[0],
        )

    def _diagnoses(self) -> tuple[Diagnosis, ...]:
        rng = self.rng
        vague = "vague" in self.traits
        before = self.ild - dt.timedelta(days=rng.randint(0, 1800))
        known = PartialDate(self.ild.year, self.ild.month) if vague else PartialDate.of(self.ild)
        found = Diagnosis(
            id=stored_id(self.mrn, "diagnoses", 0),
            date=known,
            ctd=self.disease["code"],
            ctd_diagnosed=PartialDate(before.year) if vague else PartialDate(before.year, before.month),
            ild_diagnosed=known,
            pattern=self.pattern,
            confidence=rng.choices(["definite", "high", "low"], [3, 5, 2])[0],
            antibodies=tuple(rng.choice(self.disease["antibodies"])),
            basis=rng.choice(["MDT", "MDT", "clinic"]),
        )
        later = add_months(self.ild, 14)
        if rng.random() > 0.15 or later > self.until or vague:
            return (found,)
        first = replace(found, pattern="UNCLASS", confidence="low", basis="clinic")
        settled_id = stored_id(self.mrn, "diagnoses", 1)
        return first, replace(found, id=settled_id, date=PartialDate.of(later), basis="MDT")

    def _care(self) -> tuple[tuple[TherapyLine, ...], tuple[AdverseEvent, ...]]:
        rng, lists = self.rng, _lists()
        regimen = lists["regimen"][rng.choice(self.disease["regimens"])]
        rescue = lists["rescue"][rng.choice(list(lists["rescue"]))]
        falls_at = self.lungs.falls_at
        falls_on = None if falls_at is None else self.first + dt.timedelta(days=int(falls_at * 30.4375))
        begins = max(self.ild, self.first - dt.timedelta(days=20)) + dt.timedelta(days=rng.randint(0, 25))
        care = Care(rng, self.mrn, self.until)
        lines = care.therapy(regimen, rescue, start=begins, falls_on=falls_on)
        events = care.events(lines, lists["events"])
        if "harmed" in self.traits and lines:
            events = tuple(sorted((*events, care.sepsis(lines[0])), key=lambda event: event.onset.earliest))
        return interrupt_for_harm(lines, events, self.until), events

    def _death(
        self, patient: Patient, therapy: tuple[TherapyLine, ...], events: tuple[AdverseEvent, ...]
    ) -> tuple[Patient, tuple[TherapyLine, ...], tuple[AdverseEvent, ...]]:
        """The course that ends with death; a fatal infection is an adverse event of grade 5."""
        on = PartialDate.of(self.until)
        ended = end_all(therapy, self.until, "death")
        closed = tuple(
            replace(event, end=on, ongoing=False, outcome="unknown") if event.end is None else event
            for event in events
        )
        dead = replace(patient, death_date=on, cause_of_death=self.cause)
        if self.cause != "infection":
            return dead, ended, closed
        fatal = AdverseEvent(
            id=stored_id(self.mrn, "adverse_events", 90),
            onset=PartialDate.of(self.until - dt.timedelta(days=11)),
            term="lung_infection",
            end=on,
            ongoing=False,
            category="infection",
            grade=5,
            serious=True,
            seriousness=("death", "admission"),
            suspected_lines=tuple(line.id for line in therapy if line.stop is None)[:1],
            causality="possible",
            outcome="fatal",
        )
        return dead, ended, (*closed, fatal)


def invented_person(number: int, seed: int) -> PatientRecord:
    """The history of one who is drawn, without details, samples and papers."""
    rng = Random(f"{seed}/{number}")
    course, traits = _traits(number, rng)
    disease = _disease(number, seed)
    patterns = {
        code: weight
        for code, weight in disease["patterns"].items()
        if ("may_improve" not in traits or code in _MAY_IMPROVE)
        and ("fibrotic" not in traits or code in _FIBROTIC)
    } or disease["patterns"]
    pattern = rng.choices(list(patterns), list(patterns.values()))[0]
    course = course or choose_course(rng, may_improve=pattern in _MAY_IMPROVE)
    first = _first_test(number, rng, traits)
    until, cause = REFERENCE_DAY, ""
    if "died" in traits:
        until, cause = REFERENCE_DAY - dt.timedelta(days=rng.randint(90, 300)), "infection"
    ends = Random(f"ends {seed}/{number}")  # apart, so that nobody else becomes another person
    if end := _end(number, ends, traits):
        traits |= {end}
        until = first + dt.timedelta(days=ends.randint(120, max((REFERENCE_DAY - first).days - 30, 120)))
        cause = ends.choices(list(_CAUSES), list(_CAUSES.values()))[0] if end == "died" else ""
    months = (until - first).days / 30.4375
    return _Draft(
        number=number,
        mrn=f"DEMO-{number:04d}",
        rng=rng,
        traits=traits,
        disease=disease,
        pattern=pattern,
        lungs=make_lungs(rng, course, months, severe="severe" in traits),
        ild=first - dt.timedelta(days=rng.randint(8, 70)),
        first=first,
        until=until,
        cause=cause,
    ).record()


def _disease(number: int, seed: int) -> Mapping[str, Any]:
    """Diseases in even turns by their share, so that a small registry has the spread of a large one."""
    place = (number * 0.6180339887498949 + seed * 0.7548776662466927) % 1 * 100
    for disease in _lists()["disease"]:
        place -= disease["share"]
        if place < 0:
            break
    return cast("Mapping[str, Any]", disease)


def _first_test(number: int, rng: Random, traits: frozenset[str]) -> dt.date:
    if "new" in traits:
        return REFERENCE_DAY - dt.timedelta(days=rng.randint(6, 40))
    longest = 84 if number <= CLINIC else _LONG_MONTHS
    months = rng.randint(56, 84) if "long" in traits else rng.randint(9, longest)
    return add_months(REFERENCE_DAY, -months) - dt.timedelta(days=rng.randint(0, 27))


def invent(count: int, seed: int) -> Iterator[PatientRecord]:
    """Invent ``count`` patients, ``DEMO-0001`` and up; the same seed gives the same people.

    Raises:
        ValueError: fewer than one patient is asked for.
    """
    if count < 1:
        raise ValueError("at least one patient is needed")
    yield with_papers(with_samples(holloway()))
    if count >= 2:
        yield PatientRecord(patient=Patient(id=stored_id("DEMO-0002", "patient", 0), mrn="DEMO-0002"))
    for number in range(3, count + 1):
        made = invented_person(number, seed)
        made = with_details(made, number) if has_details(number) else made
        made = with_samples(made) if has_samples(number) else made
        yield with_papers(made) if has_papers(number) and number <= CLINIC else made
