"""Procedures, consents and files of an invented patient, all of them plainly invented.

They are drawn by a generator of their own, so that the rest of a history does not depend on them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.records import AdverseEvent, Attachment, Consent, PatientRecord, Procedure
from ctdild_desktop.services import procedures
from ctdild_desktop.services.demo import pages
from ctdild_desktop.services.demo.stored import stored_id

_INVENTED = "Invented for the demonstration; no person is meant."
_FIBROTIC = ("UIP", "fNSIP")
_COMPLICATED, _WITHDRAWN, _PHOTOGRAPHED = "DEMO-0004", "DEMO-0006", "DEMO-0001"
"""Who shows a complication, a consent that was withdrawn, and a question that is asked nowhere else."""


def has_papers(number: int) -> bool:
    """Whether the invented patient of this number has them: the first dozen, and every sixth after."""
    return number <= 12 or number % 6 == 0


def with_papers(record: PatientRecord) -> PatientRecord:
    """The history with its papers; as it is where there is no test."""
    if not record.tests:
        return record
    made = _Papers(Random(f"papers/{record.patient.mrn}"), record)
    done = made.procedure()
    events = record.adverse_events
    if procedures.is_complication(done):
        event = made.event(done)
        done = replace(done, adverse_event_id=event.id)
        events = tuple(sorted((*events, event), key=lambda one: one.onset.earliest))
    consents = tuple(made.consents())
    patient = record.patient
    if any(one.answer == "withdrawn" for one in consents):
        patient = replace(patient, consent_research="withdrawn")
    whole = replace(record, patient=patient, adverse_events=events, procedures=(done,), consents=consents)
    return replace(whole, attachments=tuple(_files(whole)))


def content_of(file: Attachment, mrn: str) -> bytes:
    """The bytes of an invented file: the same each time they are asked for."""
    if file.media_type == "image/png":
        return pages.picture(int(mrn[-4:]) % 100)
    dated = wording.partial(file.date) if file.date is not None else ""
    return pages.page((file.name.removesuffix(".pdf"), f"{mrn}   {dated}", "", _INVENTED))


def _files(record: PatientRecord) -> Iterator[Attachment]:
    """The report of the latest test, a picture of the latest scan, and the signed consent."""
    test, consent = record.tests[-1], record.consents[0]
    kept = [
        ("Lung function report.pdf", "lung_function", "pft", test.id, PartialDate.of(test.date)),
        ("Consent form.pdf", "consent", "consent", consent.id, consent.date),
    ]
    if record.hrct:
        scan = record.hrct[-1]
        kept.append(("HRCT drawing.png", "imaging", "hrct", scan.id, PartialDate.of(scan.date)))
    for number, (name, kind, record_kind, record_id, date) in enumerate(kept):
        file = Attachment(
            id=stored_id(record.patient.mrn, "attachments", number),
            name=name,
            media_type="image/png" if name.endswith(".png") else "application/pdf",
            size_bytes=1,
            sha256="",
            date=date,
            kind=kind,
            record_kind=record_kind,
            record_id=record_id,
            note="invented",
        )
        content = content_of(file, record.patient.mrn)
        yield replace(file, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class _Papers:
    rng: Random
    record: PatientRecord

    @property
    def _mrn(self) -> str:
        return self.record.patient.mrn

    def _begun(self) -> dt.date:
        return self.record.tests[0].date - dt.timedelta(days=14)

    def procedure(self) -> Procedure:
        """What was done at the beginning: mostly a lavage, in some a biopsy, in some nothing."""
        rng = self.rng
        kind = rng.choices(["bal", "cryobiopsy", "surgical_biopsy", "none"], [6, 2, 1, 1])[0]
        if self._mrn == "DEMO-0001":
            kind = "bal"
        if self._mrn == _COMPLICATED:
            kind = "cryobiopsy"
        done = Procedure(
            id=stored_id(self._mrn, "procedures", 0), date=PartialDate.of(self._begun()), kind=kind
        )
        if kind == "none":
            return replace(done, not_done=rng.choice(["declined", "unwell"]))
        if kind != "surgical_biopsy":
            done = self._lavage(done)
        if kind != "bal":
            done = self._biopsy(done)
        return replace(
            done,
            lobe=rng.choice(["RML", "LINGULA", "RLL"]),
            complication="none" if done.complication is None else done.complication,
            contribution=rng.choice(["changed", "confirmed", "no_help"]),
            note="invented",
        )

    def _pattern(self) -> str | None:
        return self.record.diagnoses[-1].pattern if self.record.diagnoses else None

    def _lavage(self, done: Procedure) -> Procedure:
        rng = self.rng
        lymphocytes = rng.randint(6, 18) if self._pattern() in _FIBROTIC else rng.randint(16, 45)
        neutrophils, eosinophils = rng.randint(1, 9), rng.randint(0, 3)
        return replace(
            done,
            volume_in_ml=Decimal(200),
            recovered_ml=Decimal(rng.randint(70, 130)),
            cells_million_l=Decimal(rng.randint(90, 420)),
            macrophages_percent=Decimal(100 - lymphocytes - neutrophils - eosinophils),
            lymphocytes_percent=Decimal(lymphocytes),
            neutrophils_percent=Decimal(neutrophils),
            eosinophils_percent=Decimal(eosinophils),
            cd4_cd8=Decimal(f"{rng.uniform(0.4, 2.2):.1f}"),
            bacteria="negative",
            mycobacteria="negative",
            fungi="negative",
            pneumocystis="negative",
            viruses=rng.choice(["negative", "not_done"]),
        )

    def _biopsy(self, done: Procedure) -> Procedure:
        surgical = done.kind == "surgical_biopsy"
        wrong = self._mrn == _COMPLICATED
        return replace(
            done,
            biopsy_pattern=self._pattern(),
            pathologist="Invented pathologist",
            confidence=self.rng.choice(["definite", "high", "low"]),
            samples=self.rng.randint(2, 4),
            sample_mm=Decimal(self.rng.randint(15, 30) if surgical else self.rng.randint(4, 8)),
            complication="pneumothorax" if wrong else None,
            complication_grade=2 if wrong else None,
        )

    def event(self, done: Procedure) -> AdverseEvent:
        """The adverse event of the complication."""
        event = procedures.event_of(done)
        ended = PartialDate.of(self._begun() + dt.timedelta(days=5))
        return replace(
            event,
            id=stored_id(self._mrn, "adverse_events", 80),
            end=ended,
            ongoing=False,
            outcome="recovered",
        )

    def consents(self) -> Iterator[Consent]:
        """The answers that the patient's own fields say, each with its day."""
        patient, first = self.record.patient, self._begun()
        asked = [("registry", patient.consent_registry or "given", first)]
        if patient.consent_research in ("given", "declined"):
            withdrawn = self._mrn == _WITHDRAWN
            asked.append(("research", "given" if withdrawn else patient.consent_research, first))
            if withdrawn:
                asked.append(("research", "withdrawn", add_months(first, 11)))
        for number, (kind, answer, day) in enumerate(asked):
            yield self._consent(number, kind, answer, day)
        if self._mrn == _PHOTOGRAPHED:
            other = self._consent(9, "other", "given", add_months(first, 6))
            yield replace(other, title="photographs of the hands")

    def _consent(self, number: int, kind: str, answer: str, day: dt.date) -> Consent:
        return Consent(
            id=stored_id(self._mrn, "consents", number),
            date=PartialDate.of(day),
            kind=kind,
            answer=answer,
            taken_by="Invented nurse",
            form_version="2.1",
        )
