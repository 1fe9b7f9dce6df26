"""Simulates registries with a planted truth and counts how often the 95 % intervals cover it.

``nice python -m tests.support.simulate --runs 1000`` runs it whole; about two minutes. Each run invents
patients from chance, as records of the registry, and analyses them as the cohort does: courses by the rules
of usable visits, then slope, change, difference, pairs, curve, rate and proportion. It prints for each how
many intervals held the truth and ends with status 1 when one lies outside 93 to 97 %. Garwood's interval is
exact: it covers at least 95 % by design, and is to lie between 95 and 98 %.

The true courses: a line for each patient, intercept and slope normal and correlated, a measurement error; a
visit every half year for three years. Patients drop out by chance, and more often once they have lost more
than 150 mL since the baseline (missing at random). For the change and the difference, whose patients with
both visits must be as the others are, drop-out is by chance alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import exp, log

from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.exposure import count_patient, exposure_of
from ctdild_desktop.clinical.exposure import pooled as pooled_rates
from ctdild_desktop.clinical.records import AdverseEvent, Patient, PatientRecord, Pft, Sex, TherapyLine
from ctdild_desktop.cohort import describing, slopes
from ctdild_desktop.cohort.ancova import ancova
from ctdild_desktop.cohort.columns import Covariate, Subject
from ctdild_desktop.cohort.courses import Course, around, change_at
from ctdild_desktop.cohort.matching import pairs, propensity
from ctdild_desktop.cohort.survival import Followed, kaplan_meier
from ctdild_desktop.services.cohort.data import course_of

START = dt.date(2020, 1, 1)
AS_OF = dt.date(2026, 1, 1)
SLOPE, SLOPE_SD = -0.12, 0.15
"""Litres per year: the mean of the patients' true slopes, and their spread."""
LITRES, LITRES_SD, ERROR_SD = 2.6, 0.6, 0.08
_LEAST, _MOST = 93.0, 97.0
_EXACT_LEAST, _EXACT_MOST = 95.0 - 1.4, 98.0
"""Of an exact interval: at least 95 % but for chance (two standard errors of 1,000 runs)."""

Interval = tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One analysis: the truth, and what makes an interval for it from chance."""

    truth: float
    interval: Callable[[random.Random], Interval]
    exact: bool = False
    """Conservative by design."""


@dataclass(slots=True)
class Covered:
    """How many intervals of an analysis held the truth."""

    runs: int = 0
    held: int = 0
    none: int = 0
    """Runs in which there was no interval; they count as not held."""

    @property
    def percent(self) -> float:
        """Of the runs."""
        return 100 * self.held / self.runs if self.runs else 0.0


def _record(number: int, visits: Sequence[tuple[dt.date, float]], **parts: object) -> PatientRecord:
    patient = Patient(id=f"p{number}", mrn=f"SIM-{number:05d}", sex=Sex.FEMALE)
    tests = tuple(
        Pft(id=f"p{number}t{place}", date=day, entered=place, fvc_l=Decimal(f"{litres:.4f}"))
        for place, (day, litres) in enumerate(visits, start=1)
    )
    return PatientRecord(patient=patient, tests=tests, **parts)  # type: ignore[arg-type]


def _litres(
    chance: random.Random, *, gain: float = 0.0, at_random: bool = True
) -> list[tuple[dt.date, float]]:
    """The visits of one patient, who may drop out."""
    common, own = chance.gauss(0, 1), chance.gauss(0, 1)
    start = max(LITRES + LITRES_SD * common, 0.9)
    slope = SLOPE + gain + SLOPE_SD * (0.3 * common + (1 - 0.09) ** 0.5 * own)
    visits: list[tuple[dt.date, float]] = []
    for months in range(0, 37, 6):
        day = add_months(START, months) + dt.timedelta(days=chance.randint(-14, 14) if months else 0)
        true = start + slope * (day - START).days / 365.25
        visits.append((day, max(true + chance.gauss(0, ERROR_SD), 0.3)))
        lost = visits[0][1] - visits[-1][1]
        if chance.random() < (0.25 if at_random and lost > 0.15 else 0.05):
            break
    return visits


def _courses(chance: random.Random, patients: int, **how: object) -> Iterator[Course]:
    for number in range(patients):
        yield course_of(_record(number, _litres(chance, **how)), "fvc_l", AS_OF)  # type: ignore[arg-type]


def slope(chance: random.Random) -> Interval:
    """The mixed model's slope per year of 100 patients."""
    found = slopes.pooled(list(_courses(chance, 100)))
    return found.ci95 if found.converged else None


def mean_change(chance: random.Random) -> Interval:
    """The mean change of 80 patients at 12 months."""
    made = [change_at(course, 12) for course in _courses(chance, 80, at_random=False)]
    return describing.summary([float(one.absolute) for one in made if one is not None]).ci95


_GAINED = 0.15
"""Litres per year that the first of two drugs spares."""


def difference(chance: random.Random) -> Interval:
    """The difference of 40 patients on one drug to 40 on another at 12 months, given the baseline."""
    subjects: list[Subject] = []
    before: list[float] = []
    after: list[float] = []
    for first in (True, False):
        gain = _GAINED if first else 0.0
        for course in _courses(chance, 40, gain=gain, at_random=False):
            made = change_at(course, 12)
            if made is not None:
                subjects.append(Subject(patient=f"{first} {course.patient}", first=first, values={}))
                before.append(float(made.before.value))
                after.append(float(made.after.value))
    return ancova(subjects, after, before).ci95


_SPARED = 3.0
"""Points of % predicted that the first of two drugs spares."""
_CONFOUNDERS = (
    Covariate("age", "Age"),
    Covariate("fvc", "FVC"),
    Covariate("group", "Group", category=True),
)


def matched(chance: random.Random) -> Interval:
    """The difference within matched pairs of 120 patients, of whom the worse rather get the first drug.

    Who is older, has less FVC or myositis is more often given it; age, FVC and another disease change the
    outcome. The crude difference is 0.6 points too large and its interval holds the truth in 90 %.
    """
    subjects: list[Subject] = []
    changes: dict[str, float] = {}
    for number in range(120):
        age, fvc = chance.gauss(56, 10), chance.gauss(72, 12)
        group = chance.choice(("SSc", "IIM", "RA"))
        worse = 0.03 * (age - 56) - 0.04 * (fvc - 72) + 0.6 * (group == "IIM")
        first = chance.random() < 1 / (1 + exp(-worse))
        patient = f"p{number}"
        subjects.append(
            Subject(patient=patient, first=first, values={"age": age, "fvc": fvc, "group": group})
        )
        course = -0.15 * (fvc - 72) - 0.05 * (age - 56) - 1.5 * (group == "RA")
        changes[patient] = _SPARED * first + course + chance.gauss(0, 5)
    made = pairs(propensity(subjects, _CONFOUNDERS))
    return describing.summary(
        [changes[pair.first.patient] - changes[pair.second.patient] for pair in made]
    ).ci95


_GAIN, _GAIN_SD = 4.0, 8.0
"""Relative change after the drug, in per cent."""


def after_drug(chance: random.Random) -> Interval:
    """The mean relative change after a drug of 40 patients."""
    found = []
    for number in range(40):
        before = max(chance.gauss(LITRES, LITRES_SD), 0.9)
        after = before * (1 + chance.gauss(_GAIN, _GAIN_SD) / 100)
        days = (chance.randint(-150, 0), chance.randint(190, 360))
        visits = [
            (START + dt.timedelta(days=day), litres)
            for day, litres in zip(days, (before, after), strict=True)
        ]
        _before, change = around(course_of(_record(number, visits), "fvc_l", AS_OF).visits, START)
        if change is not None and change.relative is not None:
            found.append(float(change.relative))
    return describing.summary(found).ci95


_HAZARD, _DAY = 0.25, 730
"""Deaths per year; when the curve is read."""


def survival(chance: random.Random) -> Interval:
    """The share alive after two years of 100 patients, followed for one to five years."""
    people = []
    for _patient in range(100):
        dies = -365.25 * log(1 - chance.random()) / _HAZARD
        leaves = chance.uniform(365, 5 * 365)
        people.append(Followed(min(dies, leaves), int(dies <= leaves)))
    return kaplan_meier(people).at(_DAY).ci95


_RATE = 20.0
"""Adverse events per 100 patient-years of exposure."""


def incidence(chance: random.Random) -> Interval:
    """The adverse events per 100 patient-years of 100 patients on a drug for half a year to three years."""
    counts = []
    for number in range(100):
        length = chance.randint(180, 1095)
        line = TherapyLine(
            id=f"l{number}",
            drug="mycophenolate",
            start=PartialDate.of(START),
            stop=PartialDate.of(START + dt.timedelta(days=length)),
        )
        exposure = exposure_of((line,), "mycophenolate", AS_OF)
        day, events = 0.0, []
        while True:
            day += -36525 * log(1 - chance.random()) / _RATE
            if day >= exposure.days:
                break
            onset = PartialDate.of(START + dt.timedelta(days=int(day)))
            events.append(AdverseEvent(id=f"e{number}.{len(events)}", onset=onset, term="lung_infection"))
        counts.append(count_patient(exposure, events))
    every, _first = pooled_rates(counts)
    return None if every.low is None or every.high is None else (float(every.low), float(every.high))


_SHARE = 0.3
"""Of the patients who respond."""


def responders(chance: random.Random) -> Interval:
    """The share of responders among 40 to 120 patients.

    The cover of Wilson's interval swings with the number of patients; its mean over these is 95.1 %.
    """
    patients = chance.randint(40, 120)
    return describing.proportion(
        sum(chance.random() < _SHARE for _patient in range(patients)), patients
    ).wilson95


PLANTED: Mapping[str, Planted] = {
    "mixed-model slope": Planted(truth=SLOPE, interval=slope),
    "mean change at 12 months": Planted(
        truth=SLOPE * float(Fraction(366) / Fraction(36525, 100)), interval=mean_change
    ),
    "difference of two drugs at 12 months": Planted(
        truth=_GAINED * float(Fraction(366) / Fraction(36525, 100)), interval=difference
    ),
    "difference within matched pairs": Planted(truth=_SPARED, interval=matched),
    "relative change after a drug": Planted(truth=_GAIN, interval=after_drug),
    "survival at two years": Planted(truth=exp(-_HAZARD * _DAY / 365.25), interval=survival),
    "adverse events per 100 patient-years": Planted(truth=_RATE, interval=incidence, exact=True),
    "share of responders": Planted(truth=100 * _SHARE, interval=responders),
}


def covered(name: str, runs: int, seed: int) -> Covered:
    """Simulate one analysis so many times."""
    planted, told = PLANTED[name], Covered()
    chance = random.Random(f"{seed} {name}")
    for _run in range(runs):
        found = planted.interval(chance)
        told.runs += 1
        told.none += found is None
        told.held += found is not None and found[0] <= planted.truth <= found[1]
    return told


def fault(planted: Planted, told: Covered) -> bool:
    """Whether too few or too many intervals hold the truth."""
    least, most = (_EXACT_LEAST, _EXACT_MOST) if planted.exact else (_LEAST, _MOST)
    return not least <= told.percent <= most


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it whole; see the module."""
    parser = argparse.ArgumentParser(prog="tests.support.simulate", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=tuple(PLANTED), action="append", help="one of the analyses")
    args = parser.parse_args(arguments)
    faults = 0
    for name in args.only or PLANTED:
        began = time.process_time()
        told = covered(name, args.runs, args.seed)
        faults += fault(PLANTED[name], told)
        kind = "exact" if PLANTED[name].exact else "95 %"
        print(
            f"{name}: truth {PLANTED[name].truth:.4f}; {told.held} of {told.runs} intervals hold it "
            f"({told.percent:.1f} %, {kind}); {told.none} without an interval; "
            f"{time.process_time() - began:.0f} s",
            flush=True,
        )
    print(f"{faults} outside the limits" if faults else "all within the limits")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
