"""Timing: medians of several runs, and budgets as ratios to a floor that is measured between those runs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure; ``ratio`` is the median work over the median floor."""

    name: str
    what: str
    ms: float | None = None
    least_ms: float | None = None
    """Of the quickest run, which other work of the computer disturbed least."""
    repeats: int = 1
    floor: str = ""
    floor_ms: float | None = None
    ratio: float | None = None
    budget: float | None = None
    aim_ms: float | None = None
    """What a person may wait at most, for an act that is waited for."""
    value: float | None = None
    """For a figure that is not a time."""
    detail: tuple[tuple[str, int], ...] = ()

    @property
    def ok(self) -> bool | None:
        """Whether the ratio keeps the budget; None without a budget."""
        if self.budget is None or self.ratio is None:
            return None
        return self.ratio <= self.budget

    @property
    def quick_enough(self) -> bool | None:
        """Whether nobody waits longer than is aimed at, by the clock or by the ratio; None without an aim."""
        if self.aim_ms is None or self.ms is None:
            return self.ok
        return self.ms <= self.aim_ms


def _nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True, slots=True)
class Timing:
    """An act of the window and the bare floor beside it."""

    name: str
    what: str
    work: Callable[[], None]
    floor: Callable[[], None]
    floor_words: str
    prepare: Callable[[], None] = _nothing
    """What comes before each run and is not measured."""


def milliseconds(work: Callable[[], object]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def against_floor(
    name: str,
    what: str,
    work: Callable[[], object],
    *,
    floor: Callable[[], object],
    floor_words: str,
    repeats: int,
    budget: float | None = None,
    prepare: Callable[[], object] = _nothing,
) -> Figure:
    """Work and floor in turn, so that a busy moment of the machine meets both; one run of each warms up.

    Args:
        prepare: comes before each run of the work and is not measured.
    """
    floor(), prepare(), work()
    floors, works = [], []
    for _ in range(repeats):
        floors.append(milliseconds(floor))
        prepare()
        works.append(milliseconds(work))
    ms, floor_ms = statistics.median(works), statistics.median(floors)
    return Figure(
        name=name,
        what=what,
        ms=ms,
        least_ms=min(works),
        repeats=repeats,
        floor=floor_words,
        floor_ms=floor_ms,
        ratio=ms / floor_ms,
        budget=budget,
    )
