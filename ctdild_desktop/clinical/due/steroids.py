"""Daily steroid dose as prednisolone, for the rules that ask for a dose over a time.

Equivalents are those of the drug list (customary tables). Infusions and pulses are no daily dose. A line
whose daily dose cannot be reckoned (no dose, another unit, no daily frequency) makes the total unknown. This
reading of therapy lines is a decision of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.records import TherapyLine

_PER_DAY = {"daily": 1, "bd": 2, "tds": 3}
_MG = {"mg": Decimal(1), "g": Decimal(1000)}


@dataclass(frozen=True, slots=True)
class DailyDose:
    """Prednisolone equivalent of one day in mg; ``known`` is false when a running line does not say."""

    mg: Decimal
    known: bool = True


def is_steroid(line: TherapyLine) -> bool:
    """Whether a line is a systemic steroid."""
    entry = drugs().get(line.drug)
    return entry is not None and entry.drug_class == "glucocorticoid" and line.route != "INH"


def daily_dose(therapy: Iterable[TherapyLine], day: dt.date) -> DailyDose:
    """The prednisolone equivalent of one day: all steroid lines that run; the stop day is not counted."""
    total, known = Decimal(0), True
    for line in therapy:
        if not is_steroid(line) or not _taken(line, day) or line.frequency == "course" or line.infusions:
            continue
        dose = line.dose
        for change in sorted(line.dose_changes, key=lambda change: change.date.earliest):
            if change.date.earliest <= day:
                dose = change.dose
        taken = of_line(line, dose)
        if taken is None:
            known = False
            continue
        total += taken
    return DailyDose(total, known)


def of_line(line: TherapyLine, dose: Decimal | None) -> Decimal | None:
    """A dose of a steroid line as mg of prednisolone a day; None where it cannot be reckoned."""
    entry = drugs().get(line.drug)
    times, unit = _PER_DAY.get(line.frequency or ""), _MG.get(line.dose_unit or "")
    if dose is None or times is None or unit is None or entry is None:
        return None
    return entry.prednisolone_mg(dose * times * unit) or Decimal(0)


def days_in_a_row(
    therapy: Iterable[TherapyLine], as_of: dt.date, enough: Callable[[Decimal], bool]
) -> tuple[int, dt.date | None]:
    """Days without a break, up to and with the as-of day, on which the daily dose was enough; and the first
    of them. ``(0, None)`` when the dose of the as-of day is not.
    """
    lines = [line for line in therapy if is_steroid(line)]
    first = None
    for edge in sorted(_edges(lines, as_of), reverse=True):
        if not enough(daily_dose(lines, edge).mg):
            break
        first = edge
    return (0, None) if first is None else ((as_of - first).days + 1, first)


def _edges(lines: list[TherapyLine], as_of: dt.date) -> set[dt.date]:
    """Every day up to the as-of day on which the daily dose may change."""
    days: set[dt.date] = set()
    for line in lines:
        days.add(line.start.earliest)
        if line.stop is not None:
            days.add(line.stop.earliest)
        days |= {change.date.earliest for change in line.dose_changes}
        for gap in line.interruptions:
            days.add(gap.start.earliest)
            if gap.stop is not None:
                days.add(gap.stop.earliest)
    return {day for day in days if day <= as_of}


def _taken(line: TherapyLine, day: dt.date) -> bool:
    if not line.start.earliest <= day or (line.stop is not None and line.stop.earliest <= day):
        return False
    return not any(
        gap.start.earliest <= day and (gap.stop is None or gap.stop.earliest > day)
        for gap in line.interruptions
    )
