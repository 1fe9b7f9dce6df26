"""The audit trail for people: what was done to a patient's record and in the registry, by whom and why.

One entry is one act (one batch of the trail), the newest first. Reading is by pages, so that a record of
thousands of changes opens as fast as one of three.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from ctdild_desktop.clinical import wording
from ctdild_desktop.language import say
from ctdild_desktop.registry.models import (
    AgendaItemRow,
    AuditRow,
    Base,
    DecisionRow,
    MeetingRow,
    PatientRow,
    TherapyLineRow,
    UserRow,
)
from ctdild_desktop.services import history_terms
from ctdild_desktop.services.desk import Desk, Role, for_everybody, requires
from ctdild_desktop.services.history_words import (
    Item,
    Names,
    Written,
    counted,
    days_in,
    event_item,
    lines_in,
    moment,
    plain,
    row_item,
)
from ctdild_desktop.services.trail_reasons import reason_told

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

PAGE = 50
"""Acts of one page."""
_CHUNK = 400
"""Rows that are read at once, and about as many as one page tells."""
_MANY = 400
"""Ids in one IN list: below every database's limit of bound parameters."""
_MOST_ITEMS = 500
"""Records of one act that are told one by one; of a larger act the numbers are told."""
_MOST_IN_LOG = 12
_FEW = 4

_LIGHT = (
    AuditRow.seq,
    AuditRow.batch,
    AuditRow.at,
    AuditRow.user_id,
    AuditRow.reason,
    AuditRow.op,
    AuditRow.table_name,
    AuditRow.row_id,
    AuditRow.subject_id,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act in words."""

    seq: int
    """Place of its latest row in the trail."""
    at: dt.datetime
    who: str
    reason: str
    items: tuple[Item, ...]
    about: str = ""
    """In the log of the registry: the patient, or how many; empty when no patient is concerned."""

    @property
    def when(self) -> str:
        """``12.03.2026 11:00``, at this workstation."""
        return moment(self.at)

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of what was touched, each once."""
        return tuple(dict.fromkeys(item.group for item in self.items))

    @property
    def summary(self) -> str:
        """What was done in a few lines: changes with their values, many records as numbers."""
        if len(self.items) <= _FEW:
            return "\n".join(item.short for item in self.items)
        return ", ".join(item.short for item in counted(self.items))

    @property
    def text(self) -> str:
        """Everything that was done, one line for each record."""
        return "\n".join(item.text for item in self.items)


@dataclass(frozen=True, slots=True)
class Page:
    """Some acts, the newest first; ``older`` is what to ask the next page with, None at the end."""

    entries: tuple[Entry, ...]
    older: int | None = None


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What the log of the registry shall show; empty parts do not limit it."""

    login: str = ""
    group: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@for_everybody
def of_patient(
    desk: Desk, patient_id: str, *, group: str = "", before: int | None = None, limit: int = PAGE
) -> Page:
    """A page of a patient's history.

    Args:
        group: only what concerns this group (one of :func:`patient_groups`).
        before: the ``older`` of the page before.
        limit: acts on the page.
    """
    wanted = [AuditRow.subject_id == patient_id, *_of_group(group)]
    with desk.registry.read() as session:
        acts, older = _acts(session, wanted, before, limit)
        return Page(_told(session, acts, _MOST_ITEMS), older)


def patient_groups() -> tuple[str, ...]:
    """The groups that a patient's history may be limited to."""
    return tuple(
        name
        for name in history_terms.groups()
        if name in {"Views and prints", "Exports"} or _concerns_patients(name)
    )


@requires(Role.ADMINISTRATOR, doing="reading the log of the registry")
def log(desk: Desk, shown: LogFilter, *, before: int | None = None, limit: int = PAGE) -> Page:
    """A page of everything that was done in the registry, for administrators.

    Of an act on many records the numbers are told; each patient's own history tells the rest.
    """
    wanted: list[ColumnElement[bool]] = _of_group(shown.group)
    if shown.login:
        wanted.append(AuditRow.user_id == shown.login)
    if shown.first is not None:
        wanted.append(AuditRow.at >= _midnight(shown.first))
    if shown.last is not None:
        wanted.append(AuditRow.at < _midnight(shown.last + dt.timedelta(days=1)))
    with desk.registry.read() as session:
        acts, older = _acts(session, wanted, before, limit)
        return Page(_told(session, acts, _MOST_IN_LOG, with_patients=True), older)


@requires(Role.ADMINISTRATOR, doing="reading the log of the registry")
def people(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Login and name of everybody who has or had an account, by name."""
    with desk.registry.read() as session:
        return tuple(sorted(persons_of(session).items(), key=lambda person: person[1].casefold()))


def _concerns_patients(group: str) -> bool:
    tables, _events = history_terms.members(group)
    return any(name == "patient" or "patient_id" in Base.metadata.tables[name].columns for name in tables)


def _midnight(
    day: dt.date, local: Callable[[dt.datetime], dt.datetime] = dt.datetime.astimezone
) -> dt.datetime:
    moment = dt.datetime.combine(day, dt.time())
    try:
        return local(moment)
    except (OSError, OverflowError, ValueError):  # Windows tells no local time before 1970
        return moment.replace(tzinfo=dt.UTC)


def _of_group(group: str) -> list[ColumnElement[bool]]:
    if not group:
        return []
    tables, events = history_terms.members(group)
    event = and_(AuditRow.op == "event", AuditRow.row_id.in_(events))
    if not tables:
        return [event]
    return [or_(AuditRow.table_name.in_(tables), event) if events else AuditRow.table_name.in_(tables)]


def _acts(
    session: Session, wanted: Sequence[ColumnElement[bool]], before: int | None, limit: int
) -> tuple[list[list[Any]], int | None]:
    """Rows of the trail by act, without their values; and where the next page begins."""
    acts: dict[str, list[Any]] = {}
    last, ended, rows = before, False, 0
    while not ended and (len(acts) < 2 or (len(acts) <= limit and rows < 2 * _CHUNK)):
        query = select(*_LIGHT).where(*wanted).order_by(AuditRow.seq.desc()).limit(_CHUNK)
        if last is not None:
            query = query.where(AuditRow.seq < last)
        found = session.execute(query).all()
        for row in found:
            acts.setdefault(row.batch, []).append(row)
        rows += len(found)
        ended = len(found) < _CHUNK
        last = found[-1].seq if found else last
    whole = list(acts.values())
    if not ended:
        whole.pop()  # the oldest act may not be complete
    page: list[list[Any]] = []
    for act in whole[:limit]:
        if page and sum(map(len, page)) + len(act) > _CHUNK:
            break
        page.append(act)
    more = not ended or len(page) < len(whole)
    return page, min(row.seq for row in page[-1]) if more and page else None


def _told(
    session: Session, acts: Sequence[Sequence[Any]], most: int, *, with_patients: bool = False
) -> tuple[Entry, ...]:
    few = [row for act in acts if len(act) <= most for row in act]
    values = dict(_values(session, [row.seq for row in few]))
    names = _names(session, few, values)
    patients = _patients(session, acts) if with_patients else {}
    return tuple(
        _entry(
            act,
            values,
            names,
            _about(act, patients) if with_patients else "",
            told_singly=len(act) <= most,
        )
        for act in acts
    )


def _entry(
    act: Sequence[Any],
    values: dict[int, tuple[str | None, str | None]],
    names: Names,
    about: str,
    *,
    told_singly: bool,
) -> Entry:
    latest = act[0]
    rows = sorted(act, key=lambda row: row.seq)
    items: Sequence[Item] = _numbers(rows)
    if told_singly:
        items = [_item(row, *values[row.seq], names) for row in rows]
    telling = [item for item in items if item.verb != "changed" or item.changes]
    reason = next((row.reason for row in rows if row.reason), "")
    return Entry(
        latest.seq,
        latest.at,
        names.persons.get(latest.user_id, latest.user_id),
        reason_told(reason),
        tuple(telling or items[:1]),
        about,
    )


def _item(row: Any, old: str | None, new: str | None, names: Names) -> Item:
    if row.op == "event":
        return event_item(row.row_id, plain(new), names)
    return row_item(Written(row.op, row.table_name, row.row_id, plain(old), plain(new)), names)


def _numbers(rows: Sequence[Any]) -> tuple[Item, ...]:
    """A large act as numbers."""
    return counted(_item(row, None, None, Names()) for row in rows)


def _values(session: Session, seqs: Sequence[int]) -> Iterator[tuple[int, tuple[str | None, str | None]]]:
    for chunk in _chunks(seqs):
        query = select(AuditRow.seq, AuditRow.old, AuditRow.new).where(AuditRow.seq.in_(chunk))
        for seq, old, new in session.execute(query):
            yield seq, (old, new)


def persons_of(session: Session) -> dict[str, str]:
    """The names of the people who work at the registry, by login."""
    return {login: name for login, name in session.execute(select(UserRow.login, UserRow.display_name))}


def _names(session: Session, rows: Sequence[Any], values: dict[int, tuple[str | None, str | None]]) -> Names:
    """What the ids and logins stand for that the values speak of."""
    lines: set[str] = set()
    days: set[str] = set()
    for row in rows:
        for side in map(plain, values[row.seq]):
            lines |= lines_in(row.table_name, side)
            days |= days_in(row.table_name, side)
    return Names(persons_of(session), lines_of(session, sorted(lines)), days_of(session, sorted(days)))


def days_of(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The day of each meeting, decision and place on an agenda by its id, removed ones too."""
    found: dict[str, str] = {}
    for chunk in _chunks(ids):
        for row in (MeetingRow, DecisionRow):
            query = select(row.id, row.date).where(row.id.in_(chunk))
            found |= {one: wording.day(date) for one, date in session.execute(query)}
        places = select(AgendaItemRow.id, MeetingRow.date).join(
            MeetingRow, MeetingRow.id == AgendaItemRow.meeting_id
        )
        for one, date in session.execute(places.where(AgendaItemRow.id.in_(chunk))):
            found[one] = wording.day(date)
    return found


def lines_of(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The drug of each line of therapy by its id, removed lines too."""
    found: dict[str, str] = {}
    for chunk in _chunks(ids):
        query = select(TherapyLineRow.id, TherapyLineRow.drug).where(TherapyLineRow.id.in_(chunk))
        found |= {line_id: drug for line_id, drug in session.execute(query)}
    return found


def _patients(session: Session, acts: Sequence[Sequence[Any]]) -> dict[str, str]:
    ids = sorted({row.subject_id for act in acts for row in act if row.subject_id})
    found = {}
    for chunk in _chunks(ids):
        query = select(PatientRow.id, PatientRow.mrn, PatientRow.family_name, PatientRow.given_name).where(
            PatientRow.id.in_(chunk)
        )
        for patient_id, mrn, family, given in session.execute(query):
            found[patient_id] = patient_name(mrn, family, given)
    return found


def patient_name(mrn: str, family: str, given: str) -> str:
    """``HOLLOWAY, Ingrid (DEMO-0417)``."""
    name = ", ".join(part for part in (family.upper(), given) if part)
    return f"{name} ({mrn})" if name else mrn


def _about(act: Sequence[Any], patients: dict[str, str]) -> str:
    subjects = {row.subject_id for row in act if row.subject_id}
    if len(subjects) > 1:
        return say("{subjects} patients", subjects=len(subjects))
    return next((patients.get(subject, say("an erased patient")) for subject in subjects), "")


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _MANY):
        yield items[start : start + _MANY]
