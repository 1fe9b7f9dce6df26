"""The rows of the day in order, held so that one patient can be exchanged without sorting everybody anew."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ctdild_desktop.services.today import ClinicDay, Group, OfPatient, State, Today, TodayRow

_FIRST = {Group.PROGRESSION: 8, Group.CONFIRM: 4, Group.DUE: 8}
"""Rows of a long group that are shown at first."""
_FIRST_OF_OTHERS = 4

Key = tuple[int, int, int, str, str, str, str]


def key_of(row: TodayRow) -> Key:
    """Sorts the rows and is different for each."""
    return (*row.urgency, row.person.id, row.key)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is in sight of one group: its first rows or all of them."""

    group: Group
    rows: tuple[TodayRow, ...]
    total: int


class WorkList:
    """Everybody who was read so far."""

    def __init__(self, day: dt.date) -> None:
        self.day = day
        self._of: dict[str, OfPatient] = {}
        self._coming: dict[str, OfPatient] = {}
        """Those who come on one of the next days."""
        self._keys: dict[Group, list[Key]] = {group: [] for group in Group}
        self._rows: dict[Group, list[TodayRow]] = {group: [] for group in Group}

    def put(self, found: Iterable[OfPatient]) -> None:
        """Take what these patients add in place of what they added before."""
        for one in found:
            self._take_out(one.person.id)
            self._of[one.person.id] = one
            if one.clinic:
                self._coming[one.person.id] = one
            for row in one.rows:
                key = key_of(row)
                place = bisect_left(self._keys[row.group], key)
                self._keys[row.group].insert(place, key)
                self._rows[row.group].insert(place, row)

    def drop(self, patient_id: str) -> None:
        """Forget a patient."""
        self._take_out(patient_id)

    def keep_only(self, ids: Collection[str]) -> None:
        """Forget everybody but these."""
        for patient_id in [one for one in self._of if one not in ids]:
            self._take_out(patient_id)

    def _take_out(self, patient_id: str) -> None:
        gone = self._of.pop(patient_id, None)
        self._coming.pop(patient_id, None)
        for row in gone.rows if gone is not None else ():
            place = bisect_left(self._keys[row.group], key_of(row))
            del self._keys[row.group][place]
            del self._rows[row.group][place]

    @property
    def counts(self) -> dict[Group | None, int]:
        """Rows of each group, and of all under None."""
        found: dict[Group | None, int] = {group: len(rows) for group, rows in self._rows.items()}
        return {None: sum(found.values()), **found}

    @property
    def overdue_actions(self) -> int:
        """Actions after a meeting whose day has passed."""
        return sum(row.state is State.OVERDUE for row in self._rows[Group.ACTIONS])

    @property
    def clinics(self) -> tuple[ClinicDay, ...]:
        """The clinics of this and the next days."""
        return Today(self.day, self._coming).clinics

    @property
    def following(self) -> tuple[dt.date, str, str] | None:
        """What comes next while nothing is due: the day, what it is and whose."""
        coming = (
            (*one.following, one.person.shown) for one in self._of.values() if one.following is not None
        )
        return min(coming, default=None)

    def shown(self, only: Group | None, unfolded: Collection[Group]) -> tuple[Shown, ...]:
        """The groups that have rows; a long one with its first rows, unless unfolded or alone in sight."""
        found = []
        for group in Group:
            rows = self._rows[group]
            if not rows or only not in (None, group):
                continue
            first = _FIRST.get(group, _FIRST_OF_OTHERS)
            whole = only is group or group in unfolded or len(rows) <= first + 1
            found.append(Shown(group, tuple(rows if whole else rows[:first]), len(rows)))
        return tuple(found)

    def named(self, letters: str, only: Group | None) -> list[TodayRow]:
        """The rows of everybody whose name or MRN begins with these letters, in order."""
        begin = letters.casefold()
        return [
            row
            for group in Group
            if only in (None, group)
            for row in self._rows[group]
            if row.person.shown.casefold().startswith(begin)
        ]
