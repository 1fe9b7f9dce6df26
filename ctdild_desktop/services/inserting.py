"""Many new records of many patients at once, by one statement for each table.

A form or an import writes through the session (:meth:`Store.insert`, :meth:`Store.insert_many`), which takes
three times as long. The triggers see these rows as they see every writer's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ctdild_desktop.clinical.records import Patient, PatientRecord, TherapyLine
from ctdild_desktop.registry.models import AttachmentContentRow, PatientRow
from ctdild_desktop.registry.models.patient import new_pseudonym
from ctdild_desktop.services import rows
from ctdild_desktop.services.search_key import search_key

OF_ONE = (
    "diagnoses",
    "visits",
    "tests",
    "hrct",
    "therapy",
    "adverse_events",
    "labs",
    "serology",
    "heart_tests",
    "pros",
    "procedures",
    "consents",
    "attachments",
)
"""What of a record is written; its cases belong to a meeting, too, and are not."""


def insert_records(
    session: Session, records: Iterable[PatientRecord], *, source: str, user: str, at: dt.datetime
) -> None:
    """Keep new patients with everything of :data:`OF_ONE`; tests bring their own ``entered``."""
    stamps = {
        "version": 1,
        "source": source,
        "created_at": at,
        "created_by": user,
        "updated_at": at,
        "updated_by": user,
    }
    held: dict[type[Any], list[dict[str, Any]]] = {}
    for record in records:
        for kind, values in _values_of(record):
            held.setdefault(kind, []).append({**values, **stamps})
    people = held.get(Patient, [])
    for person, pseudonym in zip(people, _pseudonyms(session, len(people)), strict=True):
        person["pseudonym"] = pseudonym
    connection = session.connection()
    for kind, values_of_kind in held.items():
        column_of = rows.ROW_OF[kind].__mapper__.columns
        names = {name: column_of[name].key for name in values_of_kind[0]}  # some differ from the field
        told = [{names[name]: value for name, value in one.items()} for one in values_of_kind]
        connection.execute(insert(rows.ROW_OF[kind].__table__), told)


def _pseudonyms(session: Session, count: int) -> set[str]:
    """So many that nobody has: of a hundred thousand drawn, two are the same once in forty times."""
    made: set[str] = set()
    while len(made) < count:
        drawn = {new_pseudonym() for _ in range(count - len(made))}
        taken = session.execute(select(PatientRow.pseudonym).where(PatientRow.pseudonym.in_(drawn)))
        made |= drawn.difference(taken.scalars())
    return made


def insert_contents(session: Session, contents: Iterable[tuple[str, str, str, bytes]]) -> None:
    """Keep the bytes of files, each with its id, patient and SHA-256."""
    names = ("id", "patient_id", "sha256", "content")
    values = [dict(zip(names, one, strict=True)) for one in contents]
    if values:
        session.connection().execute(insert(AttachmentContentRow), values)


def _values_of(record: PatientRecord) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    person = record.patient
    yield Patient, {**rows.values_of(person), "search_key": search_key(person)}
    for name in OF_ONE:
        for item in getattr(record, name):
            yield type(item), {**rows.values_of(item), "patient_id": person.id}
            if isinstance(item, TherapyLine):
                yield from _parts_of(item, person.id)


def _parts_of(line: TherapyLine, patient_id: str) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    for name, kind in rows.PARTS.items():
        for part in getattr(line, name):
            yield kind, {**rows.values_of(part), "patient_id": patient_id, "line_id": line.id}
