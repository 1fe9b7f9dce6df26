"""Whether the latest change of FVC stands out from repeat-test noise. Advice; it never changes a verdict.

Sources: Pellegrino 2005, doi 10.1183/09031936.05.00035205, table 12 (change of FVC that counts in healthy
people: 5 % within a day, 11 % from week to week, 15 % from year to year); Graham 2019, doi
10.1164/rccm.201908-1590ST (manoeuvres within 0.150 L repeat each other); Kafaja 2018, doi
10.1164/rccm.201709-1845OC (test-retest correlation 0.93 over a mean of 34 days).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.criteria.pairs import Pair, fvc_relative
from ctdild_desktop.clinical.derived import decimal
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.clinical.series import FvcVisit
from ctdild_desktop.clinical.verdict import Sentence, sentence

SHORT_INTERVAL_DAYS = 84
"""Up to 12 weeks the week-to-week figure is used, later the year-to-year one; this registry's reading."""
_WITHIN_DAY = Fraction(5)
_WEEK_TO_WEEK = Fraction(11)
_YEAR_TO_YEAR = Fraction(15)
_REPEATABLE_L = Fraction(150, 1000)


class RepeatStatus(StrEnum):
    """How the latest change stands against noise; none of them is a verdict."""

    CANNOT_TELL = "CANNOT_TELL"
    WITHIN_REPEATABILITY = "WITHIN_REPEATABILITY"
    REPEAT_TO_CONFIRM = "REPEAT_TO_CONFIRM"
    BEYOND_NOISE = "BEYOND_NOISE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """The latest usable test against the one before it."""

    status: RepeatStatus
    previous: dt.date | None = None
    latest: dt.date | None = None
    relative_change_percent: Decimal | None = None
    """Follow-up minus baseline in percent of the baseline: a fall is negative."""
    limit_percent: Decimal | None = None
    """The published noise for an interval of this length."""
    because: tuple[Sentence, ...] = ()


def noise_sentences() -> tuple[Sentence, ...]:
    """What is published on the noise of repeated FVC tests, with its sources."""
    return (
        sentence(
            "In healthy people a change of FVC counts from 5 % within a day, 11 % from week to week and "
            "15 % from year to year (Pellegrino 2005, table 12)."
        ),
        sentence(
            "FVC in % predicted, repeated after 34 days on average, correlated with 0.93 (Kafaja 2018)."
        ),
    )


def repeat_test(visits: Sequence[FvcVisit], patient: Patient) -> Repeat:
    """The latest usable FVC against the one before it, set beside published noise.

    Within repeatability: litres differ by at most 0.150 L, or by less than 5 % where litres are not recorded
    at both. Else "repeat to confirm" when the relative change is below 11 % within 12 weeks, below 15 % over
    a longer interval, or when either test has quality grade D. Else the change stands out from noise.
    """
    if len(visits) < 2:
        return Repeat(
            status=RepeatStatus.CANNOT_TELL,
            latest=visits[-1].date if visits else None,
            because=(sentence("Two usable FVC tests are needed to set a change beside noise."),),
        )
    before, last = visits[-2], visits[-1]
    pair = fvc_relative(patient)(before, last)
    if pair is None:
        return Repeat(
            status=RepeatStatus.CANNOT_TELL,
            previous=before.date,
            latest=last.date,
            because=(
                sentence("FVC of {first} and {last} cannot be compared.", first=before.date, last=last.date),
            ),
        )
    limit = _WEEK_TO_WEEK if pair.days <= SHORT_INTERVAL_DAYS else _YEAR_TO_YEAR
    status, because = _judge(pair, before, last, limit)
    return Repeat(
        status=status,
        previous=before.date,
        latest=last.date,
        relative_change_percent=pair.relative_change,
        limit_percent=decimal(limit),
        because=because,
    )


def _judge(
    pair: Pair, before: FvcVisit, last: FvcVisit, limit: Fraction
) -> tuple[RepeatStatus, tuple[Sentence, ...]]:
    size = abs(pair.relative_fall)
    change = sentence(
        "FVC changed by {change} % since the test before, {interval} earlier.",
        change=wording.rounded(-pair.relative_fall, 1),
        interval=wording.span(before.date, last.date),
    )
    if before.litres is not None and last.litres is not None:
        if abs(before.litres - last.litres) <= _REPEATABLE_L:
            told = sentence("The two differ by not more than 0.150 L, as two manoeuvres of one session may.")
            return RepeatStatus.WITHIN_REPEATABILITY, (change, told)
    elif size < _WITHIN_DAY:
        told = sentence("A change below 5 % is seen within a day (Pellegrino 2005).")
        return RepeatStatus.WITHIN_REPEATABILITY, (change, told)
    low = [visit.date for visit in (before, last) if visit.low_grade is not None]
    if size < limit or low:
        span = "from week to week" if limit == _WEEK_TO_WEEK else "from year to year"
        reasons = [
            sentence(
                "Healthy people vary by up to {limit} % {span} (Pellegrino 2005): repeat to confirm.",
                limit=wording.rounded(limit, 0),
                span=span,
            )
            if size < limit
            else sentence("The FVC of {date} has quality grade D: repeat to confirm.", date=low[0])
        ]
        return RepeatStatus.REPEAT_TO_CONFIRM, (change, *reasons)
    told = sentence(
        "That is at least the {limit} % by which healthy people vary (Pellegrino 2005).",
        limit=wording.rounded(limit, 0),
    )
    return RepeatStatus.BEYOND_NOISE, (change, told)
