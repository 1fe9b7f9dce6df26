"""Whether a test of a file is new, already recorded, or fills one that is recorded."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.language import say
from ctdild_desktop.services.site_sets import without_assumed_set

_MEASURED = (
    *("fvc_l", "fvc_pct_pred", "fev1_l", "fev1_pct_pred", "svc_l"),
    *("dlco", "dlco_pct_pred", "kco", "kco_pct_pred", "va_l"),
    *("tlc_l", "rv_l", "frc_l", "walk_m"),
)
_COMPARED = (
    *_MEASURED,
    *(
        "dlco_unit",
        "dlco_hb_corrected",
        "fvc_pred_l",
        "hb_g_l",
        "spo2_rest",
        "fvc_grade",
        "dlco_grade",
        "height_cm",
        "weight_kg",
    ),
    "post_bd",
)
_NEIGHBOURS = 12


class Effect(StrEnum):
    """What becomes of one row."""

    NEW = "new test"
    FILLED = "fills a test"
    KNOWN = "already there"
    NO_TEST = "no test"


class DayTests:
    """The tests of one patient by day: those recorded and those that the file adds."""

    def __init__(self, recorded: Sequence[Pft], sha256: str) -> None:
        self._sorted = sorted(
            ((test.date, test.entered, test.id, test) for test in recorded), key=lambda t: t[:3]
        )
        self._by_day = {day: list(tests) for day, tests in groupby(recorded, key=attrgetter("date"))}
        self._added: dict[str, int] = {}
        self._filled: set[str] = set()
        self._edited = {test.id for test in recorded if test.source_sha256 == sha256 and test.version > 1}
        self.fillings: list[tuple[Pft, Pft]] = []

    def before(self, test: Pft) -> tuple[Pft, ...]:
        """The latest tests up to the day of a test, oldest first: enough for comparing with the last one."""
        return tuple(self._before(test))

    def _before(self, test: Pft) -> Iterator[Pft]:
        end = bisect_right(self._sorted, test.date, key=lambda entry: entry[0])
        return (
            entry[3] for entry in self._sorted[max(0, end - _NEIGHBOURS) : end] if entry[3].date < test.date
        )

    def add(self, test: Pft, row: int) -> None:
        """Take up a new test."""
        self._by_day.setdefault(test.date, []).append(test)
        insort(self._sorted, (test.date, test.entered, test.id, test), key=lambda entry: entry[:3])
        self._added[test.id] = row

    def place(self, test: Pft) -> tuple[Effect, str]:
        """What a row's test is beside the tests of its day, and what must be told about it."""
        same_day = self._by_day.get(test.date, [])
        if (twin := next((other for other in same_day if _equal(other, test)), None)) is not None:
            row = self._added.get(twin.id)
            return Effect.KNOWN, say("the same as row {row}; kept once", row=row) if row else ""
        recorded = [other for other in same_day if other.id not in self._added]
        if (edited := next((other for other in recorded if other.id in self._edited), None)) is not None:
            self._edited.discard(edited.id)
            return Effect.KNOWN, say(
                "the test of this row was changed since it was imported; it is kept as it is"
            )
        if any(_agrees(other, test) and not _gaps(other, test) for other in recorded):
            return Effect.KNOWN, ""
        open_tests = [other for other in recorded if other.id not in self._filled and _agrees(other, test)]
        if len(open_tests) == 1:
            self._fill(open_tests[0], test)
            return Effect.FILLED, ""
        if same_day:
            return Effect.NEW, say("another test of the same day has different values; both are kept")
        return Effect.NEW, ""

    def _fill(self, old: Pft, test: Pft) -> None:
        gaps = _gaps(old, test)
        given = tuple(pair for pair in test.as_given if pair[0] in gaps)
        new = replace(old, as_given=(*old.as_given, *given), **{name: getattr(test, name) for name in gaps})
        new = without_assumed_set(old, new)
        self._filled.add(old.id)
        self._by_day[old.date] = [new if other.id == old.id else other for other in self._by_day[old.date]]
        self.fillings.append((old, new))


def _equal(first: Pft, second: Pft) -> bool:
    return all(getattr(first, name) == getattr(second, name) for name in _COMPARED)


def _agrees(recorded: Pft, test: Pft) -> bool:
    """Whether two tests share a measured value and differ in none that both have."""
    both = [
        name for name in _COMPARED if getattr(recorded, name) is not None and getattr(test, name) is not None
    ]
    return any(name in _MEASURED for name in both) and all(
        getattr(recorded, name) == getattr(test, name) for name in both
    )


def _gaps(recorded: Pft, test: Pft) -> tuple[str, ...]:
    """The fields that a recorded test lacks and the other one has."""
    empty = tuple(
        name for name in _COMPARED if getattr(recorded, name) is None and getattr(test, name) is not None
    )
    return (*empty, "comment") if test.comment and not recorded.comment else empty
