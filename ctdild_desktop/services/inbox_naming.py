"""Which messages of the inbox hold tests of a person, or name them: they go when the person is erased."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.services.import_identity import contradictions, same_person
from ctdild_desktop.services.inbox_messages import Person, Said

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_LEAST_MRN, _LEAST_WORD = 4, 3
"""Letters of what is looked for in the bytes of a message: shorter words are found everywhere."""
_CODECS = ("utf-8", "cp1252", "cp437", "utf-16-le", "utf-16-be")
"""What devices write in; bytes that are no letter of it are left out."""


def naming(session: Session, patient_id: str) -> tuple[str, ...]:
    """Ids of the messages that were taken for a patient, hold a test of theirs, or name them."""
    from sqlalchemy import select

    from ctdild_desktop.registry.models import InboxContentRow, InboxMessageRow, PatientRow, PftRow

    patient = session.get(PatientRow, patient_id)
    if patient is None:
        return ()
    who = Person(
        patient.mrn, patient.family_name, patient.given_name, patient.birth_date or "", patient.sex or ""
    )
    recorded = set(
        session.execute(select(PftRow.source_sha256).where(PftRow.patient_id == patient_id)).scalars()
    )
    query = select(InboxMessageRow.id, InboxMessageRow.sha256, InboxMessageRow.patients)
    found = []
    for message_id, sha256, patients in session.execute(query).all():
        if sha256 in recorded or patient_id in patients:
            found.append(message_id)
            continue
        kept = select(InboxContentRow.said, InboxContentRow.content).where(InboxContentRow.id == message_id)
        said, content = session.execute(kept).one()
        if any(_is(person, who) for person in Said.read(said).people) or _holds(content, who):
            found.append(message_id)
    return tuple(found)


def _is(said: Person, who: Person) -> bool:
    if said.mrn and said.mrn == who.mrn:
        return True
    return same_person(said.patient, who.patient) or _named_alike(said.patient, who.patient)


def _named_alike(said: Patient, who: Patient) -> bool:
    """Whether a message gives both names and nothing that speaks against this person but an MRN."""
    named = all((said.family_name, said.given_name, who.family_name, who.given_name))
    return named and not contradictions(said, who)


def _holds(content: bytes, who: Person) -> bool:
    """Whether the words of a message have the MRN, or both names."""
    names = [name.casefold() for name in (who.family_name, who.given_name)]
    for codec in _CODECS:
        words = content.decode(codec, "ignore").casefold()
        mrn = who.mrn.casefold()
        if len(mrn) >= _LEAST_MRN and re.search(rf"(?<!\w){re.escape(mrn)}(?!\w)", words):
            return True
        if all(len(name) >= _LEAST_WORD and name in words for name in names):
            return True
    return False
