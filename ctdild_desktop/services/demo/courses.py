"""How the lungs of an invented patient go over the years: % predicted as a function of time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Course(StrEnum):
    """Shapes that a real clinic sees."""

    STABLE = "stable"
    SLOW = "slow"
    PROGRESSIVE = "progressive"
    IMPROVING = "improving"
    RECOVERED = "recovered"


_WEIGHTS = {
    Course.STABLE: 34,
    Course.SLOW: 16,
    Course.PROGRESSIVE: 20,
    Course.IMPROVING: 16,
    Course.RECOVERED: 14,
}
_CALM = {Course.STABLE: 40, Course.SLOW: 20, Course.PROGRESSIVE: 28, Course.RECOVERED: 12}


def choose_course(rng: Random, *, may_improve: bool) -> Course:
    """Draw a course; a pattern without hope of regression never draws the improving one."""
    weights = _WEIGHTS if may_improve else _CALM
    return rng.choices(list(weights), list(weights.values()))[0]


@dataclass(frozen=True, slots=True)
class Lungs:
    """FVC and DLCO of one invented patient over the months since the first test."""

    fvc_start: float
    """% predicted at the first test."""
    dlco_start: float
    knots: tuple[tuple[float, float], ...]
    """Months since the first test, and points of % predicted gained (lost when negative) by then."""
    falls_at: float | None
    """Month in which the clinic sees that the lung gets worse; None when it does not."""

    def fvc(self, month: float) -> float:
        """FVC in % predicted, without the noise of a single test."""
        return max(24.0, self.fvc_start + self._gain(month))

    def dlco(self, month: float) -> float:
        """DLCO in % predicted, without the noise of a single test."""
        return max(16.0, self.dlco_start + 0.8 * self._gain(month))

    def _gain(self, month: float) -> float:
        before = (0.0, 0.0)
        for at, gain in self.knots:
            if month <= at:
                share = (month - before[0]) / (at - before[0])
                return before[1] + share * (gain - before[1])
            before = (at, gain)
        return before[1]


def make_lungs(rng: Random, course: Course, months: float, *, severe: bool) -> Lungs:
    """Draw the start and the shape for a follow-up of so many months."""
    fvc = min(max(rng.gauss(58 if severe else 75, 11), 40), 106)
    dlco = min(max(fvc - 18 + rng.gauss(0, 7), 26), 88)
    end = max(months, 1.0)
    falls_at = None
    if course is Course.IMPROVING:
        knots = [(9.0, rng.uniform(8, 15)), (end + 9, rng.uniform(6, 11))]
    elif course is Course.RECOVERED:
        fall = rng.uniform(9, 14)
        at = max(6.0, end * rng.uniform(0.25, 0.45))
        falls_at = at + 8
        regained = -fall * rng.uniform(0.1, 0.4)
        knots = [(at, 0.5), (at + 8, -fall), (at + 19, regained), (at + 200, -fall * 0.5)]
    elif course is Course.PROGRESSIVE:
        yearly = rng.uniform(4.5, 8.0)
        at = max(3.0, end - rng.uniform(20, 32))
        falls_at = at + 14
        knots = [(at, -0.8), (at + 200, -0.8 - yearly * 200 / 12)]
    else:
        yearly = rng.uniform(-0.7, 0.7) if course is Course.STABLE else -rng.uniform(1.2, 2.4)
        knots = [(200.0, yearly * 200 / 12)]
    return Lungs(fvc, dlco, tuple(knots), falls_at if falls_at is not None and falls_at < end else None)
