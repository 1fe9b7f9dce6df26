"""How much of a daily drug a therapy line amounts to: dose × days, with its changes and interruptions.

The day of the start counts, that of the stop does not. What is not known to the day is taken so that the sum
is a lower bound, and says so; a line whose dose cannot be read as mg a day gives nothing and says so. These
rules of counting are decisions of this program.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.exposure import Interval, merged
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.clinical.verdict import Sentence, sentence

_TIMES = {"daily": 1, "bd": 2, "tds": 3}
_MG = {"mg": 1, "g": 1000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An amount in mg; ``gaps`` says what is not in it, so that it is a lower bound when there are any."""

    mg: Decimal
    days: int
    """Days on which the drug was taken."""
    gaps: tuple[Sentence, ...] = ()


def known_start(line: TherapyLine) -> dt.date | str:
    """The start of a line for a sentence: the day, or the month or year as far as it is known."""
    return line.start.exact or str(line.start)


def taken_daily(line: TherapyLine, until: dt.date) -> Taken:
    """What a line of a daily drug amounts to up to a day, which is not counted (own rules of counting)."""
    name = drugs().label(line.drug)
    times, factor = _TIMES.get(line.frequency or ""), _MG.get(line.dose_unit or "")
    if line.dose is None or times is None or factor is None:
        text = sentence(
            "{drug} from {start}: the dose in mg a day is not recorded.", drug=name, start=known_start(line)
        )
        return Taken(mg=Decimal(0), days=0, gaps=(text,))
    begin = line.start.latest
    end = until if line.stop is None else min(until, line.stop.earliest)
    vague = line.start.exact is None or (line.stop is not None and line.stop.exact is None)
    pauses = merged(
        Interval(gap.start.earliest, until if gap.stop is None else gap.stop.latest)
        for gap in line.interruptions
    )
    vague = vague or any(
        gap.start.exact is None or (gap.stop is not None and gap.stop.exact is None)
        for gap in line.interruptions
    )
    changes = [(begin, line.dose)]
    for change in sorted(line.dose_changes, key=lambda one: one.date.earliest):
        more = change.dose > changes[-1][1]
        changes.append((change.date.latest if more else change.date.earliest, change.dose))
        vague = vague or change.date.exact is None
    total, days = Decimal(0), 0
    stop = end
    # From the last dose back, so that a change known to the month alone never overlaps a later one.
    for date, dose in reversed(changes):
        first = max(begin, min(date, stop))
        part = _days(Interval(first, stop), pauses)
        total += dose * times * factor * part
        days += part if dose > 0 else 0
        stop = first
    if not vague:
        return Taken(mg=total, days=days)
    text = sentence(
        "{drug} from {start}: a date is not known to the day.", drug=name, start=known_start(line)
    )
    return Taken(mg=total, days=days, gaps=(text,))


def _days(span: Interval, pauses: tuple[Interval, ...]) -> int:
    """Days of a span without those of the pauses."""
    if span.days <= 0:
        return 0
    lost = sum(max(0, (min(span.stop, pause.stop) - max(span.start, pause.start)).days) for pause in pauses)
    return span.days - lost


def infused(line: TherapyLine, as_of: dt.date) -> Taken:
    """The infusions of a line up to a day (included), in mg; one without a dose is named, not guessed."""
    given = [one for one in line.given_infusions if one.date <= as_of]
    known = [one.dose_mg for one in given if one.dose_mg is not None]
    name = drugs().label(line.drug)
    gaps = tuple(
        sentence("{drug} of {date}: the dose is not recorded.", drug=name, date=one.date)
        for one in given
        if one.dose_mg is None
    )
    return Taken(mg=sum(known, Decimal(0)), days=len({one.date for one in given}), gaps=gaps)
