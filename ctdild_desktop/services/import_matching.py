"""Whose test a message holds: by MRN, else by name, birth date and sex; else a person decides.

Nothing is attached by guess. A message whose MRN is recorded of somebody with another name, birth date or
sex, one whose person is recorded under another MRN, and one that says nobody wait for a decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility import check_pft
from ctdild_desktop.clinical.records import Patient, Sex
from ctdild_desktop.interchange.records import ClinicRow, Reading, Remark, TestRow, TestTable
from ctdild_desktop.language import say
from ctdild_desktop.services.import_identity import contradictions, same_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_FEW = 1000
"""MRNs and birth dates that are asked for by name."""
Choices = Mapping[tuple[str, int], str]
"""The MRN that a person chose, by the file's fingerprint and the number of the test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A test that goes to nobody until a person has chosen whose it is."""

    sha256: str
    row: int
    date: dt.date
    said: str
    """Who the file says it is; empty when it says nobody."""
    family_name: str
    reason: str
    candidates: tuple[str, ...] = ()
    """MRNs of the patients whom it may mean."""
    readings: tuple[Reading, ...] = ()


@dataclass(slots=True)
class Attributed:
    """A file in which every remaining test has its patient."""

    table: TestTable
    undecided: list[Undecided] = field(default_factory=list)


class People:
    """Whom the files of an import can mean, by MRN and by birth date."""

    def __init__(self, recorded: Mapping[str, Patient]) -> None:
        self._by_mrn: dict[str, Patient] = {}
        self._born: dict[PartialDate, list[str]] = {}
        for patient in recorded.values():
            self.add(patient)

    def __contains__(self, mrn: str) -> bool:
        return mrn in self._by_mrn

    def __getitem__(self, mrn: str) -> Patient:
        return self._by_mrn[mrn]

    def add(self, patient: Patient) -> None:
        """Take up somebody of another MRN."""
        self._by_mrn[patient.mrn] = patient
        if patient.birth_date is not None:
            self._born.setdefault(patient.birth_date, []).append(patient.mrn)

    def alike(self, said: Patient) -> tuple[str, ...]:
        """The MRNs of those who are certainly this person; nobody of another birth date is compared."""
        born = self._born.get(said.birth_date, ()) if said.birth_date is not None else ()
        return tuple(mrn for mrn in born if same_person(said, self._by_mrn[mrn]))


@dataclass(frozen=True, slots=True)
class Whose:
    """How it is decided whose tests the files hold."""

    patient_mrn: str | None
    choices: Choices
    today: dt.date

    def asked(self, session: Session, tables: Sequence[TestTable]) -> list[Attributed]:
        """Each file with the patients of its tests, by who is recorded now."""
        return self.among(self.people(session, tables), tables)

    def people(self, session: Session, tables: Sequence[TestTable]) -> People:
        """Who is recorded now, as far as the files can mean them."""
        asking = [table for table in tables if table.asks_whose]
        return People(recorded_people(session, *self._wanted(asking)) if asking else {})

    def among(self, people: People, tables: Sequence[TestTable]) -> list[Attributed]:
        """Each file with the patients of its tests, by who is known."""
        return [
            attribute(table, people, choices=self.choices, today=self.today, patient_mrn=self.patient_mrn)
            for table in tables
        ]

    def _wanted(self, tables: Sequence[TestTable]) -> tuple[set[str], set[str]]:
        """The MRNs and the birth dates by which anybody recorded may be meant."""
        said = [row.patient for table in tables for row in table.rows]
        said += [row.patient for table in tables for row in table.clinic]
        named = {self.patient_mrn} if self.patient_mrn is not None else set()
        born = {str(patient.birth_date) for patient in said if patient.birth_date is not None}
        return {patient.mrn for patient in said} | set(self.choices.values()) | named, born


def attribute(
    table: TestTable,
    people: People,
    *,
    choices: Choices,
    today: dt.date,
    patient_mrn: str | None = None,
) -> Attributed:
    """Decide whose each test of a message is.

    A test that waits for a person is judged already by what it says, so that a value that cannot be is seen
    before somebody is chosen.

    Args:
        people: everybody whom it may mean.
        choices: what a person decided in the preview.
        patient_mrn: the patient to whom tests belong that say no MRN.
    """
    if not table.asks_whose:
        return Attributed(table)
    rows: list[TestRow] = []
    warnings = list(table.warnings)
    undecided: list[Undecided] = []
    refused: list[Remark] = []
    for row in table.rows:
        chosen = choices.get((table.sha256, row.row))
        if chosen is not None and chosen in people:
            warnings += _told_of_choice(row, people[chosen])
            rows.append(replace(row, patient=_bare(row.patient, chosen)))
            continue
        if not row.patient.mrn and patient_mrn is not None and patient_mrn in people:
            rows.append(replace(row, patient=replace(row.patient, mrn=patient_mrn)))
            continue
        mrn, reason, candidates = _whose(row.patient, people)
        if mrn:
            rows.append(replace(row, patient=replace(row.patient, mrn=mrn)))
            continue
        undecided.append(
            Undecided(
                sha256=table.sha256,
                row=row.row,
                date=row.date,
                said=said_of(row.patient),
                family_name=row.patient.family_name,
                reason=reason,
                candidates=candidates,
                readings=row.readings,
            )
        )
        judged = _judged(row, today)
        refused += [remark for remark, hard in judged if hard]
        warnings += [remark for remark, hard in judged if not hard]
    refused += [Remark(each.row, "patient", each.said, each.reason) for each in undecided]
    clinic, without = _attributed(table, people, choices, patient_mrn)
    left = replace(
        table,
        rows=tuple(rows),
        clinic=tuple(clinic),
        warnings=tuple(warnings),
        rejected=(*table.rejected, *refused, *without),
    )
    return Attributed(left, undecided)


def _attributed(
    table: TestTable,
    people: People,
    choices: Choices,
    patient_mrn: str | None,
) -> tuple[list[ClinicRow], list[Remark]]:
    """The other records of a message with their patients: what was decided of a person's test holds for them.

    Those of nobody certain are refused; of a chosen patient the file tells nothing of who it is.
    """
    rows, refused = [], []
    decided = {
        said_of(row.patient): choices[table.sha256, row.row]
        for row in table.rows
        if (table.sha256, row.row) in choices and said_of(row.patient)
    }
    for row in table.clinic:
        chosen = decided.get(said_of(row.patient), "" if row.patient.mrn else patient_mrn)
        if chosen and chosen in people:
            if row.kind != "patients":
                rows.append(replace(row, patient=Patient(id="", mrn=chosen)))
            continue
        mrn, reason, _ = _whose(row.patient, people)
        if mrn:
            rows.append(replace(row, patient=replace(row.patient, mrn=mrn)))
        else:
            refused.append(row.remark("patient", reason))
    return rows, refused


def _judged(row: TestRow, today: dt.date) -> list[tuple[Remark, bool]]:
    """What is refused or unlikely of a test whose patient is not known."""
    if row.test is None:
        return []
    issues = check_pft(row.test, row.patient, (), today)
    return [(row.remark(issue.field, issue.text), issue.hard) for issue in issues]


def said_of(patient: Patient) -> str:
    """What a message says of a person, in one line."""
    name = ", ".join(part for part in (patient.family_name, patient.given_name) if part)
    born = wording.partial(patient.birth_date) if patient.birth_date is not None else ""
    sex = patient.sex.value if patient.sex is not None else ""
    return " · ".join(part for part in (name, sex, born, patient.mrn) if part)


def _whose(said: Patient, people: People) -> tuple[str, str, tuple[str, ...]]:
    """The MRN to which a test goes; empty, with the reason and who it may be, when a person must decide."""
    alike = people.alike(said)
    if said.mrn in people:
        against = contradictions(said, people[said.mrn])
        if not against:
            return said.mrn, "", ()
        label, recorded = against[0]
        reason = say(
            "the patient with this MRN has another {label} in the registry ({recorded}); choose the patient",
            label=label,
            recorded=recorded,
        )
        return "", reason, (said.mrn, *(mrn for mrn in alike if mrn != said.mrn))
    if said.mrn and not alike:
        return said.mrn, "", ()
    if said.mrn:
        reason = say(
            "this MRN is not recorded, but the same person is, with MRN {mrn}; choose the patient",
            mrn=alike[0],
        )
        return "", reason, alike
    if len(alike) == 1:
        return alike[0], "", ()
    if alike:
        return "", say("several patients have this name, birth date and sex; choose the patient"), alike
    if said_of(said):
        return (
            "",
            say("the file gives no MRN, and nobody recorded is certainly this person; choose the patient"),
            (),
        )
    return "", say("the file does not say whose test it is; choose the patient"), ()


def _bare(said: Patient, mrn: str) -> Patient:
    """The chosen patient, of whom the file tells nothing but the height."""
    return Patient(id="", mrn=mrn, height_cm=said.height_cm)


def _told_of_choice(row: TestRow, chosen: Patient) -> Sequence[Remark]:
    return [
        row.remark(
            "patient",
            say(
                "the file gives another {label} than the chosen patient has ({recorded})",
                label=label,
                recorded=recorded,
            ),
        )
        for label, recorded in contradictions(row.patient, chosen)
    ]


def recorded_people(session: Session, mrns: set[str], days: set[str]) -> dict[str, Patient]:
    """Who is recorded under these MRNs or with these birth dates, by MRN: what a file can be compared with
    and no more. One query, of everybody when a file names very many.
    """
    from sqlalchemy import or_, select

    from ctdild_desktop.registry.models import PatientRow as Row

    query = select(Row.mrn, Row.family_name, Row.given_name, Row.birth_date, Row.sex)
    if len(mrns) + len(days) <= _FEW:
        query = query.where(or_(Row.mrn.in_(mrns), Row.birth_date.in_(days)))
    return {
        mrn: Patient(
            id="",
            mrn=mrn,
            family_name=family,
            given_name=given,
            birth_date=PartialDate.parse(born) if born else None,
            sex=Sex(sex) if sex else None,
        )
        for mrn, family, given, born, sex in session.execute(query.where(Row.deleted_at.is_(None)))
        if mrn in mrns or born in days
    }
