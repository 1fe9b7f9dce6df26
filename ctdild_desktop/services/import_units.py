"""What is imported together, all or nothing: one file, or the tables of a clinic in several files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Consent,
    Diagnosis,
    HeartTest,
    Hrct,
    Lab,
    PatientRecord,
    Pro,
    Procedure,
    Serology,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.reading import TABLES
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.services import rows
from ctdild_desktop.services.desk import RECORDING, Desk, new_id, requires
from ctdild_desktop.services.import_clinic import SetPlan, plan_set
from ctdild_desktop.services.import_matching import Attributed, Whose
from ctdild_desktop.services.import_plan import plan_import
from ctdild_desktop.services.import_report import FileReport, report_of
from ctdild_desktop.services.import_twins import tell_of_twins
from ctdild_desktop.services.progress import Progress

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_FEW = 500
_EDITED = (
    *(AdverseEvent, Consent, Diagnosis, HeartTest, Hrct, Lab),
    *(Pro, Procedure, Serology, TherapyLine, Visit),
)


@dataclass(frozen=True, slots=True)
class Looked:
    """One unit with what it would change."""

    places: tuple[int, ...]
    """Of its files among those of the import."""
    tables: tuple[TestTable, ...]
    asked: tuple[Attributed, ...]
    plan: SetPlan

    @property
    def rejected(self) -> bool:
        """Whether any row is."""
        return any(plan.rejected for plan in self.plan.plans)

    @property
    def name(self) -> str:
        """The names of its files."""
        return ", ".join(table.name for table in self.tables)

    @property
    def sha256(self) -> str:
        """Of its first file."""
        return self.tables[0].sha256

    def reports(self, *, imported: bool) -> dict[int, FileReport]:
        """The report of each file, by its place."""
        told = zip(self.places, self.asked, self.plan.plans, strict=True)
        return {place: report_of(each, plan, imported=imported) for place, each, plan in told}

    def again(self, desk: Desk, session: Session, whose: Whose, progress: Progress) -> Looked:
        """The same files on what is recorded now."""
        asked = tuple(whose.asked(session, self.tables))
        known = _known(desk, session, [each.table for each in asked])
        plan = _planned(desk, session, asked, known, whose=whose, progress=progress)
        return replace(self, asked=asked, plan=plan)


@requires(*RECORDING, doing="importing")
def look(
    desk: Desk,
    session: Session,
    tables: Sequence[TestTable],
    whose: Whose,
    progress: Progress,
    *,
    whole: bool = False,
    apart: bool = False,
) -> list[Looked]:
    """What each unit would change after the ones before it.

    Args:
        whole: a unit with rejected rows is left out, so that nothing of it counts for the next.
        apart: each file is looked at as if there were no other.
    """
    people = whose.people(session, tables)
    asked = whose.among(people, tables)
    known = _known(desk, session, [each.table for each in asked])
    looked = []
    added = False
    units = [(place,) for place in range(len(tables))] if apart else _units(tables)
    for places in units:
        files = tuple(tables[place] for place in places)
        # a message may mean somebody who comes with a file before it
        own = whose.among(people, files) if added else [asked[place] for place in places]
        plan = _planned(desk, session, own, known, whose=whose, progress=progress)
        unit = Looked(places, files, tuple(own), plan)
        looked.append(unit)
        if len(tables) > len(places) and not apart and not (whole and unit.rejected):
            for patient in plan.patients:
                mrn = patient.patient.mrn
                known[mrn] = patient.applied_to(known.get(mrn))
                if patient.before is None:
                    people.add(patient.patient)
                    added = True
    return looked


def _units(tables: Sequence[TestTable]) -> list[tuple[int, ...]]:
    """The places of the files that belong together: those of a clinic all do, any other is for itself."""
    plain = [place for place, table in enumerate(tables) if table.format in TABLES]
    if not any(tables[place].clinic for place in plain):
        return [(place,) for place in range(len(tables))]
    others = [(place,) for place in range(len(tables)) if place not in plain]
    return [tuple(plain), *others]


def _planned(
    desk: Desk,
    session: Session,
    asked: Sequence[Attributed],
    known: dict[str, PatientRecord],
    *,
    whose: Whose,
    progress: Progress,
) -> SetPlan:
    tables = [each.table for each in asked]
    if any(table.clinic for table in tables):
        planned = plan_set(
            tables,
            known,
            today=desk.today(),
            new_id=new_id,
            only_mrn=whose.patient_mrn,
            edited=_edited(session, tables, known),
            progress=progress,
        )
    else:
        (table,) = tables
        plan = plan_import(
            table, known, today=desk.today(), new_id=new_id, only_mrn=whose.patient_mrn, progress=progress
        )
        planned = SetPlan([plan], plan.patients)
    if not tables[0].asks_whose:
        tell_of_twins(session, planned, (record.patient for record in known.values()))
    return planned


def _named(tables: Sequence[TestTable]) -> set[str]:
    """The MRNs in the files."""
    rows_of_tests = {row.patient.mrn for table in tables for row in table.rows}
    return rows_of_tests | {row.patient.mrn for table in tables for row in table.clinic}


def _known(desk: Desk, session: Session, tables: Sequence[TestTable]) -> dict[str, PatientRecord]:
    """The recorded patients that the files name, by MRN."""
    from sqlalchemy import select

    from ctdild_desktop.registry.models import PatientRow

    wanted = _named(tables)
    listed = select(PatientRow.mrn, PatientRow.id).where(PatientRow.deleted_at.is_(None))
    if len(wanted) <= _FEW:  # who asks about one message does not wait for the names of everybody
        listed = listed.where(PatientRow.mrn.in_(wanted))
    ids = [patient_id for mrn, patient_id in session.execute(listed) if mrn in wanted]
    some = (ids[start : start + _FEW] for start in range(0, len(ids), _FEW))
    found = (record for few in some for record in desk.store.load_many(session, few))
    return {record.patient.mrn: record for record in found}


def _edited(
    session: Session, tables: Sequence[TestTable], known: Mapping[str, PatientRecord]
) -> frozenset[str]:
    """The records of the patients in these files that came with the files and were changed since."""
    from sqlalchemy import select

    ids = [known[mrn].patient.id for mrn in _named(tables) if mrn in known]
    if not ids:
        return frozenset()
    sources = [f"import:{table.sha256}" for table in tables]
    found: set[str] = set()
    for kind in _EDITED:
        row = rows.ROW_OF[kind]
        query = select(row.id).where(row.source.in_(sources), row.version > 1, row.deleted_at.is_(None))
        if len(ids) <= _FEW:
            query = query.where(row.patient_id.in_(ids))
        found |= set(session.execute(query).scalars())
    return frozenset(found)
