"""Rows of adverse events, scans, blood results and visits, and whole records of a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.consent import check_consent
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.issues import Issue
from ctdild_desktop.clinical.plausibility import check_adverse_event, check_hrct, check_visit
from ctdild_desktop.clinical.plausibility_measured import (
    check_heart_test,
    check_lab_record,
    check_pro,
    check_serology,
    lab_name,
)
from ctdild_desktop.clinical.plausibility_procedure import check_procedure
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Lab,
    Pro,
    Procedure,
    Serology,
    TherapyLine,
)
from ctdild_desktop.interchange.records import ClinicRow
from ctdild_desktop.language import say
from ctdild_desktop.services.field_words import field_label
from ctdild_desktop.services.import_chart import Chart, compare, key_of
from ctdild_desktop.services.import_tests import Effect
from ctdild_desktop.services.import_therapy import covers, drug_label
from ctdild_desktop.services.patients import check_view

_ONE_A_DAY = frozenset({"adverse_events", "visits", "diagnoses"})
"""Kinds of which the same thing is not there twice on one day."""
_TOLD = (
    *("pattern", "extent_percent", "result", "mmrc", "symptom_change", "spo2_rest", "weight_kg"),
    *("grade", "outcome"),
)

Check = Callable[[Any, Chart], Sequence[Issue]]


def take_row(chart: Chart, row: ClinicRow) -> None:
    """Take a row: a new record, one that fills a recorded one, or one that is there already."""
    draft = row.record
    if isinstance(draft, AdverseEvent):
        draft = _suspecting(chart, row)
    elif isinstance(draft, Procedure):
        event = chart.shared.ids.get((chart.sha256, draft.adverse_event_id or ""))
        draft = replace(draft, adverse_event_id=event)
    found = compare(chart, row, draft, two_of_a_day=row.kind not in _ONE_A_DAY)
    if found is None:
        return
    effect, record = found
    if effect is not Effect.KNOWN:
        issues = _CHECKS[row.kind](record, chart)
        if chart.refused(row, issues):
            return
        chart.ask(row, issues)
    if effect is Effect.NEW:
        chart.add(record, row)
    elif effect is Effect.FILLED:
        like = chart.like(type(record), key_of(record))
        old = next(one for one in like if one.id == record.id)
        chart.change(old, record)
    if draft.id:
        chart.shared.ids[chart.sha256, draft.id] = record.id
    chart.accept(row, effect, _told(record))


def _suspecting(chart: Chart, row: ClinicRow) -> AdverseEvent:
    """The event with the lines that are suspected: those that the file names, or those of the drugs."""
    event: AdverseEvent = row.record
    named = (chart.shared.ids.get((chart.sha256, one)) for one in event.suspected_lines)
    lines = [line_id for line_id in named if line_id is not None]
    for drug in row.drugs:
        line = _suspected(chart.all(TherapyLine), drug, event)
        if line is not None:
            lines.append(line.id)
            continue
        name = drug_label(drug)
        reason = say("no one line of {drug} ran then; the drug is noted in words only", drug=name)
        chart.warn(row, "suspected", reason)
        words = f"Suspected drug in the file: {codes.drugs().label(drug)}"
        event = replace(event, note="\n".join(part for part in (event.note, words) if part))
    return replace(event, suspected_lines=tuple(dict.fromkeys(lines)))


def _suspected(lines: Sequence[TherapyLine], drug: str, event: AdverseEvent) -> TherapyLine | None:
    """The line of a drug that ran at the onset, else the only one begun by then; None when not certain."""
    begun = [one for one in lines if one.drug == drug and one.start.earliest <= event.onset.latest]
    running = [one for one in begun if covers(one, event.onset)]
    found = running or begun
    return found[0] if len(found) == 1 else None


def _event_issues(event: AdverseEvent, chart: Chart) -> Sequence[Issue]:
    lines = [line for line in chart.all(TherapyLine) if line.id in event.suspected_lines]
    return check_adverse_event(event, chart.patient, lines, chart.shared.today)


_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "diagnoses": lambda it, chart: check_view(it, chart.record, chart.shared.today),
        "adverse_events": _event_issues,
        "hrct": lambda it, chart: check_hrct(it, chart.patient, chart.shared.today),
        "labs": lambda it, chart: check_lab_record(it, chart.patient, chart.near(it), chart.shared.today),
        "visits": lambda it, chart: check_visit(it, chart.patient, chart.near(it), chart.shared.today),
        "serology": lambda it, chart: check_serology(it, chart.patient, chart.near(it), chart.shared.today),
        "pros": lambda it, chart: check_pro(it, chart.patient, chart.near(it), chart.shared.today),
        "heart_tests": lambda it, chart: check_heart_test(
            it, chart.patient, chart.near(it), chart.shared.today
        ),
        "procedures": lambda it, chart: check_procedure(
            it, chart.patient, chart.all(AdverseEvent), chart.shared.today
        ),
        "consents": lambda it, chart: check_consent(it, chart.record, chart.shared.today),
    }
)


def _told(record: Any) -> str:
    """``12.03.2019: haemoglobin 131 g/L``: a record in the preview."""
    date = record.onset if isinstance(record, AdverseEvent) else record.date
    day = wording.partial(date) if isinstance(date, PartialDate) else wording.day(date)
    return f"{day}: {_content(record)}".rstrip(": ")


def _content(record: Any) -> str:
    if isinstance(record, Lab):
        beyond = {"below": "<", "above": ">"}.get(record.detection or "", "")
        number = "" if record.value is None else f"{beyond}{wording.as_typed(record.value)} {record.unit}"
        verdict = codes.label("lab_result", record.result)
        return " ".join(part for part in (lab_name(record), number.rstrip(), verdict, record.text) if part)
    parts: list[str] = []
    if isinstance(record, AdverseEvent):
        parts.append(codes.ae_terms().label(record.term))
    if isinstance(record, Diagnosis):
        parts.append(codes.diagnoses().label(record.ctd))
    if isinstance(record, Serology):
        parts.append(codes.antibodies().label(record.test))
    if isinstance(record, Pro):
        parts.append(codes.instruments().label(record.instrument))
    for name in _TOLD:
        told = getattr(record, name, None)
        if told not in (None, ""):
            parts.append(f"{field_label(type(record), name)} {told}")
    return ", ".join(parts)
