"""Explicit selects behind the search pop-up and the list of patients: only the columns that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.registry.models import AuditRow, DiagnosisRow, PatientRow, PftRow, UserRow
from ctdild_desktop.services import rows
from ctdild_desktop.services.patients import PatientHit, PatientSummary
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
        views = self._present_views(session, ids)
        return tuple(
            PatientHit(
                id=patient.id,
                mrn=patient.mrn,
                name=display_name(patient),
                birth_date=patient.birth_date,
                sex=patient.sex.value if patient.sex else "",
                diagnosis=_short(views.get(patient.id)),
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

    def _present_views(
        self, session: Session, ids: Sequence[str] | None = None
    ) -> dict[str, tuple[str, str | None]]:
        """The (ctd, pattern) of the latest view of the diagnosis, by patient."""
        query = select(
            DiagnosisRow.patient_id,
            DiagnosisRow.date,
            DiagnosisRow.id,
            DiagnosisRow.ctd,
            DiagnosisRow.pattern,
        ).where(DiagnosisRow.deleted_at.is_(None))
        if ids is not None and len(ids) <= _MANY:
            query = query.where(DiagnosisRow.patient_id.in_(ids))
        latest: dict[str, tuple[Any, str, str | None]] = {}
        for patient_id, date, row_id, ctd, pattern in session.execute(query):
            place = (PartialDate.parse(date).earliest, row_id)
            if patient_id not in latest or place > latest[patient_id][0]:
                latest[patient_id] = (place, ctd, pattern)
        return {patient_id: (ctd, pattern) for patient_id, (_place, ctd, pattern) in latest.items()}

    def summaries(self, session: Session) -> tuple[PatientSummary, ...]:
        """Every patient as a row of the list, ordered by name, then MRN."""
        views = self._present_views(session)
        counts: dict[str, int] = {}
        latest: dict[str, Any] = {}
        values: dict[str, tuple[str, str]] = {}
        query = (
            select(
                PftRow.patient_id,
                PftRow.date,
                PftRow.entered,
                PftRow.fvc_l,
                PftRow.fvc_pct_pred,
                PftRow.dlco,
                PftRow.dlco_pct_pred,
            )
            .where(PftRow.deleted_at.is_(None))
            .order_by(PftRow.date, PftRow.entered, PftRow.id)
        )
        for patient_id, date, _entered, fvc_l, fvc_pct, dlco, dlco_pct in session.execute(query):
            counts[patient_id] = counts.get(patient_id, 0) + 1
            latest[patient_id] = date
            fvc, gas = values.get(patient_id, ("", ""))
            values[patient_id] = (_shown(fvc_l, " L", fvc_pct) or fvc, _shown(dlco, "", dlco_pct) or gas)
        found = []
        patients = select(*rows.columns(Patient)).where(PatientRow.deleted_at.is_(None))
        for row in session.execute(patients):
            patient = rows.record_from(Patient, row)
            view = views.get(patient.id)
            fvc, gas = values.get(patient.id, ("", ""))
            found.append(
                PatientSummary(
                    id=patient.id,
                    mrn=patient.mrn,
                    name=display_name(patient),
                    sex=patient.sex.value if patient.sex else "",
                    birth_date=patient.birth_date,
                    diagnosis=_short(view),
                    pattern=_pattern(view),
                    last_test=latest.get(patient.id),
                    last_fvc=fvc,
                    last_dlco=gas,
                    n_tests=counts.get(patient.id, 0),
                    missing=(*patient.missing, *(("diagnosis",) if view is None else ())),
                )
            )
        found.sort(key=lambda item: (not item.name, item.name.casefold(), item.mrn))
        return tuple(found)


def _shown(value: Decimal | None, unit: str, percent: Decimal | None) -> str:
    if value is not None:
        return wording.as_typed(value) + unit
    return f"{wording.as_typed(percent)} %" if percent is not None else ""


def _short(view: tuple[str, str | None] | None) -> str:
    if view is None:
        return ""
    entry = codes.diagnoses().get(view[0])
    return entry.short if entry is not None else view[0]


def _pattern(view: tuple[str, str | None] | None) -> str:
    if view is None or view[1] is None:
        return ""
    entry = codes.patterns().get(view[1])
    return entry.short if entry is not None else view[1]
