"""Which backups to keep: a pure decision on their moments, so that it can be tried over years in a second.

Everything of the last two days is kept; of older backups the newest of each of 12 days, then of each of 10
weeks, then of each of 9 months. Days, weeks and months without a backup take no place, so that a clinic that
was closed keeps what it had.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

EVERYTHING_FOR = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Kept:
    """One backup. ``good``: its signature was checked; any other is neither counted nor removed."""

    name: str
    made_at: dt.datetime
    good: bool = True


_TIERS: tuple[tuple[int, Callable[[dt.datetime], tuple[int, ...]]], ...] = (
    (12, lambda at: (at.year, at.month, at.day)),
    (10, lambda at: at.isocalendar()[:2]),
    (9, lambda at: (at.year, at.month)),
)
"""How many of which period, in the order in which they are filled from the newest backup backwards."""


def obsolete(backups: Iterable[Kept], now: dt.datetime) -> tuple[str, ...]:
    """Names of the backups that may go, the newest first; never the newest good one, never one that is bad.

    A backup from the future (the clock was wrong when it was made, or is wrong now) counts as new.

    Args:
        backups: those of one registry, in any order.
        now: the present moment with a time zone, in which days, weeks and months begin.
    """
    good = sorted((one for one in backups if one.good), key=lambda one: (one.made_at, one.name), reverse=True)
    gone = []
    kept_last: dt.datetime | None = None
    tiers = iter(_TIERS)
    left, period = next(tiers)
    for one in good:
        at = one.made_at.astimezone(now.tzinfo)
        if now - one.made_at < EVERYTHING_FOR:
            kept_last = at
            continue
        while left == 0:
            left, period = next(tiers, (-1, period))
        if left > 0 and (kept_last is None or period(at) != period(kept_last)):
            kept_last, left = at, left - 1
        else:
            gone.append(one.name)
    return tuple(gone)
