"""The list of patients: everybody's place in an order, and the rows of those who are in sight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from locale import strxfrm
from operator import itemgetter
from typing import Any

from sqlalchemy import case, exists, func, literal, select
from sqlalchemy.orm import Session

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import DlcoUnit, Patient
from ctdild_desktop.clinical.units import TLCO_TO_DLCO
from ctdild_desktop.registry.models import DiagnosisRow, PatientRow, PftRow
from ctdild_desktop.services import rows
from ctdild_desktop.services.patients import Column, PatientSummary, Roster
from ctdild_desktop.services.texts import display_name, name_of

_MANY = 400
"""Ids in one IN list: below every database's limit of bound parameters."""
_CHUNK = 1_000

View = tuple[str, str | None]
"""CTD and ILD pattern of a view of the diagnosis."""


@dataclass(slots=True)
class _Tests:
    """What the list shows of a patient's tests."""

    count: int = 0
    last: dt.date = dt.date.min
    fvc: str = ""
    fvc_at: Decimal = Decimal(-1)
    gas: str = ""
    gas_at: Decimal = Decimal(-1)


class Listing:
    """Reads for the list of patients, within a session that the caller opened."""

    def roster(self, session: Session, by: Column, *, descending: bool) -> Roster:
        """Everybody in the order of a column; equal ones in the order of names, then of MRNs."""
        key, incomplete = _key(session, by), 0
        places: list[tuple[str, Any, str]] = []
        for row in _people(session):
            incomplete += row.lacking > 0
            places.append((_name_key(row), key(row), row.id))
        places.sort(key=itemgetter(0))
        if by is not Column.NAME:
            places.sort(key=itemgetter(1), reverse=descending)
        elif descending:
            places.reverse()
        ids = tuple(patient_id for _name, _key_of, patient_id in places)
        return Roster(by=by, descending=descending, ids=ids, incomplete=incomplete)

    def summaries(self, session: Session, ids: Sequence[str] | None = None) -> tuple[PatientSummary, ...]:
        """These patients, else all, as rows of the list in the order given, else of MRNs; voided ones are
        left out.
        """
        views, tests = present_views(session, ids), _tests(session, ids)
        query = select(*rows.columns(Patient)).where(PatientRow.deleted_at.is_(None)).order_by(PatientRow.mrn)
        if ids is not None and len(ids) <= _MANY:
            query = query.where(PatientRow.id.in_(ids))
        found = {}
        for row in session.execute(query):
            patient = rows.record_from(Patient, row)
            view, of_tests = views.get(patient.id), tests.get(patient.id, _NONE)
            found[patient.id] = PatientSummary(
                id=patient.id,
                mrn=patient.mrn,
                name=display_name(patient),
                sex=patient.sex.value if patient.sex else "",
                birth_date=patient.birth_date,
                diagnosis=short_ctd(view),
                pattern=_short_pattern(view),
                last_test=of_tests.last if of_tests.count else None,
                last_fvc=of_tests.fvc,
                last_dlco=of_tests.gas,
                n_tests=of_tests.count,
                missing=(*patient.missing, *(("diagnosis",) if view is None else ())),
            )
        return tuple(found.values() if ids is None else (found[one] for one in ids if one in found))


_NONE = _Tests()


def _people(session: Session) -> Iterator[Any]:
    """Everybody, with how many things each record lacks, as ``PatientSummary.missing`` names them."""
    diagnosed = exists().where(DiagnosisRow.patient_id == PatientRow.id, DiagnosisRow.deleted_at.is_(None))
    exact = func.coalesce(func.length(PatientRow.birth_date), 0) == len("2026-03-12")
    lacks = (
        func.coalesce(PatientRow.family_name, "") == "",
        ~exact,
        PatientRow.sex.is_(None),
        PatientRow.height_cm.is_(None),
        ~diagnosed,
    )
    query = select(
        PatientRow.id,
        PatientRow.mrn,
        PatientRow.family_name,
        PatientRow.given_name,
        PatientRow.sex,
        PatientRow.birth_date,
        sum((case((lack, 1), else_=0) for lack in lacks), literal(0)).label("lacking"),
    ).where(PatientRow.deleted_at.is_(None))
    with session.execute(query, execution_options={"yield_per": _CHUNK}) as people:
        yield from people


def _name_key(row: Any) -> str:
    """Names as the language of this computer sorts them, then MRNs; who has no name comes last."""
    name = name_of(row.family_name, row.given_name)
    return f"{0 if name else 1}{strxfrm(name.casefold())}\0{row.mrn}"


_OWN_KEYS: dict[Column, Callable[[Any], Any]] = {
    Column.NAME: lambda _row: None,
    Column.MRN: lambda row: strxfrm(row.mrn.casefold()),
    Column.SEX: lambda row: row.sex or "",
    Column.BIRTH_DATE: lambda row: row.birth_date or "",
    Column.MISSING: lambda row: row.lacking,
}
"""What is in the row itself."""


def _key(session: Session, by: Column) -> Callable[[Any], Any]:
    """What to sort the rows of people by, besides names."""
    if by in _OWN_KEYS:
        return _OWN_KEYS[by]
    if by in (Column.DIAGNOSIS, Column.PATTERN):
        views = present_views(session)
        short = short_ctd if by is Column.DIAGNOSIS else _short_pattern
        return lambda row: strxfrm(short(views.get(row.id)).casefold())
    if by in (Column.LAST_TEST, Column.TESTS):
        dated = _dated(session)
        place = 0 if by is Column.LAST_TEST else 1
        return lambda row: dated.get(row.id, (dt.date.min, 0))[place]
    tests = _tests(session)
    if by is Column.FVC:
        return lambda row: tests.get(row.id, _NONE).fvc_at
    return lambda row: tests.get(row.id, _NONE).gas_at


def _dated(session: Session) -> dict[str, tuple[dt.date, int]]:
    """The day of the last test and the number of tests, by patient."""
    query = (
        select(PftRow.patient_id, func.max(PftRow.date), func.count())
        .where(PftRow.deleted_at.is_(None))
        .group_by(PftRow.patient_id)
    )
    return {patient_id: (last, count) for patient_id, last, count in session.execute(query)}


def _tests(session: Session, ids: Sequence[str] | None = None) -> dict[str, _Tests]:
    """What the list shows of the tests of these patients, else of all."""
    query = (
        select(
            PftRow.patient_id,
            PftRow.date,
            PftRow.fvc_l,
            PftRow.fvc_pct_pred,
            PftRow.dlco,
            PftRow.dlco_pct_pred,
            PftRow.dlco_unit,
        )
        .where(PftRow.deleted_at.is_(None))
        .order_by(PftRow.date, PftRow.entered, PftRow.id)
    )
    if ids is not None and len(ids) <= _MANY:
        query = query.where(PftRow.patient_id.in_(ids))
    found: dict[str, _Tests] = {}
    for patient_id, date, fvc_l, fvc_pct, dlco, dlco_pct, unit in session.execute(query):
        of_patient = found.setdefault(patient_id, _Tests())
        of_patient.count += 1
        of_patient.last = date
        if fvc_l is not None or fvc_pct is not None:
            of_patient.fvc, of_patient.fvc_at = _shown(fvc_l, "L", fvc_pct), _first(fvc_l, fvc_pct)
        if dlco is not None or dlco_pct is not None:
            in_si = unit is not None and DlcoUnit(unit) is DlcoUnit.SI
            of_patient.gas = _shown(dlco, DlcoUnit(unit).value if unit else "", dlco_pct)
            of_patient.gas_at = _first(
                None if dlco is None else dlco * (TLCO_TO_DLCO if in_si else 1), dlco_pct
            )
    return found


def present_views(session: Session, ids: Sequence[str] | None = None) -> dict[str, View]:
    """The latest view of the diagnosis of these patients, else of all, by patient."""
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


def _first(value: Decimal | None, percent: Decimal | None) -> Decimal:
    """What a cell is sorted by; below every measurement when it is empty."""
    return next((one for one in (value, percent) if one is not None), Decimal(-1))


def _shown(value: Decimal | None, unit: str, percent: Decimal | None) -> str:
    if value is not None:
        return f"{wording.as_typed(value)} {unit}".rstrip()
    return f"{wording.as_typed(percent)} %" if percent is not None else ""


def short_ctd(view: View | None) -> str:
    """The CTD of a view as lists show it; empty without a view."""
    if view is None:
        return ""
    entry = codes.diagnoses().get(view[0])
    return entry.short if entry is not None else view[0]


def _short_pattern(view: View | None) -> str:
    if view is None or view[1] is None:
        return ""
    entry = codes.patterns().get(view[1])
    return entry.short if entry is not None else view[1]
