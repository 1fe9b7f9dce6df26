"""The verdicts of every patient of a registry at once, without sentences.

The columns of ``clinical.fast`` answer almost all; the patients that it leaves are answered one by one from
their records. Sentences, needs and evidence of one patient come from ``assessment``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ctdild_desktop.clinical import haemoglobin
from ctdild_desktop.clinical.criteria import CriteriaSettings, facts_from_record
from ctdild_desktop.clinical.criteria import assess as judge_one
from ctdild_desktop.clinical.records import Diagnosis, Hrct, Lab, Patient, Pft, Visit
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.services.assessment import default_as_of
from ctdild_desktop.services.desk import for_everybody
from ctdild_desktop.services.leisure import pause
from ctdild_desktop.services.redaction import until

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ctdild_desktop.clinical.fast.columns import Columns
    from ctdild_desktop.clinical.fast.domains import Answers
    from ctdild_desktop.clinical.fast.judge import Judged
    from ctdild_desktop.services.desk import Desk

KINDS: dict[str, type[Any]] = {
    "patient": Patient,
    "diagnosis": Diagnosis,
    "pft": Pft,
    "visit": Visit,
    "hrct": Hrct,
    "lab": Lab,
}
"""The records behind each table that the columns are read from."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RegistryVerdicts:
    """Every criterion of the strip for every patient; places in the columns are those of ``ids``."""

    ids: tuple[str, ...]
    _judged: Judged
    one_by_one: int
    """How many patients were answered from their records."""

    def as_of(self, place: int) -> dt.date:
        """The date on which a patient was judged."""
        return dt.date.fromordinal(int(self._judged.as_of[place]))

    def verdict(self, place: int, criterion: str) -> Verdict:
        """The verdict of one patient; raises KeyError for a criterion that is not in the strip."""
        return _verdicts()[int(self._judged.verdicts[criterion][place])]

    def category(self, place: int, criterion: str) -> str | None:
        """The category of one patient, for the criteria that answer one."""
        from ctdild_desktop.clinical.fast.judge import CATEGORIES, NO_CATEGORY

        column = self._judged.categories.get(criterion)
        if column is None or column[place] == NO_CATEGORY:
            return None
        return CATEGORIES[criterion][int(column[place])]

    def counts(self, criterion: str) -> dict[Verdict, int]:
        """How many patients have each verdict."""
        column: Answers = self._judged.verdicts[criterion]
        return {verdict: int((column == code).sum()) for code, verdict in enumerate(_verdicts())}


@for_everybody
def verdicts_of_all(
    desk: Desk, as_of: dt.date | None = None, settings: CriteriaSettings | None = None
) -> RegistryVerdicts:
    """Judge every patient; one statement for each table, and those left over in groups.

    Args:
        desk: where the registry is open.
        as_of: entries after it are ignored; by default each patient's own latest entry.
        settings: what the site has set for the criteria.
    """
    from ctdild_desktop.clinical.fast.judge import judge

    with desk.registry.read() as session:
        columns = columns_of(desk, session)
        last = None if as_of is None else as_of.toordinal()
        judged = judge(columns, last, settings, known=last)
        left = judged.scalar.tolist()
        for start in range(0, len(left), _AT_ONCE):
            places = {columns.ids[place]: place for place in left[start : start + _AT_ONCE]}
            _answer_one_by_one(desk, session, judged, places, as_of=as_of, settings=settings)
    return RegistryVerdicts(columns.ids, judged, len(left))


@for_everybody
def columns_of(desk: Desk, session: Session, ids: Sequence[str] | None = None) -> Columns:
    """What the criteria look at; one statement for each table.

    Args:
        ids: of the patients that are read; default: everybody.
    """
    from ctdild_desktop.clinical.fast.columns import FIELDS, read_columns

    def cells(table: str) -> Iterator[Sequence[Sequence[Any]]]:
        only = {"test": haemoglobin.CODE} if table == "lab" else {}
        for chunk in desk.store.cells(session, KINDS[table], FIELDS[table], only, ids):
            pause(desk.registry)
            yield chunk

    return read_columns(cells)


def _answer_one_by_one(
    desk: Desk,
    session: Session,
    judged: Judged,
    places: dict[str, int],
    *,
    as_of: dt.date | None,
    settings: CriteriaSettings | None,
) -> None:
    from ctdild_desktop.clinical.fast.judge import CATEGORIES, NO_CATEGORY

    codes = {verdict: code for code, verdict in enumerate(_verdicts())}
    for record in desk.store.load_many(session, list(places)):
        place = places[record.patient.id]
        day = as_of or default_as_of(record)
        judged.as_of[place] = day.toordinal()
        facts = facts_from_record(record if as_of is None else until(record, as_of), day)
        for criterion, column in judged.verdicts.items():
            answer = judge_one(facts, criterion, day, settings)
            column[place] = codes[answer.verdict]
            if criterion in judged.categories:
                known = answer.category is not None
                judged.categories[criterion][place] = (
                    CATEGORIES[criterion].index(str(answer.category)) if known else NO_CATEGORY
                )


def _verdicts() -> tuple[Verdict, ...]:
    """The verdicts in the order of their codes in ``clinical.fast``."""
    return Verdict.NOT_MET, Verdict.CANNOT_ASSESS, Verdict.MET, Verdict.NOT_APPLICABLE
