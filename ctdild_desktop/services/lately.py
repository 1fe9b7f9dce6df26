"""Which criteria each patient met lately: at the visits of twelve months, and at the latest entry.

Of one patient it is read from the record; of everybody at once it comes from the columns of
``clinical.fast``, which give the same answers. Patients of whom the columns are not certain are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctdild_desktop.clinical.criteria import assess, facts_from_record, strip_criteria
from ctdild_desktop.clinical.criteria.facts import entry_dates
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.due import Met
from ctdild_desktop.clinical.records import Hrct, PatientRecord, Pft, Visit
from ctdild_desktop.clinical.remembering import once, remembering
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.services.desk import for_everybody
from ctdild_desktop.services.leisure import pause

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ctdild_desktop.clinical.fast.columns import Bools, Columns, Ints
    from ctdild_desktop.services.desk import Desk

_MONTHS = 12
_MOST_DAYS = 12
"""Days with an entry that are judged in columns; a patient with more of them is judged from the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """What was met at the visits of the last 12 months, and what of lung function on the day itself."""

    met: tuple[Met, ...]
    physiology_met: tuple[str, ...]
    """Titles of the criteria whose lung-function arm is met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The criteria met at the latest test, symptom or HRCT entry, and those of them not met before it."""

    day: dt.date
    met: tuple[str, ...]
    newly: tuple[str, ...]


@remembering()
def lately_of(record: PatientRecord, as_of: dt.date) -> Lately:
    """What one patient met lately."""
    present = tuple(answer_on(record, rule.id, as_of) for rule in strip_criteria())
    return Lately(
        met=_met(record, as_of),
        physiology_met=tuple(answer.title for answer in present if _by_lung_function(answer)),
    )


@remembering()
def turn_of(record: PatientRecord, as_of: dt.date) -> Turn | None:
    """What one patient met at the latest entry; None without any entry."""
    days = sorted({day for day in entry_dates(record) if day <= as_of})
    if not days:
        return None
    before = _met_on(record, days[-2]) if len(days) > 1 else ()
    met = _met_on(record, days[-1])
    return Turn(day=days[-1], met=met, newly=tuple(rule for rule in met if rule not in before))


def _met(record: PatientRecord, as_of: dt.date) -> tuple[Met, ...]:
    """The criteria met at each visit of the last 12 months, and whether the visit before met them too."""
    entries: tuple[Pft | Visit | Hrct, ...] = (*record.tests, *record.visits, *record.hrct)
    days = sorted({entry.date for entry in entries if entry.date <= as_of})
    since = add_months(as_of, -_MONTHS)
    earlier = [day for day in days if day < since]
    asked = (*earlier[-1:], *(day for day in days if day >= since))
    return _told(((day, set(_met_on(record, day))) for day in asked), since)


def _told(met_on: Iterator[tuple[dt.date, set[str]]], since: dt.date) -> tuple[Met, ...]:
    found: list[Met] = []
    before: set[str] = set()
    for day, met in met_on:
        if day >= since:
            found += [
                Met(criterion=rule.id, title=rule.title, date=day, newly=rule.id not in before)
                for rule in strip_criteria()
                if rule.id in met
            ]
        before = met
    return tuple(found)


def answer_on(record: PatientRecord, criterion: str, day: dt.date) -> Assessment:
    """The answer of one criterion about a record on a day; within ``remembering`` it is worked out once."""

    def answer() -> Assessment:
        facts = once(("facts", day), (record,), lambda: facts_from_record(record, day))
        return assess(facts, criterion, day)

    return once(("answer_on", criterion, day), (record,), answer)


def _met_on(record: PatientRecord, day: dt.date) -> tuple[str, ...]:
    answers = (answer_on(record, rule.id, day) for rule in strip_criteria())
    return tuple(answer.criterion for answer in answers if answer.verdict is Verdict.MET)


def _by_lung_function(answer: Assessment) -> bool:
    """Whether the lung-function arm of an answer is met: its domain, or the whole without domains."""
    arms = [domain.verdict for domain in answer.domains if domain.name == "physiology"]
    return Verdict.MET in arms if answer.domains else answer.verdict is Verdict.MET


# everybody at once


@for_everybody
def of_everybody(desk: Desk, session: Session, as_of: dt.date) -> dict[str, tuple[Lately, Turn | None]]:
    """What everybody met lately, by patient; who is not in it must be asked by :func:`lately_of` and
    :func:`turn_of`.
    """
    from ctdild_desktop.services.verdicts import columns_of

    return _in_columns(columns_of(desk, session), as_of)


@for_everybody
def of_some(desk: Desk, ids: Sequence[str], as_of: dt.date) -> dict[str, tuple[Lately, Turn | None]]:
    """As :func:`of_everybody`, of these patients alone."""
    from ctdild_desktop.services.verdicts import columns_of

    with desk.registry.read() as session:
        columns = columns_of(desk, session, ids)
    return _in_columns(columns, as_of, lambda: pause(desk.registry))


def _in_columns(
    columns: Columns, as_of: dt.date, rest: Callable[[], None] = lambda: None
) -> dict[str, tuple[Lately, Turn | None]]:
    import numpy as np

    from ctdild_desktop.clinical.fast.columns import MISSING
    from ctdild_desktop.clinical.fast.domains import MET
    from ctdild_desktop.clinical.fast.judge import judge

    if not columns.count:
        return {}
    uncertain = np.zeros(columns.count, np.bool_)

    def met_at(days: Ints) -> list[set[str]]:
        """The criteria that each patient met on a day of their own; nobody has a day that is MISSING."""
        rest()
        judged = judge(columns, np.where(days == MISSING, as_of.toordinal(), days))
        uncertain[judged.scalar] |= days[judged.scalar] != MISSING
        found: list[set[str]] = [set() for _ in range(columns.count)]
        for criterion, column in judged.verdicts.items():
            for place in np.flatnonzero((column == MET) & (days != MISSING)).tolist():
                found[place].add(criterion)
        return found

    told = (columns.visit["symptom_change"] != MISSING) | (columns.visit["mmrc"] != MISSING)
    seen, entered = _days(columns, as_of), _days(columns, as_of, told)
    since = add_months(as_of, -_MONTHS)
    asked = int(((seen >= since.toordinal()).sum(axis=0)).max(initial=0)) + 1
    uncertain |= (seen[:_MOST_DAYS] >= since.toordinal()).all(axis=0)
    met = [met_at(days) for days in seen[: min(asked, _MOST_DAYS)]]
    latest, before = met_at(entered[0]), met_at(entered[1])
    today = judge(columns, as_of.toordinal())
    uncertain[today.scalar] = True
    arms = {**today.verdicts, **today.lung_function}
    answered: dict[str, tuple[Lately, Turn | None]] = {}
    for place in np.flatnonzero(~uncertain).tolist():
        dated = [
            (dt.date.fromordinal(int(seen[back][place])), met[back][place])
            for back in reversed(range(len(met)))
            if seen[back][place] != MISSING
        ]
        titles = tuple(rule.title for rule in strip_criteria() if arms[rule.id][place] == MET)
        lately = Lately(met=_told(iter(dated), since), physiology_met=titles)
        answered[columns.ids[place]] = (lately, _turn(int(entered[0][place]), latest[place], before[place]))
    return answered


def _turn(day: int, met: set[str], before: set[str]) -> Turn | None:
    if day < 0:
        return None
    known = [rule.id for rule in strip_criteria() if rule.id in met]
    newly = tuple(rule for rule in known if rule not in before)
    return Turn(day=dt.date.fromordinal(day), met=tuple(known), newly=newly)


def _days(columns: Columns, as_of: dt.date, told: Bools | None = None) -> Ints:
    """The days with an entry up to a date, the latest of each patient in the first row, MISSING after the
    earliest; of visits only those ``told``.
    """
    import numpy as np

    from ctdild_desktop.clinical.fast.columns import MISSING

    chosen = np.ones(len(columns.visit["date"]), np.bool_) if told is None else told
    patient = np.concatenate(
        [columns.pft["patient_id"], columns.hrct["patient_id"], columns.visit["patient_id"][chosen]]
    )
    day = np.concatenate([columns.pft["date"], columns.hrct["date"], columns.visit["date"][chosen]])
    known = day <= as_of.toordinal()
    pairs = np.unique(np.stack([patient[known], -day[known]]), axis=1)
    first = np.searchsorted(pairs[0], np.arange(columns.count))
    back = np.arange(pairs.shape[1]) - first[pairs[0]]
    made = np.full((max(int(back.max(initial=0)) + 1, 2), columns.count), MISSING, np.int64)
    made[back, pairs[0]] = -pairs[1]
    return made
