"""What the record of a patient says: every criterion, and the one view that the screen and the paper show.

All of it is pure: a :class:`PatientRecord` in, values out. Nothing is read from the registry here, except by
:func:`assess_all`, which reads a hundred at a time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.criteria import (
    CRITERIA,
    CriteriaSettings,
    Criterion,
    facts_from_record,
    latest_entry_date,
    strip_criteria,
)
from ctdild_desktop.clinical.criteria import assess as judge
from ctdild_desktop.clinical.derived import DerivedTest, derive
from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.prediction import foresee
from ctdild_desktop.clinical.probability import Probability
from ctdild_desktop.clinical.records import Diagnosis, PatientRecord, TherapyLine
from ctdild_desktop.clinical.remembering import remembering
from ctdild_desktop.clinical.severity import ild_gap_of
from ctdild_desktop.clinical.trajectory import Slope, Trajectory, line_slopes
from ctdild_desktop.clinical.verdict import Assessment, Caution, Evidence, Verdict
from ctdild_desktop.figures.lanes import is_running
from ctdild_desktop.language import say
from ctdild_desktop.services import texts, therapy_text
from ctdild_desktop.services.changes import reference_names
from ctdild_desktop.services.course import course, pair_differences
from ctdild_desktop.services.desk import RefusedError, for_everybody
from ctdild_desktop.services.reading import each_record
from ctdild_desktop.services.redaction import until
from ctdild_desktop.services.test_table import TestRow, test_rows

if TYPE_CHECKING:
    from ctdild_desktop.services.desk import Desk

_NOTHING_ON_RECORD = dt.date(1900, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The banner's texts. What is not known reads ``not recorded``, never an empty text."""

    name: str
    """``HOLLOWAY, Ingrid``; the MRN when no name is recorded."""
    identity: str
    """``F · 55 y · 18.09.1970 · DEMO-0417``."""
    mrn: str
    sex: str
    age: str
    birth_date: str
    ctd: str
    pattern: str
    """``Fibrotic NSIP, high confidence``."""
    antibodies: str
    """``Jo-1 + Ro52 +``."""
    ild_since: str
    """``10.06.2021 · 4.8 y``."""
    therapy_now: str
    """``MMF 1.5 g · prednisolone 5 mg · RTX course 3``."""
    ild_gap: str
    """The index, or ``cannot tell``."""
    ild_gap_detail: str
    """One-year mortality of the band and its caveat, or what is missing."""
    oxygen: str
    smoking: str
    consent: str
    """``registry yes, research yes``."""
    incomplete: tuple[str, ...] = ()
    """What the patient's form still lacks: ``birth date``, ``height`` ..."""
    alert: str = ""
    died: str = ""
    """Date of death, when there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEffect:
    """One therapy line in words, with the FVC slope before and on it. It describes; it does not say why."""

    line: TherapyLine
    drug: str
    """``Mycophenolate``."""
    short: str
    """``MMF 1.5 g/d``."""
    role: str
    dates: str
    """``01.2022 – now``."""
    running: bool
    stop_reason: str
    before: Slope | None
    """FVC in mL a year in the 12 months before the start; None with fewer than three tests."""
    on: Slope | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientView:
    """Everything that the patient screen and the MDT page show of one patient, computed once."""

    record: PatientRecord
    today: dt.date
    as_of: dt.date
    """The criteria's date: the latest PFT, symptom or HRCT entry."""
    header: Header
    diagnosis: Diagnosis | None
    assessments: tuple[Assessment, ...]
    """In the fixed order of the strip."""
    derived: tuple[DerivedTest, ...]
    """One per test, newest first."""
    rows: tuple[TestRow, ...]
    """Newest first, against the pair of :attr:`first_choice`."""
    lines: tuple[LineEffect, ...]
    """Running lines first, then the latest stopped."""
    references: str
    """``GLI 2022, TLCO 2017``: the reference sets in use."""
    own: tuple[Criterion, ...]
    """The clinic's own thresholds, which were answered after the published definitions."""
    trajectory: Trajectory
    """The course of FVC up to :attr:`as_of`; its reference test is that of :attr:`first_choice`."""
    probability: Probability
    """How probable a true fall of FVC is; it stands beside the verdicts and changes none."""
    comparability: tuple[Caution, ...]
    """Why the two tests of the pair of :attr:`first_choice` are not simply comparable."""

    @property
    def first_choice(self) -> int | None:
        """The chip that is open at first: the first MET, else the first CANNOT TELL, else the first."""
        return first_choice(self.assessments)

    def pair(self, choice: int | None) -> Evidence | None:
        """The reported pair of a chip, which rings, band and "to reference" follow."""
        return _pair(self.assessments, choice)

    def comparability_for(self, choice: int | None) -> tuple[Caution, ...]:
        """Why the two tests of a chip's pair are not simply comparable; empty when they are."""
        return pair_differences(self.record, self.pair(choice))

    def rows_for(self, choice: int | None) -> tuple[TestRow, ...]:
        """The table of tests against the pair of a chip."""
        return self.rows_against(self.pair(choice))

    def rows_against(self, pair: Evidence | None) -> tuple[TestRow, ...]:
        """The table of tests against any pair."""
        return test_rows(self.record, self.derived, self.assessments, pair)


def first_choice(assessments: Sequence[Assessment]) -> int | None:
    """The answer that is looked at first: the first MET, else the first CANNOT TELL, else the first."""
    for verdict in (Verdict.MET, Verdict.CANNOT_ASSESS):
        for number, answer in enumerate(assessments):
            if answer.verdict is verdict:
                return number
    return 0 if assessments else None


def _pair(assessments: Sequence[Assessment], choice: int | None) -> Evidence | None:
    return None if choice is None else next(iter(assessments[choice].evidence), None)


def default_as_of(record: PatientRecord) -> dt.date:
    """The date that criteria are asked for when none is named.

    It is the latest test, symptom or HRCT entry; without any, the latest date on record at all, which only
    dates the answer "cannot tell".
    """
    latest = latest_entry_date(record)
    if latest is not None:
        return latest
    others = [visit.date for visit in record.visits]
    others += [view.date.earliest for view in record.diagnoses]
    others += [line.start.earliest for line in record.therapy]
    others += [event.onset.earliest for event in record.adverse_events]
    return max(others, default=_NOTHING_ON_RECORD)


def assess(
    record: PatientRecord, as_of: dt.date | None = None, criteria: Sequence[str] | None = None
) -> tuple[Assessment, ...]:
    """Answer the criteria as of a date; pure.

    Args:
        record: everything recorded of the patient.
        as_of: entries after it are ignored; default: :func:`default_as_of`.
        criteria: ids, answered in this order; default: all of the strip in their fixed order.

    Raises:
        RefusedError: there is no criterion of that id.
    """
    day = as_of or default_as_of(record)
    asked = [item.id for item in strip_criteria()] if criteria is None else list(criteria)
    known = {item.id for item in CRITERIA}
    for criterion in asked:
        if criterion not in known:
            raise RefusedError(
                say(
                    "There is no criterion {criterion}; known are {known}.",
                    criterion=criterion,
                    known=", ".join(sorted(known)),
                )
            )
    facts = facts_from_record(record, day)
    return tuple(judge(facts, criterion, day) for criterion in asked)


def assess_own(
    record: PatientRecord, own: Sequence[Criterion], as_of: dt.date | None = None
) -> tuple[Assessment, ...]:
    """Answer a clinic's own thresholds as of a date; pure."""
    day = as_of or default_as_of(record)
    facts = facts_from_record(record, day)
    return tuple(item.judge(facts, day, CriteriaSettings()) for item in own)


@for_everybody
def assess_all(
    desk: Desk,
    as_of: dt.date | None = None,
    criteria: Sequence[str] | None = None,
    own: Sequence[Criterion] = (),
) -> Iterator[tuple[PatientRecord, tuple[Assessment, ...]]]:
    """Answer the criteria and the clinic's own thresholds for every patient of one moment, in MRN order; each
    when it is taken up.
    """
    with desk.registry.read() as session:
        for whole in each_record(desk, session):
            record = whole if as_of is None else until(whole, as_of)
            yield record, (*assess(record, as_of, criteria), *assess_own(record, own, as_of))


def derive_all(record: PatientRecord) -> tuple[DerivedTest, ...]:
    """What follows from each test, newest first."""
    known = haemoglobins_of(record.labs)
    return tuple(derive(test, record.patient, known) for test in reversed(record.tests))


def patient_view(
    record: PatientRecord,
    today: dt.date,
    as_of: dt.date | None = None,
    own: Sequence[Criterion] = (),
) -> PatientView:
    """Compute everything that the patient screen and the MDT page show; pure.

    Args:
        record: everything recorded of the patient.
        today: the day on which it is looked at; dates ages and what runs now.
        as_of: date of the criteria; default: the latest test, symptom or HRCT entry, today without any.
        own: the clinic's own thresholds, answered after the published definitions.
    """
    with remembering():
        return _view(record, today, as_of, own)


def _view(
    record: PatientRecord, today: dt.date, as_of: dt.date | None, own: Sequence[Criterion]
) -> PatientView:
    day = as_of or latest_entry_date(record) or today
    foresee(record.tests, record.patient)
    assessments = (*assess(record, day), *assess_own(record, own, day))
    derived = derive_all(record)
    seen = course(record, day, _pair(assessments, first_choice(assessments)))
    view = PatientView(
        record=record,
        today=today,
        as_of=day,
        header=header(record, today),
        diagnosis=record.diagnosis_on(today),
        assessments=assessments,
        derived=derived,
        rows=(),
        lines=line_effects(record, today),
        references=references(derived),
        own=tuple(own),
        trajectory=seen.trajectory,
        probability=seen.probability,
        comparability=seen.comparability,
    )
    return replace(view, rows=view.rows_for(view.first_choice))


def references(derived: Sequence[DerivedTest]) -> str:
    """The reference sets of the latest FVC and DLCO that have one: ``GLI Global 2022, GLI TLCO 2017``."""
    fvc = next((item.fvc.reference_set for item in derived if item.fvc.reference_set), None)
    gas = next((item.dlco.reference_set for item in derived if item.dlco.reference_set), None)
    return ", ".join(reference_names(fvc, gas)) or say("reference set not recorded")


def header(record: PatientRecord, today: dt.date) -> Header:
    """The banner's texts on a day."""
    patient = record.patient
    view = record.diagnosis_on(today)
    gap, gap_detail = ild_gap_texts(record, today)
    return Header(
        name=texts.display_name(patient) or patient.mrn,
        identity=texts.identity(patient, today),
        mrn=patient.mrn,
        sex=texts.sex(patient),
        age=texts.age(patient, today),
        birth_date=texts.birth_date(patient),
        ctd=texts.ctd(view),
        pattern=texts.pattern(view),
        antibodies=texts.antibodies(view),
        ild_since=texts.ild_since(view, today),
        therapy_now=therapy_text.therapy_now(record.therapy, today),
        ild_gap=gap,
        ild_gap_detail=gap_detail,
        oxygen=texts.oxygen(patient),
        smoking=texts.smoking(patient),
        consent=texts.consent(patient),
        incomplete=(*patient.missing, *(("diagnosis",) if not record.diagnoses else ())),
        alert=patient.alert_note,
        died=wording.partial(patient.death_date) if patient.death_date is not None else "",
    )


def ild_gap_texts(record: PatientRecord, today: dt.date) -> tuple[str, str]:
    """The ILD-GAP index with its one-year risk and caveat, or what is missing."""
    facts = facts_from_record(record, today)
    found = ild_gap_of(facts, today)
    if found.score is None or found.risk_1y is None:
        return say("cannot tell"), say(
            "needs {needs}", needs=", ".join(wording.say(need) for need in found.needs)
        )
    detail = say(
        "{band}: {risk_1y} % at 1 y",
        band=found.band.replace("-", "–"),
        risk_1y=wording.as_typed(found.risk_1y),
    )
    disease = codes.diagnoses().get(facts.diagnosis)
    if disease is not None and disease.group == "SSc":
        detail += say(", underestimated in SSc")
    return str(found.score), detail


def line_effects(record: PatientRecord, today: dt.date) -> tuple[LineEffect, ...]:
    """The therapy lines that have begun, in words and with slopes: running ones first, the latest begun
    first.
    """
    effects = []
    for line in record.therapy:
        if line.start.earliest > today:
            continue
        slopes = line_slopes(record.tests, record.patient, line, today)
        effects.append(
            LineEffect(
                line=line,
                drug=codes.drugs().label(line.drug),
                short=therapy_text.short(line, today),
                role=codes.label("role", line.role),
                dates=therapy_text.dates(line, today),
                running=is_running(line, today),
                stop_reason=codes.label("stop_reason", line.stop_reason),
                before=slopes.before,
                on=slopes.on,
            )
        )
    effects.sort(key=lambda effect: effect.line.start.earliest, reverse=True)
    return tuple(sorted(effects, key=lambda effect: not effect.running))
