"""One backup as a value: when and why it was made, what it holds, and what is known of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Why(StrEnum):
    """The occasion of a backup, as its name says it."""

    BY_HAND = "by hand"
    ON_CLOSE = "on close"
    AT_START = "at start"
    REGULAR = "regular"
    BEFORE_UPGRADE = "before upgrade"
    BEFORE_IMPORT = "before import"
    BEFORE_BULK_CHANGE = "before bulk change"
    BEFORE_RESTORE = "before restore"
    BEFORE_NEW_KEYS = "before new keys"


class State(StrEnum):
    """What is known of a backup without opening it."""

    SIGNED = "signed"
    """Its list was signed with the present keys; it was checked from end to end when it was made."""
    WHOLE = "whole"
    """Signed, and the file was read just now and is what was signed."""
    OTHER_KEYS = "other keys"
    """Made with other keys than the present ones."""
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Generation:
    """One backup file. What a damaged one held is not known: its counts are empty."""

    path: Path
    made_at: dt.datetime
    size: int
    state: State
    why: str = ""
    head: str = ""
    revision: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    problem: str = ""
    """One sentence for what is wrong with a damaged one."""

    @property
    def good(self) -> bool:
        """Whether it can be restored, as far as is known."""
        return self.state in {State.SIGNED, State.WHOLE}

    def count(self, table: str) -> int | None:
        """Rows of a table, None when it is not known."""
        return dict(self.counts).get(table)
