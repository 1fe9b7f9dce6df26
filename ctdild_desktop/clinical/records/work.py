"""What somebody decided about the work list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """One reason on the work list that was put off until a day; it comes back earlier when it changes."""

    id: str
    date: dt.date
    """When it was put off."""
    until: dt.date
    """The day on which it comes back."""
    item: str
    """Which row it is: its group and key."""
    basis: str
    """What the row rested on; a row that rests on something else is another reason."""
    reason: str
    """Why it was put off, in the person's own words."""
    version: int = 1
    absent: tuple[tuple[str, str], ...] = ()
