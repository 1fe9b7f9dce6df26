"""A new patient of a table who is recorded under another MRN: said in the preview, not decided.

A message asks whose it is (:mod:`import_matching`). A table goes by its MRNs: two people may share name,
birth date and sex, so the row is taken and a person is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.language import say
from ctdild_desktop.services.import_clinic import SetPlan
from ctdild_desktop.services.import_identity import certain, same_person
from ctdild_desktop.services.import_matching import recorded_people
from ctdild_desktop.services.import_plan import ImportPlan, PlannedRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def tell_of_twins(session: Session, planned: SetPlan, earlier: Iterable[Patient]) -> None:
    """Warn once of each new patient who is recorded under another MRN.

    Args:
        earlier: those who come with the files before it, who may not be written yet.
    """
    new = [one.patient for one in planned.patients if one.before is None and certain(one.patient)]
    if not new:
        return
    days = {patient.birth_date for patient in new}
    found = recorded_people(session, set(), {str(day) for day in days})
    found |= {patient.mrn: patient for patient in earlier if patient.birth_date in days}
    born: dict[PartialDate | None, list[Patient]] = {}
    for person in found.values():
        born.setdefault(person.birth_date, []).append(person)
    twins = {
        patient.mrn: alike
        for patient in new
        if (alike := [it.mrn for it in born.get(patient.birth_date, ()) if same_person(patient, it)])
    }
    if not twins:
        return
    for mrn, (plan, row) in _first_rows(planned, twins).items():
        if row.source is not None:
            reason = say(
                "this MRN is not recorded, but the same person is, with MRN {mrn}; a second patient is made",
                mrn=", ".join(sorted(twins[mrn])),
            )
            plan.warnings.append(row.source.remark("mrn", reason))
    for plan in planned.plans:
        plan.warnings.sort(key=lambda remark: (remark.table, remark.row or 0))


def _first_rows(planned: SetPlan, mrns: Collection[str]) -> dict[str, tuple[ImportPlan, PlannedRow]]:
    """The row that brings each of these patients: the one that tells who it is, else the first."""
    found: dict[str, tuple[ImportPlan, PlannedRow]] = {}
    for plan in planned.plans:
        for row in plan.rows:
            if row.mrn in mrns and (row.mrn not in found or _place(row) < _place(found[row.mrn][1])):
                found[row.mrn] = plan, row
    return found


def _place(row: PlannedRow) -> bool:
    return row.kind != "patients"
