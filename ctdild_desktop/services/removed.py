"""Records and patients that were removed, and bringing them back as they were.

A removal keeps the row (who, when, why); nothing here erases anything.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.language import say
from ctdild_desktop.services import rows
from ctdild_desktop.services.acts import Restore, find_in, perform, record_of, verdicts_changed
from ctdild_desktop.services.desk import RECORDING, Desk, Done, RefusedError, Role, for_everybody, requires
from ctdild_desktop.services.history_words import Names, days_in, lines_in, moment, values_item
from ctdild_desktop.services.texts import display_name
from ctdild_desktop.services.trail_reasons import reason_told

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

REMOVING_PATIENTS = (Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Removed:
    """A removed record: what it is, what it says, and who removed it when and why."""

    kind: type[Any]
    id: str
    name: str
    """``PFT 12.03.2026``; of a patient name and MRN."""
    values: tuple[tuple[str, str], ...]
    """Label and words of everything recorded: ``FVC``, ``2.31 L``."""
    at: dt.datetime
    who: str
    reason: str

    @property
    def when(self) -> str:
        """``12.03.2026 11:00``, at this workstation."""
        return moment(self.at)


@for_everybody
def removed_records(desk: Desk, patient_id: str) -> tuple[Removed, ...]:
    """The removed records of a patient, the latest removal first; parts of a line stay with their line."""
    found: list[Removed] = []
    with desk.registry.read() as session:
        for kind in rows.OF_PATIENT:
            row = rows.ROW_OF[kind]
            found += _removed(desk, session, kind, row.patient_id == patient_id)
    return tuple(sorted(found, key=lambda item: item.at, reverse=True))


@for_everybody
def removed_patients(desk: Desk) -> tuple[Removed, ...]:
    """The removed patients, the latest removal first."""
    with desk.registry.read() as session:
        found = _removed(desk, session, Patient, None)
    return tuple(sorted(found, key=lambda item: item.at, reverse=True))


@requires(*RECORDING)
def restore_removed(desk: Desk, kind: type[Any], record_id: str, reason: str = "") -> Done[Any]:
    """Bring a removed record back as it was; undo removes it again.

    Raises:
        RefusedError: it is not removed any more, its patient is removed, or another record has its place.
    """
    with desk.registry.read() as session:
        patient_id = desk.store.owner(session, kind, record_id)
        row = session.get(rows.ROW_OF[kind], record_id)
        name = _name(session, kind, row) if row is not None else ""
    if patient_id is None or row is None:
        raise RefusedError("This record is no longer in the registry.")
    if row.deleted_at is None:
        raise RefusedError(say("The {name} is not removed any more.", name=name))
    record_of(desk, patient_id)
    return _bring_back(desk, patient_id, kind, record_id, name=name, reason=reason)


@requires(*REMOVING_PATIENTS, doing="bringing a patient back")
def restore_removed_patient(desk: Desk, patient_id: str, reason: str = "") -> Done[Patient]:
    """Bring a removed patient back with everything recorded; undo removes the patient again.

    Raises:
        RefusedError: the patient is not removed any more, or the MRN belongs to another patient by now.
    """
    with desk.registry.read() as session:
        row = session.get(rows.ROW_OF[Patient], patient_id)
        if row is None:
            raise RefusedError("This patient is no longer in the registry.")
        if row.deleted_at is None:
            raise RefusedError("This patient is not removed any more.")
        taken = desk.store.lists.id_of_mrn(session, row.mrn)
        name = _name(session, Patient, row)
    if taken is not None:
        raise RefusedError(
            say(
                "The MRN {mrn} belongs to another patient by now; give that patient another MRN first.",
                mrn=row.mrn,
            )
        )
    return _bring_back(
        desk, patient_id, Patient, patient_id, name=say("patient {name}", name=name), reason=reason
    )


def _bring_back(
    desk: Desk, patient_id: str, kind: type[Any], record_id: str, *, name: str, reason: str
) -> Done[Any]:
    from sqlalchemy.exc import IntegrityError

    try:
        return perform(
            desk,
            patient_id,
            (Restore(kind, record_id),),
            label=say("restoring of {name}", name=name),
            value=lambda after: find_in(after, kind, record_id),
            say=lambda before, after: say(
                "Restored {name}. {before}", name=name, before=verdicts_changed(before, after)
            ).rstrip(),
            reason=reason.strip(),
        )
    except IntegrityError as error:
        raise RefusedError(
            say("The {name} cannot come back: another record has its place by now.", name=name)
        ) from error


def _removed(desk: Desk, session: Session, kind: type[Any], which: Any) -> list[Removed]:
    from sqlalchemy import select

    row = rows.ROW_OF[kind]
    query = select(row).where(row.deleted_at.is_not(None))
    if which is not None:
        query = query.where(which)
    found = []
    for gone in session.execute(query).scalars():
        values = _plain(gone)
        names = _names(session, gone, values)
        item = values_item(row.__tablename__, gone.id, values, names)
        found.append(
            Removed(
                kind,
                gone.id,
                _name(session, kind, gone),
                tuple((change.label, change.now) for change in item.changes),
                gone.deleted_at,
                desk.store.lists.person(session, gone.deleted_by),
                reason_told(gone.deleted_reason or ""),
            )
        )
    return found


def _name(session: Session, kind: type[Any], row: Any) -> str:
    if kind is Patient:
        patient = rows.record_from(Patient, [getattr(row, column.key) for column in rows.columns(Patient)])
        name = display_name(patient)
        return f"{name} ({patient.mrn})" if name else patient.mrn
    values = _plain(row)
    return values_item(row.__tablename__, row.id, values, _names(session, row, values)).name


def _names(session: Session, row: Any, values: dict[str, Any]) -> Names:
    from ctdild_desktop.services.history import days_of, lines_of

    lines = lines_of(session, sorted(lines_in(row.__tablename__, values)))
    return Names({}, lines, days_of(session, sorted(days_in(row.__tablename__, values))))


def _plain(row: Any) -> dict[str, Any]:
    """A row's columns in the form that the trail keeps them in."""
    return {
        column.name: _as_kept(getattr(row, row.__mapper__.get_property_by_column(column).key))
        for column in row.__table__.columns
    }


def _as_kept(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return list(value) if isinstance(value, tuple) else value
