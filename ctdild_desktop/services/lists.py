"""Explicit selects behind the search pop-up and the warnings of twins: only the columns that are needed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.registry.models import AuditRow, PatientRow, PftRow, UserRow
from ctdild_desktop.services import rows
from ctdild_desktop.services.listing import present_views, short_ctd
from ctdild_desktop.services.patients import PatientHit
from ctdild_desktop.services.search_index import SearchIndex
from ctdild_desktop.services.search_key import name_words, query_words, rank
from ctdild_desktop.services.texts import display_name

_MANY = 400
"""Ids in one IN list: below every database's limit of bound parameters."""
_ENTERED = (PatientRow.__tablename__, PftRow.__tablename__)
_LOOK_BACK, _FURTHER = 500, 10
"""Entries of the trail that are looked at first, and how many times more when these were not enough."""


class Lists:
    """Reads for lists, within a session that the caller opened."""

    def __init__(self) -> None:
        self.index = SearchIndex()

    def search(self, session: Session, text: str, limit: int) -> list[str]:
        """Ids of the patients whose search key holds every word, the best first."""
        words = query_words(text)
        if not words:
            return []
        keys = self.index.keys(session)
        return self.search_tables(session, words, limit) if keys is None else keys.search(words, limit)

    def search_tables(self, session: Session, words: tuple[str, ...], limit: int) -> list[str]:
        """The same answer from the tables: for a registry that is too large to hold its keys."""
        query = select(PatientRow.id, PatientRow.search_key).where(PatientRow.deleted_at.is_(None))
        for word in words:
            query = query.where(PatientRow.search_key.contains(word, autoescape=True))
        found = []
        for patient_id, key in session.execute(query):
            place = rank(key, words)
            if place is not None:
                found.append((place, key, patient_id))
        found.sort()
        return [patient_id for _place, _key, patient_id in found[:limit]]

    def changed_last(self, session: Session, limit: int) -> list[str]:
        """Ids of the patients whose own data or tests were written last, as the end of the trail tells."""
        found: dict[str, None] = {}
        last = session.execute(select(func.max(AuditRow.seq))).scalar_one_or_none() or 0
        span = _LOOK_BACK
        while last > 0:
            written = (
                select(AuditRow.subject_id, func.max(AuditRow.seq).label("at"))
                .where(AuditRow.seq > last - span, AuditRow.seq <= last, AuditRow.table_name.in_(_ENTERED))
                .group_by(AuditRow.subject_id)
                .subquery()
            )
            query = (
                select(PatientRow.id)
                .join(written, written.c.subject_id == PatientRow.id)
                .where(PatientRow.deleted_at.is_(None))
                .order_by(written.c.at.desc())
                .limit(limit + len(found))
            )
            found |= dict.fromkeys(session.execute(query).scalars())
            if len(found) >= min(limit, self.count(session)):
                break
            last, span = last - span, span * _FURTHER
        return list(found)[:limit]

    def hits(self, session: Session, ids: Sequence[str]) -> tuple[PatientHit, ...]:
        """These patients as lines of the pop-up, in the order given; voided ones are left out."""
        if not ids:
            return ()
        query = select(*rows.columns(Patient)).where(PatientRow.id.in_(ids), PatientRow.deleted_at.is_(None))
        known = {values[0]: rows.record_from(Patient, values) for values in session.execute(query)}
        views = present_views(session, ids)
        return tuple(
            PatientHit(
                id=patient.id,
                mrn=patient.mrn,
                name=display_name(patient),
                birth_date=patient.birth_date,
                sex=patient.sex.value if patient.sex else "",
                diagnosis=short_ctd(views.get(patient.id)),
                incomplete=bool(patient.missing) or patient.id not in views,
            )
            for patient in (known[patient_id] for patient_id in ids if patient_id in known)
        )

    def count(self, session: Session) -> int:
        """How many patients are registered."""
        return session.execute(
            select(func.count()).select_from(PatientRow).where(PatientRow.deleted_at.is_(None))
        ).scalar_one()

    def id_of_mrn(self, session: Session, mrn: str) -> str | None:
        """The patient with exactly this MRN."""
        return session.execute(
            select(PatientRow.id).where(PatientRow.mrn == mrn, PatientRow.deleted_at.is_(None))
        ).scalar_one_or_none()

    def patients_called(self, session: Session, family_name: str) -> list[Patient]:
        """Patients whose name holds every word of a surname, accents and case aside."""
        words = name_words(family_name)
        keys = self.index.keys(session)
        query = select(*rows.columns(Patient)).where(PatientRow.deleted_at.is_(None))
        if keys is None:
            for word in words:
                query = query.where(PatientRow.search_key.contains(f" {word} ", autoescape=True))
            queries = [query]
        else:
            ids = keys.with_words(words)
            queries = [
                query.where(PatientRow.id.in_(ids[first : first + _MANY]))
                for first in range(0, len(ids), _MANY)
            ]
        return [rows.record_from(Patient, values) for query in queries for values in session.execute(query)]

    def person(self, session: Session, login: str) -> str:
        """The display name behind a login; the login itself when there is no such account."""
        query = select(UserRow.display_name).where(UserRow.login == login)
        return session.execute(query).scalar_one_or_none() or login or "somebody"

    def pseudonym(self, session: Session, patient_id: str) -> str:
        """The patient's random name for pages without identity."""
        return session.execute(select(PatientRow.pseudonym).where(PatientRow.id == patient_id)).scalar_one()
