"""Time to an event: Kaplan-Meier, the log-rank test, and cumulative incidence with competing events.

Kaplan and Meier, J Am Stat Assoc 1958;53:457-481; Greenwood 1926; Peto et al., Br J Cancer 1977;35:1-39;
Aalen and Johansen, Scand J Stat 1978;5:141-150. Of tied times events come before censorings. The 95 %
interval is that of log(−log S), so that it stays between 0 and 1 (Collett, Modelling Survival Data, 2.2).
Beyond the last observation nothing is told, as R's ``survival`` leaves such times out, unless nobody is left
to whom something could still happen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt

import numpy as np

from ctdild_desktop.cohort.distributions import chi_squared_above

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Followed:
    """How long somebody was followed.

    Args:
        time: from time zero to the event or to the end of observation; any unit, not below ``entry``.
        event: 0 when nothing happened by then; otherwise which of the events, from 1.
        entry: from when on the person was observed (delayed entry); at risk after it.
    """

    time: float
    event: int
    entry: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """The curve from one event time on."""

    time: float
    at_risk: int
    """At risk just before."""
    events: int
    survival: float
    se: float
    """Greenwood's standard error of the survival."""
    ci95: tuple[float, float] | None
    """None where survival is 0, or 1 because nothing has happened yet."""


@dataclass(frozen=True, slots=True)
class At:
    """The curve at a time that was asked for."""

    time: float
    survival: float | None
    """None beyond the last observation."""
    se: float | None
    ci95: tuple[float, float] | None
    at_risk: int
    """Still followed just before the time."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A Kaplan-Meier curve."""

    n: int
    events: int
    steps: tuple[Step, ...]
    median: float | None
    """The first time at which survival is a half or less; None when it is not reached."""
    people: tuple[Followed, ...]

    def at(self, time: float) -> At:
        """The curve at a time; nothing beyond the last observation of somebody without the event."""
        if _unseen(self.people, time) and not (self.steps and self.steps[-1].survival == 0):
            return At(time, None, None, None, 0)
        reached = [step for step in self.steps if step.time <= time]
        last = reached[-1] if reached else Step(0.0, 0, 0, 1.0, 0.0, None)
        at_risk = _People(self.people, None).at_risk(np.array([time]))
        return At(time, last.survival, last.se, last.ci95, int(at_risk[0]))


def _unseen(people: Sequence[Followed], time: float) -> bool:
    """Whether a time lies beyond the last observation."""
    return time > max((one.time for one in people), default=-inf)


@dataclass(frozen=True, slots=True)
class LogRank:
    """The log-rank test of several groups; p None where it cannot be computed."""

    chi2: float | None
    df: int
    p: float | None


class _People:
    """The same people as columns."""

    def __init__(self, people: Sequence[Followed], events: frozenset[int] | None) -> None:
        if any(one.time < one.entry for one in people):
            raise ValueError("somebody is followed to before the beginning")
        self.time = np.array([one.time for one in people], dtype=float)
        self.event = np.array([one.event for one in people], dtype=int)
        wanted = self.event > 0 if events is None else np.isin(self.event, sorted(events))
        self.hit = np.sort(self.time[wanted & (self.event > 0)])
        self._times = np.sort(self.time)
        self._late = np.sort([one.entry for one in people if one.entry > 0])

    def at_risk(self, times: np.ndarray) -> np.ndarray:
        """How many are followed just before each time."""
        gone = np.searchsorted(self._times, times, side="left")
        to_come = len(self._late) - np.searchsorted(self._late, times, side="left")
        return np.asarray(len(self._times) - gone - to_come)

    def died(self, times: np.ndarray) -> np.ndarray:
        """How many have an event at each time."""
        return np.asarray(
            np.searchsorted(self.hit, times, side="right") - np.searchsorted(self.hit, times, side="left")
        )


def kaplan_meier(people: Sequence[Followed], *, events: frozenset[int] | None = None) -> Curve:
    """The curve of being free of an event.

    Args:
        events: which events count; others end the observation. All by default.

    Raises:
        ValueError: somebody's observation ends before it begins.
    """
    held = _People(people, events)
    times = np.unique(held.hit)
    survival, summed = 1.0, 0.0
    steps = []
    for time, at_risk, died in zip(times, held.at_risk(times), held.died(times), strict=True):
        survival *= 1 - died / at_risk
        summed += died / (at_risk * (at_risk - died)) if at_risk > died else inf
        # 0 stays 0, though others may enter later
        se = survival * sqrt(summed) if survival > 0 else 0.0
        steps.append(
            Step(float(time), int(at_risk), int(died), float(survival), float(se), _log_log(survival, summed))
        )
    half = 0.5 + 1e-12  # a product of fractions may miss a half in its last bit
    median = next((step.time for step in steps if step.survival <= half), None)
    return Curve(len(people), len(held.hit), tuple(steps), median, tuple(people))


def _log_log(survival: float, summed: float) -> tuple[float, float] | None:
    if survival <= 0:
        return None
    spread = _Z * sqrt(summed) / log(survival)
    low, high = sorted((survival ** exp(spread), survival ** exp(-spread)))
    return (float(low), float(high))


def log_rank(groups: Mapping[str, Sequence[Followed]], *, events: frozenset[int] | None = None) -> LogRank:
    """Whether the groups have the same course, without correction for continuity."""
    named = [_People(people, events) for people in groups.values() if people]
    df = len(named) - 1
    if df < 1:
        return LogRank(None, max(df, 0), None)
    times = np.unique(np.concatenate([group.hit for group in named]))
    at_risk = np.array([group.at_risk(times) for group in named], dtype=float)
    died = np.array([group.died(times) for group in named], dtype=float)
    all_risk, all_died = at_risk.sum(axis=0), died.sum(axis=0)
    share = at_risk / all_risk
    differences = (died - all_died * share).sum(axis=1)
    scale = np.where(all_risk > 1, all_died * (all_risk - all_died) / np.maximum(all_risk - 1, 1), 0)
    spread = np.diag((scale * share).sum(axis=1)) - (scale * share) @ share.T
    left = spread[:-1, :-1]
    if np.linalg.matrix_rank(left) < df:
        return LogRank(None, df, None)
    found = float(differences[:-1] @ np.linalg.solve(left, differences[:-1]))
    return LogRank(found, df, chi_squared_above(found, df))


def cumulative_incidence(
    people: Sequence[Followed], event: int, times: Sequence[float]
) -> tuple[float | None, ...]:
    """The share to whom an event has happened by each time, other events competing (Aalen-Johansen).

    None beyond the last observation, unless something has happened to everybody.
    """
    wanted = _People(people, frozenset({event}))
    free, summed = 1.0, 0.0
    reached = [(0.0, 0.0)]
    for step in kaplan_meier(people).steps:
        summed += free * int(wanted.died(np.array([step.time]))[0]) / step.at_risk
        free = step.survival
        reached.append((step.time, summed))
    return tuple(
        None if free > 0 and _unseen(people, at) else max(share for time, share in reached if time <= at)
        for at in times
    )
