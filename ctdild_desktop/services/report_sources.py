"""Reports in text before they are confirmed: pasted or opened, and whose they are."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.pdf_text import MOST_BYTES, is_pdf
from ctdild_desktop.interchange.records import TestRow, TestTable
from ctdild_desktop.interchange.report_files import text_of
from ctdild_desktop.interchange.report_records import ReportReading
from ctdild_desktop.interchange.report_text import read_report, tidied
from ctdild_desktop.interchange.source import Source, read_source
from ctdild_desktop.language import say
from ctdild_desktop.services.acts import record_of
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.import_identity import contradicted, in_words, same_person, same_whole_name
from ctdild_desktop.services.import_matching import Whose, said_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report in text: pasted, or the text of a file that is kept with the test."""

    text: str = field(repr=False)
    name: str = ""
    """The name of the file; empty for a pasted text."""
    pdf: bytes | None = field(default=None, repr=False)

    @property
    def content(self) -> bytes:
        """What is kept with the test: the PDF, or the text as it was read."""
        return self.pdf if self.pdf is not None else self.text.encode("utf-8")

    @property
    def sha256(self) -> str:
        """The fingerprint of :attr:`content`."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def source(self) -> str:
        """Where a test of it comes from, as the registry keeps it."""
        return f"import:{self.sha256}" if self.name else "pasted"

    @property
    def format(self) -> str:
        """``pdf`` or ``text``."""
        return "pdf" if self.pdf is not None else "text"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What the report says of the person that is not so of the patient."""

    label: str
    said: str
    recorded: str

    @property
    def text(self) -> str:
        """One sentence for the person who confirms."""
        if not self.said:
            return say("The report contradicts itself: {label}.", label=self.label)
        return say(
            "The report says another {label}: {said}. The patient has {recorded}.",
            label=self.label,
            said=self.said,
            recorded=self.recorded,
        )


def pasted(text: str) -> Report:
    """A report that was pasted; raises FormatError when there is no text, or too much."""
    return Report(text=tidied(text))


def holds_values(text: str) -> bool:
    """Whether a text says any value of lung function."""
    try:
        reading = read_report(text)
    except FormatError:
        return False
    return bool(reading.sightings or reading.asks_mark)


def opened(path: Path) -> Report:
    """A report in a file: a PDF with text, or a plain text.

    Raises:
        FormatError: it cannot be read, is a scan, protected, damaged, too long, or no text.
    """
    return of_source(read_source(path, max_bytes=MOST_BYTES))


def of_source(source: Source) -> Report:
    """As :func:`opened`, of a file that is in memory."""
    pdf = source.data if is_pdf(source.data) else None
    return Report(text=tidied(text_of(source)), name=source.name, pdf=pdf)


def against(reading: ReportReading, patient: Patient) -> tuple[Contradiction, ...]:
    """What the report says of the person that contradicts the patient; pure."""
    said = reading.who.patient
    found = [Contradiction(say(label), "", "") for label, _text, _reason in reading.who.problems]
    other = _plain_number(said.mrn) != _plain_number(patient.mrn) if said.mrn and patient.mrn else False
    # a number that is called an ID may be the laboratory's own, where names, birth date and sex agree
    if other and (reading.says_mrn or not same_person(said, patient)):
        found.append(Contradiction(say("MRN"), said.mrn, patient.mrn))
    for name, label in contradicted(said, patient).items():
        found.append(Contradiction(label, in_words(getattr(said, name)), in_words(getattr(patient, name))))
    if reading.name and not same_whole_name(reading.name, patient):
        recorded = " ".join(filter(None, (patient.given_name, patient.family_name)))
        found.append(Contradiction(say("name"), reading.name, recorded))
    return tuple(found)


def says_who(reading: ReportReading) -> bool:
    """Whether the report says anything of the person."""
    return bool(said_of(reading.who.patient) or reading.name)


def _plain_number(text: str) -> str:
    """A number without signs between its digits and without zeros before them."""
    return re.sub(r"[^0-9a-z]", "", text.casefold()).lstrip("0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a report is: the patient when that is beyond doubt, else why a person must say it."""

    patient_id: str = ""
    said: str = ""
    reason: str = ""
    sought: str = ""
    """What a search may begin with."""


@for_everybody
def owner_of(desk: Desk, report: Report) -> Owner:
    """Whose a report is, by MRN, else by names, birth date and sex; nobody is taken by guess."""
    reading = read_report(report.text)
    said = reading.who.patient
    row = TestRow(row=1, date=desk.today(), patient=said, test=None, visit=None)
    table = TestTable(
        name="",
        sha256=report.sha256,
        format=report.format,
        rows_read=1,
        rows=(row,),
        rejected=(),
        warnings=(),
        asks_whose=True,
    )
    words = " · ".join(filter(None, (reading.name, said_of(said))))
    with desk.registry.read() as session:
        (asked,) = Whose(None, {}, desk.today()).asked(session, (table,))
        decided = next((one.patient.mrn for one in asked.table.rows), "")
        found = desk.store.lists.id_of_mrn(session, decided) if decided else None
    if found is not None and not against(reading, record_of(desk, found).patient):
        return Owner(patient_id=found, said=words)
    waiting = next(iter(asked.undecided), None)
    reason = say("nobody recorded is certainly this person; choose the patient")
    candidates = waiting.candidates if waiting is not None else ()
    return Owner(
        said=words,
        reason=waiting.reason if waiting is not None else reason,
        sought=next(iter(candidates), said.family_name or reading.name),
    )
