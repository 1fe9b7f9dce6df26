"""The report of quality: everybody's records at one moment, read in groups, counted in columns.

What is counted, and how, is in ``clinical.quality``. Reading writes nothing; what leaves is noted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.due import RuleTable, default_rules, due_items
from ctdild_desktop.clinical.due import State as DueState
from ctdild_desktop.clinical.prediction import foresee
from ctdild_desktop.clinical.quality.finding import Finding
from ctdild_desktop.clinical.quality.lines import when
from ctdild_desktop.clinical.quality.periods import Asked
from ctdild_desktop.clinical.quality.persons import Identity, same_person
from ctdild_desktop.clinical.quality.report import Report, report_of
from ctdild_desktop.clinical.quality.tally import Tally
from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.clinical.remembering import remembering
from ctdild_desktop.clinical.wording import day as day_words
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.due import due_facts, left_by
from ctdild_desktop.services.lately import Lately, of_everybody
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.services.reading import AT_ONCE, ids_in_order
from ctdild_desktop.services.search_key import fold
from ctdild_desktop.services.texts import display_name

_SPIROMETRY = "spirometry"
_READING = marked("Reading the patients")


@dataclass(frozen=True, slots=True)
class Quality:
    """What was read of a registry at one moment; reports of any span are made of it."""

    tally: Tally
    head: str
    """The end of the audit trail at that moment: what was read is what was there up to this entry."""
    read_at: dt.datetime

    @property
    def as_of(self) -> dt.date:
        """The day of the report; records after it are left out."""
        return self.tally.as_of

    @property
    def patients(self) -> int:
        """How many patients are registered, those that are left out among them."""
        return len(self.tally.people)

    def report(self, asked: Asked | None = None) -> Report:
        """Count a span and its periods."""
        return report_of(self.tally, asked)


@for_everybody
def read(desk: Desk, progress: Progress | None = None) -> Quality:
    """Read everybody's records at one moment and count them.

    Args:
        desk: where the registry is open.
        progress: told how many patients are done, and asked whether to go on.

    Raises:
        CancelledError: it was stopped.
    """
    from ctdild_desktop.registry import audit

    told = progress or Progress()
    tally = Tally(desk.today())
    known: list[Identity] = []
    rules = _rules()
    with desk.registry.read() as session:
        head = audit.head(session.connection())
        ids = ids_in_order(desk, session)
        told.step(0, len(ids), _READING)
        lately = of_everybody(desk, session, tally.as_of)
        for start in range(0, len(ids), AT_ONCE):
            for record in desk.store.load_many(session, ids[start : start + AT_ONCE]):
                patient = record.patient
                with remembering():
                    foresee(record.tests, patient)
                    gap = _gap(record, tally.as_of, rules, lately.get(patient.id, (None,))[0])
                    tally.add(record, display_name(patient) or patient.mrn, gap)
                known.append(_identity(patient))
            told.step(min(start + AT_ONCE, len(ids)), len(ids), _READING)
    _find_twice(tally, known)
    return Quality(tally, head, desk.clock())


def _identity(patient: Patient) -> Identity:
    family, given = (fold(part.strip()) for part in (patient.family_name, patient.given_name))
    name = tuple(sorted((family, given))) if family else ()
    return Identity(name, patient.birth_date)


def _find_twice(tally: Tally, known: Sequence[Identity]) -> None:
    for place, others in same_person(known).items():
        numbers = ", ".join(tally.people[other].mrn for other in others)
        detail = say("Also MRN {numbers}.", numbers=numbers) if others else ""
        tally.add_of_patient(place, "same_person", State.LACKING if others else State.GOOD, detail)


def _rules() -> RuleTable:
    """The rules of the work list that ask for spirometry because of the disease."""
    return RuleTable(
        tuple(
            rule
            for rule in default_rules()
            if rule.kind == "interval" and any(_SPIROMETRY in part for part in rule.parts)
        )
    )


def _gap(record: PatientRecord, as_of: dt.date, rules: RuleTable, lately: Lately | None) -> Iterator[Finding]:
    """Whether lung function is overdue by the rules of the work list; nothing of who is not followed."""
    if left_by(record, as_of) or record.patient.vital_status in {"dead", "lost", "moved"}:
        return
    patient_id = record.patient.id
    facts = due_facts(record, as_of, lately)
    if not facts.group:
        yield Finding("follow_up_gap", "patient", patient_id, when(as_of), State.SAID)
        return
    for item in due_items(facts, rules):
        if _SPIROMETRY not in item.tests:
            continue
        late = item.state in {DueState.OVERDUE, DueState.NEVER_DONE}
        day = item.due if late and item.due is not None else as_of
        detail = say("Due {date}.", date=day_words(item.due)) if late and item.due is not None else ""
        state = State.LACKING if late else State.GOOD
        yield Finding("follow_up_gap", "patient", patient_id, when(day), state, detail)
        return
