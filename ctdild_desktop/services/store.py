"""How records are kept in and read from the registry's tables. Every SQL statement about patients is here.

Rows never leave this module: what comes out are records of ``clinical.records``. Who wrote a row and when is
stamped by ``Registry.write``.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    HELD_IN,
    Action,
    AdverseEvent,
    AgendaItem,
    Attachment,
    Consent,
    Decision,
    LetterTemplate,
    Meeting,
    Patient,
    PatientRecord,
    Pft,
    SavedQuery,
    TherapyLine,
    Visit,
)
from ctdild_desktop.registry.models import (
    AttachmentContentRow,
    AttachmentRow,
    ConsentRow,
    PatientRow,
    PftRow,
    TherapyLineRow,
    UserRow,
)
from ctdild_desktop.services import rows
from ctdild_desktop.services.listing import Listing
from ctdild_desktop.services.lists import Lists
from ctdild_desktop.services.search_key import search_key

_CHUNK = 1_000
"""Rows that are taken from the database at once: a few milliseconds; twenty thousand take no less time for
each, and hold 20 MB in pieces of which Python gives little back."""


LEFT_OUT = {(Decision, "snapshot"): "{}"}
"""What is too long to be read of everybody, with what stands in its place; nobody writes it back, because a
signed decision keeps it.
"""


def _read(kind: type[Any], column: Any, *, whole: bool) -> Any:
    instead = None if whole else LEFT_OUT.get((kind, column.key))
    return column if instead is None else literal(instead).label(column.key)


@cache
def _patients(*, everybody: bool) -> Select[Any]:
    """The live patients in MRN order: everybody, or those whose ids are given as ``only``."""
    query = select(*rows.columns(Patient)).where(PatientRow.deleted_at.is_(None)).order_by(PatientRow.mrn)
    return query if everybody else query.where(PatientRow.id.in_(bindparam("only", expanding=True)))


_LIVE: dict[tuple[type[Any], bool, bool], Select[Any]] = {}
"""Statements are put together once: with many columns that takes longer than running them."""


def _live(kind: type[Any], owner: str, *, everybody: bool, whole: bool) -> Select[Any]:
    """The live rows of a kind, each after the id of its owner, of all or of the patients in ``only``."""
    query = _LIVE.get((kind, everybody, whole))
    if query is None:
        table = rows.ROW_OF[kind].__table__
        read = [_read(kind, column, whole=whole) for column in rows.table_columns(kind)]
        query = select(table.c[owner], *read).where(table.c.deleted_at.is_(None))
        if not everybody:
            query = query.where(table.c.patient_id.in_(bindparam("only", expanding=True)))
        _LIVE[kind, everybody, whole] = query
    return query


def _given(only: Sequence[str] | None) -> dict[str, list[str]]:
    return {} if only is None else {"only": list(only)}


@dataclass(frozen=True, slots=True)
class Current:
    """A record as it is now, with who touched it last; ``value`` is None when it is voided or unknown."""

    value: Any
    changed_by: str = ""
    changed_at: dt.datetime | None = None


def _order(item: Any) -> tuple[Any, ...]:
    """Date order, oldest first and what has no date last; the order of entry, then the id, settle ties."""
    if isinstance(item, Pft):
        return (item.date, item.entered, item.id)
    if isinstance(item, AgendaItem):
        return (item.position, item.id)
    if isinstance(item, Patient):
        return (item.mrn, item.id)
    if isinstance(item, LetterTemplate | SavedQuery):
        return (item.kind if isinstance(item, LetterTemplate) else item.name.casefold(), item.id)
    if isinstance(item, Meeting):
        return (item.date, item.starts, item.id)
    if isinstance(item, Action):
        return (item.due or dt.date.max, item.id)
    if isinstance(item, TherapyLine):
        date = item.start
    else:
        date = item.onset if isinstance(item, AdverseEvent) else item.date
    if isinstance(date, PartialDate):
        return (date.earliest, date.latest, item.id)
    return (date or dt.date.max, dt.date.max, item.id)


class Store:
    """Reads and writes records within a session that the caller opened."""

    def __init__(self) -> None:
        self.lists = Lists()
        self.listing = Listing()

    def forget(self) -> None:
        """Let go of what is held in memory of the registry, for good."""
        self.lists.index.forget()

    def load(self, session: Session, patient_id: str) -> PatientRecord | None:
        """Everything recorded of one patient; None when there is no such patient."""
        return next(iter(self._load(session, [patient_id], whole=True)), None)

    def load_all(self, session: Session) -> Iterator[PatientRecord]:
        """Everything recorded of every patient in MRN order, by a number of statements that does not grow.

        What is long is left out (:data:`LEFT_OUT`). All is read before this returns; the records may be taken
        up after the session is closed.
        """
        return self._load(session, None)

    def load_many(
        self, session: Session, patient_ids: Sequence[str], *, whole: bool = False
    ) -> Iterator[PatientRecord]:
        """Everything recorded of these patients, in MRN order; unless ``whole``, decisions as in
        :meth:`load_all`.
        """
        return self._load(session, patient_ids, whole=whole)

    def cells(
        self,
        session: Session,
        kind: type[Any],
        names: Sequence[str],
        only: Mapping[str, str] | None = None,
        of: Sequence[str] | None = None,
    ) -> Iterator[Sequence[Sequence[Any]]]:
        """Some columns of every live row of a kind in chunks, as they are kept and not as records.

        Decimals and dates are text, yes and no are 1 and 0. One statement, with nothing between it and the
        database's own cursor, for work on many patients at once.

        Args:
            only: codes that columns must have.
            of: ids of the patients whose rows are read; default: of everybody.
        """
        table = rows.ROW_OF[kind].__table__
        query = select(*(table.c[name] for name in names)).where(table.c.deleted_at.is_(None))
        query = query.where(*(table.c[name] == code for name, code in (only or {}).items()))
        if of is not None:
            query = query.where(table.c["id" if kind is Patient else "patient_id"].in_(of))
        connection = session.connection()
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(str(query.compile(connection, compile_kwargs={"literal_binds": True})))
            while chunk := cursor.fetchmany(_CHUNK):
                yield chunk

    def many(
        self, session: Session, kind: type[Any], *conditions: Any, whole: bool = True
    ) -> tuple[Any, ...]:
        """Every live record of a kind that meets conditions on its row, in order; for what belongs to no
        patient or to several. Without ``whole`` what is long is left out (:data:`LEFT_OUT`).
        """
        read = [_read(kind, column, whole=whole) for column in rows.columns(kind)]
        query = select(*read).where(rows.ROW_OF[kind].deleted_at.is_(None), *conditions)
        found = (rows.record_from(kind, values) for values in session.execute(query))
        return tuple(sorted(found, key=_order))

    def _load(
        self, session: Session, only: Sequence[str] | None, *, whole: bool = False
    ) -> Iterator[PatientRecord]:
        patients = session.execute(_patients(everybody=only is None), _given(only))
        found = [rows.record_from(Patient, values) for values in patients]
        if not found:
            return iter(())
        held = {
            name: self._held(session, kind, only, whole=whole)
            for name, kind in HELD_IN.items()
            if name != "appointments"
        }
        return (
            _whole(patient, {name: by_patient.get(patient.id, ()) for name, by_patient in held.items()})
            for patient in found
        )

    def _held(
        self, session: Session, kind: type[Any], only: Sequence[str] | None, *, whole: bool
    ) -> dict[str, tuple[Any, ...]]:
        parts = self._parts(session, only) if kind is TherapyLine else {}
        held: dict[str, list[Any]] = defaultdict(list)
        query = _live(kind, "patient_id", everybody=only is None, whole=whole)
        for patient_id, *values in session.connection().execute(query, _given(only)):
            record = rows.record_from(kind, values)
            if record.id in parts:
                record = replace(record, **parts[record.id])
            held[patient_id].append(record)
        return {patient_id: tuple(sorted(items, key=_order)) for patient_id, items in held.items()}

    def _parts(self, session: Session, only: Sequence[str] | None) -> dict[str, dict[str, tuple[Any, ...]]]:
        found: dict[str, dict[str, tuple[Any, ...]]] = defaultdict(dict)
        for name, kind in rows.PARTS.items():
            of_line: dict[str, list[Any]] = defaultdict(list)
            query = _live(kind, "line_id", everybody=only is None, whole=False)
            for line_id, *values in session.connection().execute(query, _given(only)):
                of_line[line_id].append(rows.record_from(kind, values))
            for line_id, items in of_line.items():
                found[line_id][name] = tuple(sorted(items, key=_part_order))
        return found

    def owner(self, session: Session, kind: type[Any], record_id: str) -> str | None:
        """The id of the patient that a record belongs to, voided or not; None when there is no such
        record.
        """
        if kind is Patient:
            return record_id
        row = rows.ROW_OF[kind]
        return session.execute(select(row.patient_id).where(row.id == record_id)).scalar_one_or_none()

    def current(self, session: Session, kind: type[Any], record_id: str) -> Current:
        """A record as it is now."""
        row = session.get(rows.ROW_OF[kind], record_id)
        if row is None:
            return Current(None)
        if row.deleted_at is not None:
            return Current(None, row.deleted_by or "", row.deleted_at)
        return Current(self._record(session, kind, row), row.updated_by, row.updated_at)

    def removed(self, session: Session, kind: type[Any], record_id: str) -> Any:
        """A removed record as it was."""
        return self._record(session, kind, session.get_one(rows.ROW_OF[kind], record_id))

    def answers(self, session: Session, patient_id: str, kind: str) -> tuple[Consent, ...]:
        """What a patient answered to one question of consent, in the order of entry."""
        query = (
            select(*rows.columns(Consent))
            .where(ConsentRow.patient_id == patient_id, ConsentRow.kind == kind)
            .where(ConsentRow.deleted_at.is_(None))
            .order_by(ConsentRow.created_at, ConsentRow.id)
        )
        return tuple(rows.record_from(Consent, values) for values in session.execute(query))

    def entered(
        self, session: Session, kind: type[Any], patient_id: str
    ) -> dict[str, tuple[str, dt.datetime]]:
        """Who entered each of a patient's records of a kind, by name, and when."""
        row = rows.ROW_OF[kind]
        name = func.coalesce(UserRow.display_name, row.created_by)
        query = select(row.id, name, row.created_at).outerjoin(UserRow, UserRow.login == row.created_by)
        found = session.execute(query.where(row.patient_id == patient_id))
        return {one[0]: (one[1], one[2]) for one in found}

    def keep_content(self, session: Session, patient_id: str, file: Attachment, content: bytes) -> None:
        """Keep the bytes of a file; its attachment is kept in the same transaction."""
        session.add(
            AttachmentContentRow(id=file.id, patient_id=patient_id, sha256=file.sha256, content=content)
        )
        session.flush()

    def content(self, session: Session, file_id: str) -> bytes | None:
        """The bytes of a file; None when there are none."""
        query = select(AttachmentContentRow.content).where(AttachmentContentRow.id == file_id)
        return session.execute(query).scalar_one_or_none()

    def same_files(self, session: Session, sha256: str) -> tuple[tuple[str, str, bool], ...]:
        """Every file of exactly this content: its id, its patient, and whether it was removed."""
        row = AttachmentRow
        query = select(row.id, row.patient_id, row.deleted_at.is_not(None)).where(row.sha256 == sha256)
        return tuple(
            (one[0], one[1], bool(one[2])) for one in session.execute(query.order_by(row.created_at))
        )

    def _record(self, session: Session, kind: type[Any], row: Any) -> Any:
        record = rows.record_from(kind, [getattr(row, column.key) for column in rows.columns(kind)])
        if kind is TherapyLine:
            parts = self._parts(session, [row.patient_id])
            record = replace(record, **parts.get(row.id, {}))
        return record

    def insert(self, session: Session, patient_id: str | None, record: Any, *, source: str = "typed") -> Any:
        """Keep a new record; gives a test its place in the order of entry. Returns it with its first
        version. A meeting has no patient, and what is on its agenda says itself whom it is about.
        """
        if isinstance(record, Pft) and record.entered == 0 and patient_id is not None:
            record = replace(record, entered=self._next_entry(session, patient_id))
        row = self._new_row(patient_id, record, source)
        session.add(row)
        if isinstance(record, TherapyLine) and patient_id is not None:
            session.add_all(self._part_rows(patient_id, record, source))
        session.flush()
        return replace(record, version=row.version)

    def insert_many(
        self,
        session: Session,
        patient_id: str,
        records: Iterable[Any],
        *,
        source: str = "typed",
        part_sources: Mapping[str, str] | None = None,
    ) -> None:
        """Keep many new records of one patient without reading anything back; tests bring their own
        ``entered``. ``part_sources``: where the parts of a line come from, by its id, if from elsewhere.
        """
        for record in records:
            session.add(self._new_row(patient_id, record, source))
            if isinstance(record, TherapyLine):
                of_parts = (part_sources or {}).get(record.id, source)
                session.add_all(self._part_rows(patient_id, record, of_parts))

    def _new_row(self, patient_id: str | None, record: Any, source: str) -> Any:
        values = {name: value for name, value in rows.values_of(record).items() if value is not None}
        if isinstance(record, Patient):
            values["search_key"] = search_key(record)
        elif patient_id is not None:
            values["patient_id"] = patient_id
        return rows.ROW_OF[type(record)](**values, source=source)

    def _part_rows(self, patient_id: str, line: TherapyLine, source: str) -> list[Any]:
        return [
            rows.ROW_OF[kind](**rows.values_of(part), patient_id=patient_id, line_id=line.id, source=source)
            for name, kind in rows.PARTS.items()
            for part in getattr(line, name)
        ]

    def _next_entry(self, session: Session, patient_id: str) -> int:
        latest = session.execute(
            select(func.max(PftRow.entered)).where(PftRow.patient_id == patient_id)
        ).scalar_one_or_none()
        return (latest or 0) + 1

    def update(
        self, session: Session, record: Any, *, user: str, at: dt.datetime, source: str | None = None
    ) -> Any:
        """Replace a record that exists; the caller has compared versions. Returns it with its new version.

        ``source``: where new parts of a line come from; by default where the line itself does.
        """
        row = session.get_one(rows.ROW_OF[type(record)], record.id)
        values = rows.values_of(record)
        if isinstance(record, Patient):
            values["search_key"] = search_key(record)
        for name, value in values.items():
            if getattr(row, name) != value or str(getattr(row, name)) != str(value):
                setattr(row, name, value)
        if isinstance(record, TherapyLine):
            self._replace_parts(session, row, record, user=user, at=at, source=source or row.source)
        if session.is_modified(row):
            row.verified_at = row.verified_by = None
        session.flush()
        return replace(record, version=row.version)

    def _replace_parts(
        self,
        session: Session,
        row: TherapyLineRow,
        line: TherapyLine,
        *,
        user: str,
        at: dt.datetime,
        source: str,
    ) -> None:
        changed = False
        for name, kind in rows.PARTS.items():
            part_row = rows.ROW_OF[kind]
            query = select(part_row).where(part_row.line_id == line.id, part_row.deleted_at.is_(None))
            wanted = list(getattr(line, name))
            # by what they say to the digit, and each once: two equal infusions of one day are two infusions
            said = [repr(part) for part in wanted]
            for kept in session.execute(query).scalars():
                part = rows.record_from(kind, [getattr(kept, column.key) for column in rows.columns(kind)])
                if repr(part) in said:
                    place = said.index(repr(part))
                    del said[place], wanted[place]
                else:
                    kept.deleted_at, kept.deleted_by = at, user
                    kept.deleted_reason = "replaced with a change of the line"
                    changed = True
            for part in wanted:
                changed = True
                session.add(
                    part_row(
                        **rows.values_of(part), patient_id=row.patient_id, line_id=line.id, source=source
                    )
                )
        if changed:
            flag_modified(row, "note")

    def void(
        self, session: Session, kind: type[Any], record_id: str, *, user: str, at: dt.datetime, reason: str
    ) -> int:
        """Mark a record as removed, with who, when and why; returns its new version."""
        row = session.get_one(rows.ROW_OF[kind], record_id)
        row.deleted_at, row.deleted_by, row.deleted_reason = at, user, reason
        session.flush()
        return int(row.version)

    def unvoid(self, session: Session, kind: type[Any], record_id: str) -> int:
        """Bring a removed record back; returns its new version."""
        row = session.get_one(rows.ROW_OF[kind], record_id)
        row.deleted_at = row.deleted_by = row.deleted_reason = None
        session.flush()
        return int(row.version)


def _whole(patient: Patient, held: dict[str, tuple[Any, ...]]) -> PatientRecord:
    """The record, with the visits that took place apart from those that did not."""
    visits: tuple[Visit, ...] = held.pop("visits")
    return PatientRecord(
        patient=patient,
        visits=tuple(visit for visit in visits if visit.took_place),
        appointments=tuple(visit for visit in visits if not visit.took_place),
        **held,
    )


def _part_order(part: Any) -> tuple[Any, ...]:
    date = getattr(part, "date", None) or part.start
    return (date, date) if isinstance(date, dt.date) else (date.earliest, date.latest)
