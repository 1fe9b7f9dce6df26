"""The work list: what the monitoring rules ask for, of one patient or of everybody.

Builds the facts of the due rules from the record. Blood results, screens and vaccines count as soon as they
are results; what the registry does not hold is answered as never done and named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.codes import ae_terms
from ctdild_desktop.clinical.criteria import facts_from_record
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.due import (
    Anchor,
    DueFacts,
    DueItem,
    Result,
    RuleError,
    RuleTable,
    default_rules,
    due_items,
    parse_rules,
)
from ctdild_desktop.clinical.due.table import DEFAULT_SET, rule_sets
from ctdild_desktop.clinical.goh import GohStage, goh_of
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Hrct,
    Lab,
    PatientRecord,
    Pft,
    SymptomChange,
    Visit,
)
from ctdild_desktop.clinical.series import Percent, fvc_visits, unusable_fvc
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import read_text
from ctdild_desktop.language import say
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.lately import Lately, lately_of, of_everybody
from ctdild_desktop.services.reading import each_record
from ctdild_desktop.services.texts import display_name

_LARGEST_TABLE = 1_000_000
_ACUTE_MONTHS, _WORSE_MONTHS = 3, 12
_HAEMATURIA = ("haematuria", "cystitis")
_NO_ILD = ("NORMAL", "ILA")
_NO_NEUROLOGICAL_SIGN = ("headache",)
_ANSWERS = {"negative": False, "borderline": None, "positive": True}
"""What a result in words says of a screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """One line of the work list."""

    patient_id: str
    mrn: str
    name: str
    item: DueItem


@for_everybody
def work_list(
    desk: Desk, as_of: dt.date | None = None, rules: RuleTable | None = None
) -> tuple[WorkRow, ...]:
    """The lines of every patient, the most urgent first; patients of equal urgency in MRN order.

    Args:
        desk: where the registry is open.
        as_of: entries after it are ignored; default: today at this desk.
        rules: the rules in force; default: those that come with the program.
    """
    day = as_of or desk.today()
    with desk.registry.read() as session:
        answered = of_everybody(desk, session, day)
        made: list[WorkRow] = []
        for record in each_record(desk, session):
            lately = answered[record.patient.id][0] if record.patient.id in answered else None
            made += rows_of(record, day, rules, lately)
    return tuple(sorted(made, key=lambda row: (row.item.urgency, row.mrn)))


def rows_of(
    record: PatientRecord, as_of: dt.date, rules: RuleTable | None = None, lately: Lately | None = None
) -> tuple[WorkRow, ...]:
    """The lines of one patient, the most urgent first; see :func:`due_facts`."""
    patient = record.patient
    facts = due_facts(record, as_of, lately)
    return tuple(
        WorkRow(patient_id=patient.id, mrn=patient.mrn, name=display_name(patient), item=item)
        for item in due_items(facts, default_rules() if rules is None else rules)
    )


def read_rules(path: Path | None = None, rule_set: str = DEFAULT_SET) -> RuleTable:
    """The rules of a clinic's own table, or those that come with the program.

    Raises:
        RefusedError: there is no such set, or the table cannot be read; nothing of it is used then.
    """
    if rule_set not in rule_sets():
        raise RefusedError(
            say(
                "There is no rule set {rule_set}; known are {rule_sets}.",
                rule_set=rule_set,
                rule_sets=", ".join(sorted(rule_sets())),
            )
        )
    if path is None and rule_set == DEFAULT_SET:
        return default_rules()
    from ctdild_desktop.clinical.due.table import default_table

    try:
        text = default_table() if path is None else read_text(path, max_bytes=_LARGEST_TABLE)
        return parse_rules(text, rule_set)
    except (RuleError, FormatError) as error:
        raise RefusedError(str(error)) from None


def due_facts(record: PatientRecord, as_of: dt.date, lately: Lately | None = None) -> DueFacts:
    """What the due rules look at, from everything recorded up to a day.

    Args:
        record: everything recorded of the patient.
        as_of: entries after it are ignored.
        lately: which criteria were met, when that is known already; default: as the record says.
    """
    view = record.diagnosis_on(as_of)
    stage = goh_of(facts_from_record(record, as_of), as_of).stage
    percent = _latest_percent(record, as_of)
    found = lately_of(record, as_of) if lately is None else lately
    return DueFacts(
        as_of=as_of,
        patient=record.patient,
        diagnosis=view.ctd if view is not None else None,
        diagnosed_later=record.diagnosed_after(as_of),
        anchor=_anchor(record, as_of),
        results=_results(record),
        therapy=record.therapy,
        visits=tuple(visit.date for visit in record.visits),
        met=found.met,
        physiology_met=found.physiology_met,
        worse_on=_worse_on(record.visits, as_of),
        acute_on=_acute_on(record, as_of),
        neurological_on=_latest_event(record, as_of, _is_neurological),
        haematuria_on=_latest_event(record, as_of, lambda event: event.term in _HAEMATURIA),
        abdominal_pain_on=_latest_event(record, as_of, _is_abdominal),
        fvc_percent=None if percent is None else wording.rounded(percent.value, 6),
        extensive=None if stage is GohStage.CANNOT_ASSESS else stage is GohStage.EXTENSIVE,
        left=left_by(record, as_of),
        other_drugs=_other_drugs(record, as_of),
    )


def _latest_percent(record: PatientRecord, as_of: dt.date) -> Percent | None:
    """FVC in % predicted of the latest visit with a usable one; a visit is what was blown on one day."""
    usable = [test for test in record.tests if test.date <= as_of and unusable_fvc(test) is None]
    if not usable:
        return None
    day = max(test.date for test in usable)
    (visit,) = fvc_visits([test for test in usable if test.date == day], record.patient, as_of)
    return visit.percent


def left_by(record: PatientRecord, as_of: dt.date) -> str:
    """Whether the patient is no longer followed: died, or withdrew from the registry."""
    death = record.patient.death_date
    if death is not None and death.earliest <= as_of:
        return "died"
    return "withdrawn" if record.patient.consent_registry == "withdrawn" else ""


def _anchor(record: PatientRecord, as_of: dt.date) -> Anchor | None:
    """The ILD diagnosis, else the first HRCT with ILD, else the first PFT.

    A diagnosis known to the month or the year is taken as its last day, so that the first year of short
    intervals is long enough.
    """
    views = [view for view in record.diagnoses if view.date.earliest <= as_of]
    known = [view.ild_diagnosed for view in views if view.ild_diagnosed is not None]
    if known:
        return Anchor(date=min(known[-1].latest, as_of), source=say("ILD diagnosis"))
    for dates, source in (
        ([scan.date for scan in record.hrct if _shows_ild(scan)], say("first HRCT with ILD")),
        ([test.date for test in record.tests if _has_value(test)], say("first PFT")),
    ):
        earlier = [date for date in dates if date <= as_of]
        if earlier:
            return Anchor(date=min(earlier), source=source, assumed=True)
    return None


def _shows_ild(scan: Hrct) -> bool:
    return bool(
        (scan.pattern and scan.pattern not in _NO_ILD)
        or scan.fibrosis
        or scan.extent_reading is not None
        or (scan.extent_percent is not None and scan.extent_percent > 0)
    )


def _has_value(test: Pft) -> bool:
    return any(value is not None for value in (test.fvc_l, test.fvc_pct_pred, test.dlco, test.dlco_pct_pred))


def _results(record: PatientRecord) -> tuple[Result, ...]:
    """What was done, from everything recorded; what was not done has no value and is no result."""
    found: list[Result] = []

    def add(test: str, date: dt.date, value: Decimal | None = None) -> None:
        found.append(Result(test=test, date=date, value=value))

    for test in record.tests:
        if test.fvc_l is not None or test.fvc_pct_pred is not None:
            add("spirometry", test.date)
        if test.dlco is not None or test.dlco_pct_pred is not None:
            add("dlco", test.date)
        if test.tlc_l is not None:
            add("lung_volumes", test.date)
    seen: tuple[Pft | Visit, ...] = (*record.tests, *record.visits)
    for entry in seen:
        if entry.spo2_nadir is not None:
            add("spo2_exertion", entry.date)
        if entry.weight_kg is not None:
            add("weight", entry.date, entry.weight_kg)
    for visit in record.visits:
        stated = visit.symptom_change not in {None, SymptomChange.UNKNOWN}
        if stated or visit.mmrc is not None:
            add("symptoms", visit.date)
    for scan in record.hrct:
        add("hrct", scan.date)
    return (*found, *_bloods_and_echoes(record))


def _bloods_and_echoes(record: PatientRecord) -> Iterator[Result]:
    yield from (_blood_result(lab) for lab in record.labs if _is_result(lab))
    echoes = (test for test in record.heart_tests if test.kind == "echo")
    yield from (Result(test="echo", date=test.date.earliest) for test in echoes)


def _is_result(lab: Lab) -> bool:
    """Whether there is a result; one that is unknown, or that has a reason for being missing, is none."""
    return lab.value is not None or lab.result in _ANSWERS or bool(lab.text.strip())


def _blood_result(lab: Lab) -> Result:
    """A blood result for the rules; one known to the month or year counts from the first day it may be of."""
    return Result(
        test=lab.test,
        date=lab.date.earliest,
        until=lab.date.latest if lab.date.exact is None else None,
        value=lab.value,
        unit=lab.unit,
        lln=lab.lln,
        uln=lab.uln,
        detection=lab.detection,
        positive=_ANSWERS.get(lab.result or ""),
    )


def _worse_on(visits: tuple[Visit, ...], as_of: dt.date) -> dt.date | None:
    """The day of the latest statement on symptoms of 12 months, when it says worse without another reason."""
    stated = [
        visit
        for visit in visits
        if visit.date <= as_of and visit.symptom_change not in {None, SymptomChange.UNKNOWN}
    ]
    latest = max(stated, key=lambda visit: visit.date, default=None)
    if latest is None or latest.date < add_months(as_of, -_WORSE_MONTHS):
        return None
    worse = latest.symptom_change is SymptomChange.WORSE and latest.alternative_explanation is not True
    return latest.date if worse else None


def _acute_on(record: PatientRecord, as_of: dt.date) -> dt.date | None:
    """The latest day of 3 months with an exacerbation, or an admission with worse symptoms."""
    days = [test.date for test in record.tests if test.exclusion_reason == "exacerbation"]
    days += [
        visit.date
        for visit in record.visits
        if visit.admitted_nights is not None and visit.symptom_change is SymptomChange.WORSE
    ]
    since = add_months(as_of, -_ACUTE_MONTHS)
    return max((day for day in days if since <= day <= as_of), default=None)


def _latest_event(
    record: PatientRecord, as_of: dt.date, wanted: Callable[[AdverseEvent], bool]
) -> dt.date | None:
    days = [event.onset.earliest for event in record.adverse_events if wanted(event)]
    return max((day for day in days if day <= as_of), default=None)


def _is_neurological(event: AdverseEvent) -> bool:
    term = ae_terms().get(event.term)
    category = event.category or (term.category if term is not None else "")
    return category == "neurological" and event.term not in _NO_NEUROLOGICAL_SIGN


def _is_abdominal(event: AdverseEvent) -> bool:
    return event.term == "gi_perforation" or "abdominal" in event.term.casefold()


def _other_drugs(record: PatientRecord, as_of: dt.date) -> frozenset[str]:
    """Xanthine-oxidase inhibitors named in the note of a running line of a drug that the list lacks."""
    notes = [
        line.note.casefold()
        for line in record.therapy
        if line.drug == "other"
        and line.start.earliest <= as_of
        and (line.stop is None or line.stop.latest > as_of)
    ]
    return frozenset(drug for drug in ("allopurinol", "febuxostat") if any(drug in note for note in notes))
